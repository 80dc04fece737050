"""What is still owed to a payee, item by item, and which payments of runs the bank has made.

Pure: amounts are pence, payees names as the books keep creditors (2400).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instructed:
    """A payment of a run. `after` is the last entry of the journal when the run was made."""

    payee: str
    pence: int
    after: int


@dataclass(frozen=True, slots=True)
class Paid:
    """A bank line, or a part of it, found to pay a payee, and the entry that says so."""

    payee: str
    pence: int
    entry: int


def open_items(credits_pence: Sequence[int], paid_pence: int) -> list[int]:
    """What is open of each item, oldest first: what was paid settles the oldest first.

    What was paid beyond all items is left out; the items then are all settled.
    """
    left = []
    for pence in credits_pence:
        settled = min(pence, max(0, paid_pence))
        paid_pence -= settled
        left.append(pence - settled)
    return left


def not_yet_paid(instructed: Sequence[Instructed], paid: Sequence[Paid]) -> list[bool]:
    """Whether each payment of the runs still waits for its bank line.

    A bank line after the run settles the oldest waiting payment of just its amount, else all that
    wait where it is as much as these. Any other is a payment made by hand and settles none: so
    that nothing the bank may yet pay is taken for paid, and instructed again.
    """
    waits = [True] * len(instructed)
    for payment in paid:
        candidates = [
            place
            for place, item in enumerate(instructed)
            if waits[place] and item.payee == payment.payee and item.after < payment.entry
        ]
        alike = [place for place in candidates if instructed[place].pence == payment.pence]
        if alike:
            waits[alike[0]] = False
        elif payment.pence == sum(instructed[place].pence for place in candidates):
            for place in candidates:
                waits[place] = False
    return waits


def payable_pence(owed_pence: int, waiting_pence: int) -> int:
    """What a new run may pay a payee: what is owed and no earlier run has instructed."""
    return max(0, owed_pence - waiting_pence)
