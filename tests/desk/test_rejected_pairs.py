"""A pair that a person rejected is named: the sums that are told come to all of each side."""

import json
from decimal import Decimal

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
AS_TOLD = (
    "matched 1: £100.00 declared, £100.00 recorded; rejected 1: £40.00 declared, £46.00 recorded; "
    "duplicates 1: £0.00 declared, £100.00 recorded"
)


@pytest.fixture
def books(spending):
    """A1 agrees and stands twice in the ledger; A2 differs and is rejected; A3 and B9 are alone."""
    made = spending()
    made.accepted({}, {"Invoice": "A2", "Net": "40.00"}, {"Invoice": "A3", "Net": "7.00"})
    record(made, {}, {}, {"Invoice": "A2", "Net": "46.00"}, {"Invoice": "B9", "Net": "900.00"})
    (pair,) = reconcile_spend(made.office(), MONTH).of("amount")
    decide(made.office(), [Order(pair.id, "reject", note="it is 46")])
    return made


def test_the_words_and_json_name_what_is_rejected_and_what_stands_twice(books):
    assert AS_TOLD in summary(reconcile_spend(books.office(), MONTH))
    told = reconcile(books)
    assert told["rejected"] == {"count": 1, "net": "40.00", "recorded_net": "46.00"}
    assert told["duplicates"] == {"count": 1, "net": "0.00", "recorded_net": "100.00"}


def test_the_two_sides_of_the_report_add_up(books):
    report = report_in_sections(reconciliation_report(books.office(), MONTH))
    told = json.loads(written(report, "json").data)["spend"]
    for side, parts in (
        ("declared", ("matched", "rejected", "duplicates", "over_declared")),
        (
            "recorded",
            ("matched_recorded", "rejected_recorded", "duplicates_recorded", "undeclared"),
        ),
    ):
        assert sum(Decimal(told[part]) for part in parts) == Decimal(told[side])
        assert sum(told[f"{part}_lines"] for part in parts) == told[f"{side}_lines"]


def test_a_pair_over_two_months_counts_in_each_with_the_lines_it_has_there(spending):
    books = spending()
    books.accepted({"Invoice": "A2", "Net": "40.00", "Date": "2014-03-30"})
    record(books, {"Invoice": "A2", "Net": "46.00", "Date": "2014-04-02"})
    (pair,) = reconcile_spend(books.office(), parse_period("2014-03..2014-04")).differences
    decide(books.office(), [Order(pair.id, "reject", note="it is 46")])
    nets = {month: reconcile(books, month)["rejected"] for month in ("2014-03", "2014-04")}
    assert nets == {
        "2014-03": {"count": 1, "net": "40.00", "recorded_net": "0.00"},
        "2014-04": {"count": 1, "net": "0.00", "recorded_net": "46.00"},
    }
