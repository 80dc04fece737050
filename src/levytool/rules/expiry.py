"""Expiry of uncommitted cohorts after a set life (domain §3.5). Off unless the book sets a life.

A cohort keeps the life in force when it entered. Money used in the month a cohort lapses still
counts. Posted expiries, nil ones too, are never restated. `lapses` is what a run posts, and with no
last month a forecast; `fifo_expiry` works the same out afresh from the flows of a pot.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from levytool.periods import Dated, Month, in_force
from levytool.rules.brokerage import (
    Cohort,
    CohortKey,
    added,
    age,
    commit,
    placed_in_pot,
    pot_pence,
)

GRACE_MONTHS = 3
"""How long money that came back after its expiry was posted has before it may lapse."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """What lapses of one cohort, 0 included, and the month it is due in."""

    cohort: Cohort
    due: Month


def life_months(month: Month, lives: Sequence[Dated[int]]) -> int:
    """The life of a cohort that enters in `month`, as in force on its last day; 0 for no end."""
    return in_force(lives, month.last_day) or 0


def expiry_month(key: CohortKey, lives: Sequence[Dated[int]]) -> Month | None:
    """The month at whose end a cohort lapses; None where pots did not expire when it entered."""
    month, returned = key
    life = life_months(month, lives)
    if not life:
        return None
    return month.plus(life) if returned is None else returned.plus(GRACE_MONTHS)


def lapses(
    cohorts: Iterable[Cohort],
    posted: Collection[CohortKey],
    lives: Sequence[Dated[int]],
    through: Month | None = None,
) -> tuple[Expiry, ...]:
    """What lapses by the end of `through`, each cohort whole, in order of due month and age.

    Record the nil ones as well: they are what is never restated. Keep passing cohorts that are
    empty, so that theirs come out. Without `through` it is a forecast of every lapse to come.
    """
    due = []
    for cohort in added(cohorts, ()):
        month = expiry_month(cohort.key, lives)
        if month is None or cohort.key in posted or (through is not None and month > through):
            continue
        due.append(Expiry(cohort, month))
    return tuple(sorted(due, key=lambda expiry: (expiry.due, age(expiry.cohort))))


def lapsed_out(cohorts: Iterable[Cohort], expiries: Iterable[Expiry]) -> tuple[Cohort, ...]:
    """The pot after expiries: the lapsed cohorts stay, emptied by what lapsed."""
    gone = (Cohort(e.cohort.month, -e.cohort.pence, e.cohort.returned) for e in expiries)
    return added(cohorts, gone)


@dataclass(slots=True)
class _Walk:
    """A pot walked month by month. `takes` is what each payment used, in order, for refunds."""

    lives: Sequence[Dated[int]]
    posted: Mapping[CohortKey, int]
    pot: tuple[Cohort, ...] = ()
    takes: list[Cohort] = field(default_factory=list)
    lapsed: dict[CohortKey, Expiry] = field(default_factory=dict)
    overspent_pence: int = 0
    overcorrected_pence: int = 0

    def enter(self, month: Month, pence: int) -> None:
        """Money in pays carried deficits first; a correction cancels the newest money."""
        if pence < 0:
            self._correct(month, -pence)
            pence = 0
        corrected = min(pence, self.overcorrected_pence)
        self.overcorrected_pence -= corrected
        self.pot = added(self.pot, (Cohort(month, pence - corrected),))
        owed = min(pence - corrected, self.overspent_pence)
        self.overspent_pence -= owed
        self._use(owed)

    def pay(self, month: Month, pence: int) -> None:
        """Money out uses the oldest cohort; a refund cancels the newest payments."""
        if pence >= 0:
            self._use(pence)
            return
        left = -pence
        unmet = min(left, self.overspent_pence)
        self.overspent_pence -= unmet
        left -= unmet
        while left and self.takes:
            newest = self.takes.pop()
            part = min(left, newest.pence)
            left -= part
            if part < newest.pence:
                self.takes.append(Cohort(newest.month, newest.pence - part, newest.returned))
            back = Cohort(newest.month, part, newest.returned)
            self.pot = added(self.pot, placed_in_pot((back,), month, self.lapsed))
        if left:
            self.enter(month, left)

    def lapse(self, through: Month) -> None:
        """Lapse what is due; where an expiry was posted, its amount stands."""
        for expiry in lapses(self.pot, self.lapsed, self.lives, through):
            cohort = expiry.cohort
            pence = self.posted.get(cohort.key, cohort.pence)
            posted = Expiry(Cohort(cohort.month, pence, cohort.returned), expiry.due)
            self.lapsed[cohort.key] = posted
            self.pot = lapsed_out(self.pot, (expiry,))
            if cohort.pence > pence:
                kept = Cohort(cohort.month, cohort.pence - pence, expiry.due)
                self.pot = added(self.pot, (kept,))
            elif cohort.pence < pence:
                self._untake(cohort.key, pence - cohort.pence)

    def _use(self, pence: int) -> None:
        taken = commit(self.pot, min(pence, pot_pence(self.pot)))
        self.pot = taken.left
        self.takes.extend(taken.taken)
        self.overspent_pence += pence - pot_pence(taken.taken)

    def _correct(self, month: Month, pence: int) -> None:
        life = life_months(month, self.lives)
        for cohort in sorted(self.pot, key=age, reverse=True):
            if life_months(cohort.month, self.lives) != life:
                continue
            part = min(pence, cohort.pence)
            pence -= part
            self.pot = added(self.pot, (Cohort(cohort.month, -part, cohort.returned),))
        self.overcorrected_pence += pence

    def _untake(self, key: CohortKey, pence: int) -> None:
        """More lapsed of a cohort than was left: what had used it falls on the others instead."""
        left = pence
        for index in range(len(self.takes) - 1, -1, -1):
            take = self.takes[index]
            part = min(left, take.pence) if take.key == key else 0
            left -= part
            self.takes[index] = Cohort(take.month, take.pence - part, take.returned)
        self._use(pence)


def fifo_expiry(
    funds_in: Mapping[Month, int],
    funds_out: Mapping[Month, int],
    lives: Sequence[Dated[int]],
    posted: Iterable[Expiry] = (),
    through: Month | None = None,
) -> tuple[Expiry, ...]:
    """Every expiry of a pot, 0 included, from what came in and went out in each month.

    Oldest first. Negative money in corrects the newest earlier cohorts of the same life; negative
    money out (a refund) cancels the newest payments. What a correction or a payment exceeds the pot
    by is carried to later money, never lost. `posted` expiries stand as they are: payments that
    explain the difference count as used, and payments that a posted expiry leaves without money
    fall on the cohorts after it. Ends with the month `through`, else when all has lapsed.
    """
    flows = funds_in.keys() | funds_out.keys()
    if not flows:
        return ()
    longest = max((entry.value for entry in lives), default=0)
    last = through or max(flows).plus(longest + GRACE_MONTHS)
    walk = _Walk(lives, {expiry.cohort.key: expiry.cohort.pence for expiry in posted})
    month = min(flows)
    while month <= last:
        if month in funds_in:
            walk.enter(month, funds_in[month])
        walk.pay(month, funds_out.get(month, 0))
        walk.lapse(month)
        month = month.plus(1)
    return tuple(walk.lapsed.values())
