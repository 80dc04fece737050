"""The bank's own balance beside 1200 (domain §3.6: bank = statement's closing balance).

The database adds the lines up; none is read, of however many.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, text

from levytool.ledger.bank.files_told import FileTold, files_told
from levytool.ledger.bank.statement_chain import End, Span, beginning, ending
from levytool.ledger.bank.withdrawals import standing
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown

OFX = "ofx"
"""How such a file is called in what its import told."""


class BankBalance(NamedTuple):
    """A bank account where its bank last stated a balance, in pence.

    `books_pence` is 1200 then; `stated_pence` is the bank's balance less what it held before these
    books, `before_pence`, where that was never brought in. `beyond_pence` is what lines of that day
    come to that are taken to follow the balance: of files that state none.
    """

    account: str
    on: date
    books_pence: int
    stated_pence: int
    before_pence: int
    beyond_pence: int = 0

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
    *,
    of_ofx: bool = False,
) -> list[BankBalance]:
    """Each bank account (of `accounts`) as at the last day, up to `until`, that its bank stated a
    balance for; of `asked` only what was known counts.

    An account whose statements give no balances is left out: nothing proves it. An OFX file's
    balance may be of the day it was fetched, whatever days its lines are of, so it counts as none;
    unless it is asked what would be if those `of_ofx` counted.
    """
    files = files_told(connection, asked)
    stands = standing(connection, asked)
    if accounts is None:
        query = text("SELECT DISTINCT account FROM bank_line ORDER BY account")
        accounts = [str(name) for name in connection.scalars(query)]
    found = (
        _balance(_Account(connection, account, until or date.max, asked, stands, files, of_ofx))
        for account in accounts
    )
    return [balance for balance in found if balance is not None]


class _Brought(NamedTuple):
    """How many lines of an account a file brought that stand, and their first and last day."""

    lines: int
    first: date
    last: date


@dataclass(frozen=True)
class _Account:
    """An account's lines that count, and its statements: `stands` is the SQL condition that a line
    is not withdrawn. `files` are all statement files; what OFX states counts as nothing, unless
    it is asked for (`of_ofx`)."""

    connection: Connection
    account: str
    until: date
    asked: AsKnown
    stands: str
    files: Sequence[FileTold]
    of_ofx: bool

    @cached_property
    def spans(self) -> list[Span]:
        """The statements that state balances, in the order they came. One of which every line is
        withdrawn states none."""
        found = list[Span]()
        for file in self.files:
            if self.of_ofx or file.format != OFX:
                found += file.spans.get(self.account, ())
            if file.format != OFX:
                found += self._dated(file)
        query = text(
            "SELECT DISTINCT b.file_id FROM bank_line b WHERE b.account = :account "
            f"AND NOT ({self.stands})"
        )
        if self.stands == "1 = 1":
            return found
        touched = set(self.connection.scalars(query, {"account": self.account}))
        left = ((self._left(one) if one.file_id in touched else one) for one in found)
        return [span for span in left if span is not None]

    def _left(self, span: Span) -> Span | None:
        """What a statement is without the lines of it that are withdrawn: it begins or ends with
        one that stands, if it brought them all."""
        query = text(
            f"SELECT b.id, b.booked, b.amount_pence, {self.stands} FROM bank_line b{self._joined} "
            "WHERE b.account = :account AND b.booked BETWEEN :first AND :last "
            f"AND {self.asked.known('e.posted')} AND {_of_rows(span)} ORDER BY b.id"
        )
        values = {"first": span.first.isoformat(), "last": span.last.isoformat()}
        brought = self.connection.execute(query, {"account": self.account, **values}).all()
        stand = [at for at, (*_line, stands) in enumerate(brought) if stands]
        if not stand:
            return None if brought else span
        if len(brought) < span.lines:
            return span
        head, tail = brought[: stand[0]], brought[stand[-1] + 1 :]
        return span._replace(
            opening_pence=span.opening_pence + sum(line[2] for line in head),
            closing_pence=span.closing_pence - sum(line[2] for line in tail),
            first=min(day_of(brought[at][1]) for at in stand),
            last=max(day_of(brought[at][1]) for at in stand),
            lines=span.lines - len(head) - len(tail),
            until=None if tail else span.until,
        )

    def _dated(self, file: FileTold) -> Iterator[Span]:
        """Statements with the days of their lines, if their file brought them all; else with those
        of all its lines, and of a balance that none carries."""
        own = [one for one in file.undated if self.account in one.accounts]
        if any(len(one.accounts) > 1 for one in own):
            query = text(
                "SELECT DISTINCT balance_pence FROM bank_line "
                f"WHERE account = :account AND file_id = {file.file_id}"
            )
            stated = set(self.connection.scalars(query, {"account": self.account}))
            own = [one for one in own if one.closing_pence in stated]
        brought = self.of_files.get(file.file_id)
        days = list[date]()
        if len(own) > 1 and brought and brought.lines == sum(one.lines for one in own):
            query = text(
                "SELECT booked FROM bank_line "
                f"WHERE account = :account AND file_id = {file.file_id} ORDER BY row_no"
            )
            days = list(map(day_of, self.connection.scalars(query, {"account": self.account})))
        for one in own:
            on = None if one.until is None else day_of(one.until)
            of_it, days = days[: one.lines], days[one.lines :]
            within = of_it or ([brought.first, brought.last] if brought else [on] if on else [])
            if within:
                amounts = one.opening_pence, one.closing_pence
                yield Span(file.file_id, *amounts, min(within), max(within), one.lines, on)

    @cached_property
    def of_files(self) -> dict[int, _Brought]:
        """What each file brought."""
        query = text(
            "SELECT b.file_id, COUNT(*), MIN(b.booked), MAX(b.booked) FROM bank_line b"
            f"{self._joined} WHERE b.account = :account AND {self._count} GROUP BY b.file_id"
        )
        rows = self.connection.execute(query, {"account": self.account})
        return {row[0]: _Brought(row[1], day_of(row[2]), day_of(row[3])) for row in rows}

    @property
    def each_line_once(self) -> bool:
        """Whether each line stands in one statement that states balances, and no other."""
        told = dict.fromkeys((file.file_id for file in self.files), 0)
        for span in self.spans:
            told[span.file_id] += span.lines
        lines = {file_id: self.of_files[file_id].lines for file_id in self.of_files}
        return all(lines.get(file_id, 0) == told[file_id] for file_id in told)

    def end(self) -> End | None:
        """What the statements end with, up to `until`; one that it cuts, after its lines."""
        found = ending(self.spans, self.until)
        cut = [one for one in self.spans if one.lines and one.first <= self.until < one.last]
        if not cut:
            return found
        stated = f"b.balance_pence IS NOT NULL AND NOT {_of_files(self.ofx)}"
        day = found.day if found else min(one.first for one in cut)
        (last,) = self._tell("MAX(b.booked)", f"b.booked >= '{day}' AND {stated}")
        if last is None and found is None:
            return None
        day = day_of(last) if last else day
        so_far = tuple(self._at_end_of(day, one) for one in cut if one.first <= day)
        if not so_far:
            return found
        query = text(
            "SELECT b.balance_pence FROM bank_line b WHERE b.account = :account "
            f"AND b.booked = '{day}' AND {stated} AND {self.stands} ORDER BY b.id DESC"
        )
        of_lines = self.connection.scalars(query, {"account": self.account})
        of_others = found.possible if found and found.day == day else ()
        return End(day, so_far[:1], tuple(dict.fromkeys((*so_far, *of_others, *of_lines))))

    def _at_end_of(self, day: date, span: Span) -> int:
        """The balance of a statement after a day within it."""
        if span.by_day:
            return max(item for item in span.by_day if item[0] <= day)[1]
        lines = f"b.booked <= '{day}' AND {_of_rows(span)}"
        return span.opening_pence + cast(int, self._tell(_SUM, lines)[0])

    @cached_property
    def ofx(self) -> list[int]:
        """The numbers of OFX files, where what they state counts as nothing."""
        ofx = [file.file_id for file in self.files if file.format == OFX]
        return [] if self.of_ofx else ofx

    def unstated(self, day: date, *, unlike: bool = False) -> list[int]:
        """What the lines of a day may come to that stand in no statement: those of all files
        without balances, or of one. `unlike` leaves out files with an amount that a statement has
        on the day too: it may be the same line."""
        stating = {span.file_id for span in self.spans}
        silent = [file.file_id for file in self.files if file.file_id not in stating]
        of_day = (
            f"FROM bank_line b{self._joined} WHERE b.account = :account AND b.booked = :day "
            f"AND {self._count}"
        )
        alike = (
            f"MAX(CASE WHEN b.amount_pence IN (SELECT b.amount_pence {of_day} "
            f"AND NOT {_of_files(silent)}) THEN 1 ELSE 0 END)"
        )
        query = text(
            f"SELECT b.file_id, {_SUM}, {alike if unlike else 0} {of_day} "
            f"AND {_of_files(silent)} GROUP BY b.file_id"
        )
        rows = self.connection.execute(query, {"account": self.account, "day": day.isoformat()})
        sums = [int(pence) for _file, pence, alike in rows if not alike]
        return [pence for pence in dict.fromkeys([sum(sums), *sums]) if pence]

    def sums(self, first: date, last: date) -> tuple[int, int] | None:
        """What the lines before one day and those up to another come to; None without lines."""
        before = f"COUNT(*), {_SUM.replace('b.amount_pence', _BEFORE)}, {_SUM}"
        days = {"first": first.isoformat(), "last": last.isoformat()}
        count, earlier, total = self._tell(before, "b.booked <= :last", days)
        return (earlier, total) if count else None

    def _tell(
        self, what: str, where: str, days: Mapping[str, str] = MappingProxyType({})
    ) -> Sequence[Any]:
        query = text(
            f"SELECT {what} FROM bank_line b{self._joined} WHERE b.account = :account "
            f"AND b.booked <= :until AND {self._count} AND {where}"
        )
        values = {"account": self.account, "until": self.until.isoformat(), **days}
        return self.connection.execute(query, values).one()

    @property
    def _joined(self) -> str:
        return " JOIN journal_entry e ON e.id = b.entry_id" if self.asked.known_on else ""

    @property
    def _count(self) -> str:
        return f"{self.asked.known('e.posted')} AND {self.stands}"


_SUM = "CAST(COALESCE(SUM(b.amount_pence), 0) AS BIGINT)"
_BEFORE = "CASE WHEN b.booked < :first THEN b.amount_pence ELSE 0 END"


def _of_files(file_ids: Iterable[int]) -> str:
    """The SQL condition that a line came in one of these files."""
    return f"b.file_id IN ({', '.join(map(str, file_ids)) or '0'})"


def _of_rows(span: Span) -> str:
    """The SQL condition that a line came in a statement: as far as is known which rows it has."""
    first, last = span.rows
    rows = f" AND b.row_no BETWEEN {first} AND {last}" if last else ""
    return f"{_of_files([span.file_id])}{rows}"


def _balance(account: _Account) -> BankBalance | None:
    """The account's balance at its last stated one.

    Where each line stands in one statement, the statements tell what they begin and end with. Else
    any that begins or ends there may be it, and lines of files that state nothing may come before
    the first on its day, unless they are like its own, or after the last: it is what agrees.
    """
    begin, end = beginning(account.spans), account.end()
    if begin is None or end is None:
        return None
    sums = account.sums(begin.day, end.day)
    if sums is None:
        return None
    earlier, total = sums
    befores = [opening - earlier for opening in begin.sure]
    closings = [(closing, total) for closing in end.sure]
    if not _agreeing(befores, closings) and not account.each_line_once:
        befores = [pence - earlier for pence in begin.possible]
        earlier_that_day = account.unstated(begin.day, unlike=True)
        befores += [b - pence for pence in earlier_that_day for b in befores]
        closings = [(closing, total) for closing in end.possible]
        if not end.whole_day:
            asides = account.unstated(end.day)
            closings += [(c, total - pence) for pence in asides for c in end.possible]
    before, (closing, books) = _agreeing(befores, closings) or (befores[0], closings[0])
    stated = closing - before
    return BankBalance(account.account, end.day, books, stated, before, total - books)


def _agreeing(
    befores: Sequence[int], closings: Sequence[tuple[int, int]]
) -> tuple[int, tuple[int, int]] | None:
    """What an account held before and a closing balance, with the sum of the lines that lead to
    it, of those that agree; None where none do."""
    for before, (closing, pence) in product(befores, closings):
        if before + pence == closing:
            return before, (closing, pence)
    return None
