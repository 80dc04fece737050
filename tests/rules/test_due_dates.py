"""A return is due on the 5th working day after its period."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Appointment
from levytool.periods import Month, Period
from levytool.rules.bank_holidays import is_working_day
from levytool.rules.due_dates import due_date
from levytool.rules.expected import days_overdue, expected_returns, last_ended
from tests.books import make_framework
from tests.shared_data import SHARED, needs_shared

MONTHS = st.dates(date(2012, 1, 1), date(2030, 12, 31)).map(Month.of)


def _cases(kind: str) -> list[Any]:
    path = SHARED / "vectors" / "report_mi.json"
    if not path.is_file():
        return []
    cases = json.loads(path.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["id"]) for case in cases if case["kind"] == kind]


@pytest.mark.parametrize(
    ("period", "due"),
    [
        ("2018-09", "2018-10-05"),
        ("2018-07", "2018-08-07"),
        ("2018-12", "2019-01-08"),
        ("2012-05", "2012-06-11"),  # two days of the Diamond Jubilee
        ("2015-12", "2016-01-08"),
        ("2020-04", "2020-05-07"),  # the early May holiday moved to the 8th
        ("2024-03", "2024-04-08"),  # Easter Monday
        ("2026-12", "2027-01-08"),
    ],
)
def test_a_return_is_due_on_the_fifth_working_day_after_its_period(period: str, due: str) -> None:
    assert due_date(Month.parse(period)).isoformat() == due


@given(MONTHS)
def test_five_working_days_lie_between_a_periods_end_and_its_due_date(period: Month) -> None:
    due = due_date(period)
    days = [period.last_day + timedelta(days=n) for n in range(1, (due - period.last_day).days + 1)]
    assert is_working_day(due)
    assert sum(map(is_working_day, days)) == 5


@given(MONTHS)
def test_a_later_period_is_due_later(period: Month) -> None:
    assert due_date(period) < due_date(period.plus(1))


def test_the_last_month_of_the_calendar_has_no_days_after_it() -> None:
    assert due_date(Month(9999, 12)) == date.max


@given(st.dates(date(2012, 1, 1), date(2030, 12, 31)), st.integers(-400, 400))
def test_a_return_is_overdue_from_the_day_after_it_was_due(due: date, later: int) -> None:
    assert days_overdue(due, due + timedelta(days=later)) == max(0, later)


@needs_shared
@pytest.mark.parametrize("case", _cases("due_date"))
def test_due_dates_of_report_mi(case: Any) -> None:
    assert due_date(Month.parse(case["input"]["period"])).isoformat() == case["expect"]["due"]


@needs_shared
@pytest.mark.parametrize("case", _cases("generate"))
def test_returns_generated_by_report_mi(case: Any) -> None:
    """Theirs are made each month by a job and a form; ours are expected by the same rule."""
    given_, expect = case["input"], case["expect"]
    if "agreements" in given_:
        active, inactive = given_["agreements"]["active"], given_["agreements"]["inactive"]
        period = Month.parse(given_["period"])
        assert (
            len(_expected(period, period.plus(1).first_day, active, inactive))
            == (expect["tasks_created"])
        )
    elif "run_on" in given_:
        period = last_ended(date.fromisoformat(given_["run_on"]))
        assert str(period) == expect["period"]
        assert due_date(period).isoformat() == expect["due"]
    else:
        today, period = date.fromisoformat(given_["today"]), Month.parse(given_["period"])
        expected = _expected(period, today, active=1, inactive=0)
        assert bool(expected) == expect.get("created", False)


def _expected(period: Month, today: date, active: int, inactive: int) -> list[Any]:
    ended = period.plus(-1).last_day
    appointments = [Appointment(f"C{n}") for n in range(active)]
    appointments += [Appointment(f"GONE{n}", until=ended) for n in range(inactive)]
    framework = make_framework(appointments=tuple(appointments))
    return list(expected_returns([framework], Period(period, period), today))
