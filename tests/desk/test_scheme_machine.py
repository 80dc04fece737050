"""Pots and schemes over any run of an officer's acts, in a real ledger, against a plain model.

The model knows no rule by name: it keeps each pot and each commitment as pence by month of entry.
After every act the ledger must hold the same, and must prove.
"""

import shutil
import tempfile
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from levytool.desk.bank.take_back_draw import take_back_draw
from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.brokerage.transfer_pot import transfer_pot
from levytool.periods import Month
from levytool.problems import RuleRefused
from tests.desk.consortium import Books, book_text

MEMBERS = ("ALDER", "SALIX")
FUNDER = "City Trust"
MEMBER = st.sampled_from(MEMBERS)
PENCE = st.integers(1, 2_000)
PART = st.fractions(0, 1, max_denominator=7)
OVER = st.integers(1, 500)


def oldest_first(kept, pence):
    """The parts by month that an amount takes."""
    taken = Counter()
    for month in sorted(kept):
        taken[month] = min(kept[month], pence)
        pence -= taken[month]
    return +taken


def in_proportion(pence, weights):
    """Largest remainder, ties by code, by hand."""
    whole = sum(weights.values())
    exact = {code: Fraction(pence * weights[code], whole) for code in sorted(weights)}
    shares = {code: int(share) for code, share in exact.items()}
    by_fraction = sorted(exact, key=lambda code: (shares[code] - exact[code], code))
    for code in by_fraction[: pence - sum(shares.values())]:
        shares[code] += 1
    return shares


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """A ledger with the book in force and nothing in it, to copy."""
    folder = tmp_path_factory.mktemp("blank")
    books = Books(folder, book_text(opportunities=None))
    books.ledger.close()
    return folder / "books.db"


class Schemes(RuleBasedStateMachine):
    blank: Path

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.blank, self.folder / "books.db")
        self.books = Books(self.folder)
        self.month = Month(2014, 1)
        self.pots = {member: Counter() for member in MEMBERS}
        self.number = 0
        self.refunds = self.owed = 0
        self.acts = 0
        self.open_scheme()

    def teardown(self):
        self.books.prove()
        self.books.ledger.close()
        shutil.rmtree(self.folder)

    def office(self, user="ann"):
        return self.books.office(user, self.today)

    @property
    def today(self):
        return date(self.month.year, self.month.month, 15).isoformat()

    @property
    def code(self):
        return f"S{self.number}"

    def open_scheme(self):
        self.number += 1
        propose_scheme(
            self.office(),
            self.code,
            members=MEMBERS,
            title="A scheme",
            budget_pence=10**9,
            places=1,
        )
        approve_scheme(self.office("bob"), self.code)
        self.committed = {member: Counter() for member in MEMBERS}
        self.agreed = self.received = 0
        self.drawn = Counter()
        self.draws = {}

    def left(self, member):
        """What remains of a member's commitments, by month: drawdowns used the oldest first."""
        return self.committed[member] - oldest_first(self.committed[member], self.drawn[member])

    def drawable(self):
        found = {member: self.left(member).total() for member in MEMBERS}
        return found | {FUNDER: self.received - self.drawn[FUNDER]}

    @rule(member=MEMBER, pence=PENCE)
    def release(self, member, pence):
        """A penny of levy is £1 of spend at 1%."""
        self.acts += 1
        line = (self.today, member, f"{pence}.00", "BROOKS", f"C-{self.acts}")
        self.books.spend(line, today=self.today)
        release_surplus(self.office(), self.month)
        release_surplus(self.office(), self.month)
        self.pots[member][str(self.month)] += pence

    @rule()
    def next_month(self):
        self.month = self.month.plus(1)

    @rule(member=MEMBER, part=PART)
    def commit(self, member, part):
        pence = int(self.pots[member].total() * part)
        if pence:
            commit_to_scheme(self.office(), self.code, member, pence)
            taken = oldest_first(self.pots[member], pence)
            self.pots[member] -= taken
            self.committed[member] += taken

    @rule(member=MEMBER, over=OVER)
    def commit_too_much(self, member, over):
        with pytest.raises(RuleRefused, match="available in its pot"):
            commit_to_scheme(self.office(), self.code, member, self.pots[member].total() + over)

    @rule(part=PART)
    def transfer(self, part):
        pence = int(self.pots["SALIX"].total() * part)
        if pence:
            for user in ("ann", "bob"):
                transfer_pot(self.office(user), "SALIX", "ALDER", pence)
            taken = oldest_first(self.pots["SALIX"], pence)
            self.pots["SALIX"] -= taken
            self.pots["ALDER"] += taken

    @rule(pence=PENCE)
    def fund(self, pence):
        fund_scheme(self.office(), self.code, FUNDER, pence)
        self.agreed += pence

    @precondition(lambda self: self.agreed > self.received)
    @rule(part=PART)
    def receive(self, part):
        pence = max(1, int((self.agreed - self.received) * part))
        pounds = f"{pence // 100}.{pence % 100:02d}"
        self.books.match_funding(self.code, FUNDER, pounds, self.today)
        self.received += pence

    @rule(part=PART)
    def draw(self, part):
        remaining = self.drawable()
        pence = int(sum(remaining.values()) * part)
        if pence:
            self.acts += 1
            reference = f"D-{self.acts}"
            for _ in range(2):
                draw_scheme(
                    self.office(), self.code, net_pence=pence, payee="P", reference=reference
                )
            self.draws[reference] = Counter(in_proportion(pence, remaining))
            self.drawn += self.draws[reference]

    @precondition(lambda self: self.draws)
    @rule(data=st.data())
    def take_back(self, data):
        reference = data.draw(st.sampled_from(sorted(self.draws)))
        for _ in range(2):
            take_back_draw(self.office(), self.code, reference, "wrong")
        self.drawn -= self.draws.pop(reference)

    @rule(over=OVER)
    def draw_too_much(self, over):
        pence = sum(self.drawable().values()) + over
        with pytest.raises(RuleRefused, match="remains in scheme"):
            draw_scheme(self.office(), self.code, net_pence=pence, payee="P", reference="D-over")

    @rule()
    def close(self):
        close_scheme(self.office(), self.code)
        for member in MEMBERS:
            self.pots[member] += self.left(member)
        self.refunds += self.received - self.drawn[FUNDER]
        self.owed += self.drawn.total()
        self.open_scheme()

    @invariant()
    def the_ledger_holds_the_same(self):
        for member in MEMBERS:
            assert dict(self.books.cohorts(member)) == dict(+self.pots[member])
            held = self.books.balance("2300", f"{self.code}/{member}")
            assert held == self.left(member).total()
        held = self.books.balance("2300", f"{self.code}/{FUNDER}")
        assert held == self.agreed - self.drawn[FUNDER]
        assert self.books.balance("1300", FUNDER) == self.received - self.agreed
        assert self.books.balance("2400", FUNDER) == self.refunds
        assert self.books.balance("2400", "P") == self.owed + self.drawn.total()


def test_pots_and_schemes_hold_over_any_run_of_acts(blank):
    Schemes.blank = blank
    machine = Schemes.TestCase
    machine.settings = settings(
        max_examples=25,
        stateful_step_count=25,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    machine().runTest()
