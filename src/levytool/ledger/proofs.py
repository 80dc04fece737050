"""The other side of each control account: what the sub-ledgers sum to."""

import json
from typing import Any

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.ledger.documents import PREFIX
from levytool.ledger.returns import return_number
from levytool.money import format_pence


def _sums(connection: Connection, query: str, **values: Any) -> dict[str, int]:
    return {str(key): int(pence) for key, pence in connection.execute(text(query), values)}


def entry_count(connection: Connection) -> int:
    """How many entries the journal holds."""
    return int(connection.scalar(text("SELECT COUNT(*) FROM journal_entry")) or 0)


def has_accepted(connection: Connection) -> bool:
    """Whether any return was accepted."""
    found = connection.scalar(
        text("SELECT 1 FROM levy_return WHERE accepted_at IS NOT NULL LIMIT 1")
    )
    return found is not None


def missing_numbers(connection: Connection) -> list[str]:
    """Gaps in the series of document numbers, in words."""
    missing = []
    for prefix in PREFIX.values():
        count, last = connection.execute(
            text("SELECT COUNT(*), MAX(number) FROM document WHERE number LIKE :like"),
            {"like": f"{prefix}-%"},
        ).one()
        if count and int(last.removeprefix(f"{prefix}-")) != count:
            missing.append(f"{count} of {prefix}, the last being {last}")
    return missing


def open_documents(connection: Connection) -> dict[str, int]:
    """What is open on documents by payer, credit notes negative."""
    return _sums(
        connection,
        "SELECT d.payer, CAST(SUM(CASE WHEN d.kind = 'invoice' THEN 1 ELSE -1 END * "
        "(d.net_pence + d.vat_pence - COALESCE(a.settled, 0) - COALESCE(c.settled, 0))) AS BIGINT) "
        "FROM document d "
        "LEFT JOIN (SELECT document_id, SUM(amount_pence) AS settled FROM allocation "
        "GROUP BY document_id) a ON a.document_id = d.id "
        "LEFT JOIN (SELECT credit_document_id, SUM(amount_pence) AS settled FROM allocation "
        "GROUP BY credit_document_id) c ON c.credit_document_id = d.id GROUP BY d.payer",
    )


def bank_lines(connection: Connection) -> dict[str, int]:
    """Every bank line ever imported, by bank account."""
    return _sums(
        connection,
        "SELECT account, CAST(SUM(amount_pence) AS BIGINT) FROM bank_line GROUP BY account",
    )


def unidentified_lines(connection: Connection) -> dict[str, int]:
    """What of the bank's lines nobody has explained, by bank account.

    What was identified is a magnitude in the line's own direction.
    """
    return _sums(
        connection,
        "SELECT l.account, CAST(SUM(l.amount_pence - COALESCE(i.amount, 0) "
        "* CASE WHEN l.amount_pence < 0 THEN -1 ELSE 1 END) AS BIGINT) "
        "FROM bank_line l LEFT JOIN (SELECT bank_line_id, SUM(amount_pence) AS amount "
        "FROM bank_identification GROUP BY bank_line_id) i ON i.bank_line_id = l.id "
        "GROUP BY l.account",
    )


def provision(connection: Connection) -> dict[str, int]:
    """Provision by member, from the layers."""
    rows = connection.execute(text("SELECT by_member FROM provision_movement"))
    totals: dict[str, int] = {}
    for (by_member,) in rows:
        for member, pence in json.loads(by_member).items():
            totals[member] = totals.get(member, 0) + pence
    return totals


def cohorts(connection: Connection) -> dict[str, int]:
    """Pots by member, from their cohorts."""
    return _sums(
        connection,
        "SELECT member, CAST(SUM(amount_pence) AS BIGINT) FROM pot_movement GROUP BY member",
    )


def scheme_funds(connection: Connection) -> dict[str, int]:
    """Scheme funds by scheme and source."""
    return _sums(
        connection,
        "SELECT scheme || '/' || source, CAST(SUM(amount_pence) AS BIGINT) "
        "FROM scheme_movement GROUP BY scheme, source",
    )


def unequal_returns(connection: Connection) -> list[str]:
    """Accepted returns whose lines, documents and postings do not come to the same pence."""
    lines = _sums(
        connection,
        "SELECT l.return_id, CAST(SUM(l.levy_share_pence) AS BIGINT) FROM declaration_line l "
        "JOIN levy_return r ON r.id = l.return_id AND r.state = 'accepted' GROUP BY l.return_id",
    )
    returns = _sums(connection, "SELECT id, levy_pence FROM levy_return WHERE state = 'accepted'")
    documents = _sums(
        connection,
        "SELECT d.return_id, CAST(SUM(CASE WHEN d.kind = 'invoice' THEN d.net_pence "
        "ELSE -d.net_pence END) AS BIGINT) FROM document d "
        "JOIN levy_return r ON r.id = d.return_id AND r.state = 'accepted' GROUP BY d.return_id",
    )
    posted = _posted_by_return(connection)
    wrong = []
    for key in sorted(returns, key=int):
        sides = {
            "lines": lines.get(key, 0),
            "documents": documents.get(key, 0),
            "postings": posted.get(key, 0),
        }
        if set(sides.values()) != {returns[key]}:
            told = ", ".join(f"{name} {format_pence(pence)}" for name, pence in sides.items())
            wrong.append(f"{return_number(int(key))}: {told}")
    return wrong


def _posted_by_return(connection: Connection) -> dict[str, int]:
    """What the documents' entries credit to members, by return."""
    accounts = (Account.LEVY_BILLED_NOT_RECEIVED.value, Account.LEVY_FUND.value)
    debtors = Account.LEVY_DEBTORS.value
    return _sums(
        connection,
        "SELECT d.return_id, CAST(SUM("
        "CASE WHEN t.debit_account = :debtors AND t.credit_account IN (:billed, :fund) "
        "THEN t.amount_pence "
        "WHEN t.credit_account = :debtors AND t.debit_account IN (:billed, :fund) "
        "THEN -t.amount_pence ELSE 0 END) AS BIGINT) "
        "FROM document d JOIN journal_transfer t ON t.entry_id = d.entry_id "
        "JOIN levy_return r ON r.id = d.return_id AND r.state = 'accepted' GROUP BY d.return_id",
        debtors=debtors,
        billed=accounts[0],
        fund=accounts[1],
    )


def unequal_spend(connection: Connection) -> list[str]:
    """Returns whose working sums are not those of their lines."""
    of_lines = _sums(
        connection,
        "SELECT return_id, CAST(SUM(base_pence) AS BIGINT) FROM declaration_line "
        "WHERE levy_share_pence IS NOT NULL GROUP BY return_id",
    )
    of_sums = _sums(
        connection,
        "SELECT return_id, CAST(SUM(base_pence) AS BIGINT) FROM accepted_spend GROUP BY return_id",
    )
    return [
        return_number(int(number))
        for number in sorted(of_lines.keys() | of_sums.keys(), key=int)
        if of_lines.get(number) != of_sums.get(number)
    ]
