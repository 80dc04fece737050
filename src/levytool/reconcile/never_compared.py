"""What was declared and never lay beside a member's ledger, whatever people decided about it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from levytool.money import display_pence, format_pence, parse_pounds
from levytool.reconcile.spend import Difference
from levytool.rules.matching.decisions import ACCEPT, STATUS
from levytool.rules.matching.lines import net_of


class NeverCompared(NamedTuple):
    """Declared lines that no ledger reaches, with their pence; and those of them that a person
    accepted: that explains them, and compares nothing."""

    lines: int = 0
    pence: int = 0
    accepted_lines: int = 0
    accepted_pence: int = 0


def never_compared(left_out: Iterable[Difference]) -> NeverCompared:
    """The sums of lines that are not compared."""
    items = tuple(left_out)
    accepted = [item for item in items if item.status == STATUS[ACCEPT]]
    return NeverCompared(len(items), _declared(items), len(accepted), _declared(accepted))


def _declared(items: Iterable[Difference]) -> int:
    return sum(net_of(item.declared) for item in items)


def never_compared_json(sums: NeverCompared) -> dict[str, Any]:
    """The sums as scripts read them."""
    return {
        "count": sums.lines,
        "net": format_pence(sums.pence),
        "accepted": {"count": sums.accepted_lines, "net": format_pence(sums.accepted_pence)},
    }


def sums_told(told: Mapping[str, Any]) -> NeverCompared:
    """The sums that scripts read."""
    accepted = told["accepted"]
    nets = parse_pounds(told["net"]), parse_pounds(accepted["net"])
    return NeverCompared(told["count"], nets[0], accepted["count"], nets[1])


def never_compared_words(sums: NeverCompared) -> str:
    """How much is not compared, and how much of it people accepted all the same."""
    told = f"{sums.lines:,} of the over-declared, {display_pence(sums.pence)}"
    if sums.accepted_lines:
        accepted = f"{sums.accepted_lines:,}: {display_pence(sums.accepted_pence)}"
        told += f"; of these accepted {accepted}"
    return told
