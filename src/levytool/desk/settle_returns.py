"""Accepting returns by name or period, declaring nil ones, and rejecting staged ones."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from levytool.book.names import Names
from levytool.desk.accept_return import Progress, accept_returns
from levytool.desk.book_in_force import book_in_force
from levytool.desk.list_returns import return_row
from levytool.desk.office import Office
from levytool.ledger import registers, returns
from levytool.ledger.documents import find_documents
from levytool.ledger.returns import NewReturn, ReturnKey
from levytool.periods import Month, Period
from levytool.problems import RuleRefused, UsageError


def accept_named(
    office: Office, numbers: Sequence[str], period: Period | None, progress: Progress | None
) -> list[dict[str, Any]]:
    """Accept the named returns, or every staged one of a reporting period.

    One that is accepted already stays as it is, so that doing it twice is doing it once.
    """
    with office.writing() as connection:
        if period is not None:
            states = (returns.STAGED,)
            chosen = returns.find_returns(connection, period=period, states=states)
        else:
            chosen = [returns.get_return(connection, number) for number in numbers]
        waiting = [stored.id for stored in chosen if stored.state not in returns.IN_FORCE]
        if waiting:
            book = book_in_force(connection)
            accept_returns(connection, office.acting, book, waiting, progress)
        return _rows(connection, [stored.id for stored in chosen])


def reject_return(office: Office, number: str) -> list[dict[str, Any]]:
    """Drop a staged return. Raises RuleRefused for one that is in force."""
    with office.writing() as connection:
        stored = returns.get_return(connection, number)
        if stored.state == returns.REJECTED:
            return _rows(connection, [stored.id])
        if stored.state != returns.STAGED:
            raise RuleRefused(
                f"{stored.number} is {stored.state}; what is in force is corrected, not rejected: "
                f"levytool return correct {stored.number} FILE"
            )
        returns.drop_files(connection, returns.files_of(connection, stored.id))
        returns.set_state(connection, [stored.id], returns.REJECTED)
        return _rows(connection, [stored.id])


def declare_nil(
    office: Office, contractor: str, framework: str, period: Month
) -> list[dict[str, Any]]:
    """Record a nil return. Raises RuleRefused where the period has a return already."""
    with office.writing() as connection:
        book = book_in_force(connection)
        names = Names(book)
        contractor_code = names.contractors.recognise(contractor)
        framework_code = names.frameworks.recognise(framework)
        if contractor_code is None:
            raise UsageError(f"the book has no contractor {contractor}; see: levytool book show")
        if framework_code is None:
            raise UsageError(f"the book has no framework {framework}; see: levytool book show")
        if book.frameworks[framework_code].returns == "quarterly":
            period = period.quarter_end()
        registers.enrol(connection, registers.CONTRACTOR, [contractor_code])
        registers.enrol(connection, registers.FRAMEWORK, [framework_code])
        key = ReturnKey(
            registers.register(connection, registers.CONTRACTOR).ids[contractor_code],
            registers.register(connection, registers.FRAMEWORK).ids[framework_code],
            str(period),
        )
        found = returns.by_key(connection, (*returns.IN_FORCE, returns.STAGED)).get(key, [])
        nil = [stored.id for stored in found if stored.state == returns.NIL]
        if found and not nil:
            raise RuleRefused(
                f"{found[0].number} of {contractor_code} for {framework_code}, {period} is "
                f"{found[0].state}; a nil return cannot stand beside it"
            )
        if not nil:
            nil = [returns.allot_returns(connection, 1)]
            new = NewReturn(key, supplement=0, state=returns.NIL)
            returns.add_returns(connection, office.acting, [new], nil[0])
        return _rows(connection, nil)


def _rows(connection: Connection, return_ids: Sequence[int]) -> list[dict[str, Any]]:
    documents: dict[int, list[str]] = {}
    for document in find_documents(connection, return_ids=return_ids):
        documents.setdefault(document.return_id, []).append(document.number)
    return [
        return_row(stored, documents.get(stored.id, ()))
        for stored in returns.find_returns(connection, ids=return_ids)
    ]
