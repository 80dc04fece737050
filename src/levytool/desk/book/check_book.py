"""Checking a book before it is applied: its grammar, its sense, and its examples by the rules."""

from levytool.book import check
from levytool.book.records import Book
from levytool.book.remarks import BookCheck
from levytool.rules.examples import example_levy


def check_text(text: str, file: str = "book.toml") -> tuple[Book | None, BookCheck]:
    """The book, or None where there is any error; errors and warnings, each with its line."""
    return check.check_text(text, example_levy, file)


def check_book(book: Book, file: str = "book.toml") -> BookCheck:
    """The errors and warnings of a book that was read before."""
    return check.check_book(book, example_levy, file)
