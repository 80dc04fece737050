"""Taking an accepted return out of force: its cash freed, its documents reversed in full.

Domain §3.5, *Correcting a (part-)paid return*. The caller holds the transaction, and puts what
replaces the return in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book
from levytool.desk.levy.allocating import take_back
from levytool.ledger.documents.allocations import Allocated, live_allocations
from levytool.ledger.documents.documents import (
    CREDIT_NOTE,
    INVOICE,
    NewDocument,
    StoredDocument,
    allot_numbers,
    find_documents,
    store_documents,
)
from levytool.ledger.journal.entries import entries_by_id, entries_of_nothing
from levytool.ledger.journal.posting import post
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import StoredReturn
from levytool.rules.postings import Occasion, reversal


@dataclass(frozen=True, slots=True)
class Reversed:
    """What a return leaves behind: its documents as they stood, and what was set against them.

    `freed` are the allocations that were taken back, oldest first; among them are those of other
    documents that a credit note of the return had helped to pay.
    """

    documents: Sequence[StoredDocument]
    freed: Sequence[Allocated]


def documents_of(connection: Connection, stored: StoredReturn) -> list[StoredDocument]:
    """The documents of a return, in the order they were raised."""
    return find_documents(connection, return_id=stored.id)


def reverse_return(
    connection: Connection, acting: Acting, book: Book, stored: StoredReturn, effective: date
) -> Reversed:
    """Undo all that an accepted or nil return posted, to the penny, and set it corrected.

    A document is reversed by one of the other kind, with the same net and VAT, on `effective`; an
    entry without a document, which came to nothing, by its exact opposite.
    """
    documents = documents_of(connection, stored)
    freed = _set_against(connection, documents)
    if freed:
        take_back(connection, acting, freed)
    due = acting.today + timedelta(days=book.consortium.terms_days)
    new = [_opposite(document, acting.today, due) for document in documents]
    numbers = allot_numbers(connection, [document.kind for document in new])
    of_entry = {
        document.entry_id: (number, f"{number} takes {document.number} back ({stored.number})")
        for document, number in zip(documents, numbers, strict=True)
    }
    posted = entries_by_id(connection, [*of_entry, *entries_of_nothing(connection, stored.number)])
    reversals = []
    for number, entry in posted.items():
        reference, narrative = of_entry.get(number, (stored.number, ""))
        occasion = Occasion(effective, reference, None, narrative, stored.lines_digest)
        reversals.append(reversal(occasion, entry, number))
    ids = dict(zip(posted, post(connection, acting, reversals).ids, strict=True))
    entry_ids = [ids[document.entry_id] for document in documents]
    store_documents(connection, new, numbers, entry_ids)
    returns.set_state(connection, [stored.id], returns.CORRECTED)
    return Reversed(documents, freed)


def _opposite(document: StoredDocument, today: date, due: date) -> NewDocument:
    return NewDocument(
        kind=CREDIT_NOTE if document.kind == INVOICE else INVOICE,
        payer_kind=document.payer_kind,
        payer=document.payer,
        return_id=document.return_id,
        framework=document.framework,
        period=document.period,
        day=today,
        due=due,
        net_pence=-document.sign * document.net_pence,
        vat_rate_ppm=document.vat_rate_ppm,
        vat_pence=-document.sign * document.vat_pence,
    )


def _set_against(connection: Connection, documents: Sequence[StoredDocument]) -> list[Allocated]:
    """All that is set against documents, in order.

    A credit note that was taken off a payment made the payer's money go further: without it what
    that payment settled is no longer covered, and must be settled again with what there is.
    """
    found = {
        (item.entry_id, item.document_id): item
        for document in documents
        for item in live_allocations(connection, document_id=document.id)
    }
    notes = {document.id: document.payer for document in documents if document.sign < 0}
    for item in list(found.values()):
        if item.bank_line_id is None or item.document_id not in notes:
            continue
        payer = notes[item.document_id]
        own = {document.id for document in find_documents(connection, payer=payer)}
        for other in live_allocations(connection, line_id=item.bank_line_id):
            if other.document_id in own:
                found[other.entry_id, other.document_id] = other
    return [found[key] for key in sorted(found)]
