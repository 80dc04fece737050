"""Levyable spend of accepted returns by member and call-off: what obligations are counted on."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.book.records import Scope
from levytool.ledger import registers
from levytool.ledger.bulk import insert_rows

SpendSum = tuple[int, int, str, int]
"""A return's number, a member's, a call-off, and the sum of its lines' bases in pence."""


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
    "framework": ("0", "''", "0"),
    "framework-member": ("s.member_id", "''", "0"),
    "contractor": ("0", "''", "r.contractor_id"),
    "call-off": ("s.member_id", "s.call_off", "r.contractor_id"),
}


def add_sums(connection: Connection, sums: Iterable[SpendSum]) -> None:
    """Store what newly accepted returns sum to."""
    columns = ("return_id", "member_id", "call_off", "base_pence")
    insert_rows(connection, "accepted_spend", columns, sums)


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
    code_of = {**registers.all_codes(connection), 0: ""}
    rows = connection.execute(
        text(
            f"SELECT {period} AS period, r.framework_id AS framework, {member} AS scope_member, "
            f"{call_off} AS call_off, {contractor} AS contractor, s.member_id AS member, "
            "CAST(SUM(s.base_pence) AS BIGINT) "
            "FROM accepted_spend s JOIN levy_return r ON r.id = s.return_id "
            f"AND r.state = 'accepted' AND r.effective <= :as_at {where}"
            "GROUP BY 1, 2, 3, 4, 5, 6"
        ),
        {"as_at": (as_at or date.max).isoformat()},
    )
    found = (
        ScopedSpend(
            month,
            code_of[framework_id],
            code_of[scope_member_id],
            call_off,
            code_of[contractor_id],
            code_of[member_id],
            pence,
        )
        for month, framework_id, scope_member_id, call_off, contractor_id, member_id, pence in rows
    )
    return sorted(spend for spend in found if spend.framework in frameworks)


def _choose(connection: Connection, return_ids: Collection[int]) -> None:
    connection.execute(text("DROP TABLE IF EXISTS chosen_return"))
    connection.execute(text("CREATE TEMP TABLE chosen_return (return_id BIGINT PRIMARY KEY)"))
    insert_rows(
        connection, "chosen_return", ("return_id",), [(number,) for number in sorted(return_ids)]
    )
