"""Which levy rule a line falls under, what it comes to, and the pence of a document (domain §3.2).

The rule belongs to a framework; the line's invoice date picks the block and, where the block varies
by columns, the line's values pick the rate. A credit note that names the line it corrects is looked
up with that line's date and values. What no rule covers has no rate: None, never 0.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from levytool.book.records import (
    NET,
    WILDCARD,
    Framework,
    LevyBlock,
    LevyRate,
    Payer,
    Rounding,
    fold,
)
from levytool.money import MICROPENCE_PER_PENNY, half_up, toward_zero

MICROPENCE_PER_FOURTH_PLACE = 10_000
"""£0.0001: what `truncate` cuts a line's levy to."""

Limit = Literal["minimum", "maximum"]

_NO_VALUES: Mapping[str, str] = MappingProxyType({})


def fold_cell(text: str) -> str:
    """A cell's text as a rates table compares it: as `fold`, but spaces count.

    Report MI matches cells as they stand; a trailing space misses the exact row and takes the
    wildcard's rate. Columns that intake knows (lot, member …) come trimmed.
    """
    return fold(text) if text == text.strip() else text.casefold()


@dataclass(frozen=True, slots=True)
class Charge:
    """How a line is charged: its block, who pays, its rate (None: by the block's bands) and the
    folded names of the columns whose sum is the base (`net` for the line's net)."""

    block: LevyBlock
    payer: Payer
    rate_ppm: int | None
    base: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentLevy:
    """A document's levy: the exact sum of its lines, that sum rounded by the rule, and the pence
    after minimum and maximum, with which of the two changed it."""

    exact_micropence: int
    rounded_pence: int
    document_pence: int
    limited: Limit | None = None


def block_in_force(blocks: Iterable[LevyBlock], on: date) -> LevyBlock | None:
    """The block with the latest `since` on or before `on`; None before the first."""
    begun = [block for block in blocks if block.since <= on]
    return max(begun, key=lambda block: block.since, default=None)


def rate_changes(framework: Framework) -> tuple[date, ...]:
    """The days on which a framework's rule gives way to the next, in order."""
    return tuple(sorted({block.since for block in framework.levy})[1:])


def line_levy(base_pence: int, rate_ppm: int) -> int:
    """The exact levy on a line in micropence."""
    return base_pence * rate_ppm


class LevyFinder:
    """One framework's rules compiled for bulk use; every answer is remembered.

    `needs` are the folded names of the line values that the rules vary by, over all blocks: kept
    columns, targets of the layout, or `sector` (the member's). `base_columns` are the folded names
    of the columns other than `net` that serve as a base anywhere.
    """

    __slots__ = ("_answers", "_blocks", "base_columns", "needs")

    def __init__(self, framework: Framework) -> None:
        self._blocks = blocks = framework.levy
        self.needs: tuple[str, ...] = tuple(
            dict.fromkeys(fold(name) for block in blocks for name in block.by)
        )
        self._answers = _Answers(blocks, self.needs)
        self.base_columns: frozenset[str] = frozenset(
            name for block in blocks for base in _bases_of(block) for name in base if name != NET
        )

    def charge(self, on: date, values: Mapping[str, str] = _NO_VALUES) -> Charge | None:
        """How a line of that date is charged, with those values by folded name, of which what is
        absent counts as blank. None: no rate is in force."""
        return self._answers[on, tuple(values.get(name, "") for name in self.needs)]

    def charges_open_to(
        self, on: date, values: Mapping[str, str], choices: Mapping[str, Collection[str]]
    ) -> tuple[Charge, ...]:
        """Every charge that a line of that date can have, of which only `values` are told, by
        folded name. What is not told may be any of `choices` for its name; without any, anything.
        Empty: no rate is in force."""
        block = block_in_force(self._blocks, on)
        return () if block is None else self._answers.of(block).open_to(values, choices)


def document_pence(
    exact_micropence: Sequence[int],
    rounding: Rounding,
    minimum_pence: int | None = None,
    maximum_pence: int | None = None,
) -> DocumentLevy:
    """The pence of a document whose lines all fall under one rule.

    `half-up`: the half-up pence (ties away from zero) of the exact sum, nothing rounded on the way.
    `truncate`: each line cut toward zero to four places of a pound, summed, the sum cut to pence. A
    minimum never applies to a nil, zero or negative document, a maximum to the absolute amount.
    """
    return limit_levy(
        sum(exact_micropence),
        line_sum(exact_micropence, rounding),
        rounding,
        minimum_pence,
        maximum_pence,
    )


def line_sum(exact_micropence: Iterable[int], rounding: Rounding) -> int:
    """What a document sums, in micropence: its lines as they are, or under `truncate` each cut
    toward zero to four places of a pound first."""
    if rounding == "half-up":
        return sum(exact_micropence)
    step = MICROPENCE_PER_FOURTH_PLACE
    return step * sum(
        exact // step if exact >= 0 else -(-exact // step) for exact in exact_micropence
    )


