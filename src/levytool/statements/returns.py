"""Returns that no figure holds yet: their spend will change a statement once it is accepted."""

from collections.abc import Iterable, Iterator
from datetime import date

from levytool.book.records import Appointment, Book, Framework
from levytool.ledger.statement_facts import LevyableSpend, ReturnState
from levytool.periods import Month, Period
from levytool.statements.values import ReturnNote

MISSING = "missing"
STAGED = "staged"


def return_notes(
    member: str,
    book: Book,
    spend: Iterable[LevyableSpend],
    returns: Iterable[ReturnState],
    period: Period,
    known_until: date | None,
) -> tuple[ReturnNote, ...]:
    """What contractors that worked for the member have not declared, or nobody has accepted.

    A return is missing for a month that was over by `known_until`, the last day that the books
    know of, where the contractor was appointed and declared neither spend nor nil.
    """
    workers = {(item.framework, item.contractor) for item in spend if item.member == member}
    states: dict[tuple[str, str, Month], ReturnState] = {}
    for found in returns:
        key = (found.framework, found.contractor, found.period)
        if key not in states or found.state != STAGED:
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
                notes.append(ReturnNote(*facts, MISSING))
            elif own[month].state == STAGED:
                notes.append(ReturnNote(*facts, STAGED, own[month].returned_on))
    return tuple(sorted(notes, key=lambda note: note.reporting_period))


def _awaited(
    framework: Framework | None, contractor: str, period: Period, known_until: date | None
) -> Iterator[Month]:
    """The months of a period that are over and for which an appointed contractor owes a return."""
    if framework is None or framework.appointments is None or known_until is None:
        return
    own = [item for item in framework.appointments if item.contractor == contractor]
    for month in period.months():
        if framework.returns == "quarterly" and month != month.quarter_end():
            continue
        owed = any(_covers(framework, appointment, month) for appointment in own)
        if owed and month.last_day < known_until:
            yield month


def _covers(framework: Framework, appointment: Appointment, month: Month) -> bool:
    since = max(framework.starts, appointment.since or framework.starts)
    until = min(framework.ends or date.max, appointment.until or date.max)
    return since <= month.last_day and month.first_day <= until
