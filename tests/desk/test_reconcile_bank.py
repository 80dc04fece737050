"""Receipts beside documents in the books: what is shown, what is applied, and what stays open."""

import pytest

from levytool.desk.bank.allocate_receipt import allocate_and_write_off
from levytool.desk.bank.match_receipts import TO_DECIDE
from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return
from levytool.periods import parse_period
from levytool.problems import InputRejected, RuleRefused, UsageError
from tests.desk.banked import Bank, received_book

TODAY = "2014-04-10"


@pytest.fixture
def bank(books):
    """Books with INV-000001 of £120.00, INV-000002 of £60.00 and CN-000001 of £12.00, BROOKS's,
    and INV-000003 of £24.00, BEECH's."""
    one = books(received_book())
    one.spend(("2014-03-05", "SALIX", 5_000), ("2014-03-06", "ALDER", 5_000))
    one.spend(("2014-03-07", "SALIX", 5_000))
    one.spend(("2014-03-08", "ALDER", -1_000))
    one.spend(("2014-03-08", "ALDER", 2_000, "BEECH", "", "REGEN"))
    bank = Bank(one)
    yield bank
    bank.prove()


def look(bank, *, apply=False, today=TODAY, **asked):
    """One reconciliation."""
    return reconcile_bank(bank.books.office(today=today), Asked(**asked), apply=apply)


def matched(found):
    """What is matched: receipt, rule, state and documents."""
    return [
        (
            row["receipt"],
            row["rule"],
            row["state"],
            [f"{item['number']} {item['amount']}" for item in row["documents"]],
        )
        for row in found.matched
    ]


def test_it_shows_and_changes_nothing(bank):
    bank.bring((20, 12_000, "BROOKS ROOFING"), (21, 777, "SOMEBODY"))
    posted = bank.books.entries()
    found = look(bank)
    assert matched(found) == [("B-000001", "amount", "certain", ["INV-000001 120.00"])]
    assert [(row["receipt"], row["open"], row["days"]) for row in found.open_receipts] == [
        ("B-000002", "7.77", 20)
    ]
    assert [(row["number"], row["outstanding"]) for row in found.open_documents] == [
        ("INV-000002", "60.00"),
        ("CN-000001", "12.00"),
        ("INV-000003", "24.00"),
    ]
    assert (found.suggestions, found.is_open) == ([], True)
    assert bank.books.entries() == posted


def test_applied_it_allocates_and_remembers_the_rule(bank):
    bank.bring(
        (20, 12_000, "BROOKS ROOFING"),
        (21, 4_800, "brooks roofing ltd"),
        (22, 2_400, "INV-000003"),
    )
    look(bank, apply=True)
    found = look(bank)
    assert matched(found) == [
        ("B-000001", "amount", "allocated", ["INV-000001 120.00"]),
        ("B-000002", "account-cleared", "allocated", ["INV-000002 60.00", "CN-000001 -12.00"]),
        ("B-000003", "document-number", "allocated", ["INV-000003 24.00"]),
    ]
    assert (found.is_open, set(bank.open().values())) == (False, {0})


def test_applying_twice_does_it_once(bank):
    bank.bring((20, 12_000, "BROOKS ROOFING"), (21, 5, "BROOKS ROOFING"))
    look(bank, apply=True)
    posted = bank.books.entries()
    found = look(bank, apply=True)
    assert bank.books.entries() == posted
    assert [row["rule"] for row in found.suggestions] == ["part-payment"]


def test_a_dry_run_shows_what_would_be_and_stores_nothing(bank):
    bank.bring((20, 12_000, "BROOKS ROOFING"))
    posted = bank.books.entries()
    office = bank.books.office(today=TODAY, dry_run=True)
    found = reconcile_bank(office, Asked(), apply=True)
    assert [row["state"] for row in found.matched] == ["allocated"]
    assert bank.books.entries() == posted


def test_what_a_person_took_back_is_only_suggested_again(bank):
    bank.bring((20, 12_000, "BROOKS ROOFING"))
    look(bank, apply=True)
    bank.unallocate("B-000001")
    found = look(bank, apply=True)
    assert matched(found) == []
    assert [(row["receipt"], row["rule"]) for row in found.suggestions] == [("B-000001", "amount")]
    assert bank.open()["INV-000001"] == 12_000


def test_what_a_person_allocated_is_told_so(bank):
    bank.bring((20, 700, "SOMEBODY"))
    bank.allocate("B-000001", "INV-000003")
    assert matched(look(bank)) == [("B-000001", "by-hand", "allocated", ["INV-000003 7.00"])]


