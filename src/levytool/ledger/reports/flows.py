"""What moved between accounts, summed by the kind of event: the cumulative figures of reports."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.journal import Kind
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.opened import spend_brought
from levytool.ledger.parties import registers


class Flow(NamedTuple):
    """All transfers of one kind of event from one leg to another, in pence.

    A reversal counts under the kind of the entry that it undoes.
    """

    kind: str
    debit_account: str
    debit_dimension: str
    credit_account: str
    credit_dimension: str
    pence: int


def flows(
    connection: Connection, accounts: Collection[Account], asked: AsKnown = NOW
) -> list[Flow]:
    """Flows from or to any of `accounts`, as the books stand or stood."""
    names = ", ".join(f"'{account.value}'" for account in sorted(accounts))
    touching = f"(t.debit_account IN ({names}) OR t.credit_account IN ({names}))"
    rows = connection.execute(
        text(
            "SELECT COALESCE(o.kind, e.kind), t.debit_account, t.debit_dimension, "
            "t.credit_account, t.credit_dimension, CAST(SUM(t.amount_pence) AS BIGINT) "
            "FROM journal_transfer t JOIN journal_entry e ON e.id = t.entry_id "
            "LEFT JOIN journal_entry o ON o.id = e.reverses "
            f"WHERE {asked.entry()} AND {touching} "
            "GROUP BY COALESCE(o.kind, e.kind), t.debit_account, t.debit_dimension, "
            "t.credit_account, t.credit_dimension ORDER BY 1, 2, 3, 4, 5"
        )
    )
    return [Flow(*row) for row in rows]


def settled_by_member(connection: Connection, asked: AsKnown = NOW) -> dict[str, int]:
    """Net levy of each member that payments and credit notes have settled, in pence.

    Told alike whether pots are funded on receipt or on billing, where a receipt moves no levy.
    """
    rows = connection.execute(
        text(
            "SELECT s.member, CAST(SUM(s.net_pence) AS BIGINT) FROM allocation_share s "
            "JOIN allocation a ON a.id = s.allocation_id "
            "JOIN journal_entry e ON e.id = a.entry_id "
            "LEFT JOIN journal_entry o ON o.id = e.reverses "
            f"WHERE {asked.entry()} AND COALESCE(o.kind, e.kind) IN (:paid, :set_off) "
            "GROUP BY s.member ORDER BY s.member"
        ),
        {"paid": Kind.ALLOCATION.value, "set_off": Kind.SET_OFF.value},
    )
    return {row[0]: row[1] for row in rows}


def levied_frameworks(connection: Connection, asked: AsKnown = NOW) -> dict[str, list[str]]:
    """The frameworks in which each member has levied spend: whose documents add up to any levy, or
    that an opening file brought spend of."""
    rows = connection.execute(
        text(
            "SELECT s.member, d.framework FROM ("
            "SELECT entry_id, credit_dimension AS member, amount_pence AS pence "
            "FROM journal_transfer WHERE debit_account = :debtors AND credit_account IN (:b, :f) "
            "UNION ALL SELECT entry_id, debit_dimension, -amount_pence "
            "FROM journal_transfer WHERE credit_account = :debtors AND debit_account IN (:b, :f)"
            ") AS s JOIN journal_entry e ON e.id = s.entry_id "
            f"JOIN document d ON d.number = e.reference WHERE {asked.entry()} "
            "GROUP BY s.member, d.framework HAVING SUM(s.pence) <> 0 "
            "ORDER BY s.member, d.framework"
        ),
        {
            "debtors": Account.LEVY_DEBTORS.value,
            "b": Account.LEVY_BILLED_NOT_RECEIVED.value,
            "f": Account.LEVY_FUND.value,
        },
    )
    levied = {(member, framework) for member, framework in rows}
    frameworks = registers.register(connection, registers.FRAMEWORK).ids
    levied |= {
        (row.member, row.framework)
        for row in spend_brought(connection, frameworks, asked)
        if row.base_pence
    }
    found: dict[str, list[str]] = {}
    for member, framework in sorted(levied):
        found.setdefault(member, []).append(framework)
    return found
