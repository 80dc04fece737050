"""Taking a charge of its own, a default charge or interest, back in full by a credit note."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book
from levytool.desk.levy.allocating import Allocating, take_back
from levytool.ledger.documents.allocations import live_allocations
from levytool.ledger.documents.documents import (
    CREDIT_NOTE,
    NewDocument,
    StoredDocument,
    allot_numbers,
    get_document,
    store_documents,
)
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.entries import entries_by_id
from levytool.ledger.journal.posting import post
from levytool.rules.dates import act_date
from levytool.rules.postings import Occasion, reversal


def credit_in_full(
    connection: Connection,
    acting: Acting,
    book: Book,
    charges: Sequence[StoredDocument],
    why: Callable[[StoredDocument], str],
) -> list[str]:
    """Reverse charges by a credit note each, set against it; gives the notes' numbers.

    What was paid on them is the payer's unallocated receipt again (2910). `why` says what the
    entry of a note tells.
    """
    settled = [
        allocated
        for charge in charges
        for allocated in live_allocations(connection, document_id=charge.id)
    ]
    take_back(connection, acting, settled)
    notes = _credit(connection, acting, charges, why)
    allocating = Allocating(connection, acting, book)
    for charge, note in zip(charges, notes, strict=True):
        opened = allocating.documents([get_document(connection, charge.number)])[0]
        credit = allocating.documents([get_document(connection, note)])[0]
        allocating.set_off(credit, opened, acting.today)
    allocating.finish()
    return notes


def _credit(
    connection: Connection,
    acting: Acting,
    charges: Sequence[StoredDocument],
    why: Callable[[StoredDocument], str],
) -> list[str]:
    """A full credit note for each charge, at its own VAT rate; gives their numbers."""
    closed = closed_months(connection)
    posted = entries_by_id(connection, [charge.entry_id for charge in charges])
    numbers = allot_numbers(connection, [CREDIT_NOTE] * len(charges))
    notes, entries = [], []
    for charge, number in zip(charges, numbers, strict=True):
        original = posted[charge.entry_id]
        effective = act_date(max(acting.today, original.effective), closed)
        occasion = Occasion(effective, reference=number, narrative=why(charge))
        entries.append(reversal(occasion, original, charge.entry_id))
        notes.append(
            NewDocument(
                kind=CREDIT_NOTE,
                payer_kind=charge.payer_kind,
                payer=charge.payer,
                return_id=charge.return_id,
                framework=charge.framework,
                period=charge.period,
                day=acting.today,
                due=acting.today,
                net_pence=-charge.net_pence,
                vat_rate_ppm=charge.vat_rate_ppm,
                vat_pence=-charge.vat_pence,
            )
        )
    store_documents(connection, notes, numbers, post(connection, acting, entries).ids)
    return numbers
