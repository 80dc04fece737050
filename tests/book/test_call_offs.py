"""Call-offs and their awards in the book: read, checked, planned, and kept."""

from datetime import date

import pytest

from levytool.book.plan import NamedCodes, PlanRow, keep_named, plan
from levytool.book.read import read_book
from levytool.book.records import Book, CallOff
from levytool.desk.book.check_book import check_text
from tests.book.marked import (
    CONSORTIUM,
    FRAMEWORK,
    LEVY,
    PARTIES,
    assert_found_as_marked,
    book,
    only_error,
    whole,
)

CALL_OFF = """
[[frameworks.call_offs]]
code = "CO 1/7"
member = "SALIX"
contractor = "BROOKS"
lot = "1"
award = "250000.00"
starts = 2014-04-01
ends = 2015-03-31
"""
ENDING = FRAMEWORK + "ends = 2016-03-31\n"


def read(text: str) -> Book:
    found, problems = read_book(text)
    assert found is not None, problems
    return found


def test_a_call_off_is_read_with_its_award() -> None:
    text = whole(CALL_OFF)
    assert_found_as_marked(text)
    begins, ends = date(2014, 4, 1), date(2015, 3, 31)
    assert read(text).frameworks["REGEN"].call_offs == (
        CallOff("CO 1/7", "SALIX", "BROOKS", 25_000_000, "1", begins, ends),
    )


@pytest.mark.parametrize(
    "text",
    [
        whole(
            CALL_OFF.replace('"SALIX"', '"SALIXX" # ! unknown-code')
            .replace('"BROOKS"', '"SALIX" # ! unknown-code')
            .replace('lot = "1"', 'lot = "9" # ! unknown-lot')
        ),
        whole(CALL_OFF.replace("2014-04-01", "2012-03-31 # ! date-outside-framework")),
        whole(CALL_OFF.replace("2015-03-31", "2014-03-31 # ! ends-before-starts")),
        whole(
            '[[frameworks.call_offs]]\ncode = "X"\nmember = "SALIX"\ncontractor = "BROOKS"\n'
            'award = "1.00"\nends = 2012-03-31 # ! ends-before-starts'
        ),
        book(
            CONSORTIUM,
            PARTIES,
            ENDING,
            LEVY,
            CALL_OFF.replace("2015-03-31", "2016-04-01 # ? date-outside-framework"),
            CALL_OFF.replace("CO 1/7", "Y")
            .replace("2014-04-01", "2016-04-01 # ! date-outside-framework")
            .replace("ends = 2015-03-31\n", ""),
        ),
        whole(
            CALL_OFF,
            CALL_OFF.replace('"CO 1/7"', '"co  1/7" # ! duplicate-code'),
            CALL_OFF.replace('"SALIX"', '"SALFORD"'),
        ),
        book(
            CONSORTIUM,
            PARTIES,
            FRAMEWORK + "contractors = []\n",
            LEVY,
            CALL_OFF.replace('"BROOKS"', '"BROOKS" # ? not-appointed'),
        ),
        whole(CALL_OFF.replace('"250000.00"', '"lots" # ! bad-amount')),
        whole(CALL_OFF.replace('"250000.00"', '"-1.00" # ! bad-amount')),
    ],
)
def test_what_is_wrong_with_a_call_off_is_told_on_its_line(text: str) -> None:
    assert_found_as_marked(text)


def test_a_second_call_off_of_a_code_names_the_line_of_the_first() -> None:
    text = whole(CALL_OFF, CALL_OFF)
    first = text.splitlines().index("[[frameworks.call_offs]]") + 1
    assert f"a call-off of this code in line {first}" in only_error(text).message


def test_a_call_off_without_an_award_is_told_how_to_write_it() -> None:
    problem = only_error(whole(CALL_OFF.replace('award = "250000.00"\n', "")))
    assert (problem.code, problem.column) == ("missing-key", "award")
    assert 'award = "250000.00"' in problem.hint


def test_an_unknown_key_of_a_call_off_names_the_nearest() -> None:
    problem = only_error(whole(CALL_OFF, 'awarded = "1.00"'))
    assert (problem.code, problem.hint) == ("unknown-key", "did you mean 'award'?")


def test_the_plan_shows_an_award_that_changes_and_one_that_is_new() -> None:
    more = whole(CALL_OFF.replace("250000", "300000"), CALL_OFF.replace("CO 1/7", "CO2"))
    rows = plan(read(whole(CALL_OFF)), read(more)).rows
    assert rows[0] == PlanRow(
        "changed",
        "framework",
        "REGEN",
        'call-off CO 1/7 of SALIX and BROOKS: award "250000.00" → "300000.00"',
    )
    assert rows[1].what.startswith("call-off CO2 of SALIX and BROOKS added: ")
    assert len(rows) == 2


def test_a_framework_that_is_kept_keeps_its_call_offs_and_their_parties() -> None:
    old = read(whole(CALL_OFF))
    new = read(book(CONSORTIUM, FRAMEWORK.replace("REGEN", "OTHER"), LEVY))
    kept = keep_named(old, new, NamedCodes(frameworks=frozenset({"REGEN"})))
    assert list(kept.members) == ["SALIX"]
    assert list(kept.contractors) == ["BROOKS"]
    assert kept.frameworks["REGEN"] == old.frameworks["REGEN"]
    assert read(kept.text).frameworks == kept.frameworks
    assert check_text(kept.text)[1].errors == ()
