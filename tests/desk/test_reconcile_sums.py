"""Sums that chance may have made, through the books: suggested, joined by a person, or named."""

from decimal import Decimal

from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.periods import parse_period
from levytool.reconcile.spend_told import summary
from tests.desk.reconciling import reconcile, record


def sides(books, declared, recorded, **options):
    """Accept what is declared, record the ledger, and reconcile March 2014."""
    if declared:
        books.accepted(*declared)
    if recorded:
        record(books, *recorded)
    return reconcile(books, **options)


FIFTEEN = (80445, 308426, 454299, 430617, 410437, 43086, 143729, 71823, 269750, 408963, 245662,
           257592, 351622, 209034, 423519)  # fmt: skip
"""Pence of which just one set of 2 to 12 makes the first, fourth, seventh, tenth and thirteenth."""


def test_a_sum_that_chance_may_have_made_is_suggested_and_a_person_joins_it(spending):
    books = spending()
    declared = [
        {"Invoice": f"D{n}", "Net": f"{Decimal(pence) / 100}", "Date": f"2014-03-{n + 1:02d}"}
        for n, pence in enumerate(FIFTEEN)
    ]
    whole = f"{Decimal(sum(FIFTEEN[::3])) / 100}"
    found = sides(books, declared, [{"Invoice": "PAY1", "Net": whole, "Date": "2014-03-20"}])
    assert (found["matched"]["count"], found["undeclared"]["count"]) == (0, 1)
    assert found["sums_left_open"] == []
    (row,) = found["suggestions"]
    assert row["reason"] == "sum, by chance perhaps"
    assert sorted(row["declared"]) == sorted(f"R-000001/{n}" for n in (1, 4, 7, 10, 13))
    assert (row["recorded"], row["net_difference"]) == (["M-000001/1"], "0.00")
    decide(books.office(), [Order(row["id"], "accept")])
    found = reconcile(books)
    assert (found["undeclared"]["count"], found["suggestions"]) == (0, [])
    assert found["over_declared"]["count"] == 10


def test_a_sum_that_is_not_suggested_is_named_with_the_reason(spending):
    declared = [
        {"Invoice": f"D{n}", "Net": f"{10 + n % 7}.00", "Date": f"2014-03-{n + 1:02d}"}
        for n in range(20)
    ]
    books = spending()
    found = sides(books, declared, [{"Invoice": "PAY1", "Net": "75.00"}])
    assert found["suggestions"] == []
    assert found["sums_left_open"] == [
        {
            "declared": [],
            "recorded": ["M-000001/1"],
            "why": "more sets of lines make it than are suggested",
        }
    ]
    said = list(summary(reconcile_spend(books.office(), parse_period("2014-03"))))
    assert (
        "1 open line may be a sum of others, but none is suggested: more sets of lines make it "
        "than are suggested (-O json names each)"
    ) in said
