"""The one place that opens the database: what is a ledger, and what is none."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, DBAPIError

from levytool.extras import MissingExtra
from levytool.ledger.database.places import missing_file, shown, url_of
from levytool.ledger.database.transactions import BUSY_TIMEOUT_MS, REVISION, Ledger, newer
from levytool.problems import InputRejected, LevytoolError, UsageError

PAGE_CACHE_KIB = 32_768
CONNECT_SECONDS = 10


def create_ledger(place: str) -> tuple[Ledger, bool]:
    """Make (or find) a ledger at `place`; True when it was made now.

    Raises InputRejected when something that is no ledger stands there, UsageError when none can
    be made.
    """
    name, engine = shown(place), _engine(place)
    made = False
    with _closed_if_refused(engine, name):
        existing = inspect(engine).get_table_names()
        if existing and "alembic_version" not in existing:
            raise InputRejected(
                f"{name} holds a database that is not a ledger; choose another place"
            )
        if existing:
            _check_revision(engine, name)
        else:
            _check_encoding(engine, name)
            made = _made(engine, name)
        _write_ahead(engine)
    return Ledger(engine, name), made


def open_ledger(place: str) -> Ledger:
    """Open the ledger at `place`.

    Raises UsageError when there is none or it cannot be reached, InputRejected when what stands
    there is no ledger or was made by a newer levytool.
    """
    name = shown(place)
    if missing_file(url_of(place)):
        raise UsageError(_none_at(name))
    engine = _engine(place)
    with _closed_if_refused(engine, name):
        _check_revision(engine, name)
        _write_ahead(engine)
    return Ledger(engine, name)


def open_to_read(place: str) -> Ledger:
    """Open the ledger at `place` and never write to it: SQLite's file read-only; on PostgreSQL
    nothing is ever committed, and see `only_read_from_here`.

    Raises as `open_ledger` does, and UsageError for one that an older levytool made, since
    bringing it up to date would write.
    """
    name, url = shown(place), url_of(place)
    if missing_file(url):
        raise UsageError(_none_at(name))
    engine = _engine(place, read_only=True)
    with _closed_if_refused(engine, name):
        if _revision(engine) != REVISION:
            _check_readable(engine, name)
    return Ledger(engine, name)


def _check_readable(engine: Engine, name: str) -> None:
    """Say what is wrong with a ledger whose schema is not this levytool's."""
    from levytool.ledger.database import migrate  # alembic is heavy, and only wanted here

    found = _revision(engine)
    if found is None:
        raise InputRejected(f"{name} is not a ledger; choose another place")
    if not migrate.is_known(found):
        raise InputRejected(newer(name))
    raise UsageError(f"{name} was made by an older levytool; open it once with: levytool check")


@contextmanager
def _closed_if_refused(engine: Engine, name: str) -> Iterator[None]:
    """Let go of what is no ledger, and tell what the database says of it in our words."""
    try:
        yield
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DBAPIError):
            raise _unopened(error, engine, name) from error
        raise


def _write_ahead(engine: Engine) -> None:
    """Let readers and a writer work side by side.

    SQLite keeps it in the file, so it is asked for once the file is known to be ours: another
    program's database stays as it is, to the last byte.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.close()


def _none_at(name: str) -> str:
    return f"there is no ledger at {name}; make one with: levytool init"


def _unopened(error: DBAPIError, engine: Engine, name: str) -> LevytoolError:
    """Why a database cannot be opened: what SQLite finds in a file is no ledger, else the server
    or the call is at fault."""
    if engine.dialect.name == "sqlite" and "not a database" in str(error.orig):
        return InputRejected(f"{name} is not a ledger: {error.orig}")
    return UsageError(f"{name} cannot be opened: {error.orig}")


def _engine(place: str, *, read_only: bool = False) -> Engine:
    url = url_of(place)
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(_to_read(url) if read_only else url)
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
    try:
        return create_engine(url, isolation_level="REPEATABLE READ")
    except ImportError as error:
        raise MissingExtra(f"{shown(place)}", "postgres") from error


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"autocommit": sqlite3.LEGACY_TRANSACTION_CONTROL}
        if hasattr(sqlite3, "LEGACY_TRANSACTION_CONTROL")
        else {},
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _to_read(url: URL) -> URL:
    """The same file, which SQLite itself then refuses to write."""
    path = Path(url.database or "").absolute().as_uri()
    return url.set(database=path).update_query_dict({"mode": "ro", "uri": "true"})


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN, not the driver
    cursor = connection.cursor()
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{PAGE_CACHE_KIB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a read that later turned into a write could fail half-way.
    writes = connection.get_execution_options().get("levytool_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_encoding(engine: Engine, name: str) -> None:
    """Refuse a PostgreSQL database that cannot hold every text a file may bring."""
    if engine.dialect.name == "sqlite":
        return
    with engine.connect() as connection:
        encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise UsageError(
            f"{name} keeps text as {encoding}; make the ledger in a database created with "
            "ENCODING 'UTF8'"
        )


def _made(engine: Engine, name: str) -> bool:
    """Make the tables; False where someone else made them at the same time."""
    from levytool.ledger.database import migrate  # alembic is heavy, and only wanted here

    try:
        migrate.upgrade(engine)
    except DatabaseError as error:
        if _revision(engine) == REVISION:
            return False
        raise UsageError(f"a ledger cannot be made at {name}: {error.orig}") from error
    return True


def _revision(engine: Engine) -> str | None:
    """The schema of what stands there; None where it is no ledger."""
    if not {"levy_return", "alembic_version"} <= set(inspect(engine).get_table_names()):
        return None
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found)


def _check_revision(engine: Engine, name: str) -> None:
    found = _revision(engine)
    if found == REVISION:
        return
    if found is None:
        if inspect(engine).get_table_names():
            raise InputRejected(f"{name} is not a ledger; choose another place")
        raise UsageError(_none_at(name))
    from levytool.ledger.database import migrate  # alembic is heavy, and only wanted here

    if not migrate.is_known(found):
        raise InputRejected(newer(name))
    migrate.upgrade(engine)
