"""The file of rejected rows, to be mended and imported again (contract, *Importing spend*).

It has the rows as they stood, under their original header in the same place, and behind them what
is wrong, in columns that reading leaves out. A layout that fits the original fits it too.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from levytool.intake.container import Row
from levytool.intake.header import ADDED_COLUMNS, Header
from levytool.intake.neutral import neutralised
from levytool.intake.reading import SpendFile
from levytool.problems import Problem


def write_errors_file(
    path: Path, spend_file: SpendFile, problems: Iterable[Problem] | None = None
) -> int:
    """Write the rows that have `problems` (the reading's own where None); returns how many.

    The rows are fetched from the spend file once more. A layout's delimiter and encoding are
    kept; else it is CSV in UTF-8 with a byte order mark, as spreadsheets like it. No file is
    written where no row is to blame.
    """
    by_row: dict[int, list[Problem]] = {}
    for problem in spend_file.findings.problems if problems is None else problems:
        if problem.row is not None:
            by_row.setdefault(problem.row, []).append(problem)
    header = spend_file.header
    if not by_row or header is None:
        return 0
    wanted = {*range(1, header.row + 1), *by_row}
    rows = {number: _original(row, header) for number, row in spend_file.raw_rows(wanted)}
    width = max(map(len, rows.values()))
    layout = spend_file.options.layout
    encoding = layout.encoding if layout is not None else None
    delimiter = layout.delimiter if layout is not None else None
    # Only the added columns can hold what a layout's encoding has no character for.
    with path.open("w", encoding=encoding or "utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter or ",")
        for number, row in sorted(rows.items()):
            cells = [neutralised(cell) for cell in row] + [""] * (width - len(row))
            if number == header.row:
                cells += ADDED_COLUMNS
            elif number in by_row:
                cells += _said(number, by_row[number])
            writer.writerow(cells)
    return len(by_row)


def _original(row: Row, header: Header) -> Row:
    """A row without the columns that an earlier errors file added."""
    if header.added is None:
        return row
    return [*row[: header.added], *row[header.added + len(ADDED_COLUMNS) :]]


def _said(number: int, problems: Sequence[Problem]) -> tuple[str, str, str]:
    what = (f"{p.column}: {p.message}" if p.column else p.message for p in problems)
    hints = dict.fromkeys(p.hint for p in problems if p.hint)
    return str(number), "; ".join(what), "; ".join(hints)
