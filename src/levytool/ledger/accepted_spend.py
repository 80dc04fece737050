"""Accepted spend summed by return, payer, member and call-off: what obligations are counted on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
class ScopeSpend:
    """Levyable spend in force, by codes."""

    framework: str
    member: str
    call_off: str
    contractor: str
    base_pence: int


def add_sums(connection: Connection, sums: Iterable[SpendSum]) -> None:
    """Store what newly accepted returns sum to."""
    insert_rows(connection, "accepted_spend", SpendSum._fields, sums)


def levyable_spend(
    connection: Connection, frameworks: Sequence[str], as_at: str | None = None
) -> list[ScopeSpend]:
    """Cumulative levyable spend of returns in force on these frameworks, by scope columns.

    `as_at` (ISO) counts returns whose acceptance was effective by that day.
    """
    rows = connection.execute(
        text(
            "SELECT f.code, m.code, s.call_off, c.code, CAST(SUM(s.base_pence) AS BIGINT) "
            "FROM accepted_spend s JOIN levy_return r ON r.id = s.return_id "
            "AND r.state = 'accepted' "
            "JOIN party f ON f.id = r.framework_id JOIN party m ON m.id = s.member_id "
            "JOIN party c ON c.id = r.contractor_id "
            "GROUP BY f.code, m.code, s.call_off, c.code ORDER BY 1, 2, 3, 4"
        )
    )
    wanted = set(frameworks)
    return [ScopeSpend(*row) for row in rows if row[0] in wanted]
