"""Charging for overdue returns, and taking it back when one arrives."""

import pytest

from levytool.desk.audit.check_books import check_books
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.levy.show_document import show_document
from levytool.desk.returns.charge_defaults import charge_defaults
from levytool.desk.returns.excuse_return import excuse_return
from levytool.desk.returns.list_returns import list_returns
from levytool.desk.returns.settle_returns import declare_nil, reject_return
from levytool.desk.tracing.explain import explain
from levytool.periods import Month, parse_period
from levytool.problems import RuleRefused, UsageError
from levytool.statements.levy_document import CreditedInvoice, document_page
from tests.desk.consortium import book_text, tried

CHARGING = "default_charge = true\ncontractors = [{ code = 'BROOKS' }, { code = 'BEECH' }]"
MARCH = parse_period("2014-03")
EARLIER = [
    ("2013-09-10", "SALIX", "90000.00"),
    ("2013-11-10", "SALIX", "60000.00"),
    ("2013-12-10", "SALIX", "30000.00"),
]


@pytest.fixture
def charging(books):
    """Books of a framework that charges for missing returns; every proof holds at the end."""
    made = books(book_text(opportunities=None, framework=CHARGING))
    yield made
    assert [check.name for check in check_books(made.office()) if not check.ok] == []


def charge(books, contractor="BROOKS", today="2014-04-10", **settings):
    """Charge one contractor for March; gives net, VAT and number of each charge."""
    office = books.office(today=today, **settings)
    charged = charge_defaults(office, MARCH, contractor, "REGEN")
    return [(row["number"], row["net"], row["vat"]) for row in charged.rows]


def outstanding(books):
    """What is outstanding on each document."""
    return {row["number"]: row["outstanding"] for row in list_documents(books.office())}


def test_a_missing_return_is_charged_500_at_least_with_vat_on_top(charging) -> None:
    charging.spend(*EARLIER)
    (number, net, vat) = charge(charging)[0]
    assert (net, vat) == ("500.00", "100.00")
    assert charging.balance("2050", "REGEN") == 500_00
    (row,) = [row for row in list_documents(charging.office()) if row["number"] == number]
    assert (row["kind"], row["payer"], row["period"]) == ("invoice", "BROOKS", "2014-03")
    assert (row["date"], row["due"]) == ("2014-04-10", "2014-05-08")


def test_a_higher_average_is_charged_and_default_charges_are_left_out_of_it(charging) -> None:
    charging.spend(*EARLIER, ("2013-10-10", "ALDER", "420000.00"))
    assert charge(charging)[0][1] == "1000.00"
    april = charge_defaults(charging.office(today="2014-06-10"), parse_period("2014-04"), "BROOKS")
    assert [row["net"] for row in april.rows] == ["850.00"]


def test_everyone_overdue_is_charged_once(charging) -> None:
    declare_nil(charging.office(), "BEECH", "REGEN", Month(2014, 2))
    period = parse_period("2014-02..2014-03")
    first = charge_defaults(charging.office(), period)
    assert [(row["payer"], row["period"]) for row in first.rows] == [
        ("BROOKS", "2014-02"),
        ("BEECH", "2014-03"),
        ("BROOKS", "2014-03"),
    ]
    again = charge_defaults(charging.office(), period)
    assert (first.new, again.new) == (3, 0)
    assert again.rows == first.rows
    assert charging.balance("2050", "REGEN") == 1_500_00


def test_trying_a_charge_stores_nothing(charging) -> None:
    assert charge_defaults(tried(charging.office()), MARCH).new == 2
    assert list_documents(charging.office()) == []


def test_what_is_not_overdue_is_not_charged(charging) -> None:
    assert charge(charging, today="2014-04-07") == []
    assert charge(charging, today="2014-04-08") != []


def test_the_charge_is_listed_with_the_return_that_is_owed(charging) -> None:
    number = charge(charging)[0][0]
    rows = list_returns(charging.office(), MARCH)
    assert [(row["contractor"], row["documents"]) for row in rows] == [
        ("BEECH", []),
        ("BROOKS", [number]),
    ]


@pytest.mark.parametrize("arrival", ["file", "nil", "excuse"])
def test_the_charge_is_reversed_in_full_when_the_return_arrives(charging, arrival) -> None:
    charge(charging)
    office = charging.office(today="2014-05-02")
    if arrival == "file":
        charging.spend(("2014-03-05", "SALIX", "100.00"), today="2014-05-02")
    elif arrival == "nil":
        declare_nil(office, "BROOKS", "REGEN", Month(2014, 3))
    else:
        excuse_return(office, "BROOKS", "REGEN", Month(2014, 3), "fire")
    notes = [row for row in list_documents(office) if row["kind"] == "credit-note"]
    assert [(row["net"], row["vat"], row["period"]) for row in notes] == [
        ("500.00", "100.00", "2014-03")
    ]
    assert outstanding(charging)["INV-000001"] == "0.00"
    assert outstanding(charging)["CN-000001"] == "0.00"
    assert charging.balance("2050", "REGEN") == 0


