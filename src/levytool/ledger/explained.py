"""Facts that explanations quote: files, book versions, entries, and what fed a levy fund."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.problems import UsageError


@dataclass(frozen=True, slots=True)
class ExplainedFile:
    """A file that was imported, and how its columns were read."""

    name: str
    sha256: str
    columns: Mapping[str, str]
    imported_at: str
    imported_by: str


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


class FundMovement(NamedTuple):
    """What moved a member's levy fund: credit positive, in pence."""

    kind: str
    reference: str
    amount_pence: int


def file_of(connection: Connection, file_id: int) -> ExplainedFile:
    """The file of that id."""
    name, sha256, outcome, at, by = connection.execute(
        text(
            "SELECT name, sha256, outcome, imported_at, imported_by FROM import_file WHERE id = :id"
        ),
        {"id": file_id},
    ).one()
    return ExplainedFile(name, sha256, json.loads(outcome)["columns"], at, by)


def book_versions(connection: Connection) -> list[BookVersion]:
    """Every book that was applied, in order."""
    rows = connection.execute(
        text("SELECT id, sha256, applied_at, applied_by FROM book_version ORDER BY id")
    )
    return [BookVersion(*row) for row in rows]


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
    values: list[Any] = [str(value) if isinstance(value, date) else value for value in row]
    return PostedEntry(*values)


def last_release(connection: Connection, member: str, before: int) -> int:
    """The number of the member's release before this entry; 0 where there is none."""
    found = connection.scalar(
        text(
            "SELECT MAX(entry_id) FROM pot_movement WHERE member = :member AND kind = 'release' "
            "AND entry_id < :before"
        ),
        {"member": member, "before": before},
    )
    return int(found or 0)


def fund_movements(
    connection: Connection, member: str, after: int, until: int
) -> list[FundMovement]:
    """What moved a member's levy fund (2100) after one entry and before another, by reference.

    The reference of a receipt is the document it was set against.
    """
    rows = connection.execute(
        text(
            "SELECT e.kind, e.reference, CAST(SUM(CASE WHEN t.credit_account = :fund AND "
            "t.credit_dimension = :member THEN t.amount_pence ELSE 0 END - CASE WHEN "
            "t.debit_account = :fund AND t.debit_dimension = :member THEN t.amount_pence "
            "ELSE 0 END) AS BIGINT) FROM journal_transfer t "
            "JOIN journal_entry e ON e.id = t.entry_id "
            "WHERE t.entry_id > :after AND t.entry_id < :until "
            "AND ((t.credit_account = :fund AND t.credit_dimension = :member) "
            "OR (t.debit_account = :fund AND t.debit_dimension = :member)) "
            "GROUP BY e.kind, e.reference ORDER BY MIN(t.entry_id)"
        ),
        {"fund": Account.LEVY_FUND.value, "member": member, "after": after, "until": until},
    )
    return [FundMovement(*row) for row in rows]


class PotPosting(NamedTuple):
    """A movement of a cohort with the day of its entry."""

    entry_id: int
    effective: str
    member: str
    cohort: str
    kind: str
    amount_pence: int
    scheme: str


def pot_postings(
    connection: Connection,
    *,
    entry_id: int | None = None,
    member: str | None = None,
    cohort: str | None = None,
) -> list[PotPosting]:
    """Movements of pots, by entry or by member and cohort, in order."""
    rows = connection.execute(
        text(
            "SELECT p.entry_id, e.effective, p.member, p.cohort, p.kind, p.amount_pence, p.scheme "
            "FROM pot_movement p JOIN journal_entry e ON e.id = p.entry_id ORDER BY p.id"
        )
    )
    found = [PotPosting(row[0], str(row[1]), *row[2:]) for row in rows]
    return [
        item
        for item in found
        if entry_id in (None, item.entry_id)
        and member in (None, item.member)
        and cohort in (None, item.cohort)
    ]
