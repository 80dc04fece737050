"""Which members have sent a ledger of a month, and whose declared spend has none to lie beside."""

from datetime import date, timedelta

from sqlalchemy import Connection, text

from levytool.ledger import registers
from levytool.periods import Month, Period

RUN_OVER = timedelta(days=7)
"""What a ledger of another month may hold of this one, at its edge, without being this one's."""


def members_covered(connection: Connection, month: Month) -> frozenset[str]:
    """Members with lines in a ledger that is live and is of the month: it reaches into it, and does
    not only run over from the month before or after, as ledgers do by an invoice or two."""
    first, last = month.first_day, month.last_day
    return _codes(
        connection,
        "SELECT DISTINCT l.member_id FROM member_ledger m JOIN member_line l ON l.ledger_id = m.id "
        "WHERE m.state = 'live' AND m.first_day <= :last AND m.last_day >= :first "
        "AND NOT (m.first_day < :first AND m.last_day < :begun) "
        "AND NOT (m.last_day > :last AND m.first_day > :ending)",
        {
            "first": first.isoformat(),
            "last": last.isoformat(),
            "begun": (first + RUN_OVER).isoformat(),
            "ending": (last - RUN_OVER).isoformat(),
        },
    )


def ledgers_span(connection: Connection) -> Period | None:
    """The months from the first line of a live ledger to the last; None without one."""
    query = "SELECT MIN(first_day), MAX(last_day) FROM member_ledger WHERE state = 'live'"
    first, last = connection.execute(text(query)).one()
    if first is None:
        return None
    return Period(*(Month.of(date.fromisoformat(str(day)[:10])) for day in (first, last)))


def members_declared(connection: Connection, month: Month) -> frozenset[str]:
    """Members with lines in a return for the month that is staged or accepted."""
    return _codes(
        connection,
        "SELECT DISTINCT l.member_id FROM levy_return r "
        "JOIN declaration_line l ON l.return_id = r.id "
        "WHERE r.state IN ('staged', 'accepted') AND r.period = :month",
        {"month": str(month)},
    )


def _codes(connection: Connection, query: str, values: dict[str, str]) -> frozenset[str]:
    codes = registers.all_codes(connection)
    return frozenset(codes[row[0]] for row in connection.execute(text(query), values))
