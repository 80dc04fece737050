"""Accepted spend summed by return, payer, member and call-off: what obligations are counted on."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.book.records import Scope
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


class ScopedSpend(NamedTuple):
    """Levyable spend in force of one obligation by one member, in pence.

    Codes that the scope does not use are ''; `period` is '' where periods are not told apart.
    """

    period: str
    framework: str
    scope_member: str
    call_off: str
    contractor: str
    member: str
    base_pence: int


_SCOPE_COLUMNS: dict[Scope, tuple[str, str, str]] = {
    "framework": ("''", "''", "''"),
    "framework-member": ("m.code", "''", "''"),
    "contractor": ("''", "''", "c.code"),
    "call-off": ("m.code", "s.call_off", "c.code"),
}


def add_sums(connection: Connection, sums: Iterable[SpendSum]) -> None:
    """Store what newly accepted returns sum to."""
    insert_rows(connection, "accepted_spend", SpendSum._fields, sums)


def scoped_spend(
    connection: Connection,
    scope: Scope,
    frameworks: Collection[str],
    *,
    as_at: date | None = None,
    only: Collection[int] | None = None,
    without: Collection[int] = (),
    by_period: bool = False,
) -> list[ScopedSpend]:
    """Levyable spend of the accepted returns of these frameworks, summed to a scope and member.

    `as_at` leaves out returns that took effect after that day; `only` and `without` choose by
    return. With `by_period` each reporting period has rows of its own, in order.
    """
    _choose(connection, without if only is None else only)
    where = (
        ""
        if only is None and not without
        else (f"AND r.id {'NOT ' if only is None else ''}IN (SELECT return_id FROM chosen_return) ")
    )
    period = "r.period" if by_period else "''"
    member, call_off, contractor = _SCOPE_COLUMNS[scope]
    rows = connection.execute(
        text(
            f"SELECT {period} AS period, f.code AS framework, {member} AS scope_member, "
            f"{call_off} AS call_off, {contractor} AS contractor, m.code AS member, "
            "CAST(SUM(s.base_pence) AS BIGINT) "
            "FROM accepted_spend s JOIN levy_return r ON r.id = s.return_id "
            f"AND r.state = 'accepted' AND r.effective <= :as_at {where}"
            "JOIN party f ON f.id = r.framework_id JOIN party m ON m.id = s.member_id "
            "JOIN party c ON c.id = r.contractor_id "
            "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6"
        ),
        {"as_at": (as_at or date.max).isoformat()},
    )
    return [ScopedSpend(*row) for row in rows if row[1] in frameworks]


def _choose(connection: Connection, return_ids: Collection[int]) -> None:
    connection.execute(text("DROP TABLE IF EXISTS chosen_return"))
    connection.execute(text("CREATE TEMP TABLE chosen_return (return_id BIGINT PRIMARY KEY)"))
    insert_rows(
        connection, "chosen_return", ("return_id",), [(number,) for number in sorted(return_ids)]
    )
