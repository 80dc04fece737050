"""Expiry of cohorts: life, grace, posted amounts, deficits (domain §3.5)."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from levytool.periods import Dated, Month
from levytool.rules.brokerage import Cohort, added, commit, placed_in_pot, pot_pence
from levytool.rules.expiry import Expiry, expiry_month, fifo_expiry, lapsed_out, lapses

START = Month(2014, 1)
NEVER = (Dated(date.min, 0),)
TWO_MONTHS = (Dated(date.min, 2),)


def month(offset):
    return START.plus(offset)


def by_due(expiries):
    return {(str(e.due), str(e.cohort.month)): e.cohort.pence for e in expiries if e.cohort.pence}


def test_pots_do_not_expire_unless_the_book_says_so():
    assert lapses([Cohort(START, 100)], (), NEVER, month(600)) == ()
    assert fifo_expiry({START: 100}, {}, NEVER) == ()


def test_a_cohort_lapses_at_the_end_of_its_life_and_not_before():
    pot = [Cohort(START, 100)]
    assert lapses(pot, (), TWO_MONTHS, month(1)) == ()
    assert lapses(pot, (), TWO_MONTHS, month(2)) == (Expiry(Cohort(START, 100), month(2)),)


def test_a_used_cohort_lapses_nil_and_is_not_asked_again():
    pot = [Cohort(START, 0)]
    (nil,) = lapses(pot, (), TWO_MONTHS, month(5))
    assert nil.cohort.pence == 0
    assert lapses(pot, {nil.cohort.key}, TWO_MONTHS, month(5)) == ()


def test_money_that_comes_back_after_a_posted_expiry_has_three_months_of_grace():
    (back,) = placed_in_pot([Cohort(START, 40)], month(9), {(START, None)})
    posted = {(START, None)}
    assert lapses([back], posted, TWO_MONTHS, month(11)) == ()
    assert lapses([back], posted, TWO_MONTHS, month(12)) == (Expiry(back, month(12)),)


def test_a_change_of_life_leaves_earlier_cohorts_on_the_life_they_entered_with():
    lives = (Dated(date.min, 24), Dated(month(6).first_day, 12))
    assert expiry_month((month(5), None), lives) == month(29)
    assert expiry_month((month(6), None), lives) == month(18)


def test_a_change_of_life_within_a_month_counts_for_that_month():
    lives = (Dated(date.min, 24), Dated(date(2014, 3, 15), 12))
    assert expiry_month((Month(2014, 3), None), lives) == Month(2015, 3)


def test_switching_expiry_on_leaves_money_already_there_without_end():
    lives = (Dated(date.min, 0), Dated(month(3).first_day, 6))
    assert expiry_month((month(2), None), lives) is None
    assert expiry_month((month(3), None), lives) == month(9)


def test_without_a_last_month_the_lapses_are_a_forecast_in_order():
    pot = [Cohort(month(1), 7), Cohort(START, 5)]
    assert [(e.due, e.cohort.pence) for e in lapses(pot, (), TWO_MONTHS)] == [
        (month(2), 5),
        (month(3), 7),
    ]


def test_lapsed_cohorts_stay_in_the_pot_empty():
    pot = (Cohort(START, 5), Cohort(month(1), 7))
    assert lapsed_out(pot, lapses(pot, (), TWO_MONTHS, month(2))) == (
        Cohort(START, 0),
        Cohort(month(1), 7),
    )


def test_a_correction_cancels_the_newest_money_first():
    got = fifo_expiry({START: 10, month(1): 10, month(2): -15}, {}, TWO_MONTHS)
    assert by_due(got) == {("2014-03", "2014-01"): 5}


def test_a_correction_stays_with_money_of_its_own_life():
    lives = (Dated(date.min, 12), Dated(month(2).first_day, 6))
    got = fifo_expiry({START: 10, month(2): 4, month(3): -6, month(4): 5}, {}, lives)
    assert by_due(got) == {("2014-11", "2014-05"): 3, ("2015-01", "2014-01"): 10}


def test_payments_that_a_posted_expiry_left_without_money_fall_on_later_cohorts():
    posted = [Expiry(Cohort(START, 7), month(2))]
    got = fifo_expiry({START: 10, month(1): 10}, {month(1): 10}, TWO_MONTHS, posted)
    assert by_due(got) == {("2014-03", "2014-01"): 7, ("2014-04", "2014-02"): 3}


def test_a_refund_gives_back_to_the_cohort_that_a_posted_expiry_moved_it_to():
    posted = [Expiry(Cohort(START, 10), month(2))]
    flows = {month(1): 10, month(3): -10}
    got = fifo_expiry({START: 10, month(2): 10}, flows, TWO_MONTHS, posted)
    assert by_due(got) == {("2014-03", "2014-01"): 10, ("2014-05", "2014-03"): 10}
    more = fifo_expiry({START: 10, month(2): 10}, {**flows, month(3): -15}, TWO_MONTHS, posted)
    assert by_due(more) == {**by_due(got), ("2014-06", "2014-04"): 5}


def test_a_refund_cancels_the_newest_payment():
    flows = {START: 10, month(1): 10, month(2): -10}
    got = fifo_expiry({START: 10, month(1): 10}, flows, TWO_MONTHS)
    assert by_due(got) == {("2014-04", "2014-02"): 10}


def test_a_correction_larger_than_the_pot_is_carried_to_later_money():
    got = fifo_expiry({START: 10, month(1): -25, month(2): 20}, {}, TWO_MONTHS)
    assert by_due(got) == {("2014-05", "2014-03"): 5}


def test_a_correction_after_a_lapse_does_not_restate_it():
    got = fifo_expiry({START: 10, month(4): -4, month(5): 6}, {}, TWO_MONTHS)
    assert by_due(got) == {("2014-03", "2014-01"): 10, ("2014-08", "2014-06"): 2}


def test_a_posted_nil_expiry_stands_although_the_money_was_never_used():
    posted = [Expiry(Cohort(START, 0), month(2))]
    got = fifo_expiry({START: 10}, {}, TWO_MONTHS, posted)
    assert got[0] == posted[0]
    assert by_due(got) == {("2014-06", "2014-01"): 10}


def test_a_refund_after_the_lapse_comes_back_with_grace():
    got = fifo_expiry({START: 10}, {month(1): 10, month(6): -10}, TWO_MONTHS)
    assert by_due(got) == {("2014-10", "2014-01"): 10}
    assert got[0] == Expiry(Cohort(START, 0), month(2))


def test_a_refund_of_more_than_was_ever_paid_is_new_money():
    got = fifo_expiry({START: 10}, {month(1): -4}, TWO_MONTHS)
    assert by_due(got) == {("2014-03", "2014-01"): 10, ("2014-04", "2014-02"): 4}


def test_a_refund_first_cancels_what_a_payment_went_beyond_the_pot():
    got = fifo_expiry({START: 10}, {START: 15, month(1): -8}, TWO_MONTHS)
    assert by_due(got) == {("2014-03", "2014-01"): 3}


def test_no_flows_no_expiries():
    assert fifo_expiry({}, {}, TWO_MONTHS) == ()


OFFSETS = st.integers(0, 11)
INS = st.dictionaries(OFFSETS, st.integers(-50, 100), max_size=8)
POSITIVE_INS = st.dictionaries(OFFSETS, st.integers(0, 100), max_size=8)
OUTS = st.dictionaries(OFFSETS, st.integers(-40, 100), max_size=8)
POSITIVE_OUTS = st.dictionaries(OFFSETS, st.integers(0, 100), max_size=8)


@st.composite
def life_schedules(draw):
    first = Dated(date.min, draw(st.integers(1, 6)))
    if draw(st.booleans()):
        return (first,)
    return (first, Dated(month(draw(OFFSETS)).first_day, draw(st.integers(1, 6))))


def at(flows):
    return {month(offset): pence for offset, pence in flows.items()}


@given(INS, OUTS, life_schedules(), OFFSETS)
def test_running_month_by_month_gives_what_one_run_at_the_end_would(ins, outs, lives, split):
    """What is known at a month's end, once posted, is not changed by anything that comes later."""
    funds_in, funds_out = at(ins), at(outs)
    early_in = {m: pence for m, pence in funds_in.items() if m <= month(split)}
    early_out = {m: pence for m, pence in funds_out.items() if m <= month(split)}
    posted = fifo_expiry(early_in, early_out, lives, through=month(split))
    assert fifo_expiry(funds_in, funds_out, lives, posted) == fifo_expiry(
        funds_in, funds_out, lives
    )


