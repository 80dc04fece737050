"""Two dates of one invoice within a month, on either side of a change of rates (domain §3.6)."""

import pytest

from levytool.desk.reconcile.reconcile_spend import matches_in
from levytool.periods import parse_period
from tests.desk.reconciling import reconcile, record, told
from tests.desk.spending import FLAT, book_of, framework

DOUBLED = "from = 2014-03-15\npayer = 'contractor'\nrate = '2%'"
CHANGING = framework(FLAT, DOUBLED)
BEFORE, AFTER = {"Date": "2014-03-14"}, {"Date": "2014-03-16"}
TIMING = [("timing", ["R-000001/1"], ["M-000001/1"], "0.00", "1.0000")]


def found_of(books, declared, *recorded, period="2014-03"):
    """What laying these lines side by side finds."""
    books.accepted(*declared)
    record(books, *recorded)
    return reconcile(books, period)


@pytest.mark.parametrize("named", [{}, {"Framework": None}])
def test_another_rate_within_the_month_is_timing_with_its_levy_effect(spending, named):
    books = spending(book_of(CHANGING))
    found = found_of(books, [BEFORE], AFTER | named)
    assert told(found) == TIMING
    assert (found["matched"]["count"], found["matched"]["by_rule"]) == (1, {"invoice number": 1})
    joined, settled = matches_in(books.office(), parse_period("2014-03"))
    assert (len(joined), settled) == (1, 0)


def test_a_change_of_rates_that_lies_on_one_side_of_both_days_is_no_difference(spending):
    books = spending(book_of(CHANGING))
    declared = [{"Date": "2014-03-10"}, {"Date": "2014-03-15", "Invoice": "A2"}]
    found = found_of(books, declared, BEFORE, AFTER | {"Invoice": "A2"})
    assert found["differences"] == []
    assert found["matched"]["by_rule"] == {"invoice number": 2}
    assert matches_in(books.office(), parse_period("2014-03")) == ([], 2)


def test_another_frameworks_change_of_rates_is_nothing_to_a_line(spending):
    books = spending(book_of(framework(), framework(FLAT, DOUBLED, code="WARM")))
    assert found_of(books, [BEFORE], AFTER)["differences"] == []
    assert matches_in(books.office(), parse_period("2014-03")) == ([], 1)


@pytest.mark.parametrize(
    "block",
    [
        "from = 2014-03-15\npayer = 'contractor'\nrate = '1%'\nminimum = '5.00'",
        "from = 2014-03-15\npayer = 'contractor'\nby = ['lot']\n"
        "rates = [{ when = ['9'], rate = '4%' }, { when = ['*'], rate = '1%' }]",
    ],
)
def test_a_block_that_charges_the_line_alike_is_no_difference(spending, block):
    books = spending(book_of(framework(FLAT, block)))
    found = found_of(books, [BEFORE], AFTER)
    assert found["differences"] == []
    assert found["matched"]["count"] == 1


def test_a_rate_that_changes_within_a_quarter_is_timing_where_returns_are_quarterly(spending):
    rising = "from = 2014-03-01\npayer = 'contractor'\nrate = '2%'"
    books = spending(book_of(framework(FLAT, rising, settings="returns = 'quarterly'")))
    found = found_of(books, [{"Date": "2014-02-27"}], {"Date": "2014-03-02"}, period="2014-Q1")
    assert told(found) == TIMING


def test_lines_that_are_joined_as_a_sum_are_looked_at_too(spending):
    books = spending(book_of(CHANGING))
    declared = [{"Net": "100.00"} | BEFORE]
    parts = {"Net": "60.00"} | BEFORE, {"Net": "40.00"} | AFTER
    assert [row[3:] for row in told(found_of(books, declared, *parts))] == [("0.00", "0.4000")]


def test_a_credit_has_the_rate_of_its_invoice_on_whichever_day_it_is_recorded(spending):
    books = spending(book_of(CHANGING))
    declared = [
        {"Date": "2014-03-02"},
        {"Net": "-30.00", "Invoice": "CN1", "Credits": "A1"} | BEFORE,
    ]
    recorded = {"Date": "2014-03-02"}, {"Net": "-30.00", "Invoice": "CN1"} | AFTER
    assert found_of(books, declared, *recorded)["differences"] == []


def test_another_base_bears_the_new_rate_in_proportion_to_what_was_charged(spending):
    labour = "payer = 'contractor'\nbase = 'Labour'\nrate = "
    changing = framework(labour + "'1%'", "from = 2014-03-15\n" + labour + "'2%'")
    books = spending(book_of(changing))
    found = found_of(books, [{"Labour": "40.00"} | BEFORE], AFTER)
    assert [row[4] for row in told(found)] == ["0.4000"]
