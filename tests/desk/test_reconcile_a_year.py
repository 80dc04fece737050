"""A year of spend beside ledgers that differ in known ways: all of it is found, and no more."""

from collections import Counter

from benchmarks.ledger import write_member_ledger
from benchmarks.spend import write_book, write_spend
from levytool.money import format_pence
from tests.desk.reconciling import reconcile, record

LINES = 3_000


def test_every_difference_of_a_year_is_found_and_counted(spending, tmp_path):
    spend = write_spend(tmp_path, LINES)
    ledger, truth = write_member_ledger(tmp_path, spend)
    books = spending(write_book(tmp_path).read_text(encoding="utf-8"))
    assert books.bring(path=spend, accept=True).accepted == LINES
    record(books, path=ledger)
    found = reconcile(books, "FY2025")
    assert truth.amount > 10 and truth.undeclared > 5
    assert found["matched"]["count"] == truth.matched
    assert found["undeclared"]["count"] == truth.undeclared
    assert found["undeclared"]["net"] == format_pence(truth.undeclared_pence)
    assert found["over_declared"]["count"] == truth.over_declared
    reasons = Counter(row["reason"] for row in found["differences"])
    assert reasons["amount"] + reasons["VAT included"] == truth.amount
    assert set(reasons) <= {"undeclared", "over-declared", "amount", "VAT included", "timing"}


def test_the_months_of_a_year_add_up_to_it(spending, tmp_path):
    spend = write_spend(tmp_path, LINES)
    ledger, _truth = write_member_ledger(tmp_path, spend)
    books = spending(write_book(tmp_path).read_text(encoding="utf-8"))
    books.bring(path=spend, accept=True)
    record(books, path=ledger)
    year = reconcile(books, "FY2025")
    months = [
        reconcile(books, f"{2025 + (month > 12)}-{(month - 1) % 12 + 1:02d}")
        for month in range(4, 16)
    ]
    assert sum(month["matched"]["count"] for month in months) == year["matched"]["count"]
    seen = {row["id"] for month in months for row in month["differences"]}
    assert seen == {row["id"] for row in year["differences"]}
    for reason in ("undeclared", "over_declared"):
        assert sum(month[reason]["count"] for month in months) == year[reason]["count"]
