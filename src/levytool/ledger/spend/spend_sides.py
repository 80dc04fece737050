"""The two sides of the spend reconciliation: lines that the database does not settle, and sums."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.database.bulk import insert_rows, is_sqlite
from levytool.ledger.database.days import day_column
from levytool.ledger.parties import registers
from levytool.ledger.spend.spend_keys import (
    IN_FORCE,
    note_odd_keys,
    note_unlike_keys,
    settled_by_invoice,
)
from levytool.periods import Period
from levytool.rules.matching.lines import SpendLine, net_of

NET_ENDS = 1 << 17
"""How many ends of nets are told apart: their last 17 bits, about which SQLite and Python agree for
negative nets too."""

_TEXTS = "l.invoice, l.call_off, l.description, l.credits, l.lot, l.kept"


class SideSum(NamedTuple):
    """How many lines, and their net in pence."""

    lines: int
    net_pence: int


SideSums = tuple[SideSum, SideSum]
"""What was declared and what is recorded."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Lines that the database does not settle, and which frameworks contractors declared on.

    `by_invoice` counts the pairs it settled by their invoice number on another day, by member and
    reporting period.
    """

    declared: list[SpendLine]
    recorded: list[SpendLine]
    declared_on: Mapping[str, frozenset[str]]
    by_invoice: Mapping[tuple[str, str], int]


def left_over(
    connection: Connection,
    named: Iterable[tuple[str, int]],
    window_days: int,
    rate_changes: Mapping[str, Collection[date]],
) -> LeftOver:
    """Every line in force that the database does not settle (see `ledger.spend_keys`).

    `named` are lines to have in any case, by member and key hash; `rate_changes` the days on which
    a framework's rates change: a pair on either side of one is not settled. Staged returns count:
    what they say is declared. Corrected and rejected ones and withdrawn ledgers do not.
    """
    note_odd_keys(connection, named, window_days, rate_changes)
    parties = registers.all_codes(connection)
    returns = {
        int(row[0]): (parties[row[1]], parties[row[2]], str(row[3]))
        for row in connection.execute(
            text(
                "SELECT id, contractor_id, framework_id, period FROM levy_return "
                f"WHERE state IN {IN_FORCE}"
            )
        )
    }
    declared_on: dict[str, set[str]] = {}
    for contractor, framework, _period in returns.values():
        declared_on.setdefault(contractor, set()).add(framework)
    declared = list(_declared_lines(connection, parties, returns))
    recorded = list(_recorded_lines(connection, parties))
    if not _settled_alike(connection, declared, recorded):
        # Two different lines have one hash: only their columns tell, which nobody reads else.
        note_unlike_keys(connection)
        declared = list(_declared_lines(connection, parties, returns))
        recorded = list(_recorded_lines(connection, parties))
    return LeftOver(
        declared,
        recorded,
        {code: frozenset(frameworks) for code, frameworks in declared_on.items()},
        {(parties[row[0]], row[1]): row[2] for row in settled_by_invoice(connection)},
    )


def _settled_alike(
    connection: Connection, declared: Iterable[SpendLine], recorded: Iterable[SpendLine]
) -> bool:
    """Whether what was settled comes to the same on both sides, to the penny: else a hash lied."""
    ours, theirs = (
        int(connection.scalar(text(f"SELECT COALESCE(SUM(net_pence), 0) FROM {sums}")) or 0)
        for sums in (
            f"levy_return WHERE state IN {IN_FORCE}",
            "member_ledger WHERE state = 'live'",
        )
    )
    return ours - net_of(declared) == theirs - net_of(recorded)


def _rows(
    connection: Connection, query: str, values: tuple[bytes, ...] = ()
) -> list[tuple[Any, ...]]:
    """What a query finds, as the driver gives it: thousands of rows at once."""
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
    finally:
        cursor.close()


def _declared_lines(
    connection: Connection,
    parties: Mapping[int, str],
    returns: Mapping[int, tuple[str, str, str]],
) -> Iterator[SpendLine]:
    day = day_column(connection, "l.date")
    rows = _rows(
        connection,
        f"SELECT l.net_pence, {day}, {_TEXTS}, l.member_id, l.key_hash, l.return_id, "
        "l.line_no, l.levy_micropence, l.rate_ppm "
        "FROM odd_key o CROSS JOIN declaration_line l "
        "WHERE l.member_id = o.member_id AND l.key_hash = o.key_hash",
    )
    for row in rows:
        found = returns.get(row[10])
        if found is not None:
            contractor, framework, period = found
            yield _line(row, parties[row[8]], contractor, framework, period, row[12], row[13])


def _recorded_lines(connection: Connection, parties: Mapping[int, str]) -> Iterator[SpendLine]:
    day = day_column(connection, "l.date")
    rows = _rows(
        connection,
        f"SELECT l.net_pence, {day}, {_TEXTS}, l.member_id, l.key_hash, l.ledger_id, "
        "l.line_no, l.contractor_id, l.framework_id, l.period "
        "FROM odd_key o CROSS JOIN member_line l CROSS JOIN member_ledger m "
        "WHERE l.member_id = o.member_id AND l.key_hash = o.key_hash "
        "AND m.id = l.ledger_id AND m.state = 'live'",
    )
    for row in rows:
        framework = parties.get(row[13], "")
        yield _line(row, parties[row[8]], parties[row[12]], framework, row[14])


def _line(
    row: Any,
    member: str,
    contractor: str,
    framework: str,
    period: str,
    levy_micropence: int = 0,
    rate_ppm: int | None = None,
) -> SpendLine:
    net, day, invoice, call_off, description, credits, lot, kept = row[:8]
    return SpendLine(
        net,
        _ordinal(day),
        period,
        invoice,
        call_off,
        framework,
        description,
        credits,
        lot,
        kept,
        day,
        member,
        contractor,
        row[9],
        row[10],
        row[11],
        levy_micropence,
        rate_ppm,
    )


@lru_cache(maxsize=20_000)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def declared_sum(connection: Connection, period: Period, member: str | None) -> SideSum:
    """What staged and accepted returns of a reporting period declare, of one member or of all."""
    if member is None:
        query = (
            "SELECT COALESCE(SUM(lines), 0), COALESCE(SUM(net_pence), 0) FROM levy_return "
            f"WHERE state IN {IN_FORCE} AND period BETWEEN :first AND :last"
        )
    else:
        query = (
            "SELECT COUNT(*), COALESCE(SUM(l.net_pence), 0) FROM declaration_line l "
            "JOIN levy_return r ON r.id = l.return_id WHERE l.member_id = :member "
            f"AND r.state IN {IN_FORCE} AND r.period BETWEEN :first AND :last"
        )
    return _sum(connection, query, period, member)


def recorded_sum(connection: Connection, period: Period, member: str | None) -> SideSum:
    """What live members' ledgers record of a period, of one member or of all."""
    withdrawn = connection.scalars(text("SELECT id FROM member_ledger WHERE state <> 'live'"))
    query = (
        "SELECT COUNT(*), COALESCE(SUM(l.net_pence), 0) FROM member_line l "
        "WHERE l.period BETWEEN :first AND :last"
    )
    # To look each line's ledger up, where none or few are withdrawn, takes longer than to sum.
    if numbers := ", ".join(str(number) for number in withdrawn):
        query += f" AND l.ledger_id NOT IN ({numbers})"
    return _sum(
        connection, query + (" AND l.member_id = :member" if member else ""), period, member
    )


