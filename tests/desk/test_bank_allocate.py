"""Setting receipts against documents, taking that back, and setting credit notes off."""

import pytest

from levytool.problems import RuleRefused, UsageError
from tests.desk.banked import Bank, received_book

INVOICE = 12_000  # £10,000 at 1% with VAT


@pytest.fixture
def bank(books):
    """A bank with £100.00 in that names nothing; INV-000001 and -2 of BROOKS, -3 of BEECH."""
    one = books(received_book())
    one.spend(("2014-03-05", "SALIX", 5_000), ("2014-03-06", "ALDER", 5_000))
    one.spend(("2014-03-07", "SALIX", 10_000))
    one.spend(("2014-03-07", "SALIX", 10_000, "BEECH"))
    bank = Bank(one)
    bank.bring((20, 10_000, "LEVY"))
    yield bank
    bank.prove()


def test_allocating_makes_an_unknown_line_the_payers_receipt(bank):
    told = bank.allocate("B-000001", "INV-000001")
    assert told.said == ("B-000001 (LEVY) is BROOKS's receipt now", "INV-000001: £100.00")
    assert told.rows[0]["party"] == "BROOKS"
    assert bank.open()["INV-000001"] == 2_000
    # Half-up(100.00 × 100.00 ÷ 120.00) of net, half each; 10% of it retained.
    assert bank.of("2100") == {"ALDER": 4_167 - 417, "SALIX": 4_166 - 417}
    assert bank.of("4100") == {"REGEN": 834}


def test_a_line_whose_text_names_another_party_is_told(bank):
    bank.bring((21, 5_000, "BEECH ROOFING LTD"), opening_pence=10_000)
    told = bank.allocate("B-000002", "INV-000001")
    assert told.said[0] == (
        "B-000002 (BEECH ROOFING LTD) is BROOKS's receipt now, though its text names BEECH; to "
        "undo: levytool bank unallocate B-000002, then levytool bank identify B-000002 --as unknown"
    )


def test_the_oldest_document_is_settled_first_as_far_as_the_money_goes(bank):
    bank.bring((21, 5_000, "MORE"), opening_pence=10_000)
    bank.allocate("B-000001", "INV-000002", "INV-000001")
    assert bank.open() == {"INV-000001": 2_000, "INV-000002": INVOICE, "INV-000003": INVOICE}
    bank.allocate("B-000002", "INV-000002", "INV-000001")
    assert bank.open()["INV-000002"] == INVOICE - 3_000


def test_part_of_a_line_may_be_allocated(bank):
    bank.allocate("B-000001", "INV-000001", amount=2_500)
    assert (bank.of("2910"), bank.open()["INV-000001"]) == ({"BROOKS": 7_500}, INVOICE - 2_500)


@pytest.mark.parametrize("amount", [None, 2_500])
def test_allocating_twice_allocates_once(bank, amount):
    bank.allocate("B-000001", "INV-000001", amount=amount)
    posted = bank.books.entries()
    told = bank.allocate("B-000001", "INV-000001", amount=amount)
    assert told.said == ("B-000001 is allocated so already; nothing to do",)
    assert bank.books.entries() == posted


def test_what_the_line_does_not_have_is_refused(bank):
    with pytest.raises(RuleRefused, match=r"has £100.00 left, not £100.01"):
        bank.allocate("B-000001", "INV-000001", amount=10_001)
    bank.allocate("B-000001", "INV-000001")
    with pytest.raises(RuleRefused, match="nothing is left of the receipt B-000001"):
        bank.allocate("B-000001", "INV-000002")


def test_a_settled_document_takes_no_more(bank):
    bank.bring((21, INVOICE, "INV-000001"), opening_pence=10_000)
    with pytest.raises(RuleRefused, match="nothing is open on INV-000001"):
        bank.allocate("B-000001", "INV-000001")


def test_a_receipt_pays_its_own_payers_documents_only(bank):
    bank.identify("B-000001", "receipt", "BEECH")
    with pytest.raises(RuleRefused, match="identified as BEECH, not as a receipt of BROOKS"):
        bank.allocate("B-000001", "INV-000001")
    with pytest.raises(RuleRefused, match="documents of one payer at a time"):
        bank.allocate("B-000001", "INV-000001", "INV-000003")


def test_money_out_settles_no_document(bank):
    bank.bring((21, -500, "INV-000001"), opening_pence=10_000)
    with pytest.raises(RuleRefused, match="money out"):
        bank.allocate("B-000002", "INV-000001")


def test_what_is_not_there_is_told(bank):
    with pytest.raises(UsageError, match="no document INV-000009"):
        bank.allocate("B-000001", "INV-000009")
    with pytest.raises(UsageError, match="no bank line B-000009"):
        bank.allocate("B-000009", "INV-000001")
    with pytest.raises(UsageError, match="--amount needs"):
        bank.allocate("B-000001", amount=100)
    with pytest.raises(UsageError, match="more than"):
        bank.allocate("B-000001", "INV-000001", amount=0)


def test_without_documents_the_lines_own_text_names_them(bank):
    bank.bring((21, 500, "INV-000001"), opening_pence=10_000, match=False)
    assert bank.allocate("B-000002").said == ("B-000002: BROOKS, INV-000001",)
    assert "names a document" in bank.allocate("B-000001").said[0]


def test_a_person_who_took_an_allocation_back_is_not_overruled(bank):
    bank.bring((21, 500, "INV-000001"), opening_pence=10_000)
    bank.unallocate("B-000002")
    bank.allocate()
    assert bank.of("2910") == {"BROOKS": 500}


