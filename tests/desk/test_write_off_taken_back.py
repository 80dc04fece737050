"""A write-off that is taken back, and VAT relief on one that is not."""

import json

import pytest

from levytool.cli.main import run_with
from levytool.desk.audit.check_books import check_books
from levytool.desk.levy.relieve_vat import relieve_vat
from levytool.desk.levy.take_back_write_off import take_back_write_off
from levytool.desk.levy.vat_summary import vat_figures, vat_summary
from levytool.desk.levy.write_off import write_off
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return
from levytool.periods import parse_period
from levytool.problems import RuleRefused, UsageError
from tests.desk.banked import RETAINED, Bank, received_book
from tests.desk.consortium import book_text

MARCH = "2014-03-05"
ACCOUNTS = ("1100", "2000", "2100", "2500", "4100", "6200")
BILLED = book_text(opportunities=None, framework=RETAINED)


@pytest.fixture(params=["received", "billed"])
def bank(books, request):
    """INV-000001 of 10 April 2014, due 8 May: £150.00 of two members, and VAT of £30.00."""
    made = books(received_book() if request.param == "received" else BILLED)
    made.spend((MARCH, "SALIX", "10000.00"), (MARCH, "ALDER", "5000.00"))
    bank = Bank(made)
    yield bank
    bank.prove()
    assert all(check.ok for check in check_books(bank.books.office()))


def lose(bank, amount=None):
    """Two users write INV-000001 off."""
    write_off(bank.books.office("ann"), "INV-000001", amount, "in liquidation")
    assert write_off(bank.books.office("ben"), "INV-000001", amount, "in liquidation")["status"]


def regain(bank, reason="a dividend came"):
    """Two users take the write-off back."""
    assert take_back_write_off(bank.books.office("ann"), "INV-000001", reason)["status"] == (
        "proposed"
    )
    return take_back_write_off(bank.books.office("ben"), "INV-000001", reason)


def stand(bank):
    """What the accounts hold that a write-off touches."""
    return [bank.of(account) for account in ACCOUNTS]


def test_a_write_off_taken_back_leaves_the_books_as_before_it(bank):
    before = stand(bank)
    lose(bank, 6_000)
    lose(bank)
    row = regain(bank)
    assert (row["status"], row["written_off"], row["outstanding"]) == ("done", "0.00", "180.00")
    assert stand(bank) == before


def test_the_invoice_may_be_paid_again_and_written_off_again(bank):
    lose(bank)
    regain(bank)
    bank.bring((20, 6_000, "INV-000001"))
    assert bank.open() == {"INV-000001": 12_000}
    lose(bank)
    assert bank.open() == {"INV-000001": 0}
    assert regain(bank)["outstanding"] == "120.00"


def test_taking_back_takes_two_people_and_is_done_once(bank):
    lose(bank)
    take_back_write_off(bank.books.office("ann"), "INV-000001", "why")
    with pytest.raises(RuleRefused, match="second person"):
        take_back_write_off(bank.books.office("ann"), "INV-000001", "why")
    other = take_back_write_off(bank.books.office("ben"), "INV-000001", "another reason")
    assert other["status"] == "proposed"
    assert take_back_write_off(bank.books.office("ben"), "INV-000001", "why")["status"] == "done"
    posted = bank.books.entries()
    again = take_back_write_off(bank.books.office("cat"), "INV-000001", "why")
    assert (again["status"], bank.books.entries()) == ("done-before", posted)


def test_what_was_never_written_off_is_not_taken_back(bank):
    with pytest.raises(RuleRefused, match="nothing of INV-000001 is written off"):
        take_back_write_off(bank.books.office(), "INV-000001", "why")
    with pytest.raises(UsageError, match="--reason"):
        take_back_write_off(bank.books.office(), "INV-000001", " ")


def relieve(bank, today="2014-11-08", **settings):
    """Claim relief on INV-000001."""
    return relieve_vat(bank.books.office(today=today, **settings), "INV-000001")


def test_relief_is_claimed_six_months_after_the_invoice_was_due(bank):
    lose(bank)
    with pytest.raises(RuleRefused, match="from 2014-11-08, six months after"):
        relieve(bank, "2014-11-07")
    row = relieve(bank)
    assert (row["status"], row["vat_relieved"]) == ("done", "30.00")
    assert bank.of("6200") == bank.of("2500") == {}
    assert relieve(bank)["status"] == "done-before"


def test_relief_ends_four_years_and_six_months_after(bank):
    lose(bank)
    with pytest.raises(RuleRefused, match="until 2018-11-08"):
        relieve(bank, "2018-11-09")
    assert relieve(bank, "2018-11-08", dry_run=True)["status"] == "done"


def test_only_what_is_written_off_is_relieved_and_more_of_it_later(bank):
    with pytest.raises(RuleRefused, match="no VAT of INV-000001 is written off"):
        relieve(bank)
    lose(bank, 6_000)
    assert relieve(bank)["vat_relieved"] == "10.00"
    lose(bank)
    assert relieve(bank, "2014-12-01")["vat_relieved"] == "30.00"
    assert bank.of("6200") == {}


def test_the_vat_summary_has_relief_as_input_on_bad_debts(bank):
    lose(bank)
    relieve(bank)
    told = vat_figures(vat_summary(bank.books.office(), parse_period("2014-11")))
    assert (told["input"]["bad_debts"], told["input_vat"], told["other"]) == (
        "30.00",
        "30.00",
        "0.00",
    )
    assert (told["payable"], told["closing_balance"]) == ("-30.00", "0.00")


def test_relief_goes_back_with_the_write_off(bank):
    before = stand(bank)
    lose(bank)
    relieve(bank)
    regain(bank)
    assert stand(bank) == before
    lose(bank)
    assert relieve(bank, "2014-12-01")["status"] == "done"


def test_a_correction_takes_relief_back_with_the_debt(bank):
    lose(bank)
    relieve(bank)
    path = bank.books.folder / "again.csv"
    path.write_text("Invoice,Date,Member,Net\nX,05/03/2014,SALIX,4000.00\n", encoding="utf-8")
    correct_return(bank.books.office(today="2014-11-20"), "R-000001", path, CorrectionOptions())
    assert bank.of("6200") == {}
    assert bank.of("2500") == {"": 800}


def test_the_command_line_takes_back_and_claims(bank, monkeypatch, capsys):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-11-10")
    lose(bank)
    ledger = ["--ledger", bank.books.ledger.place, "levy"]

    def call(user, *words):
        monkeypatch.setenv("LEVYTOOL_USER", user)
        capsys.readouterr()
        code = run_with([*ledger, *words, "-O", "json"])
        return code, capsys.readouterr().out

    code, out = call("ann", "vat-relief", "INV-000001")
    assert (code, json.loads(out)[0]["status"]) == (0, "done")
    back = ["write-off", "INV-000001", "--reverse", "--reason", "it pays"]
    assert json.loads(call("ann", *back)[1])[0]["status"] == "proposed"
    assert call("ann", *back)[0] == 4
    assert json.loads(call("ben", *back)[1])[0]["status"] == "done"
    assert call("ben", *back, "--amount=1.00")[0] == 2
