"""The bank holidays of 2012 to 2030, day by day as GOV.UK publishes them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.bank_holidays import bank_holidays, is_working_day

KNOWN = {
    2012: "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
    2013: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2014: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2015: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2016: "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27",
    2017: "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    2018: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    2029: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2030: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
}
SPECIAL_YEARS = {2012: 9, 2022: 10, 2023: 9}


@pytest.mark.parametrize("year", KNOWN)
def test_the_bank_holidays_of_a_year_are_the_published_ones(year: int) -> None:
    found = " ".join(day.strftime("%m-%d") for day in sorted(bank_holidays(year)))
    assert found == KNOWN[year]


def test_every_year_from_2012_to_2030_is_held_by_its_days() -> None:
    assert sorted(KNOWN) == list(range(2012, 2031))


@given(st.integers(1978, 2200))
def test_a_year_has_eight_weekdays_and_what_was_proclaimed_besides(year: int) -> None:
    days = bank_holidays(year)
    assert len(days) == SPECIAL_YEARS.get(year, 8)
    assert all(day.year == year and day.weekday() < 5 for day in days)


def test_a_year_beyond_the_published_ones_follows_the_rules() -> None:
    assert date(2033, 12, 27) in bank_holidays(2033)
    assert date(2033, 12, 26) in bank_holidays(2033)
    assert not is_working_day(date(2031, 4, 14))  # Easter Monday


@given(st.dates(date(1978, 1, 1), date(2100, 12, 20)))
def test_five_days_in_a_row_hold_a_working_day(
    day: date,
) -> None:
    run = [is_working_day(day + timedelta(days=n)) for n in range(5)]
    assert any(run)
