"""Surplus, its release, and what a pot may commit (domain §3.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.surplus import (
    Surplus,
    available_pence,
    commitment_problem,
    release_pence,
    surplus,
)

PENCE = st.integers(-(10**9), 10**9)
POSITIVE = st.integers(0, 10**9)


def test_surplus_is_what_the_fund_holds_beyond_the_reserve():
    assert surplus(500_00, 200_00) == Surplus(300_00, 0)


def test_a_deficit_is_shown_and_releases_nothing():
    assert surplus(-50_00, 200_00) == Surplus(0, 250_00)
    assert release_pence(-50_00, -50_00, 200_00) == 0


@given(PENCE, POSITIVE)
def test_surplus_less_deficit_is_the_fund_less_the_reserve(fund, reserve):
    found = surplus(fund, reserve)
    assert found.surplus_pence - found.deficit_pence == fund - reserve
    assert min(found.surplus_pence, found.deficit_pence) == 0


def test_what_exact_provision_holds_back_is_not_released():
    assert release_pence(500_00, 500_00, 100_00, held_back_pence=150_00) == 250_00


def test_a_second_release_of_a_closed_period_moves_nothing():
    first = release_pence(100_00, 100_00, 0)
    later_levy = 50_00
    assert first == 100_00
    assert release_pence(100_00, later_levy, 0, released_since_pence=first) == 0


def test_a_release_never_reaches_what_a_later_credit_used_up():
    assert release_pence(100_00, 30_00, 0) == 30_00


@given(PENCE, PENCE, POSITIVE, POSITIVE, POSITIVE)
def test_a_release_leaves_the_fund_no_lower_than_its_reserve(end, now, reserve, since, held):
    released = release_pence(end, now, reserve, since, held)
    assert released >= 0
    assert released == 0 or now - released >= reserve + held


@pytest.mark.parametrize(
    ("pot", "fund", "reaching", "available"),
    [
        (100_00, 50_00, 0, 100_00),
        (100_00, -30_00, 0, 70_00),
        (100_00, -30_00, 20_00, 90_00),
        (100_00, -30_00, 80_00, 100_00),
        (100_00, -300_00, 0, 0),
    ],
)
def test_a_pot_answers_for_a_deficit_that_unpaid_levy_will_not_cover(
    pot, fund, reaching, available
):
    assert available_pence(pot, fund, reaching) == available


@given(POSITIVE, PENCE, PENCE)
def test_what_is_available_is_never_below_zero_nor_above_the_pot(pot, fund, reaching):
    assert 0 <= available_pence(pot, fund, reaching) <= pot


def test_a_commitment_above_what_is_available_says_how_much_there_is():
    assert commitment_problem("SALIX", 100_00, 100_00) is None
    problem = commitment_problem("SALIX", 100_01, 100_00)
    assert problem is not None
    assert problem.code == "too-little-money"
    assert "£100.00 available" in problem.message
    assert "levytool pot release" in problem.hint


@pytest.mark.parametrize("amount", [0, -1])
def test_a_commitment_of_nothing_is_refused(amount):
    problem = commitment_problem("SALIX", amount, 100_00)
    assert problem is not None
    assert problem.code == "not-positive"
