"""`levy interest`: what late documents bear, charged once, paid, credited and written off."""

import json
from datetime import date

import pytest

from levytool.cli.main import run_with
from levytool.desk.audit.check_books import check_books
from levytool.desk.brokerage.list_pots import list_pots
from levytool.desk.levy.charge_interest import charge_interest, credit_interest, list_interest
from levytool.desk.levy.relieve_vat import relieve_vat
from levytool.desk.levy.show_document import show_document
from levytool.desk.levy.vat_summary import vat_figures, vat_summary
from levytool.desk.levy.write_off import write_off
from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return, correct_to_nil
from levytool.periods import parse_period
from levytool.problems import RuleRefused, UsageError
from levytool.statements.levy_document import CreditedInvoice, document_page
from tests.desk.banked import RETAINED, Bank, received_book
from tests.desk.consortium import book_text

MARCH = "2014-03-05"
RATE = "late_interest = [{ from = 2014-01-01, rate = '8.5%' }, { from = 2014-07-01, rate = '9%' }]"
BILLED = book_text(opportunities=None, framework=RETAINED)


def charging(text):
    """The book with interest on late documents."""
    return text.replace("[consortium]", f"[consortium]\n{RATE}", 1)


@pytest.fixture(params=["received", "billed"])
def bank(books, request):
    """INV-000001 of 10 April 2014, due 8 May: £1,500.00 of two members, and VAT of £300.00."""
    made = books(charging(received_book() if request.param == "received" else BILLED))
    made.spend((MARCH, "SALIX", "100000.00"), (MARCH, "ALDER", "50000.00"))
    bank = Bank(made)
    yield bank
    bank.prove()
    assert [check for check in check_books(bank.books.office()) if not check.ok] == []


def charge(bank, today="2014-06-07", to=None):
    """Charge all interest up to a day."""
    return charge_interest(bank.books.office(today=today), to)


def test_interest_is_shown_from_the_day_after_the_document_was_due(bank):
    office = bank.books.office(today="2014-06-07")
    assert list_interest(office) == [
        {
            "number": "INV-000001",
            "payer": "BROOKS",
            "framework": "REGEN",
            "period": "2014-03",
            "due": "2014-05-08",
            "outstanding": "1800.00",
            "rate": "8.5%",
            "from": "2014-05-09",
            "to": "2014-06-07",
            "interest": "12.58",
            "document": None,
        }
    ]
    assert list_interest(office, date(2014, 5, 8)) == []
    assert list_interest(office, date(2014, 5, 9))[0]["interest"] == "0.42"


def test_charging_raises_an_invoice_outside_the_scope_that_no_member_shares_in(bank):
    pots = list_pots(bank.books.office())
    before = [bank.of(account) for account in ("2000", "2100", "2500")]
    (row,) = charge(bank)
    assert row["document"] == "INV-000002"
    assert bank.of("4200") == {"": 1_258}
    assert bank.open() == {"INV-000001": 180_000, "INV-000002": 1_258}
    assert [bank.of(account) for account in ("2000", "2100", "2500")] == before
    assert list_pots(bank.books.office()) == pots
    document = show_document(bank.books.office(), "INV-000002")
    assert (document.vat_rate_ppm, document.title) == (None, "Invoice")
    assert document.interest_on == "INV-000001, 2014-05-09 to 2014-06-07"
    page = document_page(document)
    assert page.description == f"Interest for late payment of {document.interest_on}"
    assert any("Late Payment of Commercial Debts" in note for note in page.notes)


def test_statements_of_members_do_not_know_it(bank):
    told = member_statement(bank.books.office(today="2014-06-07"), "SALIX", parse_period("2014-06"))
    charge(bank)
    again = member_statement(
        bank.books.office(today="2014-06-07"), "SALIX", parse_period("2014-06")
    )
    assert (again.aged, again.levy, again.spend) == (told.aged, told.levy, told.spend)


def test_no_day_is_charged_twice(bank):
    charge(bank)
    posted = bank.books.entries()
    assert charge(bank) == []
    assert charge(bank, to=date(2014, 6, 1)) == []
    assert bank.books.entries() == posted
    (row,) = charge(bank, "2014-06-10")
    assert (row["from"], row["to"], row["interest"]) == ("2014-06-08", "2014-06-10", "1.26")


def test_interest_bears_no_interest_and_a_day_to_come_is_not_charged(bank):
    charge(bank)
    rows = list_interest(bank.books.office(today="2015-06-07"))
    assert [row["number"] for row in rows] == ["INV-000001"]
    with pytest.raises(UsageError, match="is to come"):
        charge(bank, to=date(2014, 6, 8))


def test_what_was_paid_late_bears_interest_to_its_day(bank):
    bank.bring((date(2014, 5, 10), 90_000, "INV-000001"), today="2014-06-20")
    bank.bring((date(2014, 5, 11), 90_000, "INV-000001"), today="2014-06-20")
    assert bank.open() == {"INV-000001": 0}
    rows = list_interest(bank.books.office(today="2014-12-31"))
    assert [(row["outstanding"], row["interest"]) for row in rows] == [("0.00", "1.05")]


def test_a_receipt_that_bounces_stops_no_interest(bank):
    bank.bring((date(2014, 5, 9), 180_000, "INV-000001"), today="2014-05-20")
    assert list_interest(bank.books.office(today="2014-06-07"))[0]["interest"] == "0.42"
    bank.unallocate("B-000001", today="2014-05-25")
    assert list_interest(bank.books.office(today="2014-06-07"))[0]["interest"] == "12.58"


