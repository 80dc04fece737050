"""A statement as one flat CSV table: every section's rows, under the names that the JSON uses.

`section` says what a row belongs to and `item` names a figure that stands alone; a column that a
section lacks is empty. Text that a spreadsheet could take for a formula is neutralised.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from levytool.statements.said import Figures, nested_totals, plain, said
from levytool.statements.sections import Grid, Statement, Table
from levytool.text import csv_cell

ALONE = ("section", "item", "value")


def columns_of(statement: Statement) -> tuple[str, ...]:
    """The columns, the same for every statement of a kind: tables stand in it empty or not."""
    keys = dict.fromkeys(ALONE)
    for part in statement.data:
        if isinstance(part, Table):
            keys |= dict.fromkeys(column.key for column in part.columns)
    return tuple(keys)


def render_csv(statement: Statement) -> str:
    """Header row first, then the figures that stand alone, then section by section."""
    columns = columns_of(statement)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    figures = said(statement)
    for item, value in figures.items():
        if not isinstance(value, list | dict):
            writer.writerow(_row(columns, {"section": "statement", "item": item, "value": value}))
    for part in statement.data:
        if isinstance(part, Grid):
            for path, column, value in part.figures():
                told = {"item": path, "value": plain(value, column.kind)}
                writer.writerow(_row(columns, {"section": part.key} | told))
            continue
        rows = figures[part.key][part.nested] if part.nested else figures[part.key]
        writer.writerows(_rows(columns, part, rows))
        if part.nested:
            all_of_it = {"section": part.key, "item": "all"} | nested_totals(part)
            writer.writerow(_row(columns, all_of_it))
    return stream.getvalue()


def _rows(
    columns: Sequence[str], table: Table, rows: Sequence[Figures]
) -> Iterator[tuple[str, ...]]:
    """The rows of a table under the columns of the statement, worked out column by column."""
    count = len(rows)
    own = {"section": [table.key] * count}
    for column in table.columns:
        values = [row[column.key] for row in rows]
        own[column.key] = list(map(_cell, values) if column.kind == "texts" else _cells(values))
    nothing = [""] * count
    return zip(*(own.get(column, nothing) for column in columns), strict=True)


def _cells(values: Sequence[Any]) -> Iterator[str]:
    """The cells of a column; what stands in it often is worked out once."""
    told = {value: _cell(value) for value in set(values)}
    return map(told.__getitem__, values)


def _row(columns: Sequence[str], told: Figures) -> list[str]:
    return [_cell(told.get(column)) for column in columns]


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return csv_cell(", ".join(value))
    return csv_cell(str(value))
