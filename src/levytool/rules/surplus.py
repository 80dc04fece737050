"""Levy beyond the regular activity's need, and what of a pot may be committed (domain §3.5)."""

from dataclasses import dataclass

from levytool.money import display_pence
from levytool.problems import Problem


@dataclass(frozen=True, slots=True)
class Surplus:
    """What a member's levy fund holds beyond its reserve, in pence, neither below zero.

    At most one of the two is above zero. A deficit is carried and shown, and releases nothing.
    """

    surplus_pence: int
    deficit_pence: int


def surplus(fund_pence: int, reserve_pence: int) -> Surplus:
    """Surplus or deficit of the levy fund (2100, credit positive) against the member's reserve.

    `reserve_pence` is the sum of the reserves of the frameworks where the member has levied spend.
    """
    beyond = fund_pence - reserve_pence
    return Surplus(max(0, beyond), max(0, -beyond))


def release_pence(
    fund_at_end_pence: int,
    fund_now_pence: int,
    reserve_pence: int,
    released_since_pence: int = 0,
    held_back_pence: int = 0,
) -> int:
    """What `pot release` moves: the whole surplus as at the end of the period, never below nothing.

    `fund_at_end_pence` is 2100 as at the period's end; `released_since_pence` is what has left
    it as surplus with a later effective date, so that repeating a release of a closed period moves
    nothing; `fund_now_pence` is 2100 with all that is posted, since a release that a later credit
    has already used up would only make a deficit. `held_back_pence` is what `provide = "exact"`
    keeps back for the part-million.
    """
    fund = min(fund_at_end_pence - released_since_pence, fund_now_pence)
    return max(0, fund - reserve_pence - held_back_pence)


def available_pence(pot_pence: int, fund_pence: int, reaching_pence: int) -> int:
    """What of a pot (2200) may be committed: all of it, less a deficit it has to answer for.

    Releases are not reversed. `fund_pence` is 2100 (credit positive), `reaching_pence` the part of
    2000 that will reach it, net of what will be retained (`receipts.reaching_pence`).
    """
    return max(0, pot_pence + min(0, fund_pence + reaching_pence))


def commitment_problem(member: str, amount_pence: int, available: int) -> Problem | None:
    """Why a commitment or a transfer out of a pot is refused, or None (domain §3.5)."""
    if amount_pence <= 0:
        return Problem(
            "not-positive", f"{display_pence(amount_pence)} is no amount", "give more than £0.00"
        )
    if amount_pence > available:
        return Problem(
            "too-little-money",
            f"{member} has {display_pence(available)} available in its pot, "
            f"not {display_pence(amount_pence)}",
            "give less, or release surplus first (`levytool pot release`)",
        )
    return None
