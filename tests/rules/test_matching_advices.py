"""What payers write, and write amiss: read where it can be one thing only, never guessed."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from levytool.rules.document_numbers import one_slip
from levytool.rules.matching.open_items import OpenItem, OpenReceipt
from levytool.rules.matching.receipts import match_receipts

FIRST = date(2014, 3, 1)
PAID = FIRST + timedelta(days=30)


def item(number, pence, payer="BROOKS", day=1):
    """An open document."""
    return OpenItem(f"INV-{number:06d}", payer, pence, FIRST + timedelta(days=day))


def receipt(pence, number="B-1", **facts):
    """A receipt whose text names BROOKS, unless it says otherwise."""
    known = {"parties": frozenset({"BROOKS"})} | facts
    return OpenReceipt(number, pence, PAID, **known)


def short(pence, *parties, number="B-1", **facts):
    """A receipt whose text may be short for parties."""
    return OpenReceipt(number, pence, PAID, perhaps=frozenset(parties), **facts)


def told(matches):
    """Matches as (receipt, rule, documents, left)."""
    return [(m.receipt, m.rule, dict(m.documents), m.left_pence) for m in matches]


BOOK = [
    item(12, 120_000),
    item(34, 70_003),
    item(56, 33_341),
    item(78, 120_000, "BEECH"),
    item(91, 45_600, "BEECH"),
    OpenItem("CN-000001", "BROOKS", -10_007, FIRST),
]


@pytest.mark.parametrize(
    ("given_", "advice", "rule", "documents", "left"),
    [
        # More than is open: what is left stays the payer's.
        (
            receipt(72_000),
            [("INV-000034", 72_000)],
            "remittance-overpaid",
            {"INV-000034": 70_003},
            1_997,
        ),
        (
            receipt(105_000),
            [("INV-000034", 72_000), ("INV-000056", 33_000)],
            "remittance-overpaid",
            {"INV-000034": 70_003, "INV-000056": 33_000},
            1_997,
        ),
        # A digit wrong, two turned round, one left out; beside an exact amount.
        (receipt(70_003), [("INV-000134", 70_003)], "number-mistyped", {"INV-000034": 70_003}, 0),
        (receipt(70_003), [("INV-000043", 70_003)], "number-mistyped", {"INV-000034": 70_003}, 0),
        (receipt(70_003), [("INV-000004", 70_003)], "number-mistyped", {"INV-000034": 70_003}, 0),
        (
            short(45_600, "BEECH", "BROOKS"),
            [("INV-000019", 45_600)],
            "number-mistyped",
            {"INV-000091": 45_600},
            0,
        ),
        # A number of another payer's, one slip away, in a text.
        (
            receipt(33_341, named=("INV-000055",)),
            None,
            "number-mistyped",
            {"INV-000056": 33_341},
            0,
        ),
        # Less than is open, by a payer that is known, of the one document that can be meant.
        (receipt(50_000), [("INV-000035", 50_000)], "number-mistyped", {"INV-000034": 50_000}, 0),
        # One line amiss among others that are right.
        (
            receipt(190_003),
            [("INV-000012", 120_000), ("INV-000084", 70_003)],
            "number-mistyped",
            {"INV-000012": 120_000, "INV-000034": 70_003},
            0,
        ),
        (
            short(103_344, "BROOKS", "BEECH"),
            [("INV-000034", 70_003), ("", 33_341)],
            "remittance-amount",
            {"INV-000034": 70_003, "INV-000056": 33_341},
            0,
        ),
        (receipt(33_341), [("", 33_341)], "remittance-amount", {"INV-000056": 33_341}, 0),
        # A short name, and an amount that one document alone has.
        (short(45_600, "BEECH", "BROOKS"), None, "amount-short-name", {"INV-000091": 45_600}, 0),
    ],
)
def test_what_can_be_one_thing_only_is_matched(given_, advice, rule, documents, left):
    advices = {} if advice is None else {"B-1": advice}
    found = match_receipts([given_], BOOK, advices)
    assert told(found.matches) == [("B-1", rule, documents, left)]


@pytest.mark.parametrize(
    ("given_", "advice"),
    [
        # Paid twice: the number is a document's that is settled, not another's mistyped.
        (receipt(70_003), [("INV-000036", 70_003)]),
        # Nothing is known of the payer.
        (OpenReceipt("B-1", 70_003, PAID), [("INV-000035", 70_003)]),
        # Two slips away.
        (receipt(70_003), [("INV-000155", 70_003)]),
        (receipt(33_341, named=("INV-000999",)), None),
        # An advice of less than was paid.
        (receipt(80_000), [("INV-000035", 70_003)]),
        # Less than is open, but just what another document has.
        (receipt(33_341), [("INV-000035", 33_341)]),
        # The right number and another amount, which a number one slip away has.
        (receipt(500, named=("INV-000012",)), None),
        (receipt(500), [("INV-000012", 500)]),
        # Another payer's number and amount; the payer that is named has them one slip away.
        (receipt(120_000, named=("INV-000078",), parties=frozenset({"BRIGGS"})), None),
        (receipt(120_000, parties=frozenset({"BRIGGS"})), [("INV-000078", 120_000)]),
        # Two payers owe just this.
        (short(120_000, "BEECH"), None),
        (short(120_000, "BEECH", "BROOKS"), [("", 120_000)]),
        # So little that chance makes it.
        (short(399, "BEECH", "BRIGGS"), None),
        # Part of a credit note.
        (receipt(65_003), [("INV-000034", 70_003), ("CN-000001", -5_000)]),
        # More than is open, but the payer is another.
        (receipt(72_000, parties=frozenset({"BEECH"})), [("INV-000034", 72_000)]),
    ],
)
def test_what_could_be_another_thing_is_left_to_a_person(given_, advice):
    more = [
        item(36, 0),
        item(15, 500),
        item(87, 120_000, "BRIGGS"),
        item(95, 399, "BRIGGS"),
    ]
    found = match_receipts([given_], [*BOOK, *more], {} if advice is None else {"B-1": advice})
    assert found.matches == ()


def test_two_receipts_that_would_take_one_document_take_none():
    some = [
        short(45_600, "BEECH", number="B-1"),
        short(45_600, "BEECH", "BROOKS", number="B-2"),
    ]
    assert match_receipts(some, BOOK).matches == ()
    assert len(match_receipts(some, BOOK).suggestions) == 2
    named = [receipt(70_003, number, named=("INV-000035",)) for number in ("B-1", "B-2")]
    assert match_receipts(named, BOOK).matches == ()


PAYERS = ("BROOKS", "BROOM", "BRIGGS")
documents = st.lists(
    st.tuples(
        st.integers(1, 40),
        st.sampled_from(PAYERS),
        # Amounts that lie near each other, and some that are the same.
        st.sampled_from([70_000, 70_001, 70_010, 77_000, 140_001]),
    ),
    min_size=1,
    max_size=10,
    unique_by=lambda one: one[0],
)
kinds = st.sampled_from(["number", "mistyped", "own", "whole", "short"])
payments = st.lists(
    st.tuples(st.integers(0, 9), kinds, st.booleans(), st.integers(0, 9), st.booleans()),
    max_size=8,
    unique_by=lambda one: one[0],
)
strangers = st.lists(st.sampled_from([70_000, 70_001, 70_010, 140_001]), max_size=2)


def slips(number):
    """Numbers one slip of the pen away, those of other documents among them."""
    return [other for other in range(1, 100) if one_slip(f"INV-{number:06d}", f"INV-{other:06d}")]


def bank_of(given_documents, given_payments, strangers_pence):
    """Receipts that each pay one document in full, some twice, told well or badly; and some of
    strangers. With them the advices, and the document that each receipt truly pays."""
    receipts, advices, truth = [], {}, {}
    for position, kind, by_advice, chosen, twice in given_payments:
        if position >= len(given_documents):
            continue
        number, payer, pence = given_documents[position]
        near = slips(number)
        written = {"number": number, "mistyped": near[chosen % len(near)]}.get(kind)
        is_short = kind == "short" or (kind != "whole" and chosen % 2 == 0)
        # What was paid twice was written the same twice.
        for again in range(2 if twice and kind == "number" else 1):
            known_as = f"B-{position}-{again}"
            named = () if written is None or by_advice else (f"INV-{written:06d}",)
            if kind == "own":
                advices[known_as] = [("", pence)]
            elif written is not None and by_advice:
                advices[known_as] = [(f"INV-{written:06d}", pence)]
            receipts.append(
                OpenReceipt(
                    known_as,
                    pence,
                    PAID + timedelta(days=again),
                    named=named,
                    parties=frozenset() if is_short else frozenset({payer}),
                    perhaps=frozenset(PAYERS) if is_short else frozenset(),
                )
            )
            if not again:
                truth[known_as] = (payer, pence)
    receipts += [
        OpenReceipt(f"B-S{place}", pence, PAID) for place, pence in enumerate(strangers_pence)
    ]
    return receipts, advices, truth


def misread(given_documents, receipts, advices, truth):
    """Whether a slip made the number of another payer's document of the same amount, where a short
    name does not deny it: then nothing tells the truth from what was written."""
    of = {f"INV-{number:06d}": (payer, pence) for number, payer, pence in given_documents}
    for one in receipts:
        written = {*one.named, *(number for number, _pence in advices.get(one.number, ()))}
        for number in written & of.keys():
            meant = truth.get(one.number)
            if one.perhaps and meant and of[number] != meant and of[number][1] == one.pence:
                return True
    return False


@settings(max_examples=400)
@given(documents, payments, strangers)
def test_no_receipt_is_matched_wrongly_however_alike_things_are(
    given_documents, given_payments, strangers_pence
):
    """A match is of the payer and the amount that it truly is of; of documents of one payer and
    amount it makes no difference which. What is paid twice, and strangers' money, stays open."""
    receipts, advices, truth = bank_of(given_documents, given_payments, strangers_pence)
    assume(not misread(given_documents, receipts, advices, truth))
    items = [item(number, pence, payer) for number, payer, pence in given_documents]
    of = {one.number: (one.payer, one.pence) for one in items}
    found = match_receipts(receipts, items, advices)
    wrong = [
        (match.receipt, match.rule, match.documents)
        for match in found.matches
        if [of[number] for number, _pence in match.documents] != [truth.get(match.receipt)]
    ]
    assert wrong == []


