"""Many rows at once, by the fastest way each database has: executemany, or COPY."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, text

ROWS_A_STATEMENT = 32
ROWS_AT_ONCE = 128 * ROWS_A_STATEMENT

SORTED_KIB = 8_192
"""SQLite sorts as much at once as its page cache holds: what fits the processor's sorts faster."""

IDS_AT_ONCE = 10_000
"""Ids that one query names: a statement can hold only so many."""

REBUILD_FROM = 50_000
"""Rows from which on building the indexes anew is worth its while."""


def is_sqlite(connection: Connection) -> bool:
    """Whether the ledger is the embedded default."""
    return connection.dialect.name == "sqlite"


def rows_by_ids(
    connection: Connection,
    query: str,
    ids: Iterable[int],
    values: Mapping[str, Any] | None = None,
) -> list[Sequence[Any]]:
    """The rows of a query for its `:ids`, asked for some ids at a time: its order holds within
    those alone."""
    wanted = sorted(set(ids))
    bound = text(query).bindparams(bindparam("ids", expanding=True))
    found: list[Sequence[Any]] = []
    for first in range(0, len(wanted), IDS_AT_ONCE):
        some = {"ids": wanted[first : first + IDS_AT_ONCE]}
        found += connection.execute(bound, {**(values or {}), **some}).all()
    return found


def insert_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of plain values in the order of `columns`.

    Dates are ISO text on the way in: SQLite keeps them so, PostgreSQL reads them as DATE.
    """
    place = _place(table, columns)
    cursor: Any = connection.connection.cursor()
    try:
        if is_sqlite(connection):
            ahead = iter(rows)
            while some := list(itertools.islice(ahead, ROWS_AT_ONCE)):
                _insert_values(cursor, place, [*zip(*some, strict=True)])
        else:
            with cursor.copy(f"COPY {place} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    finally:
        cursor.close()


def insert_columns(
    connection: Connection, table: str, columns: Mapping[str, Sequence[Any]]
) -> None:
    """Insert rows given by column, all of one length: `insert_rows` for a great many."""
    if not is_sqlite(connection):
        insert_rows(connection, table, tuple(columns), zip(*columns.values(), strict=True))
        return
    place, count = _place(table, columns), len(next(iter(columns.values())))
    cursor: Any = connection.connection.cursor()
    try:
        for first in range(0, count, ROWS_AT_ONCE):
            some = [column[first : first + ROWS_AT_ONCE] for column in columns.values()]
            _insert_values(cursor, place, some)
    finally:
        cursor.close()


def insert_indexed(
    connection: Connection,
    table: str,
    indexes: Mapping[str, str],
    runs: Iterable[Mapping[str, Sequence[Any]]],
    count: int,
) -> None:
    """Insert some `count` rows in runs, each by column, into a table with these `indexes`.

    Where they outnumber the rows there are, SQLite's indexes are built anew afterwards: one sort
    costs half of a million insertions all over an index. An index is what stands behind CREATE,
    with {} for its name.
    """
    rebuild = (
        is_sqlite(connection) and count > REBUILD_FROM and count > _last_row(connection, table)
    )
    if rebuild:
        for name in indexes:
            connection.exec_driver_sql(f"DROP INDEX {name}")
    for run in runs:
        insert_columns(connection, table, run)
    if rebuild:
        held = connection.exec_driver_sql("PRAGMA cache_size").scalar()
        connection.exec_driver_sql(f"PRAGMA cache_size=-{SORTED_KIB}")
        for name, definition in indexes.items():
            connection.exec_driver_sql("CREATE " + definition.format(name))
        connection.exec_driver_sql(f"PRAGMA cache_size={held}")


def _last_row(connection: Connection, table: str) -> int:
    found = connection.exec_driver_sql(f"SELECT COALESCE(MAX(rowid), 0) FROM {table}")
    return int(found.scalar() or 0)


def _place(table: str, columns: Iterable[str]) -> str:
    return f"{table} ({', '.join(columns)})"


def _insert_values(cursor: Any, place: str, columns: Sequence[Sequence[Any]]) -> None:
    """Insert rows that are given by column, many a statement.

    To run a statement costs as much as five values, and to hand over a value as much as to store
    it: what all the rows share is handed over once a statement.
    """
    many = len(columns[0]) > ROWS_A_STATEMENT
    # Never the first: there are as many rows as it has values.
    shared = (False, *(many and _is_one_value(column) for column in columns[1:]))
    same = [column[0] for column, is_shared in zip(columns, shared, strict=True) if is_shared]
    own = [column for column, is_shared in zip(columns, shared, strict=True) if not is_shared]
    values: list[Any] = [None] * (len(own) * len(columns[0]))
    for position, column in enumerate(own):
        values[position :: len(own)] = column
    step = len(own) * ROWS_A_STATEMENT
    whole = len(values) - len(values) % step
    groups = (same + values[start : start + step] for start in range(0, whole, step))
    cursor.executemany(_insert(place, shared, ROWS_A_STATEMENT), groups)
    if rest := values[whole:]:
        cursor.execute(_insert(place, shared, len(rest) // len(own)), same + rest)


def _is_one_value(column: Sequence[Any]) -> bool:
    first = column[0]
    return bool(first == column[-1] and column.count(first) == len(column))


@cache
def _insert(place: str, shared: tuple[bool, ...], rows: int) -> str:
    """The statement for so many rows, whose `shared` columns are bound once, before all others.

    Where a row is refused, FAIL leaves those before it for the transaction to roll back, and
    saves SQLite a journal for the statement.
    """
    numbers = itertools.count(1)
    bound = [next(numbers) if is_shared else None for is_shared in shared]
    told = [", ".join(f"?{number or next(numbers)}" for number in bound) for _row in range(rows)]
    return f"INSERT OR FAIL INTO {place} VALUES " + ", ".join(f"({row})" for row in told)


def update_rows(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    key: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Set `columns` of the rows with the given `key`; a row's values are columns, then key."""
    mark = "?" if is_sqlite(connection) else "%s"
    changes = ", ".join(f"{name} = {mark}" for name in columns)
    where = " AND ".join(f"{name} = {mark}" for name in key)
    cursor: Any = connection.connection.cursor()
    try:
        cursor.executemany(f"UPDATE {table} SET {changes} WHERE {where}", rows)
    finally:
        cursor.close()
