"""Which lines of the two sides the database settles by itself: what both say alike, once each.

First by the hash of the whole key, merging two indexes. Then, among what is left, by invoice
number, net, member and contractor, where framework and call-off contradict nothing and the dates
lie in one month, with no change of rates between them: so a ledger that names no framework, or is
dated a few days later, is settled too without a line of it coming into Python. What is left over
stands in `odd_key`.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, text

from levytool.ledger.database.bulk import insert_rows, is_sqlite
from levytool.ledger.parties import registers

IN_FORCE = "('staged', 'accepted')"
"""The states of returns that declare something."""

TABLES = ("declaration_line", "member_line")

_KEYS = "SELECT member_id, key_hash FROM {table}"
_BEYOND = f"{_KEYS.format(table='{one}')} EXCEPT {_KEYS.format(table='{other}')} ORDER BY 1, 2"
_NOT_IN_FORCE = (
    "SELECT l.member_id, l.key_hash FROM levy_return r CROSS JOIN declaration_line l "
    f"WHERE r.state NOT IN {IN_FORCE} AND r.lines > 0 AND l.return_id = r.id",
    "SELECT l.member_id, l.key_hash FROM member_ledger m CROSS JOIN member_line l "
    "WHERE m.state <> 'live' AND l.ledger_id = m.id",
)

_ONCE = """
    CREATE TEMP TABLE {name} AS
    SELECT l.member_id, {contractor} AS contractor_id, l.invoice, l.net_pence,
        MIN({framework}) AS framework_id, MIN(l.call_off) AS call_off, MIN(l.date) AS day,
        MIN(l.key_hash) AS key_hash, MIN({holder}) AS holder_id
    FROM odd_key o CROSS JOIN {table} l CROSS JOIN {holders} h
    WHERE l.member_id = o.member_id AND l.key_hash = o.key_hash AND l.invoice <> ''
        AND h.id = {holder} AND h.state IN {states}
    GROUP BY l.member_id, {contractor}, l.invoice, l.net_pence HAVING COUNT(*) = 1
"""
_ONCE_DECLARED = _ONCE.format(
    name="once_declared",
    contractor="h.contractor_id",
    framework="h.framework_id",
    holder="l.return_id",
    table="declaration_line",
    holders="levy_return",
    states=IN_FORCE,
)
_ONCE_RECORDED = _ONCE.format(
    name="once_recorded",
    contractor="l.contractor_id",
    framework="l.framework_id",
    holder="l.ledger_id",
    table="member_line",
    holders="member_ledger",
    states="('live')",
)

_SETTLED = """
    CREATE TEMP TABLE settled AS
    SELECT d.member_id, d.holder_id AS return_id, d.key_hash AS declared_key,
        m.key_hash AS recorded_key, CASE WHEN d.day = m.day THEN 1 ELSE 0 END AS same_day
    FROM once_declared d JOIN once_recorded m ON m.member_id = d.member_id
        AND m.contractor_id = d.contractor_id AND m.invoice = d.invoice
        AND m.net_pence = d.net_pence
    WHERE m.framework_id IN (0, d.framework_id)
        AND (m.call_off = d.call_off OR m.call_off = '' OR d.call_off = '')
        AND {month_of_d} = {month_of_m} AND {days_apart} <= {window_days}
        AND NOT EXISTS (SELECT 1 FROM named_key n WHERE n.member_id = d.member_id
            AND n.key_hash IN (d.key_hash, m.key_hash)){at_one_rate}