@given(documents, payments, strangers, st.randoms(use_true_random=False))
def test_the_order_of_receipts_and_documents_does_not_matter(
    given_documents, given_payments, strangers_pence, random
):
    receipts, advices, _truth = bank_of(given_documents, given_payments, strangers_pence)
    items = [item(number, pence, payer) for number, payer, pence in given_documents]
    found = match_receipts(receipts, items, advices)
    random.shuffle(receipts)
    random.shuffle(items)
    assert match_receipts(receipts, items, advices) == found


@given(st.integers(1, 99), st.integers(0, 99), st.integers(1_000, 99_999), st.booleans())
def test_an_equal_rival_makes_a_match_go_away(number, chosen, pence, by_advice):
    near = slips(number)
    written = near[chosen % len(near)]
    rivals = [n for n in slips(written) if n not in (number, written)]
    rival = rivals[chosen % len(rivals)]
    named = () if by_advice else (f"INV-{written:06d}",)
    advices = {"B-1": [(f"INV-{written:06d}", pence)]} if by_advice else {}
    own = item(number, pence)
    mistyped = receipt(pence, named=named)
    assert match_receipts([mistyped], [own], advices).matches[0].rule == "number-mistyped"
    found = match_receipts([mistyped], [own, item(rival, pence)], advices)
    assert (found.matches, len(found.suggestions)) == ((), 1)
    by_name = short(pence, "BROOKS", "BEECH")
    assert match_receipts([by_name], [own]).matches[0].rule == "amount-short-name"
    for payer in ("BROOKS", "BEECH", "NOBODY"):
        assert match_receipts([by_name], [own, item(rival, pence, payer)]).matches == ()
    lines = {"B-1": [("INV-000999", 500), ("", pence)]}
    of_own = short(pence + 500, "BROOKS", "BEECH")
    sure = item(999, 500)
    assert match_receipts([of_own], [own, sure], lines).matches[0].rule == "remittance-amount"
    assert match_receipts([of_own], [own, sure, item(rival, pence)], lines).matches == ()


def test_what_one_document_has_open_is_likelier_meant_than_a_part_of_one_a_slip_away():
    """INV-000065 is one slip from INV-000056, which has more open; INV-000012 has just that."""
    book = [item(12, 9_720), item(56, 18_360)]
    found = match_receipts([receipt(9_720, named=("INV-000065",))], book)
    assert (found.matches, told(found.suggestions)) == (
        (),
        [("B-1", "amount", {"INV-000012": 9_720}, 0)],
    )
