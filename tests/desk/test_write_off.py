"""Writing off what a payer will not pay: who bears it, and what the books show of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.desk.audit.check_books import check_books
from levytool.desk.brokerage.list_pots import list_pots
from levytool.desk.levy.allocating import OpenDocument
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.levy.take_back_write_off import take_back_write_off
from levytool.desk.levy.write_off import write_off
from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.returns.charge_defaults import charge_defaults
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return, correct_to_nil
from levytool.ledger.documents.allocations import DocumentLevy
from levytool.ledger.documents.documents import StoredDocument
from levytool.money import parse_pounds
from levytool.periods import Month, parse_period
from levytool.problems import RuleRefused, UsageError
from tests.desk.banked import RETAINED, Bank, received_book
from tests.desk.consortium import TODAY, acting, book_text

MARCH = "2014-03-05"


def with_spend(books):
    """INV-000001 to BROOKS: £100.00 of SALIX and £50.00 of ALDER, and VAT of £30.00."""
    books.spend((MARCH, "SALIX", "10000.00"), (MARCH, "ALDER", "5000.00"))
    return Bank(books)


@pytest.fixture
def bank(books):
    """Books whose pots are funded by what is received."""
    bank = with_spend(books(received_book()))
    yield bank
    bank.prove()
    assert all(check.ok for check in check_books(bank.books.office()))


@pytest.fixture
def billed(books):
    """Books whose pots are funded by what is billed; 10% is retained."""
    bank = with_spend(books(book_text(opportunities=None, framework=RETAINED)))
    yield bank
    bank.prove()
    assert all(check.ok for check in check_books(bank.books.office()))


def agree(bank, number="INV-000001", amount=None, reason="in liquidation", today=TODAY):
    """Two users write an invoice off."""
    write_off(bank.books.office("ann", today), number, amount, reason)
    return write_off(bank.books.office("ben", today), number, amount, reason)


def test_a_write_off_takes_two_people(bank):
    before = bank.everything()
    row = write_off(bank.books.office("ann"), "INV-000001", None, "in liquidation")
    assert (row["status"], row["outstanding"]) == ("proposed", "180.00")
    with pytest.raises(RuleRefused, match="second person"):
        write_off(bank.books.office("ann"), "INV-000001", None, "in liquidation")
    assert bank.everything() == before
    row = write_off(bank.books.office("ben"), "INV-000001", None, "in liquidation")
    assert (row["status"], row["outstanding"]) == ("done", "0.00")


def test_another_amount_or_reason_is_another_proposal(bank):
    write_off(bank.books.office("ann"), "INV-000001", 6_000, "in liquidation")
    other = write_off(bank.books.office("ben"), "INV-000001", 7_000, "in liquidation")
    again = write_off(bank.books.office("cat"), "INV-000001", 6_000, "gone away")
    assert (other["status"], again["status"]) == ("proposed", "proposed")


def test_in_received_mode_members_lose_what_they_were_waiting_for(bank):
    row = agree(bank)
    assert (row["received"], row["written_off"]) == ("0.00", "180.00")
    assert bank.of("1100") == bank.of("2000") == bank.of("2100") == {}
    assert bank.of("6200") == {"": -3_000}
    assert bank.of("2500") == {"": 3_000}


def test_in_billed_mode_the_fund_and_what_was_retained_bear_it(billed):
    assert billed.of("4100") == {"REGEN": 1_500}
    agree(billed)
    assert billed.of("1100") == billed.of("2100") == billed.of("4100") == {}
    assert billed.of("6200") == {"": -3_000}


def test_the_rest_of_a_part_paid_invoice_is_written_off(bank):
    bank.bring((20, 6_000, "INV-000001"))
    row = agree(bank)
    assert (row["received"], row["written_off"]) == ("60.00", "120.00")
    assert bank.of("2100") == {"SALIX": 3_000, "ALDER": 1_500}
    assert bank.of("4100") == {"REGEN": 500}
    assert bank.of("2000") == {}


def test_what_is_retained_later_is_a_share_of_what_was_paid_alone(bank):
    agree(bank, amount=9_000)
    bank.bring((20, 9_000, "INV-000001"))
    assert bank.open() == {"INV-000001": 0}
    assert bank.of("4100") == {"REGEN": 750}
    assert bank.of("2100") == {"SALIX": 4_500, "ALDER": 2_250}


def test_a_written_off_invoice_takes_no_more_money(bank):
    agree(bank)
    bank.bring((20, 18_000, "INV-000001"))
    assert bank.of("2910") == {"BROOKS": 18_000}


def test_doing_it_again_does_nothing(bank):
    agree(bank, amount=6_000)
    posted = bank.books.entries()
    row = write_off(bank.books.office("cat"), "INV-000001", 6_000, "in liquidation")
    assert row["status"] == "done-before"
    agree(bank)
    row = write_off(bank.books.office("cat"), "INV-000001", None, "in liquidation")
    assert row["status"] == "done-before"
    assert bank.books.entries() == posted + 1


def test_trying_it_stores_nothing(bank):
    tried = bank.books.office("ann", dry_run=True)
    assert write_off(tried, "INV-000001", None, "why")["status"] == "proposed"
    assert write_off(tried, "INV-000001", None, "why")["status"] == "proposed"


@pytest.mark.parametrize("amount", [18_001, 0, -1])
def test_only_what_is_outstanding_is_written_off(bank, amount):
    with pytest.raises((RuleRefused, UsageError)):
        write_off(bank.books.office(), "INV-000001", amount, "why")


def test_a_paid_invoice_a_credit_note_and_a_reason_of_nothing_are_refused(bank):
    bank.bring((20, 18_000, "INV-000001"))
    bank.books.spend((MARCH, "SALIX", "-100.00"))
    with pytest.raises(RuleRefused, match="of INV-000001 is outstanding"):
        write_off(bank.books.office(), "INV-000001", None, "why")
    with pytest.raises(RuleRefused, match="bank allocate CN-000001"):
        write_off(bank.books.office(), "CN-000001", None, "why")
    with pytest.raises(UsageError, match="--reason"):
        write_off(bank.books.office(), "INV-000001", None, "  ")


def test_a_default_charge_ends_with_its_return_and_is_not_written_off(books):
    setting = "default_charge = true\ncontractors = [{ code = 'BROOKS' }]"
    office = books(received_book(framework=setting)).office(today="2014-05-20")
    charge_defaults(office, parse_period("2014-03"))
    with pytest.raises(RuleRefused, match="default charge"):
        write_off(office, "INV-000001", None, "why")


@pytest.mark.parametrize("made", ["bank", "billed"])
def test_a_correction_takes_the_write_off_back_with_the_debt(made, request):
    bank = request.getfixturevalue(made)
    agree(bank, amount=6_000)
    path = bank.books.folder / "again.csv"
    path.write_text("Invoice,Date,Member,Net\nX,05/03/2014,SALIX,4000.00\n", encoding="utf-8")
    told = correct_return(bank.books.office(), "R-000001", path, CorrectionOptions())
    assert bank.of("6200") == {}
    assert sum(bank.open().values()) == 4_800
    [warning] = told.warnings
    assert (warning.code, warning.value) == ("write-off-taken-back", "INV-000001")
    assert "£60.00 that was written off INV-000001 is taken back with it" in str(warning)


def test_a_correction_says_nothing_of_a_write_off_that_was_taken_back_before(bank):
    agree(bank, amount=6_000)
    for user in ("ann", "ben"):
        take_back_write_off(bank.books.office(user), "INV-000001", "it is paid after all")
    assert correct_to_nil(bank.books.office(), "R-000001").warnings == []


def test_statements_and_pots_tell_written_off_from_received(bank):
    bank.bring((20, 6_000, "INV-000001"))
    agree(bank, amount=6_000, today="2014-04-10")
    office = bank.books.office()
    told = member_statement(office, "SALIX", parse_period("2014-03..2014-04"))
    line = told.spend[0]
    assert (line.billed_pence, line.received_pence, line.outstanding_pence) == (
        10_000,
        3_333,
        3_334,
    )
    assert told.aged.total_pence == 3_334
    assert told.levy.period.written_off_pence == 3_333
    assert told.levy.period.received_pence == 3_333
    received = {row["member"]: row["received"] for row in list_pots(office)}
    assert (received["SALIX"], received["ALDER"]) == ("33.33", "16.67")


def test_before_it_happened_the_statement_shows_the_debt(bank):
    agree(bank, today="2014-05-02")
    told = member_statement(bank.books.office(), "SALIX", parse_period("2014-04"))
    assert told.aged.total_pence == 10_000
    told = member_statement(bank.books.office(), "SALIX", parse_period("2014-05"))
    assert told.aged.total_pence == 0


def test_the_document_list_always_adds_up(bank):
    bank.bring((20, 6_000, "INV-000001"))
    agree(bank, amount=5_000)
    for row in list_documents(bank.books.office()):
        parts = sum(parse_pounds(row[name]) for name in ("received", "written_off", "outstanding"))
        assert (
            parts
            == parse_pounds(row["gross"])
            == parse_pounds(row["net"]) + parse_pounds(row["vat"])
        )


def _opened(net, vat_pence, funded_on, retained_ppm):
    total = sum(net.values())
    day = acting().today
    stored = StoredDocument(
        *(1, "INV-000001", "invoice", "contractor", "BROOKS", 1, "REGEN", Month.of(day), day, day),
        *(total, 200_000, vat_pence, 1, 0),
    )
    return OpenDocument(stored, DocumentLevy(day, funded_on, net), retained_ppm)


@given(
    net=st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 10**7), min_size=1),
    vat_pence=st.integers(0, 10**6),
    cut=st.integers(0, 100),
    retained_ppm=st.integers(0, 1_000_000),
    funded_on=st.sampled_from(["received", "billed"]),
)
def test_paid_in_part_and_written_off_every_member_comes_out_even(
    net, vat_pence, cut, retained_ppm, funded_on
):
    opened = _opened(net, vat_pence, funded_on, retained_ppm)
    paid_pence = opened.open_pence * cut // 100
    paid = opened.settle(paid_pence) if paid_pence else {}
    lost = opened.write_off(opened.open_pence) if opened.open_pence else {}
    for member, pence in net.items():
        parts = [shares[member].net_pence for shares in (paid, lost) if member in shares]
        assert sum(parts) == pence
    assert all(0 <= share.retained_pence <= share.net_pence for share in lost.values())
    if funded_on == "received":
        assert all(share.retained_pence == 0 for share in lost.values())
