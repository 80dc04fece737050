"""A scheme's statement adds up whatever became of its money: each source in the period, from what
it opened with to what it closed with; and to date, from what was put in to what is left of it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.accounts import Account
from levytool.desk.bank.take_back_draw import take_back_draw
from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.list_schemes import show_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.month_end.scheme_statement import scheme_statement
from levytool.desk.month_end.statements import KINDS
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.balances import credit_balances
from levytool.money import format_pence, parse_pounds
from levytool.periods import Month, Period, parse_period
from levytool.problems import LevytoolError
from levytool.statements.forms import Form
from levytool.statements.said import said
from levytool.statements.scheme import scheme_in_sections
from tests.desk.banked import Bank
from tests.desk.consortium import Books, book_text
from tests.statements.read_back import said_by, squeezed

APRIL = Month(2014, 4)
MEMBERS = ("ALDER", "SALIX")


def opened(folder: Path) -> Books:
    """A pot of £80.00 for each member, and a scheme of both, approved."""
    books = Books(folder, book_text(opportunities=None))
    spent = [("2014-03-31", member, "8000.00") for member in MEMBERS]
    books.spend(*spent)
    release_surplus(books.office(), Month(2014, 3))
    given = {"title": "Estate wardens", "budget_pence": 10**7, "places": 3}
    propose_scheme(books.office(), "WORK", members=list(MEMBERS), **given)
    approve_scheme(books.office("bob"), "WORK")
    return books


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    opened(folder).ledger.close()
    return folder / "books.db"


ACTS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(
            ("commit", "fund", "fund", "receive", "draw", "draw", "take back", "close")
        ),
        st.integers(1, 9_000),
        st.sampled_from(MEMBERS),
        st.sampled_from(("City Trust", "Lottery")),
    ),
    max_size=8,
)


def act(books: Books, today: str, what: str, pence: int, member: str, funder: str) -> None:
    """One act of a scheme's life; what the books refuse does nothing."""
    office = books.office(today=today)
    try:
        match what:
            case "commit":
                commit_to_scheme(office, "WORK", member, pence)
            case "fund":
                fund_scheme(office, "WORK", funder, pence)
            case "receive":
                books.match_funding("WORK", funder, format_pence(pence), today)
            case "draw":
                reference = f"D-{books.entries()}"
                draw_scheme(office, "WORK", net_pence=pence, payee="P", reference=reference)
            case "take back":
                drawn = books.drawn()
                if drawn:
                    take_back_draw(office, *drawn[pence % len(drawn)], "wrong")
            case "close":
                close_scheme(office, "WORK")
    except LevytoolError:
        return


