"""From which row of which file a line of spend came, on either side."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, text

_DECLARED = (
    "SELECT f.name, l.row_no FROM declaration_line l JOIN import_file f ON f.id = l.file_id "
    "WHERE l.return_id = :number AND l.line_no = :line_no"
)
_RECORDED = (
    "SELECT f.name, l.row_no FROM member_line l JOIN member_ledger m ON m.id = l.ledger_id "
    "JOIN import_file f ON f.id = m.file_id "
    "WHERE l.ledger_id = :number AND l.line_no = :line_no"
)

Place = tuple[int, int]
"""The number of a return or of a member's ledger, and the line's own."""


class FileRow(NamedTuple):
    """A file's name, and the row as a spreadsheet numbers it."""

    file: str
    row: int


def declared_rows(connection: Connection, places: Collection[Place]) -> dict[Place, FileRow]:
    """The rows of these lines of returns; a few at a time."""
    return _rows(connection, _DECLARED, places)


def recorded_rows(connection: Connection, places: Collection[Place]) -> dict[Place, FileRow]:
    """The rows of these lines of members' ledgers; a few at a time."""
    return _rows(connection, _RECORDED, places)


def _rows(connection: Connection, query: str, places: Collection[Place]) -> dict[Place, FileRow]:
    found = {}
    for number, line_no in places:
        asked = {"number": number, "line_no": line_no}
        row = connection.execute(text(query), asked).first()
        if row is not None:
            found[number, line_no] = FileRow(str(row[0]), int(row[1]))
    return found
