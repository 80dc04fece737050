"""Excusing a contractor from a return, so that nobody is chased for it."""

from dataclasses import dataclass
from typing import Any

from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import words
from levytool.desk.levy.reverse_default_charges import reverse_default_charges
from levytool.desk.office import Office
from levytool.desk.returns.list_returns import return_rows
from levytool.desk.returns.named_return import enrolled_key, named_return, require_expected
from levytool.ledger.journal.opened import opened_until
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import NewReturn
from levytool.periods import Month, Period
from levytool.problems import RuleRefused


@dataclass(frozen=True, slots=True)
class Excused:
    """The return that is excused, as a row; `before` where that was so already, and why."""

    row: dict[str, Any]
    before: str = ""


def excuse_return(
    office: Office, contractor: str, framework: str, period: Month | Period, reason: str
) -> Excused:
    """Store that no return will come, and why. Doing it again leaves the first reason in place.

    A file or a nil return that comes all the same is taken as ever and stands instead. Raises
    UsageError without a reason, RuleRefused where a return stands or none is expected.
    """
    reason = words(reason, "--reason")
    with office.writing() as connection:
        book = book_in_force(connection)
        named = named_return(book, contractor, framework, period)
        key = enrolled_key(connection, named)
        states = (*returns.RECEIVED, returns.EXCUSED)
        found = returns.by_key(connection, states).get(key, [])
        standing = [stored for stored in found if stored.state != returns.EXCUSED]
        if standing:
            raise RuleRefused(
                f"{standing[0].number} of {named} is {standing[0].state}; there is nothing to "
                "excuse (see: levytool return list)"
            )
        if found:
            return Excused(return_rows(connection, [found[0].id])[0], found[0].reason)
        opened = opened_until(connection)
        if opened is not None and named.period <= opened:
            raise RuleRefused(
                f"no return of {named} is expected: these books begin after {opened} "
                "(see: levytool return list)"
            )
        require_expected(book, named, office.acting.today)
        number = returns.allot_returns(connection, 1)
        new = NewReturn(key, supplement=0, state=returns.EXCUSED, reason=reason)
        returns.add_returns(connection, office.acting, [new], number)
        reverse_default_charges(connection, office.acting, book, [named.key])
        return Excused(return_rows(connection, [number])[0])
