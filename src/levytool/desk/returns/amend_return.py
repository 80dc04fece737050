"""Writing the corrected file of a return for the officer: its own lines, with one line changed."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from levytool.money import display_pence, format_pence, parse_pounds
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
    "line_no",
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


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a return: its number there, the row of its file, cells by key of HEADERS, and the
    columns kept with it."""

    number: int
    row: int
    cells: dict[str, str]
    kept: dict[str, str]


def amend_return(
    office: Office,
    number: str,
    row: int | None,
    changes: Mapping[str, str],
    into: Path,
    line: int | None = None,
) -> list[dict[str, Any]]:
    """Write the lines of a return into a CSV file, with `changes` (by key of HEADERS) in one, named
    by the row of its file or by its line number in the return, which tells two files' rows apart.

    Without changes the line is left out. Gives it as it was and, changed, as it is in the file; the
    books are not touched: `return correct` reads the file. Raises UsageError for a row or line that
    the return does not have, for a row that it has twice, for a file that is there, and for a net,
    date or member that no file could have.
    """
    if (row is None) == (line is None):
        raise UsageError("name the line by --row or --line, one of the two")
    if into.exists():
        raise UsageError(f"{into} is there already; name another file")
    with office.reading() as connection:
        meant = _meant(book_in_force(connection), changes)
        stored = returns.get_return(connection, number)
        refuse_uncorrectable(connection, stored)
        lines = list(_lines(connection, stored))
    named = _named(stored.number, lines, row, line)
    after = {**named.cells, **meant}
    amended = {named.number: replace(named, cells=after)} if changes else {}
    _write(
        into,
        [
            amended.get(each.number, each)
            for each in lines
            if changes or each.number != named.number
        ],
    )
    shown = [("was", named.cells), ("is", after)] if changes else [("left out", named.cells)]
    return [{"row": named.row, "line": said, **cells} for said, cells in shown]


def _named(number: str, lines: Sequence[_Line], row: int | None, line: int | None) -> _Line:
    """The line that is meant. Raises UsageError where there is none, or more than one."""
    found = [each for each in lines if (each.number if row is None else each.row) in (row, line)]
    if len(found) == 1:
        return found[0]
    if not found:
        wanted = f"line {line}" if row is None else f"line of row {row}"
        raise UsageError(f"{number} has no {wanted}; see: levytool spend list --return {number}")
    told = ", ".join(f"line {each.number} ({_in_short(each.cells)})" for each in found)
    raise UsageError(
        f"{number} has {counted(len(found), 'line')} of row {row}: {told}; name the one that is "
        f"meant: --line {found[0].number}"
    )


def _in_short(cells: Mapping[str, str]) -> str:
    net = display_pence(parse_pounds(cells["net"]))
    return ", ".join((cells["invoice"] or "no invoice", cells["date"], net))


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


def _lines(connection: Connection, stored: StoredReturn) -> Iterator[_Line]:
    members = registers.register(connection, registers.MEMBER).codes
    for _return_id, rows in lines_of(connection, [stored.id], _COLUMNS):
        for line in rows:
            values = dict(zip(_COLUMNS, line, strict=True))
            values["member"] = members[values["member_id"]]
            values["net"] = format_pence(values["net_pence"])
            cells = {key: str(values[key]) for key in HEADERS}
            kept = json.loads(values["kept"] or "{}")
            yield _Line(values["line_no"], values["row_no"], cells, kept)


def _write(into: Path, lines: Sequence[_Line]) -> None:
    """UTF-8 with a byte order mark, as spreadsheets like it; columns that are blank throughout are
    left out. Where a text had to be made harmless, the columns of an errors file stand behind, by
    which reading knows to restore it."""
    used = [key for key in HEADERS if key == "net" or any(each.cells[key] for each in lines)]
    further = sorted({name for each in lines for name in each.kept})
    rows = [
        [*(each.cells[key] for key in used), *(each.kept.get(name, "") for name in further)]
        for each in lines
    ]
    harmless = [[neutralised(cell) for cell in row] for row in rows]
    behind = () if harmless == rows else ADDED_COLUMNS
    with into.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(HEADERS[key] for key in used), *further, *behind])
        writer.writerows([*row, *("" for _ in behind)] for row in harmless)
