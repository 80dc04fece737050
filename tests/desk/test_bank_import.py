"""Importing bank statements: posted once, proved, and matched by document number."""

from datetime import date

import pytest

from levytool.desk.audit.read_ledger import list_journal
from levytool.desk.bank.import_bank import import_bank
from levytool.ledger.journal.entries import entries_by_id
from levytool.problems import UsageError
from tests.bank.exports import day
from tests.bank.renderers import mt940
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import book_text

INVOICE = 12_000  # £10,000 at 1% with VAT


@pytest.fixture
def bank(books):
    """The bank of books with INV-000001 of £120.00, half ALDER's and half SALIX's levy."""
    one = books(received_book())
    one.spend(("2014-03-05", "SALIX", 5_000), ("2014-03-06", "ALDER", 5_000))
    bank = Bank(one)
    yield bank
    bank.prove()


def test_each_line_posts_to_the_bank_on_the_day_it_was_booked(bank):
    outcome = bank.bring((20, 5_000, "CASH"), (21, -750, "CHARGES"), opening_pence=100)
    told = outcome.as_json()
    assert (told["status"], told["format"], told["account"]) == ("imported", "csv", "main")
    assert (told["rows"], told["net"], told["lines"]) == (2, "42.50", {"new": 2, "seen": 0})
    assert told["statements"] == [
        {
            "account": None,
            "opening": "1.00",
            "closing": "43.50",
            "entries": 2,
            "net": "42.50",
            "proves": True,
        }
    ]
    assert (bank.of("1200"), bank.of("2900")) == ({"main": -4_250}, {"main": 4_250})
    with bank.books.reading() as connection:
        first, second = entries_by_id(connection, (2, 3)).values()
    assert (first.effective, second.effective) == (date(2014, 3, 20), date(2014, 3, 21))
    assert (first.reference, first.narrative) == ("B-000001", "CASH")
    assert len(first.facts_digest) == 64


def test_a_receipt_that_names_its_invoice_is_allocated_at_once(bank):
    outcome = bank.bring((20, INVOICE, "BROOKS ROOFING , inv 000001"))
    assert outcome.matched == [
        {
            "receipt": "B-000001",
            "rule": "document-number",
            "party": "BROOKS",
            "documents": [{"number": "INV-000001", "amount": "120.00"}],
            "unallocated": "0.00",
        }
    ]
    assert bank.of("2900") == bank.of("2910") == bank.of("1100") == bank.of("2000") == {}
    assert bank.of("2100") == {"ALDER": 4_500, "SALIX": 4_500}
    assert bank.of("4100") == {"REGEN": 1_000}
    row = bank.rows()["B-000001"]
    assert (row["state"], row["as"], row["party"]) == ("explained", "receipt", "BROOKS")
    assert (row["documents"], row["date"], row["amount"]) == (
        ["INV-000001"],
        "2014-03-20",
        "120.00",
    )


def test_what_an_import_explains_is_dated_as_the_receipt_or_its_document(bank):
    bank.bring((20, 6_000, "INV-000001"), (date(2014, 4, 2), 6_000, "INV-000001"))
    with bank.books.reading() as connection:
        found = entries_by_id(connection, range(4, 8)).values()
    days = [(entry.kind, entry.effective.isoformat()) for entry in found]
    # The invoice of March is posted on 31 March, and nothing settles it before that.
    assert days == [
        ("receipt", "2014-03-20"),
        ("allocation", "2014-03-31"),
        ("receipt", "2014-04-02"),
        ("allocation", "2014-04-02"),
    ]


def test_one_payment_for_several_documents_settles_the_oldest_first(bank):
    bank.books.spend(("2014-02-05", "SALIX", 10_000))
    bank.bring((20, 15_000, "INV-000002 INV-000001"))
    assert bank.open() == {"INV-000001": 0, "INV-000002": 9_000}


def test_an_overpayment_stays_with_its_payer(bank):
    outcome = bank.bring((20, INVOICE + 83, "INV-000001"))
    assert outcome.matched[0]["unallocated"] == "0.83"
    assert bank.of("2910") == {"BROOKS": 83}
    assert bank.rows(only_open=True)["B-000001"]["state"] == "unallocated"


def test_an_invoice_paid_twice_is_known_as_the_payers_money(bank):
    bank.bring((20, INVOICE, "INV-000001"), (21, INVOICE, "INV-000001"))
    assert (bank.of("2900"), bank.of("2910")) == ({}, {"BROOKS": INVOICE})


