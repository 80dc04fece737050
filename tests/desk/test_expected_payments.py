"""Bank lines that pay what a payment run waits for, a refund among it."""

import pytest

from levytool.desk.bank.pay_creditors import list_runs, make_run
from levytool.desk.bank.refund_receipt import refund_receipt
from tests.desk.banked import Bank, received_book

PAY = "PAY-000001-1"


@pytest.fixture
def bank(books):
    """£50.00 of BROOKS's receipt B-000001 is owed back, and a run has instructed it."""
    bank = Bank(books(received_book()))
    bank.bring((3, 6_000, "A"))
    bank.identify("B-000001", "receipt", "BROOKS")
    refund_receipt(bank.books.office(), "B-000001", 5_000)
    make_run(bank.books.office())
    yield bank
    bank.prove()


def pays(bank, pence, words, **settings):
    """What is said of a bank line of money out."""
    opening = {"opening_pence": 6_000} if "opening_pence" not in settings else {}
    return bank.bring((5, -pence, words), **opening, **settings).payments


def state(bank):
    """The state of the one payment."""
    [row] = list_runs(bank.books.office())
    return row["state"]


def test_a_line_that_quotes_the_payment_is_told_and_identified_without_a_party(bank):
    [told] = pays(bank, 5_000, f"BACS {PAY}")
    assert told == {
        "line": "B-000002",
        "reference": PAY,
        "payee": "BROOKS",
        "amount": "50.00",
        "rule": "reference",
        "command": "levytool bank identify B-000002 --as payment",
    }
    assert state(bank) == "waiting"
    bank.identify("B-000002", "payment")
    assert (state(bank), bank.of("2400"), bank.of("2900")) == ("paid", {}, {})


def test_a_refund_that_quotes_the_payment_needs_no_party_either(bank):
    pays(bank, 5_000, f"BACS {PAY}")
    bank.identify("B-000002", "refund")
    assert (state(bank), bank.of("2400"), bank.of("2910")) == ("paid", {}, {"BROOKS": 1_000})


@pytest.mark.parametrize(
    "words", ["BROOKS ROOFING LTD", "FPO Brooks Roofing Limited 1203", "BROOKS"]
)
def test_a_line_without_reference_is_told_by_its_amount_and_the_payees_name(bank, words):
    [told] = pays(bank, 5_000, words)
    assert (told["reference"], told["rule"]) == (PAY, "amount and name")
    assert told["command"] == "levytool bank identify B-000002 --as payment --party BROOKS"
    bank.identify("B-000002", "payment", "BROOKS")
    assert state(bank) == "paid"


@pytest.mark.parametrize(
    ("pence", "words"),
    [
        (4_999, f"BACS {PAY}"),
        (4_999, "BROOKS ROOFING LTD"),
        (5_000, "BEECH ROOFING LTD"),
        (5_000, "BROOKS ROOFING LTD PAY-000009-1"),
        (5_000, "BACS 1203"),
    ],
)
def test_another_amount_name_or_reference_says_nothing(bank, pence, words):
    assert pays(bank, pence, words) == []


def test_what_is_paid_waits_no_more(bank):
    pays(bank, 5_000, PAY)
    bank.identify("B-000002", "payment")
    assert pays(bank, 5_000, "BROOKS ROOFING again", opening_pence=1_000) == []


def test_money_in_of_that_amount_is_no_payment(bank):
    assert bank.bring((5, 5_000, f"BROOKS {PAY}"), opening_pence=6_000).payments == []
