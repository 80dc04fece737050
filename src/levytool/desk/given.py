"""What an officer gave on the command line, checked against the book before anything is done."""

from typing import Literal

from levytool.book.names import Names
from levytool.book.records import Book
from levytool.money import display_pence
from levytool.problems import UsageError

PartyKind = Literal["member", "contractor", "framework"]


def code_of(book: Book, kind: PartyKind, text: str) -> str:
    """The code of a party given by code, name or alias. Raises UsageError with the nearest ones."""
    names = Names(book).of(kind)
    code = names.recognise(text)
    if code is not None:
        return code
    raise UsageError(unknown(kind, text, names.nearest(text), "levytool book show"))


def unknown(noun: str, text: str, nearest: list[str], listing: str) -> str:
    """What to say of a code that nothing has: the nearest ones, else where to look."""
    hint = f"did you mean {' or '.join(nearest)}?" if nearest else f"see: {listing}"
    return f"there is no {noun} {text!r}; {hint}"


def positive_pence(pence: int, option: str) -> int:
    """An amount that must be more than nothing. Raises UsageError."""
    if pence <= 0:
        raise UsageError(f"{option} is {display_pence(pence)}; give more than £0.00")
    return pence


def vat_of(pence: int) -> int:
    """VAT beside an amount: nothing or more. Raises UsageError."""
    if pence < 0:
        raise UsageError(f"--vat is {display_pence(pence)}; give £0.00 or more")
    return pence


def words(text: str, option: str) -> str:
    """A name or a text with its spaces single. Raises UsageError for nothing but spaces."""
    found = " ".join(text.split())
    if not found:
        raise UsageError(f"{option} is empty; write it out")
    return found
