"""Levyable spend of accepted returns by member and call-off: what obligations are counted on."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.book.records import Scope
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.opened import spend_brought
from levytool.ledger.parties import registers

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
    asked: AsKnown = NOW,
    *,
    only: Collection[int] | None = None,
    without: Collection[int] = (),
    by_period: bool = False,
) -> list[ScopedSpend]:
    """Levyable spend of the accepted returns of these frameworks, by what a scope tells apart,
    and what an opening file brought before them.

    Whatever the scope, members are told apart. A return counts until its correction does.
    `without` leaves returns out, and `only` gives just these, corrected or not. `by_period` keeps
    reporting periods apart.
    """
    if only is not None:
        _choose(connection, only)
        where = "r.id IN (SELECT return_id FROM chosen_return)"
    else:
        where = _standing(asked)
    if without:
        _choose(connection, without)
        where += " AND r.id NOT IN (SELECT return_id FROM chosen_return)"
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
    found = [
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
    return found if only is not None else _with_opening(connection, scope, frameworks, asked, found)


def _with_opening(
    connection: Connection,
    scope: Scope,
    frameworks: Collection[str],
    asked: AsKnown,
    found: list[ScopedSpend],
) -> list[ScopedSpend]:
    """The same spend with what an opening file brought for each scope."""
    brought = spend_brought(connection, frameworks, asked)
    if not brought:
        return found
    totals: Counter[tuple[str, str, str, str, str]] = Counter()
    for spend in found:
        period, framework, member, call_off, contractor, pence = spend
        totals[period, framework, member, call_off, contractor] += pence
    for row in brought:
        call_off = row.call_off if scope == "call-off" else ""
        contractor = row.contractor if scope in ("contractor", "call-off") else ""
        totals["", row.framework, row.member, call_off, contractor] += row.base_pence
    return [ScopedSpend(*codes, pence) for codes, pence in totals.items()]


def _standing(asked: AsKnown) -> str:
    """The condition that a return `r` counts: now, or as at one day and as known on another."""
    if asked == NOW:
        return "r.state = 'accepted'"
    return (
        f"{_accepted('r', asked)} AND r.id NOT IN (SELECT n.corrects FROM levy_return n "
        f"WHERE n.corrects IS NOT NULL AND {_accepted('n', asked)})"
    )


def _accepted(name: str, asked: AsKnown) -> str:
    """The SQL condition that a return, by its name in the query, was in force, corrected or not.

    Neither a staged return nor a nil one that corrects nothing has an effective date.
    """
    return (
        f"{name}.effective IS NOT NULL AND {asked.effective(f'{name}.effective')} "
        f"AND {asked.known(f'{name}.accepted_at')}"
    )


def _choose(connection: Connection, return_ids: Collection[int]) -> None:
    connection.execute(text("DROP TABLE IF EXISTS chosen_return"))
    connection.execute(text("CREATE TEMP TABLE chosen_return (return_id BIGINT PRIMARY KEY)"))
    insert_rows(
        connection, "chosen_return", ("return_id",), [(number,) for number in sorted(return_ids)]
    )


class CallOffLevy(NamedTuple):
    """What stands charged under one reference: levyable spend and levy, in pence."""

    framework: str
    member: str
    contractor: str
    call_off: str
    base_pence: int
    levy_pence: int


def call_off_levies(connection: Connection) -> list[CallOffLevy]:
    """Spend and levy of accepted returns by framework, member, contractor and call-off as the lines
    spell it; what names no call-off has ''. In order of those codes."""
    rows = connection.execute(
        text(
            "SELECT r.framework_id, l.member_id, r.contractor_id, l.call_off, "
            "CAST(SUM(l.base_pence) AS BIGINT), CAST(SUM(l.levy_share_pence) AS BIGINT) "
            "FROM declaration_line l JOIN levy_return r ON r.id = l.return_id "
            "WHERE r.state = 'accepted' "
            "GROUP BY r.framework_id, l.member_id, r.contractor_id, l.call_off"
        )
    )
    code = registers.all_codes(connection)
    return sorted(
        CallOffLevy(code[framework], code[member], code[contractor], *rest)
        for framework, member, contractor, *rest in rows
    )
