"""What a statement says is received and outstanding is the same wherever it says it."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.desk.bank.allocate_receipt import allocate_any
from levytool.desk.bank.identify_line import LineKind, Said, identify_line
from levytool.desk.month_end.consortium_statement import consortium_statement
from levytool.desk.month_end.contractor_statement import contractor_statement
from levytool.desk.month_end.member_statement import member_statements
from levytool.desk.returns.list_returns import list_returns
from levytool.money import format_pence
from levytool.periods import Month, Period
from tests.desk.correcting import Returns, received_text

MARCH = Month(2014, 3)
LINES = st.lists(
    st.tuples(st.sampled_from(("ALDER", "SALIX")), st.integers(-20_000, 90_000)),
    min_size=1,
    max_size=3,
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(
            st.tuples(st.just("pay"), st.integers(1, 900)),
            st.tuples(st.just("correct"), LINES),
        ),
    ),
    max_size=5,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    Returns(folder, received_text()).ledger.close()
    return folder / "books.db"


class _Return:
    """One return of March, paid and corrected in months after it."""

    def __init__(self, books: Returns, first: list[tuple[str, int]]) -> None:
        self.books = books
        self.month = MARCH
        self.number = books.declare(*self._lines(first), today="2014-03-31")

    def step(self, later: int, what: str, facts) -> None:
        self.month = self.month.plus(later)
        today = self.month.last_day.isoformat()
        if what == "pay":
            self._pay(format_pence(facts), today)
        else:
            told = self.books.correct(self.number, *self._lines(facts), today=today)
            self.number = told.rows[0]["return"]

    def _lines(self, said):
        return [
            (f"F{number}", "2014-03-05", member, format_pence(pence), f"CO-{number % 2}")
            for number, (member, pence) in enumerate(said)
        ]

    def _pay(self, pounds: str, today: str) -> None:
        office = self.books.office(today=today)
        line = self.books.bank(pounds, f"payment {self.books.entries()}", today)
        identify_line(office, line, Said(LineKind.RECEIPT, "BROOKS"))
        open_documents = self.books.numbers("invoice")
        for row in list_returns(office):
            for number in row["documents"] if row["return"] == self.number else ():
                if open_documents.get(number, ("", "", "0.00"))[2] != "0.00":
                    allocate_any(office, line, [number])


@given(LINES, STEPS)
@settings(max_examples=25)
def test_received_and_outstanding_agree_whenever_a_return_was_corrected(template, first, steps):
    """Also where a period ended before the day on which the cash of a correction moved."""
    with tempfile.TemporaryDirectory() as folder:
        books = Returns.copied(template, Path(folder))
        told = _Return(books, first)
        for later, (what, facts) in steps:
            told.step(later, what, facts)
        office = books.office(today="2016-01-01")
        for back in range(3):
            period = Period(MARCH, max(MARCH, told.month.plus(-back)))
            whole = consortium_statement(office, period)
            statements = [whole, *member_statements(office, period)]
            for item in statements:
                received = sum(line.received_pence for line in item.spend)
                outstanding = sum(line.outstanding_pence for line in item.spend)
                assert received == item.levy.to_date.received_pence
                assert outstanding == item.levy.unpaid_closing_pence
            for item in statements[1:]:
                open_net = sum(document.outstanding_pence for document in item.open_documents)
                assert open_net == item.aged.total_pence == item.levy.unpaid_closing_pence
            own = contractor_statement(office, "BROOKS", period)
            assert sum(line.received_pence for line in own.spend) == sum(
                line.received_pence for line in whole.spend
            )
        books.ledger.close()
