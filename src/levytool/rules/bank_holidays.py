"""The bank holidays of England and Wales (source: GOV.UK, *UK bank holidays*).

Eight a year follow rules (Banking and Financial Dealings Act 1971, schedule 1, and the yearly
proclamations made under it): New Year's Day, Good Friday, Easter Monday, the first and the last
Monday of May, the last Monday of August, Christmas Day and Boxing Day. One that falls on a weekend
is kept on the next weekday that is free. `MOVED` and `ADDED` hold what was proclaimed besides, from
2012 on. Years after 2030 follow the rules alone until something is proclaimed for them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

MOVED: Mapping[date, date] = {
    date(2012, 5, 28): date(2012, 6, 4),  # the Diamond Jubilee
    date(2020, 5, 4): date(2020, 5, 8),  # 75 years of VE Day
    date(2022, 5, 30): date(2022, 6, 2),  # the Platinum Jubilee
}
ADDED = (
    date(2012, 6, 5),  # the Diamond Jubilee
    date(2022, 6, 3),  # the Platinum Jubilee
    date(2022, 9, 19),  # the State Funeral of Queen Elizabeth II
    date(2023, 5, 8),  # the Coronation of King Charles III
)

_SATURDAY = 5


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The weekdays of a year that are bank holidays in England and Wales."""
    sunday = easter(year)
    mondays = (
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
    )
    kept = {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    kept |= {MOVED.get(day, day) for day in mondays}
    kept |= {day for day in ADDED if day.year == year}
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        kept.add(_kept_on(day))
    return frozenset(kept)


def is_working_day(day: date) -> bool:
    """Whether a day is neither a weekend's nor a bank holiday in England and Wales."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


def _monday_from(day: date) -> date:
    """The first Monday on or after a day."""
    return day + timedelta(days=-day.weekday() % 7)


def _kept_on(day: date) -> date:
    """Where a fixed holiday is kept: on Monday for a weekend's, Tuesday where Monday is taken.

    Christmas on a Saturday leaves Monday 27 to itself and Tuesday 28 to Boxing Day; on a Sunday,
    Boxing Day has the Monday, so Christmas takes Tuesday 27.
    """
    if day.weekday() < _SATURDAY:
        return day
    if day.month == 1:
        return _monday_from(day)
    return day + timedelta(days=2)
