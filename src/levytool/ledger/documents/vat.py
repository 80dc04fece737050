"""VAT on documents by tax point, and what moved on the VAT control account (2500)."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, text

from levytool.accounts import Account
from levytool.journal import Kind
from levytool.ledger.documents.documents import OF_OPENING
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.periods import Period


class OutputVat(NamedTuple):
    """Documents at one rate (None: outside the scope); amounts in pence, credit notes negative."""

    rate_ppm: int | None
    documents: int
    net_pence: int
    vat_pence: int


def output_vat(connection: Connection, period: Period, asked: AsKnown = NOW) -> list[OutputVat]:
    """Documents by the rate of VAT, highest first, whose tax point lies in a period.

    The VAT of those that an opening file brought was reported before.
    """
    sign = "CASE WHEN d.kind = 'invoice' THEN 1 ELSE -1 END"
    rows = connection.execute(
        text(
            "SELECT vat_rate_ppm, COUNT(*), "
            f"CAST(SUM({sign} * net_pence) AS BIGINT), CAST(SUM({sign} * vat_pence) AS BIGINT) "
            "FROM document d JOIN journal_entry e ON e.id = d.entry_id "
            f"WHERE date BETWEEN :first AND :last AND d.return_id <> {OF_OPENING} "
            f"AND {asked.entry()} "
            "GROUP BY vat_rate_ppm ORDER BY COALESCE(vat_rate_ppm, -1) DESC"
        ),
        {"first": period.first.first_day.isoformat(), "last": period.last.last_day.isoformat()},
    )
    return [OutputVat(*row) for row in rows]


def vat_posted(connection: Connection, period: Period, asked: AsKnown = NOW) -> dict[str, int]:
    """What was credited to 2500 in a period by effective date, less debits, by kind of event.

    A reversal counts under the kind of the entry that it undoes.
    """
    rows = connection.execute(
        text(
            "SELECT COALESCE(o.kind, e.kind), CAST(SUM("
            "CASE WHEN t.credit_account = :vat THEN t.amount_pence ELSE 0 END "
            "- CASE WHEN t.debit_account = :vat THEN t.amount_pence ELSE 0 END) AS BIGINT) "
            "FROM journal_transfer t JOIN journal_entry e ON e.id = t.entry_id "
            "LEFT JOIN journal_entry o ON o.id = e.reverses "
            f"WHERE e.period BETWEEN :first AND :last AND {asked.entry()} "
            "AND (t.credit_account = :vat OR t.debit_account = :vat) "
            "GROUP BY COALESCE(o.kind, e.kind) ORDER BY 1"
        ),
        {
            "vat": Account.VAT_CONTROL.value,
            "first": str(period.first),
            "last": str(period.last),
        },
    )
    return {str(kind): int(pence) for kind, pence in rows}


def standing_relief(connection: Connection, numbers: Sequence[str]) -> dict[int, int]:
    """Bad-debt relief claimed on documents and not taken back: entry and VAT in pence."""
    query = text(
        "SELECT e.id, t.amount_pence FROM journal_entry e "
        "JOIN journal_transfer t ON t.entry_id = e.id "
        f"WHERE e.kind = '{Kind.VAT_RELIEF}' AND e.reference IN :numbers AND NOT EXISTS "
        "(SELECT 1 FROM journal_entry r WHERE r.reverses = e.id) ORDER BY e.id"
    ).bindparams(bindparam("numbers", expanding=True))
    return {int(row[0]): int(row[1]) for row in connection.execute(query, {"numbers": numbers})}
