"""What schemes' drawdowns took from whom, as their statements list it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.reports.statement_facts import Since
from levytool.periods import Period


class Draw(NamedTuple):
    """A source's part of what one drawdown paid out of a scheme, in pence; negative where one that
    was taken back put it in again."""

    day: date
    entry_id: int
    payee: str
    reference: str
    source: str
    amount_pence: int


def draws(
    connection: Connection,
    scheme: str,
    period: Period,
    asked: AsKnown,
    since: Since | None = None,
) -> list[Draw]:
    """What was drawn from a scheme in a period, by day, entry and source; with `since`, what was
    posted since then into the months before it too."""
    late = " OR e.period < :first AND e.id > :after" if since else ""
    told = {"after": since.entry_id} if since else {}
    rows = connection.execute(
        text(
            "SELECT e.effective, e.id, s.payee, s.reference, s.source, -s.amount_pence "
            "FROM scheme_movement s JOIN journal_entry e ON e.id = s.entry_id "
            "WHERE s.scheme = :scheme AND s.kind = 'draw' "
            f"AND (e.period BETWEEN :first AND :last{late}) AND {asked.entry()} ORDER BY 1, 2, 5"
        ),
        {"scheme": scheme, "first": str(period.first), "last": str(period.last), **told},
    )
    return [Draw(day_of(row[0]), *row[1:]) for row in rows]
