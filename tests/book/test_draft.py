"""A first book from data files: every party with a code of its own, and nothing to correct."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.draft import Survey, draft_book
from levytool.book.legal_forms import fold_without_ltd
from levytool.book.names import Names, fold
from levytool.book.records import Book, LevyBlock
from levytool.desk.book.check_book import check_text

JULY = Survey(
    members=("Salix Homes", "SALIX  HOMES.", "City West"),
    contractors=("Brooks Roofing Ltd", "Brooks Roofing Limited", "Salix Homes", "—"),
    frameworks=("G-Cloud 4", "Regen"),
    lots={"G-Cloud 4": ("1", "1.0", "SaaS"), "Regen": ()},
    first_date=date(2014, 7, 31),
    sectors={"Salix Homes": "housing"},
)
JUNE = Survey(
    contractors=("Ace Ltd",),
    frameworks=("G-CLOUD 4",),
    lots={"G-CLOUD 4": ("2",)},
    first_date=date(2014, 6, 2),
)


def drafted(*surveys: Survey, **options: str) -> Book:
    book, check = check_text(draft_book(surveys, **options))
    assert book is not None, check.errors
    assert check.errors == ()
    return book


def test_spellings_of_one_name_are_one_party() -> None:
    book = drafted(JULY)
    salix = book.members["SALIX-HOMES"]
    assert (salix.name, salix.aliases, salix.sector) == (
        "Salix Homes",
        ("SALIX HOMES.",),
        "housing",
    )
    brooks = book.contractors["BROOKS-ROOFING"]
    assert (brooks.name, brooks.aliases) == ("Brooks Roofing Ltd", ("Brooks Roofing Limited",))


def test_names_that_differ_by_ltd_only_are_one_party() -> None:
    found = Survey(
        members=("Salford Homes", "Salford Homes Ltd"),
        contractors=("Party", "The Party", "Party 2 Limited", "Party 2"),
        sectors={"Salford Homes Ltd": "housing"},
    )
    book = drafted(found)
    (salford,) = book.members.values()
    assert (salford.aliases, salford.sector) == (("Salford Homes Ltd",), "housing")
    names = Names(book).contractors
    assert len(book.contractors) == 3
    assert names.recognise("Party 2") == names.recognise("Party 2 Limited") is not None


def test_a_member_that_is_a_contractor_too_has_two_codes() -> None:
    book = drafted(JULY)
    assert list(book.members) == ["SALIX-HOMES", "CITY-WEST"]
    assert list(book.contractors) == ["BROOKS-ROOFING", "SALIX-HOMES-2"]


def test_frameworks_of_several_files_start_with_the_earliest_month() -> None:
    book = drafted(JULY, JUNE)
    cloud, regen = book.frameworks["G-CLOUD-4"], book.frameworks["REGEN"]
    assert dict(cloud.lots) == {"1": "1", "SaaS": "SaaS", "2": "2"}
    assert (regen.title, dict(regen.lots), regen.starts) == ("Regen", {}, date(2014, 6, 1))
    assert cloud.levy == (LevyBlock(date(2014, 6, 1), "contractor", rate_ppm=10_000),)


def test_a_named_framework_takes_all_the_spend() -> None:
    book = drafted(JULY, JUNE, framework="ALL", rate="0.5%", payer="member")
    (framework,) = book.frameworks.values()
    assert (framework.code, framework.title) == ("ALL", "ALL")
    assert list(framework.lots) == ["1", "SaaS", "2"]
    assert framework.levy == (LevyBlock(date(2014, 6, 1), "member", rate_ppm=5_000),)


def test_files_that_name_nobody_give_a_book_that_says_what_to_add() -> None:
    text = draft_book([Survey()])
    book, check = check_text(text)
    assert book is not None and check.errors == ()
    assert list(book.frameworks) == ["FRAMEWORK"]
    assert "# No members were found" in text
    assert "# No contractors were found" in text
    assert "start on 2000-01-01" in text


def test_what_no_file_tells_stands_as_comments_that_hold_when_filled_in() -> None:
    text = draft_book([JULY, JUNE], rate="2%")
    for key in ("vat", "vat_number", "bank_accounts", "terms_days", "unit_cost", "contractors"):
        assert f"\n# {key} = " in text
    filled_in = re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    book, check = check_text(filled_in)
    assert book is not None, check.errors
    assert (check.warnings, check.notes) == ((), ())
    assert book.consortium.vat[-1].value == 200_000
    rules = {code: framework.opportunities for code, framework in book.frameworks.items()}
    assert all(rule and rule.unit_cost[0].value == 250_000 for rule in rules.values())
    left_as_it_is, check = check_text(text)
    assert left_as_it_is is not None
    assert [note.code for note in check.notes] == ["no-vat"] + ["no-opportunities"] * len(rules)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": "1"}, "is not a percentage"),
        ({"rate": "200%"}, "over 100%"),
        ({"payer": "supplier"}, "is no payer"),
        ({"framework": "regen works"}, "is no code"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draft_book([JULY], **options)


def test_no_code_reads_like_another_partys_name() -> None:
    book = drafted(
        Survey(contractors=("The Party", "Party", "Party 2", "A.C.E. 2", "ACE", "Ace 2"))
    )
    names = Names(book).contractors
    assert [names.recognise(c.name) for c in book.contractors.values()] == list(book.contractors)


texts = st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=6).map(tuple)
alike = st.lists(
    st.from_regex(r"(the )?(ace|party|a)( ltd| of)?( ?[23])?", fullmatch=True), max_size=6
).map(tuple)


@given(
    st.lists(
        st.builds(
            Survey, members=texts | alike, contractors=texts | alike, frameworks=texts | alike
        ),
        max_size=2,
    )
)
def test_whatever_files_name_gives_a_book_that_recognises_it(surveys: list[Survey]) -> None:
    book = drafted(*surveys)
    names = Names(book)
    for survey in surveys:
        for kind, parties, found in (
            (names.members, book.members, survey.members),
            (names.contractors, book.contractors, survey.contractors),
        ):
            for name in filter(fold, found):
                code = kind.recognise(name)
                assert code is not None
                assert fold_without_ltd(name) == fold_without_ltd(parties[code].name)
