"""Pots and schemes over any run of acts, against a plain model (domain §3.5).

The model keeps every pound of a pot as one token with the month it entered, and moves tokens one
by one. The rules and the postings must agree with it, token for token, after every act.
"""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from levytool.accounts import Account
from levytool.journal import Leg, balances
from levytool.periods import Dated, Month
from levytool.rules import postings
from levytool.rules.brokerage import (
    Cohort,
    added,
    commit,
    placed_in_pot,
    pot_pence,
    remaining,
    transfer_pot,
)
from levytool.rules.drawdown import MatchFunding, close_scheme, drawdown_shares
from levytool.rules.expiry import lapsed_out, lapses
from levytool.rules.postings import Occasion

MEMBERS = ("A", "B")
FUNDER = "ESF"
LIVES = (Dated(date.min, 4), Dated(date(2014, 7, 1), 2))
MEMBER = st.sampled_from(MEMBERS)
PENCE = st.integers(1, 40)


def token(cohort):
    return (cohort.month, cohort.returned)


def spread(cohorts):
    """Cohorts as tokens, one a penny, oldest first."""
    ordered = sorted(cohorts, key=lambda c: (c.month, c.returned or c.month))
    return [token(cohort) for cohort in ordered for _ in range(cohort.pence)]


def oldest_first(tokens):
    return sorted(tokens, key=lambda t: (t[0], t[1] or t[0]))


