"""Months, periods, financial years, and values that hold from a day on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.periods import (
    Dated,
    Month,
    Period,
    financial_year_of,
    in_force,
    parse_day,
    parse_period,
)

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
MONTHS = DAYS.map(Month.of)
COUNTS = st.integers(-600, 600)


@given(MONTHS)
def test_a_month_is_read_as_it_is_written(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert parse_period(str(month)) == Period(month, month)


@given(MONTHS, COUNTS, COUNTS)
def test_months_are_counted_on_and_back(month: Month, first: int, second: int) -> None:
    assert month.plus(first).plus(second) == month.plus(first + second)
    assert month.plus(first).plus(-first) == month
    assert (month.plus(first) < month) == (first < 0)


@given(DAYS)
def test_a_day_lies_in_its_month_and_no_other(day: date) -> None:
    month = Month.of(day)
    assert month.first_day <= day <= month.last_day
    assert month.last_day + timedelta(days=1) == month.plus(1).first_day


@given(DAYS)
def test_a_quarter_ends_in_march_june_september_or_december(day: date) -> None:
    end = Month.of(day).quarter_end()
    assert end.month % 3 == 0
    assert end.plus(-2) <= Month.of(day) <= end


@pytest.mark.parametrize(
    ("text", "quarter"),
    [
        ("2014-Q4", True),
        ("2014-01..2014-03", True),
        ("2014-02..2014-04", False),
        ("2014-03", False),
        ("2014-01..2014-06", False),
        ("2014-03..2014-05", False),
    ],
)
def test_a_quarter_is_told_from_other_periods(text: str, quarter: bool) -> None:
    period = parse_period(text)
    assert period.is_quarter() is quarter
    assert not quarter or parse_period(period.first.quarter()) == period


def test_the_last_month_there_is_has_a_last_day() -> None:
    assert Month(9999, 12).last_day == date(9999, 12, 31)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2014-03", "2014-03", "2014-03"),
        ("2014-01..2014-03", "2014-01", "2014-03"),
        ("2013-12..2014-01", "2013-12", "2014-01"),
        ("2014-Q1", "2014-01", "2014-03"),
        ("2014-Q4", "2014-10", "2014-12"),
        ("FY2014", "2014-04", "2015-03"),
    ],
)
def test_the_forms_of_a_period(text: str, first: str, last: str) -> None:
    assert parse_period(text) == Period(Month.parse(first), Month.parse(last))


@pytest.mark.parametrize(
    ("starts", "first", "last"), [(1, "2014-01", "2014-12"), (10, "2014-10", "2015-09")]
)
def test_a_financial_year_is_the_consortiums(starts: int, first: str, last: str) -> None:
    assert parse_period("FY2014", starts) == Period(Month.parse(first), Month.parse(last))


@pytest.mark.parametrize(
    "text",
    ["", "2014", "2014-3", "2014-13", "2014-00", "2014-Q5", "2014-Q0", "FY14", "fy2014", "2014-q1",
     "2014-01..", "..2014-01", "2014-01...2014-03", "2014-Q1..2014-Q2", "0000-01", "FY0000",
     "FY9999", "2014-03-01", " 2014-03", "२०१४-०३", "2014-03\n"],
)  # fmt: skip
def test_what_is_no_period_is_told_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 2014-03, 2014-01\.\.2014-03, 2014-Q1 or FY2014"):
        parse_period(text)


@pytest.mark.parametrize("text", ["2014-3", "2014/03", "2014/3", "201403", "2014.3"])
def test_a_month_written_nearly_right_is_asked_after(text: str) -> None:
    for parse in (parse_period, Month.parse):
        with pytest.raises(ValueError, match=r"did you mean 2014-03\?$"):
            parse(text)


@pytest.mark.parametrize("text", ["2014-13", "2014-0", "2014", "2014-03-01", "soon"])
def test_what_is_near_no_month_is_not_asked_after(text: str) -> None:
    with pytest.raises(ValueError, match="is not a") as told:
        parse_period(text)
    assert "did you mean" not in str(told.value)


def test_a_period_runs_forwards() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        parse_period("2014-03..2014-01")


@given(MONTHS, st.integers(0, 60))
def test_a_period_holds_just_its_months(first: Month, more: int) -> None:
    period = Period(first, first.plus(more))
    months = period.months()
    assert len(months) == more + 1
    assert all(month in period for month in months)
    assert first.plus(-1) not in period and period.last.plus(1) not in period
    assert parse_period(str(period)) == period


@given(DAYS, st.integers(1, 12))
def test_every_day_lies_in_its_financial_year(day: date, starts: int) -> None:
    year = financial_year_of(day, starts)
    assert Month.of(day) in parse_period(f"FY{year}", starts)


@given(st.dictionaries(DAYS, st.integers(), max_size=6), DAYS)
def test_what_began_last_is_in_force(entries: dict[date, int], on: date) -> None:
    schedule = [Dated(since, entries[since]) for since in sorted(entries)]
    begun = [since for since in entries if since <= on]
    assert in_force(schedule, on) == (entries[max(begun)] if begun else None)


@given(DAYS)
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@pytest.mark.parametrize("text", ["", "20140310", "2014-W01-1", "10/03/2014", "2014-02-30", "2014"])
def test_a_day_in_another_form_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day; write it as 2026-04-08"):
        parse_day(text)
