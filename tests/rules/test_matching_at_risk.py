"""Levy at risk, invoice by invoice: an invoice's own credits are taken off it, and nothing else."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.matching.at_risk import bill_of, shares_at_risk
from tests.rules.test_matching import line

LEVIES = st.lists(
    st.tuples(st.sampled_from("ABC"), st.none() | st.integers(-(10**9), 10**9)), max_size=12
)


@pytest.mark.parametrize(
    ("said", "other", "is_one"),
    [
        ({"invoice": "P/9"}, {"invoice": "inv p-009"}, True),
        ({"invoice": "P/9"}, {"invoice": "P/10"}, False),
        ({"invoice": "P/9"}, {"invoice": "P/9", "member": "N"}, False),
        ({"invoice": "P/9"}, {"invoice": "P/9", "contractor": "D"}, False),
        ({"invoice": "P/9"}, {"invoice": "C1", "credits": "P-9", "net": -500}, True),
        ({"invoice": "P/9"}, {"invoice": "C1", "net": -500}, False),
        ({"invoice": "P/9"}, {"invoice": "Q1", "credits": "P-9"}, False),
        ({"invoice": ""}, {"invoice": ""}, False),
    ],
)
def test_a_line_counts_to_the_invoice_of_its_number_or_that_it_credits(said, other, is_one):
    one, two = (line(no, **({"net": 900} | told)) for no, told in enumerate((said, other)))
    assert (bill_of(one) == bill_of(two)) is is_one


def test_a_reversal_leaves_nothing_at_risk_and_another_invoice_as_it_was():
    assert shares_at_risk([("P-9", 1_500), ("Q-1", 400), ("P-9", -1_500)]) == [0, 400, 0]


def test_a_credit_is_taken_off_its_own_invoice_alone_and_not_below_nil():
    assert shares_at_risk([("P-9", 600), ("C-1", -900), ("P-9", 300), ("P-9", -700)]) == [
        *(0, 0, 200, 0)
    ]


def test_a_line_of_no_known_rate_stays_unknown():
    assert shares_at_risk([("P-9", None), ("P-9", -700), ("P-9", 900)]) == [None, 0, 200]


@given(LEVIES)
def test_an_invoice_is_at_risk_with_its_lines_sum_and_never_below_nil(levies):
    own, shares = defaultdict(int), defaultdict(int)
    for (bill, levy), share in zip(levies, shares_at_risk(levies), strict=True):
        assert (share is None) is (levy is None)
        assert 0 <= (share or 0) <= max(levy or 0, 0)
        own[bill] += levy or 0
        shares[bill] += share or 0
    assert all(shares[bill] == max(levy, 0) for bill, levy in own.items())
    assert sum(shares.values()) >= max(0, sum(own.values()))


@given(LEVIES, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_sum_and_a_reversal_leaves_the_rest(levies, random):
    before = sum(share or 0 for share in shares_at_risk(levies))
    shuffled = random.sample(levies, len(levies))
    assert sum(share or 0 for share in shares_at_risk(shuffled)) == before
    with_reversal = [("new", 500), *levies, ("new", -500)]
    assert shares_at_risk(with_reversal)[1:-1] == shares_at_risk(levies)
