"""Splits: nothing lost, nothing made, nobody further than a penny from what is exactly theirs."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from levytool.book.records import Rounding
from levytool.rules.levy import document_pence
from levytool.rules.shares import largest_remainder, share_document, share_in_proportion

M = 1_000_000
AMOUNTS = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)
LINES = st.lists(st.integers(-(10**10), 10**10), min_size=1, max_size=60)
# Levies of a few hundredths of a penny and of exactly half a penny: where rounding goes wrong.
SMALL_LINES = st.lists(
    st.one_of(st.integers(-30_000, 30_000), st.integers(-5, 5).map(lambda n: n * M // 2)),
    min_size=1,
    max_size=60,
)
ROUNDINGS: st.SearchStrategy[Rounding] = st.sampled_from(["half-up", "truncate"])


def test_a_hundred_pounds_over_three_gives_the_first_the_odd_penny() -> None:
    assert largest_remainder(10_000, [1, 1, 1]) == [3334, 3333, 3333]


def test_a_larger_remainder_comes_before_an_earlier_part() -> None:
    assert largest_remainder(10, [3, 2, 1]) == [5, 3, 2]


def test_a_negative_whole_is_floored_too() -> None:
    assert largest_remainder(-10_000, [1, 1, 1]) == [-3333, -3333, -3334]


def test_nothing_is_split_over_no_weights_at_all() -> None:
    assert largest_remainder(0, [0, 0]) == [0, 0]
    assert largest_remainder(0, []) == []


def test_something_cannot_be_split_over_no_weights() -> None:
    with pytest.raises(ValueError, match="5 cannot be split"):
        largest_remainder(5, [0, 0])


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        largest_remainder(5, [3, -1])


@given(AMOUNTS, WEIGHTS)
def test_parts_sum_to_the_whole_and_stay_within_a_penny(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert weight or part == 0


def test_pennies_left_go_to_the_largest_fractions_then_in_line_order() -> None:
    # 0.5p + 0.25p + 0.5p + 0.75p = 2p: floors are nil, two pennies are left.
    assert share_document([500_000, 250_000, 500_000, 750_000], 2) == [1, 0, 0, 1]


def test_a_negative_line_is_floored_toward_minus_infinity() -> None:
    # -0.25p floors to -1 with a fraction of 0.75, which is the largest.
    assert share_document([-250_000, 1_500_000], 1) == [0, 1]


def test_a_share_that_no_rounding_could_give_is_refused() -> None:
    with pytest.raises(ValueError, match="not a rounding"):
        share_document([500_000, 500_000], 4)
    with pytest.raises(ValueError, match="not a rounding"):
        share_document([2_000_000], 1)


@given(st.one_of(LINES, SMALL_LINES), ROUNDINGS)
def test_a_documents_shares_sum_to_it_and_lie_within_a_penny(
    exact: list[int], rounding: Rounding
) -> None:
    pence = document_pence(exact, rounding).document_pence
    shares = share_document(exact, pence)
    assert sum(shares) == pence
    for share, line in zip(shares, exact, strict=True):
        assert share in (line // M, line // M + 1)
        assert abs(share * M - line) < M


@given(st.one_of(LINES, SMALL_LINES), ROUNDINGS)
def test_no_line_without_the_odd_penny_has_a_larger_fraction(
    exact: list[int], rounding: Rounding
) -> None:
    shares = share_document(exact, document_pence(exact, rounding).document_pence)
    ranks = [(-(line % M), index) for index, line in enumerate(exact)]
    given_one = [r for r, s, e in zip(ranks, shares, exact, strict=True) if s > e // M]
    without = [r for r, s, e in zip(ranks, shares, exact, strict=True) if s == e // M]
    if given_one and without:
        assert max(given_one) < min(without)


def test_a_minimum_is_shared_in_proportion_to_the_exact_levy() -> None:
    assert share_in_proportion([3 * M, 1 * M], 5000) == [3750, 1250]


def test_a_credit_line_keeps_its_sign_under_a_minimum() -> None:
    assert share_in_proportion([8 * M, -2 * M], 12) == [16, -4]


def test_a_capped_credit_note_is_shared_likewise() -> None:
    assert share_in_proportion([-900 * M, -300 * M], -1000) == [-750, -250]


def test_a_maximum_of_nothing_leaves_nothing_on_any_line() -> None:
    assert share_in_proportion([8 * M, -2 * M], 0) == [0, 0]


def test_lines_that_sum_to_nothing_bear_a_minimum_by_their_size() -> None:
    # No proportion to a sum of nil exists: +3p and -3p, and 10p to find by 1:1.
    assert share_in_proportion([3 * M, -3 * M], 10) == [8, 2]


def test_lines_without_levy_cannot_bear_a_document() -> None:
    with pytest.raises(ValueError, match="500p cannot be shared"):
        share_in_proportion([0, 0], 500)
    assert share_in_proportion([0, 0], 0) == [0, 0]


@given(LINES, st.integers(-(10**6), 10**6))
def test_shares_in_proportion_sum_to_the_document(exact: list[int], pence: int) -> None:
    assume(any(exact))
    assert sum(share_in_proportion(exact, pence)) == pence


@given(LINES, st.integers(-(10**6), 10**6))
def test_shares_in_proportion_lie_within_a_penny_of_it(exact: list[int], pence: int) -> None:
    whole = sum(exact)
    assume(whole * pence > 0)
    for share, line in zip(share_in_proportion(exact, pence), exact, strict=True):
        assert abs(share - Fraction(line * pence, whole)) < 1
