"""The table of what an opening file brings that no other table holds (contract, `ledger open`)."""

from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from levytool.ledger.database.tables import Text


def _number() -> Any:
    return Field(sa_type=BigInteger, nullable=False)


def _text() -> Any:
    return Field(sa_type=Text, nullable=False)


class OpeningSpendRow(SQLModel, table=True):
    """Cumulative levyable spend up to the cut-off, and the places it has had.

    Obligations count on from it. `row_no` is its line in the file; a place that is verified is
    one that nothing more is paid for.
    """

    __tablename__ = "opening_spend"
    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    row_no: int = _number()
    framework: str = _text()
    member: str = _text()
    call_off: str = _text()
    contractor: str = _text()
    base_pence: int = _number()
    delivered: int = _number()
    verified: int = _number()
    entry_id: int = _number()
