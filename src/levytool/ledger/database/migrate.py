"""Bringing a ledger's schema up to date. The revisions ship inside the package."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from levytool.ledger.database.transactions import begin_writing


def _script_location() -> Path:
    """The revisions: inside an installed package, else at the top of a source checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_script_location()).replace("%", "%%"))
    return config


def is_known(revision: str) -> bool:
    """Whether this levytool has the revision; one it lacks was made by a newer levytool."""
    script = ScriptDirectory.from_config(_config())
    return revision in {known.revision for known in script.walk_revisions()}


def upgrade(engine: Engine) -> None:
    """Run the revisions that are missing: on SQLite each in a transaction of its own, on
    PostgreSQL all in one that waits for its turn as every writer does."""
    config = _config()
    waits = engine.dialect.name != "sqlite" and inspect(engine).has_table("alembic_version")
    with engine.connect().execution_options(levytool_writes=True) as connection:
        if waits:
            begin_writing(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
