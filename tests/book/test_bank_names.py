"""Whom a bank's text names: a name alone, with its reference behind it, cut off, or not at all."""

from types import SimpleNamespace

import pytest

from levytool.book.names import BankNames
from levytool.book.records import Contractor, Member

NAMES = BankNames(
    SimpleNamespace(
        members={
            code: Member(code, name)
            for code, name in (("YEW", "Yewtree Housing Association"), ("OAK", "Oakley Homes Ltd"))
        },
        contractors={
            code: Contractor(code, name)
            for code, name in (
                ("NORTH", "North West Builders Ltd"),
                ("NWS", "North West Builders Salford Ltd"),
                ("APEX", "Apex Ltd"),
                ("CMS", "Coastal Marine Services"),
            )
        },
    )
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("OAKLEY HOMES", {"OAK"}),
        ("OAKLEY HOMES LEVY SEPT", {"OAK"}),
        ("FP OAKLEY HOMES LTD 30OCT", {"OAK"}),
        ("Yewtree Housing Association Q3", {"YEW"}),
        ("OAKLEY HOMES LEVY, SEPTEMBER", {"OAK"}),
        ("NORTH WEST BUILDERS SALFORD OCT", {"NWS"}),
    ],
)
def test_a_text_names_whom_it_begins_with(text, codes):
    assert NAMES.named(text) == codes


@pytest.mark.parametrize(
    ("text", "perhaps"),
    [
        # Banks cut names: it may be either's, unless just the shorter one stands there.
        ("NORTH WEST BUILDERS SAL OCT", {"NORTH", "NWS"}),
        ("COASTAL MARINE SVC", {"CMS"}),
        # One word is no name of several; what stands behind another's name is what it paid for.
        ("APEX SCAFFOLDING", set()),
        ("CREST PAINTING FOR OAKLEY HOMES", set()),
        ("YEWTREE HOUSING", {"YEW"}),
    ],
)
def test_who_may_be_meant_is_not_named(text, perhaps):
    assert NAMES.named(text) == set()
    assert NAMES.perhaps(text) == perhaps
