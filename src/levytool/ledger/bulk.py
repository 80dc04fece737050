"""Many rows at once, by the fastest way each database has: executemany, or COPY."""

from collections.abc import Iterable, Sequence
from itertools import chain, groupby, islice
from typing import Any

from sqlalchemy import Connection

ROWS_A_STATEMENT = 32


def is_sqlite(connection: Connection) -> bool:
    """Whether the ledger is the embedded default."""
    return connection.dialect.name == "sqlite"


def insert_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of plain values in the order of `columns`.

    Dates are ISO text on the way in: SQLite keeps them so, PostgreSQL reads them as DATE.
    """
    names = ", ".join(columns)
    cursor: Any = connection.connection.cursor()
    try:
        if is_sqlite(connection):
            _insert_groups(cursor, f"{table} ({names})", len(columns), rows)
        else:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    finally:
        cursor.close()


def _insert_groups(cursor: Any, place: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
    """Many rows a statement: each statement run costs as much as binding five values.

    Where a row is refused, FAIL leaves those before it for the transaction to roll back, and
    saves SQLite a journal for the statement.
    """
    row = f"({', '.join('?' * width)})"
    values = chain.from_iterable(rows)
    grouped = iter(lambda: tuple(islice(values, width * ROWS_A_STATEMENT)), ())
    for size, group in groupby(grouped, len):
        marks = ", ".join([row] * (size // width))
        cursor.executemany(f"INSERT OR FAIL INTO {place} VALUES {marks}", group)


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
