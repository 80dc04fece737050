"""What is worth a look though it is taken: closed periods, invoices met before, sudden changes."""

import pytest

from tests.desk.spending import warned


def test_a_closed_period_is_warned_of_once_and_posts_in_the_open_one(spending):
    books = spending()
    books.close("2014-03", "2014-04")
    outcome = books.bring({}, {"Invoice": "A2"}, {"Contractor": "BEECH"}, accept=True)
    (warning,) = outcome.warnings
    assert (warning.code, warning.row, warning.value) == ("period-closed", None, "2014-03")
    assert "post in 2014-05" in warning.message
    assert books.rows("SELECT DISTINCT effective, period, reporting_period FROM journal_entry") == [
        ("2014-05-31", "2014-05", "2014-03")
    ]


def test_an_invoice_of_an_earlier_file_is_warned_of(spending):
    books = spending()
    books.bring({"Invoice": "A1"}, {"Invoice": "A2"})
    outcome = books.bring(
        {"Invoice": "B1", "Net": "1"},
        {"Invoice": "A2", "Net": "2"},
        {"Invoice": "A2", "Net": "3", "Date": "2014-05-01"},
        {"Invoice": "A2", "Net": "4", "Contractor": "BEECH"},
    )
    assert warned(outcome) == [("duplicate-invoice", 3), ("duplicate-invoice", 4)]
    assert "R-000001/2" in outcome.warnings[0].message
    assert outcome.status == "staged"


def test_an_invoice_of_several_lines_and_its_credit_are_ordinary(spending):
    books = spending()
    assert warned(books.bring({"Net": "5"}, {"Net": "6"}, {"Net": "-5"})) == []
    assert warned(books.bring({"Net": "-6"})) == []
    books.reject("R-000001")
    assert warned(books.bring({"Net": "7"})) == []


def test_a_line_that_is_refused_is_not_warned_of_as_well(spending):
    books = spending()
    books.bring({})
    outcome = books.bring({}, {"Invoice": "A2"}, partial=True)
    assert warned(outcome) == []


@pytest.mark.parametrize(
    ("net", "sudden"), [("3000", False), ("3000.01", True), ("333.34", False), ("333.33", True)]
)
def test_a_return_far_from_the_ones_before_is_warned_of(spending, net, sudden):
    books = spending()
    books.accepted(
        {"Date": "2013-12-01", "Net": "500"},
        {"Date": "2014-01-01", "Net": "1500"},
        {"Date": "2014-02-01", "Net": "1000"},
        {"Date": "2014-04-01", "Net": "9000"},
    )
    outcome = books.bring({"Invoice": "B", "Net": net}, {"Invoice": "C", "Contractor": "BEECH"})
    assert warned(outcome) == ([("sudden-change", None)] if sudden else [])
    if sudden:
        assert "its last 3 returns averaged £1,000.00" in outcome.warnings[0].message


def test_two_returns_are_too_few_to_compare_with(spending):
    books = spending()
    books.accepted({"Date": "2014-01-01"}, {"Date": "2014-02-01"})
    assert warned(books.bring({"Invoice": "B", "Net": "100000"})) == []


def test_a_file_that_is_refused_says_nothing_of_what_its_lines_would_do(spending):
    books = spending()
    books.close("2014-03")
    outcome = books.bring({}, {"Net": "x"})
    assert (outcome.status, outcome.warnings) == ("rejected", [])
