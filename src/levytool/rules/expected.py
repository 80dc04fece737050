"""Which returns are expected, and who has not sent theirs (domain §3.3).

Each appointment (contractor × framework, between its dates and the framework's) owes one return for
each reporting period it touches: a month, or a calendar quarter, which is kept under its last
month. A framework that names no contractors takes returns from any, and so expects none.
"""

from collections.abc import Collection, Container, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from levytool.book.records import Framework
from levytool.periods import Month, Period
from levytool.rules.due_dates import due_date
from levytool.rules.untold_rates import appointed_on

EXPECTED = "expected"
OVERDUE = "overdue"

ROLLING_MONTHS = 3
MONTHS_LOOKED_BACK = 3
"""How far before a period its flags look: two more months of three, or the quarter before it."""

ReturnFor = tuple[str, str, Month]
"""What a return is for: contractor, framework, reporting period."""


class OwedReturn(NamedTuple):
    """A return that is expected and has not come.

    `days_overdue` are calendar days since the due date, 0 up to and on it. Every overdue period is
    a failure; the flags say that it is not the first one of this contractor on this framework.
    """

    contractor: str
    framework: str
    period: Month
    due: date
    days_overdue: int
    two_in_three_months: bool = False
    two_consecutive: bool = False

    @property
    def state(self) -> str:
        return OVERDUE if self.days_overdue else EXPECTED


def last_ended(today: date) -> Month:
    """The last month that is over today."""
    return Month.of(today).plus(-1)


def reporting_period(framework: Framework, month: Month) -> Month:
    """The period that a month is reported in: itself, or its quarter's last month."""
    return month.quarter_end() if framework.returns == "quarterly" else month


def period_named(framework: Framework, month: Month) -> str:
    """How a person reads the period that a return is kept under: `2014-03`, or `2014-Q1`."""
    return month.quarter() if framework.returns == "quarterly" else str(month)


def reports_by_quarter(frameworks: Iterable[Framework], contractor: str, on: date) -> bool:
    """Whether every framework that a contractor may declare a line of this day for has quarterly
    returns: those in force that it is appointed to then, or that take any. Not without any."""
    returns = {
        framework.returns
        for framework in frameworks
        if framework.starts <= on <= (framework.ends or date.max)
        and (framework.appointments is None or appointed_on(framework, contractor, on))
    }
    return returns == {"quarterly"}


def month_meant(framework: Framework, named: Month | Period) -> Month:
    """The month that a return is kept under, named by any month of its period or by its quarter.

    Raises ValueError, with what to do, where a framework of monthly returns is given a quarter.
    """
    if isinstance(named, Month):
        return reporting_period(framework, named)
    if framework.returns != "quarterly":
        raise ValueError(
            f"{named.last.quarter()} is a quarter, and returns for {framework.code} are monthly; "
            f"name one month, such as {named.last}"
        )
    return named.last


def days_overdue(due: date, today: date) -> int:
    """Calendar days since a return was due; 0 up to and on that day."""
    return max(0, (today - due).days)


def first_month_of(framework: Framework, period: Month) -> Month:
    """The first month that a return kept under `period` tells of."""
    return period.plus(1 - _months_of(framework))


def contractors_owing(framework: Framework, period: Month) -> list[str]:
    """Whose appointment touches a reporting period, once each, in order of code.

    Nobody's where nothing is kept under that month: within a quarter, or without appointments.
    """
    if framework.appointments is None or reporting_period(framework, period) != period:
        return []
    first = max(first_month_of(framework, period).first_day, framework.starts)
    last = min(period.last_day, framework.ends or date.max)
    owing = {
        appointment.contractor
        for appointment in framework.appointments
        if max(first, appointment.since or first) <= min(last, appointment.until or last)
    }
    return sorted(owing)


def expected_since(frameworks: Iterable[Framework]) -> Month | None:
    """The month of the first day on which any framework had appointments; None without any."""
    starts = [one.starts for one in frameworks if one.appointments]
    return Month.of(min(starts)) if starts else None


def expected_returns(
    frameworks: Collection[Framework], span: Period, today: date, opened: Month | None = None
) -> Iterator[ReturnFor]:
    """Every return expected for the periods kept in `span`, in order of period.

    A period that has not begun by today expects nothing yet, and one up to `opened`, the month
    before books that began in the middle, nothing any more.
    """
    this_month = Month.of(today)
    started = [(Month.of(framework.starts), framework) for framework in frameworks]
    for period in span.months():
        if opened is not None and period <= opened:
            continue
        for first, framework in started:
            if first <= period and first_month_of(framework, period) <= this_month:
                for contractor in contractors_owing(framework, period):
                    yield contractor, framework.code, period


def owed_returns(
    frameworks: Collection[Framework],
    span: Period,
    returned: Container[ReturnFor],
    today: date,
    opened: Month | None = None,
) -> list[OwedReturn]:
    """What is expected for a span and not among `returned`, in order of period and framework.

    `returned` are the returns that came in (staged, accepted, nil) and those that were excused; it
    must reach back `MONTHS_LOOKED_BACK` before the span, so that earlier failures are known.
    """
    months_of = {framework.code: _months_of(framework) for framework in frameworks}
    wider = Period(span.first.plus(-MONTHS_LOOKED_BACK), span.last)
    failed: set[ReturnFor] = set()
    owed = []
    for key in expected_returns(frameworks, wider, today, opened):
        if key in returned:
            continue
        contractor, framework, period = key
        due = due_date(period)
        days = days_overdue(due, today)
        if days:
            failed.add(key)
        if period not in span:
            continue
        in_three = two_running = False
        if days:
            earlier = range(1, ROLLING_MONTHS)
            in_three = any((contractor, framework, period.plus(-n)) in failed for n in earlier)
            before = period.plus(-months_of[framework])
            two_running = (contractor, framework, before) in failed
        owed.append(OwedReturn(*key, due, days, in_three, two_running))
    return owed


def _months_of(framework: Framework) -> int:
    """How many months a reporting period of the framework has."""
    return 3 if framework.returns == "quarterly" else 1
