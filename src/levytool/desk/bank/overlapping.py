"""Statements of one account in one file that tell the same entries: each is money once.

Statements that follow each other by their balances are one run: two equal lines in it are both
real, wherever a page ends. Whatever else stands in the file (a report of the day so far, a
statement over months that overlap) is laid beside it as if it had come in a file of its own.
"""

from collections import defaultdict
from collections.abc import Sequence

from levytool.bank.statement import BankStatement
from levytool.desk.bank.recognise_lines import recognise
from levytool.ledger.bank.bank_lines import KnownLine, LineContent


def repeated_lines(
    statements: Sequence[BankStatement],
    contents: Sequence[Sequence[LineContent]],
    file_format: str,
) -> dict[int, set[int]]:
    """By statement, the positions of lines that another statement of the file brings already.

    `contents` are the statements' lines. Empty where nothing overlaps.
    """
    runs = _runs(statements)
    if len(runs) < 2:
        return {}
    known: dict[tuple[object, ...], list[KnownLine]] = defaultdict(list)
    repeated: dict[int, set[int]] = defaultdict(set)
    for run in runs:
        places = [(place, at) for place in run for at in range(len(contents[place]))]
        own = [contents[place][at] for place, at in places]
        likely = [line for key in dict.fromkeys(map(_key, own)) for line in known.get(key, ())]
        new = set(recognise(own, file_format, likely).new)
        for position, (place, at) in enumerate(places):
            if position in new:
                known[_key(own[position])].append(KnownLine(own[position], file_format))
            else:
                repeated[place].add(at)
    return repeated


def _key(content: LineContent) -> tuple[object, ...]:
    """What any two lines have in common that may be one: day and amount."""
    return content[:2]


def _runs(statements: Sequence[BankStatement]) -> list[list[int]]:
    """Which statements (their places) go on where another ends, by their balances."""
    places = [place for place, statement in enumerate(statements) if statement.lines]
    if len(places) < 2:
        return [places]
    runs: list[list[int]] = []
    ends: dict[int, list[int]] = {}
    begins: dict[int, list[int]] = {}
    for place in sorted(places, key=lambda at: statements[at].lines[0].booked):
        opening, closing = statements[place].opening_pence, statements[place].closing_pence
        if opening is None or closing is None:
            runs.append([place])
        elif (run := ends.pop(opening, None)) is not None:
            run.append(place)
            ends[closing] = run
        elif (run := begins.pop(closing, None)) is not None:
            run.insert(0, place)
            begins[opening] = run
        else:
            run = [place]
            runs.append(run)
            ends[closing], begins[opening] = run, run
    return runs