@given(ACTS)
@settings(max_examples=25)
def test_every_row_and_column_adds_up_over_any_life(template: Path, acts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        books = Books.copied(template, Path(folder))
        month = APRIL
        for later, *facts in acts:
            month = month.plus(later)
            act(books, month.last_day.isoformat(), *facts)
        for first, last in ((APRIL, month), (APRIL, APRIL), (month, month), (APRIL, month.plus(1))):
            adds_up(books, Period(first, last))
        (row,) = show_scheme(books.office(today="2016-01-01"), "WORK")[1]
        figures = told(books, Period(APRIL, month))["scheme_figures"]
        for key in ("budget", "committed", "match_funding", "drawn", "remaining"):
            assert figures[key] == row[key], key
        books.ledger.close()


def told(books: Books, period: Period):
    """The statement as scripts read it, a year and more later."""
    own = scheme_statement(books.office(today="2016-01-01"), "WORK", period)
    return said(scheme_in_sections(own))


def adds_up(books: Books, period: Period) -> None:
    """Each row and each column of a scheme's statement foots, and says what the ledger says."""
    found = told(books, period)
    moved = [pence(row) for row in found["source_movements"]]
    for row in moved:
        parts = ("opening", "put_in", "drawn", "given_back", "released", "other")
        assert sum(row[key] for key in parts) == row["closing"]
    drawn = sum(parse_pounds(item["amount"]) for item in found["drawdowns"])
    assert sum(row["drawn"] for row in moved) == -drawn
    assert sum(row["opening"] for row in moved) == parse_pounds(found["opening_balance"])
    assert sum(row["closing"] for row in moved) == parse_pounds(found["closing_balance"])
    walk = sum(parse_pounds(item["amount"]) for item in found["movements"])
    assert parse_pounds(found["opening_balance"]) + walk == parse_pounds(found["closing_balance"])
    with books.reading() as connection:
        held = credit_balances(connection, Account.SCHEME_FUNDS, AsKnown(period.last.last_day))
        owed = credit_balances(
            connection, Account.MATCH_FUNDING_DEBTORS, AsKnown(period.last.last_day)
        )
    assert {f"WORK/{row['source']}": row["closing"] for row in moved if row["closing"]} == {
        source: balance for source, balance in held.items() if balance
    }
    to_date = [pence(row) for row in found["sources"]]
    for row in to_date:
        assert row["put_in"] == row["received"] + row["not_received"]
        assert row["not_received"] == row["still_to_come"] + row["released"]
        assert row["received"] == row["drawn"] + row["returned"] + row["left"]
        assert all(amount >= 0 for amount in row.values() if isinstance(amount, int))
        if row["kind"] == "funder":
            assert row["still_to_come"] == -owed.get(row["source"], 0)
    figures = {key: parse_pounds(value) for key, value in found["scheme_figures"].items()}
    assert figures["match_funding"] == (
        figures["match_funding_received"]
        + figures["match_funding_owed"]
        + figures["match_funding_released"]
    )
    assert figures["remaining"] == sum(row["left"] for row in to_date)
    assert figures["drawn"] == sum(row["drawn"] for row in to_date) == parse_pounds(found["drawn"])


def pence(row):
    """A row with its amounts in pence."""
    names = ("source", "source_name", "kind")
    return {key: value if key in names else parse_pounds(value) for key, value in row.items()}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """£60.00 committed, £50.00 agreed of which £20.00 came, £40.00 drawn, then closed."""
    books = opened(tmp_path_factory.mktemp("books"))
    acts = ("commit", 6_000), ("fund", 5_000), ("receive", 2_000), ("draw", 4_000), ("close", 1)
    for what, amount in acts:
        act(books, "2014-04-20", what, amount, "SALIX", "Lottery")
    yield books
    books.ledger.close()


def test_match_funding_that_never_came_is_released_with_the_scheme(closed: Books) -> None:
    found = told(closed, Period(APRIL, APRIL))
    assert [(row["source"], *list(pence(row).values())[3:]) for row in found["sources"]] == [
        # put in, received, drawn, given back, left; not received, still to come, released
        ("SALIX", 6_000, 6_000, 3_000, 3_000, 0, 0, 0, 0),
        ("Lottery", 5_000, 2_000, 1_000, 1_000, 0, 3_000, 0, 3_000),
    ]
    assert [
        (row["source"], *list(pence(row).values())[3:]) for row in found["source_movements"]
    ] == [
        ("SALIX", 0, 6_000, -3_000, -3_000, 0, 0, 0),
        ("Lottery", 0, 5_000, -1_000, -1_000, -3_000, 0, 0),
    ]
    assert found["scheme_figures"]["match_funding_released"] == "30.00"


@pytest.mark.parametrize("form", ["text", "html", "pdf", "csv"])
def test_what_never_came_is_told_in_every_form(closed: Books, form: Form) -> None:
    office = closed.office(today="2016-01-01")
    page = said_by(KINDS["scheme"].statement(office, "WORK", parse_period("2014-04"), None), form)
    shown = squeezed(page)
    if form == "csv":
        assert "match_funding_released,30.00" in shown
        return
    assert squeezed("Match funding released: it never came £30.00") in shown
    assert squeezed("Cost per place") in shown and "Budget for each" not in page


def test_what_goes_back_to_a_funder_is_owed_until_the_bank_has_paid_it(closed: Books) -> None:
    office = closed.office(today="2016-01-01")

    def pages(month: str) -> list[str]:
        statement = KINDS["scheme"].statement(office, "WORK", parse_period(month), None)
        forms: tuple[Form, ...] = ("text", "html", "pdf")
        return [squeezed(said_by(statement, form)) for form in forms]

    owed = squeezed("£10.00 is owed back to Lottery, and not paid yet.")
    parts = squeezed("Of that, owed back to funders and not paid yet £10.00")
    for page in pages("2014-04"):
        assert page.count(owed) == 2 and parts in page and "returned" not in page
    back = closed.bank("-10.00", "Lottery", "2014-05-06")
    Bank(closed).identify(back, "payment", "Lottery", today="2014-05-06")
    assert all(owed in page for page in pages("2014-04"))
    assert not any(squeezed("owed back") in page for page in pages("2014-05"))
    june = told(closed, Period(APRIL.plus(2), APRIL.plus(2)))["scheme_figures"]
    assert (june["match_funding_returned"], june["match_funding_owed_back"]) == ("10.00", "0.00")