class Pots(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.month = Month(2014, 1)
        self.pots = dict.fromkeys(MEMBERS, ())
        self.posted = {member: set() for member in MEMBERS}
        self.committed = dict.fromkeys(MEMBERS, ())
        self.drawn = dict.fromkeys((*MEMBERS, FUNDER), 0)
        self.match = MatchFunding(0, 0, 0)
        self.transfers = []
        self.model_pots = {member: [] for member in MEMBERS}
        self.model_scheme = {member: [] for member in MEMBERS}
        self.model_lapsed = dict.fromkeys(MEMBERS, 0)
        self.released = dict.fromkeys(MEMBERS, 0)
        self.model_drawn = 0

    def post(self, event, *facts):
        self.transfers += event(Occasion(self.month.last_day), *facts).transfers

    def balance(self, account, dimension):
        return -balances(self.transfers).get(Leg(account, dimension), 0)

    @rule(member=MEMBER, pence=PENCE)
    def release(self, member, pence):
        self.pots[member] = added(self.pots[member], [Cohort(self.month, pence)])
        self.post(postings.surplus_released, member, pence)
        self.released[member] += pence
        self.model_pots[member] += [(self.month, None)] * pence

    @rule(member=MEMBER, data=st.data())
    def commit(self, member, data):
        pence = data.draw(st.integers(0, pot_pence(self.pots[member])))
        done = commit(self.pots[member], pence)
        self.pots[member] = done.left
        self.committed[member] = added(self.committed[member], done.taken)
        self.post(postings.committed, "S", member, pence)
        tokens = oldest_first(self.model_pots[member])
        self.model_pots[member] = tokens[pence:]
        self.model_scheme[member] = oldest_first(self.model_scheme[member] + tokens[:pence])

    @rule(agreed=PENCE, received=PENCE)
    def fund(self, agreed, received):
        received = min(received, agreed)
        self.match = MatchFunding(
            self.match.agreed_pence + agreed,
            self.match.received_pence + received,
            self.match.drawn_pence,
        )
        self.post(postings.match_funding_agreed, "S", FUNDER, agreed)
        self.post(postings.match_funding_received, "S", FUNDER, "main", received)

    def left_in_scheme(self):
        left = {m: pot_pence(self.committed[m]) - self.drawn[m] for m in MEMBERS}
        return {**left, FUNDER: self.match.received_pence - self.drawn[FUNDER]}

    @precondition(lambda self: sum(self.left_in_scheme().values()))
    @rule(data=st.data())
    def draw(self, data):
        left = self.left_in_scheme()
        pence = data.draw(st.integers(1, sum(left.values())))
        shares = drawdown_shares(pence, left)
        for source, share in shares.items():
            assert 0 <= share <= left[source]
            self.drawn[source] += share
        self.match = MatchFunding(
            self.match.agreed_pence, self.match.received_pence, self.drawn[FUNDER]
        )
        self.post(postings.drawn_down, "S", "PARTNER", shares)
        for member in MEMBERS:
            self.model_scheme[member] = self.model_scheme[member][shares[member] :]
        self.model_drawn += pence

    @rule()
    def close(self):
        closing = close_scheme(self.committed, self.drawn, {FUNDER: self.match})
        back = {member: pot_pence(parts) for member, parts in closing.to_pots.items()}
        self.post(postings.scheme_closed, "S", back, closing.not_received, closing.to_funders)
        for member in MEMBERS:
            posted = self.posted[member]
            parts = placed_in_pot(closing.to_pots.get(member, ()), self.month, posted)
            self.pots[member] = added(self.pots[member], parts)
            self.model_pots[member] += [
                (entered, self.month) if (entered, returned) in posted else (entered, returned)
                for entered, returned in self.model_scheme[member]
            ]
            self.model_scheme[member] = []
        self.committed = dict.fromkeys(MEMBERS, ())
        self.drawn = dict.fromkeys((*MEMBERS, FUNDER), 0)
        self.match = MatchFunding(0, 0, 0)

    @rule(data=st.data())
    def transfer(self, data):
        pence = data.draw(st.integers(0, pot_pence(self.pots["A"])))
        done = transfer_pot(self.pots["A"], self.pots["B"], pence, self.month, self.posted["B"])
        self.pots["A"], self.pots["B"] = done.from_pot, done.to_pot
        self.post(postings.pot_transferred, "A", "B", pence)
        tokens = oldest_first(self.model_pots["A"])
        self.model_pots["A"] = tokens[pence:]
        self.model_pots["B"] += [
            (entered, self.month)
            if (entered, returned) in self.posted["B"]
            else (entered, returned)
            for entered, returned in tokens[:pence]
        ]

    @rule()
    def end_month(self):
        """Expire what is due at the month's end, nil cohorts too, and go on to the next."""
        for member in MEMBERS:
            expiries = lapses(self.pots[member], self.posted[member], LIVES, self.month)
            self.pots[member] = lapsed_out(self.pots[member], expiries)
            self.posted[member] |= {expiry.cohort.key for expiry in expiries}
            pence = pot_pence(expiry.cohort for expiry in expiries)
            self.post(postings.pot_expired, member, pence)
            kept = [t for t in self.model_pots[member] if not self.model_due(t)]
            self.model_lapsed[member] += len(self.model_pots[member]) - len(kept)
            self.model_pots[member] = kept
        self.month = self.month.plus(1)

    def model_due(self, pence_token):
        entered, returned = pence_token
        if returned is not None:
            return returned.plus(3) <= self.month
        return entered.plus(4 if entered < Month(2014, 7) else 2) <= self.month

    @invariant()
    def cohorts_are_the_tokens(self):
        for member in MEMBERS:
            assert spread(self.pots[member]) == oldest_first(self.model_pots[member])
            rest = remaining(self.committed[member], self.drawn[member])
            assert spread(rest) == self.model_scheme[member]

    @invariant()
    def the_books_hold_what_the_cohorts_hold(self):
        for member in MEMBERS:
            assert self.balance(Account.BROKERAGE_POT, member) == pot_pence(self.pots[member])
            assert self.balance(Account.LAPSED_FUNDS, member) == self.model_lapsed[member]
            assert self.balance(Account.SCHEME_FUNDS, f"S/{member}") == len(
                self.model_scheme[member]
            )
            assert all(cohort.pence >= 0 for cohort in self.pots[member])
        undrawn = self.match.agreed_pence - self.match.drawn_pence
        assert self.balance(Account.SCHEME_FUNDS, f"S/{FUNDER}") == undrawn
        assert self.balance(Account.CREDITORS, "PARTNER") == self.model_drawn

    @invariant()
    def only_releases_touch_the_levy_fund(self):
        for member in MEMBERS:
            assert self.balance(Account.LEVY_FUND, member) == -self.released[member]


Pots.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestPots = Pots.TestCase
