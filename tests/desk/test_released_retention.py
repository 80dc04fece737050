"""A retention in the months it is held back and released in, and what people say of it."""

from levytool.desk.reconcile.decide import Order, decide
from tests.desk.reconciling import reconcile, record, told

DECLARED = {"Invoice": "P-2", "Net": "1000.00"}
PAID = {"Invoice": "P-2", "Net": "950.00", "Date": "2014-03-22"}
RELEASED = {"Invoice": "P/02", "Net": "50.00", "Date": "2014-06-30"}


def test_what_is_released_beyond_the_window_is_timing_and_not_undeclared(spending):
    books = spending()
    books.accepted(DECLARED)
    record(books, PAID)
    held_back = ("retention", ["R-000001/1"], ["M-000001/1"], "-50.00", "-0.5000")
    assert told(reconcile(books)) == [held_back]
    record(books, RELEASED)
    june, march = reconcile(books, "2014-06"), reconcile(books)
    timing = ("timing", ["R-000001/1"], ["M-000002/1", "M-000001/1"], "0.00", "0.0000")
    assert told(june) == told(march) == [timing]
    assert june["undeclared"]["count"] == june["over_declared"]["count"] == 0
    assert (march["matched"]["count"], june["matched"]["count"]) == (1, 0)
    assert march["matched"]["by_rule"] == {"invoice number": 1}
    assert june["matched"]["recorded_net"] == "50.00"


def test_to_reject_it_leaves_the_three_lines_as_what_is_to_be_put_right(spending):
    books = spending()
    books.accepted(DECLARED)
    record(books, PAID)
    record(books, RELEASED)
    (row,) = reconcile(books)["differences"]
    decide(books.office(), [Order(row["id"], "reject")])
    (again,) = reconcile(books)["differences"]
    assert (again["id"], again["status"], again["rule"]) == (row["id"], "rejected", None)
    decide(books.office(), [Order(row["id"], "undo")])
    assert reconcile(books)["differences"] == [row]
