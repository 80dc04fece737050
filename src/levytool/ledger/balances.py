"""Balances of the journal's accounts, as at one day and as known on another."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account


class Balance(NamedTuple):
    """Totals of one account and dimension, in pence."""

    account: str
    dimension: str
    debit_pence: int
    credit_pence: int

    @property
    def balance_pence(self) -> int:
        """Debit less credit."""
        return self.debit_pence - self.credit_pence


def balances(
    connection: Connection, *, as_at: date | None = None, known_on: date | None = None
) -> list[Balance]:
    """Every account and dimension with postings, in order.

    `as_at` counts entries effective by that day, `known_on` those posted by the end of it.
    """
    where, values = when(as_at, known_on)
    rows = connection.execute(
        text(
            "SELECT account, dimension, CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT) "
            "FROM (SELECT t.debit_account AS account, t.debit_dimension AS dimension, "
            "t.amount_pence AS debit, 0 AS credit FROM journal_transfer t "
            f"JOIN journal_entry e ON e.id = t.entry_id {where} "
            "UNION ALL SELECT t.credit_account, t.credit_dimension, 0, t.amount_pence "
            f"FROM journal_transfer t JOIN journal_entry e ON e.id = t.entry_id {where}) AS legs "
            "GROUP BY account, dimension ORDER BY account, dimension"
        ),
        values,
    )
    return [Balance(*row) for row in rows]


def when(as_at: date | None, known_on: date | None) -> tuple[str, dict[str, str]]:
    """The SQL condition on entries `e` of an as-at day and an as-known day, with its values."""
    parts, values = [], {}
    if as_at is not None:
        parts.append("e.effective <= :as_at")
        values["as_at"] = as_at.isoformat()
    if known_on is not None:
        parts.append("substr(e.posted, 1, 10) <= :known_on")
        values["known_on"] = known_on.isoformat()
    return ("WHERE " + " AND ".join(parts) if parts else ""), values


def credit_balances(
    connection: Connection,
    account: Account,
    *,
    as_at: date | None = None,
    known_on: date | None = None,
) -> dict[str, int]:
    """Credit less debit of one account by dimension, in pence."""
    return {
        row.dimension: -row.balance_pence
        for row in balances(connection, as_at=as_at, known_on=known_on)
        if row.account == account.value
    }
