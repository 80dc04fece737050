"""Statements of one account in one file that tell the same entries: each is money once.

Statements that follow each other by their balances are one run: two equal lines in it are both
real, wherever a page ends. Whatever else stands in the file (a report of the day so far, a
statement over months that overlap) is laid beside it as if it had come in a file of its own.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate, pairwise
from operator import attrgetter, itemgetter

from levytool.bank.statement import BankStatement
from levytool.desk.bank.recognise_lines import recognise
from levytool.ledger.bank.bank_lines import KnownLine, LineContent


def repeated_lines(statements: Sequence[BankStatement], file_format: str) -> dict[int, set[int]]:
    """By statement, the positions of lines that another statement of the file brings already.

    Empty where nothing overlaps.
    """
    runs = _runs(statements)
    if len(runs) < 2:
        return {}
    known: dict[tuple[object, ...], list[KnownLine]] = defaultdict(list)
    repeated: dict[int, set[int]] = defaultdict(set)
    for run in runs:
        places = [(place, at) for place in run for at in range(len(statements[place].lines))]
        # What the bank says of a line is all but its row.
        own = [LineContent(*statements[place].lines[at][1:]) for place, at in places]
        likely = [line for key in dict.fromkeys(map(_key, own)) for line in known.get(key, ())]
        new = set(recognise(own, file_format, likely).new)
        for position, (place, at) in enumerate(places):
            if position in new:
                known[_key(own[position])].append(KnownLine(own[position], file_format))
            else:
                repeated[place].add(at)
    return repeated


def in_booked_order(statements: Sequence[BankStatement]) -> list[BankStatement]:
    """The statements of an account that have lines, as the bank made them, whichever way their
    pages lie in the file, and their lines: the last line of a day is then the one whose balance is
    the day's."""
    statements = [_by_day(statement) for statement in statements]
    dated: list[tuple[date, int]] = []
    for run in _runs(statements):
        days = accumulate((_first_day(statements[place]) for place in run), max)
        dated += zip(days, run, strict=True)
    return [statements[place] for _day, place in sorted(dated, key=itemgetter(0))]


def _by_day(statement: BankStatement) -> BankStatement:
    """A statement that states balances before and after all its lines only, with these by day: the
    last one is then of its last day, in whatever order the bank wrote them."""
    lines, ends = statement.lines, {0, len(statement.lines)}
    in_order = all(line.booked <= later.booked for line, later in pairwise(lines))
    if in_order or not statement.balances or any(b.after not in ends for b in statement.balances):
        return statement
    return replace(statement, lines=tuple(sorted(lines, key=attrgetter("booked"))))


def _key(content: LineContent) -> tuple[object, ...]:
    """What any two lines have in common that may be one: day and amount."""
    return content[:2]


def _runs(statements: Sequence[BankStatement]) -> list[list[int]]:
    """Which statements (their places) go on where another ends, by their balances.

    Of those that have days in common the balances tell the order, whichever way their pages lie in
    the file; what came later by its days never goes before. One that comes to nothing ends where it
    begins, so it is laid down before the others of its day: once they join, it has no place.
    """
    places = [place for place, statement in enumerate(statements) if statement.lines]
    if len(places) < 2:
        return [places]
    runs: list[list[int]] = []
    ends: dict[int | None, list[int]] = {}
    begins: dict[int | None, list[int]] = {}
    for place in sorted(places, key=lambda at: _turn(statements[at])):
        run = [place]
        opening, closing = statements[place].opening_pence, statements[place].closing_pence
        if opening is None or closing is None:
            runs.append(run)
            continue
        after = begins.get(closing)
        if (before := ends.pop(opening, None)) is not None:
            before += run
            run = before
        else:
            runs.append(run)
        if after is not None and after is not run and _touch(statements, place, after[0]):
            run += after
            runs.remove(after)
            del begins[closing]
        begins[statements[run[0]].opening_pence] = run
        ends[statements[run[-1]].closing_pence] = run
    return runs


def _turn(statement: BankStatement) -> tuple[date, bool]:
    return _first_day(statement), statement.net_pence != 0


def _touch(statements: Sequence[BankStatement], place: int, earlier: int) -> bool:
    """Whether a statement has days in common with one that begins no later."""
    return max(line.booked for line in statements[earlier].lines) >= _first_day(statements[place])


def _first_day(statement: BankStatement) -> date:
    return statement.lines[0].booked
