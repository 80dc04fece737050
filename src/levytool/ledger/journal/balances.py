"""Balances of the journal's accounts, as at one day and as known on another."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.journal import Kind
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown


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
    connection: Connection, asked: AsKnown = NOW, only: Account | None = None
) -> list[Balance]:
    """Every account and dimension with postings, or one account's, in order, as the books stand or
    stood."""
    where = asked.entry() + (" AND t.{side}_account = :account" if only else "")
    rows = connection.execute(
        text(
            "SELECT account, dimension, CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT) "
            "FROM (SELECT t.debit_account AS account, t.debit_dimension AS dimension, "
            "t.amount_pence AS debit, 0 AS credit FROM journal_transfer t "
            f"JOIN journal_entry e ON e.id = t.entry_id WHERE {where.format(side='debit')} "
            "UNION ALL SELECT t.credit_account, t.credit_dimension, 0, t.amount_pence "
            "FROM journal_transfer t JOIN journal_entry e ON e.id = t.entry_id "
            f"WHERE {where.format(side='credit')}) AS legs "
            "GROUP BY account, dimension ORDER BY account, dimension"
        ),
        {"account": only.value if only else None},
    )
    return [Balance(*row) for row in rows]


def credit_balances(
    connection: Connection, account: Account, asked: AsKnown = NOW
) -> dict[str, int]:
    """Credit less debit of one account by dimension, in pence."""
    return {row.dimension: -row.balance_pence for row in balances(connection, asked, account)}


def first_days(connection: Connection) -> dict[str, date]:
    """The day of the first entry of each dimension, what opened the books aside."""
    rows = connection.execute(
        text(
            "SELECT dimension, MIN(effective) FROM (SELECT t.debit_dimension AS dimension, "
            "e.effective AS effective FROM journal_transfer t "
            "JOIN journal_entry e ON e.id = t.entry_id WHERE e.kind <> :opening "
            "UNION ALL SELECT t.credit_dimension, e.effective FROM journal_transfer t "
            "JOIN journal_entry e ON e.id = t.entry_id WHERE e.kind <> :opening) AS legs "
            "GROUP BY dimension"
        ),
        {"opening": Kind.OPENING.value},
    )
    return {row[0]: day_of(row[1]) for row in rows}
