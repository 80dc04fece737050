"""Names that payers write short: what a text may stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.short_names import WholeNames, name_words, short_for


def may_be(text, name):
    """Whether a text may be short for a name."""
    return short_for(name_words(text), name_words(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NWB", "North West Builders"),
        ("NWBL", "North West Builders Ltd"),
        ("North West", "North West Builders"),
        ("N West Bldrs", "North West Builders"),
        ("NW Builders", "North West Builders"),
        ("Northern Rfg", "Northern Roofing (Salford) Ltd"),
        ("Northern Salford", "Northern Roofing (Salford) Ltd"),
        ("APH", "Aurora Pharmaceuticals"),
        ("BACS NWB PAYMENT", "North West Builders"),
        ("Depot 12", "Depot Cleaning 12"),
        ("NWB Inc", "North West Builders"),
        ("North West Builders Ltd Levy", "North West Builders"),
    ],
)
def test_short_forms_are_seen(text, name):
    assert may_be(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "North West Builders"),
        ("NWB", ""),
        ("NW", "North West Builders"),  # two letters are anybody's
        ("West Builders", "North West Builders"),  # a name is not cut off at its beginning
        ("North Wales", "North West Builders"),
        ("NBW", "North West Builders"),
        ("Depot 1", "Depot Cleaning 12"),
        ("BACS PAYMENT", "Bacup Paving"),
        ("Ltd", "Lytham Doors"),
        ("North West Builders Salford", "North West Builders"),
    ],
)
def test_other_names_are_not(text, name):
    assert not may_be(text, name)


words = st.lists(st.sampled_from(["acorn", "brooks", "roofing", "12", "west"]), max_size=5)


@given(words, words)
def test_a_name_begins_with_what_is_left_of_it(kept, cut):
    name = (*kept, *cut)
    whole = len(kept) > 1 or (kept and len(kept[0]) > 2)
    assert short_for(kept, name) == bool(whole)


@given(words, st.dictionaries(st.sampled_from("ABC"), words))
def test_whole_names_stand_anywhere_in_a_text(said, names):
    """As looking for each name at each place would find them."""
    places = range(len(said))
    called = {code: tuple(name) for code, name in names.items()}
    assert WholeNames({code: [" ".join(name)] for code, name in names.items()}).within(
        " ".join(said)
    ) == {
        code
        for code, name in called.items()
        if name and any(tuple(said[at : at + len(name)]) == name for at in places)
    }


def test_a_name_that_is_only_begun_is_not_whole():
    names = WholeNames({"NWB": ["NWB", "North West Builders"], "NORTH": ["North"]})
    assert names.within("FP NORTH WEST REF 12") == {"NORTH"}
    assert names.within("Bill North-West Builders, nwb") == {"NWB", "NORTH"}
    assert names.within("") == set()
