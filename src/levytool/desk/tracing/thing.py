"""What can be explained: a thing, and one step from it to what made it and what came of it.

Each kind of thing has a module of its own beside this one. It knows nothing of trees: it finds
the thing that a reference names and says what its neighbours are, each by reference, with the part
of the figure that it is. `walk` follows them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.tracing.trace import Facts
from levytool.ledger.parties import registers


@dataclass(frozen=True, slots=True)
class Part:
    """A neighbour: its reference ('' for a rest that nothing else is), and what of the figure it
    is in pence. `note` says what a part without a reference is."""

    ref: str
    pence: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """Neighbours of one sort under a heading.

    Where `sums_to` is given, the amounts of all of them, listed or not, come to it exactly.
    `more` of them, `more_pence` in all, are beyond `parts`; `see` is the command that lists them.
    """

    heading: str
    parts: tuple[Part, ...]
    sums_to: int | None = None
    more: int = 0
    more_pence: int = 0
    see: str = ""


T = TypeVar("T")

Neighbours = Callable[[], Iterable[Parts]]


def _none() -> Iterable[Parts]:
    return ()


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has a reference. `ref` is the form of it that explanations print."""

    kind: str
    ref: str
    title: str
    facts: Facts = ()
    because: Neighbours = _none
    became: Neighbours = _none


@dataclass(frozen=True, slots=True)
class OpenBooks:
    """One snapshot of the books while something in them is explained.

    `told` remembers what takes long to read and is asked for again: files, statements.
    """

    connection: Connection
    book: Book
    today: date
    members: dict[int, str] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def at(cls, connection: Connection, book: Book, today: date) -> "OpenBooks":
        """The books in force at a connection, with the codes of their members."""
        return cls(connection, book, today, registers.register(connection, registers.MEMBER).codes)


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a reference. `find` gives None where the words have the form and name nothing,
    so that another form may; it raises UsageError where only this form can be meant."""

    written: str
    means: str
    pattern: str
    find: Callable[[OpenBooks, re.Match[str]], Thing | None]


def once(books: OpenBooks, name: str, read: Callable[[], T]) -> T:
    """What `read` gives, read once in this snapshot."""
    if name not in books.told:
        books.told[name] = read()
    found: T = books.told[name]
    return found


def parts_of(
    heading: str, parts: Iterable[Part], sums_to: int | None = None, see: str = ""
) -> tuple[Parts, ...]:
    """One heading, or none where nothing stands under it."""
    found = tuple(parts)
    return (Parts(heading, found, sums_to, see=see),) if found else ()


def refs(heading: str, *named: str) -> tuple[Parts, ...]:
    """Neighbours without amounts; those that are '' are left out."""
    return parts_of(heading, (Part(ref) for ref in named if ref))


def total(parts: Sequence[Part]) -> int:
    """What parts come to."""
    return sum(part.pence or 0 for part in parts)


def rest(pence: int, note: str) -> tuple[Part, ...]:
    """A part that nothing else is; none where it comes to nothing."""
    return (Part("", pence, note),) if pence else ()
