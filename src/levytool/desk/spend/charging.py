"""Charging lines as they are read: each line's base, rate and exact levy, in columns.

Bands depend on what else was accepted, so a banded line is charged on its own here and again,
exactly, by `desk.levy.accept_return`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import mul

from levytool.book.records import Book, fold
from levytool.intake.lines import LineChunk
from levytool.problems import Problem
from levytool.rules.bands import banded_levy
from levytool.rules.levy import Charge, LevyFinder


@dataclass(slots=True)
class ChargedChunk:
    """A chunk with its levy. `rate_ppm` is None for a banded line. `uncovered` are the positions
    of lines that cannot be charged; the other columns mean nothing there."""

    chunk: LineChunk
    base_pence: list[int]
    rate_ppm: list[int | None]
    member_pays: list[int]
    levy_micropence: list[int]
    uncovered: list[int] = field(default_factory=list)


class Charging:
    """Charges chunks by the book's rules, remembering every answer."""

    def __init__(self, book: Book) -> None:
        self._frameworks = book.frameworks
        self._finders = {code: LevyFinder(f) for code, f in book.frameworks.items()}
        self._sectors = {code: member.sector for code, member in book.members.items()}
        self._plain: dict[tuple[str, str], Charge | None] = {}
        self._varying = {code for code, finder in self._finders.items() if finder.needs}
        self._based = {code for code, finder in self._finders.items() if finder.base_columns}

    def charge(self, chunk: LineChunk) -> ChargedChunk:
        """Charge a chunk."""
        charges = self._charges(chunk)
        bases, uncovered = self._bases(chunk, charges)
        rates = [None if charge is None else charge.rate_ppm for charge in charges]
        pays = [1 if charge is not None and charge.payer == "member" else 0 for charge in charges]
        if None not in rates:
            levies = list(map(mul, bases, rates))
        else:
            levies = [base * (rate or 0) for base, rate in zip(bases, rates, strict=True)]
            for position, charge in enumerate(charges):
                if charge is not None and charge.rate_ppm is None:
                    levies[position] = _banded_alone(charge, bases[position])
        return ChargedChunk(chunk, bases, rates, pays, levies, uncovered)

    def takes_net(self, framework: str) -> bool:
        """Whether every levy of the framework is charged on the net, whatever rule covers it."""
        return framework not in self._based

    def uncovered_problem(self, chunk: LineChunk, position: int) -> Problem:
        """What is wrong with a line that cannot be charged: no rule, or a blank in its base."""
        framework = self._frameworks[chunk.frameworks[position]]
        finder, needs = self._finders[framework.code], self._finders[framework.code].needs
        values = self._values(chunk, position, needs)
        charge = finder.charge(date.fromisoformat(chunk.dates[position]), values)
        if charge is not None:
            return Problem(
                code="missing",
                row=chunk.rows[position],
                message=f"the levy of {framework.code} is charged on {' + '.join(charge.base)}, "
                "and the row leaves a part of it blank",
                hint="fill it in; write 0 where there is none",
            )
        given = ", ".join(f"{name} {values.get(name, '')!r}" for name in needs)
        return Problem(
            code="no-rate",
            row=chunk.rows[position],
            message=f"no levy rule of {framework.code} covers {chunk.dates[position]}"
            + (f" with {given}" if given else ""),
            hint="add a rate or a dated levy block to the book, or mend the row",
        )

    def _charges(self, chunk: LineChunk) -> list[Charge | None]:
        plain = self._plain
        charges: list[Charge | None] = []
        keys = list(zip(chunk.frameworks, chunk.dates, strict=True))
        for key in set(keys) - plain.keys():
            code, day = key
            if code not in self._varying:
                plain[key] = self._finders[code].charge(date.fromisoformat(day))
        if self._varying.isdisjoint(chunk.frameworks):
            return [plain[key] for key in keys]
        for position, key in enumerate(keys):
            if key in plain:
                charges.append(plain[key])
                continue
            finder = self._finders[key[0]]
            values = self._values(chunk, position, finder.needs)
            charges.append(finder.charge(date.fromisoformat(key[1]), values))
        return charges

    def _values(self, chunk: LineChunk, position: int, needs: Sequence[str]) -> dict[str, str]:
        """The line's values by folded name: a kept column wins over a target or the sector."""
        columns = {
            "lot": chunk.lots,
            "call_off": chunk.call_offs,
            "invoice": chunk.invoices,
            "description": chunk.descriptions,
            "member": chunk.members,
            "contractor": chunk.contractors,
        }
        values = {name: column[position] for name, column in columns.items() if name in needs}
        if "sector" in needs:
            values["sector"] = self._sectors.get(chunk.members[position], "")
        kept = chunk.kept[position]
        if kept:
            values |= {fold(name): cell for name, cell in json.loads(kept).items()}
        return values

    def _bases(
        self, chunk: LineChunk, charges: Sequence[Charge | None]
    ) -> tuple[list[int], list[int]]:
        """Each line's base in pence, and the positions of lines that cannot be charged."""
        if self._based.isdisjoint(chunk.frameworks):
            uncovered = [i for i, charge in enumerate(charges) if charge is None]
            return list(chunk.net_pence), uncovered
        columns: dict[str, Sequence[int | None]] = {**chunk.base_pence, "net": chunk.net_pence}
        bases: list[int] = []
        uncovered = []
        for position, charge in enumerate(charges):
            names = charge.base if charge is not None else ()
            parts = [columns[name][position] if name in columns else None for name in names]
            if charge is None or None in parts:
                uncovered.append(position)
            bases.append(sum(part or 0 for part in parts))
        return bases, uncovered


@dataclass(frozen=True, slots=True)
class CorrectedLine:
    """The line that a credit note names: the rate and the payer it was charged by."""

    rate_ppm: int | None
    member_pays: int


def _banded_alone(charge: Charge, base_pence: int) -> int:
    block = charge.block
    assert block.mode is not None  # a charge without a rate is by bands
    return banded_levy(block.bands, block.mode, base_pence)
