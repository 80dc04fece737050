"""Taking back what a receipt was allocated to, or what a credit note was set against."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from levytool.desk.bank.list_bank import Told, line_rows
from levytool.desk.bank.refund_receipt import take_back_refunds
from levytool.desk.levy.allocating import take_back
from levytool.desk.levy.list_documents import document_row
from levytool.desk.office import Office
from levytool.ledger.bank.bank_lines import REFUND, get_standing_line
from levytool.ledger.bank.receipts import unallocated
from levytool.ledger.documents.allocations import (
    cash_allocated,
    ever_allocated_from,
    ever_set_against,
    live_allocations,
)
from levytool.ledger.documents.documents import StoredDocument, find_documents, get_document
from levytool.money import display_pence
from levytool.problems import RuleRefused
from levytool.rules.document_numbers import document_numbers


def unallocate_any(office: Office, what: str, documents: Sequence[str]) -> Told:
    """Take back what a bank line was allocated to, or what a credit note was set against."""
    if document_numbers(what):
        return undo_set_off(office, what, documents)
    return unallocate_receipt(office, what, documents)


def unallocate_receipt(office: Office, number: str, documents: Sequence[str]) -> Told:
    """Take back what a bank line settled, and its refunds that are not paid: all, or the documents
    named (`refund` for its refunds alone).

    The money is the payer's unallocated receipt again. Doing it twice does it once, and says so.
    Raises RuleRefused for a document that the line never settled.
    """
    with office.writing() as connection:
        line = get_standing_line(connection, number)
        named = [
            get_document(connection, document)
            for document in dict.fromkeys(documents)
            if document.lower() != REFUND
        ]
        standing = [
            item
            for item in live_allocations(connection, line_id=line.id)
            if not documents or item.document_id in {document.id for document in named}
        ]
        gone = _gone(
            named,
            {item.document_id for item in standing},
            ever_allocated_from(connection, line.id),
            f"allocated from {line.number}; {_settled_by(connection, line.id)}; "
            f"see: levytool explain {line.number}",
        )
        said: list[str] = []
        if any(document.lower() == REFUND for document in documents) or not documents:
            said += take_back_refunds(connection, office.acting, line)
        if standing:
            take_back(connection, office.acting, standing)
        if any(pence < 0 for pence in unallocated(connection, line.id).get(line.id, {}).values()):
            raise RuleRefused(
                f"a credit note paid for what {line.number} is still allocated to; take the "
                f"invoices back with it: levytool bank unallocate {line.number}"
            )
        if gone:
            left = _settled_by(connection, line.id)
            said.append(f"{line.number}: {gone} allocated there no longer; {left}")
        if not (standing or said):
            said.append(f"{line.number}: nothing is allocated there")
        return Told(line_rows(connection, number), tuple(said))


def undo_set_off(office: Office, note_number: str, invoices: Sequence[str]) -> Told:
    """Take back what a credit note was set against, all of it or the invoices named.

    Doing it twice does it once, and says so. Raises RuleRefused for an invoice that it was never
    set against.
    """
    with office.writing() as connection:
        note = get_document(connection, note_number)
        named = [get_document(connection, number) for number in dict.fromkeys(invoices)]
        wanted = {document.id for document in named}
        standing = [
            item
            for item in live_allocations(connection, document_id=note.id)
            if item.credit_document_id is not None
            and (not wanted or wanted & {item.document_id, item.credit_document_id})
        ]
        gone = _gone(
            named,
            {item.document_id for item in standing},
            ever_set_against(connection, note.id),
            f"set against {note.number}; {_set_against(connection, note)}; "
            f"see: levytool explain {note.number}",
        )
        if standing:
            take_back(connection, office.acting, standing)
        said: tuple[str, ...] = ()
        if gone:
            left = _set_against(connection, note)
            said = (f"{note.number}: {gone} set against it no longer; {left}",)
        elif not standing:
            said = (f"{note.number} is set against nothing there",)
        touched = {note.id} | {item.document_id for item in standing}
        found = find_documents(connection, payer=note.payer)
        return Told([document_row(item) for item in found if item.id in touched], said)


def _gone(
    named: Sequence[StoredDocument], standing: set[int], ever: frozenset[int], otherwise: str
) -> str:
    """Which of the documents named were taken back before: `INV-000001 is`; '' where none was.

    Raises RuleRefused for those that never were, with what is so `otherwise`.
    """
    never = [document.number for document in named if document.id not in ever]
    if never:
        were = "was" if len(never) == 1 else "were"
        raise RuleRefused(f"{' and '.join(never)} {were} never {otherwise}")
    gone = [document.number for document in named if document.id not in standing]
    return f"{' and '.join(gone)} {'is' if len(gone) == 1 else 'are'}" if gone else ""


def _settled_by(connection: Connection, line_id: int) -> str:
    """What a line's money settles now: `INV-000001 is (£12.00), INV-000002 is (£3.00)`."""
    found = cash_allocated(connection, line_id).get(line_id, {})
    return _are({number: pence for (number, _payer), pence in found.items()})


def _set_against(connection: Connection, note: StoredDocument) -> str:
    """What a credit note is set against now, in the same words."""
    number_of = {item.id: item.number for item in find_documents(connection, payer=note.payer)}
    settled: dict[str, int] = {}
    for item in live_allocations(connection, document_id=note.id):
        if item.credit_document_id is not None and note.id != item.document_id:
            number = number_of[item.document_id]
            settled[number] = settled.get(number, 0) + item.amount_pence
    return _are(settled)


def _are(settled: Mapping[str, int]) -> str:
    told = (f"{number} is ({display_pence(pence)})" for number, pence in settled.items())
    return ", ".join(told) or "nothing is"
