"""A batch of rows in columns, each read by one lookup or one conversion.

What comes out as None, and what a check across columns shows, marks a row for a look by itself
(`intake.verdicts`). In the ordinary case no row is marked, and Python takes no step per cell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from levytool.book.records import NET
from levytool.intake.amounts import LARGEST_PENCE, AmountColumn, Cell, cell_text, read_amounts
from levytool.intake.container import Row
from levytool.intake.lookups import Lookups
from levytool.intake.plan import Plan
from levytool.intake.rows import cells_beyond
from levytool.intake.vocabulary import CURRENCY


@dataclass(slots=True)
class Columns:
    """Some rows of a file by column. `read` has what each target's cells mean, None for nothing.

    `marked` are the indexes of rows that are not plainly good lines.
    """

    count: int
    cells: list[tuple[Cell, ...]]
    marked: set[int] = field(default_factory=set)
    read: dict[str, list[str | None]] = field(default_factory=dict)
    net: AmountColumn = field(default_factory=lambda: AmountColumn([]))
    bases: dict[str, AmountColumn] = field(default_factory=dict)

    def texts(self, index: int) -> Sequence[str]:
        """A column's cells as text, a workbook's numbers as they are shown."""
        cells: Sequence[Any] = self.cells[index]
        try:
            "".join(cells)
        except TypeError:
            return list(map(cell_text, cells))
        return cells

    def target_texts(self, plan: Plan, target: str) -> Sequence[str]:
        """The texts of a target, from its column or its constant; blank where it has neither."""
        if target in plan.columns:
            return self.texts(plan.columns[target])
        return [plan.constants.get(target, "")] * self.count

    def mark_nones(self, values: Sequence[object]) -> None:
        """Mark the rows whose value is None."""
        if None in values:
            self.marked.update(index for index, value in enumerate(values) if value is None)


def read_columns(plan: Plan, lookups: Lookups, rows: Sequence[Row]) -> Columns:
    """Turn rows into columns and read every target, marking what is unusual."""
    columns = in_columns(plan, rows)
    texts = columns.target_texts(plan, plan.when)
    columns.read["date"] = list(map(lookups.dates.__getitem__, texts))
    for kind, lookup in lookups.parties.items():
        texts = columns.target_texts(plan, kind)
        columns.read[kind] = list(map(lookup.__getitem__, texts))
    columns.read["lot"] = _lots(plan, lookups, columns)
    for values in columns.read.values():
        columns.mark_nones(values)
    if CURRENCY in plan.columns:
        texts = columns.texts(plan.columns[CURRENCY])
        columns.mark_nones(list(map(lookups.currencies.__getitem__, texts)))
    _read_net(plan, columns)
    _mark_other_parties(plan, lookups, columns)
    _mark_misdated(lookups, columns)
    _read_bases(plan, lookups, columns)
    return columns


def in_columns(plan: Plan, rows: Sequence[Row]) -> Columns:
    """The header's columns of all rows: short rows filled up with blanks, long ones cut."""
    width, needed = plan.header.width, plan.needed_width()
    widths = set(map(len, rows))
    if widths == {width}:
        return Columns(len(rows), list(zip(*rows, strict=True)))
    marked: set[int] = set()
    if min(widths) < needed:
        marked.update(index for index, row in enumerate(rows) if len(row) < needed)
    if max(widths) > width:
        added = plan.header.added
        marked.update(
            index
            for index, row in enumerate(rows)
            if len(row) > width and next(cells_beyond(row, width, added), None) is not None
        )
    blank = [""] * width
    squared = [row if len(row) == width else [*row, *blank][:width] for row in rows]
    return Columns(len(rows), list(zip(*squared, strict=True)), marked)


def _lots(plan: Plan, lookups: Lookups, columns: Columns) -> list[str | None]:
    texts = columns.target_texts(plan, "lot")
    if "lot" not in plan.columns and "lot" not in plan.constants:
        return list(texts)
    return list(map(lookups.lots.__getitem__, zip(columns.read["framework"], texts, strict=True)))


def _read_net(plan: Plan, columns: Columns) -> None:
    index = plan.columns.get(NET)
    cells: Sequence[Cell] = (
        columns.cells[index] if index is not None else [plan.constants.get(NET, "")] * columns.count
    )
    columns.net = read_amounts(cells)
    columns.mark_nones(columns.net.pence)
    _mark_too_large(columns, columns.net.pence)


def _mark_too_large(columns: Columns, pence: Sequence[int | None]) -> None:
    present = [amount for amount in pence if amount is not None]
    if present and max(max(present), -min(present)) > LARGEST_PENCE:
        columns.marked.update(
            index
            for index, amount in enumerate(pence)
            if amount is not None and abs(amount) > LARGEST_PENCE
        )


def _mark_other_parties(plan: Plan, lookups: Lookups, columns: Columns) -> None:
    """Mark lines of a correction that name another contractor or framework than the return's."""
    for kind, index in plan.passed_over.items():
        texts = columns.texts(index)
        others = {text for text in set(texts) if lookups.is_another(kind, text)}
        if others:
            columns.marked.update(row for row, text in enumerate(texts) if text in others)


def _mark_misdated(lookups: Lookups, columns: Columns) -> None:
    """Mark lines dated outside their framework or the contractor's appointment.

    When every day of the batch lies in every window of its lines, no line is looked at.
    """
    read = columns.read
    parties = read["framework"], read["contractor"], read["lot"]
    if lookups.windows.by_framework_only:
        keys: Iterable[tuple[str | None, str | None, str | None]] = zip(
            set(read["framework"]), repeat(""), repeat(""), strict=False
        )
    else:
        keys = set(zip(*parties, strict=True))
    windows = [lookups.windows[key] for key in keys]
    days = {day for day in read["date"] if day is not None}
    if not days:
        return
    if all(len(window) == 1 for window in windows):
        first, last = max(w[0][0] for w in windows), min(w[0][1] for w in windows)
        if first <= min(days) and max(days) <= last:
            return
    for index, (day, key) in enumerate(zip(read["date"], zip(*parties, strict=True), strict=True)):
        window = lookups.windows[key]
        if day is not None and not any(first <= day <= last for first, last in window):
            columns.marked.add(index)


def _read_bases(plan: Plan, lookups: Lookups, columns: Columns) -> None:
    """The columns that levy is taken on, where the line's framework does; None elsewhere."""
    if not plan.bases:
        return
    needs = lookups.base_needs
    needed = list(
        map(needs.__getitem__, zip(columns.read["framework"], columns.read["date"], strict=True))
    )
    for name, index in plan.bases.items():
        cells: Sequence[Cell] = columns.cells[index] if index is not None else [""] * columns.count
        column = read_amounts(cells)
        for row, (always, sometimes) in enumerate(needed):
            if name in always:
                if column.pence[row] is None:
                    columns.marked.add(row)
            elif name not in sometimes:
                column.pence[row] = None
                column.exact_pence.pop(row, None)
            elif column.pence[row] is None and cell_text(cells[row]).strip():
                columns.marked.add(row)
        _mark_too_large(columns, column.pence)
        columns.bases[name] = column
