"""The one place that opens the database: connections, transactions, and what is no ledger."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from levytool.problems import InputRejected, RuleRefused, UsageError

REVISION = "0001"
"""The schema this levytool reads and writes: the newest revision in `migrations/`."""

BUSY_TIMEOUT_MS = 30_000
PAGE_CACHE_KIB = 65_536


class Ledger:
    """An open ledger. Reads see one snapshot; a write is one transaction, kept or rolled back."""

    def __init__(self, engine: Engine, place: str) -> None:
        self.engine = engine
        self.place = place

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading: everything seen belongs to one state of the books."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *, dry_run: bool = False) -> Iterator[Connection]:
        """One write transaction; a dry run takes the same path and rolls it back."""
        with self.engine.connect().execution_options(levytool_writes=True) as connection:
            try:
                transaction = connection.begin()
            except OperationalError as error:
                raise _busy_or(error, self.place) from error
            try:
                yield connection
            except BaseException:
                transaction.rollback()
                raise
            if dry_run:
                transaction.rollback()
            else:
                transaction.commit()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _busy_or(error: OperationalError, place: str) -> Exception:
    if "locked" in str(error.orig):
        return RuleRefused(f"{place} is being written by someone else; try again in a moment")
    return error


def url_of(place: str) -> str:
    """The SQLAlchemy URL of what `--ledger` names: a URL as it stands, else a SQLite file."""
    return place if "://" in place else f"sqlite:///{place}"


def _engine(place: str) -> Engine:
    try:
        url = make_url(url_of(place))
    except ArgumentError as error:
        raise UsageError(f"{place} is neither a file nor a database URL") from error
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url, isolation_level="REPEATABLE READ")
        except ModuleNotFoundError as error:
            raise UsageError(
                f"{place} needs the driver {error.name}; install levytool[postgres]"
            ) from error
    engine = create_engine(
        url,
        connect_args={"autocommit": sqlite3.LEGACY_TRANSACTION_CONTROL}
        if hasattr(sqlite3, "LEGACY_TRANSACTION_CONTROL")
        else {},
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN, not the driver
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{PAGE_CACHE_KIB}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a read that later turned into a write could fail half-way.
    writes = connection.get_execution_options().get("levytool_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def create_ledger(place: str) -> tuple[Ledger, bool]:
    """Make (or find) a ledger at `place`; True when it was made now.

    Raises InputRejected when something that is no ledger stands there.
    """
    engine = _engine(place)
    try:
        existing = inspect(engine).get_table_names()
    except DatabaseError as error:
        raise InputRejected(f"{place} is not a ledger: {error.orig}") from error
    if existing and "alembic_version" not in existing:
        raise InputRejected(f"{place} holds a database that is not a ledger; choose another place")
    if not existing:
        from levytool.ledger import migrate

        migrate.upgrade(engine)
        return Ledger(engine, place), True
    _check_revision(engine, place)
    return Ledger(engine, place), False


def open_ledger(place: str) -> Ledger:
    """Open the ledger at `place`.

    Raises UsageError when there is none, InputRejected when what stands there is no ledger or
    was made by a newer levytool.
    """
    if "://" not in place and not Path(place).exists():
        raise UsageError(f"there is no ledger at {place}; make one with: levytool init")
    engine = _engine(place)
    try:
        _check_revision(engine, place)
    except OperationalError as error:
        raise UsageError(f"{place} cannot be opened: {error.orig}") from error
    except DatabaseError as error:
        raise InputRejected(f"{place} is not a ledger: {error.orig}") from error
    return Ledger(engine, place)


def _check_revision(engine: Engine, place: str) -> None:
    if not inspect(engine).has_table("levy_return"):
        raise InputRejected(f"{place} is not a ledger; make one with: levytool init")
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found == REVISION:
        return
    from levytool.ledger import migrate  # alembic is heavy, and only wanted here

    if not migrate.is_known(found):
        raise InputRejected(
            f"{place} was written by a newer levytool; install that version to open it"
        )
    migrate.upgrade(engine)
