"""Which returns are expected, and which contractors failed to send theirs."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Appointment
from levytool.periods import Month, Period, parse_period
from levytool.rules.due_dates import due_date
from levytool.rules.expected import (
    EXPECTED,
    OVERDUE,
    contractors_owing,
    expected_returns,
    expected_since,
    month_meant,
    owed_returns,
    period_named,
    reporting_period,
)
from tests.books import SINCE, make_framework

MARCH = Month(2014, 3)
YEAR = Period(Month(2014, 1), Month(2014, 12))
LATER = date(2015, 6, 30)


def appointed(*appointments, **settings):
    """A framework with these appointments."""
    return make_framework(appointments=tuple(appointments), **settings)


def periods(framework, span=YEAR, today=LATER):
    """The periods that a framework expects returns for."""
    return [str(period) for _, _, period in expected_returns([framework], span, today)]


def failures(missing, framework=None, today=LATER):
    """The flags of BROOKS, who sent all of 2014 but these months: (period, in three, running)."""
    framework = framework or appointed(Appointment("BROOKS"))
    gone = {Month(2014, month) for month in missing}
    held = {("BROOKS", framework.code, m) for m in YEAR.months() if m not in gone}
    held |= {("BROOKS", framework.code, YEAR.first.plus(-n)) for n in range(1, 4)}
    owed = owed_returns([framework], YEAR, held, today)
    return [(one.period.month, one.two_in_three_months, one.two_consecutive) for one in owed]


def test_each_appointment_owes_a_return_a_month() -> None:
    framework = appointed(Appointment("BROOKS"), Appointment("BEECH"))
    assert contractors_owing(framework, MARCH) == ["BEECH", "BROOKS"]
    assert len(periods(framework)) == 24


def test_two_appointments_of_one_contractor_owe_one_return() -> None:
    lots = (Appointment("BROOKS", ("1",)), Appointment("BROOKS", ("2",), since=date(2013, 1, 1)))
    assert contractors_owing(appointed(*lots), MARCH) == ["BROOKS"]


def test_a_framework_that_any_contractor_may_work_under_expects_none() -> None:
    assert periods(make_framework()) == []
    assert expected_since([make_framework()]) is None


def test_a_framework_that_appoints_nobody_expects_none() -> None:
    assert periods(appointed()) == []


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        (date(2014, 3, 31), None, ["2014-03", "2014-04", "2014-05"]),
        (date(2014, 4, 1), None, ["2014-04", "2014-05"]),
        (None, date(2014, 2, 1), ["2014-01", "2014-02"]),
        (None, date(2014, 1, 31), ["2014-01"]),
        (date(2014, 2, 10), date(2014, 2, 20), ["2014-02"]),
    ],
)
def test_an_appointment_owes_for_every_month_it_touches(since, until, wanted) -> None:
    framework = appointed(Appointment("BROOKS", since=since, until=until))
    assert periods(framework, Period(Month(2014, 1), Month(2014, 5))) == wanted


def test_nothing_is_expected_outside_the_frameworks_own_dates() -> None:
    framework = appointed(
        Appointment("BROOKS", since=date(2012, 1, 1)), starts=date(2014, 3, 15), ends=MARCH.last_day
    )
    assert periods(framework) == ["2014-03"]


def test_an_appointment_that_ends_before_the_framework_begins_owes_nothing() -> None:
    framework = appointed(Appointment("BROOKS", until=date(2014, 2, 28)), starts=date(2014, 3, 15))
    assert periods(framework) == []


def test_a_quarter_is_kept_under_its_last_month_and_owed_for_any_day_of_it() -> None:
    framework = appointed(
        Appointment("BROOKS", since=date(2014, 2, 1), until=date(2014, 7, 1)), returns="quarterly"
    )
    assert periods(framework) == ["2014-03", "2014-06", "2014-09"]
    assert reporting_period(framework, Month(2014, 4)) == Month(2014, 6)


def test_a_period_that_has_not_begun_expects_nothing_yet() -> None:
    monthly, quarterly = (appointed(Appointment("B"), returns=r) for r in ("monthly", "quarterly"))
    assert periods(monthly, today=date(2014, 2, 1)) == ["2014-01", "2014-02"]
    assert periods(quarterly, today=date(2014, 3, 31)) == ["2014-03"]
    assert periods(quarterly, today=date(2014, 4, 1)) == ["2014-03", "2014-06"]


def test_a_framework_from_the_first_day_of_the_calendar_is_no_trouble() -> None:
    framework = appointed(Appointment("B"), starts=date.min, returns="quarterly")
    first = Month(1, 1)
    owed = owed_returns([framework], Period(first, first.plus(5)), set(), LATER)
    assert [str(one.period) for one in owed] == ["0001-03", "0001-06"]


def test_a_return_that_came_is_not_owed() -> None:
    framework = appointed(Appointment("BROOKS"), Appointment("BEECH"))
    owed = owed_returns([framework], Period(MARCH, MARCH), {("BEECH", "REGEN", MARCH)}, LATER)
    assert [(one.contractor, one.period) for one in owed] == [("BROOKS", MARCH)]


@pytest.mark.parametrize(
    ("today", "state", "days"),
    [
        (date(2014, 3, 20), EXPECTED, 0),
        (date(2014, 4, 7), EXPECTED, 0),
        (date(2014, 4, 8), OVERDUE, 1),
        (date(2014, 5, 7), OVERDUE, 30),
    ],
)
def test_a_return_is_overdue_once_its_due_date_has_passed(today, state, days) -> None:
    framework = appointed(Appointment("BROOKS"))
    (owed,) = owed_returns([framework], Period(MARCH, MARCH), set(), today)
    assert owed.due == date(2014, 4, 7)
    assert (owed.state, owed.days_overdue) == (state, days)


@pytest.mark.parametrize(
    ("missing", "flags"),
    [
        ([5], [(5, False, False)]),
        ([5, 6], [(5, False, False), (6, True, True)]),
        ([5, 7], [(5, False, False), (7, True, False)]),
        ([5, 8], [(5, False, False), (8, False, False)]),
        ([5, 6, 8], [(5, False, False), (6, True, True), (8, True, False)]),
    ],
)
def test_the_second_failure_in_three_months_or_in_a_row_is_flagged(missing, flags) -> None:
    assert failures(missing) == flags


def test_two_quarters_in_a_row_are_consecutive_but_not_within_three_months() -> None:
    framework = appointed(Appointment("BROOKS"), returns="quarterly")
    assert failures([3, 6, 12], framework) == [
        (3, False, False),
        (6, False, True),
        (12, False, False),
    ]


def test_what_is_not_overdue_yet_is_no_failure() -> None:
    on_the_due_date = due_date(Month(2014, 6))
    assert failures([5, 6], today=on_the_due_date)[:2] == [(5, False, False), (6, False, False)]


def test_failures_before_the_period_asked_for_count() -> None:
    framework = appointed(Appointment("BROOKS"))
    held = {("BROOKS", "REGEN", Month(2014, 1)), ("BROOKS", "REGEN", Month(2013, 12))}
    (owed,) = owed_returns([framework], Period(MARCH, MARCH), held, LATER)
    assert (owed.two_in_three_months, owed.two_consecutive) == (True, True)


DAYS = st.none() | st.dates(date(2013, 1, 1), date(2016, 12, 31))
APPOINTMENTS = st.builds(Appointment, contractor=st.sampled_from("ABC"), since=DAYS, until=DAYS)
FRAMEWORKS = st.builds(
    appointed,
    APPOINTMENTS,
    APPOINTMENTS,
    starts=st.dates(SINCE, date(2015, 12, 31)),
    ends=DAYS,
    returns=st.sampled_from(["monthly", "quarterly"]),
)
TODAY = st.dates(date(2013, 6, 1), date(2016, 12, 31))


@given(FRAMEWORKS, TODAY)
def test_a_return_is_expected_for_just_the_periods_with_a_day_in_force(framework, today) -> None:
    months = 3 if framework.returns == "quarterly" else 1
    span = Period(Month(2013, 1), Month(2016, 12))
    wanted = set()
    for period in span.months():
        if months == 3 and period.month % 3:
            continue
        first = period.plus(1 - months).first_day
        days = [
            date.fromordinal(n) for n in range(first.toordinal(), period.last_day.toordinal() + 1)
        ]
        for one in framework.appointments:
            in_force = any(
                framework.starts <= day <= (framework.ends or day)
                and (one.since or day) <= day <= (one.until or day)
                for day in days
            )
            if in_force and first <= today:
                wanted.add((one.contractor, framework.code, period))
    found = list(expected_returns([framework], span, today))
    assert set(found) == wanted
    assert len(found) == len(wanted)


@given(FRAMEWORKS, TODAY, st.sets(st.tuples(st.sampled_from("ABC"), st.integers(0, 47))))
def test_what_is_expected_is_either_held_or_owed(framework, today, came) -> None:
    span = Period(Month(2013, 1), Month(2016, 12))
    held = {(code, framework.code, span.first.plus(n)) for code, n in came}
    owed = owed_returns([framework], span, held, today)
    keys = {(one.contractor, one.framework, one.period) for one in owed}
    assert keys | held >= set(expected_returns([framework], span, today))
    assert not keys & held
    for one in owed:
        assert (one.state == OVERDUE) == (one.due < today)
        assert not one.two_consecutive or one.state == OVERDUE


def test_a_quarterly_return_is_named_by_its_quarter_or_any_month_of_it() -> None:
    quarterly = make_framework(returns="quarterly")
    for named in (parse_period("2014-Q1"), Month(2014, 1), Month(2014, 3)):
        assert month_meant(quarterly, named) == Month(2014, 3)
    assert period_named(quarterly, Month(2014, 3)) == "2014-Q1"


def test_a_monthly_return_is_not_named_by_a_quarter() -> None:
    assert month_meant(make_framework(), Month(2014, 2)) == Month(2014, 2)
    assert period_named(make_framework(), Month(2014, 3)) == "2014-03"
    with pytest.raises(ValueError, match=r"2014-Q1 is a quarter.*monthly; name one month, such as"):
        month_meant(make_framework(), parse_period("2014-Q1"))
