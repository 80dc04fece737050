"""`reconcile ledger` lays the books' own proofs in two columns too, and names what differs."""

import sqlite3
from datetime import date

import pytest

from levytool.cli.main import run_with
from levytool.desk.audit.books_beside import books_beside
from levytool.desk.audit.check_books import check_books
from levytool.money import parse_pounds
from tests.desk.banked import received_book
from tests.desk.consortium import Books


@pytest.fixture
def books(tmp_path):
    """Two accepted returns, each with its invoice."""
    made = Books(tmp_path, received_book())
    made.spend((date(2014, 3, 4), "SALIX", "50000"))
    made.spend((date(2014, 3, 5), "SALIX", "20000"))
    return made


def _tampered(books, *statements):
    """Change what is stored behind the triggers' back."""
    with sqlite3.connect(books.folder / "books.db") as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def _rows(books):
    rows, wrong = books_beside(books.office())
    return {row["made_of"]: row for row in rows}, wrong


def _sides(row):
    return row["ledger"], row["items"], row["difference"]


def _checked(books):
    return {check.name: check for check in check_books(books.office())}


def test_levy_trial_balance_and_chain_stand_in_two_columns(books):
    rows, wrong = _rows(books)
    assert list(rows) == [
        "levy of the lines",
        "levy of the documents",
        "members' shares",
        "credits",
        "whole links",
    ]
    assert wrong == []
    assert _sides(rows["levy of the lines"]) == ("700.00", "700.00", "0.00")
    assert _sides(rows["levy of the documents"]) == ("700.00", "700.00", "0.00")
    debits, credits, difference = map(parse_pounds, _sides(rows["credits"]))
    assert debits == credits > 70_000 and difference == 0
    entries, whole, broken = _sides(rows["whole links"])
    assert entries == whole > 1 and broken == 0
    assert all(row["differences"] == [] for row in rows.values())


def test_check_has_the_figures_of_the_same_proofs(books):
    checks, (rows, _) = _checked(books), _rows(books)
    assert checks["lines = documents = postings"].detail == "700.00 on all three sides"
    entries = rows["whole links"]["ledger"]
    assert checks["hash chain whole"].detail == f"{entries} entries linked"
    assert rows["credits"]["ledger"] in checks["trial balance nil"].detail


def test_a_return_whose_lines_come_to_other_pence_is_named(books):
    _tampered(
        books, "UPDATE declaration_line SET levy_share_pence = levy_share_pence + return_id * 2 - 3"
    )
    rows, wrong = _rows(books)
    # One penny less and one more: the totals agree, the returns do not.
    assert _sides(rows["levy of the lines"]) == ("700.00", "700.00", "0.00")
    assert rows["levy of the lines"]["differences"] == [
        {"entry": "R-000001", "dimension": "", "ledger": "500.00", "items": "499.99"},
        {"entry": "R-000002", "dimension": "", "ledger": "200.00", "items": "200.01"},
    ]
    assert rows["levy of the documents"]["differences"] == []
    assert [problem.message for problem in wrong] == [
        "R-000001: lines 499.99, documents 500.00, postings 500.00",
        "R-000002: lines 200.01, documents 200.00, postings 200.00",
    ]
    assert not _checked(books)["lines = documents = postings"].ok


def test_a_document_of_other_pence_is_a_difference_of_the_documents_row_alone(books):
    _tampered(books, "UPDATE document SET net_pence = net_pence + 100 WHERE number = 'INV-000001'")
    rows, wrong = _rows(books)
    assert _sides(rows["levy of the documents"]) == ("700.00", "701.00", "-1.00")
    assert [found["entry"] for found in rows["levy of the documents"]["differences"]] == [
        "R-000001"
    ]
    assert rows["levy of the lines"]["differences"] == []
    assert len(wrong) == 1


def test_a_return_that_says_other_than_its_lines_is_told(books):
    _tampered(books, "UPDATE levy_return SET net_pence = net_pence + 1 WHERE id = 2")
    rows, wrong = _rows(books)
    assert all(row["differences"] == [] for row in rows.values())
    assert [problem.message for problem in wrong] == ["R-000002 is not the sum of its lines"]


def test_an_entry_altered_breaks_the_chain_at_its_number(books):
    _tampered(books, "UPDATE journal_entry SET narrative = 'other' WHERE id = 1")
    rows, wrong = _rows(books)
    entries, whole, broken = _sides(rows["whole links"])
    assert (whole, broken) == (entries - 1, 1)
    assert rows["whole links"]["differences"] == [
        {"entry": "E-000001", "dimension": "", "ledger": "1", "items": "0"}
    ]
    assert [problem.message for problem in wrong] == ["entry 1 is not what was posted"]


def test_a_chain_cut_off_at_its_end_is_short_of_its_numbers(books):
    entries = _rows(books)[0]["whole links"]["ledger"]
    _tampered(
        books,
        f"DELETE FROM journal_transfer WHERE entry_id = {entries}",
        f"DELETE FROM journal_entry WHERE id = {entries}",
    )
    rows, wrong = _rows(books)
    assert _sides(rows["whole links"]) == (entries, entries - 1, 1)
    (found,) = rows["whole links"]["differences"]
    assert found["entry"] == f"E-{entries:06}"
    said = f"{entries} entries were numbered, the last that is there is {entries - 1}"
    assert said in [problem.message for problem in wrong]


def test_the_command_shows_the_proofs_and_ends_with_five_where_one_fails(books, capsys):
    ledger = ["--ledger", str(books.folder / "books.db")]
    assert run_with([*ledger, "reconcile", "ledger"]) == 0
    told = capsys.readouterr()
    assert "levy of the lines" in told.out and "the books prove" in told.err
    _tampered(books, "UPDATE journal_entry SET narrative = 'other' WHERE id = 1")
    assert run_with([*ledger, "reconcile", "ledger"]) == 5
    assert "entry 1 is not what was posted" in capsys.readouterr().err
