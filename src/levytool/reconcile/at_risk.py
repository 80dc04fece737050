"""The headline of the spend reconciliation: levy at risk, one sum wherever it is told."""

from collections.abc import Iterable

from levytool.money import MICROPENCE_PER_PENNY, half_up
from levytool.reconcile.spend import SpendReconciliation
from levytool.rules.matching.at_risk import bill_of, shares_at_risk
from levytool.rules.matching.reasons import UNDECLARED


def levies_at_risk(found: SpendReconciliation) -> dict[str, int | None]:
    """What each undeclared line has of the levy at risk, in micropence, by the id it is listed
    under: its invoice's credits are taken off (see `shares_at_risk`). None where no rate is known.
    """
    undeclared = found.of(UNDECLARED)
    shares = shares_at_risk(
        [(bill_of(item.recorded[0]), item.levy_effect_micropence) for item in undeclared]
    )
    return {item.id: share for item, share in zip(undeclared, shares, strict=True)}


def at_risk_pence(shares: Iterable[int | None]) -> int:
    """What shares of the levy at risk come to as far as a rate is known, rounded once."""
    return half_up(sum(share or 0 for share in shares), MICROPENCE_PER_PENNY)
