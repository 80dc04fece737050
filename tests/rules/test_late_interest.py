"""Simple daily interest on late debts, against a plain day-by-day reckoning."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.money import half_up
from levytool.periods import Dated
from levytool.rules.late_interest import (
    Settlement,
    first_day_of_interest,
    interest_pence,
    rate_of_debt,
)

DUE = date(2025, 6, 6)
FIRST = first_day_of_interest(DUE)
EIGHT = 80_000


def day(number: int) -> date:
    """The day so many after the debt was due."""
    return DUE + timedelta(number)


@pytest.mark.parametrize(
    ("gross", "days", "pence"),
    [(100_000, 365, 8_000), (100_000, 1, 22), (100_000, 0, 0), (12_000, 30, 79), (4_562, 1, 1)],
)
def test_a_debt_bears_interest_by_the_day(gross: int, days: int, pence: int) -> None:
    assert interest_pence(gross, (), EIGHT, FIRST, day(days)) == pence


def test_a_debt_paid_a_day_late_bears_one_day() -> None:
    assert interest_pence(100_000, [Settlement(day(1), 100_000)], EIGHT, FIRST, day(90)) == 22
    assert interest_pence(100_000, [Settlement(DUE, 100_000)], EIGHT, FIRST, day(90)) == 0


def test_the_rate_is_the_one_of_the_first_late_day_and_stays() -> None:
    schedule = (Dated(date(2025, 1, 1), 127_500), Dated(date(2025, 7, 1), 122_500))
    assert rate_of_debt(schedule, date(2025, 6, 29)) == 127_500
    assert rate_of_debt(schedule, date(2025, 6, 30)) == 122_500
    assert rate_of_debt(schedule, date(2024, 12, 30)) == 0


settlements = st.lists(
    st.builds(Settlement, st.integers(-10, 50).map(day), st.integers(-50_000, 120_000)), max_size=5
)


@given(st.integers(1, 10**9), settlements, st.integers(0, 10**6), st.integers(0, 40))
def test_interest_is_the_sum_of_its_days_rounded_once(gross, settled, rate, days) -> None:
    exact = sum(
        Fraction(
            max(0, gross - sum(one.pence for one in settled if one.day < day(number))) * rate,
            365 * 10**6,
        )
        for number in range(1, days + 1)
    )
    expected = half_up(Fraction(exact).numerator, Fraction(exact).denominator)
    assert interest_pence(gross, settled, rate, FIRST, day(days)) == expected


@given(st.integers(1, 10**9), settlements, st.integers(1, 30), st.integers(1, 30))
def test_days_charged_apart_come_to_the_same_within_a_penny(gross, settled, early, late) -> None:
    whole = interest_pence(gross, settled, EIGHT, FIRST, day(early + late))
    first = interest_pence(gross, settled, EIGHT, FIRST, day(early))
    rest = interest_pence(gross, settled, EIGHT, day(early + 1), day(early + late))
    assert abs(whole - first - rest) <= 1
