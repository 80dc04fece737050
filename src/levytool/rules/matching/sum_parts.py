"""The lines of a block of which sums may be made, found by day, call-off and framework.

A line sees the parts within its window that name its call-off and framework, or none. Lines that
see the same share one view of them, so that parts are grouped and sorted once for many lines.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import attrgetter, itemgetter

from levytool.rules.matching.invoices import PARTS
from levytool.rules.matching.lines import Lines, SpendLine, Terms, net_of, place
from levytool.rules.matching.sum_search import Pool, Steps

PLACES = 1_000_000
"""Lines that are put into views of a block at most: what bounds the time."""

Numbered = tuple[int, SpendLine]
"""A part and its place among the parts."""


class View:
    """Parts that one line, or several, may be the sum of, in the order of what they say."""

    def __init__(self, parts: Sequence[SpendLine]) -> None:
        self.parts = parts
        self._alike: dict[bool, tuple[Sequence[SpendLine], Pool]] = {}
        self._pools: dict[tuple[SpendLine, ...], Pool] = {}
        found = list(_together(parts))
        self._groups = sorted((net_of(group), n, group) for n, group in enumerate(found))
        self._sums = [net for net, _, _ in self._groups]

    def groups(self, net_pence: int, tolerance_pence: int) -> list[Lines]:
        """Parts that belong together anyhow and make the amount."""
        first = bisect_left(self._sums, net_pence - tolerance_pence)
        last = bisect_right(self._sums, net_pence + tolerance_pence)
        return [group for _, _, group in sorted(self._groups[first:last], key=itemgetter(1))]

    def alike(self, *, positive: bool) -> tuple[Sequence[SpendLine], Pool]:
        """The parts of a sign, the smallest first, and their amounts."""
        if positive not in self._alike:
            sign = 1 if positive else -1
            parts = [part for part in self.parts if part.net_pence * sign > 0]
            parts.sort(key=lambda part: (abs(part.net_pence), part))
            self._alike[positive] = parts, Pool([abs(part.net_pence) for part in parts])
        return self._alike[positive]

    def pool_of(self, parts: Sequence[SpendLine]) -> Pool:
        """The amounts of some of the parts, the smallest first."""
        key = tuple(parts)
        if key not in self._pools:
            self._pools[key] = Pool([abs(part.net_pence) for part in parts])
        return self._pools[key]


class Parts:
    """The parts of a block. `sees_framework` tells whether a whole sees parts of a framework, from
    both frameworks; `apart` whether a person has taken a whole and a part apart, where the whole's
    place is among those `taken_apart`."""

    def __init__(
        self,
        parts: Sequence[SpendLine],
        terms: Terms,
        sees_framework: Callable[[str, str], bool],
        apart: Callable[[SpendLine, SpendLine], bool],
        taken_apart: Collection[tuple[int, int]],
    ) -> None:
        self._terms, self._sees = terms, sees_framework
        self._apart, self._taken_apart = apart, taken_apart
        self._groups: dict[tuple[str, str], list[Numbered]] = {}
        for numbered in enumerate(parts):
            key = numbered[1].call_off.casefold(), numbered[1].framework
            self._groups.setdefault(key, []).append(numbered)
        self._call_offs = {call_off for call_off, _ in self._groups}
        self._selections: dict[tuple[str | None, str], tuple[list[int], list[Numbered]]] = {}
        self._views: dict[tuple[str | None, str, int, int], View] = {}
        self._steps = Steps(PLACES)

    def view(self, whole: SpendLine) -> View | None:
        """What a line sees; None where the block is too large for more views."""
        call_off = whole.call_off.casefold()
        # A call-off that no part names sees what names none.
        selection = call_off if call_off in self._call_offs or not call_off else None
        key = selection, whole.framework
        if key not in self._selections:
            if not self._steps.are_left:
                return None
            self._selections[key] = self._select(*key)
        days, numbered = self._selections[key]
        first = bisect_left(days, whole.day - self._terms.window_days)
        last = bisect_right(days, whole.day + self._terms.window_days)
        known_as = (*key, first, last)
        own = place(whole) in self._taken_apart
        if own or known_as not in self._views:
            if not self._steps.are_left:
                return None
            self._steps.take(last - first)
            parts = [part for _, part in sorted(numbered[first:last])]
            if own:
                return View([part for part in parts if not self._apart(whole, part)])
            self._views[known_as] = View(parts)
        return self._views[known_as]

    def _select(self, call_off: str | None, framework: str) -> tuple[list[int], list[Numbered]]:
        """The parts of a call-off and framework, or that name none, by day."""
        chosen = [
            numbered
            for (theirs, named), group in self._groups.items()
            if (call_off == "" or theirs in ("", call_off)) and self._sees(framework, named)
            for numbered in group
        ]
        self._steps.take(len(chosen) + len(self._groups))
        chosen.sort(key=lambda numbered: numbered[1].day)
        return [part.day for _, part in chosen], chosen


def _together(parts: Sequence[SpendLine]) -> Iterator[Lines]:
    """Lines that belong together: all of them, those of one call-off, of one day, of one month."""
    keys: tuple[Callable[[SpendLine], object], ...] = (
        lambda line: "",
        attrgetter("call_off"),
        attrgetter("day"),
        lambda line: line.date[:7],
    )
    met = set()
    for key in keys:
        groups: dict[object, list[SpendLine]] = {}
        for part in parts:
            groups.setdefault(key(part), []).append(part)
        for group in groups.values():
            chosen = tuple(group)
            if 2 <= len(chosen) <= PARTS and chosen not in met:
                met.add(chosen)
                yield chosen
