"""What the words of a reconciliation count adds up to its lines, and no reason is not `none`."""

import csv
import io
import json
import re

import pytest
from python_calamine import CalamineWorkbook

from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.periods import parse_period
from levytool.reconcile.report_sections import report_in_sections
from levytool.reconcile.spend_told import difference_rows, summary
from levytool.statements.forms import written
from tests.desk.reconciling import reconcile, record

MONTH = parse_period("2014-03")
JOINED = "joined, no difference"


def sides_told(books, period=MONTH):
    """The words about what was matched, joined, rejected and doubled."""
    (_both, told, *_more) = summary(reconcile_spend(books.office(), period))
    return told


def test_where_a_match_is_of_several_lines_the_lines_of_both_sides_are_counted(spending):
    books = spending()
    parts = [{"Invoice": f"B{n}", "Net": f"{n}01.00"} for n in range(1, 4)]
    books.accepted(*parts, {"Invoice": "A9", "Net": "7.00"})
    record(books, {"Invoice": "PAYMENT", "Net": "603.00"}, {"Invoice": "A9", "Net": "7.00"})
    assert sides_told(books) == "matched 2: £610.00 declared in 4 lines, £610.00 recorded in 2"


def test_where_each_match_is_one_line_and_one_no_lines_are_counted_again(spending):
    books = spending()
    books.accepted({}, {"Invoice": "A2"})
    record(books, {}, {"Invoice": "A2"}, {"Invoice": "a-02", "Date": "2014-03-09"})
    assert sides_told(books) == (
        "matched 2: £200.00 declared, £200.00 recorded; duplicates 1: £0.00 declared, £100.00 "
        "recorded"
    )


def test_a_counterpart_in_another_month_is_not_among_the_lines(spending):
    books = spending()
    books.accepted({}, {"Invoice": "A2"})
    record(books, {}, {"Invoice": "A2", "Date": "2014-04-02"})
    assert sides_told(books) == "matched 2: £200.00 declared in 2 lines, £100.00 recorded in 1"
    april = sides_told(books, parse_period("2014-04"))
    assert april == "matched 0: £0.00 declared in 0 lines, £100.00 recorded in 1"


@pytest.fixture
def joined(spending):
    """A3 and B9, of one net and day, which a person joined."""
    books = spending()
    books.accepted({"Invoice": "A3"})
    record(books, {"Invoice": "A17"})
    decide(books.office(), [Order("R-000001/1", "match", ("M-000001/1",))])
    return books


def test_what_a_person_joined_without_a_difference_is_called_that(joined):
    found = reconcile_spend(joined.office(), MONTH)
    assert [row["reason"] for row in difference_rows(found, every=False)] == [JOINED]
    assert [row["reason"] for row in difference_rows(found, every=True)] == ["none"]
    assert [row["reason"] for row in reconcile(joined)["differences"]] == ["none"]


def test_the_report_calls_it_that_where_people_read_it(joined):
    report = report_in_sections(reconciliation_report(joined.office(), MONTH))
    forms = {form: written(report, form).data for form in ("text", "html", "xlsx", "csv", "json")}
    told = json.loads(forms["json"])
    assert told["by_reason"][0]["reason"] == told["differences"][0]["reason"] == "none"
    assert "none" in {row["reason"] for row in csv.DictReader(io.StringIO(forms["csv"]))}
    for form in ("text", "html"):
        assert forms[form].count(JOINED) == 3 and not re.search(r"\bnone *[<\n]", forms[form])
    book = CalamineWorkbook.from_filelike(io.BytesIO(forms["xlsx"]))
    cells = [
        cell
        for sheet in ("Reasons", "Decided", "Differences")
        for row in book.get_sheet_by_name(sheet).to_python()
        for cell in row
    ]
    assert cells.count(JOINED) == 3 and "none" not in cells
