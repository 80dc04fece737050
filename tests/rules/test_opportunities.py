"""Opportunities due, over the life of a framework (domain §3.4)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import OpportunityRule
from levytool.rules.opportunities import (
    ScopeKey,
    by_scope,
    delivered_count,
    due,
    due_by_contractor,
    due_exact,
    format_exact,
    opportunity_rows,
    qualifies,
    rounding_difference,
    scope_key,
)

THOUSAND = 100_000  # pence


def rows_of(spend, delivered=None, verified=None, **rule):
    return opportunity_rows(OpportunityRule(**rule), spend, delivered or {}, verified or {})


def member_key(member):
    return ScopeKey("REGEN", member, "C1", "BROOKS")


def test_four_quarters_are_added_up_before_they_are_floored():
    exact = due_exact(4 * 400 * THOUSAND, 2)
    assert format_exact(exact) == "3.2"
    assert due(exact) == 3
    assert sum(due(due_exact(400 * THOUSAND, 2)) for _ in range(4)) == 0


def test_ten_thousand_more_makes_the_third_due():
    assert due(due_exact(1_490 * THOUSAND, 2)) == 2
    assert due(due_exact(1_500 * THOUSAND, 2)) == 3


def test_a_credit_that_takes_due_below_what_was_delivered_shows_it_and_claws_nothing_back():
    spend = {member_key("SALIX"): (1_500 - 600) * THOUSAND}
    three = {member_key("SALIX"): Fraction(3)}
    (row,) = rows_of(spend, three, three)
    assert (format_exact(row.due_exact), row.due, row.delivered) == ("1.8", 1, 3)
    assert (row.over_delivered, row.outstanding) == (2, 0)
    assert format_exact(row.carried) == "0.8"


def test_a_penny_short_of_half_a_million_owes_nothing_yet():
    assert due(due_exact(50_000_000 - 1, 2)) == 0
    assert due(due_exact(50_000_000, 2)) == 1


def test_negative_spend_owes_nothing_and_carries_the_debt():
    (row,) = rows_of({member_key("SALIX"): -200 * THOUSAND})
    assert (row.due, format_exact(row.carried)) == (0, "-0.4")


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(3), "3"),
        (Fraction(16, 5), "3.2"),
        (Fraction(-2, 5), "-0.4"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 100_000_000), "0.00000001"),
        (Fraction(16, 3), "16/3"),
        (Fraction(-1, 6), "-1/6"),
    ],
)
def test_an_exact_figure_is_a_decimal_where_it_ends_and_else_a_fraction(exact, text):
    assert format_exact(exact) == text


@given(st.integers(-(10**13), 10**13), st.integers(0, 7))
def test_an_exact_figure_reads_back_as_itself(spend, per_million):
    exact = due_exact(spend, per_million)
    assert Fraction(format_exact(exact)) == exact


@given(st.lists(st.integers(-(10**10), 10**10), max_size=8), st.integers(0, 5))
def test_order_and_periods_of_spend_do_not_change_what_is_due(parts, per_million):
    whole = due_exact(sum(parts), per_million)
    assert sum((due_exact(part, per_million) for part in parts), Fraction(0)) == whole
    assert due(whole) >= 0
    assert due(whole) == 0 or 0 <= whole - due(whole) < 1


def test_three_members_owe_one_fewer_than_their_framework_would():
    spend = {member_key(code): 700 * THOUSAND for code in ("A", "B", "C")}
    by_member = rows_of(spend)
    assert [(row.key.member, row.due) for row in by_member] == [("A", 1), ("B", 1), ("C", 1)]
    assert rounding_difference(by_member) == 1
    (whole,) = rows_of(spend, scope="framework")
    assert (whole.due, rounding_difference([whole])) == (4, 0)


def test_rounding_is_compared_framework_by_framework():
    rows = [
        *rows_of({ScopeKey("F1", code): 700 * THOUSAND for code in ("A", "B", "C")}),
        *rows_of({ScopeKey("F2", "A"): 400 * THOUSAND}),
    ]
    assert rounding_difference(rows) == 1


def test_each_scope_keeps_the_codes_it_is_counted_by():
    codes = ("REGEN", "SALIX", "C1", "BROOKS")
    assert scope_key("framework", *codes) == ScopeKey("REGEN")
    assert scope_key("framework-member", *codes) == ScopeKey("REGEN", member="SALIX")
    assert scope_key("contractor", *codes) == ScopeKey("REGEN", contractor="BROOKS")
    assert scope_key("call-off", *codes) == ScopeKey(*codes)


def test_spend_and_deliveries_meet_at_the_scope_however_finely_they_are_keyed():
    spend = {
        ScopeKey("REGEN", "SALIX", "C1", "BROOKS"): 600 * THOUSAND,
        ScopeKey("REGEN", "SALIX", "C2", "OTHER"): 600 * THOUSAND,
    }
    got = {ScopeKey("REGEN", "SALIX", "", "BROOKS"): Fraction(1)}
    (row,) = rows_of(spend, got)
    assert (row.spend_pence, row.due, row.delivered, row.verified) == (1_200 * THOUSAND, 2, 1, 0)
    assert row.outstanding == 1


def test_a_delivery_without_spend_still_has_a_row():
    (row,) = rows_of({}, {member_key("SALIX"): Fraction(1)})
    assert (row.due, row.over_delivered) == (0, 1)


KEYS = st.builds(ScopeKey, st.just("F"), *[st.sampled_from(["", "A", "B"]) for _ in range(3)])
SCOPES = st.sampled_from(["framework", "framework-member", "call-off", "contractor"])


@given(SCOPES, st.dictionaries(KEYS, st.integers(-(10**9), 10**9)))
def test_no_spend_is_lost_by_scoping_it(scope, spend):
    scoped = by_scope(scope, spend)
    assert sum(scoped.values()) == sum(spend.values())
    assert by_scope(scope, scoped) == scoped


@given(SCOPES, st.dictionaries(KEYS, st.integers(0, 10**12)))
def test_flooring_scope_by_scope_never_asks_for_more_than_the_framework(scope, spend):
    assert rounding_difference(rows_of(spend, scope=scope)) >= 0


def test_what_a_framework_owes_is_shared_to_contractors_by_spend():
    spend = {"A": 300 * THOUSAND, "B": 300 * THOUSAND, "C": 1_000 * THOUSAND, "D": -THOUSAND}
    assert due_by_contractor(3, spend) == {"A": 1, "B": 0, "C": 2, "D": 0}
    assert due_by_contractor(1, {"B": 1, "A": 1}) == {"A": 1, "B": 0}


@pytest.mark.parametrize(
    ("planned", "served", "leavers", "counts"),
    [
        (52, None, "nil", Fraction(1)),
        (52, 13, "pro-rata", Fraction(1, 4)),
        (52, 13, "nil", Fraction(0)),
        (52, 60, "nil", Fraction(1)),
        (52, 0, "pro-rata", Fraction(0)),
    ],
)
def test_a_leaver_counts_pro_rata_of_weeks_or_nil(planned, served, leavers, counts):
    assert delivered_count(planned, served, leavers) == counts


@pytest.mark.parametrize(("planned", "served"), [(0, None), (52, -1)])
def test_a_stay_of_impossible_length_is_refused(planned, served):
    with pytest.raises(ValueError, match="length of stay"):
        delivered_count(planned, served, "nil")


def test_a_year_qualifies_and_a_week_less_does_not():
    assert qualifies(52, 52)
    assert not qualifies(51, 52)