def test_a_corrected_return_keeps_the_rule_of_the_receipt_it_had(bank):
    """The document that stands for the old one has its cash, and nobody allocated it by hand."""
    bank.bring((20, 12_000, "BROOKS ROOFING"), (22, 2_400, "INV-000003"))
    look(bank, apply=True)
    before = matched(look(bank))
    for number, net in (("R-000001", "90.00"), ("R-000004", "30.00")):
        path = bank.books.folder / f"{number}.csv"
        path.write_text(f"Date,Member,Net\n2014-03-05,SALIX,{net}\n", encoding="utf-8")
        options = CorrectionOptions(reason="a typing error")
        correct_return(bank.books.office(today=TODAY), number, path, options)
    after = matched(look(bank))
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert [row[3] for row in after] != [row[3] for row in before]


def test_only_the_lines_asked_for_are_looked_at(bank):
    bank.bring((20, 700, "SOMEBODY"))
    assert look(bank, period=parse_period("2014-04")).open_receipts == []
    march = parse_period("2014-03")
    assert len(look(bank, account="main", period=march).open_receipts) == 1
    with pytest.raises(UsageError, match="it has: main"):
        look(bank, account="other")


def advice(bank, *rows):
    """A payer's advice."""
    path = bank.books.folder / "advice.csv"
    path.write_text("\n".join(["Invoice No,Amount paid", *rows]), encoding="utf-8")
    return path


def test_an_advice_places_its_receipt(bank):
    bank.bring((20, 10_000, "PAYER WITHOUT A NAME"))
    path = advice(bank, "INV-000002,60.00", "CN-000001,12.00", "INV-000001,52.00", "Total,100.00")
    look(bank, remittance=path, apply=True)
    assert matched(look(bank)) == [
        (
            "B-000001",
            "remittance",
            "allocated",
            ["INV-000001 52.00", "INV-000002 60.00", "CN-000001 -12.00"],
        )
    ]
    assert bank.open()["INV-000001"] == 6_800


def test_an_advice_needs_its_receipt_named_where_amounts_do_not_tell(bank):
    bank.bring((20, 6_000, "A"), (21, 6_000, "B"))
    path = advice(bank, "INV-000002,60.00")
    with pytest.raises(UsageError, match="--receipt"):
        look(bank, remittance=path)
    found = look(bank, remittance=path, receipt="b-000002")
    assert matched(found) == [("B-000002", "remittance", "certain", ["INV-000002 60.00"])]
    with pytest.raises(UsageError, match="nothing is open on B-000009"):
        look(bank, remittance=path, receipt="B-000009")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["INV-000009,60.00"], "unknown-document"),
        (["INV-000002,60.01"], "unknown-document"),
        (["CN-000001,5.00", "INV-000002,10.00"], "unknown-document"),
        (["INV-000002,sixty"], "not-a-number"),
        (["A thing,60.00"], "unknown-document"),
        (["INV-000002,30.00", "INV-000002,30.00"], "unknown-document"),
    ],
)
def test_an_advice_that_does_not_fit_is_refused(bank, rows, code):
    bank.bring((20, 6_000, "A"))
    with pytest.raises(InputRejected) as refused:
        look(bank, remittance=advice(bank, *rows), receipt="B-000001", apply=True)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert bank.open()["INV-000002"] == 6_000


@pytest.mark.parametrize(
    ("pence", "words", "rows", "rule", "documents", "left"),
    [
        (6_500, "A", ["INV-000002,65.00"], "remittance-overpaid", ["INV-000002 60.00"], 500),
        (6_000, "BROOKS RFG", ["INV-000022,60.00"], "number-mistyped", ["INV-000002 60.00"], 0),
        (
            18_000,
            "BROOKS",
            ["INV-000001,120.00", "PO-77,60.00"],
            "remittance-amount",
            ["INV-000001 120.00", "INV-000002 60.00"],
            0,
        ),
    ],
)
def test_an_advice_that_is_a_little_amiss_is_read(bank, pence, words, rows, rule, documents, left):
    bank.bring((20, pence, words))
    look(bank, remittance=advice(bank, *rows), apply=True)
    found = look(bank)
    assert matched(found) == [("B-000001", rule, "allocated", documents)]
    assert bank.of("2910") == ({"BROOKS": left} if left else {})


def test_a_short_name_and_an_amount_of_its_own_are_matched(bank):
    bank.bring((20, 2_400, "BCH RFNG"), (21, 12_000, "BRKS RFNG"))
    found = look(bank, apply=True)
    assert [(row[1], row[3]) for row in matched(found)] == [
        ("amount-short-name", ["INV-000003 24.00"]),
        ("amount-short-name", ["INV-000001 120.00"]),
    ]


def test_an_advice_of_more_than_was_paid_is_refused(bank):
    bank.bring((20, 5_000, "A"))
    with pytest.raises(InputRejected, match=r"is for £60\.00, but £50\.00"):
        look(bank, remittance=advice(bank, "INV-000002,60.00"), receipt="B-000001")


