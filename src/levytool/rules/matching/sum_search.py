"""The sets of amounts that sum to a goal, found from two halves: exact, of one size at a time.

A set of a size is either its lower half and its upper half, each looked up among all sets of half
the size, or what it has of the pool's first half and of its second; whichever looks at fewer.
Nothing here knows lines: amounts are positive pence, a set is the places of its amounts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

EXHAUSTED = 24
"""Amounts of which every set can be looked at, whatever its size."""

LEVEL = 20_000
"""Sets of half a size that are looked at for one size at most."""

Places = tuple[int, ...]
_Table = tuple[list[int], list[Places]]


class Steps:
    """How many sets may be looked at still; what bounds the time."""

    def __init__(self, most: int) -> None:
        self.most, self.taken = most, 0

    def take(self, count: int) -> None:
        """Count sets that are looked at."""
        self.taken += count

    @property
    def are_left(self) -> bool:
        """Whether more may be looked at."""
        return self.taken < self.most


class Pool:
    """Amounts, ascending, in which sets are looked for. What was looked at is kept: the next goal
    of the pool costs little."""

    def __init__(self, amounts_pence: Sequence[int]) -> None:
        self.amounts = amounts_pence
        self._reach = [0]
        for amount in amounts_pence:
            self._reach.append(self._reach[-1] + amount)
        self._tables: dict[tuple[int, int, int], _Table] = {}

    def __len__(self) -> int:
        return len(self.amounts)

    def can_reach(self, size: int, least_pence: int, most_pence: int) -> bool:
        """Whether sets of a size lie on both sides of the goal, or on it."""
        count = len(self.amounts)
        if size > count:
            return False
        smallest, largest = self._reach[size], self._reach[count] - self._reach[count - size]
        return smallest <= most_pence and least_pence <= largest

    def may_be_looked_at(self, size: int) -> bool:
        """Whether the sets of a size are few enough to look at, or to be made of few."""
        return min(self._by_size(size), self._by_place(size)) <= LEVEL

    def sets(
        self, size: int, least_pence: int, most_pence: int, steps: Steps | None = None
    ) -> Iterator[Places]:
        """The sets of a size within the goal, in an order that amounts alone decide. Ends early
        where the steps are used up."""
        for lower, upper in self._halves(size, steps):
            sums, places = upper
            if steps is not None:
                steps.take(len(lower[0]))
            for total, first in zip(*lower, strict=True):
                at = bisect_left(sums, least_pence - total)
                end = bisect_right(sums, most_pence - total, lo=at)
                for index in range(at, end):
                    second = places[index]
                    if steps is not None:
                        steps.take(1)
                        if not steps.are_left:
                            return
                    if not first or not second or first[-1] < second[0]:
                        yield (*first, *second)

    def _by_size(self, size: int) -> int:
        return comb(len(self.amounts), size - size // 2)

    def _by_place(self, size: int) -> int:
        half = len(self.amounts) - len(self.amounts) // 2
        return sum(comb(half, taken) for taken in range(min(size, half) + 1))

    def _halves(self, size: int, steps: Steps | None) -> Iterator[tuple[_Table, _Table]]:
        count = len(self.amounts)
        if self._by_size(size) <= self._by_place(size):
            lower = size // 2
            yield self._table(0, count, lower, steps), self._table(0, count, size - lower, steps)
            return
        middle = count // 2
        for lower in range(max(0, size - (count - middle)), min(size, middle) + 1):
            yield (
                self._table(0, middle, lower, steps),
                self._table(middle, count, size - lower, steps),
            )

    def _table(self, first: int, last: int, size: int, steps: Steps | None) -> _Table:
        """All sets of a size among some places, by their sums."""
        key = first, last, size
        if key not in self._tables:
            sums = [sum(each) for each in combinations(self.amounts[first:last], size)]
            places = list(combinations(range(first, last), size))
            order = sorted(range(len(sums)), key=sums.__getitem__)
            self._tables[key] = [sums[i] for i in order], [places[i] for i in order]
            if steps is not None:
                steps.take(len(sums))
        return self._tables[key]
