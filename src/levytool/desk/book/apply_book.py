"""Putting a book in force: checked, compared with the one before, and refused where it would
alter levy that is charged already."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from levytool.book.dropped_names import dropped_names
from levytool.book.levy_changes import LevyChange, altered_levy, retrospective_warnings
from levytool.book.logo import with_logo
from levytool.book.plan import NamedCodes, PlanRow, keep_named, plan
from levytool.book.records import Book
from levytool.book.remarks import BookCheck
from levytool.book.setting_changes import SettingChange, altered_settings
from levytool.desk.book.check_book import check_book, check_text
from levytool.desk.book_in_force import apply_text, book_in_force
from levytool.desk.office import Office
from levytool.ledger.journal.opened import opened_until, spend_brought
from levytool.ledger.parties import registers
from levytool.ledger.parties.named import first_charged_line, named_codes
from levytool.ledger.spend.returns import ACCEPTED, StoredReturn, find_returns, return_number
from levytool.problems import InputRejected, Problem, RuleRefused


@dataclass(frozen=True, slots=True)
class Planned:
    """What applying a book would change. `in_force`: it is in force already, to the letter.

    `refusals` are the changes of levy that lines are charged by, and of settings in force in
    periods with accepted returns: with any, it is not applied.
    """

    book: Book
    rows: tuple[PlanRow, ...]
    in_force: bool
    warnings: tuple[Problem, ...] = ()
    refusals: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_text(path: Path) -> str:
    """The text of a book's file, with the logo that it names in it.

    Raises InputRejected where it is not UTF-8, or the logo is no picture to be kept.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        problem = Problem("bad-toml", "not UTF-8 text", "save it as UTF-8", str(path), row)
        raise InputRejected("", (problem,)) from error
    whole, problems = with_logo(text, str(path), lambda name: (path.parent / name).read_bytes())
    if problems:
        raise InputRejected("", problems)
    return whole


def check_file(path: Path, office: Office | None = None) -> BookCheck:
    """The errors and warnings of a book's file.

    With a ledger, what the law says of levy that it changes for past days is a warning too: that
    is seen beside the book in force only.
    """
    new, found = check_text(read_text(path), str(path))
    if new is None or office is None:
        return found
    with office.reading() as connection:
        if registers.book_text(connection) is None:
            return found
        changes = altered_levy(book_in_force(connection), new)
    law = retrospective_warnings(changes, new, office.acting.today, str(path))
    return replace(found, warnings=(*found.warnings, *law))


def plan_book(office: Office, path: Path) -> Planned:
    """What applying a book's file would change. Raises InputRejected where it has errors."""
    with office.reading() as connection:
        return _plan(connection, office, path)


def apply_book(office: Office, path: Path) -> Planned:
    """Put a book's file in force; where it is already, do nothing.

    Parties that the ledger names and the file lacks are kept. Raises InputRejected where the file
    has errors, RuleRefused where it would alter levy that lines are charged by,
    or a setting in force in a period with accepted returns.
    """
    with office.writing() as connection:
        planned = _plan(connection, office, path)
        if planned.refusals:
            raise RuleRefused("the book in force stays as it is", planned.refusals)
        if not planned.in_force:
            apply_text(connection, office.acting, planned.book.text)
    return planned


def show_book(office: Office) -> str:
    """The text of the book in force. Raises UsageError before the first."""
    with office.reading() as connection:
        return book_in_force(connection).text


def _plan(connection: Connection, office: Office, path: Path) -> Planned:
    text = read_text(path)
    new, found = check_text(text, str(path))
    if new is None:
        raise InputRejected(f"{path} is not applied", found.errors)
    old = book_in_force(connection) if registers.book_text(connection) is not None else None
    named = NamedCodes(
        named_codes(connection, registers.MEMBER),
        named_codes(connection, registers.CONTRACTOR),
        named_codes(connection, registers.FRAMEWORK),
    )
    kept = keep_named(old, new, named) if old else new
    errors = check_book(kept, f"{path} with what the ledger names").errors
    if errors:
        raise InputRejected(f"{path} is not applied", errors)
    changes = plan(old, new, named)
    refusals = tuple(
        problem
        for change in changes.levy_changes
        if (problem := _refusal(connection, change, str(path))) is not None
    )
    if old is not None:
        refusals += _setting_refusals(connection, old, kept, str(path))
    lost = dropped_names(old, kept) if old else ()
    law = retrospective_warnings(changes.levy_changes, new, office.acting.today, str(path))
    in_force = old is not None and kept.text == old.text
    warnings = (*found.warnings, *lost, *law)
    return Planned(kept, changes.rows, in_force, warnings, refusals, found.notes)


def _refusal(connection: Connection, change: LevyChange, file: str) -> Problem | None:
    """Why a change of levy may not be: a line is charged by the rule as it is."""
    line = first_charged_line(
        connection, change.framework, change.first_day, change.last_day, change.member
    )
    if line is None:
        return None
    until = f"to {change.last_day}" if change.last_day else "on"
    message = (
        f"{change.framework}: this alters the levy from {change.first_day} {until}, and line "
        f"{return_number(line.return_id)}/{line.line_no} of {line.day} is charged by it"
    )
    hint = "leave those days as they were and begin a new [[frameworks.levy]] block after them"
    if line.state == "staged":
        hint = f"accept {return_number(line.return_id)} first, or reject it and import it again"
    return Problem("levy-already-charged", message, hint, file)


def _setting_refusals(
    connection: Connection, old: Book, new: Book, file: str
) -> tuple[Problem, ...]:
    """Why changes of settings may not be: returns are accepted by the values as they are."""
    changes = altered_settings(old, new)
    if not changes:
        return ()
    accepted = find_returns(connection, states=(ACCEPTED,))
    found = []
    for change in changes:
        touched = next((s for s in accepted if _touches(change, s, old)), None)
        if touched is not None:
            found.append(_setting_refusal(change, touched, file))
        elif _is_brought_by(connection, change):
            where = f"{change.framework}: " if change.framework else ""
            message = f"{where}this alters {change.setting}, and these books were opened by it"
            hint = "leave it as it was up to the cut-off; a new dated entry may begin after that"
            found.append(Problem("levy-already-charged", message, hint, file))
    return tuple(found)


def _is_brought_by(connection: Connection, change: SettingChange) -> bool:
    """Whether an opening file brought something that a setting was in force for."""
    opened = opened_until(connection)
    if opened is None or change.first_day > opened.last_day:
        return False
    return not change.framework or bool(spend_brought(connection, {change.framework}))


def _touches(change: SettingChange, stored: StoredReturn, old: Book) -> bool:
    """Whether a setting changes on a day of the return's reporting period; a quarterly one is
    kept under its last month."""
    if change.framework not in ("", stored.framework):
        return False
    quarterly = old.frameworks[stored.framework].returns == "quarterly"
    first = stored.period.plus(-2) if quarterly else stored.period
    ended = change.last_day is not None and change.last_day < first.first_day
    return change.first_day <= stored.period.last_day and not ended


def _setting_refusal(change: SettingChange, stored: StoredReturn, file: str) -> Problem:
    where = f"{change.framework}: " if change.framework else ""
    message = f"{where}this alters {change.setting}, and {stored.number} of {stored.period} is "
    if change.dated:
        message += "accepted by the value that was in force"
        hint = "it takes a new dated entry, from a day after the periods with accepted returns"
    else:
        message += "accepted, with what is set aside kept by it"
        hint = f"leave {change.setting} as it was; begin a new framework for another one"
    return Problem("levy-already-charged", message, hint, file)
