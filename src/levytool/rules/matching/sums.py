"""Pass 4: one line of a side that is the sum of several of the other (domain §3.6).

Enough amounts sum to anything. A sum is joined only where just one set of at most twelve lines
makes it, and where so few sets were looked at that chance hardly makes one; else it is suggested.
Lines that belong together anyhow (one call-off, one day, all that is open) are looked at first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import comb

from levytool.rules.matching.invoices import PARTS, other_invoice
from levytool.rules.matching.lines import (
    SUM,
    Lines,
    Open,
    SpendLine,
    Terms,
    net_of,
    same_call_off,
    same_framework,
    within,
)

CHANCE = 100
"""How often the sets looked at must fit into the amount, in pence, for none to fit by chance."""

STEPS = 10_000
"""Sets that are looked at for one line at most: what bounds the time."""

Sets = tuple[Lines, ...]


@dataclass(slots=True)
class _Side:
    """Which side has the whole and which the parts, told as functions of (whole, part)."""

    may_join: Callable[[SpendLine, SpendLine], bool]
    contradicts: Callable[[SpendLine, SpendLine], bool]
    join: Callable[[str, SpendLine, Lines], None]
    suggest: Callable[[str, SpendLine, Lines], None]


def join_sums(open_: Open, terms: Terms) -> None:
    """Join each line that one set of lines of the other side sums to."""
    whole_recorded = _Side(
        may_join=lambda whole, part: _may_join(open_, terms, part, whole),
        contradicts=lambda whole, part: other_invoice(part, whole),
        join=lambda rule, whole, parts: open_.join(rule, parts, (whole,)),
        suggest=lambda why, whole, parts: open_.suggest(why, parts, (whole,)),
    )
    whole_declared = _Side(
        may_join=lambda whole, part: _may_join(open_, terms, whole, part),
        contradicts=lambda whole, part: other_invoice(whole, part),
        join=lambda rule, whole, parts: open_.join(rule, (whole,), parts),
        suggest=lambda why, whole, parts: open_.suggest(why, (whole,), parts),
    )
    for declared, recorded in open_.blocks():
        if len(declared) > 1:
            _join_wholes(whole_recorded, terms, recorded, declared)
        still = [line for line in declared if line in open_.declared]
        parts = [line for line in recorded if line in open_.recorded]
        if len(parts) > 1:
            _join_wholes(whole_declared, terms, still, parts)


def _may_join(open_: Open, terms: Terms, declared: SpendLine, recorded: SpendLine) -> bool:
    return (
        within(terms, declared, recorded)
        and same_framework(declared, recorded)
        and same_call_off(declared, recorded)
        and open_.may_join(declared, recorded)
    )


def _join_wholes(
    side: _Side, terms: Terms, wholes: Sequence[SpendLine], parts: Sequence[SpendLine]
) -> None:
    """Join what is certain; a part that two wholes could take is neither's."""
    found: dict[SpendLine, Sets] = {}
    for whole in wholes:
        near = [part for part in parts if side.may_join(whole, part)]
        sets = _sets(whole, near, terms)
        if sets:
            found[whole] = sets
    claimed: dict[SpendLine, int] = {}
    for sets in found.values():
        for part in {part for chosen in sets for part in chosen}:
            claimed[part] = claimed.get(part, 0) + 1
    for whole, sets in found.items():
        chosen = sets[0]
        certain = len(sets) == 1 and all(claimed[part] == 1 for part in chosen)
        if certain and not any(side.contradicts(whole, part) for part in chosen):
            side.join(SUM, whole, chosen)
            continue
        why = f"{SUM}, more than one fits" if not certain else f"{SUM}, other references"
        for each in sets[:3]:
            side.suggest(why, whole, each)


def _sets(whole: SpendLine, parts: Sequence[SpendLine], terms: Terms) -> Sets:
    """The sets of parts that make the whole: one where it is certain, else some of them."""
    if len(parts) < 2:
        return ()
    natural = [chosen for chosen in _together(parts) if _makes(whole, chosen, terms)]
    if natural:
        return tuple({tuple(sorted(map(_says, chosen))): chosen for chosen in natural}.values())
    alike = [part for part in parts if part.net_pence * whole.net_pence > 0]
    most = _parts_by_chance(len(alike), abs(whole.net_pence), terms)
    return tuple(_search(whole, alike, most, terms)) if most >= 2 else ()


def _together(parts: Sequence[SpendLine]) -> Iterator[Lines]:
    """Lines that belong together: all of them, those of one call-off, of one day, of one month."""
    keys: tuple[Callable[[SpendLine], object], ...] = (
        lambda line: "",
        lambda line: line.call_off,
        lambda line: line.day,
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


def _makes(whole: SpendLine, chosen: Lines, terms: Terms) -> bool:
    return abs(net_of(chosen) - whole.net_pence) <= terms.tolerance_pence


def _parts_by_chance(count: int, amount_pence: int, terms: Terms) -> int:
    """How many parts a set may have so that chance hardly makes the amount; 0 where none may."""
    sets, most = 0, 0
    for size in range(2, min(PARTS, count) + 1):
        sets += comb(count, size)
        if sets * (2 * terms.tolerance_pence + 1) * CHANCE > amount_pence or sets > STEPS:
            break
        most = size
    return most


def _search(whole: SpendLine, parts: Sequence[SpendLine], most: int, terms: Terms) -> list[Lines]:
    """Sets of 2 to `most` parts of the whole's sign that make it; at most two that differ.

    Sets that say the same count as one: which of two equal lines is taken does not matter.
    """
    in_order = sorted(parts, key=lambda part: (-abs(part.net_pence), part))
    amounts = [abs(part.net_pence) for part in in_order]
    goal, tolerance = abs(whole.net_pence), terms.tolerance_pence
    found: dict[tuple[tuple[object, ...], ...], Lines] = {}
    steps = 0

    def look(start: int, chosen: tuple[int, ...], total: int) -> None:
        nonlocal steps
        for index in range(start, len(amounts)):
            steps += 1
            if steps > STEPS or len(found) > 1:
                return
            reached = total + amounts[index]
            if reached > goal + tolerance:
                continue
            taken = (*chosen, index)
            if len(taken) >= 2 and reached >= goal - tolerance:
                lines = tuple(in_order[i] for i in taken)
                found.setdefault(tuple(map(_says, lines)), lines)
            elif len(taken) < most and reached + amounts[index] * (most - len(taken)) >= (
                goal - tolerance
            ):
                look(index + 1, taken, reached)

    look(0, (), 0)
    return list(found.values())


def _says(line: SpendLine) -> tuple[object, ...]:
    """What tells a line from others in a set. Equal lines differ by nothing that matters."""
    return line[:-4]
