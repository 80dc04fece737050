"""An invoice that is matched for one member and stands in another member's ledger too."""

import pytest

from levytool.cli.review_texts import detail
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.desk.reconcile.review import start_review
from levytool.desk.reconcile.sitting import begin_sitting
from levytool.periods import parse_period
from levytool.reconcile.spend_told import summary
from tests.desk.reconciling import reconcile, record

MARCH = parse_period("2014-03")


@pytest.mark.parametrize("settled", [{}, {"Date": "2014-03-09"}, {"Net": "120.00"}])
def test_an_invoice_matched_for_another_member_is_no_undeclared_one(spending, settled):
    """Whether the database settled the pair or a pass joined it: it is declared, and not for the
    second member whose ledger has it."""
    books = spending()
    record(books, {"Member": "ALDER"} | settled)
    books.accepted({"Member": "ALDER"})
    record(books, {"Invoice": "INV-A1"} | settled)
    found = reconcile(books)
    (again,) = [row for row in found["differences"] if row["member"] == "SALIX"]
    assert (again["reason"], again["recorded"]) == ("duplicate", ["M-000002/1"])
    assert again["matched_for"] == "ALDER"
    assert found["undeclared"]["count"] == 0
    (waits,) = start_review(books.office(), MARCH, "SALIX").waiting
    assert waits.title.endswith("; its invoice is matched for ALDER")
    (shown,) = begin_sitting(books.office(), MARCH, "SALIX").pending
    assert "its invoice is matched for ALDER: no line of the" in str(detail(shown, (), ()))
    assert list(summary(reconcile_spend(books.office(), MARCH, "SALIX")))[-2:] == [
        "1 duplicate has an invoice that is matched for another member: M-000002/1 for ALDER",
        "next: levytool reconcile decide ID --accept, or levytool reconcile review",
    ]


@pytest.mark.parametrize(
    ("declared", "again"),
    [
        (["ALDER"], {"Net": "100.01"}),
        (["ALDER"], {"Invoice": "A2"}),
        (["ALDER"], {"Invoice": ""}),
        (["ALDER"], {"Contractor": "BEECH"}),
        (["ALDER"], {"Date": "2014-04-10"}),
        (["ALDER", "BIRCH"], {}),
    ],
)
def test_an_invoice_that_only_looks_like_another_members_is_undeclared(spending, declared, again):
    """So is one of a number that the contractor gives the invoices of several members."""
    books = spending()
    lines = [{"Member": member} for member in declared]
    record(books, *lines)
    books.accepted(*lines)
    record(books, again)
    found = reconcile(books, "2014-03..2014-04")
    assert [(row["reason"], row["matched_for"]) for row in found["differences"]] == [
        ("undeclared", None)
    ]


def test_a_line_of_a_second_wrong_member_is_a_duplicate_of_what_a_person_joined(spending):
    books = spending()
    books.accepted({})
    record(books, {"Member": "ALDER"}, {"Member": "BIRCH"})
    assert {row["reason"] for row in reconcile(books)["differences"]} == {
        "undeclared",
        "over-declared",
    }
    decide(books.office(), [Order("R-000001/1", "match", ("M-000001/1",))])
    assert [(row["reason"], row["matched_for"]) for row in reconcile(books)["differences"]] == [
        ("wrong member", None),
        ("duplicate", "SALIX"),
    ]
