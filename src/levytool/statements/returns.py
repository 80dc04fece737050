"""Returns that no figure holds yet, so that their spend will change a statement, and late ones."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from levytool.book.records import Book, Framework
from levytool.ledger.reports.statement_facts import ReturnState
from levytool.periods import Month, Period
from levytool.rules.due_dates import due_date
from levytool.rules.expected import contractors_owing
from levytool.statements.values import ReturnNote

MISSING = "missing"
EXPECTED = "expected"
STAGED = "staged"
EXCUSED = "excused"
LATE = "late"
NOTED = (MISSING, EXPECTED, STAGED, LATE)

_RANK = ("accepted", "nil", "corrected", STAGED, EXCUSED)
"""What stands for a period that has several returns: the first of these."""


Sent = Mapping[tuple[str, str], Mapping[Month, tuple[ReturnState, date]]]
"""By framework and contractor, then by period: the return that stands, and the day one came."""


def sent_returns(returns: Iterable[ReturnState]) -> Sent:
    """Returns by what they are for."""
    found: dict[tuple[str, str], dict[Month, tuple[ReturnState, date]]] = {}
    for item in returns:
        of_contractor = found.setdefault((item.framework, item.contractor), {})
        before, came = of_contractor.get(item.period, (item, item.returned_on))
        stands = item if _RANK.index(item.state) <= _RANK.index(before.state) else before
        of_contractor[item.period] = (stands, min(came, item.returned_on))
    return found


def return_notes(
    owing: Iterable[tuple[str, str]],
    book: Book,
    sent: Sent,
    period: Period,
    known_until: date | None,
    opened: Month | None = None,
    *,
    in_time: bool = False,
) -> tuple[ReturnNote, ...]:
    """What frameworks' contractors in `owing` have not declared, or nobody has accepted, or came
    late; with what came `in_time` too.

    A return is owed for a month that was over at the end of `known_until`, the last day that
    counts, where the contractor was appointed, declared neither spend nor nil, and is not
    excused: missing once that is past the day it was due, expected before. None is owed up to
    `opened`, the month before books that began in the middle.
    """
    notes = []
    for framework, contractor in sorted(owing):
        awaited = _awaited(book.frameworks.get(framework), contractor, period, known_until)
        own = sent.get((framework, contractor), {})
        for month in sorted({*awaited, *own}):
            if month not in own and opened is not None and month <= opened:
                continue
            found, came = own.get(month, (None, None))
            note = _note(book, (framework, contractor, month), found, came, known_until)
            notes += [note] if in_time or note.state in NOTED else []
    return tuple(sorted(notes, key=lambda note: note.reporting_period))


def _note(
    book: Book,
    key: tuple[str, str, Month],
    found: ReturnState | None,
    came: date | None,
    known_until: date | None,
) -> ReturnNote:
    framework, contractor, month = key
    party, due = book.contractors.get(contractor), due_date(month)
    days_late = max(0, ((came or known_until or due) - due).days)
    facts = (contractor, party.name if party else contractor, framework, month)
    if found is None:
        return ReturnNote(*facts, MISSING if days_late else EXPECTED, due, days_late)
    if found.state == STAGED:
        return ReturnNote(*facts, STAGED, due, days_late, came)
    if days_late and found.state != EXCUSED:
        return ReturnNote(*facts, LATE, due, days_late, came)
    return ReturnNote(*facts, found.state, due, 0, came)


def _awaited(
    framework: Framework | None, contractor: str, period: Period, known_until: date | None
) -> Iterator[Month]:
    """The months of a period that are over and for which an appointed contractor owes a return."""
    if framework is None or known_until is None:
        return
    for month in period.months():
        if month.last_day <= known_until and contractor in contractors_owing(framework, month):
            yield month