def test_a_small_difference_is_written_off_by_two_people(bank):
    bank.bring((20, 5_998, "BROOKS"))
    told = allocate_and_write_off(bank.books.office("ann", TODAY), "B-000001", ["INV-000002"])
    proposed = (
        "INV-000002: to write off £0.02 is proposed; it is done once another user gives the same "
        "command"
    )
    assert (bank.open()["INV-000002"], told.said[-2:]) == (2, ("INV-000002: £59.98", proposed))
    with pytest.raises(RuleRefused, match="a second person"):
        allocate_and_write_off(bank.books.office("ann", TODAY), "B-000001", ["INV-000002"])
    told = allocate_and_write_off(bank.books.office("tom", TODAY), "B-000001", ["INV-000002"])
    assert (bank.open()["INV-000002"], told.said) == (0, ("INV-000002: £0.02 is written off",))
    told = allocate_and_write_off(bank.books.office("ann", TODAY), "B-000001", ["INV-000002"])
    assert told.said == ("B-000001 is allocated so already; nothing to do",)


def test_a_difference_of_what_was_allocated_before_is_only_proposed(bank):
    bank.bring((20, 5_998, "BROOKS INV-000002"))
    told = allocate_and_write_off(bank.books.office("ann", TODAY), "b-1", ["INV-000002"])
    assert [one.partition(" is ")[0] for one in told.said] == ["INV-000002: to write off £0.02"]


def test_a_difference_above_the_tolerance_is_no_small_one(bank):
    bank.bring((20, 5_997, "BROOKS"))
    with pytest.raises(RuleRefused, match=r"£0\.03 is open on INV-000002"):
        allocate_and_write_off(bank.books.office("ann", TODAY), "B-000001", ["INV-000002"])
    assert bank.open()["INV-000002"] == 6_000
    with pytest.raises(UsageError, match="needs a bank line"):
        allocate_and_write_off(bank.books.office("ann", TODAY), "", [])


def test_a_credit_that_a_payer_took_off_without_naming_it_is_matched_with_the_rest(bank):
    brought = bank.bring((20, 16_800, "INV-000001 & INV-000002"))
    assert brought.matched == []
    assert brought.undecided == [
        "B-000001 of £168.00 names INV-000001, INV-000002 with £180.00 open, just that less "
        "CN-000001"
    ]
    assert bank.allocate("B-000001").said == (f"{brought.undecided[0]}; {TO_DECIDE}",)
    assert set(bank.open().values()) == {12_000, 6_000, -1_200, 2_400}
    look(bank, apply=True)
    documents = ["INV-000001 120.00", "INV-000002 60.00", "CN-000001 -12.00"]
    assert matched(look(bank)) == [("B-000001", "document-number-credits", "allocated", documents)]
    assert (bank.of("2910"), bank.open()["CN-000001"]) == ({}, 0)


def test_what_no_credit_makes_exact_is_paid_as_it_is_named(bank):
    bank.bring((20, 16_799, "INV-000001 & INV-000002"))
    assert bank.open()["INV-000002"] == 1_201


@pytest.mark.parametrize("days", [(12, 13), (13, 12)])
def test_money_that_names_documents_of_two_payers_waits_for_a_person_whoever_pays_next(bank, days):
    """Once one of them is paid the other is not meant alone."""
    one, other = days
    bank.bring((min(days), 1, "EARLIER"))
    bank.bring((one, 2_400, "INV-000003 INV-000002"), match=False, opening_pence=1)
    bank.bring((other, 6_000, "INV-000002"), match=False, opening_pence=1)
    look(bank, apply=True)
    posted = bank.books.entries()
    found = look(bank, apply=True)
    assert bank.books.entries() == posted
    assert [row[3] for row in matched(found)] == [["INV-000002 60.00"]]


def test_a_doubt_stays_when_the_document_that_made_it_is_paid(bank):
    """INV-000002 for the £120.00 that INV-000001 was: a slip of the pen, or a payment ahead."""
    bank.bring((10, 12_000, "INV-000002"), (11, 12_000, "INV-000001"), match=False)
    look(bank, apply=True)
    posted = bank.books.entries()
    found = look(bank, apply=True)
    assert bank.books.entries() == posted
    assert [row[:2] for row in matched(found)] == [("B-000002", "document-number")]


def test_a_payer_is_named_where_its_reference_follows_in_the_same_field(bank):
    """Banks with one column for text put it behind the name."""
    bank.bring((20, 16_800, "BROOKS ROOFING LEVY SEPT"))
    assert matched(look(bank)) == [
        (
            "B-000001",
            "account-cleared",
            "certain",
            ["CN-000001 -12.00", "INV-000001 120.00", "INV-000002 60.00"],
        )
    ]