@given(POSITIVE_INS, POSITIVE_OUTS, st.integers(1, 6))
def test_without_negative_flows_it_agrees_with_the_closed_form(ins, outs, life):
    """max(0, money in a life or more ago - all payments - all expiries), month after month."""
    lives = (Dated(date.min, life),)
    lapsed = {}
    for offset in range(12 + life + 1):
        entered = sum(p for o, p in ins.items() if o + life <= offset)
        paid = sum(p for o, p in outs.items() if o <= offset)
        pence = max(0, entered - paid - sum(lapsed.values()))
        if pence:
            lapsed[month(offset)] = pence
    walked = {e.due: e.cohort.pence for e in fifo_expiry(at(ins), at(outs), lives)}
    assert {due: pence for due, pence in walked.items() if pence} == lapsed


@given(INS, OUTS, life_schedules())
def test_what_lapses_never_exceeds_what_was_left_nor_goes_below_zero(ins, outs, lives):
    got = fifo_expiry(at(ins), at(outs), lives)
    assert all(e.cohort.pence >= 0 for e in got)
    came_in = sum(p for p in ins.values() if p > 0) - sum(p for p in outs.values() if p < 0)
    assert sum(e.cohort.pence for e in got) <= came_in
    if sum(ins.values()) >= sum(outs.values()):
        assert sum(e.cohort.pence for e in got) >= sum(ins.values()) - sum(outs.values())


@given(st.data(), st.lists(st.integers(0, 100), min_size=1, max_size=6))
def test_the_live_pot_lapses_what_the_walk_over_its_flows_says(data, releases):
    """Releases and commitments month by month, expiries run at each month's end."""
    pot, posted, outs, run = (), set(), {}, []
    ins = {month(i): pence for i, pence in enumerate(releases)}
    for offset in range(len(releases) + 3):
        if month(offset) in ins:
            pot = added(pot, [Cohort(month(offset), ins[month(offset)])])
        outs[month(offset)] = data.draw(st.integers(0, pot_pence(pot)))
        pot = commit(pot, outs[month(offset)]).left
        due = lapses(pot, posted, TWO_MONTHS, month(offset))
        pot = lapsed_out(pot, due)
        posted |= {e.cohort.key for e in due}
        run += due
    assert fifo_expiry(ins, outs, TWO_MONTHS, through=month(len(releases) + 2)) == tuple(run)
