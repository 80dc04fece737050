"""What the statement issued before carries into the next: its closing, and what it did not know.

Domain §3.9: later changes appear as prior-period lines in the next. An entry that was posted after
a statement was issued, into its months or those before, is such a line. So each statement opens
with what the one before closed with, and its lines come to its own closing to the penny.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.reports.issued_statements import (
    IssuedStatement,
    issued_statement,
    issued_statements,
    kept_value,
)
from levytool.ledger.reports.statement_facts import (
    OF_BALANCES,
    BalanceChange,
    Since,
    changes_after,
)
from levytool.periods import Period
from levytool.statements.kept import statement_kept
from levytool.statements.sections import Statement
from levytool.statements.values import Movement


@dataclass(frozen=True, slots=True)
class Before:
    """The statement that one follows, as it was issued."""

    made: IssuedStatement
    kept: Statement

    @property
    def number(self) -> str:
        return self.made.number

    def late(
        self, connection: Connection, asked: AsKnown, accounts: Iterable[Account] = OF_BALANCES
    ) -> list[BalanceChange]:
        """What was posted into its months, or those before, since it was issued."""
        until = self.made.period.last
        return changes_after(connection, self.made.last_entry_id, until, asked, accounts)


def issued_before(
    connection: Connection, kind: str, code: str, period: Period, asked: AsKnown
) -> Before | None:
    """The issued statement that this one follows: it ends where this one begins.

    One that was issued itself follows for ever what it followed then.
    """
    earlier = issued_statements(connection, kind, code, AsKnown(known_on=asked.known_on))
    made: IssuedStatement | None = None
    for one in earlier:
        if one.period == period:
            number = one.proposed.follows
            made = issued_statement(connection, number) if number is not None else None
            break
        if one.period.last == period.first.plus(-1):
            made = one
    return None if made is None else Before(made, statement_kept(kept_value(connection, made.id)))


def since(before: Before | None) -> Since | None:
    """Since when what is posted into earlier months is told in the statement that follows; None
    for one that follows none."""
    return None if before is None else Since(before.made.last_entry_id, before.made.issued_at)


def of_prior_period(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """Movements as lines of a prior period."""
    return tuple(replace(item, is_prior=True) for item in movements)
