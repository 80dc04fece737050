"""What is said of a code that nothing has: which may be meant, the nearest, or all of a few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.names import PartyNames
from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import FEW, NEAREST, code_of, unknown
from levytool.problems import UsageError

MANY = PartyNames(
    [
        ("ALDERMOSS", ("Aldermoss Homes",)),
        ("BRACKENWICK", ("Brackenwick Borough Council",)),
        ("CAUSEWELL", ("Causewell Living",)),
        ("DENHOLT", ("Denholt & District Housing",)),
        ("FELLGATE", ("Fellgate City Council", "FCC")),
        ("TARNSIDE", ("Tarnside Homes",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("FELGATE", "did you mean FELLGATE? See: levytool book show"),
        ("Tarnside Hmes", "did you mean TARNSIDE? See: levytool book show"),
        ("FC", "did you mean FELLGATE? See: levytool book show"),
        ("Denh", "did you mean DENHOLT? See: levytool book show"),
        ("XYZ", "the nearest are "),
    ],
)
def test_codes_are_found_by_code_and_by_name(text, hint):
    said = unknown("member", text, MANY, "levytool book show")
    assert said.startswith(f"there is no member {text!r}; {hint}")


def test_all_are_named_where_there_are_few():
    few = PartyNames([("WORK", ("Work first",)), ("HOME", ("Home first",))])
    assert unknown("scheme", "XYZ", few, "levytool scheme list") == (
        "there is no scheme 'XYZ'; there are HOME, WORK; see: levytool scheme list"
    )
    one = PartyNames([("WORK", ("Work first",))])
    assert "; there is only WORK; see" in unknown("scheme", "XYZ", one, "levytool scheme list")
    none = unknown("scheme", "XYZ", PartyNames([]), "levytool scheme list")
    assert none == "there is no scheme 'XYZ'; there is none yet; see: levytool scheme list"


@given(st.text(max_size=30), st.integers(0, 12))
def test_some_code_is_always_named(text, count):
    codes = [f"M-{number}" for number in range(count)]
    said = unknown("member", text, PartyNames((code, ()) for code in codes), "levytool book show")
    named = [code for code in codes if f" {code}" in said.replace(repr(text), "")]
    meant = said.count("did you mean")
    assert len(named) >= (1 if meant else min(count, NEAREST)) - (not count)
    if not meant and 0 < count <= FEW:
        assert {code for code in codes if code in said.replace(repr(text), "")} == set(codes)
    assert said.endswith(": levytool book show")


def test_an_officer_is_told_so_whatever_kind_it_is(books):
    made = books()
    for kind, known in (("member", "ALDER"), ("contractor", "BEECH"), ("framework", "REGEN")):
        with made.office().reading() as connection, pytest.raises(UsageError) as refused:
            code_of(book_in_force(connection), kind, "XYZ")
        assert known in str(refused.value)