def test_a_credit_note_named_with_an_invoice_comes_off_the_payment(bank):
    bank.books.spend(("2014-03-07", "SALIX", -1_000))
    bank.bring((20, INVOICE - 1_200, "INV-000001 CN-000001"))
    assert bank.open() == {"INV-000001": 0, "CN-000001": 0}
    assert bank.of("2000") == bank.of("2910") == {}
    assert bank.of("2100") == {"ALDER": 4_500, "SALIX": 3_600}
    assert bank.of("4100") == {"REGEN": 900}


def test_a_credit_note_named_alone_is_left_to_a_person(bank):
    bank.books.spend(("2014-03-07", "SALIX", -1_000))
    bank.bring((20, 100, "CN-000001"))
    assert bank.of("2910") == {"BROOKS": 100}
    assert bank.open()["CN-000001"] == -1_200


def test_documents_of_two_payers_are_left_to_a_person(bank):
    bank.books.spend(("2014-03-07", "SALIX", 1_000, "BEECH"))
    outcome = bank.bring((20, INVOICE, "INV-000001 INV-000002"))
    assert outcome.undecided == ["B-000001 names documents of BEECH, BROOKS"]
    assert (outcome.matched, bank.of("2900")) == ([], {"main": INVOICE})


def test_money_out_and_unknown_numbers_match_nothing(bank):
    outcome = bank.bring((20, -INVOICE, "INV-000001"), (20, 500, "INV-000099"))
    assert outcome.matched == []
    assert bank.open() == {"INV-000001": INVOICE}


def test_matching_may_be_left_for_later(bank):
    assert bank.bring((20, INVOICE, "INV-000001"), match=False).matched == []
    assert bank.of("2900") == {"main": INVOICE}
    assert bank.allocate().said == ("B-000001: BROOKS, INV-000001",)
    assert bank.of("2900") == bank.of("1100") == {}
    assert bank.allocate().rows == []


def test_in_billed_mode_only_the_debt_is_settled(books):
    one = books(book_text(opportunities=None, framework="retained = '10%'"))
    one.spend(("2014-03-05", "SALIX", 10_000))
    bank = Bank(one)
    before = bank.of("2100"), bank.of("4100")
    bank.bring((20, INVOICE, "INV-000001"))
    assert (bank.of("2100"), bank.of("4100")) == before == ({"SALIX": 9_000}, {"REGEN": 1_000})
    assert bank.of("1100") == {}
    bank.prove()


def test_the_same_file_again_is_recognised_by_its_content(bank):
    first = bank.bring((20, INVOICE, "INV-000001"))
    posted = bank.books.entries()
    again = bank.bring((20, INVOICE, "INV-000001"))
    assert (again.status, again.sha256, again.seen) == ("seen-before", first.sha256, 1)
    assert again.file != first.file
    assert again.matched == first.matched
    assert bank.books.entries() == posted


def test_lines_of_an_overlapping_statement_come_in_once(bank):
    bank.bring((20, 500, "A"), (21, 500, "A"))
    outcome = bank.bring((21, 500, "A"), (22, 700, "B"), opening_pence=500, newest_first=True)
    assert outcome.as_json()["lines"] == {"new": 1, "seen": 1}
    assert bank.of("1200") == {"main": -1_700}


def test_two_equal_receipts_on_one_day_are_both_real(bank):
    bank.bring((20, 500, "A"), (20, 500, "A"))
    assert bank.of("1200") == {"main": -1_000}
    # A longer statement of the same day shows a third.
    outcome = bank.bring((20, 500, "A"), (20, 500, "A"), (20, 500, "A"))
    assert outcome.as_json()["lines"] == {"new": 1, "seen": 2}
    assert bank.of("1200") == {"main": -1_500}


def test_a_statement_that_does_not_prove_stores_nothing(bank):
    path = bank.write([(20, 500, "A"), (21, 500, "B")])
    path.write_text(path.read_text().replace("10.00", "11.00"))
    posted = bank.books.entries()
    outcome = bank.bring((20, 500, "A"))
    assert outcome.status == "imported"
    refused = import_bank(bank.books.office(), path)
    assert (refused.status, [item.code for item in refused.problems]) == (
        "rejected",
        ["balance-differs"],
    )
    assert bank.books.entries() == posted + 1
    assert import_bank(bank.books.office(), path).status == "rejected"


