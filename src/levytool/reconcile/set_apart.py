"""What is neither matched nor alone on one side: pairs a person rejected, and duplicates.

With them the sums of a side come to all of it: what rules and people joined, what is rejected,
duplicates, and what is over-declared or undeclared.
"""

from collections.abc import Iterable

from levytool.reconcile.spend import Asked, Difference, Matched, SpendReconciliation
from levytool.rules.matching.reasons import DUPLICATE


def is_rejected_pair(found: Difference) -> bool:
    """Whether a person took a pair of the rules apart that has to be put right."""
    return bool(not found.rule and found.declared and found.recorded)


def rejected_pairs(found: SpendReconciliation) -> Matched:
    """How many pairs are rejected, with the period's own lines and pence of either side."""
    return _own(found, filter(is_rejected_pair, found.differences))


def duplicates(found: SpendReconciliation) -> Matched:
    """Lines of either side that stand there twice."""
    return _own(found, (d for d in found.of(DUPLICATE) if not (d.declared and d.recorded)))


def _own(found: SpendReconciliation, differences: Iterable[Difference]) -> Matched:
    asked = Asked(found.period, found.member)
    own = Matched()
    for item in differences:
        own.add(1, *(tuple(filter(asked.has, side)) for side in (item.declared, item.recorded)))
    return own
