"""The two sides are laid beside each other alike on SQLite and on PostgreSQL."""

from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.spend.member_ledgers import list_ledgers, withdraw_ledger
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import FLAT, Spending, book_of, framework

BOOK = book_of(framework(FLAT, "from = 2014-03-08\npayer = 'contractor'\nrate = '2%'"))
DECLARED = (
    {},
    {"Invoice": "A2", "Net": "40.00", "Description": "Roof"},
    {"Invoice": "A3", "Net": "70.00", "Date": "2014-03-30"},
    {"Invoice": "A4", "Net": "12.00"},
    {"Invoice": "A4", "Net": "12.00"},
    {"Invoice": "A5", "Net": "55.00", "Member": "ALDER"},
    {"Invoice": "C1", "Net": "-5.00"},
)
RECORDED = (
    {},
    {"Invoice": "A2", "Net": "40.00", "Framework": None, "Date": "2014-03-09"},
    {"Invoice": "A3", "Net": "70.00", "Date": "2014-04-02"},
    {"Invoice": "a 4", "Net": "12.00"},
    {"Invoice": "A5", "Net": "55.00"},
    {"Invoice": "B9", "Net": "44.00"},
)


def told(books):
    """All that is found before and after a decision, a correction's return left out."""
    books.accepted(*DECLARED)
    record(books, *RECORDED)
    before = reconcile(books)
    over_declared = next(d for d in before["differences"] if d["reason"] == "over-declared")
    decide(books.office(), [Order(over_declared["id"], "match", ("M-000001/6",), "one job")])
    after = reconcile(books), reconcile(books, "2014-04"), reconcile(books, member="ALDER")
    withdraw_ledger(books.office(), "M-000001", "wrong")
    books.bring({"Invoice": "Z1"}, supplement=True)
    return before, after, reconcile(books), list_ledgers(books.office())


def test_both_databases_find_the_same(spending, tmp_path, postgres_ledger):
    here = told(spending(BOOK))
    there = tmp_path / "there"
    there.mkdir()
    books = Spending(there, BOOK, postgres_ledger)
    try:
        assert told(books) == here
    finally:
        books.ledger.close()
    before, after, withdrawn, _ledgers = here
    assert before["matched"]["by_rule"] == {
        "exact key": 1,
        "invoice number": 3,
        "invoice of another member": 1,
    }
    assert [d["reason"] for d in before["differences"]].count("timing") == 2
    assert [d["status"] for d in after[0]["differences"]].count("matched") == 1
    assert withdrawn["matched"]["count"] == 0
