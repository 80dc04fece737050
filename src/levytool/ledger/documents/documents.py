"""Levy invoices and credit notes as stored, and what is still open on each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, text

from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.spend.returns import return_id_of
from levytool.periods import Month, Period
from levytool.problems import UsageError

INVOICE = "invoice"
CREDIT_NOTE = "credit-note"
NO_RETURN = 0
"""Stands for the return of a default charge, and of its credit note, which have none."""
OF_OPENING = -1
"""Stands for the return of a document that an opening file brought: it is of earlier books."""
OF_INTEREST = -2
"""Stands for the return of a document of interest on a late one, and of its credit note."""
PREFIX = {INVOICE: "INV", CREDIT_NOTE: "CN"}

IS_WRITE_OFF = "(a.bank_line_id IS NULL AND a.credit_document_id IS NULL)"
"""The SQL condition that an allocation `a` is a write-off."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document about to be stored. `net_pence` and `vat_pence` are signed here."""

    kind: str
    payer_kind: str
    payer: str
    return_id: int
    framework: str
    period: Month
    day: date
    due: date
    net_pence: int
    vat_rate_ppm: int | None
    vat_pence: int


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as stored; amounts are positive, `sign` is -1 for a credit note.

    `settled_pence` is what of its gross has been received, set against it or written off, and
    `written_off_pence` the last of these.
    """

    id: int
    number: str
    kind: str
    payer_kind: str
    payer: str
    return_id: int
    framework: str
    period: Month
    day: date
    due: date
    net_pence: int
    vat_rate_ppm: int | None
    vat_pence: int
    entry_id: int
    settled_pence: int
    written_off_pence: int = 0

    @property
    def sign(self) -> int:
        return 1 if self.kind == INVOICE else -1

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence

    @property
    def received_pence(self) -> int:
        return self.settled_pence - self.written_off_pence

    @property
    def outstanding_pence(self) -> int:
        return self.gross_pence - self.settled_pence


def allot_numbers(connection: Connection, kinds: Sequence[str]) -> list[str]:
    """A number for each document in order, from the gap-free series of its kind."""
    numbers: dict[str, int] = {}
    for kind in PREFIX:
        numbers[kind] = series.allot(connection, PREFIX[kind], kinds.count(kind))
    result = []
    for kind in kinds:
        result.append(series.numbered(PREFIX[kind], numbers[kind]))
        numbers[kind] += 1
    return result


def store_documents(
    connection: Connection,
    documents: Sequence[NewDocument],
    numbers: Sequence[str],
    entry_ids: Iterable[int],
) -> None:
    """Store documents under numbers allotted beforehand, each with the entry that posts it."""
    first_id = series.allot(connection, "document", len(documents))
    insert_rows(
        connection,
        "document",
        (
            "id",
            "number",
            "kind",
            "payer_kind",
            "payer",
            "return_id",
            "framework",
            "period",
            "date",
            "due",
            "net_pence",
            "vat_rate_ppm",
            "vat_pence",
            "entry_id",
        ),
        [
            (
                first_id + position,
                number,
                item.kind,
                item.payer_kind,
                item.payer,
                item.return_id,
                item.framework,
                str(item.period),
                item.day.isoformat(),
                item.due.isoformat(),
                abs(item.net_pence),
                item.vat_rate_ppm,
                abs(item.vat_pence),
                entry_id,
            )
            for position, (item, number, entry_id) in enumerate(
                zip(documents, numbers, entry_ids, strict=True)
            )
        ],
    )


def posted(asked: AsKnown) -> str:
    """The SQL condition that a document counts, by the entry that posts it."""
    if asked == NOW:
        return "1 = 1"
    return f"entry_id IN (SELECT e.id FROM journal_entry e WHERE {asked.entry()})"


def _select(asked: AsKnown = NOW) -> str:
    """Documents with what is settled and written off of each, as the books stand or stood."""
    counts = f"JOIN journal_entry e ON e.id = a.entry_id AND {asked.entry()}"
    settled = (
        "COALESCE((SELECT SUM(a.amount_pence) FROM allocation a "
        f"{'' if asked == NOW else counts} WHERE {{}}), 0)"
    )
    own = "a.document_id = d.id"
    return (
        "SELECT d.id, d.number, d.kind, d.payer_kind, d.payer, d.return_id, d.framework, d.period, "
        "d.date, d.due, d.net_pence, d.vat_rate_ppm, d.vat_pence, d.entry_id, "
        f"CAST({settled.format(own)} + {settled.format('a.credit_document_id = d.id')} AS BIGINT), "
        f"CAST({settled.format(f'{own} AND {IS_WRITE_OFF}')} AS BIGINT) FROM document d"
    )


def _stored(row: Sequence[Any]) -> StoredDocument:
    values = (*row[:7], Month.parse(row[7]), *map(day_of, row[8:10]), *row[10:])
    return StoredDocument(*values)


def find_documents(
    connection: Connection,
    *,
    period: Period | None = None,
    payer: str | None = None,
    return_id: int | None = None,
    asked: AsKnown = NOW,
) -> list[StoredDocument]:
    """Documents by reporting period, payer or return, in the order they were raised.

    Told for another day, those that had been posted, with what had settled them.
    """
    where = [posted(asked)]
    values: dict[str, Any] = {}
    if period is not None:
        where.append("d.period BETWEEN :first AND :last")
        values |= {"first": str(period.first), "last": str(period.last)}
    if payer is not None:
        where.append("d.payer = :payer")
        values["payer"] = payer
    if return_id is not None:
        where.append("d.return_id = :return")
        values["return"] = return_id
    query = text(f"{_select(asked)} WHERE {' AND '.join(where)} ORDER BY d.id")
    return [_stored(row) for row in connection.execute(query, values)]


def numbers_by_return(
    connection: Connection, period: Period | None = None, asked: AsKnown = NOW
) -> dict[int, list[str]]:
    """The numbers of each return's documents, in the order they were raised."""
    where = "" if period is None else "AND period BETWEEN :first AND :last "
    values = {} if period is None else {"first": str(period.first), "last": str(period.last)}
    query = text(f"SELECT return_id, number FROM document WHERE {posted(asked)} {where}ORDER BY id")
    numbers: dict[int, list[str]] = {}
    for return_id, number in connection.execute(query, values).all():
        numbers.setdefault(return_id, []).append(number)
    return numbers


