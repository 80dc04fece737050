"""Who bears a drawdown, and what goes back when a scheme closes (domain §3.5).

Sources are members, by what remains of their commitments, and funders, by what remains of the match
funding received. All maps are of pence by the code of the source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levytool.money import display_pence
from levytool.problems import Problem
from levytool.rules.brokerage import Cohort, remaining
from levytool.rules.splits import split_by_code


@dataclass(frozen=True, slots=True)
class MatchFunding:
    """A funder's money in one scheme, in pence: agreed, received of it, drawn of what came."""

    agreed_pence: int
    received_pence: int
    drawn_pence: int


@dataclass(frozen=True, slots=True)
class Closing:
    """What a scheme's rest becomes, in pence; sources with nothing left are not named.

    `to_pots` names for each member the cohorts its money came from; `not_received` reduces the
    funders' debts (1300), `to_funders` is owed back to them (2400).
    """

    to_pots: Mapping[str, tuple[Cohort, ...]]
    not_received: Mapping[str, int]
    to_funders: Mapping[str, int]


def drawdown_shares(amount_pence: int, remaining_pence: Mapping[str, int]) -> dict[str, int]:
    """A drawdown over its sources, in proportion to what remains of each, ties by code.

    `remaining_pence` holds members' undrawn commitments and funders' received, undrawn match
    funding. No source bears more than it has. Raises ValueError where the amount is negative or
    more than remains in all; ask `drawdown_problem` first.
    """
    left = sum(remaining_pence.values())
    if not 0 <= amount_pence <= left:
        raise ValueError(f"a drawdown of {amount_pence}p from {left}p")
    return split_by_code(amount_pence, remaining_pence)


def drawdown_problem(
    scheme: str, amount_pence: int, remaining_pence: Mapping[str, int]
) -> Problem | None:
    """Why a drawdown is refused, or None: it never exceeds what remains in its scheme."""
    left = sum(remaining_pence.values())
    if amount_pence <= 0:
        return Problem(
            "not-positive", f"{display_pence(amount_pence)} is no amount", "give more than £0.00"
        )
    if amount_pence > left:
        return Problem(
            "too-little-money",
            f"{display_pence(left)} remains in scheme {scheme}, not {display_pence(amount_pence)}",
            "draw less, commit more to it (`levytool scheme commit`), "
            "or wait for match funding to be received",
        )
    return None


def drawable_match(funding: MatchFunding) -> int:
    """Pence of a funder's money that a drawdown may use: received, not yet drawn."""
    return funding.received_pence - funding.drawn_pence


def close_scheme(
    committed: Mapping[str, Sequence[Cohort]],
    drawn_pence: Mapping[str, int],
    match_funding: Mapping[str, MatchFunding],
) -> Closing:
    """What goes back where when a scheme closes.

    `committed` is every commitment of each member with the cohorts it took, `drawn_pence` each
    member's share of the drawdowns. Drawdowns used the oldest money first, so the newest is left.
    Raises ValueError where more was drawn than committed or received, which no drawdown allows.
    """
    to_pots = {}
    for member in sorted(committed):
        rest = remaining(committed[member], drawn_pence.get(member, 0))
        if rest:
            to_pots[member] = rest
    not_received: dict[str, int] = {}
    to_funders: dict[str, int] = {}
    for funder, funding in sorted(match_funding.items()):
        undrawn = drawable_match(funding)
        if undrawn < 0:
            raise ValueError(f"{funder}: {funding.drawn_pence}p drawn of {funding.received_pence}p")
        if undrawn:
            to_funders[funder] = undrawn
        if owed := funding.agreed_pence - funding.received_pence:
            not_received[funder] = owed
    return Closing(to_pots, not_received, to_funders)
