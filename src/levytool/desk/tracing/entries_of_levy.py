"""Entries of documents, receipts and the bank: what made them and what came of them."""

from collections.abc import Iterable

from levytool.accounts import Account
from levytool.desk.tracing.entries_of_funds import fund_became, retained
from levytool.desk.tracing.entry import PostedThing
from levytool.desk.tracing.payees import paid_by, payments_of
from levytool.desk.tracing.thing import OpenBooks, Part, Parts, parts_of, refs, total
from levytool.ledger.bank.bank_lines import MATCH_FUNDING, identifications, line_id_of, line_number
from levytool.ledger.documents.allocations import cash_allocated, live_allocations
from levytool.ledger.documents.documents import get_document
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs import traced


def of_reference(_books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The document, return or bank line that an entry posts: its reference names it."""
    return refs("posts", entry.stored.reference)


def document_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The document (or the return that came to none), which says what settled it, and what of it
    reached levy funds at once."""
    yield from of_reference(books, entry)
    yield from levy_became(books, entry)


def levy_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """What reached levy funds and what was retained of it."""
    yield from fund_became(books, entry)
    yield from retained(entry)


def settled_because(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The document that was settled, and the bank line or the credit note that settled it."""
    document = get_document(books.connection, entry.stored.reference)
    yield from refs("settles", document.number)
    for one in live_allocations(books.connection, document_id=document.id):
        if one.entry_id != entry.number or not one.amount_pence:
            continue
        if one.bank_line_id is not None:
            yield from parts_of("with", [Part(line_number(one.bank_line_id), one.amount_pence)])
        elif one.credit_document_id is not None:
            note = traced.document_number(books.connection, one.credit_document_id)
            yield from parts_of("with", [Part(note, one.amount_pence)])


def set_off_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """What it moved, if anything (in billed mode nothing), and the document that is settled."""
    yield from levy_became(books, entry)
    yield from refs("settles", entry.stored.reference)


def of_bank_line(_books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The bank line that an entry was found of: its reference names it."""
    return refs("found of", entry.stored.reference)


def contra_because(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The bank lines that an entry sets against each other."""
    lines = [
        line_number(one.bank_line_id)
        for one in identifications(books.connection)
        if one.entry_id == entry.number
    ]
    return refs("found of", *(lines or [entry.stored.reference]))


def receipt_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """What the payer's money on that bank line went to; the rest stands with the payer (2910)."""
    line_id = line_id_of(entry.stored.reference)
    paid = cash_allocated(books.connection, line_id).get(line_id, {})
    for payer in entry.moved(Account.UNALLOCATED_RECEIPTS):
        own = (Part(number, pence) for (number, who), pence in paid.items() if who == payer)
        yield from parts_of(f"set against documents of {payer}", own)
        yield from refs("what is left stands on", f"2910/{payer}")


def payment_because(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The bank line that paid, and what it was owed for."""
    yield from refs("found of", entry.stored.reference)
    for payee in entry.moved(Account.CREDITORS):
        yield from paid_by(books, entry.number, payee)


def owed_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The payments of what an entry owes, payee by payee."""
    return payments_of(books, entry.number)


def match_funding_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The scheme and funder that the bank line was found to be of."""
    line_id = line_id_of(entry.stored.reference)
    parts = [
        Part(f"{one.subject}/{one.party}", one.amount_pence)
        for one in identifications(books.connection, line_id)
        if one.kind == MATCH_FUNDING and one.entry_id == entry.number
    ]
    yield from parts_of("received for", parts, total(parts))


def accounts_became(_books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The accounts that an entry moved, where nothing further is known of the money."""
    parts = []
    for item in entry.transfers:
        for sign, leg in ((1, item.credit), (-1, item.debit)):
            ref = f"{leg.account.value}/{leg.dimension}" if leg.dimension else leg.account.value
            parts.append(Part(ref, sign * item.amount_pence))
    yield from parts_of("credited, and debited (negative)", parts, 0, "levytool ledger journal")


def reversal_because(_books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The entry that a reversal takes back."""
    assert entry.stored.reverses is not None
    yield from refs("takes back", entry_number(entry.stored.reverses))
