"""What a place was to be paid is taken back while the bank has not paid it (domain §3.5)."""

from datetime import date

import pytest

from levytool.accounts import Account
from levytool.desk.audit.check_books import check_books
from levytool.desk.bank.pay_creditors import list_payable, make_run, withdraw
from levytool.desk.bank.take_back_payment import take_back_payment
from levytool.desk.brokerage.list_opportunities import list_opportunities
from levytool.desk.brokerage.pay_opportunity import pay_opportunity
from levytool.desk.levy.vat_summary import vat_figures, vat_summary
from levytool.desk.tracing.explain import explain
from levytool.ledger.funds.opportunities import find_opportunities
from levytool.ledger.journal.as_known import AsKnown
from levytool.periods import Month, Period
from levytool.problems import RuleRefused, UsageError
from tests.desk.banked import Bank
from tests.desk.consortium import book_text, tried
from tests.desk.test_paying_for_places import COSTS, PAYEE, deliver, pay

FUNDS = (Account.OPPORTUNITY_PROVISION, Account.LEVY_FUND, Account.CREDITORS, Account.VAT_CONTROL)


def standing(books):
    """What stands on the accounts that a payment moves."""
    held = {("2110", "SALIX"), ("2100", "SALIX"), ("2400", PAYEE), ("2500", "")}
    return {leg: books.balance(*leg) if leg[1] else books.balance(leg[0]) for leg in held}


def take_back(books, number="O-000001", reason="the wrong amount", user="ann", **office):
    return take_back_payment(books.office(user, **office), number, reason)


@pytest.fixture
def place(books):
    """One verified place, with two layers of provision for it."""
    made = books(book_text(opportunities=COSTS))
    made.spend(("2014-01-31", "SALIX", "1000000.00"))
    made.spend(("2014-02-28", "SALIX", "500000.00"))
    deliver(made)
    return made


@pytest.mark.parametrize("pounds", [2000, 2500, 2700])
def test_a_payment_that_is_taken_back_leaves_everything_as_it_was(place, pounds):
    before = standing(place)
    pay(place, "O-000001", pounds, vat_pence=40000)
    row = take_back(place)
    assert (row["opportunity"], row["state"], row["status"]) == ("O-000001", "verified", "done")
    assert (row["payee"], row["amount"], row["vat"]) == (PAYEE, f"{pounds}.00", "400.00")
    assert standing(place) == before
    assert list_payable(place.office()) == []
    figures = vat_figures(vat_summary(place.office(), Period(Month(2014, 4), Month(2014, 4))))
    assert (figures["input"]["opportunities"], figures["other"]) == ("0.00", "0.00")
    assert [check for check in check_books(place.office()) if not check.ok] == []


def test_the_right_amount_is_paid_from_the_same_layer(place):
    pay(place, "O-000001", 3000)
    take_back(place)
    assert pay(place, "O-000001", 2400)["state"] == "paid"
    assert place.balance("2110", "SALIX") == 550000
    assert place.balance("2400", PAYEE) == 240000
    take_back(place)
    assert list_opportunities(place.office())[0]["state"] == "verified"
    assert [check for check in check_books(place.office()) if not check.ok] == []


def test_a_payment_that_no_layer_met_is_taken_back_too(books):
    made = books()
    deliver(made)
    pay(made, "O-000001", 1000)
    take_back(made)
    assert (made.balance("2100", "SALIX"), made.balance("2400", PAYEE)) == (0, 0)


def test_taking_back_twice_is_taking_back_once_and_trying_stores_nothing(place):
    pay(place, "O-000001", 2500)
    entries = place.entries()
    assert take_back_payment(tried(place.office()), "O-000001", "wrong")["status"] == "done"
    assert place.entries() == entries
    take_back(place)
    entries = place.entries()
    assert take_back(place, "o-000001", "again")["status"] == "done-before"
    assert place.entries() == entries


def test_only_what_is_to_be_paid_is_taken_back(place):
    with pytest.raises(RuleRefused, match="O-000001 is not paid for; there is nothing to take"):
        take_back(place)
    with pytest.raises(UsageError, match="--reason is empty"):
        take_back(place, reason=" ")
    with pytest.raises(UsageError, match="no opportunity O-000009"):
        take_back(place, "O-000009")


def test_a_second_payment_is_refused_with_the_way_back(place):
    pay(place, "O-000001", 2500)
    with pytest.raises(RuleRefused, match="levytool opportunity pay O-000001 --reverse --reason"):
        pay(place, "O-000001", 2400)


def test_a_reference_whose_payment_was_taken_back_pays_nothing_and_says_so(place):
    pay(place, "O-000001", 2500, reference="A-1")
    take_back(place)
    again = pay(place, "O-000001", 2500, reference="A-1")
    assert (again["status"], again["state"]) == ("done-before", "verified")
    assert pay(place, "O-000001", 2500, reference="A-2")["state"] == "paid"
    assert pay(place, "O-000001", 2500, reference="A-2")["state"] == "paid"


def test_what_the_bank_has_paid_stands(place):
    bank = Bank(place)
    pay(place, "O-000001", 2500)
    bank.bring((date(2014, 4, 11), -250000, "BACS"), today="2014-04-12")
    (line,) = bank.rows()
    bank.identify(line, "payment", PAYEE)
    with pytest.raises(RuleRefused, match=rf"{line}; .*bank identify {line} --as …") as refused:
        take_back(place)
    assert "the bank has paid" in str(refused.value)


def test_a_payment_in_a_run_is_withdrawn_from_it_first(place):
    pay(place, "O-000001", 2500)
    run = make_run(place.office())
    with pytest.raises(RuleRefused, match=f"bank payments --withdraw {run.number}-1"):
        take_back(place)
    withdraw(place.office(), run.number)
    assert take_back(place)["status"] == "done"


def test_it_is_known_when_a_place_was_paid_for_and_when_no_more(place):
    pay(place, "O-000001", 2500)
    take_back(place)
    facts = dict(explain(place.office(), "O-000001").facts)
    assert "paid" not in facts
    assert facts["taken back"].startswith(f"£2,500.00 to {PAYEE} on 2014-04-10 by ann: the wrong")
    layer = explain(place.office(), "provision:REGEN/SALIX#1")
    assert layer.title.startswith("layer 1 of REGEN/SALIX: £5,000.00 set aside")
    assert dict(layer.facts)["left"] == "5000.00"


def test_a_payment_is_known_as_it_was_before_it_was_taken_back(place):
    pay_opportunity(place.office(today="2014-04-10"), "O-000001", net_pence=100, payee=PAYEE)
    take_back(place, today="2014-04-12")
    with place.reading() as connection:
        then, now = (
            find_opportunities(connection, AsKnown(known_on=day))[0].paid
            for day in (date(2014, 4, 11), None)
        )
    assert (then, now) == (True, False)
