"""An invoice in two files of one side is there once, and the later return is the one too many."""

import pytest

from levytool.desk.reconcile.decide import Order, decide
from levytool.periods import Month
from tests.desk.reconciling import reconcile, record, told


@pytest.mark.parametrize(
    "again",
    [{"Date": "2014-03-19"}, {"Invoice": "p 09"}, {"Description": "Roof"}],
)
def test_what_two_ledgers_have_and_nobody_declared_is_at_risk_once(spending, again):
    """However the second spells it, on whichever day of a fortnight. Two equal lines of one ledger
    are both real, and what the other has of them is of the two."""
    books = spending()
    record(books, {"Invoice": "P/9"}, {"Invoice": "Q1"}, {"Invoice": "Q1"})
    record(books, {"Invoice": "P/9"} | again, {"Invoice": "Q1", "Date": "2014-03-01"})
    found = reconcile(books, "2014-03..2014-05")
    reasons = [(row["reason"], *row["recorded"]) for row in found["differences"]]
    assert sorted(reasons) == [
        *(("duplicate", f"M-000002/{row}") for row in (1, 2)),
        *(("undeclared", f"M-000001/{row}") for row in (1, 2, 3)),
    ]
    assert found["undeclared"] == {"count": 3, "net": "300.00", "levy": "3.00"}
    assert found["levy_at_risk"] == "3.00"
    assert found["duplicates"] == {"count": 2, "net": "0.00", "recorded_net": "200.00"}


def test_a_month_tells_the_duplicate_of_a_line_in_another_month(spending):
    books = spending()
    record(books, {"Invoice": "P/9", "Date": "2014-04-02"})
    record(books, {"Invoice": "P/9", "Date": "2014-03-25"})
    assert [row[0] for row in told(reconcile(books, "2014-03"))] == ["undeclared"]
    assert [row[0] for row in told(reconcile(books, "2014-04"))] == ["duplicate"]


def test_what_two_returns_declare_and_nobody_has_is_over_declared_once(spending):
    books = spending()
    books.accepted({"Invoice": "P/9"})
    books.accepted({"Invoice": "p 09", "Date": "2014-03-19"}, supplement=True)
    record(books, {"Invoice": "Q1", "Net": "4321.00"})
    assert told(reconcile(books))[1:] == [
        ("over-declared", ["R-000001/1"], [], "-100.00", "-1.0000"),
        ("duplicate", ["R-000002/1"], [], "-100.00", "-1.0000"),
    ]


def test_what_was_posted_twice_and_reversed_once_is_at_risk_once(spending):
    """The second posting was a duplicate, its reversal taken off the first: nothing was at risk."""
    books = spending()
    record(books, {"Invoice": "P/9", "Date": "2014-03-05"})
    record(books, {"Invoice": "P/9", "Date": "2014-03-12"})
    record(books, {"Invoice": "P/9", "Date": "2014-03-20", "Net": "-100.00"})
    found = reconcile(books)
    assert [row[0] for row in told(found)] == ["undeclared"] * 3
    assert found["undeclared"] == {"count": 3, "net": "100.00", "levy": "1.00"}
    assert found["levy_at_risk"] == "1.00"


def test_what_a_member_without_a_ledger_is_declared_twice_waits_for_the_ledger(spending):
    """Nothing lies beside either line: one was a duplicate that somebody had to decide about."""
    books = spending()
    books.accepted({"Invoice": "P/9"})
    books.accepted({"Invoice": "p 09", "Date": "2014-03-19"}, supplement=True)
    found = reconcile(books)
    assert [row[0] for row in told(found)] == ["over-declared"] * 2
    assert found["over_declared"] == {"count": 2, "net": "200.00", "levy": "2.00"}
    assert found["not_compared"] == ["SALIX"]


@pytest.mark.parametrize(
    "again", [{"Description": "again"}, {"Call-off": "A0"}, {"Invoice": "A 1"}]
)
@pytest.mark.parametrize("in_turn", [(0, 1), (1, 0)])
def test_what_a_later_return_declares_again_is_the_duplicate(spending, again, in_turn):
    """However it is worded, and whichever return came first: the pair of the month that may be
    closed by then stays."""
    books = spending()
    line = {"Description": "roof", "Call-off": "C1"}
    returns = [([line], Month(2014, 3)), ([line | again], Month(2014, 4))]
    for one in in_turn:
        lines, month = returns[one]
        books.accepted(*lines, period=month)
    record(books, {"Call-off": None})
    assert told(reconcile(books, "2014-03")) == []
    (row,) = told(reconcile(books, "2014-04"))
    assert (row[0], row[3]) == ("duplicate", "-100.00")


@pytest.mark.parametrize("recorded", [{"Net": "120.00"}, {"Net": "97.00"}, {"Member": "ALDER"}])
def test_what_was_accepted_stays_together_whatever_fits_better_later(spending, recorded):
    """It may be of a closed month: what a later return declares again is the one too many."""
    books = spending()
    books.accepted({"Date": "2014-03-05"}, period=Month(2014, 3))
    record(books, {"Date": "2014-03-12"} | recorded)
    (row,) = reconcile(books, "2014-03")["differences"]
    decide(books.office(), [Order(row["id"], "accept", note="agreed")])
    again = {"Date": "2014-03-12", "Invoice": "a 1"}
    books.accepted(again, period=Month(2014, 4))
    (still,) = reconcile(books, "2014-03")["differences"]
    assert (still["id"], still["status"], still["rule"]) == (row["id"], "accepted", row["rule"])
    (later,) = reconcile(books, "2014-04")["differences"]
    assert (later["declared"], later["status"]) == (["R-000002/1"], "open")
    # Taken back, the lines pair as they fit best.
    decide(books.office(), [Order(row["id"], "undo")])
    (row,) = [d for d in reconcile(books, "2014-04")["differences"] if d["recorded"]]
    assert row["declared"] == ["R-000002/1"]
