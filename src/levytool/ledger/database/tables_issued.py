"""The table of statements that were issued: each kept as it was (domain §3.9)."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from levytool.ledger.database.tables import Text


def _number(nullable: bool = False) -> Any:
    return Field(sa_type=BigInteger, nullable=nullable)


def _text() -> Any:
    return Field(sa_type=Text, nullable=False)


class IssuedStatement(SQLModel, table=True):
    """An issued statement (`ST-000001`).

    `value` is what all its forms are written from and `forms` JSON of the SHA-256 of each form as
    it was written then; `figures_hash` stands on its face. `follows` is the statement whose closing
    balance it opens with, `last_entry_id` the last entry it knows of. The digest of its own journal
    entry covers all of this.
    """

    __tablename__ = "issued_statement"
    __table_args__: ClassVar[Any] = (Index("ix_issued_statement_subject", "kind", "code"),)
    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = _text()
    code: str = _text()
    first_period: str = _text()
    last_period: str = _text()
    follows: int | None = _number(nullable=True)
    last_entry_id: int = _number()
    opening_pence: int = _number()
    closing_pence: int = _number()
    figures_hash: str = _text()
    value: str = _text()
    value_sha256: str = _text()
    forms: str = _text()
    prepared_by: str = _text()
    prepared_at: str = _text()
    issued_by: str = _text()
    issued_at: str = _text()
    entry_id: int = _number()
