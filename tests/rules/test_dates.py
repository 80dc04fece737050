"""Effective dates always lie in an open period."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from levytool.periods import Month
from levytool.rules.dates import act_date, bank_date, correction_date, posting_date

MARCH, APRIL, MAY, JUNE = (Month(2014, number) for number in (3, 4, 5, 6))
NOTHING: frozenset[Month] = frozenset()
DAYS = st.dates(date(2010, 1, 1), date(2020, 12, 31))
MONTHS = DAYS.map(Month.of)
CLOSED = st.frozensets(st.integers(0, 40).map(lambda n: Month(2013, 1).plus(n)))


def test_a_return_of_an_open_earlier_month_posts_on_its_last_day() -> None:
    assert posting_date(MARCH, NOTHING, date(2014, 4, 7)) == date(2014, 3, 31)


def test_a_return_of_the_running_month_posts_today() -> None:
    assert posting_date(APRIL, NOTHING, date(2014, 4, 7)) == date(2014, 4, 7)


def test_a_return_of_a_closed_month_posts_in_the_first_open_one_after_it() -> None:
    closed = frozenset({MARCH, APRIL})
    assert posting_date(MARCH, closed, date(2014, 6, 7)) == date(2014, 5, 31)
    assert posting_date(MARCH, closed, date(2014, 5, 7)) == date(2014, 5, 7)


def test_a_later_closed_month_does_not_push_an_open_one() -> None:
    assert posting_date(MARCH, frozenset({APRIL}), date(2014, 5, 7)) == date(2014, 3, 31)


def test_an_act_takes_today_or_the_first_day_of_the_next_open_period() -> None:
    assert act_date(date(2014, 4, 7), NOTHING) == date(2014, 4, 7)
    assert act_date(date(2014, 4, 7), frozenset({APRIL, MAY})) == date(2014, 6, 1)


def test_a_bank_line_takes_its_booking_date_where_that_is_open() -> None:
    assert bank_date(date(2014, 3, 14), NOTHING) == date(2014, 3, 14)
    assert bank_date(date(2014, 3, 14), frozenset({MARCH})) == date(2014, 4, 1)


def test_a_closed_december_leads_to_january() -> None:
    assert act_date(date(2014, 12, 31), frozenset({Month(2014, 12)})) == date(2015, 1, 1)


@given(MONTHS, CLOSED, DAYS)
def test_a_returns_date_lies_in_the_first_open_period(
    reporting: Month, closed: frozenset[Month], today: date
) -> None:
    posted = posting_date(reporting, closed, today)
    period = Month.of(posted)
    assert period not in closed
    assert period >= reporting
    earlier = reporting
    while earlier < period:
        assert earlier in closed
        earlier = earlier.plus(1)
    assert posted in (today, period.last_day)
    assert (posted == today) == (Month.of(today) == period)


@given(DAYS, CLOSED)
def test_an_acts_date_is_the_first_open_day_from_today(
    today: date, closed: frozenset[Month]
) -> None:
    posted = act_date(today, closed)
    day = today
    while Month.of(day) in closed:
        day += timedelta(days=1)
    assert posted == day


def test_a_correction_posts_as_its_return_would() -> None:
    march_31 = date(2014, 3, 31)
    assert correction_date(MARCH, NOTHING, date(2014, 4, 7), march_31) == march_31
    assert correction_date(MARCH, frozenset({MARCH}), date(2014, 4, 7), march_31) == date(
        2014, 4, 7
    )


def test_a_correction_in_a_reopened_month_waits_for_what_it_takes_back() -> None:
    may_20 = date(2014, 5, 20)
    assert correction_date(MARCH, NOTHING, date(2014, 6, 7), may_20) == may_20
    assert correction_date(MARCH, frozenset({MAY}), date(2014, 6, 7), may_20) == date(2014, 6, 7)


@given(MONTHS, CLOSED, DAYS, st.none() | DAYS)
def test_a_correction_lies_in_an_open_period_and_never_before_the_original(
    reporting: Month, closed: frozenset[Month], today: date, original: date | None
) -> None:
    day = correction_date(reporting, closed, today, original)
    assert Month.of(day) not in closed
    assert original is None or day >= original
