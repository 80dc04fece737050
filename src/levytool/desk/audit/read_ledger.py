"""The journal as rows (contract, `ledger balances`, `ledger journal`)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from levytool.accounts import CHART, Account
from levytool.desk.office import Office
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.balances import balances
from levytool.ledger.journal.journal_rows import journal_rows
from levytool.money import format_pence
from levytool.periods import Period


def list_balances(office: Office, asked: AsKnown = NOW) -> list[dict[str, Any]]:
    """Balances by account and dimension: debit less credit."""
    with office.reading() as connection:
        return balance_rows(connection, asked)


def balance_rows(connection: Connection, asked: AsKnown = NOW) -> list[dict[str, Any]]:
    """The same within a transaction that somebody else holds."""
    return [
        {
            "account": row.account,
            "name": CHART[Account(row.account)].name,
            "dimension": row.dimension,
            "debit": format_pence(row.debit_pence),
            "credit": format_pence(row.credit_pence),
            "balance": format_pence(row.balance_pence),
        }
        for row in balances(connection, asked)
    ]


def list_journal(
    office: Office, period: Period | None = None, asked: AsKnown = NOW
) -> Iterator[dict[str, Any]]:
    """Every posting, two rows a transfer, all or of the months the effective dates lie in."""
    with office.reading() as connection:
        for row in journal_rows(connection, period, asked):
            amount = format_pence(row.amount_pence)
            entry = {
                "entry": row.id,
                "posted": row.posted,
                "effective": str(row.effective),
                "period": row.period,
                "kind": row.kind,
                "narrative": row.narrative,
            }
            sides = (
                (row.debit_account, row.debit_dimension, amount, "0.00"),
                (row.credit_account, row.credit_dimension, "0.00", amount),
            )
            for account, dimension, debit, credit in sides:
                yield {
                    **entry,
                    "account": account,
                    "dimension": dimension,
                    "debit": debit,
                    "credit": credit,
                    "hash": row.hash,
                }
