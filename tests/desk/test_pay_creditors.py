"""The creditors' list, payment runs, and the bank lines that settle them."""

from datetime import date

import pytest

from levytool.desk.bank.identify_line import identify_line, said_of
from levytool.desk.bank.pay_creditors import list_payable, list_runs, make_run, withdraw
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.ledger.journal.as_known import AsKnown
from levytool.money import format_pence, parse_pounds
from levytool.problems import UsageError
from tests.desk.banked import Bank
from tests.desk.consortium import book_text
from tests.desk.test_paying_for_places import deliver, pay

PAYEE = "Beech Roofing"


@pytest.fixture
def bank(books):
    """£2,000.00 and £500.00 are owed to Beech Roofing for places, £1,500.00 to Ashgill Training."""
    made = books(book_text())
    made.spend(("2014-03-05", "SALIX", "3000000.00"))
    first, second, third = deliver(made, 3)
    pay(made, first, 2000)
    pay(made, second, 500)
    pay(made, third, 1500, payee="Ashgill Training")
    return Bank(made)


def rows(bank, as_at=None):
    """Payee and what is open of each item."""
    found = list_payable(bank.books.office(), AsKnown(as_at))
    return [(row["payee"], row["reference"], row["open"], row["waiting"]) for row in found]


def owed(bank):
    """What the list comes to by payee, in pence: it must be 2400."""
    found = {}
    for row in list_payable(bank.books.office()):
        found[row["payee"]] = found.get(row["payee"], 0) + parse_pounds(row["open"])
    assert {payee: pence for payee, pence in found.items() if pence} == bank.of("2400")
    return found


def states(bank):
    """The state of every payment by its reference."""
    return {row["reference"]: row["state"] for row in list_runs(bank.books.office())}


def paid(bank, *amounts, party=PAYEE, words="BACS"):
    """The bank pays these amounts, and each line is identified as a payment."""
    numbers = set(bank.rows())
    opening = sum(parse_pounds(row["amount"]) for row in bank.rows().values())
    bank.bring(
        *((date(2014, 4, 11), -pence, f"{words} {number}") for number, pence in enumerate(amounts)),
        today="2014-04-12",
        opening_pence=opening,
    )
    lines = sorted(set(bank.rows()) - numbers)
    for line in lines:
        bank.identify(line, "payment", party, today="2014-04-12")
    return lines


def test_the_list_says_who_is_owed_what_for(bank):
    assert rows(bank) == [
        ("Ashgill Training", "O-000003", "1500.00", "0.00"),
        (PAYEE, "O-000001", "2000.00", "0.00"),
        (PAYEE, "O-000002", "500.00", "0.00"),
    ]
    assert owed(bank) == {"Ashgill Training": 150_000, PAYEE: 250_000}
    assert rows(bank, date(2014, 4, 9)) == []


def test_a_payment_settles_the_oldest_item_first(bank):
    paid(bank, 210_000)
    assert rows(bank)[1:] == [(PAYEE, "O-000002", "400.00", "0.00")]
    assert owed(bank)[PAYEE] == 40_000
    assert rows(bank, date(2014, 4, 11))[1:] == [
        (PAYEE, "O-000001", "2000.00", None),
        (PAYEE, "O-000002", "500.00", None),
    ]


def test_a_payment_taken_back_is_as_if_it_had_not_been(bank):
    (line,) = paid(bank, 210_000)
    bank.identify(line, "charge", instead=True, today="2014-04-12")
    assert [row[2] for row in rows(bank)] == ["1500.00", "2000.00", "500.00"]
    assert owed(bank)[PAYEE] == 250_000


