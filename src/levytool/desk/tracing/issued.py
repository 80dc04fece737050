"""Issued statements: `ST-000001`, with what each follows and what follows it."""

import re
from collections.abc import Iterable

from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, parts_of, refs
from levytool.desk.tracing.trace import pounds, told
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.reports.issued_statements import (
    IssuedStatement,
    altered,
    issued_statement,
    issued_statements,
    statement_number,
)
from levytool.money import display_pence
from levytool.problems import UsageError


def _find(books: OpenBooks, match: re.Match[str]) -> Thing:
    made = issued_statement(books.connection, int(match[1]))
    if made is None:
        raise UsageError(f"{match[0]} was not issued; see: levytool statement list")
    own = made.proposed
    named = f"{own.kind} {own.code}".rstrip()
    facts = told(
        opening=pounds(own.opening_pence),
        closing=pounds(own.closing_pence),
        prepared_by=own.prepared_by,
        prepared=own.prepared_at[:10],
        approved_by=made.issued_by,
        issued=made.issued_at[:10],
        hash=own.figures_hash,
        altered=altered(books.connection, made),
        shown_by=f"levytool statement {named} --issued {made.number}",
    )
    return Thing(
        "issued statement",
        made.number,
        f"of the {named} for {own.period}, closing {display_pence(own.closing_pence)}",
        facts,
        because=lambda: _because(made),
        became=lambda: _became(books, made),
    )


def _because(made: IssuedStatement) -> Iterable[Parts]:
    """The statement it follows, its entry in the hash chain, and what its figures are now."""
    own = made.proposed
    if own.follows is not None:
        before = Part(statement_number(own.follows), own.opening_pence)
        yield from parts_of("opens with the closing balance of", [before], own.opening_pence)
    yield from refs("kept to its word by", entry_number(made.entry_id))
    if own.kind == "member":
        yield from refs("the books now tell", f"statement:{own.code}:{own.period}")


def _became(books: OpenBooks, made: IssuedStatement) -> Iterable[Parts]:
    own = made.proposed
    later = issued_statements(books.connection, own.kind, own.code)
    numbers = [one.number for one in later if one.proposed.follows == made.id]
    yield from refs("followed by", *numbers)


FORMS = (Form("ST-000001", "a statement as it was issued", r"ST-(\d+)", _find),)