def test_what_was_paid_on_it_is_the_payers_unallocated_receipt(charging) -> None:
    number = charge(charging)[0][0]
    charging.bank("250.00", number, "2014-04-11")
    assert charging.balance("1100", "BROOKS") == -350_00
    charging.spend(("2014-03-05", "SALIX", "100.00"), today="2014-05-02")
    assert charging.balance("2910", "BROOKS") == 250_00
    assert charging.balance("1100", "BROOKS") == -1_20
    assert charging.balance("2100", "SALIX") == 1_00


def test_a_charge_never_funds_a_pot(charging) -> None:
    charging.bank("600.00", charge(charging)[0][0], "2014-04-11")
    assert outstanding(charging) == {"INV-000001": "0.00"}
    for account in ("2000", "2100", "4100"):
        assert charging.balance(account, "SALIX") == 0


def test_a_charge_keeps_its_vat_rate_when_it_is_reversed(books) -> None:
    rates = "vat = [{ from = 2011-01-04, rate = '20%' }, { from = 2014-05-01, rate = '25%' }]"
    text = book_text(opportunities=None, framework=CHARGING)
    changing = books(text.replace('vat = [{ from = 2011-01-04, rate = "20%" }]', rates))
    charge(changing)
    declare_nil(changing.office(today="2014-05-02"), "BROOKS", "REGEN", Month(2014, 3))
    assert [row["vat"] for row in list_documents(changing.office())] == ["100.00", "100.00"]
    assert changing.balance("2500") == 0


def test_a_return_that_is_owed_again_can_be_charged_again(charging) -> None:
    charge(charging)
    excused = excuse_return(charging.office(), "BROOKS", "REGEN", Month(2014, 3), "fire")
    reject_return(charging.office(), excused.row["return"])
    assert charge(charging)[0][0] == "INV-000002"
    declare_nil(charging.office(), "BROOKS", "REGEN", Month(2014, 3))
    assert charging.balance("2050", "REGEN") == 0


def test_a_charge_posts_today_and_its_reversal_in_an_open_month(charging) -> None:
    charge(charging)
    charging.close("2014-04")
    charging.spend(("2014-03-05", "SALIX", "100.00"), today="2014-04-30")
    with charging.reading() as connection:
        effective = connection.exec_driver_sql(
            "SELECT effective FROM journal_entry WHERE reference IN ('INV-000001', 'CN-000001') "
            "ORDER BY id"
        ).scalars()
        assert [str(day) for day in effective] == ["2014-04-10", "2014-05-01", "2014-05-01"]


def test_a_charge_is_explained_as_one(charging) -> None:
    told = explain(charging.office(), charge(charging)[0][0])
    assert told.kind == "default charge: invoice"
    assert "R-000000" not in str(told)


def test_a_framework_that_charges_nothing_is_refused_by_name_and_left_out_otherwise(books) -> None:
    silent = books(book_text(framework="contractors = [{ code = 'BROOKS' }]"))
    assert charge_defaults(silent.office(), MARCH).rows == []
    with pytest.raises(RuleRefused, match="default_charge = true"):
        charge(silent)
    with pytest.raises(UsageError, match="no contractor 'OAK'"):
        charge(silent, "OAK")


def test_a_charge_and_its_credit_are_written_out_as_documents(charging) -> None:
    charge(charging)
    excused = excuse_return(charging.office(), "BROOKS", "REGEN", Month(2014, 3), "fire")
    reject_return(charging.office(), excused.row["return"])
    charge(charging)
    declare_nil(charging.office(), "BROOKS", "REGEN", Month(2014, 3))
    bill = show_document(charging.office(), "INV-000002")
    assert (bill.return_number, bill.lines, bill.gross_pence) == ("", (), 600_00)
    assert "whose return is missing" in document_page(bill).description
    first = show_document(charging.office(), "INV-000001")
    assert (first.credited_by, bill.credited_by) == ("CN-000001", "CN-000002")
    credit = show_document(charging.office(), "CN-000002")
    assert credit.credits == (CreditedInvoice("INV-000002", bill.day),)
    reason = ("Reason", "The return for March 2014 is no longer missing")
    assert reason in document_page(credit).facts
    assert "no longer due" in document_page(credit).description
