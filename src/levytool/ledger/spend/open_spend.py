"""Accepted spend by contractor and month, as it is published (domain §3.10, open contracting)."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.periods import Month, Period


class PublishedSpend(NamedTuple):
    """What a contractor invoiced a member in a reporting period, in pence before VAT.

    `lines` is how many invoices and credit notes that is. `accepted_at` is the moment when the last
    of its returns was accepted.
    """

    period: Month
    framework: str
    contractor: str
    member: str
    net_pence: int
    lines: int
    accepted_at: str


def published_spend(connection: Connection, period: Period) -> list[PublishedSpend]:
    """The lines of the accepted returns of those months, summed, in order of month and codes.

    A corrected return counts as it was corrected to.
    """
    rows = connection.execute(
        text(
            "SELECT r.period, f.code, c.code, m.code, CAST(SUM(l.net_pence) AS BIGINT), "
            "COUNT(*), MAX(r.accepted_at) FROM levy_return r "
            "JOIN declaration_line l ON l.return_id = r.id JOIN party m ON m.id = l.member_id "
            "JOIN party f ON f.id = r.framework_id JOIN party c ON c.id = r.contractor_id "
            "WHERE r.state = 'accepted' AND r.period BETWEEN :first AND :last "
            "GROUP BY r.period, f.code, c.code, m.code ORDER BY 1, 2, 3, 4"
        ),
        {"first": str(period.first), "last": str(period.last)},
    )
    return [PublishedSpend(Month.parse(row[0]), *row[1:]) for row in rows]
