"""Control accounts are the sum of their items, and what differs names its entry."""

import sqlite3
from collections import Counter
from datetime import date

import pytest

from levytool.desk.audit.reconcile_ledger import account_items, reconcile_ledger
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.ledger.proofs.control_accounts import CONTROL_ACCOUNTS
from levytool.money import parse_pounds
from levytool.problems import UsageError
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import Books


@pytest.fixture
def bank(tmp_path):
    """Two invoices; a receipt too large for the first, a refund of its rest, an odd line."""
    books = Books(tmp_path, received_book())
    books.spend((date(2014, 3, 4), "SALIX", "50000"))
    books.spend((date(2014, 3, 5), "SALIX", "20000"))
    bank = Bank(books)
    bank.bring((10, 60_050, "BROOKS INV-000001"), (11, 777, "who is it"), (12, -250, "charge"))
    bank.identify("B-000003", "charge")
    return bank


def _tampered(bank, statement):
    """Change what is stored behind the triggers' back."""
    with sqlite3.connect(bank.books.folder / "books.db") as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
    connection.close()


def _by_account(bank):
    return {row["account"]: row for row in reconcile_ledger(bank.books.office())}


def test_each_control_account_is_the_sum_of_its_open_items(bank):
    rows = _by_account(bank)
    assert list(rows) == [control.account.value for control in CONTROL_ACCOUNTS]
    for code, row in rows.items():
        items = account_items(bank.books.office(), code)
        assert row["ledger"] == row["items"]
        assert row["difference"] == "0.00"
        assert row["differences"] == []
        assert row["open"] == len(items)
        assert sum(parse_pounds(item["amount"]) for item in items) == parse_pounds(row["ledger"])


def test_what_nobody_has_explained_stands_item_by_item(bank):
    assert account_items(bank.books.office(), "2900") == [
        {"dimension": "main", "item": "B-000002", "amount": "7.77"}
    ]


def test_what_is_left_of_a_receipt_stands_until_it_is_owed_back(bank):
    left = [{"dimension": "BROOKS", "item": "B-000001", "amount": "0.50"}]
    assert account_items(bank.books.office(), "2910") == left
    refund_receipt(bank.books.office(), "B-000001")
    assert account_items(bank.books.office(), "2910") == []
    assert _by_account(bank)["2910"]["differences"] == []


def test_debtors_are_their_open_documents(bank):
    items = account_items(bank.books.office(), "1100")
    outstanding = {number: pence for number, pence in bank.open().items() if pence}
    assert {row["item"]: parse_pounds(row["amount"]) for row in items} == outstanding
    assert len(outstanding) == 1


def test_an_account_with_no_items_of_its_own_is_refused(bank):
    with pytest.raises(UsageError, match="4200 is no control account; name one of 1100, 1200"):
        account_items(bank.books.office(), "4200")


def test_a_difference_names_its_entry_even_where_another_hides_it_in_the_total(bank):
    _tampered(
        bank,
        "UPDATE bank_line SET amount_pence = amount_pence + "
        "CASE id WHEN 1 THEN 100 WHEN 2 THEN -100 ELSE 0 END",
    )
    row = _by_account(bank)["1200"]
    assert row["difference"] == "0.00"
    moved = Counter()
    for found in row["differences"]:
        assert found["dimension"] == "main"
        moved[found["entry"]] += parse_pounds(found["ledger"]) - parse_pounds(found["items"])
    assert sorted(moved.values()) == [-100, 100]


def test_an_item_that_no_entry_posted_is_a_difference(bank):
    _tampered(
        bank,
        "INSERT INTO pot_movement (id, member, cohort, kind, amount_pence, scheme, other_member, "
        "entry_id) VALUES (99, 'SALIX', '2014-03', 'released', 5, '', '', 1)",
    )
    row = _by_account(bank)["2200"]
    assert (row["ledger"], row["items"], row["difference"]) == ("0.00", "0.05", "-0.05")
    assert row["differences"] == [
        {"entry": "E-000001", "dimension": "SALIX", "ledger": "0.00", "items": "0.05"}
    ]
