"""Months, ranges of months, financial years, and values that change on a date."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_YEAR = r"((?!0000)\d{4})"  # the calendar has no year 0
_MONTH = re.compile(_YEAR + r"-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(_YEAR + r"-Q([1-4])", re.ASCII)
_NEARLY_A_MONTH = re.compile(_YEAR + r"[-/. ]?(\d{1,2})", re.ASCII)
_FINANCIAL_YEAR = re.compile("FY" + _YEAR, re.ASCII)


class Month(NamedTuple):
    """One calendar month: a reporting or a posting period. Written `2014-03`."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read `2014-03`. Raises ValueError."""
        match = _MONTH.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a month, such as 2014-03{_meant(text)}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month `day` lies in."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Month":
        """The month `months` later, or earlier when negative."""
        years, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(years, month + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def quarter(self) -> str:
        """The calendar quarter that the month lies in, as it is written: `2014-Q1`."""
        return f"{self.year:04d}-Q{(self.month + 2) // 3}"

    def quarter_end(self) -> "Month":
        """The last month of the calendar quarter: where a quarterly return is kept."""
        return Month(self.year, (self.month + 2) // 3 * 3)


@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole months, both ends included."""

    first: Month
    last: Month

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"

    def __contains__(self, month: Month) -> bool:
        return self.first <= month <= self.last

    def is_quarter(self) -> bool:
        """Whether it is one calendar quarter."""
        return self.last == self.first.quarter_end() == self.first.plus(2)

    def months(self) -> list[Month]:
        """Every month of the period, in order."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return [self.first.plus(i) for i in range(count)]


def parse_period(text: str, financial_year_starts: int = 4) -> Period:
    """Read `2014-03`, `2014-01..2014-03`, `2014-Q1` or `FY2014` (contract, Conventions).

    `financial_year_starts` is the month, 1 to 12, in which the consortium's year begins.
    Raises ValueError with the forms that are accepted.
    """
    if match := _MONTH.fullmatch(text):
        month = Month(int(match[1]), int(match[2]))
        return Period(month, month)
    if match := _QUARTER.fullmatch(text):
        last = Month(int(match[1]), int(match[2]) * 3)
        return Period(last.plus(-2), last)
    if match := _FINANCIAL_YEAR.fullmatch(text):
        first = Month(int(match[1]), financial_year_starts)
        if first.plus(11).year <= MAXYEAR:
            return Period(first, first.plus(11))
    first_text, dots, last_text = text.partition("..")
    if dots and _MONTH.fullmatch(first_text) and _MONTH.fullmatch(last_text):
        period = Period(Month.parse(first_text), Month.parse(last_text))
        if period.first <= period.last:
            return period
        raise ValueError(f"{text!r} ends before it begins")
    raise ValueError(
        f"{text!r} is not a period: write 2014-03, 2014-01..2014-03, 2014-Q1 or FY2014"
        f"{_meant(text)}"
    )


def _meant(text: str) -> str:
    """The question that a month written nearly right is answered with: `2014-3`, `2014/03`."""
    match = _NEARLY_A_MONTH.fullmatch(text)
    month = f"{match[1]}-{int(match[2]):02}" if match else ""
    return f"; did you mean {month}?" if _MONTH.fullmatch(month) else ""


def parse_day(text: str) -> date:
    """Read `2026-04-08`, and no other form of a date. Raises ValueError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError(f"{text!r} is not a day; write it as 2026-04-08")
    return day


def financial_year_of(day: date, financial_year_starts: int) -> int:
    """The year in which the consortium's financial year that holds `day` began."""
    return day.year if day.month >= financial_year_starts else day.year - 1


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value and the first day it is in force."""

    since: date
    value: T


def in_force(schedule: Sequence[Dated[T]], on: date) -> T | None:
    """The value of the latest entry that began on or before `on`; None before the first.

    `schedule` is in order of date.
    """
    found: T | None = None
    for entry in schedule:
        if entry.since > on:
            break
        found = entry.value
    return found
