"""The tables of what was handed to the finance system: each entry once to each (domain §3.10)."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from levytool.ledger.database.tables import Text


def _number() -> Any:
    return Field(sa_type=BigInteger, nullable=False)


def _text() -> Any:
    return Field(sa_type=Text, nullable=False)


class FinanceExport(SQLModel, table=True):
    """One export (`X-000001`): what it was of, and all that its files are made from.

    `last_entry_id` is the last entry there was, `book_id` the book in force; the manifest covers
    every file by its SHA-256, so that a second writing can be seen to be the same.
    """

    __tablename__ = "finance_export"
    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = _text()
    system: str = _text()
    first_period: str = _text()
    last_period: str = _text()
    entries: int = _number()
    last_entry_id: int = _number()
    book_id: int = _number()
    manifest_sha256: str = _text()
    exported_at: str = _text()
    exported_by: str = _text()


class ExportedEntry(SQLModel, table=True):
    """A journal entry that a system has been given: its key lets none be given twice."""

    __tablename__ = "exported_entry"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)
    system: str = Field(sa_type=Text, primary_key=True)
    entry_id: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    export_id: int = Field(sa_type=BigInteger, nullable=False, index=True)
