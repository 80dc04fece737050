"""Who bears a drawdown, and what goes back when a scheme closes (domain §3.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.periods import Month
from levytool.rules.brokerage import Cohort, pot_pence
from levytool.rules.drawdown import (
    MatchFunding,
    close_scheme,
    drawable_match,
    drawdown_problem,
    drawdown_shares,
)

JAN, FEB = Month(2014, 1), Month(2014, 2)
REMAINING = st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 10**7), min_size=1)


def test_a_drawdown_is_shared_by_what_remains_with_the_odd_penny_by_code():
    shares = drawdown_shares(100_00, {"FUND": 50_00, "B": 50_00, "A": 50_00})
    assert shares == {"A": 33_34, "B": 33_33, "FUND": 33_33}


def test_a_used_up_source_bears_nothing():
    assert drawdown_shares(10, {"A": 0, "B": 25}) == {"A": 0, "B": 10}


@given(st.data(), REMAINING)
def test_no_source_bears_more_than_remains_of_it_and_nothing_is_lost(data, remaining):
    amount = data.draw(st.integers(0, sum(remaining.values())))
    shares = drawdown_shares(amount, remaining)
    assert sum(shares.values()) == amount
    assert all(0 <= shares[source] <= remaining[source] for source in remaining)


@given(REMAINING, st.lists(st.integers(1, 10**7), max_size=8))
def test_any_run_of_drawdowns_can_empty_a_scheme_to_the_penny(remaining, wanted):
    left = dict(remaining)
    for amount in (*wanted, sum(remaining.values())):
        for source, pence in drawdown_shares(min(amount, sum(left.values())), left).items():
            left[source] -= pence
        assert min(left.values()) >= 0
    assert sum(left.values()) == 0


@pytest.mark.parametrize("amount", [-1, 101])
def test_a_drawdown_beyond_the_scheme_is_refused(amount):
    with pytest.raises(ValueError, match="drawdown"):
        drawdown_shares(amount, {"A": 100})
    problem = drawdown_problem("S1", amount, {"A": 100})
    assert problem is not None
    assert problem.hint


def test_a_drawdown_of_all_that_remains_is_allowed():
    assert drawdown_problem("S1", 100, {"A": 60, "B": 40}) is None
    too_much = drawdown_problem("S1", 101, {"A": 60, "B": 40})
    assert too_much is not None
    assert too_much.code == "too-little-money"
    assert "£1.00 remains in scheme S1, not £1.01" in too_much.message


def test_only_received_match_funding_can_be_drawn():
    assert drawable_match(MatchFunding(agreed_pence=100, received_pence=60, drawn_pence=20)) == 40


def test_a_closed_scheme_gives_each_source_back_what_is_left_of_it():
    closing = close_scheme(
        {"A": [Cohort(JAN, 60), Cohort(FEB, 40)], "B": [Cohort(JAN, 10)]},
        {"A": 75, "B": 10},
        {"ESF": MatchFunding(100, 60, 25), "CITB": MatchFunding(50, 50, 50)},
    )
    assert closing.to_pots == {"A": (Cohort(FEB, 25),)}
    assert closing.not_received == {"ESF": 40}
    assert closing.to_funders == {"ESF": 35}


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_closing_leaves_nothing_in_the_schemes_funds(agreed, received, drawn, member_drawn):
    received = min(received, agreed)
    drawn = min(drawn, received)
    commitments = [Cohort(JAN, member_drawn), Cohort(FEB, 123)]
    closing = close_scheme(
        {"A": commitments}, {"A": member_drawn}, {"ESF": MatchFunding(agreed, received, drawn)}
    )
    funder = closing.not_received.get("ESF", 0) + closing.to_funders.get("ESF", 0)
    assert funder == agreed - drawn
    assert sum(map(pot_pence, closing.to_pots.values())) == 123


def test_match_funding_drawn_before_it_came_cannot_be_closed():
    with pytest.raises(ValueError, match="ESF"):
        close_scheme({}, {}, {"ESF": MatchFunding(100, 20, 30)})
