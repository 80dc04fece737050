"""Returns that no figure holds yet, so that their spend will change a statement, and late ones."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from itertools import product

from levytool.book.records import Book
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


Appointed = tuple[str, str]
"""Framework and contractor."""

Sent = Mapping[Month, tuple[ReturnState, date]]
"""By period: the return that stands, and the day one came."""


@dataclass(frozen=True, slots=True)
class PeriodReturns:
    """The returns of a period: the months that one is owed for, and those that have come.

    `known_until` is the last day that counts.
    """

    owed: Mapping[Appointed, Set[Month]]
    sent: Mapping[Appointed, Sent]
    known_until: date

    @property
    def appointed(self) -> Set[Appointed]:
        """Whom there is a return of, or ought to be."""
        return self.owed.keys() | self.sent.keys()


def period_returns(
    book: Book,
    period: Period,
    returns: Iterable[ReturnState],
    known_until: date,
    opened: Month | None,
) -> PeriodReturns:
    """What came of a period's returns, beside what its appointments owe.

    A return is owed for a month that was over at the end of `known_until`; none is up to `opened`,
    the month before books that began in the middle.
    """
    owed: dict[Appointed, set[Month]] = {}
    over = [
        month
        for month in period.months()
        if month.last_day <= known_until and (opened is None or month > opened)
    ]
    for framework, month in product(book.frameworks.values(), over):
        for contractor in contractors_owing(framework, month):
            owed.setdefault((framework.code, contractor), set()).add(month)
    return PeriodReturns(owed, _sent(returns), known_until)


def _sent(returns: Iterable[ReturnState]) -> dict[Appointed, Sent]:
    found: dict[Appointed, dict[Month, tuple[ReturnState, date]]] = {}
    for item in returns:
        of_contractor = found.setdefault((item.framework, item.contractor), {})
        before, came = of_contractor.get(item.period, (item, item.returned_on))
        stands = item if _RANK.index(item.state) <= _RANK.index(before.state) else before
        of_contractor[item.period] = (stands, min(came, item.returned_on))
    return dict(found)


def return_notes(
    appointed: Iterable[Appointed], book: Book, returns: PeriodReturns, *, in_time: bool = False
) -> tuple[ReturnNote, ...]:
    """What frameworks' contractors in `appointed` have not declared, or nobody has accepted, or
    came late; with what came `in_time` too.

    What is owed and has not come, neither spend nor nil nor an excuse, is missing once the last day
    that counts is past the day it was due, expected before.
    """
    notes = []
    for key in sorted(appointed):
        framework, contractor = key
        party = book.contractors.get(contractor)
        name = party.name if party else contractor
        sent = returns.sent.get(key, {})
        for month in returns.owed.get(key, set()) | sent.keys():
            found, came = sent.get(month, (None, None))
            due = due_date(month)
            days_late = max(0, ((came or returns.known_until) - due).days)
            state = _state(found, days_late)
            if in_time or state in NOTED:
                facts = (contractor, name, framework, month, state, due)
                notes.append(ReturnNote(*facts, 0 if state == EXCUSED else days_late, came))
    return tuple(sorted(notes, key=lambda note: note.reporting_period))


def _state(found: ReturnState | None, days_late: int) -> str:
    if found is None:
        return MISSING if days_late else EXPECTED
    if days_late and found.state not in (STAGED, EXCUSED):
        return LATE
    return found.state
