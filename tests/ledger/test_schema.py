"""The tables declared and the tables that migrating makes are the same ones."""

import re
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from levytool.ledger.database import migrate, tables_member_ledger
from levytool.ledger.database.opening import create_ledger
from levytool.ledger.database.tables import APPEND_ONLY
from levytool.ledger.database.transactions import REVISION


def _differences(place: str) -> list[object]:
    ledger, _made = create_ledger(place)
    with ledger.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_object": lambda _o, name, kind, *_: kind != "table"
                  or name != "alembic_version"},
        )  # fmt: skip
        assert tables_member_ledger.MemberLine.metadata is SQLModel.metadata
        found = list(compare_metadata(context, SQLModel.metadata))
    ledger.close()
    return found


def test_the_code_asks_for_the_newest_revision() -> None:
    script = ScriptDirectory.from_config(migrate._config())
    assert script.get_heads() == [REVISION]
    assert migrate.is_known(REVISION)
    assert not migrate.is_known("9999")


def test_the_migrated_schema_is_the_declared_one(tmp_path: Path) -> None:
    assert _differences(str(tmp_path / "books.db")) == []


def test_the_migrated_schema_is_the_declared_one_on_postgresql(postgres_ledger: str) -> None:
    assert _differences(postgres_ledger) == []


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of everything that migrating makes on SQLite, by name."""
    path = tmp_path_factory.mktemp("schema") / "books.db"
    ledger, _made = create_ledger(str(path))
    ledger.close()
    with sqlite3.connect(path) as connection:
        found = dict(
            connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        )
    connection.close()
    return found


def test_whatever_only_grows_has_both_its_triggers(schema: dict[str, str]) -> None:
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            assert f"{table} is append-only" in schema[f"{table}_refuses_{act}"]
    triggers = [name for name, sql in schema.items() if sql.startswith("CREATE TRIGGER")]
    assert len(triggers) == 2 * len(APPEND_ONLY)


def test_every_amount_is_checked_to_be_a_whole_number(schema: dict[str, str]) -> None:
    unchecked = [
        f"{name}.{column}"
        for name, sql in schema.items()
        if sql.startswith("CREATE TABLE")
        for column in re.findall(r"\t(\w+_(?:pence|micropence|ppm)) ", sql)
        if f"{column}_whole" not in sql
    ]
    assert unchecked == []
