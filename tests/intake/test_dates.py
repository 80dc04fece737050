"""One set of date and month forms, day first (contract, *Cells*)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.intake.dates import parse_date, parse_month

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
NAMES = "January February March April May June July August September October November December"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31/03/2014", date(2014, 3, 31)),
        ("31.3.14", date(2014, 3, 31)),
        ("31-03-2014", date(2014, 3, 31)),
        ("31 03 2014", date(2014, 3, 31)),
        ("12-Jan-11", date(2011, 1, 12)),
        ("31 March 2014", date(2014, 3, 31)),
        ("31 MARCH 2014", date(2014, 3, 31)),
        ("1 sept 14", date(2014, 9, 1)),
        ("2014-03-31", date(2014, 3, 31)),
        ("2014-03-31 00:00:00", date(2014, 3, 31)),
        ("2014-03-31T00:00:00", date(2014, 3, 31)),
        ("31/03/2014 00:00", date(2014, 3, 31)),
        ("31/03/2014 12:00:00 AM", date(2014, 3, 31)),
        ("17/06/2011 ", date(2011, 6, 17)),
        ("8/1/18", date(2018, 1, 8)),
        ("29/02/2020", date(2020, 2, 29)),
    ],
)
def test_the_ways_a_date_is_written(text: str, expected: date) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "04/13/2014", "9/21/2017", "29/02/2019", "2020-02-30", "41729", "44190.0", "0", "2014",
        "00:00:00", "12:30", "31/03/2014 14:05", "2014-03-31 14:05:00", "31/03", "March 2014",
        "31/03-2014", "31/3/014", "31/03/201", "Bad Date", "31 Foo 2014", "31/03/1814",
        "०१/०१/2014", "2014/03/31", "20140331", "1e3", "31/03/2014 x",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/31/2014", date(2014, 3, 31)),
        ("31/03/2014", None),
        ("2014-03-31", date(2014, 3, 31)),
        ("12/01/2014", date(2014, 12, 1)),
    ],
)
def test_a_layout_may_say_that_the_month_comes_first(text: str, expected: date | None) -> None:
    assert parse_date(text, "%m/%d/%Y") == expected


def test_a_layouts_form_with_a_time_takes_midnight_only() -> None:
    assert parse_date("31.03.2014 00:00", "%d.%m.%Y %H:%M") == date(2014, 3, 31)
    assert parse_date("31.03.2014 14:05", "%d.%m.%Y %H:%M") is None


@pytest.mark.parametrize(
    "text",
    [
        "2014-03",
        "Mar 2014",
        "March 2014",
        "Mar-14",
        "201403",
        "2014-03-01",
        "31/03/2014",
        "03/2014",
    ],
)
def test_a_month_is_read_as_its_first_day(text: str) -> None:
    assert parse_month(text) == date(2014, 3, 1)


@pytest.mark.parametrize("text", ["", "2014", "2014-13", "201413", "Foo 2014", "41729", "3"])
def test_what_is_no_month(text: str) -> None:
    assert parse_month(text) is None


def test_a_layouts_form_of_months_is_read() -> None:
    assert parse_month("14/03", "%y/%m") == date(2014, 3, 1)


@given(DAYS, st.sampled_from("/.- "))
def test_a_date_in_any_form_is_that_date(day: date, separator: str) -> None:
    name = NAMES.split()[day.month - 1]
    for month in (str(day.month), f"{day.month:02d}", name, name[:3], name[:3].upper()):
        for year in (str(day.year), f"{day.year % 100:02d}"):
            for number in (str(day.day), f"{day.day:02d}"):
                assert parse_date(separator.join((number, month, year))) == day
    assert parse_date(day.isoformat()) == day
    assert parse_month(day.isoformat()) == day.replace(day=1)


@given(st.text(alphabet="0123456789/.- :JanMrch", max_size=12))
def test_what_reads_as_a_date_names_a_day_a_month_and_a_year(text: str) -> None:
    day = parse_date(text)
    if day is not None:
        assert str(day.day) in text
        assert f"{day.year % 100:02d}" in text
        assert (
            str(day.month) in text or NAMES.split()[day.month - 1][:3].casefold() in text.casefold()
        )


@given(st.integers(min_value=0, max_value=99_999_999))
def test_a_bare_number_is_never_a_date(number: int) -> None:
    assert parse_date(str(number)) is None
