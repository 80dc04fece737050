"""Where an act posts: the effective date, which always lies in an open period (domain §3.5, Dates).

Every period is open until it is closed; `closed` holds the closed months.
"""

from collections.abc import Container
from datetime import date

from levytool.periods import Month


def posting_date(reporting: Month, closed: Container[Month], today: date) -> date:
    """The effective date of a return (or of `pot release --period`) for `reporting`.

    It posts in its reporting period if that is open, else in the first open one after it: today
    where today lies in that period, else the period's last day. A quarterly return gives its
    quarter's last month.
    """
    period = _first_open(reporting, closed)
    return today if Month.of(today) == period else period.last_day


def correction_date(
    reporting: Month, closed: Container[Month], today: date, original: date | None
) -> date:
    """The effective date of a correction: that of its return, but never before `original`, the day
    on which the return that it takes back was posted (None for a nil one, which posted nothing)."""
    wanted = posting_date(reporting, closed, today)
    if original is None or wanted >= original:
        return wanted
    month = Month.of(original)
    return posting_date(month, closed, today) if month in closed else original


def act_date(today: date, closed: Container[Month]) -> date:
    """The effective date of every other act: today; where that period is closed, the first day of
    the next open one."""
    period = _first_open(Month.of(today), closed)
    return today if Month.of(today) == period else period.first_day


def bank_date(booked: date, closed: Container[Month]) -> date:
    """The effective date of a bank line: its booking date, held to the same rule as an act's."""
    return act_date(booked, closed)


def _first_open(period: Month, closed: Container[Month]) -> Month:
    while period in closed:
        period = period.plus(1)
    return period