def test_taking_an_allocation_back_leaves_the_books_as_they_were(bank):
    bank.identify("B-000001", "receipt", "BROOKS")
    before, open_before = bank.everything(), bank.open()
    bank.allocate("B-000001", "INV-000001", amount=3_333)
    bank.allocate("B-000001", "INV-000001", "INV-000002")
    bank.unallocate("B-000001")
    assert (bank.everything(), bank.open()) == (before, open_before)
    assert bank.unallocate("B-000001").said == ("B-000001: nothing is allocated there",)


def test_what_was_taken_back_before_is_said_to_be(bank):
    bank.bring((21, 14_000, "INV-000001 INV-000002"), opening_pence=10_000)
    bank.unallocate("B-000002", "INV-000001")
    before = bank.everything()
    again = bank.unallocate("B-000002", "INV-000001")
    assert again.said == (
        "B-000002: INV-000001 is allocated there no longer; INV-000002 is (£20.00)",
    )
    assert bank.everything() == before
    mixed = bank.unallocate("B-000002", "INV-000001", "INV-000002")
    assert mixed.said == ("B-000002: INV-000001 is allocated there no longer; nothing is",)
    assert bank.of("2910") == {"BROOKS": 14_000}


def test_what_was_never_allocated_is_refused_with_what_is(bank):
    bank.bring((21, 14_000, "INV-000001 INV-000002"), opening_pence=10_000)
    before = bank.everything()
    with pytest.raises(RuleRefused) as refused:
        bank.unallocate("B-000002", "INV-000001", "INV-000003")
    assert str(refused.value) == (
        "INV-000003 was never allocated from B-000002; INV-000001 is (£120.00), INV-000002 is "
        "(£20.00); see: levytool explain B-000002"
    )
    assert bank.everything() == before
    with pytest.raises(RuleRefused, match="from B-000001; nothing is; see: levytool explain B"):
        bank.unallocate("B-000001", "INV-000001")
    with pytest.raises(UsageError, match="no document INV-000009"):
        bank.unallocate("B-000002", "INV-000009")


def test_one_document_may_be_taken_back_alone(bank):
    bank.bring((21, 14_000, "INV-000001 INV-000002"), opening_pence=10_000)
    bank.unallocate("B-000002", "INV-000001")
    assert bank.open() == {"INV-000001": INVOICE, "INV-000002": 10_000, "INV-000003": INVOICE}
    assert bank.of("2910") == {"BROOKS": INVOICE}


def test_payments_taken_back_out_of_order_still_move_each_members_net(bank):
    bank.allocate("B-000001", "INV-000001", amount=3_333)
    bank.bring((21, 8_667, "INV-000001"), opening_pence=10_000)
    bank.unallocate("B-000001")
    bank.allocate("B-000001", "INV-000001")
    assert bank.open()["INV-000001"] == 0
    assert bank.of("2100") == {"ALDER": 4_500, "SALIX": 4_500}


@pytest.fixture
def credited(bank):
    """The same, with CN-000001 of £12.00 for BROOKS."""
    bank.books.spend(("2014-03-08", "SALIX", -1_000))
    return bank


def test_a_named_credit_note_comes_off_the_payment(credited):
    told = credited.allocate("B-000001", "INV-000001", "CN-000001")
    assert told.said[1:] == ("CN-000001: -£12.00", "INV-000001: £112.00")
    assert credited.open()["INV-000001"] == 800
    assert credited.of("2910") == {}


def test_a_credit_note_that_paid_for_invoices_is_not_taken_back_without_them(credited):
    credited.allocate("B-000001", "INV-000001", "CN-000001")
    with pytest.raises(RuleRefused, match="take the invoices back with it"):
        credited.unallocate("B-000001", "CN-000001")
    credited.unallocate("B-000001")
    assert (credited.open()["CN-000001"], credited.of("2910")) == (-1_200, {"BROOKS": 10_000})


def test_a_credit_note_set_against_an_invoice_settles_both_without_cash(credited):
    before = credited.everything()
    told = credited.allocate("CN-000001", "INV-000001")
    assert told.said == ("INV-000001: £12.00",)
    assert [row["number"] for row in told.rows] == ["CN-000001", "INV-000001"]
    assert credited.open() == {
        "INV-000001": INVOICE - 1_200,
        "INV-000002": INVOICE,
        "INV-000003": INVOICE,
        "CN-000001": 0,
    }
    # £10.00 of the invoice's levy is received, ALDER's and SALIX's alike; the note's was SALIX's.
    assert credited.of("2100") == {"ALDER": 450, "SALIX": -450}
    assert credited.of("4100") == {}
    assert credited.allocate("CN-000001", "INV-000001").said == (
        "nothing is open on both sides; nothing to do",
    )
    credited.unallocate("CN-000001", "INV-000001")
    assert credited.everything() == before
    assert credited.unallocate("CN-000001").said == ("CN-000001 is set against nothing there",)
    assert credited.unallocate("CN-000001", "INV-000001").said == (
        "CN-000001: INV-000001 is set against it no longer; nothing is",
    )
    with pytest.raises(RuleRefused, match="INV-000002 was never set against CN-000001; nothing is"):
        credited.unallocate("CN-000001", "INV-000002")
    credited.allocate("CN-000001", "INV-000001")
    with pytest.raises(RuleRefused, match=r"CN-000001; INV-000001 is \(£12.00\); see"):
        credited.unallocate("CN-000001", "INV-000002")


def test_a_credit_note_is_set_against_invoices_of_its_payer_only(credited):
    with pytest.raises(RuleRefused, match="one payer"):
        credited.allocate("CN-000001", "INV-000003")
    with pytest.raises(RuleRefused, match="name it first"):
        credited.allocate("INV-000001", "INV-000002")
    with pytest.raises(UsageError, match="name the invoices"):
        credited.allocate("CN-000001")
