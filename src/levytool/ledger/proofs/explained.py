"""Facts that explanations quote: files, versions of the book, entries."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.database.days import day_text
from levytool.problems import UsageError


@dataclass(frozen=True, slots=True)
class ExplainedFile:
    """A file that was imported, and how its columns were read."""

    name: str
    sha256: str
    columns: Mapping[str, str]
    imported_at: str
    imported_by: str
    outcome: Mapping[str, Any]


class BookVersion(NamedTuple):
    """A book as it was applied."""

    number: int
    sha256: str
    applied_at: str
    applied_by: str


class PostedEntry(NamedTuple):
    """A journal entry as stored."""

    number: int
    posted: str
    effective: str
    period: str
    reporting_period: str | None
    kind: str
    narrative: str
    reference: str
    posted_by: str
    reverses: int | None
    hash: str


def file_of(connection: Connection, file_id: int) -> ExplainedFile:
    """The file of that id."""
    name, sha256, outcome_text, at, by = connection.execute(
        text(
            "SELECT name, sha256, outcome, imported_at, imported_by FROM import_file WHERE id = :id"
        ),
        {"id": file_id},
    ).one()
    outcome = json.loads(outcome_text)
    return ExplainedFile(name, sha256, outcome.get("columns") or {}, at, by, outcome)


def book_versions(connection: Connection) -> list[BookVersion]:
    """Every book that was applied, in order."""
    rows = connection.execute(
        text("SELECT id, sha256, applied_at, applied_by FROM book_version ORDER BY id")
    )
    return [BookVersion(*row) for row in rows]


def version_text(connection: Connection, number: int) -> str:
    """The text of a version of the book."""
    query = text("SELECT text FROM book_version WHERE id = :id")
    return str(connection.scalar(query, {"id": number}))


def posted_entry(connection: Connection, number: int) -> PostedEntry:
    """The entry of that number. Raises UsageError when there is none."""
    row = connection.execute(
        text(
            "SELECT id, posted, effective, period, reporting_period, kind, narrative, reference, "
            "posted_by, reverses, hash FROM journal_entry WHERE id = :id"
        ),
        {"id": number},
    ).first()
    if row is None:
        raise UsageError(f"there is no entry {number}; see: levytool ledger journal")
    values: list[Any] = [day_text(value) for value in row]
    return PostedEntry(*values)
