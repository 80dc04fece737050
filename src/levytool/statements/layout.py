"""How a statement's tables are laid out on a page, in words: what text, HTML and PDF have alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from levytool.statements import words
from levytool.statements.sections import Column, Grid, Number, Section, Table, Value

_RIGHT = ("money", "levy", "count", "overdue", "exact", "rates")

Role = Literal["line", "group", "subgroup", "level"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and in small print beneath it."""

    text: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name, then its cells. A group's heading may have none.

    `role`: an ordinary `line`, the head of a `group` or of one within it, or a `level`: what was
    brought forward, or the total.
    """

    name: Cell
    cells: tuple[Cell, ...]
    role: Role = "line"


@dataclass(frozen=True, slots=True)
class Laid:
    """A table as a page shows it. `right` says of each heading but the first where cells stand."""

    key: str
    caption: str
    headings: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _PageColumn:
    """A column of the page: where its values stand in a row of the table, and its small print."""

    place: int
    column: Column
    small: list[tuple[int, Column]]


def laid_out(part: Table | Grid, *, spread: bool = False) -> Laid | None:
    """A table or a grid as a page shows it; None where it has nothing to show there.

    `spread` puts the small print of cells into columns of its own.
    """
    if not part.on_page:
        return None
    if isinstance(part, Grid):
        return _grid(part)
    if not (part.rows or part.brought):
        return None
    name, columns = _page_columns(part.columns, spread)
    shown = part.rows[: part.shown]
    hidden = len(part.rows) - len(shown)
    rows: list[Row] = []
    if part.brought:
        rows.append(_level(part.brought[0], _brought(part), columns))
    grouped = [place for place, column in enumerate(part.columns) if column.place == "group"]
    rows += (
        _groups(part, shown, grouped, name, columns) if grouped else _lines(shown, name, columns)
    )
    if part.total and (part.brought or len(part.rows) > 1):
        rows.append(_level(part.total, part.totals, columns))
    return Laid(
        part.key,
        part.caption,
        (name.column.label, *(column.column.label for column in columns)),
        tuple(column.column.kind in _RIGHT for column in columns),
        tuple(rows),
        f"{hidden:,} more are in the CSV, JSON and XLSX forms of this statement." if hidden else "",
    )


def _grid(grid: Grid) -> Laid:
    rows = [
        Row(
            Cell(row.label),
            tuple(
                Cell(words.value_words(value, column))
                for value, column in zip(row.values, grid.columns, strict=True)
            ),
        )
        for row in grid.rows
        if not row.seldom or any(row.values)
    ]
    if grid.total:
        sums = zip(grid.totals, grid.columns, strict=True)
        cells = tuple(Cell(words.value_words(pence, column)) for pence, column in sums)
        rows.append(Row(Cell(grid.total), cells, "level"))
    return Laid(
        grid.key,
        grid.caption,
        (grid.head, *(column.label for column in grid.columns)),
        tuple(column.kind in _RIGHT for column in grid.columns),
        tuple(rows),
    )


def _page_columns(columns: Sequence[Column], spread: bool) -> tuple[_PageColumn, list[_PageColumn]]:
    """The column that names a row, and those beside it, each with its small print."""
    name: _PageColumn | None = None
    found: list[_PageColumn] = []
    last: _PageColumn | None = None
    for place, column in enumerate(columns):
        if column.place == "small" and last is not None and not (spread and last is not name):
            last.small.append((place, column))
        elif column.place in ("name", "column", "small"):
            last = _PageColumn(place, column, [])
            if column.place == "name":
                name = last
            else:
                found.append(last)
    if name is None:
        raise ValueError("a table needs a column that names its rows")
    return name, found


def _cell(row: Sequence[Value], column: _PageColumn, joint: str = ", ") -> Cell:
    small = (
        f"{said}{inner.suffix}"
        for place, inner in column.small
        if (said := words.value_words(row[place], inner)) and (row[place] or not inner.seldom)
    )
    return Cell(words.value_words(row[column.place], column.column), joint.join(small))


def _lines(
    rows: Iterable[Sequence[Value]], name: _PageColumn, columns: Sequence[_PageColumn]
) -> Iterator[Row]:
    for row in rows:
        cells = tuple(_cell(row, column) for column in columns)
        yield Row(_cell(row, name, " · "), cells)


def _groups(
    table: Table,
    rows: Sequence[tuple[Value, ...]],
    grouped: Sequence[int],
    name: _PageColumn,
    columns: Sequence[_PageColumn],
) -> Iterator[Row]:
    """Rows under the headings of their groups; the outer ones are footed, and so their heads."""
    outer, *inner = grouped
    code = table.columns[outer - 1]
    for title, group in groupby(rows, key=lambda row: row[outer]):
        own = tuple(group)
        small = str(own[0][outer - 1]) if code.place == "data" else ""
        named = words.value_words(title, table.columns[outer])
        head = _level(named, table.sums(own), columns)
        yield Row(Cell(named, small), head.cells, "group")
        for subtitle, within in groupby(own, key=lambda row: [row[place] for place in inner]):
            said = " · ".join(str(part) for part in subtitle if part)
            if said:
                yield Row(Cell(said), (), "subgroup")
            yield from _lines(within, name, columns)


def _brought(table: Table) -> tuple[int | None, ...]:
    pence = table.brought[1] if table.brought else 0
    return tuple(pence if column.sums else None for column in table.columns)


def _level(title: str, sums: Sequence[Number | None], columns: Sequence[_PageColumn]) -> Row:
    cells = tuple(
        Cell("" if sums[c.place] is None else words.value_words(sums[c.place], c.column))
        for c in columns
    )
    return Row(Cell(title), cells, "level")


def shows_anything(section: Section) -> bool:
    """Whether any part of a section has something to show on a page."""
    return any(
        laid_out(part) is not None if isinstance(part, Table | Grid) else True
        for part in section.parts
    )
