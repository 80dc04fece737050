"""What a line of money out may be: what is owed by name or amount, else both ways to say it."""

import pytest

from levytool.desk.bank.pay_creditors import make_run
from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.ledger.journal.entries import entries_by_id, last_entry
from tests.desk.banked import Bank, received_book

WHOLE = 12_000
"""What the bank holds before money goes out."""


@pytest.fixture
def bank(books):
    """£50.00 of BROOKS's £60.00 is owed back to it, £30.00 of BEECH's, which has £20.00 more."""
    bank = Bank(books(received_book()))
    bank.bring((3, 6_000, "A"), (3, 3_000, "B"), (3, 2_000, "C"), (4, 1_000, "D"))
    for number, payer in enumerate(("BROOKS", "BEECH", "BEECH", "SALIX"), 1):
        bank.identify(f"B-00000{number}", "receipt", payer)
    refund_receipt(bank.books.office(), "B-000001", 5_000)
    refund_receipt(bank.books.office(), "B-000002", 3_000)
    yield bank
    bank.prove()


def hint(bank, pence, words):
    """The command for a line of money out, and why."""
    bank.bring((5, -pence, words), opening_pence=WHOLE)
    (row,) = reconcile_bank(bank.books.office(), Asked()).open_payments
    return row["command"].removeprefix("levytool bank identify B-000005 "), row["because"]


@pytest.mark.parametrize(
    ("pence", "words", "command"),
    [
        (5_000, "BROOKS REFUND", "--as refund --party BROOKS"),
        (5_000, "FPO 1203", "--as refund --party BROOKS"),
        (4_000, "BROOKS ROOFING LTD", "--as refund --party BROOKS"),
        (3_000, "BEECH, REFUND", "--as refund --party BEECH"),
        (4_500, "BEECH REFUND", "--as refund --party BEECH"),
        (6_500, "BROOKS REFUND", "--as refund --party BROOKS --amount 50.00"),
        (900, "SALIX REFUND", "--as refund --party SALIX"),
        (750, "ACCOUNT CHARGES", "--as charge"),
        (5_000, "SERVICE CHARGES", "--as charge"),
    ],
)
def test_what_is_owed_comes_before_a_charge(bank, pence, words, command):
    assert hint(bank, pence, words)[0] == command


def test_the_command_does_what_it_says(bank):
    assert hint(bank, 5_000, "BROOKS REFUND")[1] == "BROOKS is owed £50.00"
    bank.identify("B-000005", "payment", "BROOKS")
    assert bank.of("2400") == {"BEECH": 3_000}


def test_a_refund_that_a_payment_run_has_is_paid_as_its_other_payments(bank):
    make_run(bank.books.office())
    assert hint(bank, 5_000, "BROOKS REFUND")[0] == "--as payment --party BROOKS"


def test_a_payment_that_is_not_of_what_its_run_says_is_told_so(bank):
    make_run(bank.books.office())
    command, because = hint(bank, 3_300, "BEECH PAY-000001-1")
    assert command == "--as payment --amount 30.00"
    assert because == "it quotes PAY-000001-1, £30.00 to BEECH, not £33.00"
    bank.identify("B-000005", "payment", amount=3_000)
    assert bank.rows()["B-000005"]["unidentified"] == "-3.00"


@pytest.mark.parametrize(
    ("words", "party", "why"),
    [("SALIX REFUND", "SALIX", "nothing that fits is owed to SALIX"), ("WHO", "P", "it fits noth")],
)
def test_what_fits_nothing_is_told_both_ways(bank, words, party, why):
    command, because = hint(bank, 1_100, words)
    assert f"--as payment --party {party} once what it pays is recorded" in command
    assert f"--as refund --party {party} for money given back" in command
    assert command.endswith(
        "--as charge for the bank's own fees, --as charge "
        f"--party {party} for what the consortium costs to run"
    )
    assert because.startswith(why)


def test_a_running_cost_is_a_charge_and_the_journal_says_who_was_paid(bank):
    bank.bring((5, -4_500, "ICO, DD REGISTRATION"), opening_pence=WHOLE)
    row = bank.identify("B-000005", "charge", "ICO").rows[0]
    assert (row["as"], row["party"], bank.of("6100")) == ("charge", "ICO", {"": -4_500})
    with bank.books.reading() as connection:
        last = last_entry(connection)
        told = entries_by_id(connection, [last])[last].narrative
    assert told == "Running cost paid to ICO"


def test_two_payees_that_the_amount_fits_are_nobody(bank):
    refund_receipt(bank.books.office(), "B-000003", 2_000)
    assert hint(bank, 5_000, "FPO 1203")[0].startswith("--as payment --party P once")
