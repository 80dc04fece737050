"""What the finance system calls things, in the book: read, checked, planned and kept."""

import pytest

from levytool.book.homes import HOMES
from levytool.book.plan import PlanRow, plan
from levytool.book.read import read_book
from levytool.book.records import Book, ExportSettings
from levytool.book.write import write_book
from tests.book.marked import CONSORTIUM, assert_found_as_marked, only_error, whole

SETTINGS = """
[consortium.accounts]
"1100" = "610"
"2500" = "820"

[consortium.exports]
journal_tax = "No VAT"
ocid_prefix = "ocds-a1b2c3"
gl07_columns = ["account", "trans_date", "voucher_no", "amount"]
tax = { "20%" = "T1", "outside the scope" = "T9" }
tracking = { member = "Member", framework = "Framework" }
departments = { SALIX = "12" }
references = { BROOKS = "BRO001" }
gl07_constants = { client = "NW" }
"""


def with_settings(settings: str) -> str:
    return whole().replace(CONSORTIUM, CONSORTIUM + settings)


def read(text: str) -> Book:
    found, problems = read_book(text)
    assert found is not None, problems
    return found


def test_accounts_and_codes_are_read() -> None:
    assert_found_as_marked(with_settings(SETTINGS))
    assert read(with_settings(SETTINGS)).consortium.exports == ExportSettings(
        accounts={"1100": "610", "2500": "820"},
        tax={200_000: "T1", None: "T9"},
        journal_tax="No VAT",
        tracking={"member": "Member", "framework": "Framework"},
        departments={"SALIX": "12"},
        references={"BROOKS": "BRO001"},
        gl07_columns=("account", "trans_date", "voucher_no", "amount"),
        gl07_constants={"client": "NW"},
        ocid_prefix="ocds-a1b2c3",
    )


def test_a_written_book_keeps_them() -> None:
    assert SETTINGS in write_book(read(with_settings(SETTINGS)))


def test_what_is_wrong_with_them_is_told_in_its_line() -> None:
    text = with_settings(
        """
[consortium.accounts]
"1101" = "610"  # ! unknown-key
"1100" = ""  # ! bad-code
"2500" = "=820"  # ! bad-code
[consortium.exports]
ocid_prefix = "a1b2c3"  # ! bad-choice
open_data_license = "open"  # ! bad-choice
journal_tax = 20  # ! wrong-type
journal = "No VAT"  # ! unknown-key
tax = { "20" = "T1" }  # ! bad-rate
tracking = { members = "Member" }  # ! unknown-key
departments = { SALIX = "1000" }  # ! bad-code
gl07_columns = ["acount"]  # ! unknown-key, missing-column, missing-column, missing-column, missing-column
gl07_constants = { amount = "1" }  # ! unknown-key
"""  # noqa: E501
    )
    assert_found_as_marked(text)


def test_more_categories_than_a_line_has_room_for_are_refused() -> None:
    table = 'tracking = { member = "A", payer = "B", funder = "C" }'
    error = only_error(with_settings(f"[consortium.exports]\n{table}\n"))
    assert error.code == "bad-choice"
    assert "room for 2" in error.hint


@pytest.mark.parametrize(
    ("table", "nearest"),
    [
        ('[consortium.accounts]\n"11000" = "1"', "1100"),
        ("[consortium.exports]\nocid = 'ocds-a1b2c3'", "ocid_prefix"),
        ("[consortium.exports]\ntracking = { frameworks = 'F' }", "framework"),
    ],
)
def test_an_unknown_name_comes_with_the_nearest(table: str, nearest: str) -> None:
    assert nearest in only_error(with_settings(table + "\n")).hint


def test_a_reference_of_nobody_comes_with_the_nearest_party() -> None:
    error = only_error(with_settings('[consortium.exports]\nreferences = { BROOK = "B1" }\n'))
    assert (error.code, error.row, error.column) == ("unknown-code", 4, "BROOK")
    assert "'BROOKS'" in error.hint


@pytest.mark.parametrize(
    ("header", "key", "home"),
    [
        ("[consortium]", 'ocid_prefix = "ocds-a1b2c3"', "[consortium.exports]"),
        ("[[frameworks]]", 'ocid_prefix = "ocds-a1b2c3"', "[consortium.exports]"),
        ("[consortium]", 'rate = "1%"', "[[frameworks.levy]]"),
        ("[[frameworks]]", "terms_days = 28", "[consortium]"),
        ("[[frameworks]]", 'provide = "exact"', "[frameworks.opportunities]"),
    ],
)
def test_a_key_of_another_table_is_told_which(header: str, key: str, home: str) -> None:
    error = only_error(whole().replace(header, f"{header}\n{key}", 1))
    assert (error.code, error.hint) == ("unknown-key", f"write it under {home}")


@pytest.mark.parametrize("key", HOMES)
def test_every_home_of_a_key_knows_it(key: str) -> None:
    header = HOMES[key]
    above = "[[frameworks]]\n" if "frameworks." in header else ""
    _book, problems = read_book(f"{above}{header}\n{key} = true\n")
    assert (key, "unknown-key") not in {(problem.column, problem.code) for problem in problems}


@pytest.mark.parametrize(
    "references",
    ['{ BROOKS = "B1", SALIX = "b1" }', '{ BROOKS = "SALIX" }'],
    ids=["two alike", "another's code"],
)
def test_two_parties_are_no_one_customer(references: str) -> None:
    text = with_settings(f"[consortium.exports]\nreferences = {references}\n")
    assert only_error(text).code == "same-reference"


def test_a_changed_account_is_planned() -> None:
    before = read(with_settings('[consortium.accounts]\n"1100" = "610"\n'))
    after = read(with_settings('[consortium.accounts]\n"1100" = "620"\n'))
    assert plan(before, after).rows == (
        PlanRow("changed", "consortium", "", 'accounts: 1100 "610" → "620"'),
    )
    assert plan(read(whole()), after).rows == (
        PlanRow("changed", "consortium", "", 'accounts added: 1100 = "620"'),
    )
