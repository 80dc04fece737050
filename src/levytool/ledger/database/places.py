"""What `--ledger` names: a SQLite file or the URL of a PostgreSQL database, and how it is shown."""

import re
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from levytool.problems import UsageError

_SECRET = re.compile("password|secret|token", re.IGNORECASE)


def is_url(place: str) -> bool:
    """Whether a place is a URL; anything else is a path."""
    return "://" in place


def missing_file(url: URL) -> bool:
    """Whether a URL is of a SQLite file that does not exist."""
    return bool(url.drivername == "sqlite" and url.database and not Path(url.database).exists())


def shown(place: str) -> str:
    """A place as messages name it: without any password."""
    if not is_url(place):
        return place
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        return re.sub("://.*@", "://***@", place, flags=re.DOTALL)
    hidden = {name: "***" for name in url.query if _SECRET.search(name)}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def url_of(place: str) -> URL:
    """The URL of a place. A URL that names no driver gets the one that levytool uses.

    Raises UsageError for a URL that is none, or is of another database.
    """
    if not is_url(place):
        return URL.create("sqlite", database=place)
    try:
        url = make_url(place)
    except (ArgumentError, ValueError) as error:
        raise UsageError(
            f"{shown(place)} is neither a file nor a database URL; write the URL as "
            "postgresql+psycopg://USER@HOST/DATABASE"
        ) from error
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise UsageError(
            f"{shown(place)}: levytool keeps ledgers in SQLite and PostgreSQL only; write the URL "
            "as postgresql+psycopg://USER@HOST/DATABASE"
        )
    return url
