"""The journal as rows (contract, `ledger balances`, `ledger journal`)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from levytool.accounts import CHART, Account
from levytool.desk.office import Office
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.balances import Balance, balances
from levytool.ledger.journal.journal_rows import journal_rows
from levytool.money import format_pence
from levytool.periods import Period


def list_balances(office: Office, asked: AsKnown = NOW) -> list[dict[str, Any]]:
    """Balances by account and dimension: debit less credit."""
    with office.reading() as connection:
        return balance_rows(connection, asked)


def balance_rows(connection: Connection, asked: AsKnown = NOW) -> list[dict[str, Any]]:
    """The same within a transaction that somebody else holds."""
    return [_balance_row(row) for row in balances(connection, asked)]


def trial_balance(office: Office, asked: AsKnown = NOW) -> tuple[list[dict[str, Any]], int]:
    """The balances as a person reads them: those that are not nil, with their totals last, and how
    many are nil."""
    with office.reading() as connection:
        every = balances(connection, asked)
    shown = [row for row in every if row.balance_pence]
    rows = [_balance_row(row) for row in shown]
    if every:
        debit_pence = sum(row.debit_pence for row in shown)
        credit_pence = sum(row.credit_pence for row in shown)
        total = {"account": "total", "name": "", "dimension": ""}
        rows.append(total | _amounts(debit_pence, credit_pence))
    return rows, len(every) - len(shown)


def _balance_row(row: Balance) -> dict[str, Any]:
    return {
        "account": row.account,
        "name": CHART[Account(row.account)].name,
        "dimension": row.dimension,
        **_amounts(row.debit_pence, row.credit_pence),
    }


def _amounts(debit_pence: int, credit_pence: int) -> dict[str, str]:
    return {
        "debit": format_pence(debit_pence),
        "credit": format_pence(credit_pence),
        "balance": format_pence(debit_pence - credit_pence),
    }


def list_journal(
    office: Office, period: Period | None = None, asked: AsKnown = NOW
) -> Iterator[dict[str, Any]]:
    """Every posting, two rows a transfer, all or of the months the effective dates lie in.

    `reporting_period` is the month that an entry belongs to, where it is tagged with one: of what
    came late an earlier one than its `period`.
    """
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
                    "reporting_period": row.reporting_period,
                }
