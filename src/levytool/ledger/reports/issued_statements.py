"""Statements that were issued, as they are stored, and the proof that they are what was issued."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from levytool.acting import Acting
from levytool.journal import Entry
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.periods import Month, Period
from levytool.rules.dates import act_date

ISSUED = "statement-issued"
"""What the journal calls the entry that issues a statement. It moves no money."""

_COLUMNS = (
    *("id", "kind", "code", "first_period", "last_period", "follows", "last_entry_id"),
    *("opening_pence", "closing_pence", "figures_hash"),
    *("value_sha256", "forms", "prepared_by", "prepared_at", "issued_by", "issued_at", "entry_id"),
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM issued_statement"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is to be issued: whose statement, of which months, what it comes to, who prepared it.

    `follows` is the statement whose closing balance it opens with; None for a first one.
    """

    kind: str
    code: str
    period: Period
    follows: int | None
    opening_pence: int
    closing_pence: int
    figures_hash: str
    prepared_by: str
    prepared_at: str


@dataclass(frozen=True, slots=True)
class IssuedStatement:
    """One issued statement as stored, without its value. `forms` has each form's SHA-256."""

    id: int
    proposed: Proposed
    last_entry_id: int
    value_sha256: str
    forms: Mapping[str, str]
    issued_by: str
    issued_at: str
    entry_id: int

    @property
    def number(self) -> str:
        return statement_number(self.id)

    @property
    def period(self) -> Period:
        return self.proposed.period

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that is stored of it but who issued it when, which its entry has."""
        own = self.proposed
        facts = (
            *(self.id, own.kind, own.code, str(own.period.first), str(own.period.last)),
            *(own.follows, self.last_entry_id, self.value_sha256, dict(self.forms)),
            *(own.opening_pence, own.closing_pence, own.figures_hash),
            *(own.prepared_by, own.prepared_at),
        )
        told = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256_of(told)


def statement_number(statement_id: int) -> str:
    """How an issued statement is called: `ST-000001`."""
    return series.numbered(series.STATEMENT, statement_id)


def sha256_of(told: str | bytes) -> str:
    """SHA-256 (hex) of bytes, or of text in UTF-8."""
    return hashlib.sha256(told.encode() if isinstance(told, str) else told).hexdigest()


def last_number(connection: Connection) -> int:
    """The number of the statement issued last; 0 before the first."""
    return series.last_given(connection, series.STATEMENT)


def next_number(connection: Connection) -> int:
    """The number that the next issued statement gets; its series is locked from now on."""
    return series.allot(connection, series.STATEMENT)


def store_issued(
    connection: Connection,
    acting: Acting,
    number: int,
    proposed: Proposed,
    value: str,
    forms: Mapping[str, str],
) -> IssuedStatement:
    """Keep a statement as issued, under a number from `next_number`.

    Its journal entry moves nothing: it puts the digest into the hash chain.
    """
    last = series.last_given(connection, series.ENTRY)
    made = IssuedStatement(
        number, proposed, last, sha256_of(value), forms, acting.user, acting.posted, last + 1
    )
    entry = Entry(
        ISSUED,
        act_date(acting.today, closed_months(connection)),
        f"{proposed.kind.capitalize()} statement of {proposed.code or 'all'} for {proposed.period}",
        (),
        made.number,
        facts_digest=made.digest,
    )
    entry_id = post(connection, acting, [entry]).first_id
    row = (
        *(number, proposed.kind, proposed.code),
        *(str(proposed.period.first), str(proposed.period.last), proposed.follows, last),
        *(proposed.opening_pence, proposed.closing_pence, proposed.figures_hash),
        *(made.value_sha256, json.dumps(dict(forms), sort_keys=True)),
        *(proposed.prepared_by, proposed.prepared_at, acting.user, acting.posted, entry_id),
    )
    insert_rows(connection, "issued_statement", (*_COLUMNS, "value"), [(*row, value)])
    return made


def issued_statements(
    connection: Connection,
    kind: str | None = None,
    code: str | None = None,
    asked: AsKnown = NOW,
) -> list[IssuedStatement]:
    """Issued statements in order of number, of one kind and subject where they are named."""
    where = asked.known("issued_at")
    where += " AND kind = :kind" if kind is not None else ""
    where += " AND code = :code" if code is not None else ""
    named = {"kind": kind, "code": code}
    rows = connection.execute(
        text(f"{_SELECT} WHERE {where} ORDER BY id"),
        {name: value for name, value in named.items() if value is not None},
    )
    return [_stored(row) for row in rows]


def issued_statement(connection: Connection, number: int) -> IssuedStatement | None:
    """The issued statement of that number."""
    row = connection.execute(text(f"{_SELECT} WHERE id = :id"), {"id": number}).first()
    return None if row is None else _stored(row)


def kept_value(connection: Connection, number: int) -> str:
    """The value that an issued statement keeps."""
    query = text("SELECT value FROM issued_statement WHERE id = :id")
    return str(connection.scalar(query, {"id": number}))


def altered(connection: Connection, made: IssuedStatement) -> str:
    """What of an issued statement is not as its entry in the hash chain says; '' where all is."""
    entry = connection.execute(
        text(
            "SELECT reference, facts_digest, posted_by, posted FROM journal_entry "
            "WHERE id = :id AND kind = :kind"
        ),
        {"id": made.entry_id, "kind": ISSUED},
    ).first()
    if entry is None or tuple(entry) != (made.number, made.digest, made.issued_by, made.issued_at):
        return f"{made.number} is not what its entry says was issued"
    if sha256_of(kept_value(connection, made.id)) != made.value_sha256:
        return f"the value kept of {made.number} was altered"
    return ""


def altered_statements(connection: Connection) -> list[str]:
    """Issued statements that are not what their entries in the hash chain say, and gaps."""
    found = issued_statements(connection)
    wrong = [damage for made in found if (damage := altered(connection, made))]
    own = {made.entry_id for made in found}
    entries = connection.execute(
        text("SELECT id, reference FROM journal_entry WHERE kind = :kind ORDER BY id"),
        {"kind": ISSUED},
    )
    wrong += [
        f"{number} was issued and is missing" for entry, number in entries if entry not in own
    ]
    given = last_number(connection)
    if [made.id for made in found] != list(range(1, given + 1)):
        wrong.append(f"{len(found)} of ST are there, {given} were given")
    return wrong


def _stored(row: Sequence[Any]) -> IssuedStatement:
    number, kind, code, first, last, follows, last_entry, *told = row
    period = Period(Month.parse(first), Month.parse(last))
    proposed = Proposed(kind, code, period, follows, *told[:3], *told[5:7])
    return IssuedStatement(number, proposed, last_entry, told[3], json.loads(told[4]), *told[7:])
