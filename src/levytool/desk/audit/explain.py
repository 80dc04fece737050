"""Tracing a figure to what made it: file row, rule, document, receipt, pot and scheme."""

import difflib
import re
from collections.abc import Callable

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.audit.explain_levy import explain_document, explain_line, explain_return
from levytool.desk.audit.explain_money import (
    explain_bank_line,
    explain_cohort,
    explain_entry,
    explain_opportunity,
    explain_scheme,
)
from levytool.desk.audit.trace import Trace
from levytool.desk.book_in_force import book_in_force
from levytool.desk.office import Office
from levytool.ledger.schemes import find_schemes
from levytool.problems import UsageError

FORMS = (
    "R-000001, R-000001/17, INV-000001, CN-000001, B-000001, O-000001, E-000001 (an entry), "
    "SALIX/2025-09 (a cohort of a pot) or a scheme's code"
)

_KINDS: tuple[tuple[str, Callable[[Connection, Book, str], Trace]], ...] = (
    (r"R-\d+/\d+", explain_line),
    (r"R-\d+", explain_return),
    (r"(INV|CN)-\d+", explain_document),
    (r"B-\d+", explain_bank_line),
    (r"O-\d+", explain_opportunity),
    (r"E-\d+", explain_entry),
    (r"[A-Z0-9-]+/\d{4}-\d{2}(\+\d{4}-\d{2})?", explain_cohort),
)


def explain(office: Office, reference: str) -> Trace:
    """Where a figure comes from. Raises UsageError for a reference that names nothing."""
    wanted = reference.strip().upper()
    with office.reading() as connection:
        book = book_in_force(connection)
        for pattern, explanation in _KINDS:
            if re.fullmatch(pattern, wanted):
                return explanation(connection, book, wanted)
        codes = [scheme.code for scheme in find_schemes(connection)]
        if wanted in codes:
            return explain_scheme(connection, book, wanted)
    near = difflib.get_close_matches(wanted, codes, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; write {FORMS}"
    raise UsageError(f"{reference!r} names nothing that can be explained{hint}")
