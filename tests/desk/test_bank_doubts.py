"""What an import of a bank statement does not take on trust: other payers, and gaps."""

import pytest

from levytool.desk.bank.match_receipts import TO_DECIDE
from tests.desk.banked import Bank, received_book
from tests.desk.correcting import Returns, received_text

INVOICE = 12_000  # £10,000 at 1% with VAT
LONG_NAME = "[[contractors]]\ncode = 'DUNMOOR'\nname = 'Dunmoor Windows and Doors Ltd'\n"


@pytest.fixture
def bank(books):
    """The bank of books with INV-000001 of £120.00, which BROOKS pays."""
    one = books(received_book(more=LONG_NAME))
    one.spend(("2014-03-05", "SALIX", 5_000), ("2014-03-06", "ALDER", 5_000))
    bank = Bank(one)
    yield bank
    bank.prove()


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("BEECH ROOFING , INV-000001", "BEECH"),
        ("Inv 000001 beech roofing limited", "BEECH"),
        ("SALIX HOMES INV000001", "SALIX"),
        ("DUNMOOR WINDOWS AN , INV-000001", "DUNMOOR"),
    ],
)
def test_a_receipt_of_another_party_and_amount_is_left_to_a_person(bank, words, other):
    outcome = bank.bring((20, 35_435, words))
    assert outcome.undecided == [
        f"B-000001 of £354.35 is by its text from {other}, "
        "but INV-000001 is of BROOKS with £120.00 open"
    ]
    assert (outcome.matched, bank.of("2900")) == ([], {"main": 35_435})
    assert bank.open() == {"INV-000001": INVOICE}
    assert bank.allocate().said == tuple(f"{doubt}; {TO_DECIDE}" for doubt in outcome.undecided)


@pytest.mark.parametrize(
    ("words", "pence"),
    [
        ("BEECH ROOFING , INV-000001", INVOICE),  # paid for another, to the penny
        ("BROOKS ROOFING , INV-000001", 5_000),
        ("BEECH ROOFING , BROOKS ROOFING INV-000001", 5_000),
        ("SOMEBODY ELSE , INV-000001", 5_000),
        ("INV-000001", 5_000),
    ],
)
def test_a_receipt_is_the_payers_unless_text_and_amount_both_deny_it(bank, words, pence):
    outcome = bank.bring((20, pence, words))
    assert [match["party"] for match in outcome.matched] == ["BROOKS"]
    assert (outcome.undecided, bank.open()) == ([], {"INV-000001": INVOICE - pence})


@pytest.mark.parametrize(
    "words", ["INV-000001", "BROOKS ROOFING INV 000001", "BRKS RFNG INV000001"]
)
def test_a_number_that_may_be_a_slip_of_the_pen_is_left_to_a_person(bank, words):
    bank.books.spend(("2014-03-07", "SALIX", 5_000))  # INV-000002 of £60.00
    outcome = bank.bring((20, 6_000, words))
    assert outcome.undecided == [
        "B-000001 of £60.00 names INV-000001, but just £60.00 is open on INV-000002"
    ]
    assert bank.open() == {"INV-000001": INVOICE, "INV-000002": 6_000}
    assert bank.bring((21, 5_999, words)).undecided == []


@pytest.mark.parametrize("net", [["80.00", "90.00"], ["80.00"], []], ids=["twice", "once", "nil"])
def test_a_receipt_for_an_invoice_that_was_replaced_is_pointed_to_the_one_that_stands(
    tmp_path, net
):
    made = Returns(tmp_path, received_text())
    number = made.declare(("A", "05/03/2014", "SALIX", "10000.00"))
    for each in net:
        made.correct(number, ("A", "05/03/2014", "SALIX", each))
        number = f"R-{int(number[2:]) + 1:06}"
    if not net:
        made.correct(number)
    bank = Bank(made)
    outcome = bank.bring((20, INVOICE, "BROOKS INV-000001"))
    assert outcome.matched == []
    stands = f", and INV-00000{1 + len(net)} stands in its place" if net else ""
    assert outcome.undecided == [
        f"B-000001 names INV-000001, which CN-000001 credited{stands}: £120.00 of BROOKS is "
        "allocated to nothing"
    ]
    assert bank.of("2910") == {"BROOKS": INVOICE}
    told = bank.allocate()
    assert told.said == (f"{outcome.undecided[0]}; {TO_DECIDE}",)
    assert [row["line"] for row in told.rows] == ["B-000001"]
    bank.prove()


