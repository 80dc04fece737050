"""Any months of returns, corrections, nils, receipts, releases and closings, in a real ledger,
against books that are worked out anew from what was said last."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from levytool.desk.audit.read_ledger import list_balances
from levytool.desk.bank.allocate_receipt import allocate_any
from levytool.desk.bank.identify_line import LineKind, Said, identify_line
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.four_eyes import Status
from levytool.desk.month_end.close_period import close_period
from levytool.desk.returns.list_returns import list_returns
from levytool.desk.returns.settle_returns import declare_nil
from levytool.ledger.journal.as_known import AsKnown
from levytool.money import format_pence
from levytool.periods import Month
from tests.desk.correcting import Returns, received_text
from tests.desk.plain_books import PlainBooks, SaidReturn

FIRST = Month(2014, 1)
CONTRACTOR = st.sampled_from(["BEECH", "BROOKS"])
LINES = st.lists(
    st.tuples(st.sampled_from(["ALDER", "BIRCH", "SALIX"]), st.integers(-80_000, 300_000)),
    min_size=1,
    max_size=3,
)
BOOK = (
    received_text(
        framework="""
retained = '7.5%'
contractors = [{ code = 'BEECH', from = 2014-01-01 }, { code = 'BROOKS', from = 2014-01-01 }]
""",
        opportunities="per_million = 1500\nunit_cost = [{ from = 2012-04-01, cost = '3.33' }]",
    )
    .replace("[consortium]", "[consortium]\nfour_eyes_over = '1000000.00'")
    .replace('rate = "1%"', 'rate = "1.37%"')
)


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """A ledger with the book in force and nothing in it, to copy."""
    folder = tmp_path_factory.mktemp("blank")
    Returns(folder, BOOK).ledger.close()
    return folder / "books.db"


class Months(RuleBasedStateMachine):
    """`numbers` are the returns that stand, `closed` the balances of months at their closing."""

    blank: Path

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.blank, self.folder / "books.db")
        self.books = Returns(self.folder)
        self.plain = PlainBooks()
        self.numbers = {}
        self.closed = {}
        self.now = FIRST.plus(1)
        self.files = 0

    @property
    def today(self):
        return date(self.now.year, self.now.month, 10).isoformat()

    def teardown(self):
        self.books.ledger.close()
        shutil.rmtree(self.folder)

    def _lines(self, month, said):
        self.files += 1
        return [
            (f"I{self.files}-{number}", f"{month}-05", member, format_pence(pence))
            for number, (member, pence) in enumerate(said)
        ]

    @rule(contractor=CONTRACTOR, back=st.integers(0, 3), said=LINES)
    def declare(self, contractor, back, said):
        """A return of a month; where there is one, its correction."""
        month = self.now.plus(-back)
        if month < FIRST:
            return
        key = contractor, month
        lines = self._lines(month, said)
        if key in self.numbers:
            told = self.books.correct(self.numbers[key], *lines, today=self.today)
            assert told.status in (Status.DONE, Status.DONE_BEFORE)
            self.numbers[key] = told.rows[0]["return"]
        else:
            self.numbers[key] = self.books.declare(*lines, today=self.today, contractor=contractor)
        self.plain.returns.setdefault(key, SaidReturn(contractor)).lines = said

    @rule(contractor=CONTRACTOR, back=st.integers(0, 3))
    def declare_nothing(self, contractor, back):
        """A nil return; where there is one already, it is corrected to nil."""
        month = self.now.plus(-back)
        if month < FIRST:
            return
        key = contractor, month
        if key in self.numbers:
            told = self.books.correct(self.numbers[key], today=self.today)
            self.numbers[key] = told.rows[0]["return"]
            self.plain.returns[key].lines = []
        else:
            self._nil(key)

    def _nil(self, key):
        contractor, month = key
        office = self.books.office(today=self.today)
        row = declare_nil(office, contractor, "REGEN", month).rows[0]
        self.numbers[key] = row["return"]
        self.plain.returns[key] = SaidReturn(contractor)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), pence=st.integers(1, 6_000))
    def pay(self, data, pence):
        """Money for a return: what it does not need stays with the payer."""
        key = data.draw(st.sampled_from(sorted(self.numbers)))
        invoice = self._open_invoice(key)
        if invoice is None:
            return
        line = self.books.bank(format_pence(pence), f"money {self.files}", today=self.today)
        office = self.books.office(today=self.today)
        identify_line(office, line, Said(LineKind.RECEIPT, key[0]))
        allocate_any(office, line, [invoice])
        self.plain.returns[key].cash.append(pence)

    def _open_invoice(self, key):
        documents = self.books.numbers("invoice")
        for row in list_returns(self.books.office()):
            if row["return"] == self.numbers[key]:
                open_ones = [
                    n for n in row["documents"] if documents.get(n, ("", "", "0.00"))[2] != "0.00"
                ]
                return open_ones[0] if open_ones else None
        return None

    @rule()
    def release(self):
        """The surplus of every member, as at the end of this month."""
        release_surplus(self.books.office(today=self.today), self.now)
        self.plain.release()

    @precondition(lambda self: self.now < FIRST.plus(6))
    @rule()
    def a_month_passes(self):
        self.now = self.now.plus(1)

    @precondition(lambda self: FIRST.plus(len(self.closed)) < self.now)
    @rule()
    def close(self):
        """The oldest open month, once everyone has said something for it."""
        month = FIRST.plus(len(self.closed))
        for contractor in ("BEECH", "BROOKS"):
            if (contractor, month) not in self.numbers:
                self._nil((contractor, month))
        close_period(self.books.office(today=self.today), month)
        self.closed[month] = self._as_at(month)

    def _as_at(self, month):
        return list_balances(self.books.office(), AsKnown(as_at=month.last_day))

    @invariant()
    def the_books_are_what_was_said(self):
        found = self.books.of("1100", "2000", "2100", "2110", "2200", "2500", "2910", "4100")
        assert found == self.plain.balances()

    @invariant()
    def the_books_prove(self):
        self.books.prove()

    @invariant()
    def numbers_have_no_gaps(self):
        for prefix in ("INV", "CN"):
            numbers = sorted(n for n in self.books.numbers() if n.startswith(prefix))
            assert numbers == [f"{prefix}-{place:06d}" for place in range(1, len(numbers) + 1)]

    @invariant()
    def closed_months_stay_as_they_were(self):
        assert {month: self._as_at(month) for month in self.closed} == self.closed


def test_the_books_of_any_months_are_what_was_said_last(blank):
    Months.blank = blank
    Months.TestCase.settings = settings(
        max_examples=12,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Months.TestCase("runTest").runTest()
