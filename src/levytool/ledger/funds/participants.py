"""Participants' records as they are stored, and the proof that they are what was recorded.

A record that was wrong is withdrawn by another row; nothing is edited or deleted (domain §3.5).
A record counts from the day it holds for: what was known by when is told by its journal entry.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from levytool.acting import Acting
from levytool.journal import Entry
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.rules.dates import act_date
from levytool.rules.outcomes import Outcomes, Record, outcomes_by_scheme, participants_of

RECORDED = "participant-record"
"""What the journal calls the entry of a record. It moves no money."""
SERIES = "PR"
WITHDRAWN = "withdrawn"
"""The step of a row that takes back another one."""

_COLUMNS = ("id", *Record._fields, "withdraws", "entry_id")
_SELECT = (
    f"SELECT {', '.join(f'r.{column}' for column in _COLUMNS)}, e.posted, e.posted_by "
    "FROM participant_record r JOIN journal_entry e ON e.id = r.entry_id"
)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record as stored: when and by whom, and the record that it takes back, if it does."""

    id: int
    record: Record
    withdraws: int | None
    entry_id: int
    posted: str
    posted_by: str

    @property
    def number(self) -> str:
        return record_number(self.id)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that is stored of it but who recorded it when."""
        return _digest(self.id, self.record, self.withdraws)


def record_number(record_id: int) -> str:
    """How a record is called: `PR-000001`."""
    return series.numbered(SERIES, record_id)


def add_record(
    connection: Connection, acting: Acting, record: Record, withdraws: int | None = None
) -> str:
    """Store a record, or with `withdraws` the taking back of one; gives its number.

    Its journal entry moves nothing: it puts the digest into the hash chain.
    """
    number = series.allot(connection, SERIES)
    entry = Entry(
        RECORDED,
        act_date(acting.today, closed_months(connection)),
        f"{record.participant} in {record.scheme}: {record.step}, {record.day}",
        (),
        record_number(number),
        facts_digest=_digest(number, record, withdraws),
    )
    entry_id = post(connection, acting, [entry]).first_id
    row = (number, *_plain(record), withdraws, entry_id)
    insert_rows(connection, "participant_record", _COLUMNS, [row])
    return record_number(number)


def stored_records(
    connection: Connection, participant: str | None = None, asked: AsKnown = NOW
) -> list[StoredRecord]:
    """Records in the order they were stored, of one participant where one is named: with those
    that were withdrawn, and what withdrew them."""
    where = f"{asked.known('e.posted')} AND {asked.effective('r.day')}"
    where += " AND r.participant = :participant" if participant is not None else ""
    values = {} if participant is None else {"participant": participant}
    rows = connection.execute(text(f"{_SELECT} WHERE {where} ORDER BY r.id"), values)
    return [_stored(row) for row in rows]


def references(connection: Connection) -> list[str]:
    """Every participant that has records, in order."""
    query = "SELECT DISTINCT participant FROM participant_record ORDER BY participant"
    return list(connection.scalars(text(query)))


def records_that_count(
    connection: Connection, participant: str | None = None, asked: AsKnown = NOW
) -> list[StoredRecord]:
    """The same without those that were withdrawn."""
    found = stored_records(connection, participant, asked)
    taken_back = {one.withdraws for one in found}
    return [one for one in found if one.withdraws is None and one.id not in taken_back]


def scheme_outcomes(connection: Connection, day: date, asked: AsKnown = NOW) -> dict[str, Outcomes]:
    """The programme figures as at a day of every scheme that somebody was referred to."""
    records = (one.record for one in records_that_count(connection, asked=asked))
    return outcomes_by_scheme(participants_of(records, day))


def places_filled(connection: Connection, asked: AsKnown = NOW) -> dict[str, int]:
    """The places taken up of every scheme that has any; no record is of a day to come."""
    found = scheme_outcomes(connection, asked.as_at or date.max, asked)
    return {scheme: outcomes.filled for scheme, outcomes in found.items()}


def altered_records(connection: Connection) -> list[str]:
    """Records that are not what their entries in the hash chain say, and gaps."""
    found = stored_records(connection)
    entries = {
        entry: (number, digest)
        for entry, number, digest in connection.execute(
            text("SELECT id, reference, facts_digest FROM journal_entry WHERE kind = :kind"),
            {"kind": RECORDED},
        )
    }
    wrong = [
        f"{one.number} is not what its entry says was recorded"
        for one in found
        if entries.pop(one.entry_id, None) != (one.number, one.digest)
    ]
    wrong += [f"{number} was recorded and is missing" for _entry, (number, _) in entries.items()]
    there = connection.scalar(text("SELECT COUNT(*) FROM participant_record"))
    given = series.last_given(connection, SERIES)
    if not there == given == len(found):
        wrong.append(f"{there} of {SERIES} are there, {given} were given")
    return wrong


def _plain(record: Record) -> tuple[Any, ...]:
    """A record as its columns."""
    told = {
        "day": record.day.isoformat(),
        "until": record.until.isoformat() if record.until else None,
        "completed": int(record.completed),
    }
    return tuple((record._asdict() | told).values())


def _digest(number: int, record: Record, withdraws: int | None) -> str:
    facts = (number, *_plain(record), withdraws)
    told = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _stored(row: Sequence[Any]) -> StoredRecord:
    number, *fields, withdraws, entry_id, posted, posted_by = row
    record = Record(*fields)
    record = record._replace(
        day=day_of(record.day),
        until=day_of(record.until) if record.until else None,
        completed=bool(record.completed),
    )
    return StoredRecord(number, record, withdraws, entry_id, posted, posted_by)