def test_a_receipt_for_an_invoice_that_is_paid_is_not_matched(bank):
    outcome = bank.bring((20, INVOICE, "INV-000001"), (21, INVOICE, "BROOKS INV-000001"))
    assert [match["receipt"] for match in outcome.matched] == ["B-000001"]
    assert outcome.undecided == [
        "B-000002 names INV-000001, on which nothing is open: £120.00 of BROOKS is allocated to "
        "nothing"
    ]


def test_a_receipt_that_names_a_credit_note_alone_is_not_matched(bank):
    bank.books.spend(("2014-03-08", "SALIX", -1_000))
    outcome = bank.bring((20, 1_200, "BROOKS CN-000001"))
    assert (outcome.matched, outcome.undecided) == ([], [
        "B-000001 names CN-000001 and no invoice: £12.00 of BROOKS is allocated to nothing"
    ])  # fmt: skip


def test_what_is_open_counts_what_the_same_statement_paid(bank):
    outcome = bank.bring((20, 5_000, "BROOKS ROOFING INV-000001"), (21, 7_000, "BEECH INV-000001"))
    assert (len(outcome.matched), outcome.undecided) == (2, [])


def test_a_line_that_a_person_identified_is_not_doubted(bank):
    bank.bring((20, 5_000, "BEECH ROOFING , INV-000001"))
    bank.identify("B-000001", "receipt", "BROOKS")
    bank.allocate()
    assert bank.open() == {"INV-000001": INVOICE - 5_000}


def test_a_gap_between_two_statements_is_told(bank):
    bank.bring((20, 1_000, "A"), (21, 500, "B"))
    outcome = bank.bring((24, 700, "C"), (25, 1, "D"), opening_pence=1_500 + 13_460)
    assert outcome.status == "imported"
    [told] = outcome.as_json()["warnings"]
    assert (told["code"], told["message"]) == (
        "statement-gap",
        "£134.60 lies between this and the last statement of main; import what is missing; if it "
        "is of another account, take it back: levytool bank withdraw --file bank-2.csv --reason "
        "TEXT",
    )
    assert outcome.as_json()["problems"] == []


def test_the_statement_that_was_missing_is_no_gap_and_neither_is_what_follows(bank):
    bank.bring((20, 1_000, "A"))
    bank.bring((28, 700, "C"), opening_pence=1_500)
    assert bank.bring((24, 500, "B"), opening_pence=1_000).warnings == []
    assert bank.bring((29, 1, "D"), opening_pence=2_200).warnings == []


def test_a_gap_is_measured_from_where_the_day_before_it_ends_whatever_came_in_last(bank):
    bank.bring((20, 7_000, "B"), opening_pence=5_000)
    bank.bring((20, 5_000, "A"))
    [told] = bank.bring((25, 500, "C"), opening_pence=14_000).warnings
    assert told.message == "£20.00 lies between this and the last statement of main"


def test_an_overlap_or_a_missing_balance_is_no_gap(bank):
    def gaps(outcome):
        return [item for item in outcome.warnings if item.code == "statement-gap"]

    bank.bring((20, 1_000, "A"), (22, 500, "B"))
    assert gaps(bank.bring((21, 700, "C"), (23, 500, "D"), opening_pence=99)) == []
    bank.books.bank("5.00", "no balance", today="2014-03-24")
    assert gaps(bank.bring((25, 700, "E"), opening_pence=98_765)) == []


def test_the_first_statement_of_an_account_may_open_at_anything(bank):
    outcome = bank.bring((20, 1_000, "A"), opening_pence=5)
    assert (outcome.status, [item.code for item in outcome.warnings]) == (
        "imported",
        ["held-before"],
    )
