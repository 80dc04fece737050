"""The tables of members' own purchase ledgers (domain §3.6: declarations beside them)."""

import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from levytool.ledger.database.tables import Text


def _number() -> Any:
    return Field(sa_type=BigInteger, nullable=False)


def _text() -> Any:
    return Field(sa_type=Text, nullable=False)


def _blank_text() -> Any:
    return Field(sa_type=Text, nullable=False, sa_column_kwargs={"server_default": ""})


class MemberLedger(SQLModel, table=True):
    """A file of a member's purchase ledger as it was recorded (`M-000001`); live or withdrawn."""

    __tablename__ = "member_ledger"
    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    file_id: int = _number()
    state: str = _text()
    lines: int = _number()
    net_pence: int = _number()
    first_day: datetime.date
    last_day: datetime.date


class MemberLine(SQLModel, table=True):
    """One line of a member's own purchase ledger (`M-000001/9`).

    Kept as `declaration_line` is: indexes are built in one sort, `member_id` is part of each so
    that the table can be distributed by member, and `key_hash` is what a declaration of the same
    would have. `framework_id` is 0 where the ledger names none.
    """

    __tablename__ = "member_line"
    __table_args__ = (
        Index("uq_member_line_place", "ledger_id", "line_no", "member_id", unique=True),
        Index("ix_member_line_key", "member_id", "key_hash"),
    )
    __mapper_args__: ClassVar[Any] = {"primary_key": ("ledger_id", "line_no", "member_id")}
    ledger_id: int = _number()
    line_no: int = _number()
    member_id: int = _number()
    row_no: int = _number()
    contractor_id: int = _number()
    framework_id: int = _number()
    date: datetime.date
    period: str = _text()
    net_pence: int = _number()
    lot: str = _blank_text()
    call_off: str = _blank_text()
    invoice: str = _blank_text()
    credits: str = _blank_text()
    description: str = _blank_text()
    kept: str = _blank_text()
    key_hash: int = _number()
