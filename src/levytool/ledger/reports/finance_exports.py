"""What waits for the finance system, what it has been given, and what both add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.acting import Acting
from levytool.journal import Entry, Leg
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.database.days import day_of
from levytool.ledger.documents.documents import OF_OPENING
from levytool.ledger.journal.entries import entries_where
from levytool.ledger.parties.registers import last_book_version
from levytool.periods import Month, Period

EXPORT = "export"
_OF_EXPORT = "e.id IN (SELECT entry_id FROM exported_entry WHERE export_id = :number)"


class EntryDocument(NamedTuple):
    """The levy document that an entry posts. Amounts are positive; `kind` gives the sign."""

    number: str
    kind: str
    payer_kind: str
    payer: str
    framework: str
    period: Month
    day: date
    due: date
    net_pence: int
    vat_rate_ppm: int | None
    vat_pence: int


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """A journal entry with its number, and the document that it posts, if it does."""

    id: int
    entry: Entry
    document: EntryDocument | None = None


class Turnover(NamedTuple):
    """What an account was debited and credited, in pence."""

    debit_pence: int
    credit_pence: int

    @property
    def movement_pence(self) -> int:
        """Debit less credit."""
        return self.debit_pence - self.credit_pence


@dataclass(frozen=True, slots=True)
class StoredExport:
    """One export as stored. `last_entry_id` is the last entry there was when it was made."""

    id: int
    kind: str
    system: str
    period: Period
    entries: int
    last_entry_id: int
    book_id: int
    manifest_sha256: str
    exported_at: str
    exported_by: str

    @property
    def number(self) -> str:
        return export_number(self.id)


def export_number(export_id: int) -> str:
    """How an export is called: `X-000001`."""
    return series.numbered("X", export_id)


def waiting_entries(
    connection: Connection, system: str, period: Period, *, documents: bool = False
) -> list[PostedEntry]:
    """Entries of the months that the system has not been given, in order; those that post levy
    documents only, where `documents` says so. An entry that moves nothing has nothing to give."""
    where = (
        "e.period BETWEEN :first AND :last AND NOT EXISTS (SELECT 1 FROM exported_entry x "
        "WHERE x.system = :system AND x.entry_id = e.id) AND EXISTS (SELECT 1 FROM "
        "journal_transfer t WHERE t.entry_id = e.id AND t.amount_pence > 0)"
    )
    if documents:
        where += f" AND e.id IN (SELECT entry_id FROM document WHERE return_id <> {OF_OPENING})"
    values = {"first": str(period.first), "last": str(period.last), "system": system}
    return _entries(connection, where, values)


def entries_of(connection: Connection, stored: StoredExport) -> list[PostedEntry]:
    """The entries of an export, in order."""
    return _entries(connection, _OF_EXPORT, {"number": stored.id})


def _entries(connection: Connection, where: str, values: Mapping[str, Any]) -> list[PostedEntry]:
    documents = _documents(connection, where, values)
    found = entries_where(connection, where, values)
    return [PostedEntry(number, entry, documents.get(number)) for number, entry in found.items()]


def _documents(
    connection: Connection, where: str, values: Mapping[str, Any]
) -> dict[int, EntryDocument]:
    """The documents that the entries post, by entry: an opening's were sent by earlier books."""
    rows = connection.execute(
        text(
            "SELECT d.entry_id, d.number, d.kind, d.payer_kind, d.payer, d.framework, d.period, "
            "d.date, d.due, d.net_pence, d.vat_rate_ppm, d.vat_pence FROM document d "
            "JOIN journal_entry e ON e.id = d.entry_id "
            f"WHERE d.return_id <> {OF_OPENING} AND {where} ORDER BY d.id"
        ),
        values,
    )
    found: dict[int, EntryDocument] = {}
    for row in rows:
        fields = (*row[1:6], Month.parse(row[6]), day_of(row[7]), day_of(row[8]), *row[9:12])
        found[row[0]] = EntryDocument(*fields)
    return found


def turnover_then(connection: Connection, made: StoredExport) -> dict[Account, Turnover]:
    """What the entries of an export's months moved on each account, when it was made."""
    where = "e.period BETWEEN :first AND :last AND e.id <= :last_entry"
    period = {"first": str(made.period.first), "last": str(made.period.last)}
    values = period | {"last_entry": made.last_entry_id}
    return _turnover(connection, where, values)


