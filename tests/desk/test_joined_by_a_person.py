"""What a person joined stands beside what rules joined, and what it leaves is not hidden."""

import json

import pytest

from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.periods import parse_period
from levytool.reconcile.report_sections import report_in_sections
from levytool.reconcile.spend_told import summary
from levytool.statements.forms import written
from tests.desk.reconciling import reconcile, record

MONTH = parse_period("2014-03")


@pytest.fixture
def books(spending):
    """BROOKS declares A1, A2 and A3; SALIX has A1, A2 dearer, and another number for A3."""
    made = spending()
    made.accepted({}, {"Invoice": "A2", "Net": "40.00"}, {"Invoice": "A3", "Net": "70.00"})
    record(made, {}, {"Invoice": "A2", "Net": "41.00"}, {"Invoice": "B9", "Net": "65.00"})
    return made


def ids(books):
    """The id of each difference by its reason."""
    return {row["reason"]: row["id"] for row in reconcile(books)["differences"]}


def joined(books, note="", reason=""):
    """A3 and B9, joined by a person: the id."""
    found = ids(books)
    order = Order(found["over-declared"], "match", (found["undeclared"],), note, reason)
    return decide(books.office("ann"), [order])[0]["id"]


def test_what_rules_joined_and_what_people_joined_are_counted_apart(books):
    before = reconcile(books)
    joined(books)
    found = reconcile(books)
    by_rule = {"exact key": 1, "invoice number": 1}
    assert found["matched"] == before["matched"]
    assert found["matched"] == {
        "count": 2, "net": "140.00", "recorded_net": "141.00", "by_rule": by_rule,
    }  # fmt: skip
    assert found["matched_by_person"] == {"count": 1, "net": "70.00", "recorded_net": "65.00"}
    assert before["matched_by_person"] == {"count": 0, "net": "0.00", "recorded_net": "0.00"}


def test_the_headline_and_the_report_tell_them_apart_too(books):
    assert "matched 2: £140.00 declared" in summary(reconcile_spend(books.office(), MONTH))
    joined(books)
    said = list(summary(reconcile_spend(books.office(), MONTH)))
    assert "matched 2: £140.00 declared; joined by a person 1: £70.00" in said
    report = report_in_sections(reconciliation_report(books.office(), MONTH))
    told = json.loads(written(report, "json").data)["spend"]
    assert (told["matched_lines"], told["matched"]) == (2, "140.00")
    assert (told["matched_by_person_lines"], told["matched_by_person"]) == (1, "70.00")
    assert told["matched_by_person_recorded"] == "65.00"
