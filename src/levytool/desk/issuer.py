"""Who sends what leaves the tool, as the book has it."""

from levytool.book.logo import picture
from levytool.book.records import Book
from levytool.statements.values import Issuer, Logo


def issuer_of(book: Book) -> Issuer:
    """The consortium with its address, colour and logo."""
    own = book.consortium
    logo = picture(own.logo)
    return Issuer(
        *(own.name, own.address, own.email, own.vat_number, own.accent),
        Logo(*logo) if logo else None,
    )