def limit_levy(
    exact_micropence: int,
    summed_micropence: int,
    rounding: Rounding,
    minimum_pence: int | None,
    maximum_pence: int | None,
) -> DocumentLevy:
    """The last step of a document: its summed lines rounded to pence, then held to its limits."""
    to_pence = half_up if rounding == "half-up" else toward_zero
    rounded = to_pence(summed_micropence, MICROPENCE_PER_PENNY)
    if minimum_pence is not None and 0 < rounded < minimum_pence:
        return DocumentLevy(exact_micropence, rounded, minimum_pence, "minimum")
    if maximum_pence is not None and abs(rounded) > maximum_pence:
        limited = maximum_pence if rounded > 0 else -maximum_pence
        return DocumentLevy(exact_micropence, rounded, limited, "maximum")
    return DocumentLevy(exact_micropence, rounded, rounded)


class _Answers(dict[tuple[date, tuple[str, ...]], Charge | None]):
    """(date, values in order of `needs`) → charge, worked out when first asked for."""

    def __init__(self, blocks: tuple[LevyBlock, ...], needs: tuple[str, ...]) -> None:
        super().__init__()
        self._blocks = blocks
        self._rules = {block.since: _CompiledBlock(block, needs) for block in blocks}

    def __missing__(self, key: tuple[date, tuple[str, ...]]) -> Charge | None:
        on, values = key
        block = block_in_force(self._blocks, on)
        charge = None if block is None else self.of(block).charge(values)
        self[key] = charge
        return charge

    def of(self, block: LevyBlock) -> "_CompiledBlock":
        """The block compiled."""
        return self._rules[block.since]


class _CompiledBlock:
    """One block's charges, each made once, by the folded values that pick them."""

    __slots__ = ("_charges", "_columns", "_everything", "_names", "_next")

    def __init__(self, block: LevyBlock, needs: tuple[str, ...]) -> None:
        self._names = _folded(block.by)
        self._columns = tuple(needs.index(name) for name in self._names)
        base = _folded(block.base)
        self._everything = None if block.rates else Charge(block, block.payer, block.rate_ppm, base)
        self._charges = {
            when: Charge(block, block.payer, row.rate_ppm, _folded(row.base or block.base))
            for when, row in _rates_table(block).items()
        }
        self._next = _values_after(self._charges)

    def charge(self, values: Sequence[str]) -> Charge | None:
        if self._everything is not None:
            return self._everything
        return _look_up(self._charges, tuple(fold_cell(values[index]) for index in self._columns))

    def open_to(
        self, told: Mapping[str, str], choices: Mapping[str, Collection[str]]
    ) -> tuple[Charge, ...]:
        """The charges that lines can have with these values, and any of the choices for others."""
        if self._everything is not None:
            return (self._everything,)
        allowed = [
            {fold_cell(told[name])}
            if name in told
            else {fold_cell(choice) for choice in choices[name]}
            if name in choices
            else None
            for name in self._names
        ]
        found = dict.fromkeys(self._met(allowed, ()))
        return tuple(charge for charge in found if charge is not None)

    def _met(
        self, allowed: Sequence[set[str] | None], cells: tuple[str, ...]
    ) -> Iterator[Charge | None]:
        """The charges of lines that begin with these cells; None where one of them has none as
        yet, so that a row with fewer cells covers it. What no row names has one charge, so that
        the rows are walked and not every combination of values."""
        rest = len(allowed) - len(cells)
        uncovered = rest == 0
        if rest:
            named, choices = self._next.get(cells, {}), allowed[len(cells)]
            uncovered = choices is None or not choices <= named.keys()
            for cell in named:
                if choices is None or cell in choices:
                    for charge in self._met(allowed, (*cells, cell)):
                        uncovered |= charge is None
                        if charge is not None:
                            yield charge
        if uncovered:
            yield self._charges.get(cells + (WILDCARD,) * rest)


def _values_after(table: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], dict[str, None]]:
    """What rows name in the column after each beginning, in their order."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for when in table:
        for place, cell in enumerate(when):
            if cell == WILDCARD:
                break
            found.setdefault(when[:place], {})[cell] = None
    return found


def _look_up(table: Mapping[tuple[str, ...], Charge], cells: tuple[str, ...]) -> Charge | None:
    """The table's entry for the cells: all exact, then `*` replacing them from the right.

    (a, b), (a, *), (*, *): a row such as (*, b) can never match.
    """
    for exact in range(len(cells), -1, -1):
        found = table.get(cells[:exact] + (WILDCARD,) * (len(cells) - exact))
        if found is not None:
            return found
    return None


def _rates_table(block: LevyBlock) -> dict[tuple[str, ...], LevyRate]:
    table: dict[tuple[str, ...], LevyRate] = {}
    for row in block.rates:
        table.setdefault(_folded(row.when), row)
    return table


def _bases_of(block: LevyBlock) -> list[tuple[str, ...]]:
    if not block.rates:
        return [_folded(block.base)]
    return [_folded(row.base or block.base) for row in block.rates]


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold(name) for name in names)
