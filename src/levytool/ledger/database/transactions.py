"""Transactions on an open ledger: one snapshot for a reader, one writer at a time.

SQLite lets one writer in by itself. On PostgreSQL every writer first locks the one row that each
ledger has, that of `alembic_version`. Behind it a writer is alone: READ COMMITTED shows it all
that was stored before and nothing changes under it, so that numbers have no gaps, the hash chain
no forks, and nothing has to be tried again. Readers wait for nobody.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from levytool.problems import InputRejected, LevytoolError, RuleRefused, UsageError

REVISION = "0007"
"""The schema this levytool reads and writes: the newest revision in `migrations/`."""

BUSY_TIMEOUT_MS = 30_000

_TOO_LARGE = "22003"
_LOCK_NOT_AVAILABLE = "55P03"
_DISK_FULL = "53100"
_OVERTAKEN = ("40001", "40P01")
"""Serialization failure and deadlock: what stands in the way has nothing to do with levytool."""


class Ledger:
    """An open ledger. Reads see one snapshot; a write is one transaction, kept or rolled back.

    `place` is what messages call it.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self.engine = engine
        self.place = place

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading: everything seen belongs to one state of the books."""
        with self._told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *, dry_run: bool = False) -> Iterator[Connection]:
        """One write transaction; a dry run takes the same path and rolls it back.

        Raises RuleRefused when someone else writes for longer than the busy timeout.
        """
        with self._told(), self.engine.connect() as connection:
            transaction = begin_writing(connection)
            try:
                found = connection.scalar(text("SELECT version_num FROM alembic_version"))
                if found != REVISION:
                    raise InputRejected(newer(self.place))
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

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database says of other writers and of itself, as a person can act on it."""
        try:
            yield
        except Exception as error:
            refusal = _refusal(error, self.place)
            if refusal is None:
                raise
            raise refusal from error


def only_read_from_here(connection: Connection) -> None:
    """Have PostgreSQL refuse whatever this transaction would still write, temporary tables too.

    SQLite's file is opened so, where it is only read (`open_to_read`).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))


def newer(place: str) -> str:
    """What is wrong where the schema is of a later levytool, and what to do."""
    return f"{place} was written by a newer levytool; install that version to open it"


def begin_writing(connection: Connection) -> Any:
    """Begin the transaction of a writer, alone from here to its end."""
    if connection.dialect.name == "sqlite":
        return connection.execution_options(levytool_writes=True).begin()
    connection.execution_options(isolation_level="READ COMMITTED")
    transaction = connection.begin()
    connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}"))
    connection.execute(text("SELECT version_num FROM alembic_version FOR UPDATE"))
    return transaction


def _refusal(error: Exception, place: str) -> LevytoolError | None:
    """The refusal that an error of the database stands for; None for any other error.

    Bulk rows go through the driver's own cursor, so errors come bare and wrapped.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    too_large = isinstance(error, OverflowError) and "too large to convert to SQLite" in str(error)
    if too_large or state == _TOO_LARGE:
        return UsageError("a number is larger than any ledger holds; write a smaller one")
    locked = isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)
    if locked or state == _LOCK_NOT_AVAILABLE:
        return RuleRefused(f"{place} is being written by someone else; try again in a moment")
    full = isinstance(cause, sqlite3.OperationalError) and "disk is full" in str(cause)
    if full or state == _DISK_FULL:
        return LevytoolError(
            f"no room is left on the disk of {place}, and nothing was stored; make room, then give "
            "the command again"
        )
    if state in _OVERTAKEN:
        return RuleRefused(
            f"another transaction on {place} stood in the way, and nothing was stored; "
            "give the command again"
        )
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return LevytoolError(
            f"the connection to {place} was lost; look whether it is done, then give the command "
            f"again ({cause})"
        )
    return None
