"""What a return is for, as an officer names it: contractor, framework and period."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.given import code_of
from levytool.ledger.parties import registers
from levytool.ledger.spend.returns import ReturnKey
from levytool.periods import Month, Period
from levytool.problems import RuleRefused, UsageError
from levytool.rules.expected import (
    ReturnFor,
    contractors_owing,
    first_month_of,
    month_meant,
    period_named,
)


@dataclass(frozen=True, slots=True)
class NamedReturn:
    """The codes of a contractor and a framework, and the period that the return is kept under.

    `period_read` is that period as a person reads it: a month, or a quarter.
    """

    contractor: str
    framework: str
    period: Month
    period_read: str

    @property
    def key(self) -> ReturnFor:
        """What the rules know it by."""
        return self.contractor, self.framework, self.period

    def __str__(self) -> str:
        return f"{self.contractor} for {self.framework}, {self.period_read}"


def named_return(
    book: Book, contractor: str, framework: str, period: Month | Period
) -> NamedReturn:
    """Recognise the parties of a return; a quarterly one is kept under its quarter's last month.

    Raises UsageError for a contractor or framework that the book does not have, and for a quarter
    where returns are monthly.
    """
    contractor_code = code_of(book, "contractor", contractor)
    framework_code = code_of(book, "framework", framework)
    owed_to = book.frameworks[framework_code]
    try:
        month = month_meant(owed_to, period)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return NamedReturn(contractor_code, framework_code, month, period_named(owed_to, month))


def require_expected(book: Book, named: NamedReturn, today: date) -> None:
    """A return without a file, nil or excused, is of a period that has begun and an appointment.

    A framework that names no contractors expects no return, but takes one from any. Raises
    RuleRefused.
    """
    framework = book.frameworks[named.framework]
    if first_month_of(framework, named.period) > Month.of(today):
        raise RuleRefused(
            f"{named.period_read} has not begun; declare a return nil, or excuse it, once its "
            "period has"
        )
    appointed = contractors_owing(framework, named.period)
    if framework.appointments is not None and named.contractor not in appointed:
        raise RuleRefused(
            f"no return of {named} is expected: there is no appointment then "
            "(see: levytool book show)"
        )


def enrolled_key(connection: Connection, named: NamedReturn) -> ReturnKey:
    """How the ledger knows that return, its parties enrolled."""
    registers.enrol(connection, registers.CONTRACTOR, [named.contractor])
    registers.enrol(connection, registers.FRAMEWORK, [named.framework])
    return ReturnKey(
        registers.register(connection, registers.CONTRACTOR).ids[named.contractor],
        registers.register(connection, registers.FRAMEWORK).ids[named.framework],
        str(named.period),
    )
