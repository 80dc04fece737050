"""What an officer gave on the command line, checked against the book before anything is done."""

from datetime import date
from typing import Literal

from levytool.book.names import Names, PartyNames
from levytool.book.records import Book
from levytool.money import display_pence
from levytool.periods import Month, Period
from levytool.problems import UsageError

PartyKind = Literal["member", "contractor", "framework"]

NEAREST = 3
"""Codes that are named where none is known to be meant."""

FEW = 5
"""So many are all named."""


def code_of(book: Book, kind: PartyKind, text: str) -> str:
    """The code of a party given by code, name or alias. Raises UsageError with the nearest ones."""
    names = Names(book).of(kind)
    code = names.recognise(text)
    if code is not None:
        return code
    raise UsageError(unknown(kind, text, names, "levytool book show"))


def unknown(noun: str, text: str, names: PartyNames, listing: str) -> str:
    """What to say of a code that nothing has: those that may be meant, else all of a few or the
    nearest of many, by code and by name; and where all of them are listed."""
    if not names:
        hint = "there is none yet"
    elif meant := names.nearest(text, NEAREST):
        hint = f"did you mean {' or '.join(meant)}?"
    elif len(names) <= FEW:
        hint = f"there {'is only' if len(names) == 1 else 'are'} {', '.join(sorted(names))}"
    else:
        hint = f"the nearest are {', '.join(names.nearest(text, NEAREST, likeness=0.0))}"
    return f"there is no {noun} {text!r}; {hint}; see: {listing}".replace("?; see", "? See")


def begun(period: Period, today: date, known_on: date | None = None) -> Period:
    """A period that there is something to tell of: some of it has come, and had on the day whose
    knowledge is asked for. Raises UsageError."""
    if period.first.first_day > today:
        raise UsageError(
            f"{period} has not begun: today is {today}; name a period up to {Month.of(today)}"
        )
    if known_on is not None and period.first.first_day > known_on:
        raise UsageError(
            f"{period} had not begun on --known-on {known_on}; name a period up to "
            f"{Month.of(known_on)}, or a later day"
        )
    return period


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
