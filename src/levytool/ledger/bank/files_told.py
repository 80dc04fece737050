"""What the imports of statement files told: their formats, and their statements."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.bank.statement_chain import Span
from levytool.ledger.bank.withdrawals import withdrawn_files
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.money import parse_pounds

SPANS = "spans"
"""Where an import keeps its statements, account by account, with their days."""


class UndatedStatement(NamedTuple):
    """A statement as imports kept it before they kept its days: a file had the accounts of all its
    statements. `until` is the day that its closing balance is of, where no line carries it."""

    accounts: frozenset[str]
    opening_pence: int
    closing_pence: int
    lines: int
    until: str | None


class FileTold(NamedTuple):
    """A statement file: its format, and the statements that state balances, by account."""

    file_id: int
    format: str
    spans: Mapping[str, Sequence[Span]]
    undated: tuple[UndatedStatement, ...] = ()


def files_told(connection: Connection, asked: AsKnown = NOW) -> list[FileTold]:
    """The files that were known then, in order. One that was withdrawn states nothing, and one
    that was imported again states it once."""
    known = asked.known("imported_at")
    query = text(
        f"SELECT id, sha256, outcome FROM import_file WHERE role = 'bank' AND {known} ORDER BY id"
    )
    rows = [tuple(row) for row in connection.execute(query)]
    gone = withdrawn_files(connection, asked)
    states = {sha256: file_id for file_id, sha256, _outcome in rows if file_id not in gone}
    return [
        _told(file_id, json.loads(outcome), states=states.get(sha256) == file_id)
        for file_id, sha256, outcome in rows
    ]


def file_formats(connection: Connection) -> dict[int, str]:
    """The format of each statement file, by its number."""
    return {file.file_id: file.format for file in files_told(connection)}


def _told(file_id: int, told: Mapping[str, Any], *, states: bool) -> FileTold:
    file = FileTold(file_id, told["format"] or "", {})
    if not states:
        return file
    if SPANS not in told:
        return file._replace(undated=tuple(_undated(told)))
    spans = defaultdict[str, list[Span]](list)
    for item in told[SPANS]:
        until = item["until"]
        span = Span(
            file_id,
            item["opening"],
            item["closing"],
            day_of(item["first"]),
            day_of(item["last"]),
            item["lines"],
            None if until is None else day_of(until),
            (item["rows"][0], item["rows"][1]),
            tuple((day_of(day), pence) for day, pence in item["by_day"]),
        )
        spans[item["account"]].append(span)
    return file._replace(spans=spans)


def _undated(told: Mapping[str, Any]) -> list[UndatedStatement]:
    """Those that go on one from another are one: their file has the days of them all."""
    accounts = frozenset((told["account"] or "").split(", "))
    later = {item["pence"]: item["on"] for item in told.get("restated", ())}
    found = list[UndatedStatement]()
    for item in told["statements"]:
        if item["opening"] is None or item["closing"] is None:
            continue
        opening, closing = parse_pounds(item["opening"]), parse_pounds(item["closing"])
        lines = item["entries"]
        if found and found[-1].closing_pence == opening:
            before = found.pop()
            opening, lines = before.opening_pence, before.lines + lines
        found.append(UndatedStatement(accounts, opening, closing, lines, later.get(closing)))
    return found
