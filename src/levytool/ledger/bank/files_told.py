"""What the imports of statement files told: their formats, and balances that no line of the books
carries."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.bank.withdrawals import withdrawn_files
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.money import parse_pounds


class RestatedBalance(NamedTuple):
    """A closing balance of a statement whose last line an earlier file had brought, or of a day
    after its last line: `after` is then the day of that line, or the first day there is."""

    account: str
    on: date
    pence: int
    after: date | None = None


class FileTold(NamedTuple):
    """A statement file: its format, the closing balances no line carries, and what its statements
    open with, in pence."""

    file_id: int
    format: str
    restated: tuple[RestatedBalance, ...]
    openings: frozenset[int]


def files_told(connection: Connection, asked: AsKnown = NOW) -> list[FileTold]:
    """The files that were known then, in order. One that was withdrawn states nothing."""
    known = asked.known("imported_at")
    query = text(f"SELECT id, outcome FROM import_file WHERE role = 'bank' AND {known} ORDER BY id")
    gone = withdrawn_files(connection, asked)
    found = []
    for file_id, outcome in connection.execute(query):
        told = json.loads(outcome)
        openings = (item["opening"] for item in told["statements"])
        file = FileTold(
            int(file_id),
            told["format"] or "",
            tuple(map(_restated, told.get("restated", ()))),
            frozenset(parse_pounds(opening) for opening in openings if opening is not None),
        )
        if file_id in gone:
            file = file._replace(restated=(), openings=frozenset())
        found.append(file)
    return found


def file_formats(connection: Connection) -> dict[int, str]:
    """The format of each statement file, by its number."""
    return {file.file_id: file.format for file in files_told(connection)}


def _restated(item: Mapping[str, Any]) -> RestatedBalance:
    after = None
    if "after" in item:
        after = date.min if item["after"] is None else day_of(item["after"])
    return RestatedBalance(item["account"], day_of(item["on"]), item["pence"], after)
