"""The book in force, read from the ledger."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.read import read_book
from levytool.book.records import Book
from levytool.book.write import with_parties
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.parties import registers
from levytool.problems import InputRejected, UsageError


@lru_cache(maxsize=4)
def _read(text: str) -> Book:
    book, problems = read_book(text, "the book in force")
    if book is None:
        raise InputRejected("the book in force cannot be read", problems)
    return book


def book_in_force(connection: Connection, asked: AsKnown = NOW) -> Book:
    """The latest book that was applied, now or as known then. Raises UsageError before the first.

    Rates, costs and shares have dates of their own within it; names, titles and reserves have none.
    """
    text = registers.book_text(connection, asked)
    if text is None:
        raise UsageError("this ledger has no book yet; give it one with: levytool book apply FILE")
    return _read(text)


def book_as_applied(connection: Connection, version: int) -> Book:
    """The book in one of the versions that were applied."""
    return _read(registers.book_version(connection, version))


def apply_text(connection: Connection, acting: Acting, text: str) -> Book:
    """Put a book that was checked in force, and enrol its parties."""
    book = _read(text)
    registers.add_book_version(connection, acting, hashlib.sha256(text.encode()).hexdigest(), text)
    registers.enrol(connection, registers.MEMBER, book.members)
    registers.enrol(connection, registers.CONTRACTOR, book.contractors)
    registers.enrol(connection, registers.FRAMEWORK, book.frameworks)
    return book


def add_parties(
    connection: Connection,
    acting: Acting,
    book: Book,
    new_parties: Mapping[tuple[str, str], str],
) -> Book:
    """A new version of the book with members and contractors that a file named.

    `new_parties` maps (kind, code) to the name as the file has it.
    """
    by_kind: dict[str, dict[str, str]] = {registers.MEMBER: {}, registers.CONTRACTOR: {}}
    for (kind, code), name in new_parties.items():
        by_kind[kind][code] = name
    text = with_parties(book.text, by_kind[registers.MEMBER], by_kind[registers.CONTRACTOR])
    return apply_text(connection, acting, text)
