"""What moved a member's balance, and how old what is left of it is (domain §3.9)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from levytool.ledger.journal.entries import entry_number
from levytool.ledger.reports.statement_facts import POT, BalanceChange, MonthChange
from levytool.periods import Dated, Month, Period
from levytool.rules.brokerage import Cohort, CohortKey, age
from levytool.rules.expiry import expiry_month
from levytool.rules.postings import Kind
from levytool.statements.values import CohortLine, MonthEnd, Movement, Split

CHARTED_LEAST = 12
CHARTED_MOST = 36
"""How many months, up to the period's last, a balance is told for month by month."""

NAMED = {Kind.POT_TRANSFER.value: "transfer"}
"""Kinds that a statement names in its own way."""


def movements_of(
    member: str, changes: Iterable[BalanceChange]
) -> tuple[tuple[Movement, ...], tuple[Movement, ...]]:
    """What moved the balance of a member, and what only moved between its pot and schemes.

    `changes` stand in order of entry. The first sum to what the balance changed by; in the second
    an amount is positive for money committed.
    """
    movements, commitments = [], []
    own = (change for change in changes if _bearer(change) == member)
    for _, group in groupby(own, key=attrgetter("entry_id")):
        of_entry = list(group)
        in_pot = sum(change.pence for change in of_entry if change.account == POT)
        in_schemes = sum(change.pence for change in of_entry if change.account != POT)
        facts = _facts(of_entry[0])
        if in_pot + in_schemes:
            movements.append(Movement(*facts, in_pot + in_schemes))
        elif in_schemes:
            commitments.append(Movement(*facts, in_schemes))
    return tuple(movements), tuple(commitments)


def entry_movements(changes: Iterable[BalanceChange]) -> tuple[Movement, ...]:
    """What each entry did to accounts taken together, where it did anything.

    `changes` stand in order of entry; an amount is positive for what was credited.
    """
    movements = []
    for _, group in groupby(changes, key=attrgetter("entry_id")):
        of_entry = list(group)
        pence = sum(change.pence for change in of_entry)
        if pence:
            movements.append(Movement(*_facts(of_entry[0]), pence))
    return tuple(movements)


def _facts(change: BalanceChange) -> tuple[date, str, str, str]:
    kind = NAMED.get(change.kind, change.kind)
    return (change.day, kind, entry_number(change.entry_id), change.narrative)


def charted(period: Period) -> Period:
    """The months that a balance is told for: the period's, or the year up to its last."""
    count = min(max(len(period.months()), CHARTED_LEAST), CHARTED_MOST)
    return Period(period.last.plus(1 - count), period.last)


def month_ends(
    members: Collection[str], changes: Iterable[MonthChange], closing: Split, period: Period
) -> tuple[MonthEnd, ...]:
    """The balance at the end of each month charted, told back from the closing one.

    It is that of `members` together. Months before the period without any are left out.
    """
    moved: dict[Month, list[int]] = {}
    for change in changes:
        if _bearer(change) in members:
            parts = moved.setdefault(change.month, [0, 0])
            parts[change.account != POT] += change.pence
    found, free, bound = [], closing.uncommitted_pence, closing.committed_pence
    for month in reversed(charted(period).months()):
        found.append(MonthEnd(month, Split(free, bound)))
        in_pot, in_schemes = moved.get(month, (0, 0))
        free, bound = free - in_pot, bound - in_schemes
    found.reverse()
    while found[0].month < period.first and found[0].split == Split():
        del found[0]
    return tuple(found)


def _bearer(change: BalanceChange | MonthChange) -> str:
    """Whose money it is: a pot's member, or the source of a scheme's funds."""
    return change.dimension if change.account == POT else change.dimension.partition("/")[2]


def cohort_lines(
    uncommitted: Iterable[Cohort],
    committed: Iterable[Cohort],
    last: Month,
    lives: Sequence[Dated[int]],
) -> tuple[CohortLine, ...]:
    """Cohorts that hold anything at the end of `last`, oldest first, with the month they lapse."""
    held: dict[CohortKey, list[int]] = {}
    for place, cohorts in enumerate((uncommitted, committed)):
        for cohort in cohorts:
            held.setdefault(cohort.key, [0, 0])[place] += cohort.pence
    lines = []
    for key in sorted(held, key=lambda key: age(Cohort(key[0], 0, key[1]))):
        in_pot, in_schemes = held[key]
        if in_pot or in_schemes:
            month = key[0]
            months = (last.year - month.year) * 12 + last.month - month.month
            lines.append(CohortLine(month, months, in_pot, in_schemes, expiry_month(key, lives)))
    return tuple(lines)
