"""Whatever happened, a statement's figures are the ledger's balances, and they add up."""

import shutil
import tempfile
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.accounts import Account
from levytool.desk.bank.take_back_draw import take_back_draw
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.list_pots import list_pots
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.brokerage.transfer_pot import transfer_pot
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.month_end.member_statement import member_statement
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.balances import credit_balances
from levytool.money import format_pence, parse_pounds
from levytool.periods import Month, Period
from levytool.problems import RuleRefused
from levytool.statements.values import MemberStatement
from levytool.statements.words import levy_steps
from tests.desk.consortium import Books, book_text

MEMBERS = ("ALDER", "BIRCH", "SALIX")
START = date(2014, 3, 3)
MEMBER = st.sampled_from(MEMBERS)
ACT = st.one_of(
    st.tuples(st.just("spend"), st.lists(st.tuples(MEMBER, st.integers(-300, 9000)), min_size=1)),
    st.tuples(st.just("pay"), st.integers(1, 4)),
    st.tuples(st.just("release"), st.just(0)),
    st.tuples(st.just("commit"), st.tuples(MEMBER, st.integers(1, 40_000))),
    st.tuples(st.just("draw"), st.integers(1, 30_000)),
    st.tuples(st.just("take back"), st.integers(0, 9)),
    st.tuples(st.just("transfer"), st.tuples(MEMBER, MEMBER, st.integers(1, 20_000))),
)
HISTORY = st.lists(st.tuples(st.integers(0, 20), ACT), min_size=4, max_size=14)


@pytest.fixture(scope="module", params=["received", "billed"])
def template(request: pytest.FixtureRequest, tmp_path_factory) -> tuple[str, Path]:
    """Books with a scheme and nothing else, to be copied for each history."""
    settings = "retained = '7.5%'\nreserve = '10.00'"
    cheap = "per_million = 200\nunit_cost = [{ from = 2012-04-01, cost = '33.33' }]"
    folder = tmp_path_factory.mktemp("template")
    book = book_text(funded=request.param, framework=settings, opportunities=cheap)
    books = Books(folder, book)
    day = START.isoformat()
    given = {"title": "Into work", "budget_pence": 10**9, "places": 7}
    propose_scheme(books.office("ann", day), "WORK", members=MEMBERS, **given)
    approve_scheme(books.office("bob", day), "WORK")
    books.ledger.close()
    return book, folder / "books.db"


def act(books: Books, day: date, what: str, facts) -> None:
    """Do one thing, as far as the books allow it."""
    today = day.isoformat()
    if what == "spend":
        lines = [
            (today, member, f"{pounds}.37", "BROOKS", f"CO-{pounds % 3}", "REGEN")
            for member, pounds in facts
        ]
        books.spend(*lines, today=today)
    elif what == "pay":
        open_now = [row for row in list_documents(books.office()) if row["outstanding"] != "0.00"]
        invoices = [row for row in open_now if row["kind"] == "invoice"]
        if invoices:
            row = invoices[facts % len(invoices)]
            pence = max(1, parse_pounds(row["outstanding"]) // facts)
            books.bank(format_pence(pence), row["number"], today)
    elif what == "release":
        release_surplus(books.office(today=today), Month.of(day))
    elif what == "commit":
        commit_to_scheme(books.office(today=today), "WORK", *facts)
    elif what == "draw":
        given = {"payee": "Trainers", "reference": f"D{day}-{facts}"}
        draw_scheme(books.office(today=today), "WORK", net_pence=facts, **given)
    elif what == "take back":
        drawn = books.drawn()
        if drawn:
            take_back_draw(books.office(today=today), *drawn[facts % len(drawn)], "wrong")
    elif facts[0] != facts[1]:
        for user in ("ann", "bob"):
            transfer_pot(books.office(user, today), *facts, reference=f"T{day}")


def balance(books: Books, account: Account, member: str, as_at: date) -> int:
    """What the ledger holds for a member, in any scheme for its scheme funds."""
    with books.reading() as connection:
        held = credit_balances(connection, account, AsKnown(as_at))
    return sum(pence for dimension, pence in held.items() if dimension.rpartition("/")[2] == member)


def prove_balance(books: Books, told: MemberStatement) -> None:
    member = told.recipient.code
    eve = told.period.first.first_day - timedelta(days=1)
    for split, day in ((told.opening, eve), (told.closing, told.as_at)):
        assert split.uncommitted_pence == balance(books, Account.BROKERAGE_POT, member, day)
        assert split.committed_pence == balance(books, Account.SCHEME_FUNDS, member, day)
    moved = sum(item.amount_pence for item in told.movements)
    assert told.opening.total_pence + moved == told.closing.total_pence
    committed = sum(item.amount_pence for item in told.commitments)
    assert told.opening.committed_pence + committed - told.drawn_pence == (
        told.closing.committed_pence
    )
    assert sum(cohort.uncommitted_pence for cohort in told.cohorts) == (
        told.closing.uncommitted_pence
    )
    assert sum(cohort.committed_pence for cohort in told.cohorts) == told.closing.committed_pence
    assert [scheme.remaining_pence for scheme in told.schemes] == [told.closing.committed_pence]


def prove_levy(books: Books, told: MemberStatement) -> None:
    member, levy = told.recipient.code, told.levy
    assert levy.fund_closing_pence == balance(books, Account.LEVY_FUND, member, told.as_at)
    provided = balance(books, Account.OPPORTUNITY_PROVISION, member, told.as_at)
    assert levy.provision_closing_pence == provided
    *before, closing = levy_steps(levy)
    assert sum(step.amount_pence for step in before) == closing.amount_pence
    pots = {row["member"]: row for row in list_pots(books.office(), AsKnown(told.as_at))}
    for name, pence in (
        ("billed", levy.to_date.billed_pence),
        ("received", levy.to_date.received_pence),
        ("retained", levy.to_date.retained_pence),
        ("released", levy.to_date.released_pence),
        ("surplus", levy.surplus_pence),
        ("deficit", levy.deficit_pence),
    ):
        assert pots[member][name] == format_pence(pence), name
    unpaid = levy.to_date.billed_pence - levy.to_date.received_pence
    assert told.aged.total_pence == unpaid
    if told.basis == "received":
        assert levy.unpaid_closing_pence == unpaid


def prove_spend(told: MemberStatement) -> None:
    """Of a statement that begins with the books."""
    assert sum(line.billed_pence for line in told.spend) == told.levy.to_date.billed_pence
    assert sum(line.received_pence for line in told.spend) == told.levy.to_date.received_pence
    assert sum(line.outstanding_pence for line in told.spend) == told.aged.total_pence


@given(HISTORY, st.integers(0, 4), st.integers(0, 4))
@settings(max_examples=20)
def test_a_statement_is_what_the_ledger_says(
    template: tuple[str, Path], history, first: int, months: int
) -> None:
    book, made = template
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "books.db"
        shutil.copy(made, place)
        books = Books(Path(folder), book, str(place))
        day = START
        for later, (what, facts) in history:
            day += timedelta(days=later)
            with suppress(RuleRefused):
                act(books, day, what, facts)
        books.prove()
        begin = Month.of(START).plus(first)
        for period in (Period(begin, begin.plus(months)), Period(Month(2014, 3), begin)):
            for member in MEMBERS:
                told = member_statement(books.office(), member, period)
                with mock.patch(f"{member_statement.__module__}.MANY_LINES", 0):
                    assert member_statement(books.office(), member, period) == told
                prove_balance(books, told)
                prove_levy(books, told)
                if period.first == Month(2014, 3):
                    prove_spend(told)
        books.ledger.close()
