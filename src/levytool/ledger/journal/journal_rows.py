"""The journal's transfers as they are stored, each with its entry."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, text

from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.periods import Period


def journal_rows(
    connection: Connection, period: Period | None = None, asked: AsKnown = NOW
) -> Iterator[Row[Any]]:
    """Every transfer in order of entry, all or of the months the effective dates lie in."""
    of_period = "AND e.period BETWEEN :first AND :last" if period else ""
    values = {"first": str(period.first), "last": str(period.last)} if period else {}
    yield from connection.execute(
        text(
            "SELECT e.id, e.posted, e.effective, e.period, e.kind, e.narrative, e.hash, "
            "e.reporting_period, t.debit_account, t.debit_dimension, "
            "t.credit_account, t.credit_dimension, t.amount_pence "
            "FROM journal_entry e JOIN journal_transfer t "
            f"ON t.entry_id = e.id WHERE {asked.entry()} {of_period} ORDER BY e.id, t.position"
        ),
        values,
    )
