"""Every decision about a month's lines is filed with it, whatever became of it since."""

import io
import json

import pytest
from python_calamine import CalamineWorkbook

from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.decisions import list_decisions
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.periods import parse_period
from levytool.reconcile.report_sections import report_in_sections
from levytool.statements.forms import written
from levytool.statements.said import said
from tests.desk.reconciling import reconcile, record


@pytest.fixture
def books(spending):
    """BROOKS declares A1 for SALIX, whose ledger has it not."""
    made = spending()
    made.accepted({})
    record(made, {"Invoice": "Z1", "Date": "2014-04-02", "Net": "7.00"})
    return made


def filed(books, period="2014-03"):
    """Each decision of the report: what it is, whether it stands, what it has come to."""
    told = said(report_in_sections(reconciliation_report(books.office(), parse_period(period))))
    return [(row["decision"], row["stands"], row["became"]) for row in told["decisions"]]


def say(books, known_as, verb, *others, note=""):
    decide(books.office("eve"), [Order(known_as, verb, others, note)])


def alone(books, period="2014-03"):
    (row,) = reconcile(books, period)["differences"]
    return row["id"]


def test_an_acceptance_taken_back_once_both_sides_match_is_filed(books):
    known_as = alone(books)
    say(books, known_as, "accept", note="agreed by phone")
    record(books, {})
    assert filed(books) == [("accept", "yes", "no difference now: its lines match")]
    say(books, known_as, "undo")
    assert len(list_decisions(books.office())) == 2
    assert filed(books) == [
        ("accept", "no", "taken back by eve, 2014-04-10"),
        ("undo", "no", "no difference now: its lines match"),
    ]
    assert filed(books, "2014-04") == []


def test_a_decision_about_a_ledger_that_was_withdrawn_is_filed(books):
    ledger = record(books, {"Invoice": "B8", "Net": "900.00"}).ledger
    known_as = next(
        row["id"] for row in reconcile(books)["differences"] if row["reason"] == "undeclared"
    )
    say(books, known_as, "reject", note="to be declared")
    assert filed(books) == [("reject", "yes", "rejected")]
    withdraw_ledger(books.office(), ledger, "the wrong member")
    assert filed(books) == [("reject", "yes", "no difference now: its lines are not in force")]
    say(books, known_as, "undo")
    assert [became for _verb, _stands, became in filed(books)] == [
        "taken back by eve, 2014-04-10",
        "no difference now: its lines are not in force",
    ]


def test_what_a_later_word_made_of_a_decision_is_filed(books):
    known_as = alone(books)
    for verb, note in (("reject", ""), ("accept", ""), ("note", "seen")):
        say(books, known_as, verb, note=note)
    assert filed(books) == [
        ("reject", "no", "accepted instead by eve, 2014-04-10"),
        ("accept", "no", "see the note after it"),
        ("note", "yes", "accepted"),
    ]


def test_what_stands_again_is_told_beside_what_was_taken_back(books):
    known_as = alone(books)
    for verb in ("reject", "accept", "undo"):
        say(books, known_as, verb)
    assert filed(books) == [
        ("reject", "no", "accepted instead by eve, 2014-04-10"),
        ("accept", "no", "taken back by eve, 2014-04-10"),
        ("undo", "no", "rejected since by eve, 2014-04-10"),
        ("reject", "yes", "rejected"),
    ]


def test_what_was_joined_and_taken_back_is_told_by_the_ids_that_wait(books):
    record(books, {"Invoice": "B8", "Net": "900.00"})
    by_reason = {row["reason"]: row["id"] for row in reconcile(books)["differences"]}
    say(books, "R-000001/1", "match", by_reason["undeclared"])
    assert filed(books) == [("match", "yes", "matched")]
    say(books, "R-000001/1", "undo")
    _match, (_verb, _stands, became) = filed(books)
    assert became == f"open: {by_reason['over-declared']}, {by_reason['undeclared']}"


def test_every_form_has_what_became_of_a_decision(books):
    say(books, alone(books), "accept", note="agreed by phone")
    record(books, {})
    report = report_in_sections(reconciliation_report(books.office(), parse_period("2014-03")))
    words = "no difference now: its lines match"
    for form in ("text", "html", "csv"):
        assert words in " ".join(written(report, form).data.split()), form
    assert json.loads(written(report, "json").data)["decisions"][0]["became"] == words
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(report, "xlsx").data))
    assert words in book.get_sheet_by_name("Decisions").to_python()[-1]
