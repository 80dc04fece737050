"""What a return is for, as an officer names it: contractor, framework and period."""

from dataclasses import dataclass

from sqlalchemy import Connection

from levytool.book.names import Names
from levytool.book.records import Book
from levytool.ledger import registers
from levytool.ledger.returns import ReturnKey
from levytool.periods import Month
from levytool.problems import UsageError
from levytool.rules.expected import reporting_period


@dataclass(frozen=True, slots=True)
class NamedReturn:
    """The codes of a contractor and a framework, and the period that the return is kept under."""

    contractor: str
    framework: str
    period: Month

    def __str__(self) -> str:
        return f"{self.contractor} for {self.framework}, {self.period}"


def named_return(book: Book, contractor: str, framework: str, month: Month) -> NamedReturn:
    """Recognise the parties of a return; a quarterly one is kept under its quarter's last month.

    Raises UsageError for a contractor or framework that the book does not have.
    """
    names = Names(book)
    contractor_code = names.contractors.recognise(contractor)
    framework_code = names.frameworks.recognise(framework)
    if contractor_code is None:
        raise UsageError(f"the book has no contractor {contractor}; see: levytool book show")
    if framework_code is None:
        raise UsageError(f"the book has no framework {framework}; see: levytool book show")
    period = reporting_period(book.frameworks[framework_code], month)
    return NamedReturn(contractor_code, framework_code, period)


def enrolled_key(connection: Connection, named: NamedReturn) -> ReturnKey:
    """How the ledger knows that return, its parties enrolled."""
    registers.enrol(connection, registers.CONTRACTOR, [named.contractor])
    registers.enrol(connection, registers.FRAMEWORK, [named.framework])
    return ReturnKey(
        registers.register(connection, registers.CONTRACTOR).ids[named.contractor],
        registers.register(connection, registers.FRAMEWORK).ids[named.framework],
        str(named.period),
    )
