"""Simple daily interest on a debt that is paid late.

Late Payment of Commercial Debts (Interest) Act 1998: simple interest on what is owed, VAT included,
from the day after it is due, at the rate in force on that day for as long as the debt lives. A year
has 365 days. Interest is outside the scope of VAT.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from levytool.money import PPM_PER_UNIT, half_up
from levytool.periods import Dated, in_force

DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Settlement:
    """What was set against a debt on a day, in pence; negative where it was taken back."""

    day: date
    pence: int


def first_day_of_interest(due: date) -> date:
    """The day after a debt is due."""
    return due + timedelta(days=1)


def rate_of_debt(schedule: Sequence[Dated[int]], due: date) -> int:
    """The annual rate that a debt bears to its end, in parts per million; 0 for none."""
    return in_force(schedule, first_day_of_interest(due)) or 0


def interest_pence(
    gross_pence: int, settled: Iterable[Settlement], rate_ppm: int, first: date, last: date
) -> int:
    """The interest of a debt from `first` to `last`, both included, half-up once.

    A day bears interest on what is owed when it begins, so that a debt paid a day late bears one
    day's. Days on which more than the debt is settled bear none.
    """
    if last < first:
        return 0
    paid = sorted(settled, key=lambda one: one.day)
    owed, begin, penny_days = gross_pence, first, 0
    for one in paid:
        after = one.day + timedelta(days=1)
        if after > last:
            break
        if after > begin:
            penny_days += max(0, owed) * (after - begin).days
            begin = after
        owed -= one.pence
    penny_days += max(0, owed) * ((last - begin).days + 1)
    return half_up(penny_days * rate_ppm, PPM_PER_UNIT * DAYS_OF_A_YEAR)
