"""Which members have sent a ledger of a month, and whose declared spend has none to lie beside."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from sqlalchemy import Connection, bindparam, text

from levytool.ledger.database.days import day_of
from levytool.ledger.parties import registers
from levytool.periods import Month, Period

RUN_OVER = timedelta(days=14)
"""How far a ledger of another month may reach into this one without being this one's, with fewer
than one in `OF_LINES` of its lines."""

OF_LINES = 10

_OTHER_LEDGER = text(
    "SELECT 1 FROM member_ledger WHERE state = 'live' "
    "AND (first_day < :first OR last_day > :last) LIMIT 1"
)


def members_covered(connection: Connection, month: Month) -> frozenset[str]:
    """Members with lines in a ledger that is live and is of the month: it reaches into it, and does
    not only run over from the month before or after, as ledgers do by an invoice or two."""
    numbers = ", ".join(str(number) for number in _ledgers_of(connection, month))
    if not numbers:
        return frozenset()
    # Each member's lines are looked up by its own index (`+` keeps SQLite to it): the first that is
    # there tells, where to collect the members of all lines would read every line.
    query = (
        "SELECT p.id FROM party p WHERE p.kind = 'member' AND EXISTS (SELECT 1 FROM member_line l "
        f"WHERE l.member_id = p.id AND +l.ledger_id IN ({numbers}))"
    )
    return _codes(connection, query, {})


def members_with_ledger(
    connection: Connection, period: Period, members: Collection[str]
) -> frozenset[str]:
    """Which of the members have a live ledger of some month of the period, or a line of it in any
    live ledger, or a ledger of another month that what is declared for the period is dated in."""
    numbers = {number for month in period.months() for number in _ledgers_of(connection, month)}
    reaching = ", ".join(map(str, sorted(numbers))) or "0"
    withdrawn = connection.scalars(text("SELECT id FROM member_ledger WHERE state <> 'live'"))
    gone = ", ".join(map(str, withdrawn)) or "0"
    # `+` as above: by each member's own index, to the first of its lines that tells.
    query = text(
        "SELECT p.code FROM party p WHERE p.kind = 'member' AND p.code IN :members AND EXISTS ("
        f"SELECT 1 FROM member_line l WHERE l.member_id = p.id AND (+l.ledger_id IN ({reaching}) "
        f"OR (l.period BETWEEN :first AND :last AND +l.ledger_id NOT IN ({gone}))))"
    ).bindparams(bindparam("members", expanding=True))
    within = {
        "first": period.first.first_day.isoformat(),
        "last": period.last.last_day.isoformat(),
    }
    named = {"members": sorted(members), "first": str(period.first), "last": str(period.last)}
    found = frozenset(connection.scalars(query, named))
    if found.issuperset(members) or connection.scalar(_OTHER_LEDGER, within) is None:
        return found
    asked_for = ledgers_asked_for(connection, period)
    others = {month for month, _member in asked_for} - set(map(str, period.months()))
    covered = {month: members_covered(connection, Month.parse(month)) for month in others}
    beside = {member for month, member in asked_for if member in covered.get(month, ())}
    return found | beside.intersection(members)


def _ledgers_of(connection: Connection, month: Month) -> Iterator[int]:
    first, last = month.first_day, month.last_day
    within = {"first": first.isoformat(), "last": last.isoformat()}
    found = connection.execute(
        text(
            "SELECT id, lines, first_day, last_day FROM member_ledger "
            "WHERE state = 'live' AND first_day <= :last AND last_day >= :first"
        ),
        within,
    ).all()
    for number, lines, *days in found:
        begins, ends = map(day_of, days)
        runs_over = (begins < first and ends < first + RUN_OVER) or (
            ends > last and begins > last - RUN_OVER
        )
        if runs_over:
            own = connection.execute(
                text(
                    "SELECT COUNT(*) FROM member_line WHERE ledger_id = :ledger "
                    "AND date >= :first AND date <= :last"
                ),
                within | {"ledger": number},
            ).scalar_one()
            if own * OF_LINES < lines:
                continue
        yield number


def ledgers_span(connection: Connection) -> Period | None:
    """The months from the first line of a live ledger to the last; None without one."""
    query = "SELECT MIN(first_day), MAX(last_day) FROM member_ledger WHERE state = 'live'"
    first, last = connection.execute(text(query)).one()
    if first is None:
        return None
    return Period(Month.of(day_of(first)), Month.of(day_of(last)))


def ledgers_asked_for(connection: Connection, period: Period) -> frozenset[tuple[str, str]]:
    """The months and members of the ledgers that would have what returns for the period declare
    that are staged or accepted: the months of its lines' dates."""
    codes = registers.all_codes(connection)
    found = connection.execute(
        # CROSS JOIN holds SQLite to this order: the period's returns, and their lines alone.
        text(
            "SELECT DISTINCT l.member_id, l.date FROM levy_return r CROSS JOIN declaration_line l "
            "WHERE l.return_id = r.id AND r.state IN ('staged', 'accepted') "
            "AND r.period BETWEEN :first AND :last"
        ),
        {"first": str(period.first), "last": str(period.last)},
    )
    return frozenset((str(Month.of(day_of(day))), codes[member]) for member, day in found)


def _codes(connection: Connection, query: str, values: dict[str, str]) -> frozenset[str]:
    codes = registers.all_codes(connection)
    return frozenset(codes[row[0]] for row in connection.execute(text(query), values))
