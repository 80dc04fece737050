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
    """Levyable spend in force of one member in one scope, in pence.

    Codes that the scope does not use are ''; `period` is '' where periods are not told apart.
    """

    period: str
    framework: str
    member: str
    call_off: str
    contractor: str
    base_pence: int


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
    """Levyable spend of the accepted returns of these frameworks, by what a scope tells apart.

    Whatever the scope, members are told apart. `as_at` leaves out returns that took effect after
    that day; `only` and `without` choose by return; `by_period` keeps reporting periods apart.
    """
    where = f"r.state = 'accepted' AND r.effective <= '{as_at or date.max}'"
    if only is not None or without:
        _choose(connection, without if only is None else only)
        where += (
            f" AND r.id {'NOT ' if only is None else ''}IN (SELECT return_id FROM chosen_return)"
        )
    columns = {
        "r.period": by_period,
        "r.framework_id": True,
        "s.member_id": True,
        "s.call_off": scope == "call-off",
        "r.contractor_id": scope in ("contractor", "call-off"),
    }
    # By number, and by nothing that is not asked for: the grouping is most of the work.
    shown = ", ".join(name if is_used else "NULL" for name, is_used in columns.items())
    used = ", ".join(name for name, is_used in columns.items() if is_used)
    rows = connection.execute(
        text(
            f"SELECT {shown}, CAST(SUM(s.base_pence) AS BIGINT) FROM levy_return r "
            f"JOIN accepted_spend s ON s.return_id = r.id WHERE {where} GROUP BY {used}"
        )
    )
    code = registers.all_codes(connection)
    return [
        ScopedSpend(
            month or "",
            code[framework],
            code[member],
            call_off or "",
            code.get(contractor, ""),
            pence,
        )
        for month, framework, member, call_off, contractor, pence in rows
        if code[framework] in frameworks
    ]


def _choose(connection: Connection, return_ids: Collection[int]) -> None:
    connection.execute(text("DROP TABLE IF EXISTS chosen_return"))
    connection.execute(text("CREATE TEMP TABLE chosen_return (return_id BIGINT PRIMARY KEY)"))
    insert_rows(
        connection, "chosen_return", ("return_id",), [(number,) for number in sorted(return_ids)]
    )