def test_a_run_pays_each_payee_once_for_all_that_is_owed(bank):
    told = make_run(bank.books.office())
    assert [(row["payee"], row["amount"], row["reference"], row["for"]) for row in told.rows] == [
        ("Ashgill Training", "1500.00", "PAY-000001-1", "O-000003"),
        (PAYEE, "2500.00", "PAY-000001-2", "O-000001; O-000002"),
    ]
    # A BACS line's reference holds no more (domain §3.10).
    assert all(len(row["reference"]) <= 18 for row in told.rows)
    assert {row[3] for row in rows(bank)} == {"1500.00", "2000.00", "500.00"}
    assert owed(bank)[PAYEE] == 250_000


def test_a_second_run_pays_only_what_came_since(bank):
    make_run(bank.books.office())
    assert make_run(bank.books.office()).number == ""
    (number,) = deliver(bank.books)
    pay(bank.books, number, 300)
    again = make_run(bank.books.office())
    assert [(row["reference"], row["amount"]) for row in again.rows] == [("PAY-000002-1", "300.00")]


def test_trying_a_run_instructs_nothing(bank):
    tried = make_run(bank.books.office(dry_run=True))
    assert tried.rows == make_run(bank.books.office()).rows


def test_the_bank_lines_settle_the_run(bank):
    make_run(bank.books.office())
    assert set(states(bank).values()) == {"waiting"}
    paid(bank, 250_000)
    assert states(bank) == {"PAY-000001-1": "waiting", "PAY-000001-2": "paid"}
    paid(bank, 150_000, party="Ashgill Training")
    assert set(states(bank).values()) == {"paid"}
    assert bank.of("2400") == {}
    assert make_run(bank.books.office()).number == ""


def test_a_line_that_names_a_payment_needs_no_payee(bank):
    make_run(bank.books.office())
    paid(bank, 250_000, party="", words="PAY 000001 2 x")
    assert states(bank)["PAY-000001-2"] == "paid"
    assert PAYEE not in bank.of("2400")
    bank.bring((date(2014, 4, 13), -100, "no name"), today="2014-04-14", opening_pence=-250_000)
    said = said_of("payment", "", "", None, instead=False)
    with pytest.raises(UsageError, match="who was paid"):
        identify_line(bank.books.office(), "B-000002", said)


def test_a_payment_by_hand_before_the_run_does_not_settle_it(bank):
    paid(bank, 50_000)
    make_run(bank.books.office())
    assert states(bank)["PAY-000001-2"] == "waiting"
    assert list_runs(bank.books.office(), "PAY-000001")[1]["amount"] == "2000.00"
    assert make_run(bank.books.office()).number == ""


def test_what_was_never_sent_is_payable_again(bank):
    make_run(bank.books.office())
    paid(bank, 150_000, party="Ashgill Training")
    told = withdraw(bank.books.office(), "PAY-000001")
    assert [row["state"] for row in told.rows] == ["paid", "withdrawn"]
    assert "nothing to do" in withdraw(bank.books.office(), "pay-000001").said
    again = make_run(bank.books.office())
    assert [(row["reference"], row["amount"]) for row in again.rows] == [
        ("PAY-000002-1", "2500.00")
    ]
    assert "nothing to do" in withdraw(bank.books.office(), "PAY-000001-2").said
    with pytest.raises(UsageError, match="no payment run"):
        withdraw(bank.books.office(), "PAY-000009")


def test_one_payment_of_a_run_may_be_withdrawn(bank):
    make_run(bank.books.office())
    withdraw(bank.books.office(), "PAY-000001-1")
    assert states(bank) == {"PAY-000001-1": "withdrawn", "PAY-000001-2": "waiting"}


def test_a_refund_is_paid_by_a_run_under_the_payers_name(bank):
    bank.bring((date(2014, 4, 9), 10_000, "too much"))
    bank.identify("B-000001", "receipt", "BROOKS")
    refund_receipt(bank.books.office(), "B-000001")
    told = make_run(bank.books.office())
    refund = next(row for row in told.rows if row["payee"] == "BROOKS")
    assert (refund["name"], refund["amount"], refund["for"]) == (
        "Brooks Roofing Ltd",
        format_pence(10_000),
        "B-000001",
    )
