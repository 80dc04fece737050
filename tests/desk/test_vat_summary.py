"""The VAT of a period: by rate and tax point, and what leads from one balance to the next."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.desk.levy.vat_summary import vat_figures, vat_rows, vat_summary
from levytool.money import format_pence, parse_pounds
from levytool.periods import Month, Period, parse_period
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import Books, book_text
from tests.desk.test_paying_for_places import deliver, pay

RATES = (
    'vat = [{ from = 2011-01-04, rate = "20%" }, { from = 2014-05-01, rate = "0%" }, '
    '{ from = 2014-06-01, rate = "outside the scope" }]'
)
MARCH = "2014-03-05"


@pytest.fixture
def bank(books):
    """Books whose documents are at 20%, from May at 0%, from June outside the scope."""
    text = received_book().replace('vat = [{ from = 2011-01-04, rate = "20%" }]', RATES)
    assert RATES in text
    bank = Bank(books(text))
    yield bank
    bank.prove()


def figures(bank, period):
    """The figures of a period."""
    return vat_figures(vat_summary(bank.books.office(), parse_period(period)))


def spend(bank, net, today, day=MARCH):
    """Accept one line."""
    bank.books.spend((day, "SALIX", net), today=today)


def test_output_is_told_by_rate_and_outside_the_scope_apart(bank):
    spend(bank, "10000.00", "2014-04-10")
    spend(bank, "-1000.00", "2014-04-11")
    spend(bank, "2000.00", "2014-05-10")
    spend(bank, "3000.00", "2014-06-10")
    told = figures(bank, "2014-04..2014-06")
    assert told["output"] == [
        {"rate": "20%", "documents": 2, "net": "90.00", "vat": "18.00"},
        {"rate": "0%", "documents": 1, "net": "20.00", "vat": "0.00"},
        {"rate": "outside the scope", "documents": 1, "net": "30.00", "vat": "0.00"},
    ]
    assert (told["output_vat"], told["payable"]) == ("18.00", "18.00")


def test_a_tax_point_in_another_month_than_the_posting_is_a_line_of_its_own(bank):
    spend(bank, "10000.00", "2014-04-10")
    march, april = figures(bank, "2014-03"), figures(bank, "2014-04")
    assert (march["output_vat"], march["posted_elsewhere"], march["movement"]) == (
        "0.00",
        "20.00",
        "20.00",
    )
    assert (april["output_vat"], april["posted_elsewhere"], april["movement"]) == (
        "20.00",
        "-20.00",
        "0.00",
    )
    assert figures(bank, "2014-Q1")["posted_elsewhere"] == "20.00"
    assert figures(bank, "FY2013")["closing_balance"] == "20.00"
    both = figures(bank, "2014-03..2014-04")
    assert both["posted_elsewhere"] == "0.00"
    lines = [
        row["line"] for row in vat_rows(vat_summary(bank.books.office(), parse_period("2014-03")))
    ]
    assert "tax point and posting in different periods" in lines


def test_what_was_paid_over_leaves_the_account(bank):
    spend(bank, "10000.00", "2014-04-10")
    bank.bring(
        (date(2014, 4, 20), -1_500, "HMRC"), (date(2014, 4, 21), 100, "HMRC"), today="2014-04-22"
    )
    bank.identify("B-000001", "vat", today="2014-04-22")
    bank.identify("B-000002", "vat", today="2014-04-22")
    told = figures(bank, "2014-04")
    assert (told["paid_over"], told["opening_balance"]) == ("14.00", "20.00")
    assert (told["movement"], told["closing_balance"]) == ("-14.00", "6.00")


def test_what_places_recover_is_input(books):
    made = books(book_text())
    made.spend((MARCH, "SALIX", "1000000.00"))
    (number,) = deliver(made)
    pay(made, number, 2000, vat_pence=40_000)
    told = vat_figures(vat_summary(made.office(), parse_period("2014-04")))
    assert told["input"] == {"opportunities": "400.00", "drawdowns": "0.00", "bad_debts": "0.00"}
    assert told["input_vat"] == "400.00"
    assert parse_pounds(told["payable"]) == parse_pounds(told["output_vat"]) - 40_000


def test_an_empty_period_is_nothing(bank):
    told = figures(bank, "2014-01")
    assert told["output"] == []
    assert told["movement"] == told["closing_balance"] == "0.00"
    assert [
        row["vat"] for row in vat_rows(vat_summary(bank.books.office(), parse_period("2014-01")))
    ]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 2), st.integers(-900_000, 900_000)),
        min_size=1,
        max_size=4,
    ),
    first=st.integers(1, 8),
    length=st.integers(0, 7),
)
def test_the_lines_always_lead_from_the_opening_to_the_closing_balance(
    tmp_path_factory, lines, first, length
):
    books = Books(tmp_path_factory.mktemp("vat"), received_book())
    for number, (month, later, pence) in enumerate(lines):
        if pence:
            day = date(2014, month, 1 + number).isoformat()
            today = date(2014, month + later, 15).isoformat()
            books.spend((day, "SALIX", format_pence(pence)), today=today)
    start = Month(2014, first)
    summary = vat_summary(books.office(), Period(start, start.plus(length)))
    assert summary.opening_pence + summary.movement_pence == summary.closing_pence
    assert summary.other_pence == 0
    books.ledger.close()
