"""The table of participants' records: pseudonymous, one row a record (domain §3.7)."""

import datetime
from typing import Any

from sqlalchemy import BigInteger, SmallInteger
from sqlmodel import Field, SQLModel

from levytool.ledger.database.tables import Text


def _text() -> Any:
    return Field(sa_type=Text, nullable=False)


class ParticipantRecord(SQLModel, table=True):
    """One record of a participant (`PR-000001`), or the taking back of one that it `withdraws`.

    See `rules.outcomes.Record` for the columns. The digest of its own journal entry covers the row;
    who recorded it when stands in that entry.
    """

    __tablename__ = "participant_record"
    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    participant: str = Field(sa_type=Text, nullable=False, index=True)
    scheme: str = _text()
    step: str = _text()
    day: datetime.date
    until: datetime.date | None
    hours: int | None = Field(sa_type=BigInteger, nullable=True)
    title: str = _text()
    role: str = _text()
    reason: str = _text()
    target_group: str = _text()
    completed: int = Field(sa_type=SmallInteger, nullable=False)
    withdraws: int | None = Field(sa_type=BigInteger, nullable=True)
    entry_id: int = Field(sa_type=BigInteger, nullable=False)
