"""Accepting returns by name or period, declaring nil ones, and rejecting staged ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.desk.book_in_force import book_in_force
from levytool.desk.levy.accept_return import Progress, accept_returns
from levytool.desk.levy.reverse_default_charges import reverse_default_charges
from levytool.desk.office import Office
from levytool.desk.returns.list_returns import return_rows
from levytool.desk.returns.named_return import enrolled_key, named_return, require_expected
from levytool.desk.spend.doubts import ImportDoubts, summed
from levytool.ledger.journal import acts
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import NewReturn, StoredReturn
from levytool.periods import Month, Period
from levytool.problems import RuleRefused


@dataclass(frozen=True, slots=True)
class Settled:
    """Returns as they stand now, as rows; `before` names those that stood so already, `warned`
    those accepted now that the import warned of, with what of in short."""

    rows: list[dict[str, Any]]
    before: tuple[str, ...]
    warned: tuple[tuple[str, str], ...] = ()


def accept_named(
    office: Office, numbers: Sequence[str], period: Period | None, progress: Progress | None
) -> Settled:
    """Accept the named returns, or every staged one of a reporting period.

    One that is accepted already stays as it is, so that doing it twice is doing it once.
    """
    with office.writing() as connection:
        if period is not None:
            states = (returns.STAGED,)
            chosen = returns.find_returns(connection, period=period, states=states)
        else:
            chosen = [returns.get_return(connection, number) for number in numbers]
        before = tuple(stored.number for stored in chosen if stored.state in returns.IN_FORCE)
        waiting = [stored for stored in chosen if stored.number not in before]
        if waiting:
            book = book_in_force(connection)
            ids = [stored.id for stored in waiting]
            accept_returns(connection, office.acting, book, ids, progress)
        doubts = ImportDoubts(connection)
        warned = tuple(
            (stored.number, summed(found)) for stored in waiting if (found := doubts.of(stored))
        )
        return Settled(return_rows(connection, [stored.id for stored in chosen]), before, warned)


def reject_return(office: Office, *numbers: str, reason: str = "") -> Settled:
    """Drop staged returns, or take excuses back; `explain` tells why. Doing it again leaves the
    first reason in place. Raises RuleRefused where one is in force, and drops none then."""
    with office.writing() as connection:
        chosen = {number: returns.get_return(connection, number) for number in numbers}
        before = tuple(n for n, stored in chosen.items() if stored.state == returns.REJECTED)
        for number, stored in chosen.items():
            if number not in before:
                _reject(connection, office.acting, stored, " ".join(reason.split()))
        return Settled(return_rows(connection, [one.id for one in chosen.values()]), before)


def _reject(connection: Connection, acting: Acting, stored: StoredReturn, reason: str) -> None:
    if stored.state not in (returns.STAGED, returns.EXCUSED):
        raise RuleRefused(
            f"{stored.number} is {stored.state}; what is in force is corrected, not rejected: "
            f"levytool return correct {stored.number} FILE"
        )
    returns.drop_files(connection, returns.files_of(connection, stored.id))
    returns.set_state(connection, [stored.id], returns.REJECTED)
    facts = {"was": stored.state} | ({"reason": reason} if reason else {})
    acts.record(connection, acting, returns.REJECT, stored.number, facts)


def declare_nil(office: Office, contractor: str, framework: str, period: Month | Period) -> Settled:
    """Record a nil return; a second time it does nothing. Raises RuleRefused where the period has
    a return already, has not begun or is without an appointment."""
    with office.writing() as connection:
        book = book_in_force(connection)
        named = named_return(book, contractor, framework, period)
        key = enrolled_key(connection, named)
        found = returns.by_key(connection, returns.RECEIVED).get(key, [])
        nil = [stored for stored in found if stored.state == returns.NIL]
        if found and not nil:
            raise RuleRefused(
                f"{found[0].number} of {named} is {found[0].state}; a nil return cannot stand "
                f"beside it{_instead(found[0])}"
            )
        if nil:
            before = tuple(stored.number for stored in nil)
            return Settled(return_rows(connection, [stored.id for stored in nil]), before)
        require_expected(book, named, office.acting.today)
        number = returns.allot_returns(connection, 1)
        new = NewReturn(key, supplement=0, state=returns.NIL)
        returns.add_returns(connection, office.acting, [new], number)
        reverse_default_charges(connection, office.acting, book, [named.key])
        return Settled(return_rows(connection, [number]), ())


def _instead(stored: StoredReturn) -> str:
    if stored.state != returns.ACCEPTED:
        return ""
    return f", but may take its place: levytool return correct {stored.number} --nil"
