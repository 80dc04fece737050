"""A member's brokerage pot as cohorts: what entered in each month, oldest used first.

Domain §3.5. A commitment takes the oldest cohort first and remembers it; a closed scheme's rest
goes back to the cohorts it came from. Money that comes back to a cohort whose expiry is posted is
kept beside it, with the month it came back, since a posted expiry is never restated.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from levytool.periods import Month

CohortKey = tuple[Month, Month | None]
"""The month money entered the pot and, if it came back after expiry was posted, that month."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Pence that entered a pot in one month: a balance, or the part of one that moved.

    `returned` is the month it came back in where the cohort's expiry had been posted by then.
    """

    month: Month
    pence: int
    returned: Month | None = None

    @property
    def key(self) -> CohortKey:
        """What tells one cohort of a pot from another."""
        return (self.month, self.returned)


def format_key(key: CohortKey) -> str:
    """A cohort's key as text: `2014-03`, or `2014-03+2016-05` for money that came back."""
    month, returned = key
    return str(month) if returned is None else f"{month}+{returned}"


def parse_key(text: str) -> CohortKey:
    """Read what `format_key` wrote. Raises ValueError for anything else."""
    month, plus, returned = text.partition("+")
    return (Month.parse(month), Month.parse(returned) if plus else None)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What an amount took from a pot: the parts of cohorts it took, and the pot that is left."""

    taken: tuple[Cohort, ...]
    left: tuple[Cohort, ...]


@dataclass(frozen=True, slots=True)
class PotTransfer:
    """What left one pot, how it entered the other, and both pots afterwards."""

    taken: tuple[Cohort, ...]
    placed: tuple[Cohort, ...]
    from_pot: tuple[Cohort, ...]
    to_pot: tuple[Cohort, ...]


def age(cohort: Cohort) -> tuple[Month, Month]:
    """Sorts cohorts oldest first: by the month of entry, then by the month of coming back."""
    return (cohort.month, cohort.returned or cohort.month)


def pot_pence(cohorts: Iterable[Cohort]) -> int:
    """What cohorts hold in all."""
    return sum(cohort.pence for cohort in cohorts)


def added(cohorts: Iterable[Cohort], more: Iterable[Cohort]) -> tuple[Cohort, ...]:
    """Cohorts with further money, equal ones made one, oldest first; empty ones stay.

    A second release in an open month so tops up that month's cohort.
    """
    totals: dict[CohortKey, int] = {}
    for cohort in (*cohorts, *more):
        totals[cohort.key] = totals.get(cohort.key, 0) + cohort.pence
    joined = (Cohort(month, pence, returned) for (month, returned), pence in totals.items())
    return tuple(sorted(joined, key=age))


def commit(cohorts: Iterable[Cohort], amount_pence: int) -> Commitment:
    """Take an amount from the oldest cohorts first, remembering which.

    Run due expiries first, so that money past its life is not committed. Raises ValueError for a
    negative amount or more than the pot holds; ask `surplus.commitment_problem` first, as less may
    be available than is held.
    """
    pot = added(cohorts, ())
    if not 0 <= amount_pence <= pot_pence(pot):
        raise ValueError(f"{amount_pence}p cannot be taken from {pot_pence(pot)}p")
    taken, left, wanted = [], [], amount_pence
    for cohort in pot:
        part = min(cohort.pence, wanted)
        wanted -= part
        left.append(Cohort(cohort.month, cohort.pence - part, cohort.returned))
        if part:
            taken.append(Cohort(cohort.month, part, cohort.returned))
    return Commitment(tuple(taken), tuple(left))


def remaining(committed: Iterable[Cohort], used_pence: int) -> tuple[Cohort, ...]:
    """What is left of commitments after `used_pence`, the oldest money being used first.

    Raises ValueError where more was used than committed.
    """
    return tuple(cohort for cohort in commit(committed, used_pence).left if cohort.pence)


def placed_in_pot(
    parts: Iterable[Cohort], in_month: Month, posted: Collection[CohortKey]
) -> tuple[Cohort, ...]:
    """How money enters a pot: under its own cohort, or beside it once that one's expiry is posted.

    `posted` holds the keys of the receiving pot's cohorts whose expiry is posted, nil ones too.
    """
    placed = (
        Cohort(part.month, part.pence, in_month) if part.key in posted else part for part in parts
    )
    return added(placed, ())


def transfer_pot(
    from_pot: Sequence[Cohort],
    to_pot: Sequence[Cohort],
    amount_pence: int,
    in_month: Month,
    to_posted: Collection[CohortKey] = (),
) -> PotTransfer:
    """Move an amount from one member's pot to another's, oldest first, cohort dates kept.

    Raises ValueError as `commit` does.
    """
    commitment = commit(from_pot, amount_pence)
    placed = placed_in_pot(commitment.taken, in_month, to_posted)
    return PotTransfer(commitment.taken, placed, commitment.left, added(to_pot, placed))
