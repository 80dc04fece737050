"""Checks of what the finance system calls things: a reference is of one party, that there is."""

from levytool.book.records import Book
from levytool.book.remarks import Remarks
from levytool.book.table import nearest_hint


def check_exports(book: Book, remarks: Remarks) -> None:
    """Customers' references name members and contractors by code, and no two of them alike: a
    party without one goes by its own code."""
    parties = (*book.members, *book.contractors)
    references, place = book.consortium.exports.references, ("exports", "references")
    known_as = {code.upper(): code for code in parties if code not in references}
    for code, reference in references.items():
        if code not in parties:
            hint = nearest_hint(code, parties, "add the party to the book")
            remarks.error("unknown-code", "no party has this code", hint, place, code)
        other = known_as.setdefault(reference.upper(), code)
        if other != code:
            message = f"{other} is known as {reference} too"
            hint = "give each a reference of its own: both would be one customer"
            remarks.error("same-reference", message, hint, place, code, reference)
