"""Writing the corrected file of a return for the officer: its own lines, with one row changed."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import code_of
from levytool.desk.office import Office
from levytool.desk.returns.correct_return import refuse_uncorrectable
from levytool.intake.dates import parse_date
from levytool.intake.header import ADDED_COLUMNS
from levytool.intake.neutral import neutralised
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.lines import lines_of
from levytool.ledger.spend.returns import StoredReturn
from levytool.money import format_pence, parse_pounds
from levytool.problems import UsageError
from levytool.text import counted

HEADERS = {
    "date": "Date",
    "invoice": "Invoice",
    "credits": "Credits",
    "member": "Member",
    "lot": "Lot",
    "call_off": "Call-off",
    "description": "Description",
    "net": "Net",
}
"""What may be changed, and the header it is written under: every one is recognised without a
layout."""

_COLUMNS = (
    "row_no",
    "date",
    "invoice",
    "credits",
    "member_id",
    "lot",
    "call_off",
    "description",
    "net_pence",
    "kept",
)


def amend_return(
    office: Office, number: str, row: int, changes: Mapping[str, str], into: Path
) -> list[dict[str, Any]]:
    """Write the lines of a return into a CSV file, with `changes` (by key of HEADERS) in one row.

    Without changes the row is left out. Gives that row as it was and, changed, as it is in the
    file; the books are not touched: `return correct` reads the file. Raises UsageError for a row
    that the return does not have, or has twice (from two files), for a file that is there, and for
    a net, date or member that no file could have.
    """
    if into.exists():
        raise UsageError(f"{into} is there already; name another file")
    with office.reading() as connection:
        meant = _meant(book_in_force(connection), changes)
        stored = returns.get_return(connection, number)
        refuse_uncorrectable(connection, stored)
        lines = list(_lines(connection, stored))
    places = [place for place, (row_no, _cells, _kept) in enumerate(lines) if row_no == row]
    if len(places) != 1:
        found = (
            f"{counted(len(places), 'line')} of row {row}" if places else f"no line of row {row}"
        )
        raise UsageError(
            f"{stored.number} has {found}; see: levytool spend list --return {stored.number}"
        )
    [place] = places
    _row_no, before, kept = lines[place]
    after = {**before, **meant}
    if changes:
        lines[place] = (row, after, kept)
    else:
        del lines[place]
    _write(into, [(cells, kept) for _row_no, cells, kept in lines])
    shown = [("was", before), ("is", after)] if changes else [("left out", before)]
    return [{"row": row, "line": said, **cells} for said, cells in shown]


def _meant(book: Book, changes: Mapping[str, str]) -> dict[str, str]:
    """What was asked for as a file has it: a member's code, an ISO date, pounds and pence."""
    meant = dict(changes)
    if "member" in meant:
        meant["member"] = code_of(book, "member", meant["member"])
    if "date" in meant:
        day = parse_date(meant["date"])
        if day is None:
            raise UsageError(f"--date {meant['date']!r} is not a day; write it as 2026-04-08")
        meant["date"] = day.isoformat()
    if "net" in meant:
        try:
            meant["net"] = format_pence(parse_pounds(meant["net"]))
        except ValueError as error:
            raise UsageError(f"--net: {error}") from error
    return meant


def _lines(
    connection: Connection, stored: StoredReturn
) -> Iterator[tuple[int, dict[str, str], dict[str, str]]]:
    """Each line's row, its cells by key of HEADERS, and its kept columns."""
    members = registers.register(connection, registers.MEMBER).codes
    for _return_id, rows in lines_of(connection, [stored.id], _COLUMNS):
        for line in rows:
            values = dict(zip(_COLUMNS, line, strict=True))
            values["member"] = members[values["member_id"]]
            values["net"] = format_pence(values["net_pence"])
            cells = {key: str(values[key]) for key in HEADERS}
            yield values["row_no"], cells, json.loads(values["kept"] or "{}")


def _write(into: Path, lines: Sequence[tuple[dict[str, str], dict[str, str]]]) -> None:
    """UTF-8 with a byte order mark, as spreadsheets like it; columns that are blank throughout are
    left out. Where a text had to be made harmless, the columns of an errors file stand behind, by
    which reading knows to restore it."""
    used = [key for key in HEADERS if key == "net" or any(cells[key] for cells, _kept in lines)]
    further = sorted({name for _cells, kept in lines for name in kept})
    rows = [
        [*(cells[key] for key in used), *(kept.get(name, "") for name in further)]
        for cells, kept in lines
    ]
    harmless = [[neutralised(cell) for cell in row] for row in rows]
    behind = () if harmless == rows else ADDED_COLUMNS
    with into.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(HEADERS[key] for key in used), *further, *behind])
        writer.writerows([*row, *("" for _ in behind)] for row in harmless)
