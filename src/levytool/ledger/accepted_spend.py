"""Accepted spend summed by return, payer, member and call-off: what obligations are counted on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.bulk import insert_rows


class SpendSum(NamedTuple):
    """One row: a return's lines of one payer kind, member and call-off."""

    return_id: int
    member_pays: int
    member_id: int
    call_off: str
    lines: int
    net_pence: int
    base_pence: int
    levy_micropence: int
    levy_pence: int


@dataclass(frozen=True, slots=True)
class ReturnSpend:
    """Levyable spend of one return in force, by codes."""

    return_id: int
    framework: str
    member: str
    call_off: str
    contractor: str
    base_pence: int


def add_sums(connection: Connection, sums: Iterable[SpendSum]) -> None:
    """Store what newly accepted returns sum to."""
    insert_rows(connection, "accepted_spend", SpendSum._fields, sums)


def spend_of_returns(
    connection: Connection, frameworks: Sequence[str], as_at: date | None = None
) -> dict[int, list[ReturnSpend]]:
    """Levyable spend of the accepted returns of these frameworks, by return.

    `as_at` leaves out returns that took effect after that day.
    """
    until = "AND r.effective <= :as_at " if as_at is not None else ""
    rows = connection.execute(
        text(
            "SELECT s.return_id, f.code, m.code, s.call_off, c.code, s.base_pence "
            "FROM accepted_spend s JOIN levy_return r ON r.id = s.return_id "
            f"AND r.state = 'accepted' {until}"
            "JOIN party f ON f.id = r.framework_id JOIN party m ON m.id = s.member_id "
            "JOIN party c ON c.id = r.contractor_id "
            "ORDER BY s.return_id, m.code, s.call_off"
        ),
        {"as_at": as_at.isoformat()} if as_at is not None else {},
    )
    wanted = set(frameworks)
    found: dict[int, list[ReturnSpend]] = {}
    for row in rows:
        if row[1] in wanted:
            found.setdefault(row[0], []).append(ReturnSpend(*row))
    return found
