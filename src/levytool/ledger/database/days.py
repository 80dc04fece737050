"""Days as raw queries give them back."""

from datetime import date


def day_of(stored: date | str) -> date:
    """A stored day: PostgreSQL gives a date back, SQLite the ISO text that it keeps."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)
