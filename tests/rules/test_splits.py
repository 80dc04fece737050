"""Splits kept by code (domain §3.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.splits import split_by_code, split_signed_by_code

CODES = st.sampled_from("ABCDEFG")


def test_a_hundred_pounds_over_three_gives_the_odd_penny_to_the_first_code():
    assert split_by_code(100_00, {"C": 1, "A": 1, "B": 1}) == {"A": 3334, "B": 3333, "C": 3333}


@given(st.integers(-(10**9), 10**9), st.dictionaries(CODES, st.integers(1, 10**9), min_size=1))
def test_every_part_is_within_a_penny_of_its_proportion(total, weights):
    parts = split_by_code(total, weights)
    whole = sum(weights.values())
    assert sum(parts.values()) == total
    assert list(parts) == sorted(weights)
    for code, part in parts.items():
        assert abs(part * whole - total * weights[code]) < whole


def test_a_credit_within_a_document_takes_its_share_of_a_payment():
    assert split_signed_by_code(40, {"B": -20, "A": 100}) == {"A": 50, "B": -10}


@given(st.dictionaries(CODES, st.integers(-(10**6), 10**6)), st.integers(0, 100))
def test_a_part_of_signed_weights_sums_to_itself(weights, percent):
    whole = sum(weights.values())
    total = abs(whole) * percent // 100 * (1 if whole > 0 else -1)
    assert sum(split_signed_by_code(total, weights).values()) == total


def test_nothing_to_weigh_by_is_refused():
    with pytest.raises(ValueError, match="split"):
        split_by_code(1, {"A": 0})
