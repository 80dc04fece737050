"""What a correction did as it raised a document: what it replaces, and what it set against it.

None of it changes later, so that a document that was sent reads the same ever after.
"""

from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.documents.documents import StoredDocument
from levytool.ledger.journal import acts
from levytool.ledger.spend import returns


class SetAgainst(NamedTuple):
    """Money of a bank line, or else a credit note by number, set against an invoice."""

    amount_pence: int
    bank_line_id: int | None
    credit_note: str


def taken_back(connection: Connection, document: StoredDocument) -> list[str]:
    """The documents of the other kind of the same return and payer before it: a document that
    takes back another belongs to the return that was corrected."""
    return _numbers(
        connection,
        document,
        "return_id = :return_id AND kind <> :kind AND id < :id ORDER BY id",
        document.return_id,
    )


def replaced(connection: Connection, document: StoredDocument) -> list[str]:
    """The document of the return that its own return corrects, to the same payer; mostly one."""
    before = _corrects(connection, document)
    if before is None or taken_back(connection, document):
        return []
    return _numbers(connection, document, "return_id = :return_id ORDER BY id LIMIT 1", before)


def set_against_when_raised(connection: Connection, document: StoredDocument) -> list[SetAgainst]:
    """What the correction that raised an invoice set against it, in order.

    Its entries are those from the document's own to the last that its act names, all of one moment
    (acts of earlier versions name none).
    """
    if document.return_id <= 0:
        return []
    corrected = (
        document.return_id if taken_back(connection, document) else _corrects(connection, document)
    )
    if corrected is None:
        return []
    subject = returns.return_number(corrected)
    done = [
        act for act in acts.acts_of(connection, returns.CORRECT, subject) if act.state == acts.DONE
    ]
    until = done[-1].facts.get(acts.UNTIL) if done else None
    rows = connection.execute(
        text(
            "SELECT a.amount_pence, a.bank_line_id, COALESCE(c.number, '') FROM allocation a "
            "JOIN journal_entry e ON e.id = a.entry_id "
            "JOIN journal_entry own ON own.id = :entry AND own.posted = e.posted "
            "LEFT JOIN document c ON c.id = a.credit_document_id "
            "WHERE a.document_id = :id AND e.reverses IS NULL AND a.amount_pence > 0 "
            "AND (a.bank_line_id IS NOT NULL OR a.credit_document_id IS NOT NULL) "
            f"{'' if until is None else 'AND e.id <= :until '}ORDER BY a.id"
        ),
        {"id": document.id, "entry": document.entry_id, "until": until},
    )
    return [SetAgainst(*row) for row in rows]


def _corrects(connection: Connection, document: StoredDocument) -> int | None:
    """The number of the return that the document's own return corrects."""
    query = text("SELECT corrects FROM levy_return WHERE id = :id")
    found: int | None = connection.scalar(query, {"id": document.return_id})
    return found


def _numbers(
    connection: Connection, document: StoredDocument, where: str, return_id: int
) -> list[str]:
    """Numbers of documents to the same payer."""
    if document.return_id <= 0:
        return []
    rows = connection.execute(
        text(
            "SELECT number FROM document WHERE payer = :payer AND payer_kind = :payer_kind "
            f"AND {where}"
        ),
        {
            "payer": document.payer,
            "payer_kind": document.payer_kind,
            "return_id": return_id,
            "kind": document.kind,
            "id": document.id,
        },
    )
    return [number for (number,) in rows]
