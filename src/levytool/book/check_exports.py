"""Checks of what the finance system calls things: a reference is of a party that there is."""

from levytool.book.records import Book
from levytool.book.remarks import Remarks
from levytool.book.table import nearest_hint


def check_exports(book: Book, remarks: Remarks) -> None:
    """Customers' references name members and contractors by code."""
    parties = (*book.members, *book.contractors)
    for code in book.consortium.exports.references:
        if code not in parties:
            hint = nearest_hint(code, parties, "add the party to the book")
            place = ("exports", "references")
            remarks.error("unknown-code", "no party has this code", hint, place, code)