def test_a_receipt_pays_interest_and_moves_no_levy(bank):
    charge(bank)
    before = [bank.of(account) for account in ("2000", "2100", "4100")]
    bank.bring((date(2014, 6, 8), 1_258, "INV-000002"), today="2014-06-08")
    assert bank.open()["INV-000002"] == 0
    assert [bank.of(account) for account in ("2000", "2100", "4100")] == before


def test_interest_is_written_off_against_the_income(bank):
    charge(bank)
    for user in ("ann", "ben"):
        row = write_off(bank.books.office(user, "2014-06-08"), "INV-000002", None, "goodwill")
    assert (row["status"], row["outstanding"]) == ("done", "0.00")
    assert bank.of("4200") == bank.of("6200") == {}
    with pytest.raises(RuleRefused, match="no VAT of INV-000002"):
        relieve_vat(bank.books.office(today="2015-06-08"), "INV-000002")


def test_interest_is_credited_in_full_and_its_days_are_free_again(bank):
    charge(bank)
    bank.bring((date(2014, 6, 8), 1_258, "INV-000002"), today="2014-06-08")
    office = bank.books.office(today="2014-06-08")
    row = credit_interest(office, "INV-000002", "the delay was ours")
    assert (row["number"], row["kind"], row["status"]) == ("CN-000001", "credit-note", "done")
    assert bank.of("4200") == {}
    assert bank.of("2910") == {"BROOKS": 1_258}
    assert bank.open() == {"INV-000001": 180_000, "INV-000002": 0, "CN-000001": 0}
    note = show_document(office, "CN-000001")
    assert note.credits == (CreditedInvoice("INV-000002", date(2014, 6, 7)),)
    assert ("Reason", "the delay was ours") in document_page(note).facts
    assert show_document(office, "INV-000002").credited_by == "CN-000001"
    assert document_page(note).description.startswith("Credit of interest for late payment")
    assert credit_interest(office, "INV-000002", "again")["status"] == "done-before"
    assert [row["from"] for row in charge(bank, "2014-06-08")] == ["2014-05-09"]


def test_only_interest_is_credited_so(bank):
    with pytest.raises(RuleRefused, match="no invoice of interest"):
        credit_interest(bank.books.office(), "INV-000001", "why")


def test_a_corrected_document_bears_no_more_interest(bank):
    charge(bank)
    path = bank.books.folder / "again.csv"
    path.write_text("Invoice,Date,Member,Net\nX,05/03/2014,SALIX,40000.00\n", encoding="utf-8")
    office = bank.books.office(today="2014-06-20")
    told = correct_return(office, "R-000001", path, CorrectionOptions())
    [warning] = told.warnings
    assert (warning.code, warning.value) == ("interest-stands", "INV-000002")
    assert "INV-000002 of £12.58 stands: interest on INV-000001" in warning.message
    assert "levytool levy credit-interest INV-000002 --reason" in warning.hint
    rows = list_interest(bank.books.office(today="2014-12-31"))
    assert [row["number"] for row in rows] == ["INV-000003"]
    assert rows[0]["rate"] == "9%"


def test_a_correction_says_nothing_of_interest_that_was_credited(bank):
    charge(bank)
    credit_interest(bank.books.office(today="2014-06-19"), "INV-000002", "ours")
    told = correct_to_nil(bank.books.office(today="2014-06-20"), "R-000001")
    assert told.warnings == []


def test_interest_stands_outside_the_scope_in_the_vat_summary(bank):
    charge(bank)
    told = vat_figures(vat_summary(bank.books.office(), parse_period("2014-06")))
    assert told["output_vat"] == "0.00"
    assert [item["rate"] for item in told["output"]] == ["outside the scope"]


def test_a_book_without_a_rate_charges_nothing_and_says_how(books):
    office = books(received_book()).office()
    with pytest.raises(RuleRefused, match="late_interest = "):
        list_interest(office)


def test_the_command_line_lists_and_charges(bank, monkeypatch, capsys):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-06-07")
    ledger = ["--ledger", bank.books.ledger.place, "levy"]

    def call(*words):
        capsys.readouterr()
        code = run_with([*ledger, *words, "-O", "json"])
        return code, capsys.readouterr().out

    code, out = call("interest", "--payer", "brooks roofing ltd", "--to", "2014-05-09")
    assert (code, json.loads(out)[0]["interest"]) == (0, "0.42")
    assert json.loads(call("interest", "--charge", "--dry-run")[1])[0]["document"] == "INV-000002"
    assert json.loads(call("interest", "--charge")[1])[0]["document"] == "INV-000002"
    assert json.loads(call("interest", "--charge")[1]) == []
    assert call("interest", "--payer", "NOBODY")[0] == 2
    assert call("interest", "--to", "May")[0] == 2
    assert call("credit-interest", "INV-000001", "--reason", "x")[0] == 4
    assert call("credit-interest", "INV-000002", "--reason", "x")[0] == 0


@pytest.mark.parametrize(("day", "is_forecast"), [("2014-06-07", False), ("2014-06-08", True)])
def test_interest_up_to_a_day_to_come_is_called_a_forecast(
    bank, capsys, monkeypatch, day, is_forecast
):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-06-07")
    words = ["--ledger", bank.books.ledger.place, "levy", "interest", "--to", day]
    assert run_with(words) == 0
    said = f"a forecast: what it comes to by {day} if nothing is paid until then\n"
    assert capsys.readouterr().err == (said if is_forecast else "")
