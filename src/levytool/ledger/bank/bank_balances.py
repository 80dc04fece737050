"""The bank's own balance beside 1200 (domain §3.6: bank = statement's closing balance).

The database adds the lines up; only those of the days that tell are read, of however many.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import accumulate, groupby
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, text

from levytool.ledger.bank.bank_lines import StoredBankLine, lines_of_days
from levytool.ledger.bank.files_told import FileTold, RestatedBalance, files_told
from levytool.ledger.bank.withdrawals import standing
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown

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

    @property
    def bank_pence(self) -> int:
        """The balance as the bank itself states it."""
        return self.stated_pence + self.before_pence


def bank_balances(
    connection: Connection,
    until: date | None = None,
    asked: AsKnown = NOW,
    accounts: Iterable[str] | None = None,
) -> list[BankBalance]:
    """Each bank account (of `accounts`) as at the last day, up to `until`, that its bank stated a
    balance for; of `asked` only what was known counts.

    An account whose statements give no balances is left out: nothing proves it. An OFX file's
    balance may be of the day it was fetched, whatever days its lines are of, so it counts as none.
    """
    files = files_told(connection, asked)
    stands = standing(connection, asked)
    if accounts is None:
        query = text("SELECT DISTINCT account FROM bank_line ORDER BY account")
        accounts = [str(name) for name in connection.scalars(query)]
    found = (
        _balance(
            _Lines(
                connection,
                account,
                until or date.max,
                asked,
                stands,
                files,
            )
        )
        for account in accounts
    )
    return [balance for balance in found if balance is not None]


class _StatedDay(NamedTuple):
    """Each balance stated on a day, with what the lines up to it come to, and what they come to by
    the end of the day."""

    balances: tuple[tuple[int, int], ...]
    sum_pence: int


@dataclass(frozen=True)
class _Lines:
    """An account's lines that count: `stands` is the SQL condition that one is not withdrawn.
    `files` are all statement files; what OFX states counts as nothing."""

    connection: Connection
    account: str
    until: date
    asked: AsKnown
    stands: str
    files: Sequence[FileTold]

    @cached_property
    def ofx(self) -> frozenset[int]:
        """The numbers of OFX files."""
        return frozenset(file.file_id for file in self.files if file.format == OFX)

    @cached_property
    def restated(self) -> list[RestatedBalance]:
        """Balances that no line carries: a later file stated them for days where there were lines
        already, or a statement for a day after its last line."""
        return [
            item
            for file in self.files
            for item in file.restated
            if file.format != OFX and item.account == self.account and not self._goes_on(file, item)
        ]

    def _goes_on(self, own: FileTold, item: RestatedBalance) -> bool:
        """Whether a statement of another file that begins with the balance has lines of days up to
        it: some banks date a statement later than they book into it."""
        follow = [
            str(file.file_id)
            for file in self.files
            if file.file_id != own.file_id and item.pence in file.openings
        ]
        if item.after is None or not follow:
            return False
        within = f"b.booked BETWEEN '{item.after}' AND :day AND b.file_id IN ({', '.join(follow)})"
        return self._tell("MIN(b.id)", within, item.on)[0] is not None

    def first_day(self) -> date | None:
        """The day of the first line; None where there is none."""
        (found,) = self._tell("MIN(b.booked)")
        return day_of(found) if found else None

    def stated_days(self) -> list[date]:
        """Days that the bank stated a balance for, the first and the last among them."""
        without = ", ".join(map(str, sorted(self.ofx))) or "0"
        told = f"b.balance_pence IS NOT NULL AND b.file_id NOT IN ({without})"
        days = {day_of(day) for day in self._tell("MIN(b.booked), MAX(b.booked)", told) if day}
        later = {item for item in self.restated if item.on <= self.until}
        return sorted(days | {item.on for item in later if self._is_looked_at(item)})

    def _is_looked_at(self, item: RestatedBalance) -> bool:
        """Whether there are lines that a balance can be laid beside."""
        within = _ON if item.after is None else "b.booked <= :day"
        return self._tell("MIN(b.id)", within, item.on)[0] is not None

    def sum_before(self, day: date) -> int:
        """What the lines of the days before come to."""
        total = "CAST(COALESCE(SUM(b.amount_pence), 0) AS BIGINT)"
        return cast(int, self._tell(total, "b.booked < :day", day)[0])

    def of_days(self, first: date, last: date) -> tuple[list[StoredBankLine], dict[int, int]]:
        """The lines of these days with the balances that files state after them, and their files,
        in the order they came in."""
        files = file_of_lines(self.connection, self.account, first, last)
        return [
            replace(line, balance_pence=None) if files[line.id] in self.ofx else line
            for line in lines_of_days(self.connection, self.account, first, last, self.asked)
        ], files

    def stated_of(self, day: date) -> _StatedDay:
        """What was stated on a day. A day without a balance after its last line has what a later
        file stated."""
        lines, _files = self.of_days(day, day)
        later = [item.pence for item in self.restated if item.on == day]
        if not lines:
            pence = self.sum_before(day)
            return _StatedDay(tuple((stated, pence) for stated in later), pence)
        if later and lines[-1].balance_pence is None:
            lines[-1] = replace(lines[-1], balance_pence=later[0])
        amounts = (line.amount_pence for line in lines)
        sums = list(accumulate(amounts, initial=self.sum_before(day)))
        stated = tuple(
            (line.balance_pence, so_far)
            for line, so_far in zip(lines, sums[1:], strict=True)
            if line.balance_pence is not None
        )
        return _StatedDay(stated, sums[-1])

    def _tell(self, what: str, where: str = "1 = 1", day: date | None = None) -> Sequence[Any]:
        known = self.asked.known("e.posted")
        joined = " JOIN journal_entry e ON e.id = b.entry_id" if self.asked.known_on else ""
        query = text(
            f"SELECT {what} FROM bank_line b{joined} WHERE b.account = :account "
            f"AND b.booked <= :until AND {known} AND {self.stands} AND {where}"
        )
        values = {"account": self.account, "until": self.until.isoformat()}
        if day is not None:
            values["day"] = day.isoformat()
        return self.connection.execute(query, values).one()


_ON = "b.booked = :day"


def _before(lines: _Lines, first_day: date, first_stated: date, stated: _StatedDay) -> int:
    """What an account held before its first line, given the first day that has a balance."""
    before = _held_before(lines, first_day, first_day)
    if before is None and len(stated.balances) > 1 and first_stated > first_day:
        # Two statements end on it: an entry of the second may be booked before the first.
        before = _held_before(lines, first_day, first_stated)
    pence, so_far = stated.balances[0]
    return pence - so_far if before is None else before


def _held_before(lines: _Lines, first: date, last: date) -> int | None:
    """What an account held before its first line, as the lines up to a day, `last`, tell; None
    where the order of import has to.

    Statements of that day may have come in any order. The first is the one whose opening and
    all those lines come to a balance stated for it, and rather one that no other leads
    to. Where a longer one came in later, the lines beside what was there may come before it.
    """
    day, files = lines.of_days(first, last)
    pence = sum(line.amount_pence for line in day)
    openings, beside = openings_of(day, files)
    closings = [line.balance_pence for line in day if line.balance_pence is not None]
    nothing_leads_to = set(Counter(openings) - Counter(closings))
    stated = {closing - pence for closing in closings}
    later = {item.pence - pence for item in lines.restated if item.on == last}
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


def _balance(lines: _Lines) -> BankBalance | None:
    """The account's balance at its last stated one.

    Files may state several balances for a day: where one of them is the day's last, it is it.
    """
    first_day, days = lines.first_day(), lines.stated_days()
    if first_day is None or not days:
        return None
    first, last = days[0], days[-1]
    first_stated = lines.stated_of(first)
    before = _before(lines, first_day, first, first_stated)
    stated = first_stated if last == first else lines.stated_of(last)
    if stated.sum_pence in {pence - before for pence, _sum in stated.balances}:
        return BankBalance(lines.account, last, stated.sum_pence, stated.sum_pence, before)
    last_pence, last_sum = stated.balances[-1]
    return BankBalance(lines.account, last, last_sum, last_pence - before, before)


def file_of_lines(connection: Connection, account: str, first: date, last: date) -> dict[int, int]:
    """The number of the file that each line of an account came in, of those booked these days."""
    query = text(
        "SELECT id, file_id FROM bank_line "
        "WHERE account = :account AND booked BETWEEN :first AND :last"
    )
    days = {"first": first.isoformat(), "last": last.isoformat()}
    rows = connection.execute(query, {"account": account, **days})
    return {int(line_id): int(file_id) for line_id, file_id in rows}
