"""Every kind of statement, gathered and told in sections: one of it, or one for each."""

from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from levytool.desk.book_in_force import book_in_force
from levytool.desk.month_end.consortium_statement import consortium_statement
from levytool.desk.month_end.contractor_statement import (
    contractor_statement,
    contractor_statements,
)
from levytool.desk.month_end.member_statement import member_statement, member_statements
from levytool.desk.month_end.scheme_statement import scheme_statement, scheme_statements
from levytool.desk.office import Office
from levytool.ledger.funds.schemes import find_schemes
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.reports.issued_statements import issued_statements
from levytool.periods import Period
from levytool.statements.consortium import consortium_in_sections
from levytool.statements.contractor import contractor_in_sections
from levytool.statements.member import member_in_sections
from levytool.statements.scheme import scheme_in_sections
from levytool.statements.sections import Statement

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How a kind of statement is gathered, for one or for all, and told."""

    one: Callable[[Office, str, Period, date | None], T]
    every: Callable[[Office, Period, date | None], Iterator[T]]
    told: Callable[[T], Statement]
    names: Callable[[Connection, AsKnown], Sized]

    def statement(
        self, office: Office, code: str, period: Period, known_on: date | None
    ) -> Statement:
        """The statement of one. Raises UsageError for an unknown one."""
        told = self.told(self.one(office, code, period, known_on))
        return next(_with_numbers(office, [told], known_on))

    def statements(
        self, office: Office, period: Period, known_on: date | None
    ) -> Iterator[Statement]:
        """The statement of each, in order of code, all of one snapshot of the books."""
        return _with_numbers(office, map(self.told, self.every(office, period, known_on)), known_on)

    def count(self, office: Office, period: Period, known_on: date | None) -> int:
        """How many there are of the kind."""
        with office.reading() as connection:
            return len(self.names(connection, AsKnown(period.last.last_day, known_on)))


def _with_numbers(
    office: Office, drafts: Iterable[Statement], known_on: date | None
) -> Iterator[Statement]:
    """Drafts with the number of the statement that was issued for the same period, if any."""
    with office.reading() as connection:
        issued = issued_statements(connection, asked=AsKnown(known_on=known_on))
    numbers = {(one.proposed.kind, one.proposed.code, one.period): one.number for one in issued}
    for told in drafts:
        number = numbers.get((told.kind, told.subject.code, told.period), "")
        yield replace(told, issued_as=number)


def _members(connection: Connection, asked: AsKnown) -> Sized:
    return book_in_force(connection, asked).members


def _contractors(connection: Connection, asked: AsKnown) -> Sized:
    return book_in_force(connection, asked).contractors


KINDS: dict[str, Kind[Any]] = {
    "member": Kind(member_statement, member_statements, member_in_sections, _members),
    "contractor": Kind(
        contractor_statement, contractor_statements, contractor_in_sections, _contractors
    ),
    "scheme": Kind(scheme_statement, scheme_statements, scheme_in_sections, find_schemes),
}
"""The kinds that there are several of, by the name of their command."""


def consortium(office: Office, period: Period, known_on: date | None) -> Statement:
    """The consortium's own statement."""
    told = consortium_in_sections(consortium_statement(office, period, known_on))
    return next(_with_numbers(office, [told], known_on))


def statement_of_kind(
    office: Office, kind: str, code: str, period: Period, known_on: date | None
) -> Statement:
    """A statement of any kind; the consortium's own has no code."""
    if kind == "consortium":
        return consortium(office, period, known_on)
    return KINDS[kind].statement(office, code, period, known_on)
