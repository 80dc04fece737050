"""The report of a closed month says what has changed since it was filed, in every form."""

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook

from levytool.desk.month_end.close_period import close_period, list_periods, reopen_period
from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.ledger.journal import acts
from levytool.ledger.journal.closing import CLOSE
from levytool.periods import Month, parse_period
from levytool.reconcile.report_sections import report_in_sections
from levytool.statements.forms import written
from levytool.statements.said import said
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import Spending, book_of

MARCH = Month(2014, 3)


@pytest.fixture
def closed(tmp_path):
    """March closed over A1, which both sides have."""
    books = Spending(tmp_path, book_of())
    books.accepted({})
    record(books, {})
    close_period(books.office("fay"), MARCH)
    return books


def statement(books, period="2014-03"):
    return report_in_sections(reconciliation_report(books.office(), parse_period(period)))


def test_nothing_is_said_of_a_month_that_is_as_it_was_filed(closed):
    told = said(statement(closed))
    assert (told["since_closing"], told["in_the_way"]) == ([], [])
    assert "changed" not in statement(closed).held


def test_what_came_since_is_told_with_what_it_was_then(closed):
    closed.accepted({"Invoice": "A7", "Net": "3000.00"}, supplement=True)
    record(closed, {"Invoice": "A7", "Net": "3000.00"}, {"Invoice": "B8", "Net": "210.00"})
    told = said(statement(closed))
    assert [
        (row["what"], row["closing"], row["now"], row["change"], row["now_lines"])
        for row in told["since_closing"]
    ] == [
        ("Declared by contractors", "100.00", "3100.00", "3000.00", 2),
        ("Recorded by members", "100.00", "3310.00", "3210.00", 3),
        ("Undeclared spend", "0.00", "210.00", "210.00", 1),
        ("Levy at risk", "0.00", "2.10", "2.10", 1),
    ]
    (month,) = told["months"]
    (status,) = (row for row in list_periods(closed.office()) if row["period"] == "2014-03")
    assert month["in_the_way"] == status["differences"] == len(told["in_the_way"]) == 1


def test_every_form_tells_it(closed):
    record(closed, {"Invoice": "B8", "Net": "210.00"})
    report = statement(closed)
    forms = {form: written(report, form).data for form in ("text", "html", "csv", "json", "xlsx")}
    told = (
        "Since 2014-03 was closed: recorded by members £100.00 → £310.00; undeclared spend £0.00 "
        "→ £210.00; levy at risk £0.00 → £2.10; 1 thing stands in its way now."
    )
    for form in ("text", "html"):
        page = " ".join(forms[form].split())
        assert told in page and "What was filed when 2014-03 was closed has changed" in page
    rows = [r for r in csv.DictReader(io.StringIO(forms["csv"])) if r["section"] == "since_closing"]
    assert [(row["closing"], row["now"]) for row in rows] == [
        ("100.00", "310.00"),
        ("0.00", "210.00"),
        ("0.00", "2.10"),
    ]
    assert len(json.loads(forms["json"])["since_closing"]) == 3
    book = CalamineWorkbook.from_filelike(io.BytesIO(forms["xlsx"]))
    assert "Recorded by members" in str(book.get_sheet_by_name("Since closing").to_python())


def test_lines_that_cancel_each_other_are_a_change_too(closed):
    record(closed, {"Invoice": "B8", "Net": "210.00"}, {"Invoice": "B8", "Net": "-210.00"})
    (row, *_others) = said(statement(closed))["since_closing"]
    assert (row["what"], row["change"]) == ("Recorded by members", "0.00")
    assert (row["closing_lines"], row["now_lines"]) == (1, 3)


def test_a_month_without_ledgers_is_laid_beside_what_it_declared(tmp_path):
    books = Spending(tmp_path, book_of())
    books.accepted({})
    close_period(books.office(), MARCH)
    assert said(statement(books))["since_closing"] == []
    record(books, {})
    assert [(row["what"], row["now"]) for row in said(statement(books))["since_closing"]] == [
        ("Recorded by members", "100.00"),
        ("Over-declared spend", "0.00"),
    ]


def test_what_an_earlier_version_closed_says_what_stands_in_its_way_now(tmp_path):
    books = Spending(tmp_path, book_of())
    books.accepted({})
    with books.office().writing() as connection:
        acts.record(connection, books.office().acting, CLOSE, "2014-03")
    record(books, {}, {"Invoice": "B8", "Net": "210.00"})
    told = said(statement(books))
    assert (told["since_closing"], len(told["in_the_way"])) == ([], 1)
    assert "Since 2014-03 was closed: 1 thing stands in its way now." in str(statement(books))


def test_a_month_closed_again_is_laid_beside_its_last_closing(closed):
    record(closed, {"Invoice": "B8", "Net": "210.00"})
    for user in ("ann", "ben"):
        reopen_period(closed.office(user), MARCH, "late")
    assert said(statement(closed))["since_closing"] == []
    (row,) = reconcile(closed)["differences"]
    decide(closed.office(), [Order(row["id"], "accept", (), "not levied")])
    close_period(closed.office(), MARCH)
    assert said(statement(closed))["since_closing"] == []


def test_a_month_that_nobody_sent_a_ledger_of_is_as_it_was_filed(tmp_path):
    """It closed without a match, and its report found one of two like lines to be a duplicate."""
    books = Spending(tmp_path, book_of())
    books.accepted({"Invoice": "P/9"})
    books.accepted({"Invoice": "p 09", "Date": "2014-03-12"}, supplement=True)
    close_period(books.office("fay"), MARCH)
    told = said(statement(books))
    assert (told["since_closing"], told["in_the_way"]) == ([], [])
