"""Who a name means, and codes for new parties (contract, *The book*)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.names import Names, PartyNames, fold, suggest_code
from levytool.book.records import Contractor, Member
from tests.books import make_book, make_framework

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Brooks Roofing Ltd", "BROOKS ROOFING LIMITED"),
        ("Brooks Roofing Ltd", " brooks   roofing ltd. "),
        ("A.B.C. Roofing", "ABC Roofing"),
        ("O'Neill & Sons", "ONeill and Sons"),
        ("O’Neill", "O'Neill"),
        ("Smith Public Limited Company", "Smith plc"),
        ("Smith Limited Liability Partnership", "SMITH LLP"),
        ("Café Roofs", "CAFE ROOFS"),
        ("North-West Homes", "Northwest  Homes"),
    ],
)
def test_what_does_not_tell_names_apart(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Smith Ltd", "Smith plc"), ("Smith Ltd", "Smyth Ltd"), ("Lot 1", "Lot 2")]
)
def test_what_does(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(alphabet="abcXYZ 019", max_size=20), st.text(alphabet=" .,'()/-", max_size=3))
def test_case_spaces_and_punctuation_never_matter(text: str, marks: str) -> None:
    assert fold(f"{marks}{text.swapcase()}{marks}") == fold(text)


NAMES = Names(
    make_book(
        members=[Member("SALIX", "Salix Homes", aliases=("Salix", "SHL 2007"))],
        contractors=[
            Contractor("BROOKS", "Brooks Roofing Ltd"),
            Contractor("DUNN-A", "Dunn Limited"),
            Contractor("DUNN-B", "Dunn"),
            Contractor("EDGE", "Edge plc"),
            Contractor("TWIN-1", "Twin Build"),
            Contractor("TWIN-2", "Twin Build"),
        ],
        frameworks=[make_framework("REGEN", "Regeneration works")],
    )
)


@pytest.mark.parametrize("text", ["SALIX", "salix", " Salix Homes", "SALIX HOMES LTD", "shl-2007"])
def test_a_member_is_recognised_by_code_name_or_alias(text: str) -> None:
    assert NAMES.members.recognise(text) == "SALIX"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Brooks Roofing", "BROOKS"),
        ("Brooks Roofing plc", None),
        ("Edge Ltd", None),
        ("Dunn Ltd", "DUNN-A"),
        ("Dunn", "DUNN-B"),
        ("Twin Build", None),
        ("twin-1", "TWIN-1"),
        ("", None),
        ("  ", None),
        ("&", None),
        ("...", None),
    ],
)
def test_ltd_may_be_left_out_but_nobody_is_guessed(text: str, code: str | None) -> None:
    assert NAMES.contractors.recognise(text) == code


def test_a_framework_is_recognised_by_its_title() -> None:
    assert NAMES.frameworks.recognise("REGENERATION WORKS") == "REGEN"


def test_the_nearest_codes_are_named() -> None:
    assert NAMES.nearest("contractor", "Brook Roofing")[0] == "BROOKS"
    assert NAMES.nearest("member", "Sallix Homes") == ["SALIX"]
    assert NAMES.nearest("framework", "zzzz") == []


def test_the_answers_stay_the_same_however_many_names_are_asked() -> None:
    names = PartyNames([("A", ("Ash Homes",))])
    asked = [f"Stranger {number}" for number in range(1000)] + ["Ash Homes"]
    assert [names.recognise(text) for text in asked * 2].count("A") == 2
    assert (len(names), list(names), "A" in names, names.title("A")) == (
        1,
        ["A"],
        True,
        "Ash Homes",
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Salix Homes Ltd", "SALIX-HOMES"),
        ("SYMANTEC LTD", "SYMANTEC"),
        ("Department for Environment Food And Rural Affairs", "DEPARTMENT-ENVIRONME"),
        ("O'Neill & Sons (Bury) plc", "ONEILL-SONS-BURY"),
        ("Café 24", "CAFE-24"),
        ("The Limited", "THE-LIMITED"),
        ("ООО", "PARTY"),
    ],
)
def test_a_code_is_made_from_the_name(name: str, code: str) -> None:
    assert suggest_code(name, set()) == code


def test_a_code_taken_gets_a_number() -> None:
    assert suggest_code("J Ltd", set()) == "PARTY-J"
    assert suggest_code("Salix Homes", {"SALIX-HOMES"}) == "SALIX-HOMES-2"
    long = "Department for Environment"
    assert suggest_code(long, {"DEPARTMENT-ENVIRONME"}) == "DEPARTMENT-ENVIRON-2"
    assert suggest_code("Elm", {"ELM", "ELM-2", "ELM-3"}) == "ELM-4"


@given(st.lists(st.text(max_size=40), max_size=20))
def test_codes_are_well_formed_and_each_their_own(names: list[str]) -> None:
    taken: set[str] = set()
    for name in names:
        code = suggest_code(name, taken)
        assert CODE.fullmatch(code)
        assert code not in taken
        taken.add(code)
