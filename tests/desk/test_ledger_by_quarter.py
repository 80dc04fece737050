"""A ledger's line without a framework is recorded in the period its contractor declares it for."""

import pytest

from levytool.desk.month_end.close_period import list_periods
from levytool.periods import Month
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import FLAT, book_of, framework

IN_FORCE = "ends = 2029-03-31\ncontractors = [{{ code = '{}', from = {} }}]"
BOOK = book_of(
    framework(
        FLAT,
        settings="returns = 'quarterly'\n" + IN_FORCE.format("BROOKS", "2014-04-10"),
        code="QF",
    ),
    framework(FLAT, settings=IN_FORCE.format("BEECH", "2012-04-01"), code="MF"),
)
MAY = {"Date": "2014-05-20", "Framework": None}


@pytest.fixture
def books(spending):
    """BROOKS is on QF (quarterly) from 10 April 2014, BEECH on MF (monthly)."""
    return spending(BOOK)


def periods(books):
    return books.rows("SELECT invoice, period FROM member_line ORDER BY ledger_id, line_no")


def test_it_is_the_quarters_last_month_where_all_its_returns_are_quarterly(books):
    record(books, MAY, MAY | {"Invoice": "B1", "Contractor": "BEECH"})
    assert periods(books) == [("A1", "2014-06"), ("B1", "2014-05")]
    assert reconcile(books, "2014-05")["undeclared"]["count"] == 1
    assert [row["contractor"] for row in reconcile(books, "2014-06")["differences"]] == ["BROOKS"]


def test_its_own_day_says_which_appointments_are_in_force(books):
    days = "2014-04-09", "2014-04-10", "2014-06-30", "2014-07-01"
    record(books, *(MAY | {"Date": day} for day in days))
    assert [period for _, period in periods(books)] == ["2014-04", "2014-06", "2014-06", "2014-09"]


def test_lines_that_name_a_framework_and_lines_that_do_not_lie_in_one_month(books):
    record(books, MAY | {"Framework": "QF"}, MAY | {"Framework": "", "Invoice": "A2"})
    assert periods(books) == [("A1", "2014-06"), ("A2", "2014-06")]


def test_a_month_that_was_given_is_taken_to_its_quarter_too(books):
    record(books, MAY, MAY | {"Invoice": "B1", "Contractor": "BEECH"}, period=Month(2014, 4))
    assert periods(books) == [("A1", "2014-06"), ("B1", "2014-04")]


def test_it_is_found_again_and_joined_in_the_month_it_is_declared_for(books):
    books.accepted(MAY | {"Framework": "QF"})
    record(books, MAY)
    found = reconcile(books, "2014-06")
    assert (found["matched"]["count"], found["differences"]) == (1, [])
    assert found["recorded"]["count"] == found["declared"]["count"] == 1
    assert reconcile(books, "2014-05")["recorded"]["count"] == 0


@pytest.mark.parametrize("named", [None, "QF"])
def test_the_list_of_months_counts_it_where_closing_does(books, named):
    record(books, MAY | {"Framework": named})
    counts = {row["period"]: row["differences"] for row in list_periods(books.office())}
    assert {period: count for period, count in counts.items() if count} == {"2014-06": 1}
