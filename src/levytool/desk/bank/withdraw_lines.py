"""Taking lines back that an import should not have brought: reversed, and none of the bank's."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from levytool.desk.bank.identify_line import UNKNOWN
from levytool.desk.bank.list_bank import Told, bank_rows
from levytool.desk.given import words
from levytool.desk.office import Office
from levytool.journal import Kind
from levytool.ledger.bank import bank_lines, withdrawals
from levytool.ledger.bank.bank_lines import (
    Identified,
    StoredBankLine,
    find_lines,
    get_line,
    identified_by_line,
)
from levytool.ledger.bank.receipts import refunds
from levytool.ledger.bank.withdrawals import WITHDRAWN, StatementContent
from levytool.ledger.documents.allocations import cash_allocated
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.entries import entries_by_id
from levytool.ledger.journal.posting import post
from levytool.ledger.spend import returns
from levytool.problems import RuleRefused, UsageError
from levytool.rules.dates import bank_date
from levytool.rules.postings import Occasion, reversal
from levytool.text import counted

_LINES_AT_ONCE = 4_096
_NAMED = 5


class _Asked(NamedTuple):
    """What is asked for: lines that stand, and the numbers of the files of which no other line
    does."""

    subject: str
    lines: list[StoredBankLine]
    files: list[int]


def withdraw_lines(
    office: Office, numbers: Sequence[str], reason: str, *, file: str | None = None
) -> Told:
    """Withdraw lines, or all of a statement file, given by its name. Twice does it once.

    Each is reversed on its own day, or in the next month that is open. A file of which no line is
    left may be imported again, and so may its lines.
    Raises UsageError without a reason or for what is not there, RuleRefused for what is identified,
    or was brought in with the opening balances.
    """
    reason = words(reason, "--reason")
    if bool(numbers) == bool(file):
        raise UsageError("give lines of the bank, or --file with the name of a statement")
    with office.writing() as connection:
        asked = _of_file(connection, file) if file else _of_lines(connection, numbers)
        _refuse_identified(connection, asked.lines)
        first: int | None = None
        for start in range(0, len(asked.lines), _LINES_AT_ONCE):
            some = asked.lines[start : start + _LINES_AT_ONCE]
            posted = _withdraw(connection, office, some, reason)
            first = posted if first is None else first
        if first is None and not asked.files:
            return Told([], ("withdrawn already; nothing to do",))
        accounts = {line.account for line in asked.lines}
        again = withdrawals.left_out_lines(connection, asked.files, accounts)
        withdrawals.record_withdrawal(
            connection, office.acting, asked.subject, reason, asked.files, first
        )
        returns.drop_files(connection, [*asked.files, *again])
        said = _said(len(asked.lines), _names(connection, asked.files), _names(connection, again))
        return Told(bank_rows(connection, asked.lines), said)


def _of_lines(connection: Connection, numbers: Sequence[str]) -> _Asked:
    gone = withdrawals.withdrawn_by(connection)
    named = {line.id: line for line in (get_line(connection, number) for number in numbers)}
    lines = [line for line in named.values() if line.id not in gone]
    _refuse_opening(connection, lines)
    files = withdrawals.files_of_lines(connection, [line.id for line in lines])
    subject = next(iter(named.values())).number
    standing = withdrawals.lines_of_files(connection, files.values())
    taken = Counter(files.values())
    return _Asked(subject, lines, sorted(file for file in taken if taken[file] == standing[file]))


def _of_file(connection: Connection, name: str) -> _Asked:
    """The lines of one file's content, however often it came: a second import brings those that
    the first does not have."""
    found = withdrawals.statements_named(connection, Path(name).name)
    gone = withdrawals.withdrawn_files(connection)
    waiting = [one for one in found if not gone.issuperset(one.ids)] or found[:1]
    if not waiting:
        raise UsageError(f"no statement {name!r} was imported; see: levytool bank list")
    if len(waiting) > 1:
        known = " or ".join(f"{one.name}@{one.sha256[:12]}" for one in waiting)
        raise UsageError(f"more than one statement is called {name!r}; give --file {known}")
    content: StatementContent = waiting[0]
    lines = find_lines(connection, files=content.ids)
    return _Asked(content.name, lines, sorted(set(content.ids) - gone))


def _names(connection: Connection, files: Iterable[int]) -> list[str]:
    named = (withdrawals.name_of_file(connection, number) for number in files)
    return list(dict.fromkeys(named))


def _said(lines: int, empty: Sequence[str], again: Sequence[str]) -> tuple[str, ...]:
    said = f"{counted(lines, 'line')} withdrawn"
    if empty:
        said += f"; {' and '.join(empty)} may be imported again"
    if not again:
        return (said,)
    return (
        said,
        f"import {' and '.join(again)} again: what came with {' and '.join(empty)} before was left "
        "out of them, and what they brought is known",
    )


def _refuse_opening(connection: Connection, lines: Sequence[StoredBankLine]) -> None:
    posted = entries_by_id(connection, [line.entry_id for line in lines])
    brought = [line.number for line in lines if posted[line.entry_id].kind != Kind.BANK_LINE]
    if brought:
        raise RuleRefused(
            f"{brought[0]} is of the opening balances: no statement brought it; what is wrong with "
            "them is told in docs/starting-in-the-middle.md"
        )


def _refuse_identified(connection: Connection, lines: Sequence[StoredBankLine]) -> None:
    """What a line was found to be is taken back first, by whoever found it."""
    identified = identified_by_line(connection)
    known = [line for line in lines if line.id in identified]
    if not known:
        return
    first = known[0].number
    named = ", ".join(line.number for line in known[:_NAMED])
    more = f" and {len(known) - _NAMED:,} more" if len(known) > _NAMED else ""
    found = "it was" if len(known) == 1 else "each was"
    steps = f"levytool bank identify {first} --as {UNKNOWN}"
    refunded = any(item.line == first for item in refunds(connection))
    if refunded or any(cash_allocated(connection, known[0].id).get(known[0].id, {}).values()):
        steps = f"levytool bank unallocate {first}, then {steps}"
    raise RuleRefused(f"{named}{more}: take back first what {found} found to be: {steps}")


def _withdraw(
    connection: Connection, office: Office, lines: Sequence[StoredBankLine], reason: str
) -> int:
    """Reverse lines; gives the first entry."""
    closed = closed_months(connection)
    posted = entries_by_id(connection, [line.entry_id for line in lines])
    narrative = f"{withdrawals.BECAUSE}{reason}"
    entries = [
        reversal(
            Occasion(bank_date(line.effective, closed), line.number, narrative=narrative),
            posted[line.entry_id],
            line.entry_id,
        )
        for line in lines
    ]
    ids = post(connection, office.acting, entries).ids
    found = [
        Identified(line.id, WITHDRAWN, "", "", abs(line.amount_pence), entry_id)
        for line, entry_id in zip(lines, ids, strict=True)
    ]
    bank_lines.store_identifications(connection, found)
    return ids[0]
