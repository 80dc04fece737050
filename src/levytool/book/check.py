"""`book check`: everything that is wrong with a book, and everything worth a look.

Errors keep a book from being applied; warnings do not (contract, *The book*).
"""

from levytool.book.check_call_offs import check_call_offs
from levytool.book.check_codes import check_codes
from levytool.book.check_exports import check_exports
from levytool.book.check_layouts import check_layouts
from levytool.book.check_left_out import note_what_is_left_out
from levytool.book.check_levy import check_framework, check_rate
from levytool.book.examples import ExampleLevy, check_examples
from levytool.book.lines import Places
from levytool.book.read import Reading, parse_book
from levytool.book.records import Book
from levytool.book.remarks import BookCheck, Remarks
from levytool.problems import Problem

__all__ = ["BookCheck", "check_book", "check_text"]


def check_text(
    text: str, example_levy: ExampleLevy, file: str = "book.toml"
) -> tuple[Book | None, BookCheck]:
    """Read a book and check it; no book where there is any error.

    What can still be judged is judged in the same pass, whatever else is wrong.
    """
    reading = parse_book(text, file)
    found = _check(reading, example_levy, file)
    errors = tuple(sorted((*reading.problems, *found.errors), key=_line))
    return (None if errors else reading.book), BookCheck(errors, found.warnings, found.notes)


def check_book(book: Book, example_levy: ExampleLevy, file: str = "book.toml") -> BookCheck:
    """Check a book that was read before. Lines are those of its text, where it has one."""
    places = parse_book(book.text, file).places if book.text else Places()
    return _check(Reading(book, (), places), example_levy, file)


def _check(reading: Reading, example_levy: ExampleLevy, file: str) -> BookCheck:
    book = reading.book
    remarks = Remarks(file, reading.places)
    for entry in book.consortium.vat:
        check_rate(entry.value or 0, ("consortium", "vat", entry.since), remarks)
    for rate in book.consortium.late_interest:
        check_rate(rate.value, ("consortium", "late_interest", rate.since), remarks)
    check_codes(book, remarks)
    check_layouts(book, remarks)
    check_exports(book, remarks)
    for code, framework in book.frameworks.items():
        if code in reading.unsound:
            continue
        before = len(remarks.errors)
        check_framework(book, framework, remarks)
        check_call_offs(book, framework, remarks)
        if len(remarks.errors) == before:
            check_examples(book, framework, example_levy, remarks)
    note_what_is_left_out(book, remarks)
    errors, warnings, notes = (
        tuple(sorted(found, key=_line))
        for found in (remarks.errors, remarks.warnings, remarks.notes)
    )
    return BookCheck(errors, warnings, notes)


def _line(problem: Problem) -> int:
    return problem.row or 0
