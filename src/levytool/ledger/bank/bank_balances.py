"""The bank's own balance beside 1200 (domain §3.6: bank = statement's closing balance)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate, groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.ledger.bank.bank_lines import (
    RestatedBalance,
    StoredBankLine,
    file_formats,
    find_lines,
    restated_balances,
)

OFX = "ofx"
"""How such a file is called in what its import told."""


class BankBalance(NamedTuple):
    """A bank account where its bank last stated a balance, in pence.

    `books_pence` is 1200 then; `stated_pence` is the bank's balance less what it held before these
    books, `before_pence`, where that was never brought in.
    """

    account: str
    on: date
    books_pence: int
    stated_pence: int
    before_pence: int

    @property
    def missing_pence(self) -> int:
        """What the statements that were imported leave out."""
        return self.stated_pence - self.books_pence


def bank_balances(connection: Connection, until: date | None = None) -> list[BankBalance]:
    """Each bank account as at the last day, up to `until`, that its bank stated a balance for.

    An account whose statements give no balances is left out: nothing proves it. An OFX file's
    balance may be of the day it was fetched, whatever days its lines are of, so it counts as none.
    """
    lines = [line for line in find_lines(connection) if until is None or line.booked <= until]
    lines.sort(key=lambda line: (line.account, line.booked, line.id))
    brought_in, files = _brought_in(connection), file_of_lines(connection)
    unproved = _of_ofx(connection, files)
    lines = [replace(line, balance_pence=None) if line.id in unproved else line for line in lines]
    restated = [item for item in restated_balances(connection) if item.format != OFX]
    found = (
        _balance(
            account,
            _with(own, account, restated),
            brought_in.get(account),
            _held_before(own, files, [item for item in restated if item.account == account]),
        )
        for account, own in ((key, list(group)) for key, group in groupby(lines, _ACCOUNT))
    )
    return [balance for balance in found if balance is not None]


_ACCOUNT = attrgetter("account")


def _held_before(
    lines: Sequence[StoredBankLine], files: Mapping[int, int], restated: Iterable[RestatedBalance]
) -> int | None:
    """What an account held before its first line; None where the order of import has to tell.

    Statements of the first day may have come in any order. The first is the one whose opening and
    all the day's lines come to a balance stated for that day, and rather one that no other leads
    to. Where a longer one came in later, the lines beside what was there may come before it.
    """
    day = [line for line in lines if line.booked == lines[0].booked]
    pence = sum(line.amount_pence for line in day)
    openings, beside = openings_of(day, files)
    closings = [line.balance_pence for line in day if line.balance_pence is not None]
    nothing_leads_to = set(Counter(openings) - Counter(closings))
    stated = {closing - pence for closing in closings}
    later = {item.pence - pence for item in restated if item.on == day[0].booked}
    for found in (
        nothing_leads_to & stated,
        stated.intersection(openings),
        later.intersection(opening - beside for opening in openings),
    ):
        if len(found) == 1:
            return found.pop()
    return None


def openings_of(day: Sequence[StoredBankLine], files: Mapping[int, int]) -> tuple[list[int], int]:
    """The balances that runs of lines of one file, up to a stated balance, begin with; and the sum
    of the lines that no balance follows."""
    openings, beside = list[int](), 0
    for _file, own in groupby(day, lambda line: files[line.id]):
        run = 0
        for line in own:
            run += line.amount_pence
            if line.balance_pence is not None:
                openings.append(line.balance_pence - run)
                run = 0
        beside += run
    return openings, beside


def _with(
    lines: Sequence[StoredBankLine], account: str, restated: Sequence[RestatedBalance]
) -> list[StoredBankLine]:
    """An account's lines, with balances that a later file stated for days where they had none."""
    lines = list(lines)
    last_by = {line.booked: position for position, line in enumerate(lines)}
    for item in restated:
        position = last_by.get(item.on) if item.account == account else None
        if position is not None and lines[position].balance_pence is None:
            lines[position] = replace(lines[position], balance_pence=item.pence)
    return lines


def _balance(
    account: str,
    lines: Sequence[StoredBankLine],
    brought_in_pence: int | None,
    held_pence: int | None,
) -> BankBalance | None:
    """The account's balance at its last stated one; `held_pence` is what it held before its first
    line, where that is told.

    Files may state several balances for a day: where one of them is the day's last, it is it.
    """
    sums = list(accumulate(line.amount_pence for line in lines))
    stated = [
        (line, line.balance_pence, sums[position])
        for position, line in enumerate(lines)
        if line.balance_pence is not None
    ]
    if not stated:
        return None
    _first, first_pence, first_sum = stated[0]
    held = first_pence - first_sum if held_pence is None else held_pence
    before = 0 if brought_in_pence is not None else held
    opening = brought_in_pence or 0
    last, last_pence, last_sum = stated[-1]
    of_day = {pence - before for line, pence, _sum in stated if line.booked == last.booked}
    day_end = opening + _sum_to(lines, last.booked)
    if day_end in of_day:
        return BankBalance(account, last.booked, day_end, day_end, before)
    return BankBalance(account, last.booked, opening + last_sum, last_pence - before, before)


def _sum_to(lines: Iterable[StoredBankLine], day: date) -> int:
    return sum(line.amount_pence for line in lines if line.booked <= day)


def file_of_lines(connection: Connection) -> dict[int, int]:
    """The number of the file that each line came in."""
    rows = connection.execute(text("SELECT id, file_id FROM bank_line"))
    return {int(line_id): int(file_id) for line_id, file_id in rows}


def _of_ofx(connection: Connection, files: Mapping[int, int]) -> set[int]:
    """The lines that came in OFX files."""
    ofx = {file_id for file_id, name in file_formats(connection).items() if name == OFX}
    return {line_id for line_id, file_id in files.items() if file_id in ofx}


def _brought_in(connection: Connection) -> dict[str, int]:
    """What an opening posted to each bank account."""
    rows = connection.execute(
        text(
            "SELECT dimension, CAST(SUM(pence) AS BIGINT) FROM ("
            "SELECT entry_id, debit_dimension AS dimension, amount_pence AS pence "
            "FROM journal_transfer WHERE debit_account = :bank UNION ALL "
            "SELECT entry_id, credit_dimension, -amount_pence "
            "FROM journal_transfer WHERE credit_account = :bank) AS legs "
            "WHERE entry_id NOT IN (SELECT entry_id FROM bank_line) GROUP BY dimension"
        ),
        {"bank": Account.BANK.value},
    )
    return {str(account): int(pence) for account, pence in rows}
