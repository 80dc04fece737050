"""Which lines that look like ones held already are others: where the bank's balances tell.

Two equal lines of one day may come in two files, each of a part of the day; by their content the
second is held already. It is another where two things hold:

* it stands just behind the day's lines in the books, by the balances of both, or just before them;
* no order of the day's lines in the books leads to the balance that it begins with.

Where the second holds without the first (something may be missing in between), the like line is
left out and that is said.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, zip_longest
from typing import NamedTuple

from sqlalchemy import Connection

from levytool.bank.ofx_reader import OFX
from levytool.bank.statement import BankStatement
from levytool.desk.bank.recognise_lines import Recognised
from levytool.ledger.bank.bank_lines import (
    NewBankLine,
    StoredBankLine,
    file_of_lines,
    lines_of_days,
)
from levytool.ledger.bank.files_told import files_told
from levytool.ledger.bank.statement_chain import Span

_SUMS_AT_MOST = 10_000
"""Beyond so many balances that a day may have passed through, any may have been one of them."""


class ToldApart(NamedTuple):
    """Positions of lines that are none of those in the books, whatever they are like; and of like
    ones that the balances contradict without telling where they belong."""

    others: frozenset[int]
    doubtful: frozenset[int]


class _Day(NamedTuple):
    """The books' lines of a day, from one balance to another."""

    opening_pence: int
    closing_pence: int
    amounts: Counter[int]


@dataclass(frozen=True, slots=True)
class _Part:
    """Positions of lines that go on from each other, `at`, of a file's lines of their day, `own`:
    what is asked is whether those `like` the books' are held already."""

    lines: Sequence[NewBankLine]
    before: Mapping[int, int]
    like: frozenset[int]
    new: frozenset[int]
    own: Sequence[int]
    at: Sequence[int]

    def begins(self, at: int) -> int:
        """The balance before a line."""
        return self.before[self.lines[at].row]

    def ends(self, at: int) -> int:
        """The balance after a line."""
        return self.begins(at) + self.lines[at].amount_pence

    def may_be_held(self, day: _Day) -> bool:
        """Whether the like lines may be those of the books.

        The other lines of the day, in whatever order, then lead to where the part begins: the
        books', and what is new, which may stand before or behind these, as banks put the lines of
        a day in another order later. What the bank names is what it names.
        """
        like = Counter(self.lines[at].amount_pence for at in self.at if at in self.like)
        if not like or any(at not in self.like and at not in self.new for at in self.at):
            return True
        steps = [*(day.amounts - like).elements()]
        beside = [at for at in self.own if at in self.new]
        steps += [-self.lines[at].amount_pence for at in beside]
        steps += [self.lines[at].amount_pence for at in beside if at not in self.at]
        wanted = self.begins(self.at[0]) - day.opening_pence
        sums = {0}
        for pence in steps:
            if wanted in sums or len(sums) > _SUMS_AT_MOST:
                return True
            sums |= {so_far + pence for so_far in sums}
        return wanted in sums

    def joining(self, day: _Day) -> Sequence[int]:
        """The positions that go on where the books' lines of the day end, or lead to where those
        begin, and that are none of them."""
        for cut, at in enumerate(self.at):
            for joins, own in (
                (self.begins(at) == day.closing_pence, self.at[cut:]),
                (self.ends(at) == day.opening_pence, self.at[: cut + 1]),
            ):
                if joins and not replace(self, at=own).may_be_held(day):
                    return own
        return ()


def balances_before(statements: Sequence[BankStatement], again: Collection[int]) -> dict[int, int]:
    """The balance before each line, by its row, of statements that state one; those in `again`
    overlap others and are left out."""
    before = {}
    for place, statement in enumerate(statements):
        pence = statement.opening_pence
        if pence is None or place in again:
            continue
        for line in statement.lines:
            before[line.row] = pence
            pence += line.amount_pence
    return before


def told_apart(
    connection: Connection,
    lines: Sequence[NewBankLine],
    before: Mapping[int, int],
    found: Recognised,
) -> ToldApart:
    """Which lines of an account in a file are none of those they were `found` to be like.

    `before` is the balance before each line by its row, as far as it is known. Of lines that go on
    from each other the first and the last day are looked at: a day between them is whole.
    """
    like, new = found.by_content, frozenset(found.new)
    days = {lines[at].booked for at in like}
    held: dict[date, _Day | None] = {}
    others, doubtful = set[int](), set[int]()
    for stretch in _stretches(lines, before):
        for booked in dict.fromkeys(lines[at].booked for at in (stretch[0], stretch[-1])):
            if booked not in days:
                continue
            if booked not in held:
                held[booked] = _held(connection, lines[0].account, booked)
            own = [at for at in stretch if lines[at].booked == booked]
            day = held[booked]
            if day is None or own[-1] - own[0] >= len(own):
                continue
            part = _Part(lines, before, like, new, own, own)
            joining = part.joining(day)
            others.update(joining)
            if not joining and not part.may_be_held(day):
                doubtful.update(like.intersection(own))
    return ToldApart(frozenset(others), frozenset(doubtful))


def _held(connection: Connection, account: str, booked: date) -> _Day | None:
    """The books' lines of a day; None where balances do not lead through all of them one by one, no
    balance twice: then they tell nothing. What OFX files state counts as none."""
    lines = lines_of_days(connection, account, booked, booked)
    files = file_of_lines(connection, account, booked, booked)
    told = {file.file_id: file for file in files_told(connection)}
    of_file = Counter(files[line.id] for line in lines)
    if any(count < Counter(files.values())[file_id] for file_id, count in of_file.items()):
        return None  # without a line that was withdrawn balances do not lead from line to line
    for place, (line, following) in enumerate(zip_longest(lines, lines[1:])):
        # A line of another day between two has the next number.
        ends = (
            following is None
            or files[following.id] != files[line.id]
            or following.id != line.id + 1
        )
        file = told.get(files[line.id])
        if file is None or file.format == OFX:
            return None
        if ends and line.balance_pence is None:
            stated_pence = _at_days_end(file.spans.get(account, ()), line)
            if stated_pence is None:
                return None
            lines[place] = replace(line, balance_pence=stated_pence)
    openings, _beside = openings_of(lines, files)
    closings = [line.balance_pence for line in lines if line.balance_pence is not None]
    leads_to = dict(zip(openings, closings, strict=True))
    first = set(openings).difference(closings)
    if len(first) != 1 or not len(openings) == len(leads_to) == len(set(closings)):
        return None
    opening = closing = first.pop()
    for _line in closings:
        if closing not in leads_to:
            return None
        closing = leads_to[closing]
    return _Day(opening, closing, Counter(line.amount_pence for line in lines))


def _at_days_end(statements: Sequence[Span], line: StoredBankLine) -> int | None:
    """The balance after a day's last line in a statement that goes on to other days."""
    for statement in statements:
        if statement.rows[0] <= line.row <= statement.rows[1]:
            return dict(statement.by_day).get(line.booked)
    return None


def _stretches(lines: Sequence[NewBankLine], before: Mapping[int, int]) -> list[list[int]]:
    """Positions of lines, each of which begins with the balance that the one before ends with."""
    stretches: list[list[int]] = []
    ends: int | None = None
    for at, line in enumerate(lines):
        begins = before.get(line.row)
        if begins is None:
            ends = None
            continue
        if begins != ends:
            stretches.append([])
        stretches[-1].append(at)
        ends = begins + line.amount_pence
    return stretches


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
