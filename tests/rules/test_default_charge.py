"""What is charged for a return that is overdue."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import LevyBlock
from levytool.periods import Month
from levytool.rules.default_charge import (
    LEAST_PENCE,
    charges_default,
    default_charge_pence,
    months_averaged,
)
from tests.books import SINCE, make_framework

ON = date(2014, 3, 31)
POUNDS = st.lists(st.integers(-10_000_00, 100_000_00), min_size=6, max_size=6)


@pytest.mark.parametrize(
    ("charges", "charge"),
    [
        ((900_00, 0, 600_00, 300_00, 0, 0), 500_00),
        ((0, 0, 0, 0, 0, 0), 500_00),
        ((6_000_00, 0, 0, 0, 0, 0), 1_000_00),
        ((3_000_03, 0, 0, 0, 0, 0), 500_01),
        ((9_000_00, -3_000_00, 0, 0, 0, 0), 1_000_00),
        ((-900_00, 0, 0, 0, 0, 0), 500_00),
    ],
)
def test_the_charge_is_the_average_of_six_months_and_at_least_500(charges, charge) -> None:
    assert default_charge_pence(sum(charges)) == charge


@given(POUNDS)
def test_the_charge_is_never_below_the_least_nor_far_from_the_average(charges) -> None:
    charge = default_charge_pence(sum(charges))
    assert charge >= LEAST_PENCE
    if charge > LEAST_PENCE:
        assert abs(charge - Fraction(sum(charges), 6)) <= Fraction(1, 2)


def test_the_six_months_before_the_period_are_averaged() -> None:
    assert str(months_averaged(make_framework(), Month(2014, 3))) == "2013-09..2014-02"
    quarterly = make_framework(returns="quarterly")
    assert str(months_averaged(quarterly, Month(2014, 3))) == "2013-07..2013-12"


def test_only_a_framework_that_says_so_and_whose_contractor_pays_charges() -> None:
    member_pays = LevyBlock(since=ON, payer="member", rate_ppm=10_000)
    assert not charges_default(make_framework(), ON)
    framework = make_framework(default_charge=True)
    assert charges_default(framework, ON)
    assert not charges_default(framework, SINCE.replace(year=2009))
    changed = make_framework(default_charge=True, levy=(*framework.levy, member_pays))
    assert not charges_default(changed, ON)
    assert charges_default(changed, date(2014, 3, 30))
