"""The bank's own balance beside 1200 (domain §3.6: bank = statement's closing balance)."""

from collections.abc import Iterable, Sequence
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
    brought_in, unproved = _brought_in(connection), _of_ofx(connection)
    lines = [replace(line, balance_pence=None) if line.id in unproved else line for line in lines]
    restated = [item for item in restated_balances(connection) if item.format != OFX]
    found = (
        _balance(account, _with(list(own), account, restated), brought_in.get(account))
        for account, own in groupby(lines, attrgetter("account"))
    )
    return [balance for balance in found if balance is not None]


def _with(
    lines: list[StoredBankLine], account: str, restated: Sequence[RestatedBalance]
) -> list[StoredBankLine]:
    """An account's lines, with balances that a later file stated for days where they had none."""
    last_by = {line.booked: position for position, line in enumerate(lines)}
    for item in restated:
        position = last_by.get(item.on) if item.account == account else None
        if position is not None and lines[position].balance_pence is None:
            lines[position] = replace(lines[position], balance_pence=item.pence)
    return lines


def _balance(
    account: str, lines: Sequence[StoredBankLine], brought_in_pence: int | None
) -> BankBalance | None:
    """The account's balance at its last stated one.

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
    before = 0 if brought_in_pence is not None else first_pence - first_sum
    opening = brought_in_pence or 0
    last, last_pence, last_sum = stated[-1]
    of_day = {pence - before for line, pence, _sum in stated if line.booked == last.booked}
    day_end = opening + _sum_to(lines, last.booked)
    if day_end in of_day:
        return BankBalance(account, last.booked, day_end, day_end, before)
    return BankBalance(account, last.booked, opening + last_sum, last_pence - before, before)


def _sum_to(lines: Iterable[StoredBankLine], day: date) -> int:
    return sum(line.amount_pence for line in lines if line.booked <= day)


def _of_ofx(connection: Connection) -> set[int]:
    """The lines that came in OFX files."""
    files = {file_id for file_id, name in file_formats(connection).items() if name == OFX}
    rows = connection.execute(text("SELECT id, file_id FROM bank_line"))
    return {int(line_id) for line_id, file_id in rows if file_id in files}


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