def test_a_dry_run_says_the_same_and_stores_nothing(bank):
    tried = bank.bring((20, INVOICE, "INV-000001"), dry_run=True)
    done = bank.bring((20, INVOICE, "INV-000001"))
    assert (tried.status, done.status) == ("dry-run", "imported")
    told, done_told = tried.as_json(), done.as_json()
    differing = {key for key, value in told.items() if value != done_told[key]}
    assert differing == {"file", "status"}


def test_a_line_of_a_closed_month_posts_in_the_next_open_one(bank):
    bank.books.close("2014-03")
    bank.bring((20, INVOICE, "INV-000001"))
    with bank.books.reading() as connection:
        entries = entries_by_id(connection, (2, 3, 4))
    assert [entry.effective.isoformat() for entry in entries.values()] == ["2014-04-01"] * 3
    # The line's own month is its tag; what it pays has that of the document.
    tags = {str(row["reporting_period"]) for row in list_journal(bank.books.office())}
    assert str(entries[2].reporting_period) == "2014-03"
    assert tags <= {"2014-03", "None"}
    bank.bring((date(2014, 4, 2), 500, "SOMEBODY"), opening_pence=INVOICE)
    assert [row["reporting_period"] for row in list_journal(bank.books.office())][-1] is None


ACCOUNTS = (
    'bank_accounts = [{ name = "main", sort_code = "30-00-00", number = "12345678" }, '
    '{ name = "reserve", sort_code = "30-00-00", number = "87654321" }]'
)


@pytest.fixture
def two_accounts(books):
    """A bank with two accounts in the book."""
    return Bank(books(received_book(ACCOUNTS)))


def test_a_statement_finds_its_account_by_number(two_accounts):
    outcome = two_accounts.bring((20, 500, "A"), style="debit and credit")
    assert (outcome.account, two_accounts.of("1200")) == ("main", {"main": -500})


def test_a_statement_of_another_account_is_refused(two_accounts):
    outcome = two_accounts.bring((20, 500, "A"), style="debit and credit", account="reserve")
    assert [item.code for item in outcome.problems] == ["unknown-account"]
    assert two_accounts.of("1200") == {}


def test_an_account_that_a_file_names_twice_is_refused_once(two_accounts):
    path = two_accounts.books.folder / "statements"
    one = ((day(3), 500, "A", "1"),)
    text = mt940(one, account="99999999", number="1")
    path.write_text(text + mt940(one, 500, account="99999999", number="2"))
    outcome = import_bank(two_accounts.books.office(), path)
    assert [item.code for item in outcome.problems] == ["unknown-account"]


def test_a_statement_without_a_number_needs_the_account_named(two_accounts):
    with pytest.raises(UsageError, match="--account"):
        two_accounts.bring((20, 500, "A"))
    assert two_accounts.bring((20, 500, "A"), account="RESERVE").account == "reserve"


def test_an_account_that_the_book_lacks_is_told(two_accounts):
    with pytest.raises(UsageError, match="it has: main, reserve"):
        two_accounts.bring((20, 500, "A"), account="savings")


def test_lines_are_listed_of_an_account_of_the_book_alone(two_accounts):
    two_accounts.bring((20, 500, "A"), account="reserve")
    assert list(two_accounts.rows(account="Reserve")) == ["B-000001"]
    assert two_accounts.rows(account="main") == {}
    with pytest.raises(UsageError, match="'savings'; it has: main, reserve"):
        two_accounts.rows(account="savings")


def test_an_account_without_a_number_takes_any_statement(bank):
    assert bank.bring((20, 500, "A"), style="debit and credit").account == "main"
    assert bank.books.entries() == 2


def test_one_account_does_not_take_the_statements_of_two(bank):
    path = bank.books.folder / "two.csv"
    path.write_text(
        "Date,Account,Memo,Amount\n01/03/2014,11111111,x,1.00\n01/03/2014,22222222,y,2.00\n"
    )
    outcome = import_bank(bank.books.office(), path)
    assert [item.code for item in outcome.problems] == ["unknown-account"]


def test_lines_booked_after_today_come_in_with_a_warning(bank):
    outcome = bank.bring(
        (20, 5_000, "CASH"), (27, 700, "CASH"), (28, -750, "X"), today="2014-03-26"
    )
    (warning,) = outcome.warnings
    assert (warning.code, outcome.new) == ("date-to-come", 3)
    assert "2 lines booked after today, the last on 2014-03-28" in warning.message
    again = bank.bring((29, 100, "CASH"), today="2014-03-29")
    assert "date-to-come" not in {item.code for item in again.warnings}
