"""What moved a member's balance, and how old what is left of it is (domain §3.9)."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from levytool.ledger.entries import entry_number
from levytool.ledger.statement_facts import POT, BalanceChange
from levytool.periods import Dated, Month
from levytool.rules.brokerage import Cohort, CohortKey, age
from levytool.rules.expiry import expiry_month
from levytool.rules.postings import Kind
from levytool.statements.values import CohortLine, Movement

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
        first = of_entry[0]
        reference = entry_number(first.entry_id)
        facts = (first.day, NAMED.get(first.kind, first.kind), reference, first.narrative)
        if in_pot + in_schemes:
            movements.append(Movement(*facts, in_pot + in_schemes))
        elif in_schemes:
            commitments.append(Movement(*facts, in_schemes))
    return tuple(movements), tuple(commitments)


def _bearer(change: BalanceChange) -> str:
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
