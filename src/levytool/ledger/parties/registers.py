"""Parties and the book in force: what lines and documents refer to."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from levytool.acting import Acting
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.journal.as_known import NOW, AsKnown

MEMBER = "member"
CONTRACTOR = "contractor"
FRAMEWORK = "framework"


@dataclass(frozen=True, slots=True)
class Register:
    """Codes and numbers of the parties of one kind."""

    ids: dict[str, int]
    codes: dict[int, str]


def register(connection: Connection, kind: str) -> Register:
    """All parties of a kind that the ledger knows."""
    rows = connection.execute(
        text("SELECT code, id FROM party WHERE kind = :kind ORDER BY id"), {"kind": kind}
    ).all()
    ids = {str(code): int(number) for code, number in rows}
    return Register(ids, {number: code for code, number in ids.items()})


def all_codes(connection: Connection) -> dict[int, str]:
    """The code of every party by number: no two parties of any kind share one."""
    rows = connection.execute(text("SELECT id, code FROM party"))
    return {int(number): str(code) for number, code in rows}


def number_of(connection: Connection, kind: str, code: str) -> int:
    """The number of the party of that kind and code; 0, which no party has, for none."""
    query = text("SELECT id FROM party WHERE kind = :kind AND code = :code")
    return int(connection.scalar(query, {"kind": kind, "code": code}) or 0)


def enrol(connection: Connection, kind: str, codes: Iterable[str]) -> None:
    """Give a number to each code that has none yet."""
    known = register(connection, kind).ids
    new = [code for code in dict.fromkeys(codes) if code not in known]
    first = series.allot(connection, "party", len(new))
    insert_rows(
        connection,
        "party",
        ("id", "kind", "code"),
        [(number, kind, code) for number, code in enumerate(new, first)],
    )


def book_text(connection: Connection, asked: AsKnown = NOW) -> str | None:
    """The text of the book in force, now or as known then; None before the first is applied.

    Before the first, when nothing could be posted, the first stands in. What a book says of a day
    by its own dates is for whoever reads it: `as_at` chooses none.
    """
    known = f"{asked.known('applied_at')} OR id = (SELECT MIN(id) FROM book_version)"
    query = f"SELECT text FROM book_version WHERE {known} ORDER BY id DESC LIMIT 1"
    found = connection.scalar(text(query))
    return None if found is None else str(found)


def last_book_version(connection: Connection) -> int:
    """The number of the book in force; 0 before the first is applied."""
    return int(connection.scalar(text("SELECT MAX(id) FROM book_version")) or 0)


def book_version(connection: Connection, version: int) -> str:
    """The text of the book in that version."""
    query = text("SELECT text FROM book_version WHERE id = :id")
    return str(connection.scalar(query, {"id": version}))


def add_book_version(connection: Connection, acting: Acting, sha256: str, book: str) -> int:
    """Put a book in force; gives its version number."""
    number = series.allot(connection, "book")
    insert_rows(
        connection,
        "book_version",
        ("id", "sha256", "text", "applied_at", "applied_by"),
        [(number, sha256, book, acting.posted, acting.user)],
    )
    return number
