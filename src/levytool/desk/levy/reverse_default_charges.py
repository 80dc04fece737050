"""Reversing in full what was charged for a return that had not come, once it arrives."""

from collections.abc import Iterable

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book
from levytool.desk.levy.credit_in_full import credit_in_full
from levytool.ledger.documents.default_charges import standing_charges
from levytool.ledger.documents.documents import StoredDocument, get_document
from levytool.rules.expected import ReturnFor


def reverse_default_charges(
    connection: Connection, acting: Acting, book: Book, arrived: Iterable[ReturnFor]
) -> None:
    """Reverse in full what was charged for returns that have arrived, each by a credit note.

    What was paid on it is the payer's unallocated receipt again (2910).
    """
    standing = standing_charges(connection)
    numbers = [standing.pop(key) for key in arrived if key in standing]
    if not numbers:
        return
    charges = [get_document(connection, number) for number in numbers]
    credit_in_full(connection, acting, book, charges, _arrived)


def _arrived(charge: StoredDocument) -> str:
    return f"{charge.number} reversed: the return of {charge.payer} arrived"
