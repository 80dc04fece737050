"""A statement as one flat CSV table: every section's rows, under the names that the JSON uses.

`section` says what a row belongs to and `item` names a figure that stands alone; a column that a
section lacks is empty. Text that a spreadsheet could take for a formula is neutralised.
"""

import csv
import io
from collections.abc import Iterator
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
    place = {column: number for number, column in enumerate(columns)}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in _rows(statement):
        cells = [""] * len(columns)
        for column, value in row.items():
            cells[place[column]] = _cell(value)
        writer.writerow(cells)
    return stream.getvalue()


def _rows(statement: Statement) -> Iterator[Figures]:
    found = said(statement)
    for item, value in found.items():
        if not isinstance(value, list | dict):
            yield {"section": "statement", "item": item, "value": value}
    for part in statement.data:
        if isinstance(part, Grid):
            for path, column, value in part.figures():
                yield {"section": part.key, "item": path, "value": plain(value, column.kind)}
            continue
        rows = found[part.key][part.nested] if part.nested else found[part.key]
        for row in rows:
            yield {"section": part.key, **row}
        if part.nested:
            yield {"section": part.key, "item": "all", **nested_totals(part)}


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return csv_cell(", ".join(value))
    return csv_cell(str(value))
