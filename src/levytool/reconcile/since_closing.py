"""What a month's spend came to when it was closed, kept with the closing, and what it is now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from levytool.ledger.spend.spend_sides import SideSum
from levytool.reconcile.at_risk import at_risk_pence, levies_at_risk
from levytool.reconcile.spend import Difference, SpendReconciliation
from levytool.rules.matching.reasons import OVER_DECLARED, UNDECLARED

WORDS = {
    "declared": "Declared by contractors",
    "recorded": "Recorded by members",
    "over_declared": "Over-declared spend",
    "undeclared": "Undeclared spend",
    "levy_at_risk": "Levy at risk",
}
"""The sums that are kept, each with what a report calls it."""


class Total(NamedTuple):
    """Lines, and what they come to in pence."""

    lines: int = 0
    pence: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """A sum that is another now than it was when its month was closed; `what` is its key."""

    what: str
    closing: Total
    now: Total


def totals_of(found: SpendReconciliation) -> dict[str, Total]:
    """The sums of a reconciliation. All undeclared lines have the levy at risk between them."""
    undeclared = found.of(UNDECLARED)
    return {
        "declared": Total(*found.declared),
        "recorded": Total(*found.recorded),
        "over_declared": _total(found.of(OVER_DECLARED), -1),
        "undeclared": _total(undeclared, 1),
        "levy_at_risk": Total(len(undeclared), at_risk_pence(levies_at_risk(found).values())),
    }


def totals_without_ledgers(declared: SideSum) -> dict[str, Total]:
    """The same where nobody has recorded anything: all that is declared stands alone."""
    alone = Total(*declared)
    return dict.fromkeys(WORDS, Total()) | {"declared": alone, "over_declared": alone}


def moved(kept: Mapping[str, Iterable[int]], now: Mapping[str, Total]) -> tuple[Moved, ...]:
    """The sums that changed, of those that a closing kept; earlier versions kept none."""
    closing = {what: Total(*kept[what]) for what in now if what in kept}
    return tuple(
        Moved(what, closing[what], now[what]) for what in closing if closing[what] != now[what]
    )


def _total(items: Iterable[Difference], sign: int) -> Total:
    nets = [item.net_difference_pence for item in items]
    return Total(len(nets), sign * sum(nets))
