"""Many rows at once, by the fastest way each database has: executemany, or COPY."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection


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
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        else:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    finally:
        cursor.close()


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