"""


_AT_ONE_RATE = """
        AND NOT (d.framework_id = {framework_id}
            AND (d.day < '{change}' AND m.day >= '{change}'
                OR m.day < '{change}' AND d.day >= '{change}'))"""


def note_odd_keys(
    connection: Connection,
    named: Iterable[tuple[str, int]],
    window_days: int,
    rate_changes: Mapping[str, Collection[date]],
) -> None:
    """Fill `odd_key` with the keys of lines that are not settled, and `settled` with the pairs that
    only their invoice number brought together.

    `named` are never settled: a person has said something about them. Nor is a pair on either side
    of a change of its framework's rates (`rate_changes`, by code).
    """
    for table in ("odd_key", "named_key", "once_declared", "once_recorded", "settled"):
        connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    for table in ("odd_key", "named_key"):
        connection.execute(
            text(
                f"CREATE TEMP TABLE {table} (member_id BIGINT, key_hash BIGINT, "
                "PRIMARY KEY (member_id, key_hash))"
            )
        )
    _note_lone_and_equal(connection)
    for query in _NOT_IN_FORCE:
        _add_odd(connection, query)
    ids = registers.register(connection, registers.MEMBER).ids
    wanted = {(ids[member], key_hash) for member, key_hash in named if member in ids}
    insert_rows(connection, "named_key", ("member_id", "key_hash"), sorted(wanted))
    _add_odd(connection, _KEYS.format(table="named_key"))
    _settle(connection, window_days, _at_one_rate(connection, rate_changes))


def _at_one_rate(connection: Connection, rate_changes: Mapping[str, Collection[date]]) -> str:
    """The further condition; '' where no rates change within a month, as is usual: other changes
    never lie between two days of one month."""
    ids = registers.register(connection, registers.FRAMEWORK).ids
    return "".join(
        _AT_ONE_RATE.format(framework_id=ids[code], change=day.isoformat())
        for code, days in sorted(rate_changes.items())
        for day in days
        if day.day > 1 and code in ids
    )


_UNLIKE = """
    SELECT d.member_id, d.key_hash FROM declaration_line d
    JOIN levy_return r ON r.id = d.return_id
    JOIN member_line m ON m.member_id = d.member_id AND m.key_hash = d.key_hash
    WHERE d.net_pence <> m.net_pence OR d.invoice <> m.invoice OR d.call_off <> m.call_off
        OR d.date <> m.date OR d.description <> m.description
        OR r.contractor_id <> m.contractor_id OR r.framework_id <> m.framework_id
"""


def note_unlike_keys(connection: Connection) -> None:
    """Add to `odd_key` the keys whose lines have one hash and say different things."""
    _add_odd(connection, _UNLIKE)


def _settle(connection: Connection, window_days: int, at_one_rate: str) -> None:
    """Take out of `odd_key` what an invoice number settles."""
    connection.exec_driver_sql(_ONCE_DECLARED)
    connection.exec_driver_sql(_ONCE_RECORDED)
    connection.execute(
        text(
            "CREATE INDEX ix_once_recorded ON once_recorded "
            "(member_id, contractor_id, invoice, net_pence)"
        )
    )
    month, apart = "substr({}, 1, 7)", "ABS(julianday(d.day) - julianday(m.day))"
    if not is_sqlite(connection):
        month, apart = "to_char({}, 'YYYY-MM')", "ABS(d.day - m.day)"
    connection.exec_driver_sql(
        _SETTLED.format(
            month_of_d=month.format("d.day"),
            month_of_m=month.format("m.day"),
            days_apart=apart,
            window_days=int(window_days),
            at_one_rate=at_one_rate,
        )
    )
    for key in ("declared_key", "recorded_key"):
        connection.exec_driver_sql(
            "DELETE FROM odd_key WHERE (member_id, key_hash) IN "
            f"(SELECT member_id, {key} FROM settled)"
        )


def settled_by_invoice(connection: Connection) -> list[tuple[int, str, int]]:
    """How many pairs an invoice number settled on different days: member, reporting period, count.

    Asked after `note_odd_keys`, in the same transaction.
    """
    rows = connection.execute(
        text(
            "SELECT s.member_id, r.period, COUNT(*) FROM settled s JOIN levy_return r "
            "ON r.id = s.return_id WHERE s.same_day = 0 GROUP BY s.member_id, r.period"
        )
    )
    return [(int(member), str(period), int(count)) for member, period, count in rows]


def _note_lone_and_equal(connection: Connection) -> None:
    """Add the keys that only one side has, and those that stand twice on a side.

    To count the different keys costs a third of finding those that stand twice, and need be done of
    one side only: the other has as many, but for what only one of them has.
    """
    beyond = []
    for one, other in (TABLES, TABLES[::-1]):
        before = _count(connection, "odd_key")
        _add_odd(connection, _BEYOND.format(one=one, other=other))
        beyond.append(_count(connection, "odd_key") - before)
    declared, recorded = (_KEYS.format(table=table) for table in TABLES)
    different = _count(connection, f"({declared.replace('SELECT', 'SELECT DISTINCT')}) q")
    both = different - beyond[0]
    for table, keys, own in zip(TABLES, (declared, recorded), beyond, strict=True):
        if _count(connection, table) != both + own:
            _add_odd(connection, f"{keys} GROUP BY member_id, key_hash HAVING COUNT(*) > 1")


def _count(connection: Connection, rows: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT COUNT(*) FROM {rows}").scalar_one())


def _add_odd(connection: Connection, query: str) -> None:
    connection.exec_driver_sql(
        f"INSERT INTO odd_key SELECT member_id, key_hash FROM ({query}) q WHERE true "
        "ON CONFLICT DO NOTHING"
    )