def _sum(connection: Connection, query: str, period: Period, member: str | None) -> SideSum:
    values: dict[str, object] = {"first": str(period.first), "last": str(period.last)}
    if member is not None:
        values["member"] = registers.number_of(connection, registers.MEMBER, member)
    lines, net = connection.execute(text(query), values).one()
    return SideSum(int(lines), int(net))


def lines_beside(
    connection: Connection, declared: Iterable[SpendLine], recorded: Iterable[SpendLine]
) -> tuple[list[SpendLine], list[SpendLine]]:
    """Lines that the database settled, with the net of a line given of their side, and the member
    of one that is declared, the contractor of one that is recorded."""
    parties = registers.all_codes(connection)
    members, contractors = (
        registers.register(connection, kind).ids
        for kind in (registers.MEMBER, registers.CONTRACTOR)
    )
    odd = set(_rows(connection, "SELECT member_id, key_hash FROM odd_key"))
    day = day_column(connection, "l.date")
    sides = []
    ours = {(members[line.member], line.net_pence) for line in declared if line.invoice}
    theirs = {(contractors[line.contractor], line.net_pence) for line in recorded if line.invoice}
    for wanted, query in ((ours, _BESIDE_DECLARED), (theirs, _BESIDE_RECORDED)):
        connection.execute(text("DROP TABLE IF EXISTS lone"))
        connection.execute(
            text(
                "CREATE TEMP TABLE lone (party_id BIGINT, net_pence BIGINT, "
                "PRIMARY KEY (net_pence, party_id))"
            )
        )
        insert_rows(connection, "lone", ("party_id", "net_pence"), sorted(wanted))
        rows = _found_beside(connection, query.format(day=day), wanted) if wanted else []
        sides.append(
            [
                _line(row, parties[row[8]], parties[row[12]], "", "")
                for row in rows
                if row[8:10] not in odd
            ]
        )
    return sides[0], sides[1]


def _found_beside(
    connection: Connection, query: str, wanted: Iterable[tuple[int, int]]
) -> list[tuple[Any, ...]]:
    """What a query of `_BESIDE` finds for these parties and nets.

    SQLite looks every stored line up in `lone`, which takes twice as long as to read it. A byte for
    each end of a net, set for the ends of those wanted, first rules nearly all of them out.
    """
    if not is_sqlite(connection):
        return _rows(connection, query)
    ends = bytearray(NET_ENDS)
    for _party, net_pence in wanted:
        ends[net_pence % NET_ENDS] = 1
    may_be = f" AND substr(?, 1 + (l.net_pence & {NET_ENDS - 1}), 1) = x'01'"
    return _rows(connection, query + may_be, (bytes(ends),))


# CROSS JOIN holds SQLite to this order: each stored line is looked up among the lone ones.
_BESIDE = (
    f"SELECT l.net_pence, {{day}}, {_TEXTS}, l.member_id, l.key_hash, {{numbers}} "
    "FROM {table} l CROSS JOIN lone o {source} "
    "WHERE o.net_pence = l.net_pence AND o.party_id = {party} {only}"
)
_BESIDE_DECLARED = _BESIDE.format(
    day="{day}",
    numbers="l.return_id, l.line_no, r.contractor_id",
    table="declaration_line",
    source="CROSS JOIN levy_return r",
    party="l.member_id",
    only="AND r.id = l.return_id",
)
_BESIDE_RECORDED = _BESIDE.format(
    day="{day}",
    numbers="l.ledger_id, l.line_no, l.contractor_id",
    table="member_line",
    source="",
    party="l.contractor_id",
    only="",
)
