"""Whose returns are all for quarters, on a day: in what period a line without a framework is."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Appointment, Framework
from levytool.rules.expected import reports_by_quarter

DAY = date(2014, 5, 20)
MONTHLY = Framework("MF", "Works", date(2014, 1, 1), date(2014, 12, 31), appointments=())
QUARTERLY = replace(MONTHLY, code="QF", returns="quarterly")
OWN, OTHER = Appointment("QUARRY"), Appointment("MASON")


def of(*appointments, like=QUARTERLY):
    return replace(like, appointments=appointments)


def test_who_is_appointed_to_quarterly_frameworks_only_reports_by_quarter():
    assert reports_by_quarter([of(OWN), of(OTHER, like=MONTHLY)], "QUARRY", DAY)


def test_one_monthly_appointment_in_force_leaves_the_month():
    assert not reports_by_quarter([of(OWN), of(OWN, like=MONTHLY)], "QUARRY", DAY)


def test_who_is_appointed_to_nothing_on_the_day_does_not():
    assert not reports_by_quarter([of(OTHER)], "QUARRY", DAY)
    late = replace(OWN, since=DAY + timedelta(1))
    ended = replace(OWN, until=DAY - timedelta(1))
    assert not reports_by_quarter([of(late, ended)], "QUARRY", DAY)
    assert not reports_by_quarter([replace(of(OWN), ends=DAY - timedelta(1))], "QUARRY", DAY)


def test_a_monthly_appointment_that_has_ended_or_not_begun_counts_no_more():
    late = replace(OWN, since=DAY + timedelta(1))
    ended = replace(OWN, until=DAY - timedelta(1))
    assert reports_by_quarter([of(OWN), of(late, ended, like=MONTHLY)], "QUARRY", DAY)


def test_a_framework_open_to_any_contractor_may_be_the_one():
    anyones = replace(MONTHLY, appointments=None)
    assert not reports_by_quarter([of(OWN), anyones], "QUARRY", DAY)


days = st.integers(0, 60).map(lambda n: date(2014, 4, 15) + timedelta(n))
held = st.builds(
    Appointment,
    st.sampled_from(("QUARRY", "MASON")),
    st.just(()),
    st.none() | days,
    st.none() | days,
)
drawn = st.builds(
    Framework,
    st.just("F"),
    st.just("Works"),
    days,
    st.none() | days,
    st.sampled_from(("monthly", "quarterly")),
    appointments=st.none() | st.lists(held, max_size=3).map(tuple),
)


@given(st.lists(drawn, max_size=4), days)
def test_one_more_monthly_framework_in_force_always_leaves_the_month(frameworks, day):
    monthly = of(OWN, like=replace(MONTHLY, starts=day, ends=None))
    assert not reports_by_quarter([*frameworks, monthly], "QUARRY", day)


@given(st.lists(drawn, max_size=4), days)
def test_only_what_is_in_force_counts(frameworks, day):
    """What ended before, or begins later, changes nothing."""
    gone = of(OWN, like=replace(MONTHLY, starts=date(2013, 1, 1), ends=day - timedelta(1)))
    later = of(OWN, like=replace(MONTHLY, starts=day + timedelta(1), ends=None))
    found = reports_by_quarter(frameworks, "QUARRY", day)
    assert reports_by_quarter([*frameworks, gone, later], "QUARRY", day) == found
