"""Default charges as stored: documents that belong to no return, since it did not come.

Each is an invoice for a contractor, framework and reporting period; the credit note that reverses
it belongs to no return either. So the latest document of the three tells whether a charge stands.
"""

from sqlalchemy import Connection, text

from levytool.ledger.documents.documents import INVOICE, NO_RETURN, OF_INTEREST, posted
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.periods import Month, Period
from levytool.rules.expected import ReturnFor


def standing_charges(
    connection: Connection, period: Period | None = None, asked: AsKnown = NOW
) -> dict[ReturnFor, str]:
    """The number of each default charge that was not reversed, by what it was charged for."""
    where = "" if period is None else "AND period BETWEEN :first AND :last "
    values = {} if period is None else {"first": str(period.first), "last": str(period.last)}
    rows = connection.execute(
        text(
            "SELECT payer, framework, period, kind, number FROM document "
            f"WHERE return_id = {NO_RETURN} AND {posted(asked)} {where}ORDER BY id"
        ),
        values,
    )
    standing: dict[ReturnFor, str] = {}
    for payer, framework, month, kind, number in rows:
        key = (payer, framework, Month.parse(month))
        if kind == INVOICE:
            standing[key] = number
        else:
            del standing[key]
    return standing


def charged_by_month(connection: Connection, span: Period) -> dict[ReturnFor, int]:
    """What contractors were charged for returns, net in pence, credit notes taken off."""
    rows = connection.execute(
        text(
            "SELECT payer, framework, period, CAST(SUM(CASE WHEN kind = 'invoice' THEN net_pence "
            "ELSE -net_pence END) AS BIGINT) FROM document WHERE payer_kind = 'contractor' "
            f"AND return_id NOT IN ({NO_RETURN}, {OF_INTEREST}) "
            "AND period BETWEEN :first AND :last "
            "GROUP BY payer, framework, period"
        ),
        {"first": str(span.first), "last": str(span.last)},
    )
    return {(row[0], row[1], Month.parse(row[2])): int(row[3]) for row in rows}
