"""Receipts to documents: each rule, what is only suggested, and what must always hold."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from operator import sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.matching.open_items import OpenItem, OpenReceipt
from levytool.rules.matching.receipt_sums import PARTS, one_sum
from levytool.rules.matching.receipts import match_receipts

FIRST = date(2014, 3, 1)


def item(number, pence, payer="BROOKS", day=1):
    """An open document; CN for a negative one."""
    return OpenItem(number, payer, pence, FIRST + timedelta(days=day))


def receipt(pence, number="B-1", **facts):
    """A receipt of BROOKS, unless it says otherwise."""
    given = {"payer": "BROOKS", "day": FIRST} | facts
    return OpenReceipt(number, pence, **given)


def told(matches):
    """Matches as (receipt, rule, documents, left)."""
    return [(m.receipt, m.rule, dict(m.documents), m.left_pence) for m in matches]


BOOK = [
    item("INV-000001", 120_000, day=1),
    item("INV-000002", 70_003, day=2),
    item("INV-000003", 33_341, day=3),
    item("CN-000001", -10_007, day=4),
    item("INV-000004", 120_000, "BEECH"),
]


BROOKS_OWES = [(one.number, one.pence) for one in BOOK if one.payer == "BROOKS"]


@pytest.mark.parametrize(
    ("given_", "rule", "documents", "left"),
    [
        (receipt(120_000), "amount", {"INV-000001": 120_000}, 0),
        (
            receipt(213_337),
            "account-cleared",
            {
                "CN-000001": -10_007,
                "INV-000001": 120_000,
                "INV-000002": 70_003,
                "INV-000003": 33_341,
            },
            0,
        ),
        (receipt(103_344), "sum", {"INV-000002": 70_003, "INV-000003": 33_341}, 0),
        (
            receipt(109_993),
            "sum",
            {"CN-000001": -10_007, "INV-000001": 120_000},
            0,
        ),
        (
            receipt(50_000, named=("INV-000002",)),
            "document-number",
            {"INV-000002": 50_000},
            0,
        ),
        (
            receipt(80_000, named=("INV-000002",), payer=""),
            "document-number",
            {"INV-000002": 70_003},
            9_997,
        ),
        (
            receipt(59_996, named=("INV-000002", "CN-000001")),
            "document-number",
            {"CN-000001": -10_007, "INV-000002": 70_003},
            0,
        ),
        (
            receipt(120_000, payer="", parties=frozenset({"BEECH"})),
            "amount",
            {"INV-000004": 120_000},
            0,
        ),
    ],
)
def test_each_rule_matches(given_, rule, documents, left):
    found = match_receipts([given_], BOOK)
    assert told(found.matches) == [("B-1", rule, documents, left)]
    assert found.suggestions == ()


NAMED = receipt(179_996, named=("INV-000001", "INV-000002"), payer="")


def test_credits_nobody_named_come_off_what_is_named_where_that_makes_the_amount():
    found = match_receipts([NAMED], BOOK)
    documents = {"CN-000001": -10_007, "INV-000001": 120_000, "INV-000002": 70_003}
    assert told(found.matches) == [("B-1", "document-number-credits", documents, 0)]
    other = item("CN-000002", -10_007, "BEECH")
    assert match_receipts([NAMED], [*BOOK, other]) == found


def test_credits_that_do_not_make_the_amount_stay_open():
    found = match_receipts([receipt(179_995, named=NAMED.named)], BOOK)
    documents = {"INV-000001": 120_000, "INV-000002": 59_995}
    assert told(found.matches) == [("B-1", "document-number", documents, 0)]


def test_of_several_sets_of_credits_none_is_taken_without_a_person():
    more = [item("CN-000002", -4_000, day=5), item("CN-000003", -6_007, day=6)]
    found = match_receipts([NAMED], [*BOOK, *more])
    assert found.matches == ()
    assert [match.rule for match in found.suggestions] == ["document-number-credits"]


def test_a_credit_that_two_receipts_may_have_taken_off_is_left_to_a_person():
    pair = [
        receipt(109_993, "B-1", named=("INV-000001",)),
        receipt(59_996, "B-2", named=("INV-000002",)),
    ]
    found = match_receipts(pair, BOOK)
    assert found.matches == ()
    assert [match.receipt for match in found.suggestions] == ["B-1", "B-2"]


def test_a_credit_goes_to_the_receipt_that_names_it():
    pair = [
        receipt(109_993, "B-1", named=("INV-000001",)),
        receipt(23_334, "B-2", named=("INV-000003", "CN-000001")),
    ]
    found = match_receipts(pair, BOOK)
    assert told(found.matches) == [
        ("B-2", "document-number", {"CN-000001": -10_007, "INV-000003": 33_341}, 0)
    ]
    assert [match.receipt for match in found.suggestions] == ["B-1"]


def test_credits_do_not_outweigh_a_name_or_a_slip_that_denies_the_payer():
    named = NAMED.named
    denied = receipt(179_996, named=named, payer="", parties=frozenset({"BEECH"}))
    assert match_receipts([denied], BOOK).matches == ()
    slip = item("INV-000009", 109_993, day=9)
    found = match_receipts([receipt(109_993, named=("INV-000001",), payer="")], [*BOOK, slip])
    assert found.matches == ()


@pytest.mark.parametrize(
    ("given_", "rule", "documents", "left"),
    [
        (receipt(1_000), "part-payment", {"INV-000001": 1_000}, 0),
        (
            receipt(300_000),
            "overpayment",
            {"INV-000001": 120_000, "INV-000002": 70_003, "INV-000003": 33_341},
            76_656,
        ),
        (receipt(70_003, payer=""), "amount-alone", {"INV-000002": 70_003}, 0),
        (
            receipt(70_000, payer="", named=("INV-000002",), parties=frozenset({"BEECH"})),
            "document-number",
            {"INV-000002": 70_000},
            0,
        ),
        (receipt(120_000, disputed=True), "amount", {"INV-000001": 120_000}, 0),
        (
            receipt(119_997, payer="", perhaps=frozenset({"BEECH"})),
            "part-payment",
            {"INV-000004": 119_997},
            0,
        ),
        (
            receipt(213_337, payer="", perhaps=frozenset({"BROOKS"})),
            "account-cleared",
            dict(BROOKS_OWES),
            0,
        ),
        (
            receipt(213_337, payer="", perhaps=frozenset({"BEECH", "BROOKS"})),
            "account-cleared",
            dict(BROOKS_OWES),
            0,
        ),
        (
            receipt(103_344, payer="", perhaps=frozenset({"BEECH", "BROOKS"})),
            "sum",
            {"INV-000002": 70_003, "INV-000003": 33_341},
            0,
        ),
    ],
)
def test_what_is_not_certain_is_suggested(given_, rule, documents, left):
    found = match_receipts([given_], BOOK)
    assert found.matches == ()
    assert told(found.suggestions) == [("B-1", rule, documents, left)]


@pytest.mark.parametrize(
    "given_",
    [
        receipt(120_000, payer=""),  # two payers owe just that
        receipt(5, payer="", parties=frozenset({"BEECH", "BROOKS"})),
        receipt(5, payer="", perhaps=frozenset({"BEECH", "BROOKS"})),
        receipt(5, payer="NOBODY"),
        receipt(5, payer="", named=("INV-000002", "INV-000004")),
    ],
)
def test_of_some_receipts_nothing_is_known(given_):
    found = match_receipts([given_], BOOK)
    assert (found.matches, found.suggestions) == ((), ())


def test_what_two_payers_in_short_may_have_paid_is_nobodys():
    twins = [
        item(f"INV-00000{number}", pence, payer)
        for payer, numbers in (("BEECH", (1, 2)), ("BROOKS", (3, 4)))
        for number, pence in zip(numbers, (7_152, 8_640), strict=True)
    ]
    either = receipt(15_792, payer="", perhaps=frozenset({"BEECH", "BROOKS"}))
    assert match_receipts([either], twins).suggestions == ()


def test_a_payer_in_short_is_suggested_no_sum_that_chance_may_have_made():
    items = [
        item(f"INV-00000{n}", pence * 10_000, day=n) for n, pence in enumerate((1, 2, 3, 4, 9))
    ]
    found = match_receipts([receipt(50_000, payer="", perhaps=frozenset({"BROOKS"}))], items)
    assert [match.rule for match in found.suggestions] == ["part-payment"]


def test_of_two_equal_documents_the_older_is_paid_first():
    items = [item("INV-000002", 500, day=1), item("INV-000001", 500, day=2)]
    found = match_receipts([receipt(500, "B-2"), receipt(500, "B-1")], items)
    assert told(found.matches) == [
        ("B-1", "amount", {"INV-000002": 500}, 0),
        ("B-2", "amount", {"INV-000001": 500}, 0),
    ]


def test_a_sum_that_two_sets_make_is_suggested():
    items = [
        item(f"INV-00000{n}", pence * 10_000, day=n) for n, pence in enumerate((1, 2, 3, 4, 9))
    ]
    found = match_receipts([receipt(50_000)], items)
    assert found.matches == ()
    assert told(found.suggestions) == [
        ("B-1", "sum", {"INV-000000": 10_000, "INV-000003": 40_000}, 0)
    ]


def test_an_advice_says_what_a_receipt_is_for():
    advice = {"B-1": [("INV-000002", 70_003), ("CN-000001", -10_007), ("INV-000001", 5)]}
    found = match_receipts([receipt(60_100, payer="")], BOOK, advice)
    assert told(found.matches) == [
        ("B-1", "remittance", {"INV-000002": 70_003, "CN-000001": -10_007, "INV-000001": 5}, 99)
    ]


@pytest.mark.parametrize(
    "advice",
    [
        [("INV-000002", 70_004)],
        [("INV-000009", 5)],
        [("CN-000001", 5)],
        [("INV-000002", 5), ("INV-000004", 5)],
    ],
)
def test_an_advice_that_does_not_fit_is_not_followed(advice):
    found = match_receipts([receipt(70_004)], BOOK, {"B-1": advice})
    assert all(match.rule != "remittance" for match in (*found.matches, *found.suggestions))


def test_a_sum_of_twelve_is_found_and_of_thirteen_is_not():
    # Powers of two: no two sets sum to the same.
    amounts = [2**power * 101 for power in range(14)]
    assert one_sum(amounts, sum(amounts[2:14]))[0] == tuple(range(2, 14))
    assert one_sum(amounts, sum(amounts[1:14])) == ((), False)
    assert PARTS == 12


def test_the_search_ends_however_many_documents_there_are():
    amounts = [7 * number for number in range(1, 200)]
    _places, certain = one_sum(amounts, 7 * 10_001 + 3)
    assert certain is False


receipts = st.lists(
    st.builds(
        lambda pence, payer, named, parties, day: (pence, payer, named, parties, day),
        st.integers(1, 900),
        st.sampled_from(["", "BROOKS", "BEECH"]),
        st.lists(st.sampled_from([f"INV-{n:06d}" for n in range(6)]), max_size=2, unique=True),
        st.frozensets(st.sampled_from(["BROOKS", "BEECH"]), max_size=2),
        st.integers(0, 5),
    ),
    max_size=6,
)
items = st.lists(
    st.tuples(
        st.integers(-300, 900).filter(bool), st.sampled_from(["BROOKS", "BEECH"]), st.integers(0, 5)
    ),
    max_size=6,
)


def made(given_receipts, given_items):
    """Receipts and documents with numbers of their own."""
    return (
        [
            OpenReceipt(f"B-{n}", pence, FIRST + timedelta(days=day), payer, tuple(named), parties)
            for n, (pence, payer, named, parties, day) in enumerate(given_receipts)
        ],
        [
            item(f"INV-{n:06d}", pence, payer, day)
            for n, (pence, payer, day) in enumerate(given_items)
        ],
    )


@given(receipts, items)
def test_what_was_matched_leaves_nothing_to_match(given_receipts, given_items):
    """Another run over what is left, as the books would hold it, changes nothing."""
    some, documents = made(given_receipts, given_items)
    matches = {match.receipt: match for match in match_receipts(some, documents).matches}
    placed = [part for match in matches.values() for part in match.documents]
    after = []
    for document in documents:
        settled = [pence for number, pence in placed if number == document.number]
        was_pence = tuple(accumulate(settled, sub, initial=document.pence))
        after.append(replace(document, pence=was_pence[-1], was_pence=was_pence[:-1]))
    rest = [one for one in some if one.number not in matches]
    for one in some:
        if one.number in matches and (left_pence := matches[one.number].left_pence):
            rest.append(replace(one, pence=left_pence, payer=matches[one.number].payer))
    assert match_receipts(rest, after).matches == ()


@given(receipts, items)
def test_nothing_is_used_twice_and_everything_adds_up(given_receipts, given_items):
    some, documents = made(given_receipts, given_items)
    found = match_receipts(some, documents)
    matched = [match.receipt for match in found.matches]
    assert len(matched) == len(set(matched))
    assert not set(matched) & {match.receipt for match in found.suggestions}
    placed = Counter()
    for match in found.matches:
        (whole,) = [one.pence for one in some if one.number == match.receipt]
        assert sum(pence for _number, pence in match.documents) + match.left_pence == whole
        assert match.left_pence >= 0
        payers = {one.payer for one in documents for n, _p in match.documents if one.number == n}
        assert payers == {match.payer}
        placed.update(dict(match.documents))
    for one in documents:
        assert min(one.pence, 0) <= placed[one.number] <= max(one.pence, 0)


@given(receipts, items, st.randoms(use_true_random=False))
def test_the_order_they_come_in_does_not_matter(given_receipts, given_items, random):
    some, documents = made(given_receipts, given_items)
    found = match_receipts(some, documents)
    random.shuffle(some)
    random.shuffle(documents)
    assert match_receipts(some, documents) == found


@given(st.lists(st.integers(-50, 200).filter(bool), max_size=9), st.integers(1, 600))
def test_a_sum_is_certain_only_where_no_other_set_makes_it(amounts, goal):
    sets = Counter()
    for mask in range(1 << len(amounts)):
        chosen = [amount for place, amount in enumerate(amounts) if mask >> place & 1]
        if len(chosen) > 1 and sum(chosen) == goal:
            sets[tuple(sorted(chosen))] += 1
    places, certain = one_sum(amounts, goal)
    assert bool(places) == bool(sets)
    if places:
        assert sum(amounts[place] for place in places) == goal
        assert tuple(sorted(amounts[place] for place in places)) in sets
    if certain:
        assert len(sets) == 1
