"""Whether these books began in the middle, when, from which file, and with how much spend."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.journal import Kind
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.periods import Month

OPENING_FILE = "opening"
"""The role under which an opening file is remembered."""


@dataclass(frozen=True, slots=True)
class OpeningFile:
    """The file that these books were opened from, and the lines of what it brought by name."""

    name: str
    sha256: str
    rows: Mapping[str, int]
    opened_at: str


class SpendBrought(NamedTuple):
    """Cumulative spend and places brought for one framework, member, call-off and contractor."""

    row_no: int
    framework: str
    member: str
    call_off: str
    contractor: str
    base_pence: int
    delivered: int
    verified: int
    entry_id: int


def opened_until(connection: Connection, asked: AsKnown = NOW) -> Month | None:
    """The last month before these books: it and all before take no posting. None where the books
    began with nothing. An opening is a ledger's first posting."""
    found = connection.scalar(
        text(
            "SELECT effective FROM journal_entry "
            "WHERE id = 1 AND kind = :kind AND facts_digest <> '' "
            f"AND {asked.known('posted')}"
        ),
        {"kind": Kind.OPENING.value},
    )
    return None if found is None else Month.of(day_of(found))


def opening_file(connection: Connection) -> OpeningFile | None:
    """The file these books were opened from; None where they began with nothing."""
    row = connection.execute(
        text(
            "SELECT name, sha256, outcome, imported_at FROM import_file "
            "WHERE role = :role AND state = 'live'"
        ),
        {"role": OPENING_FILE},
    ).first()
    return None if row is None else OpeningFile(row[0], row[1], json.loads(row[2]), row[3])


def add_spend(connection: Connection, rows: Sequence[SpendBrought]) -> None:
    """Store spend and places that an opening file brings."""
    first = series.allot(connection, "opening_spend", len(rows))
    insert_rows(
        connection,
        "opening_spend",
        ("id", *SpendBrought._fields),
        [(number, *row) for number, row in enumerate(rows, first)],
    )


def spend_brought(
    connection: Connection, frameworks: Collection[str], asked: AsKnown = NOW
) -> list[SpendBrought]:
    """What an opening file brought for these frameworks, in the order of its lines."""
    rows = connection.execute(
        text(
            f"SELECT {', '.join(f's.{name}' for name in SpendBrought._fields)} "
            "FROM opening_spend s JOIN journal_entry e ON e.id = s.entry_id "
            f"WHERE {asked.entry()} ORDER BY s.id"
        )
    )
    return [found for row in rows if (found := SpendBrought(*row)).framework in frameworks]