def exported_before(connection: Connection, made: StoredExport) -> dict[Account, Turnover]:
    """What of its months' entries the system had been given before that export."""
    where = (
        "e.period BETWEEN :first AND :last AND e.id IN (SELECT entry_id FROM exported_entry "
        "WHERE system = :system AND export_id < :number)"
    )
    period = {"first": str(made.period.first), "last": str(made.period.last)}
    return _turnover(connection, where, period | {"system": made.system, "number": made.id})


def _turnover(
    connection: Connection, where: str, values: Mapping[str, Any]
) -> dict[Account, Turnover]:
    side = "FROM journal_transfer t JOIN journal_entry e ON e.id = t.entry_id WHERE"
    rows = connection.execute(
        text(
            "SELECT account, CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT) FROM ("
            f"SELECT t.debit_account AS account, t.amount_pence AS debit, 0 AS credit {side} "
            f"{where} UNION ALL SELECT t.credit_account, 0, t.amount_pence {side} {where}"
            ") AS legs GROUP BY account ORDER BY account"
        ),
        values,
    )
    return {Account(row[0]): Turnover(int(row[1]), int(row[2])) for row in rows}


def legs_given_before(connection: Connection, made: StoredExport) -> dict[int, frozenset[Leg]]:
    """The legs in the system's earlier exports, by the version of the book they were made with."""
    own = (
        "FROM journal_transfer t JOIN exported_entry x ON x.entry_id = t.entry_id "
        "JOIN finance_export f ON f.id = x.export_id "
        "WHERE x.system = :system AND x.export_id < :number AND t.amount_pence > 0"
    )
    rows = connection.execute(
        text(
            f"SELECT f.book_id, t.debit_account, t.debit_dimension {own} "
            f"UNION SELECT f.book_id, t.credit_account, t.credit_dimension {own}"
        ),
        {"system": made.system, "number": made.id},
    )
    found: dict[int, set[Leg]] = {}
    for book_id, account, dimension in rows:
        found.setdefault(int(book_id), set()).add(Leg(Account(account), dimension))
    return {book_id: frozenset(legs) for book_id, legs in found.items()}


def next_export(
    connection: Connection, acting: Acting, kind: str, system: str, period: Period
) -> StoredExport:
    """The export that is about to be made of the books as they stand; nothing is in it yet."""
    return StoredExport(
        series.last_given(connection, EXPORT) + 1,
        kind,
        system,
        period,
        0,
        series.last_given(connection, series.ENTRY),
        last_book_version(connection),
        "",
        acting.posted,
        acting.user,
    )


def store_export(connection: Connection, made: StoredExport, entry_ids: Iterable[int]) -> None:
    """Store an export that has just been made, and mark its entries as given to the system."""
    export_id, ids = series.allot(connection, EXPORT), list(entry_ids)
    row = (
        *(export_id, made.kind, made.system, str(made.period.first), str(made.period.last)),
        *(len(ids), made.last_entry_id, made.book_id, made.manifest_sha256),
        *(made.exported_at, made.exported_by),
    )
    columns = (
        *("id", "kind", "system", "first_period", "last_period", "entries", "last_entry_id"),
        *("book_id", "manifest_sha256", "exported_at", "exported_by"),
    )
    insert_rows(connection, "finance_export", columns, [row])
    insert_rows(
        connection,
        "exported_entry",
        ("system", "entry_id", "export_id"),
        [(made.system, entry_id, export_id) for entry_id in ids],
    )


def stored_exports(connection: Connection) -> list[StoredExport]:
    """Every export, in order."""
    rows = connection.execute(
        text(
            "SELECT id, kind, system, first_period, last_period, entries, last_entry_id, book_id, "
            "manifest_sha256, exported_at, exported_by FROM finance_export ORDER BY id"
        )
    )
    found = []
    for row in rows:
        period = Period(Month.parse(row[3]), Month.parse(row[4]))
        values = (*row[:3], period, *row[5:])
        found.append(StoredExport(*values))
    return found
