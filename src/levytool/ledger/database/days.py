"""Days as raw queries give them back."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.ledger.database.bulk import is_sqlite


def day_of(stored: date | str) -> date:
    """A stored day: PostgreSQL gives a date back, SQLite the ISO text that it keeps."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


def day_column(connection: Connection, column: str) -> str:
    """The SQL of a stored day as ISO text, for queries that read too many to turn each."""
    return column if is_sqlite(connection) else f"to_char({column}, 'YYYY-MM-DD')"


def day_text(value: Any) -> Any:
    """A stored value with a day as ISO text, as SQLite gives it; any other value as it is."""
    return value.isoformat() if isinstance(value, date) else value
