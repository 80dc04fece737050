"""Returns that no figure holds yet: their spend will change a statement once it is accepted."""

from collections.abc import Iterable, Iterator
from datetime import date

from levytool.book.records import Book, Framework
from levytool.ledger.statement_facts import LevyableSpend, ReturnState
from levytool.periods import Month, Period
from levytool.rules.expected import contractors_owing
from levytool.statements.values import ReturnNote

MISSING = "missing"
STAGED = "staged"
EXCUSED = "excused"


def return_notes(
    member: str,
    book: Book,
    spend: Iterable[LevyableSpend],
    returns: Iterable[ReturnState],
    period: Period,
    known_until: date | None,
    opened: Month | None = None,
) -> tuple[ReturnNote, ...]:
    """What contractors that worked for the member have not declared, or nobody has accepted.

    A return is missing for a month that was over by `known_until`, the last day that the books
    know of, where the contractor was appointed, declared neither spend nor nil, and is not
    excused. None is up to `opened`, the month before books that began in the middle.
    """
    workers = {(item.framework, item.contractor) for item in spend if item.member == member}
    states: dict[tuple[str, str, Month], ReturnState] = {}
    for found in returns:
        key = (found.framework, found.contractor, found.period)
        standing = states.get(key)
        if standing is None or standing.state == EXCUSED or found.state != STAGED:
            states[key] = found
    notes = []
    for framework, contractor in sorted(workers):
        party = book.contractors.get(contractor)
        name = party.name if party else contractor
        own = {key[2]: found for key, found in states.items() if key[:2] == (framework, contractor)}
        awaited = _awaited(book.frameworks.get(framework), contractor, period, known_until)
        for month in sorted({*awaited, *own}):
            facts = (contractor, name, framework, month)
            if month not in own:
                if opened is not None and month <= opened:
                    continue
                notes.append(ReturnNote(*facts, MISSING))
            elif own[month].state == STAGED:
                notes.append(ReturnNote(*facts, STAGED, own[month].returned_on))
    return tuple(sorted(notes, key=lambda note: note.reporting_period))


def _awaited(
    framework: Framework | None, contractor: str, period: Period, known_until: date | None
) -> Iterator[Month]:
    """The months of a period that are over and for which an appointed contractor owes a return."""
    if framework is None or known_until is None:
        return
    for month in period.months():
        if month.last_day < known_until and contractor in contractors_owing(framework, month):
            yield month
