"""Pass 4: one line of a side that is the sum of several of the other (domain §3.6).

Enough amounts sum to anything. A sum is joined only where just one set of at most twelve lines
makes it, and where so few sets were looked at that chance hardly makes one; else it is suggested,
as long as few sets make it. Lines that belong together anyhow (one call-off, one day, all that is
open) are looked at first.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import comb
from typing import NamedTuple

from levytool.rules.matching.invoices import PARTS, other_invoice
from levytool.rules.matching.lines import SUM, Lines, Open, Said, SpendLine, Terms, net_of, says
from levytool.rules.matching.sum_parts import Parts, View
from levytool.rules.matching.sum_search import EXHAUSTED, Pool, Steps

CHANCE = 100
"""How often the sets looked at must fit into the amount, in pence, for none to fit by chance."""

RIVAL = 10
"""How often the sets looked at must fit into the amount, in pence, for a second set to speak
against the one that is certain: beyond, chance would take too many of those away."""

CERTAIN_SETS = 10_000
"""Sets of which a sum is joined at most."""

BLOCK_STEPS = 300_000
"""Sets that are looked at in a block for suggestions: what bounds the time."""

FEW = 3
"""Sets that are suggested for one line at most."""

MORE_FIT = f"{SUM}, more than one fits"
OTHER_REFERENCES = f"{SUM}, other references"
BY_CHANCE = f"{SUM}, by chance perhaps"

MANY_SETS = "more sets of lines make it than are suggested"
MANY_LINES = "more lines lie beside it than can be searched"

Sets = Sequence[Lines]


@dataclass(slots=True)
class _Side:
    """Which side has the whole and which the parts, told as functions of (whole, part)."""

    sees_framework: Callable[[str, str], bool]
    apart: Callable[[SpendLine, SpendLine], bool]
    contradicts: Callable[[SpendLine, SpendLine], bool]
    may_be: Callable[[SpendLine, Sequence[SpendLine]], bool]
    is_doubted: Callable[[SpendLine], bool]
    join: Callable[[str, SpendLine, Lines], None]
    suggest: Callable[[str, SpendLine, Lines], None]


class _Perhaps(NamedTuple):
    """What may be a sum: the likeliest sort first. `by_chance` is how many sets, in millionths,
    chance makes of those looked at."""

    is_one_of_several: bool
    by_chance: int
    away_pence: int
    whole: SpendLine
    parts: Lines
    suggest: Callable[[str, SpendLine, Lines], None]


def _sides(open_: Open) -> tuple[_Side, _Side]:
    ours, theirs = ({sides[n] for sides in open_.apart_sets} for n in (0, 1))
    whole_recorded = _Side(
        sees_framework=lambda whole, part: whole in ("", part),
        apart=lambda whole, part: not open_.may_join(part, whole),
        contradicts=lambda whole, part: other_invoice(part, whole),
        may_be=lambda whole, parts: open_.may_be_one(parts, (whole,)),
        is_doubted=lambda whole: bool(theirs) and says((whole,)) in theirs,
        join=lambda rule, whole, parts: open_.join(rule, parts, (whole,)),
        suggest=lambda why, whole, parts: open_.suggest(why, parts, (whole,)),
    )
    whole_declared = _Side(
        sees_framework=lambda whole, part: part in ("", whole),
        apart=lambda whole, part: not open_.may_join(whole, part),
        contradicts=lambda whole, part: other_invoice(whole, part),
        may_be=lambda whole, parts: open_.may_be_one((whole,), parts),
        is_doubted=lambda whole: bool(ours) and says((whole,)) in ours,
        join=lambda rule, whole, parts: open_.join(rule, (whole,), parts),
        suggest=lambda why, whole, parts: open_.suggest(why, (whole,), parts),
    )
    return whole_recorded, whole_declared


def join_sums(open_: Open, terms: Terms) -> None:
    """Join each line that one set of lines of the other side sums to."""
    whole_recorded, whole_declared = _sides(open_)
    taken_apart = {known_as for pair in open_.apart for known_as in pair}
    for declared, recorded in open_.blocks():
        if len(declared) > 1:
            seen = _seen(whole_recorded, terms, declared, taken_apart)
            _join_wholes(open_, whole_recorded, terms, recorded, seen)
        still = [line for line in declared if line in open_.declared]
        parts = [line for line in recorded if line in open_.recorded]
        if len(parts) > 1:
            seen = _seen(whole_declared, terms, parts, taken_apart)
            _join_wholes(open_, whole_declared, terms, still, seen)


def suggest_sums(open_: Open, terms: Terms) -> None:
    """Suggest, of what every pass left open, the sums that chance may have made: few sets for a
    line, and those first that it made least likely. Where none is, `Open.sums_left` says why."""
    taken_apart = {known_as for pair in open_.apart for known_as in pair}
    told = {
        line
        for item in open_.suggestions
        if item.why.startswith(SUM) and open_.are_open(item.declared, item.recorded)
        for line in (item.recorded if len(item.recorded) == 1 else item.declared)
    }
    for declared, recorded in open_.blocks():
        steps = Steps(BLOCK_STEPS)
        found: list[_Perhaps] = []
        for side, wholes, parts in zip(
            _sides(open_), (recorded, declared), (declared, recorded), strict=True
        ):
            if len(parts) > 1:
                seen = _seen(side, terms, parts, taken_apart)
                left = (whole for whole in wholes if whole not in told)
                found += _all_perhaps(open_, side, terms, left, seen, steps)
        for item in sorted(found, key=lambda item: item[:-1]):
            why = MORE_FIT if item.is_one_of_several else BY_CHANCE
            item.suggest(why, item.whole, item.parts)


def _seen(
    side: _Side, terms: Terms, parts: Sequence[SpendLine], taken_apart: set[tuple[int, int]]
) -> Parts:
    return Parts(parts, terms, side.sees_framework, side.apart, taken_apart)


def _join_wholes(
    open_: Open, side: _Side, terms: Terms, wholes: Sequence[SpendLine], seen: Parts
) -> None:
    """Join what is certain; a part that two wholes could take is neither's. Where a person rejected
    a set of a whole, chance has made one already: no other of it is certain."""
    found: dict[SpendLine, Sets] = {}
    for whole in wholes:
        view = seen.view(whole)
        if view is not None and (sets := _sets(side, whole, view, terms)):
            found[whole] = sets
    claimed: dict[SpendLine, int] = {}
    for sets in found.values():
        for part in {part for chosen in sets for part in chosen}:
            claimed[part] = claimed.get(part, 0) + 1
    for whole, sets in found.items():
        chosen = sets[0]
        alone = len(sets) == 1 and all(claimed[part] == 1 for part in chosen)
        certain = alone and not side.is_doubted(whole)
        if certain and not any(side.contradicts(whole, part) for part in chosen):
            side.join(SUM, whole, chosen)
            continue
        for each in sets[:FEW]:
            side.suggest(OTHER_REFERENCES if certain else MORE_FIT, whole, each)


def _sets(side: _Side, whole: SpendLine, view: View, terms: Terms) -> Sets:
    """The sets of parts that make the whole: one where it is certain, else some of them.

    A set of a size that chance hardly makes is certain only where none of a larger size makes the
    whole too, as far as rivals are looked for.
    """
    natural = view.groups(whole.net_pence, terms.tolerance_pence)
    told = {says(chosen): chosen for chosen in natural if side.may_be(whole, chosen)}
    if told:
        return list(told.values())
    if not whole.net_pence:
        return ()
    parts, pool = view.alike(positive=whole.net_pence > 0)
    found: list[Lines] = []
    for size, is_certain in _sizes(len(parts), abs(whole.net_pence), terms):
        if (not is_certain and len(found) != 1) or not pool.may_be_looked_at(size):
            break
        more = _of_size(side, whole, parts, pool, size, terms)
        if not is_certain:
            more = [each for each in more if not any(side.contradicts(whole, p) for p in each)]
        found += more
        if len(found) > FEW:
            break
    return found


def _sizes(count: int, amount_pence: int, terms: Terms) -> Iterator[tuple[int, bool]]:
    """How many parts a set may have to be a rival at least, and whether to be certain."""
    sets = 0
    is_certain = True
    for size in range(2, min(PARTS, count) + 1):
        sets += comb(count, size)
        looked_at = sets * _width(terms)
        if looked_at * RIVAL > amount_pence:
            return
        is_certain = is_certain and looked_at * CHANCE <= amount_pence and sets <= CERTAIN_SETS
        yield size, is_certain


def _of_size(
    side: _Side,
    whole: SpendLine,
    parts: Sequence[SpendLine],
    pool: Pool,
    size: int,
    terms: Terms,
    steps: Steps | None = None,
) -> list[Lines]:
    """Sets of a size that make the whole, the nearest first; one more than few at most.

    Sets that say the same count as one: which of two equal lines is taken does not matter. What a
    person rejected is left out.
    """
    goal, tolerance = abs(whole.net_pence), terms.tolerance_pence
    found: dict[Said, Lines] = {}
    if pool.can_reach(size, goal - tolerance, goal + tolerance):
        for places in pool.sets(size, goal - tolerance, goal + tolerance, steps):
            chosen = tuple(parts[at] for at in places)
            if side.may_be(whole, chosen):
                found.setdefault(says(chosen), chosen)
            if len(found) > FEW:
                break
    return sorted(
        found.values(), key=lambda chosen: (abs(net_of(chosen) - whole.net_pence), chosen)
    )


def _all_perhaps(
    open_: Open,
    side: _Side,
    terms: Terms,
    wholes: Iterator[SpendLine],
    seen: Parts,
    steps: Steps,
) -> Iterator[_Perhaps]:
    """What may be sums of the parts; lines of which none can be told are noted."""
    for whole in wholes:
        view = seen.view(whole) if steps.are_left else None
        if view is None:
            open_.sums_left[whole] = MANY_LINES
            continue
        sets, looked_at, why_none = _perhaps(side, whole, view, terms, steps)
        if why_none:
            open_.sums_left[whole] = why_none
        by_chance = looked_at * _width(terms) * 1_000_000 // max(abs(whole.net_pence), 1)
        for chosen in sets[:FEW]:
            away = abs(net_of(chosen) - whole.net_pence)
            yield _Perhaps(len(sets) > 1, by_chance, away, whole, chosen, side.suggest)


def _perhaps(
    side: _Side, whole: SpendLine, view: View, terms: Terms, steps: Steps
) -> tuple[list[Lines], int, str]:
    """Sets that may make the whole, how many were looked at, and why there are none to tell.

    The sizes of which there are fewest sets come first. Once chance makes a set by itself, only
    what every size was looked at for can be told, and only where few sets make it at all.
    """
    goal, tolerance = abs(whole.net_pence), terms.tolerance_pence
    parts = _fitting(side, whole, view, terms, steps)
    pool = view.pool_of(parts)
    sizes = [
        n for n in range(2, PARTS + 1) if pool.can_reach(n, goal - tolerance, goal + tolerance)
    ]
    found: list[Lines] = []
    looked_at = 0
    for size in sorted(sizes, key=lambda size: (comb(len(parts), size), size)):
        sets = looked_at + comb(len(parts), size)
        by_chance = sets * _width(terms) > goal
        if found and by_chance and looked_at * _width(terms) <= goal:
            break
        if (by_chance and len(parts) > EXHAUSTED) or not pool.may_be_looked_at(size):
            return found, looked_at, "" if found else MANY_LINES
        more = _of_size(side, whole, parts, pool, size, terms, steps)
        if not steps.are_left:
            return ([], looked_at, MANY_LINES) if by_chance or not found else (found, looked_at, "")
        if len(found) + len(more) > FEW:
            return ([], looked_at, MANY_SETS) if by_chance or not found else (found, looked_at, "")
        found += more
        looked_at = sets
    return found, looked_at, ""


def _fitting(
    side: _Side, whole: SpendLine, view: View, terms: Terms, steps: Steps
) -> Sequence[SpendLine]:
    """The parts of the whole's sign that are not too large, and of no other invoice."""
    parts, pool = view.alike(positive=whole.net_pence > 0)
    if len(parts) < 2 or not whole.net_pence:
        return ()
    most = abs(whole.net_pence) + terms.tolerance_pence - pool.amounts[0]
    smaller = parts[: bisect_right(pool.amounts, most)]
    steps.take(len(smaller))
    return [part for part in smaller if not side.contradicts(whole, part)]


def _width(terms: Terms) -> int:
    """How many amounts are taken for the same."""
    return 2 * terms.tolerance_pence + 1
