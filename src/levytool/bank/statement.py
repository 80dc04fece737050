"""A bank statement as a value, whatever file it came in, and the proof of its balances.

Amounts are pence, positive for money in. One module a file format makes these values; nothing
here knows a format, and nothing here knows the books.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from levytool.problems import Problem

GBP = "GBP"


class StatementLine(NamedTuple):
    """One entry of a statement.

    `row` is where the file has it: as a spreadsheet numbers rows, the line of a text, and in a
    camt file the entry's own place among all. `servicer_reference` is the bank's own name for the
    entry ('' where it gives none): it says which line comes again.
    """

    row: int
    booked: date
    amount_pence: int
    description: str = ""
    reference: str = ""
    servicer_reference: str = ""


@dataclass(frozen=True, slots=True)
class StatedBalance:
    """A balance that the bank states after the first `after` lines, and the row that states it."""

    after: int
    pence: int
    row: int


@dataclass(frozen=True, slots=True)
class BalanceBreak:
    """A stated balance that the one before it and the lines between do not lead to."""

    before: StatedBalance
    stated: StatedBalance
    expected_pence: int


@dataclass(frozen=True)
class BankStatement:
    """Lines in the order the bank booked them, with the balances it states among them.

    `account` is what the file calls the account, '' where it names none. `balances` are in order:
    an opening balance stands after no line, a closing one after the last, running ones between.
    `number` is what the bank calls the statement, '' where it has no name; `until` is the day that
    its closing balance is of, where it says so: perhaps later than its last line.
    """

    account: str
    lines: tuple[StatementLine, ...]
    balances: tuple[StatedBalance, ...] = ()
    currency: str = GBP
    number: str = ""
    until: date | None = None

    @property
    def net_pence(self) -> int:
        """The sum of the lines."""
        return self._sums[-1]

    @property
    def opening_pence(self) -> int | None:
        """The balance before the first line; None where no balance is stated."""
        if not self.balances:
            return None
        first = self.balances[0]
        return first.pence - self._sums[first.after]

    @property
    def closing_pence(self) -> int | None:
        """The balance after the last line; None where no balance is stated."""
        if not self.balances:
            return None
        last = self.balances[-1]
        return last.pence + self.net_pence - self._sums[last.after]

    @property
    def proves(self) -> bool | None:
        """Whether every stated balance follows from the one before; None where fewer than two say
        anything of each other."""
        if len(self.balances) < 2:
            return None
        return next(self.breaks(), None) is None

    def breaks(self) -> Iterator[BalanceBreak]:
        """The balances that do not follow from the one before and the lines between."""
        for before, stated in pairwise(self.balances):
            expected = before.pence + self._sums[stated.after] - self._sums[before.after]
            if expected != stated.pence:
                yield BalanceBreak(before, stated, expected)

    @property
    def balances_after(self) -> list[int | None]:
        """The balance stated just after each line, None where none is."""
        after: list[int | None] = [None] * len(self.lines)
        for stated in self.balances:
            if stated.after:
                after[stated.after - 1] = stated.pence
        return after

    @cached_property
    def _sums(self) -> list[int]:
        sums = [0]
        for line in self.lines:
            sums.append(sums[-1] + line.amount_pence)
        return sums


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file of statements, read. With problems, nothing of it may be stored.

    `format` is '' where no format was recognised.
    """

    name: str
    sha256: str
    format: str
    statements: tuple[BankStatement, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def rows(self) -> int:
        """The number of entries; balance rows are none."""
        return sum(len(statement.lines) for statement in self.statements)

    @property
    def net_pence(self) -> int:
        """The sum of all entries."""
        return sum(statement.net_pence for statement in self.statements)
