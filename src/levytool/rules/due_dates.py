"""When a return is due: on the 5th working day after its period ends (domain §3.3)."""

from datetime import date, timedelta
from functools import cache

from levytool.periods import Month
from levytool.rules.bank_holidays import is_working_day

WORKING_DAYS = 5


@cache
def due_date(period: Month) -> date:
    """The day a return is due that is kept under `period`; a quarterly one under its last month.

    A return is overdue from the day after. The last day of the calendar has nothing after it, so
    nothing is due later than that.
    """
    day = period.last_day
    for _ in range(WORKING_DAYS):
        day = _next_working_day(day)
    return day


def _next_working_day(day: date) -> date:
    while day < date.max:
        day += timedelta(days=1)
        if is_working_day(day):
            break
    return day
