"""A book that is written reads back the same, and added parties leave the author's text alone."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.book.read import read_book
from levytool.book.records import Book, Contractor, Member
from levytool.book.write import append, with_parties, write_book
from tests.book.books import books, codes, frameworks, names
from tests.book.marked import book, whole


def read(text: str) -> Book:
    found, problems = read_book(text)
    assert found is not None, problems
    return found


def without_text(found: Book) -> Book:
    return replace(found, text="", sha256="")


@given(books)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_is_written_reads_back_the_same(found: Book) -> None:
    assert without_text(read(write_book(found))) == found


@given(books)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
def test_writing_again_gives_the_same_text(found: Book) -> None:
    text = write_book(found)
    assert write_book(read(text)) == text


def test_what_has_its_default_is_not_written() -> None:
    text = write_book(read(whole()))
    assert text == (
        '[consortium]\nname = "North West Homes Consortium"\n\n'
        '[[members]]\ncode = "SALIX"\nname = "Salix Homes"\nsector = "housing"\n\n'
        '[[members]]\ncode = "SALFORD"\nname = "Salford City Council"\nsector = "council"\n\n'
        '[[contractors]]\ncode = "BROOKS"\nname = "Brooks Roofing Ltd"\n\n'
        '[[frameworks]]\ncode = "REGEN"\ntitle = "Regeneration works"\nstarts = 2012-04-01\n'
        'lots = { "1" = "Roofing", "2" = "Kitchens" }\n\n'
        '[[frameworks.levy]]\nfrom = 2012-04-01\npayer = "contractor"\nrate = "1%"\n'
    )


def test_long_lists_are_broken_into_lines() -> None:
    text = write_book(read(book(whole(), f"[[layouts]]\nname = 'x'\nkeep = {['column' * 9] * 3}")))
    assert all(len(line) < 100 for line in text.splitlines())
    assert len(read(text).layouts["x"].keep) == 3


def test_added_parties_stand_at_the_end_and_the_authors_words_stay() -> None:
    text = "# our book\n" + whole("[[layouts]]\nname = 'x'  # monthly\n")
    longer = with_parties(text, {"CITY": "City West"}, {"ACE": 'Ace "Roofs" Ltd'})
    assert longer == (
        text + '\n[[members]]\ncode = "CITY"\nname = "City West"\n'
        '\n[[contractors]]\ncode = "ACE"\nname = "Ace \\"Roofs\\" Ltd"\n'
    )
    found = read(longer)
    assert found.members["CITY"] == Member("CITY", "City West")
    assert found.contractors["ACE"] == Contractor("ACE", 'Ace "Roofs" Ltd')
    assert found.frameworks == read(text).frameworks


def test_a_book_without_new_parties_is_left_as_it_is() -> None:
    assert with_parties("anything", {}, {}) == "anything"


def test_parties_join_a_list_that_is_written_in_one_line() -> None:
    text = 'members = [{ code = "A", name = "One" }]\n[consortium]\nname = "N"\n'
    found = read(with_parties(text, {"B": "Two"}, {"C": "Three"}))
    assert (list(found.members), list(found.contractors)) == (["A", "B"], ["C"])


def test_nothing_is_added_to_what_is_no_book() -> None:
    with pytest.raises(ValueError, match="not a book"):
        with_parties("members = [", {"A": "One"}, {})


@given(books, st.dictionaries(codes, names, max_size=3), st.dictionaries(codes, names, max_size=3))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
def test_added_parties_change_nothing_else(
    found: Book, members: dict[str, str], contractors: dict[str, str]
) -> None:
    new_members = {code: n for code, n in members.items() if code not in found.members}
    new_contractors = {c: n for c, n in contractors.items() if c not in found.contractors}
    longer = with_parties(write_book(found), new_members, new_contractors)
    assert tomllib.loads(longer)
    expected = replace(
        found,
        members={**found.members, **{c: Member(c, n) for c, n in new_members.items()}},
        contractors={
            **found.contractors,
            **{c: Contractor(c, n) for c, n in new_contractors.items()},
        },
    )
    assert without_text(read(longer)) == expected


@given(frameworks.filter(lambda framework: framework.code != "REGEN"))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
def test_a_framework_joins_with_all_its_tables(framework) -> None:
    assert read(append(whole(), frameworks=[framework])).frameworks[framework.code] == framework
