"""Differences of the spend reconciliation explained by their id (`explain D-…`)."""

import pytest

from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import matches_in
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.desk.tracing.explain import explain
from levytool.periods import parse_period
from levytool.problems import UsageError
from tests.desk.reconciling import reconcile, record
from tests.desk.tracing import under


def difference(books, declared, recorded):
    """The id of the one difference of March 2014 between these lines."""
    if declared:
        books.accepted(*declared)
    if recorded:
        record(books, *recorded)
    found = reconcile(books)
    (one,) = [*found["differences"], *found["suggestions"]]
    return one["id"]


def test_a_difference_leads_to_the_lines_of_both_sides(spending):
    books = spending()
    known_as = difference(books, [{"Net": "100.00"}], [{"Net": "130.00"}])
    told = explain(books.office(), known_as.lower())
    assert (told.kind, told.ref) == ("difference", known_as)
    assert told.title == (
        "amount: SALIX and BROOKS A1 2014-03-05, net difference £30.00, levy effect £0.3000, open"
    )
    assert dict(told.facts) == {
        "period": "2014-03",
        "declared net": "100.00",
        "recorded net": "130.00",
        "framework": "REGEN",
        "net difference": "30.00",
        "levy effect": "0.30",
        "joined by": "invoice number",
        "status": "open",
    }
    assert under(told, "declared as") == [("R-000001/1", None)]
    assert under(told, "recorded as") == [("M-000001/1", None)]


def test_what_a_person_said_of_it_is_told(spending):
    books = spending()
    known_as = difference(books, [], [{"Net": "100.00"}])
    order = Order(known_as, "accept", note="billed in April", reason="timing")
    decide(books.office("bob"), [order])
    facts = dict(explain(books.office(), known_as).facts)
    assert (facts["status"], facts["decided"]) == ("accepted", "2014-04-10 by bob")
    assert (facts["decided reason"], facts["note"]) == ("timing", "billed in April")
    withdraw_ledger(books.office(), "M-000001", "wrong")
    with pytest.raises(UsageError, match=f"{known_as} was decided about, .* reconcile decisions"):
        explain(books.office(), known_as)


def test_a_suggestion_says_why_and_waits_for_a_person(spending):
    books = spending()
    record(books, {"Invoice": "INV-10087", "Net": "150.00"})
    books.accepted({"Invoice": "INV-10078", "Net": "100.00"})
    (one,) = reconcile(books)["suggestions"]
    told = explain(books.office(), one["id"])
    assert told.kind == "suggestion"
    assert told.title.startswith(f"{one['reason']}: SALIX and BROOKS INV-10078")
    assert told.title.endswith("net difference £50.00; a person decides")


def test_lines_that_were_joined_and_agree_are_a_match(spending):
    books = spending()
    books.accepted({"Invoice": "X1"})
    record(books, {"Invoice": "Q9"})
    [joined], _settled = matches_in(books.office(), parse_period("2014-03"))
    told = explain(books.office(), joined.id)
    assert (told.kind, told.title) == ("match", "SALIX and BROOKS X1 2014-03-05: both sides agree")
    assert under(told, "recorded as") == [("M-000001/1", None)]


def test_an_id_of_no_lines_names_the_command_that_lists_them(spending):
    with pytest.raises(UsageError, match=r"suggestion D-000000000000; .* reconcile spend"):
        explain(spending().office(), "D-000000000000")
    with pytest.raises(UsageError, match="there is no difference or suggestion S-4F0K2M9XW1HT"):
        explain(spending().office(), "s-4f0k2m9xw1ht")
