"""Many rows at once: what comes out is what went in, whatever the rows have in common."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from levytool.ledger.database.bulk import (
    ROWS_A_STATEMENT,
    ROWS_AT_ONCE,
    insert_columns,
    insert_rows,
)
from levytool.ledger.database.opening import create_ledger

COLUMNS = ("id", "pence", "words", "perhaps")
TABLE = "CREATE TEMP TABLE bulk (id INTEGER, pence INTEGER, words TEXT, perhaps TEXT)"


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path: Path = tmp_path_factory.mktemp("bulk") / "books.db"
    ledger, _made = create_ledger(str(path))
    with ledger.reading() as opened:
        opened.exec_driver_sql(TABLE)
        yield opened
    ledger.close()


def stored(connection: Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute(text("SELECT * FROM bulk ORDER BY rowid")).all()
    connection.exec_driver_sql("DELETE FROM bulk")
    return [tuple(row) for row in rows]


def column(values: st.SearchStrategy[Any], count: int) -> st.SearchStrategy[list[Any]]:
    """One value throughout, one but for a row, or any values."""
    same = values.map(lambda value: [value] * count)
    but_one = st.tuples(values, values, st.integers(0, max(0, count - 1))).map(
        lambda told: [told[1] if at == told[2] else told[0] for at in range(count)]
    )
    return st.one_of(same, but_one, st.lists(values, min_size=count, max_size=count))


counts = st.integers(1, 3 * ROWS_A_STATEMENT + 1)
tables = counts.flatmap(
    lambda count: st.tuples(
        column(st.integers(-(10**12), 10**12), count),
        column(st.integers(-1, 1), count),
        column(st.text("ab'?1", max_size=3), count),
        column(st.none() | st.just("x"), count),
    )
)


@given(table=tables)
def test_rows_come_back_as_they_were_given(connection, table):
    rows = list(zip(*table, strict=True))
    insert_rows(connection, "bulk", COLUMNS, rows)
    assert stored(connection) == rows
    insert_columns(connection, "bulk", dict(zip(COLUMNS, table, strict=True)))
    assert stored(connection) == rows


@pytest.mark.parametrize("count", [ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 33])
def test_more_rows_than_one_run_holds(connection, count):
    """What one run has in common the next may not: the words change between them."""
    rows = [(at, 7, "early" if at < ROWS_AT_ONCE else "late", None) for at in range(count)]
    insert_rows(connection, "bulk", COLUMNS, iter(rows))
    assert stored(connection) == rows
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    insert_columns(connection, "bulk", columns)
    assert stored(connection) == rows


def test_no_rows_are_no_statement(connection):
    insert_rows(connection, "bulk", COLUMNS, [])
    insert_columns(connection, "bulk", dict.fromkeys(COLUMNS, ()))
    assert stored(connection) == []
