"""Cohorts of a pot: oldest first out, and back to where they came from (domain §3.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.periods import Month
from levytool.rules.brokerage import (
    Cohort,
    added,
    age,
    commit,
    format_key,
    parse_key,
    placed_in_pot,
    pot_pence,
    remaining,
    transfer_pot,
)

JAN, FEB, MAR = Month(2014, 1), Month(2014, 2), Month(2014, 3)
MONTHS = st.builds(Month, st.integers(2014, 2016), st.integers(1, 12))
COHORTS = st.builds(Cohort, MONTHS, st.integers(0, 10**6), st.none() | MONTHS)
POTS = st.lists(COHORTS, max_size=8).map(lambda cohorts: added(cohorts, ()))


def test_a_commitment_takes_the_oldest_cohort_first_and_remembers_it():
    done = commit([Cohort(FEB, 40), Cohort(JAN, 60)], 70)
    assert done.taken == (Cohort(JAN, 60), Cohort(FEB, 10))
    assert done.left == (Cohort(JAN, 0), Cohort(FEB, 30))


def test_money_that_came_back_is_younger_than_what_stayed():
    done = commit([Cohort(JAN, 5, returned=MAR), Cohort(JAN, 5), Cohort(JAN, 5, returned=FEB)], 10)
    assert done.taken == (Cohort(JAN, 5), Cohort(JAN, 5, returned=FEB))


@pytest.mark.parametrize("amount", [101, -1])
def test_a_commitment_the_pot_cannot_bear_is_refused(amount):
    with pytest.raises(ValueError, match="cannot be taken"):
        commit([Cohort(JAN, 100)], amount)


@given(st.data(), POTS)
def test_commit_and_return_restore_the_cohorts_exactly(data, pot):
    amount = data.draw(st.integers(0, pot_pence(pot)))
    done = commit(pot, amount)
    assert pot_pence(done.taken) == amount
    assert all(cohort.pence >= 0 for cohort in done.left)
    back = placed_in_pot(done.taken, Month(2020, 1), ())
    assert added(done.left, back) == pot


@given(st.data(), POTS)
def test_no_cohort_is_touched_before_every_older_one_is_used_up(data, pot):
    done = commit(pot, data.draw(st.integers(0, pot_pence(pot))))
    if done.taken:
        newest_taken = age(done.taken[-1])
        assert all(cohort.pence == 0 for cohort in done.left if age(cohort) < newest_taken)


@given(st.data(), POTS)
def test_what_remains_of_commitments_is_their_newest_money(data, pot):
    used = data.draw(st.integers(0, pot_pence(pot)))
    rest = remaining(pot, used)
    assert pot_pence(rest) == pot_pence(pot) - used
    assert added(commit(pot, used).taken, rest) == tuple(c for c in pot if c.pence)


def test_a_closed_schemes_rest_goes_back_to_the_cohorts_it_came_from():
    pot = (Cohort(JAN, 60), Cohort(FEB, 40), Cohort(MAR, 25))
    done = commit(pot, 90)
    rest = remaining(done.taken, 65)
    assert rest == (Cohort(FEB, 25),)
    assert added(done.left, placed_in_pot(rest, MAR, ())) == (
        Cohort(JAN, 0),
        Cohort(FEB, 35),
        Cohort(MAR, 25),
    )


def test_money_back_to_a_cohort_whose_expiry_is_posted_is_kept_beside_it():
    placed = placed_in_pot([Cohort(JAN, 5), Cohort(FEB, 7)], MAR, {(JAN, None)})
    assert placed == (Cohort(JAN, 5, returned=MAR), Cohort(FEB, 7))


def test_a_second_release_in_a_month_tops_up_its_cohort():
    assert added([Cohort(JAN, 5)], [Cohort(JAN, 7)]) == (Cohort(JAN, 12),)


def test_a_transfer_between_pots_keeps_the_dates_of_its_cohorts():
    done = transfer_pot([Cohort(JAN, 60), Cohort(FEB, 40)], [Cohort(FEB, 1)], 70, MAR)
    assert done.from_pot == (Cohort(JAN, 0), Cohort(FEB, 30))
    assert done.to_pot == (Cohort(JAN, 60), Cohort(FEB, 11))


@given(st.data(), POTS, POTS, st.sets(MONTHS))
def test_a_transfer_neither_makes_nor_loses_money(data, giver, taker, posted):
    amount = data.draw(st.integers(0, pot_pence(giver)))
    keys = {(month, None) for month in posted}
    done = transfer_pot(giver, taker, amount, Month(2017, 1), keys)
    assert pot_pence(done.taken) == pot_pence(done.placed) == amount
    assert pot_pence(done.from_pot) == pot_pence(giver) - amount
    assert pot_pence(done.to_pot) == pot_pence(taker) + amount
    assert all(cohort.key not in keys for cohort in done.placed)
    taken_months = {cohort.month for cohort in done.taken}
    assert {cohort.month for cohort in done.placed} == taken_months


@given(COHORTS)
def test_a_cohorts_key_reads_back_from_text(cohort):
    assert parse_key(format_key(cohort.key)) == cohort.key


def test_a_cohorts_key_is_its_month_and_the_month_it_came_back():
    assert format_key((JAN, None)) == "2014-01"
    assert format_key((JAN, MAR)) == "2014-01+2014-03"
    with pytest.raises(ValueError, match="not a month"):
        parse_key("2014-01+")
