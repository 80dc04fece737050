"""One payment for many documents: the set of open amounts that is just the receipt.

The search is exact and bounded. Enough amounts sum to anything, so that a set is certain only where
no other makes the amount and there are so few sets that chance hardly makes one.
"""

from collections.abc import Sequence

PARTS = 12
"""The most documents of one sum (domain §3.6)."""

STEPS = 10_000
"""Sets looked at for one receipt at most: what bounds the time."""

CHANCE = 100
"""How many sets fewer than pence there must be, as a factor, for none to fit by chance."""


def one_sum(amounts_pence: Sequence[int], goal_pence: int) -> tuple[tuple[int, ...], bool]:
    """The places of 2 to 12 amounts that sum to the goal, and whether it is certain.

    Amounts are signed: credit notes are negative. They are looked at in their order, so that the
    same set is found always; sets of equal amounts are one, whose earliest places count. Without a
    set the places are empty.
    """
    sets = 2 ** len(amounts_pence)
    search = _Search(amounts_pence, goal_pence)
    search.look(0, (), 0)
    if not search.found:
        return (), False
    places = next(iter(search.found.values()))
    certain = len(search.found) == 1 and not search.stopped and sets * CHANCE <= goal_pence
    return places, certain


def less_credits(
    named_pence: int, credits_pence: Sequence[int], receipt_pence: int
) -> tuple[tuple[int, ...], bool]:
    """The places of the credits that make what is named just the receipt, and whether it is
    certain that they do: as `one_sum`, what is named counting as one. Credits are negative.
    """
    places, certain = one_sum([named_pence, *credits_pence], receipt_pence)
    return tuple(place - 1 for place in places if place), certain


class _Search:
    """Depth first; a branch that cannot reach the goal any more is left out."""

    def __init__(self, amounts: Sequence[int], goal: int) -> None:
        self.amounts, self.goal = amounts, goal
        self.found: dict[tuple[int, ...], tuple[int, ...]] = {}
        self.stopped = False
        self._steps = 0
        self._most, self._least = [0], [0]
        for amount in reversed(amounts):
            self._most.append(self._most[-1] + max(amount, 0))
            self._least.append(self._least[-1] + min(amount, 0))
        self._most.reverse()
        self._least.reverse()

    def look(self, start: int, chosen: tuple[int, ...], total: int) -> None:
        """Try each amount from `start` on beside those chosen."""
        for index in range(start, len(self.amounts)):
            missing = self.goal - total
            if not self._least[index] <= missing <= self._most[index]:
                return
            if self._steps >= STEPS or len(self.found) > 1:
                self.stopped = self._steps >= STEPS
                return
            self._steps += 1
            taken = (*chosen, index)
            reached = total + self.amounts[index]
            if reached == self.goal and len(taken) > 1:
                says = tuple(sorted(self.amounts[place] for place in taken))
                self.found.setdefault(says, taken)
            if len(taken) < PARTS:
                self.look(index + 1, taken, reached)
