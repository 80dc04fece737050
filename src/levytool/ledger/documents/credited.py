"""What became of an invoice that was taken back: who credits it in full, what stands in its place.

Unlike what a document's own making did, this comes after it was sent.
"""

from sqlalchemy import Connection, text

from levytool.ledger.documents.allocations import ever_set_against
from levytool.ledger.documents.documents import (
    CREDIT_NOTE,
    INVOICE,
    StoredDocument,
    find_documents,
    get_document,
)


def credited_by(connection: Connection, document: StoredDocument) -> str:
    """The credit note that takes an invoice back in full, '' where none does.

    A correction's stands in the same return after it; a default charge and interest, which have no
    return, are what their note was set against.
    """
    if document.kind != INVOICE:
        return ""
    for note in find_documents(connection, payer=document.payer, return_id=document.return_id):
        if (
            note.kind == CREDIT_NOTE
            and note.id > document.id
            and (note.payer_kind, note.gross_pence) == (document.payer_kind, document.gross_pence)
            and (document.return_id > 0 or document.id in ever_set_against(connection, note.id))
        ):
            return note.number
    return ""


def replaced_by(connection: Connection, document: StoredDocument) -> str:
    """The document to the same payer of the return that corrects its own; '' for none."""
    found: str | None = connection.scalar(
        text(
            "SELECT d.number FROM document d JOIN levy_return r ON r.id = d.return_id "
            "WHERE r.corrects = :return_id AND d.payer = :payer AND d.payer_kind = :payer_kind "
            "ORDER BY d.id LIMIT 1"
        ),
        {
            "return_id": document.return_id,
            "payer": document.payer,
            "payer_kind": document.payer_kind,
        },
    )
    return found or ""


def stands_for(connection: Connection, document: StoredDocument) -> str:
    """The last document in the place of one that was corrected, perhaps again; '' where none is."""
    last = ""
    while number := replaced_by(connection, document):
        last, document = number, get_document(connection, number)
    return last