def get_document(connection: Connection, number: str) -> StoredDocument:
    """The document of that number. Raises UsageError when there is none."""
    query = text(f"{_select()} WHERE d.number = :number")
    row = connection.execute(query, {"number": number.upper()}).first()
    if row is None:
        raise UsageError(f"there is no document {number}; see: levytool levy documents")
    return _stored(row)


def numbers_of(connection: Connection, document_ids: Sequence[int]) -> list[str]:
    """The numbers of documents, in the order they were raised."""
    query = text("SELECT number FROM document WHERE id IN :ids ORDER BY id")
    bound = query.bindparams(bindparam("ids", expanding=True))
    return [str(row[0]) for row in connection.execute(bound, {"ids": document_ids})]


def posted_facts(connection: Connection) -> dict[int, set[tuple[str, str]]]:
    """What the entries that accepted each return stand for, by return: the digest of its lines
    and the effective date.

    A zero document has no number, and its entry goes by the return's.
    """
    of_documents = connection.execute(
        text(
            "SELECT d.return_id, e.facts_digest, e.effective FROM document d "
            "JOIN journal_entry e ON e.id = d.entry_id AND e.kind = 'document'"
        )
    )
    of_nothing = connection.execute(
        text(
            "SELECT reference, facts_digest, effective FROM journal_entry "
            "WHERE kind = 'document' AND reference LIKE 'R-%'"
        )
    )
    found: dict[int, set[tuple[str, str]]] = {}
    for return_id, digest, effective in of_documents:
        found.setdefault(int(return_id), set()).add((str(digest), str(effective)))
    for number, digest, effective in of_nothing:
        found.setdefault(return_id_of(number), set()).add((str(digest), str(effective)))
    return found


def last_entries(connection: Connection) -> dict[int, int]:
    """The last entry that each return's levy was posted or taken back by, by return."""
    found: dict[int, int] = {}
    of_documents = "SELECT return_id, MAX(entry_id) FROM document GROUP BY return_id"
    for return_id, entry_id in connection.execute(text(of_documents)):
        found[int(return_id)] = int(entry_id)
    of_nothing = (
        "SELECT reference, MAX(id) FROM journal_entry WHERE kind IN ('document', 'reversal') "
        "AND reference LIKE 'R-%' GROUP BY reference"
    )
    for number, entry_id in connection.execute(text(of_nothing)):
        return_id = return_id_of(number)
        found[return_id] = max(found.get(return_id, 0), int(entry_id))
    return found
