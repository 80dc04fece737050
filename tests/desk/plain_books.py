"""What the books of some months must come to, worked out anew from what was said: no ledger, no
entry, no correction, no order of events but that of the money."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

RATE = Fraction(137, 10_000)
VAT = Fraction(1, 5)
RETAINED = Fraction(75, 1_000)
PER_MILLION = 1_500
PLACE_PENCE = 333
MILLION_PENCE = 100_000_000


def half_up(exact):
    """The nearest whole number, ties away from zero."""
    return floor(exact + Fraction(1, 2)) if exact >= 0 else -floor(-exact + Fraction(1, 2))


def shared(whole, exact):
    """A whole by largest remainder: floors, then one each to the largest fractions, in order."""
    parts = {key: floor(value) for key, value in exact.items()}
    in_order = sorted(exact, key=lambda key: parts[key] - exact[key])
    for key in in_order[: whole - sum(parts.values())]:
        parts[key] += 1
    return parts


@dataclass
class SaidReturn:
    """A return as it was last said, lines of (member, pence), and the money paid on it."""

    payer: str
    lines: list = field(default_factory=list)
    cash: list = field(default_factory=list)

    def shares(self):
        """The document's levy by member."""
        exact = {number: pence * RATE for number, (_member, pence) in enumerate(self.lines)}
        by_line = shared(half_up(sum(exact.values(), Fraction())), exact)
        shares = Counter()
        for number, (member, _pence) in enumerate(self.lines):
            shares[member] += by_line[number]
        return shares

    def vat(self):
        """VAT on the document."""
        return half_up(sum(self.shares().values()) * VAT)

    def credited(self):
        """What of each member's levy has been paid, and the money that was not needed."""
        open_net = dict(sorted(self.shares().items()))
        open_gross = sum(open_net.values()) + self.vat()
        if not open_gross:  # nobody will ever pay a document of nothing: it is settled as it is
            return Counter(open_net), sum(self.cash)
        paid, left = Counter(), 0
        for pence in self.cash:
            taken = min(pence, max(0, open_gross))
            left += pence - taken
            if not taken:
                continue
            net = sum(open_net.values())
            moved = half_up(Fraction(net * taken, open_gross))
            exact = {
                m: Fraction(moved * own, net) if net else Fraction() for m, own in open_net.items()
            }
            for member, part in shared(moved, exact).items():
                paid[member] += part
                open_net[member] -= part
            open_gross -= taken
        return paid, left


@dataclass
class PlainBooks:
    """Every return by (contractor, month), and what was released to each member's pot."""

    returns: dict = field(default_factory=dict)
    pots: Counter = field(default_factory=Counter)

    def balances(self):
        """Balances that are not zero, credit positive, by account and dimension."""
        of = Counter()
        spend = Counter()
        for said in self.returns.values():
            paid, left = said.credited()
            for member, net in said.shares().items():
                of["2000", member] += net - paid[member]
                kept = half_up(RETAINED * paid[member])
                of["2100", member] += paid[member] - kept
                of["4100", "REGEN"] += kept
            of["2500", ""] += said.vat()
            of["2910", said.payer] += left
            of["1100", said.payer] -= sum(said.shares().values()) + said.vat()
            of["1100", said.payer] += sum(said.cash) - left
            for member, pence in said.lines:
                spend[member] += pence
        for member, pence in spend.items():
            due = max(0, floor(Fraction(PER_MILLION * pence, MILLION_PENCE)))
            of["2110", member] += due * PLACE_PENCE
            of["2100", member] -= due * PLACE_PENCE
        for member, pence in self.pots.items():
            of["2200", member] += pence
            of["2100", member] -= pence
        return {key: pence for key, pence in of.items() if pence}

    def release(self):
        """Let every member's surplus enter its pot."""
        for (account, member), pence in self.balances().items():
            if account == "2100" and pence > 0:
                self.pots[member] += pence
