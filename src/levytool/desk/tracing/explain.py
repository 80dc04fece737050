"""Explaining a reference: which kind of thing it names, and the tree that leads from it."""

import difflib
import re
from functools import cache

from levytool.desk.book_in_force import book_in_force
from levytool.desk.office import Office
from levytool.desk.tracing import (
    balances,
    bank,
    declared,
    differences,
    documents,
    entries,
    exported,
    files,
    issued,
    levy_rules,
    participants,
    parties,
    payees,
    places,
    pots,
    recorded,
    schemes,
    statements,
)
from levytool.desk.tracing.thing import Form, OpenBooks, Thing
from levytool.desk.tracing.trace import Trace
from levytool.desk.tracing.walk import walked
from levytool.ledger.proofs import traced, traced_money
from levytool.problems import UsageError

FORMS: tuple[Form, ...] = (
    *declared.FORMS,
    *recorded.FORMS,
    *documents.FORMS,
    *bank.FORMS,
    *entries.FORMS,
    *places.FORMS,
    *payees.FORMS,
    *levy_rules.FORMS,
    *statements.FORMS,
    *issued.FORMS,
    *exported.FORMS,
    *documents.EARLIER_FORMS,
    *pots.FORMS,
    *balances.FORMS,
    *schemes.FORMS,
    *participants.FORMS,
    *parties.FORMS,
    *differences.FORMS,
    *files.FORMS,
)
"""Every form of reference, in the order they are tried: the plainest first."""


def explain(office: Office, reference: str) -> Trace:
    """What a figure is made of and what became of it. Raises UsageError for a reference that names
    nothing, with the nearest that does and the forms there are."""
    with office.reading() as connection:
        books = OpenBooks.at(connection, book_in_force(connection), office.acting.today)
        return walked(find(books, reference), lambda ref: find(books, ref))


def find(books: OpenBooks, reference: str) -> Thing:
    """The thing that a reference names. Raises UsageError where it names none."""
    wanted = reference.strip()
    for form in FORMS:
        match = _compiled(form.pattern).fullmatch(wanted)
        found = form.find(books, match) if match else None
        if found is not None:
            return found
    near = difflib.get_close_matches(wanted.upper(), _names(books), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    forms = ", ".join(form.written for form in FORMS)
    raise UsageError(f"{reference!r} names nothing that can be explained; {hint}write {forms}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _names(books: OpenBooks) -> list[str]:
    """What a mistyped word may have meant."""
    book = books.book
    codes = [*book.members, *book.contractors, *book.frameworks]
    return [
        *traced_money.scheme_codes(books.connection),
        *codes,
        *traced.file_names(books.connection),
    ]
