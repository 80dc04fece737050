"""The same file again: known by its content, and answered without reading it.

This module loads little on purpose: a script that sends a file twice is answered at once.
"""

import hashlib
import json
from pathlib import Path

from sqlalchemy import Connection

from levytool.desk.office import Office
from levytool.desk.spend.import_outcome import (
    ImportOptions,
    ImportOutcome,
    seen_before,
    shared_returns,
)
from levytool.intake.options import Role
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import StoredFile, StoredReturn

DECLARATION: Role = "declaration"
"""The role of a file that holds contractors' declarations."""

MEMBER_LEDGER: Role = "member-ledger"
"""The role of a file that holds members' own purchase ledgers."""


def imported_before(office: Office, path: Path, options: ImportOptions) -> ImportOutcome | None:
    """What is said of a file that was imported before; None for one that was not.

    Nothing is stored, but with `--accept` what the file staged is accepted, and with `--errors`
    the rows that were refused then are written.
    """
    digest = _sha256(path)
    with office.reading() as connection:
        earlier = returns.live_file(connection, digest, options.role, options.constants())
    return None if earlier is None else outcome_again(office, path, earlier, options)


def outcome_again(
    office: Office, path: Path, earlier: StoredFile, options: ImportOptions
) -> ImportOutcome:
    """The outcome of a file that the books have already, with the rows refused then in the errors
    file where one is asked for. Raises UsageError where that cannot be written."""
    told = json.loads(earlier.outcome)
    numbers = [returns.return_id_of(item["return"]) for item in told["returns"]]
    with office.reading() as connection:
        found = returns.find_returns(connection, ids=numbers)
    waiting = tuple(stored.number for stored in found if stored.state == returns.STAGED)
    if options.accept and waiting:
        with office.writing() as connection:
            found = _accept_waiting(connection, office, numbers)
    outcome = seen_before(path.name, told, found)
    outcome.accepted_now = waiting if options.accept else ()
    if options.errors is not None and outcome.problems:
        _write_errors(office, path, options, options.errors, outcome)
    if outcome.accepted_now:
        with office.reading() as connection:
            now = (stored for stored in found if stored.number in waiting)
            outcome.shared = shared_returns(connection, earlier.id, now)
    return outcome


def _write_errors(
    office: Office, path: Path, options: ImportOptions, errors: Path, outcome: ImportOutcome
) -> None:
    from levytool.desk.book_in_force import book_in_force
    from levytool.desk.spend.import_spend import check_errors_file, read_options
    from levytool.intake.errors_file import write_errors_file
    from levytool.intake.reading import SpendFile

    check_errors_file(errors, path)
    with office.reading() as connection:
        book = book_in_force(connection)
    source = SpendFile(path, book, read_options(book, options))
    source.look_at_header()
    if write_errors_file(errors, source, outcome.problems):
        outcome.errors_file = errors


def _accept_waiting(
    connection: Connection, office: Office, numbers: list[int]
) -> list[StoredReturn]:
    from levytool.desk.book_in_force import book_in_force
    from levytool.desk.levy.accept_return import accept_returns  # heavy, and seldom wanted here

    waiting = returns.find_returns(connection, ids=numbers, states=(returns.STAGED,))
    if waiting:
        book = book_in_force(connection)
        accept_returns(connection, office.acting, book, [item.id for item in waiting])
    return returns.find_returns(connection, ids=numbers)


def _sha256(path: Path) -> str:
    """What a file is known by; '' where it cannot be read, which is the reader's to say."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
