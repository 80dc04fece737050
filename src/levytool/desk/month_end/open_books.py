"""Starting in the middle: an opening file brings the balances of the books before (`ledger open`).

It is the first posting of a ledger, effective on the day the closing papers are of. That month and
all before it take no posting from then on.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from levytool.desk.audit.read_ledger import balance_rows
from levytool.desk.book.apply_book import read_text
from levytool.desk.book_in_force import book_in_force
from levytool.desk.month_end.store_opening import store_opening
from levytool.desk.office import Office
from levytool.intake.opening_file import read_opening
from levytool.ledger.funds.schemes import find_schemes
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.opened import OPENING_FILE, opened_until, opening_file
from levytool.ledger.proofs.proofs import entry_count
from levytool.ledger.spend import returns
from levytool.periods import Month
from levytool.problems import InputRejected, Problem, RuleRefused
from levytool.rules.opening.figures import Opening
from levytool.text import counted

Status = Literal["opened", "seen-before", "dry-run"]


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of an opening file: the balances it brought, and the last month before them."""

    status: Status
    until: Month
    rows: list[dict[str, Any]]


def open_books(office: Office, path: Path) -> Opened:
    """Bring the balances of an opening file into a ledger without postings; all of it or nothing.

    The same file again does nothing. Raises InputRejected with everything that is wrong with the
    file, RuleRefused where anything is posted already.
    """
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    with office.writing() as connection:
        book = book_in_force(connection)
        earlier = returns.live_file(connection, sha256, OPENING_FILE, "")
        until = opened_until(connection)
        if earlier is not None and until is not None:
            return Opened("seen-before", until, _brought(connection, until))
        _refuse_under_way(connection)
        opening, problems = read_opening(read_text(path), str(path), book)
        if opening is not None:
            problems += tuple(_unfitting(connection, office, opening, str(path)))
        if opening is None or problems:
            raise InputRejected(f"{path} opens nothing", problems)
        file_id = returns.allot_file(connection)
        rows = store_opening(connection, office.acting, book, opening, file_id, sha256)
        told = {
            "sha256": sha256,
            "role": OPENING_FILE,
            "constants": "",
            "name": path.name,
            "outcome": json.dumps(rows, ensure_ascii=False, sort_keys=True),
        }
        returns.add_file(connection, office.acting, file_id, told)
        status: Status = "dry-run" if office.dry_run else "opened"
        return Opened(status, opening.until, _brought(connection, opening.until))


def _brought(connection: Connection, until: Month) -> list[dict[str, Any]]:
    return balance_rows(connection, AsKnown(as_at=until.last_day))


def _refuse_under_way(connection: Connection) -> None:
    """Balances are brought before anything else is posted, and once."""
    earlier = opening_file(connection)
    if earlier is not None:
        raise RuleRefused(
            f"these books were opened from {earlier.name} on {earlier.opened_at[:10]}; to open "
            "them from another file, make a new ledger: levytool init"
        )
    count = entry_count(connection)
    if count:
        raise RuleRefused(
            f"this ledger has {counted(count, 'posting')} already; opening balances come "
            f"first, so bring "
            "them into a new ledger: levytool init"
        )


def _unfitting(
    connection: Connection, office: Office, opening: Opening, file: str
) -> Iterator[Problem]:
    """What only the day and the ledger tell: a day to come, and schemes proposed already."""
    if opening.as_at >= office.acting.today and "as_at" not in opening.unclear:
        message = f"as_at is {opening.as_at}, and that day is not over"
        hint = "bring the balances of a month that has ended"
        yield Problem("not-sensible", message, hint, file, opening.row)
    known = {stored.code for stored in find_schemes(connection)}
    for scheme in opening.schemes:
        if scheme.code in known:
            message = f"scheme {scheme.code} was proposed in this ledger already"
            hint = "make a new ledger (levytool init), or give it another code"
            yield Problem("duplicate", message, hint, file, scheme.row)
