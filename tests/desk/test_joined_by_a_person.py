"""What a person joined stands beside what rules joined, and what it leaves is not hidden."""

import json
from dataclasses import replace

import pytest

from levytool.cli.main import run_with
from levytool.cli.review_texts import said_before
from levytool.desk.month_end.close_period import close_period, list_periods
from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.desk.reconcile.sitting import begin_sitting
from levytool.desk.reconcile.unlike import decide_knowingly
from levytool.periods import parse_period
from levytool.problems import RuleRefused
from levytool.reconcile.report_sections import report_in_sections
from levytool.reconcile.spend_told import summary
from levytool.statements.forms import written
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import Spending, book_of

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
    assert "matched 2: £140.00 declared, £141.00 recorded" in summary(
        reconcile_spend(books.office(), MONTH)
    )
    joined(books)
    said = list(summary(reconcile_spend(books.office(), MONTH)))
    assert (
        "matched 2: £140.00 declared, £141.00 recorded; joined by a person 1: £70.00 declared, "
        "£65.00 recorded"
    ) in said
    report = report_in_sections(reconciliation_report(books.office(), MONTH))
    told = json.loads(written(report, "json").data)["spend"]
    assert (told["matched_lines"], told["matched"]) == (2, "140.00")
    assert (told["matched_by_person_lines"], told["matched_by_person"]) == (1, "70.00")
    assert told["matched_by_person_recorded"] == "65.00"


def test_what_a_match_leaves_waits_until_somebody_says_why(books):
    """A match with words is an explanation, one without is none: its month stays open."""
    known_as = joined(books)
    (row,) = [row for row in reconcile(books)["differences"] if row["id"] == known_as]
    assert (row["status"], row["waits"]) == ("matched", True)
    found = reconcile_spend(books.office(), MONTH)
    assert known_as in [item.id for item in found.keeping_open]
    (told,) = [words for words in summary(found) if words.startswith("left in")]
    assert told == (
        "left in 1 match that a person made: -£5.00, levy -£0.05; 1 of them waits for a word why: "
        f"levytool reconcile decide {known_as} --note WHY"
    )
    with pytest.raises(RuleRefused) as refused:
        close_period(books.office("ann"), MONTH.first)
    (obstacle,) = [item for item in refused.value.problems if known_as in item.message]
    assert obstacle.message.startswith(f"{known_as} was joined by ann without a word why, and")
    assert "-£5.00" in obstacle.message and f"decide {known_as} --note WHY" in obstacle.hint


@pytest.mark.parametrize("how", ["at once", "reason", "afterwards", "accepted"])
def test_a_match_with_words_explains_what_it_leaves(books, how):
    said = {"at once": {"note": "a credit follows"}, "reason": {"reason": "amount"}}
    known_as = joined(books, **said.get(how, {}))
    if how == "afterwards":
        decide(books.office(), [Order(known_as, "note", note="a credit follows")])
    if how == "accepted":
        decide(books.office(), [Order(known_as, "accept")])
    assert known_as not in [item.id for item in reconcile_spend(books.office(), MONTH).waiting]


def test_what_agrees_or_is_within_the_tolerance_needs_no_words(tmp_path):
    made = Spending(tmp_path, book_of(settings="tolerance = '5.00'"))
    made.accepted({}, {"Invoice": "A3", "Net": "70.00"}, {"Invoice": "A4", "Net": "9.00"})
    record(made, {}, {"Invoice": "B9", "Net": "65.00"}, {"Invoice": "C7", "Net": "9.00"})
    decide(made.office(), [Order("R-000001/2", "match", ("M-000001/2",))])
    decide(made.office(), [Order("R-000001/3", "match", ("M-000001/3",))])
    assert reconcile_spend(made.office(), MONTH).waiting == []


def test_who_joins_what_is_not_alike_is_told_that_it_waits(books):
    found = ids(books)
    order = Order(found["over-declared"], "match", (found["undeclared"],))
    _rows, (unlike,) = decide_knowingly(books.office(), [order])
    assert str(unlike).endswith("levy effect -£0.0500, and without a note it waits")
    decide(books.office(), [Order(order.id, "undo")])
    _rows, (unlike,) = decide_knowingly(books.office(), [replace(order, note="a credit follows")])
    assert str(unlike).endswith("levy effect -£0.0500")


def test_a_review_and_the_report_show_what_was_joined_without_a_word(books):
    known_as = joined(books)
    item = begin_sitting(books.office(), MONTH).named(known_as)
    assert item is not None and item.decision is not None
    assert said_before(item.decision).startswith("joined by ann, ")
    report = report_in_sections(reconciliation_report(books.office(), MONTH))
    assert "1 of them waits for a word why" in " ".join(written(report, "text").data.split())


def test_what_people_joined_and_explained_is_told_where_months_are_closed(books, capsys):
    """It closes the month, and is not hidden: the amount, the levy, who said it and why."""
    found = ids(books)
    known_as = joined(books, note="a credit follows")
    decide(books.office("ann"), [Order(found["amount"], "accept", note="agreed")])
    left = {
        "id": known_as,
        "net_difference": "-5.00",
        "levy_effect": "-0.0500",
        "decided_by": "ann",
        "reason": "",
        "note": "a credit follows",
    }
    row = next(row for row in list_periods(books.office()) if row["period"] == "2014-03")
    assert (row["differences"], row["left_in_joins"]) == (0, [left])
    closed = close_period(books.office("ann"), MONTH.first)
    assert (closed["state"], closed["left_in_joins"]) == ("closed", [left])
    ledger = ["--ledger", str(books.folder / "books.db")]
    told = (
        "1 match that a person made and explained leaves -£5.00, levy -£0.05 in 2014-03; which: "
        "levytool reconcile spend --period 2014-03\n"
    )
    for words in (
        ["period", "close", "2014-03"],
        ["period", "status"],
        ["period", "status", "2014-03"],
    ):
        assert run_with([*ledger, *words]) == 0
        assert told in capsys.readouterr().err
    assert run_with([*ledger, "period", "status", "-O", "csv"]) == 0
    assert f",{known_as} -5.00," in capsys.readouterr().out
