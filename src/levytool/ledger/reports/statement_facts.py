"""What a member's statement is made of, summed by the database.

Every function tells the books as at one day by effective date, as known on another by posting.
A return counts from the day it takes effect until the day its correction does, so that a statement
of an earlier month still says what it said then.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from levytool.accounts import Account
from levytool.book.records import Scope
from levytool.journal import Kind
from levytool.ledger.database.bulk import rows_by_ids
from levytool.ledger.database.days import day_of
from levytool.ledger.documents.documents import IS_WRITE_OFF
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.parties import registers
from levytool.ledger.spend.accepted_spend import scoped_spend
from levytool.ledger.spend.returns import state_then
from levytool.periods import Month, Period

POT = Account.BROKERAGE_POT.value
SCHEME_FUNDS = Account.SCHEME_FUNDS.value

OF_BALANCES = (Account.BROKERAGE_POT, Account.SCHEME_FUNDS)
"""The accounts whose changes move members' balances."""


_month = lru_cache(maxsize=1_000)(Month.parse)

_PAYERS = ("contractor", "member")
"""Who pays the levy on a line, by its `member_pays`."""

_SUMS = (
    "CAST(SUM(d.net_pence) AS BIGINT), CAST(SUM(d.levy_micropence) AS BIGINT), "
    "CAST(SUM(d.levy_share_pence) AS BIGINT), "
    "CASE WHEN COUNT(d.rate_ppm) = COUNT(*) THEN MIN(d.rate_ppm) END, MAX(d.rate_ppm)"
)
"""What is summed of lines `d`: a `SpendGroup` from its `net_pence` to its `highest_ppm`."""


class BalanceChange(NamedTuple):
    """What one entry did to one pot (2200), one source of a scheme (2300), or another account.

    `pence` is positive for what was credited: money that came. What takes a drawdown back is of its
    kind, so that what was drawn is told net of it.
    """

    entry_id: int
    day: date
    kind: str
    reference: str
    narrative: str
    account: str
    dimension: str
    pence: int


class MonthChange(NamedTuple):
    """What one month did to one pot or one source of a scheme, in pence."""

    month: Month
    account: str
    dimension: str
    pence: int


class MemberDocument(NamedTuple):
    """A levy document with the member's net share of it and what of that is settled, signed.

    `settled_pence` includes what was written off, `written_off_pence` is that alone.
    """

    number: str
    payer_kind: str
    payer: str
    return_id: int
    framework: str
    period: Month
    day: date
    due: date
    billed_pence: int
    settled_pence: int
    written_off_pence: int = 0

    @property
    def received_pence(self) -> int:
        return self.settled_pence - self.written_off_pence


class SpendGroup(NamedTuple):
    """A return's lines of one member under one lot, call-off and payer; or of several returns.

    `sign` is -1 where a correction in the period takes them back. `lowest_ppm` is None where any
    of the lines is charged by bands.
    """

    return_id: int
    sign: int
    reporting_period: Month
    framework: str
    contractor: str
    payer_kind: str
    lot: str
    call_off: str
    net_pence: int
    levy_micropence: int
    levy_pence: int
    lowest_ppm: int | None
    highest_ppm: int | None
    member: str = ""


class TouchedReturn(NamedTuple):
    """A return that took effect in a period (`sign` 1), or that a correction took back in it (-1).

    One that did both is there twice.
    """

    return_id: int
    sign: int
    reporting_period: Month
    framework: str
    contractor: str


class Since(NamedTuple):
    """When the statement before was issued: the last entry it knew of, and the moment."""

    entry_id: int
    moment: str


class LevyableSpend(NamedTuple):
    """Cumulative levyable spend in force; codes that its scope does not use are ''."""

    framework: str
    member: str
    call_off: str
    contractor: str
    base_pence: int


class ReturnState(NamedTuple):
    """A return of a contractor on a framework, in the state it was in."""

    contractor: str
    framework: str
    period: Month
    state: str
    returned_on: date


def _legs(accounts: Iterable[Account], where: str = "") -> str:
    """What changed accounts, on either side: positive where they were credited."""
    names = ", ".join(f"'{account.value}'" for account in accounts)
    leg = (
        "SELECT entry_id, {side}_account AS account, {side}_dimension AS dimension, "
        "{sign}amount_pence AS pence FROM journal_transfer "
        f"WHERE {{side}}_account IN ({names}){where}"
    )
    return f"{leg.format(side='credit', sign='')} UNION ALL {leg.format(side='debit', sign='-')}"


def balance_changes(
    connection: Connection,
    period: Period,
    asked: AsKnown,
    accounts: Iterable[Account] = OF_BALANCES,
) -> list[BalanceChange]:
    """Every change of pots and scheme funds, or of other accounts, in order of day and entry."""
    where = f"e.period BETWEEN :first AND :last AND {asked.entry()}"
    values = {"first": str(period.first), "last": str(period.last)}
    return _changes(connection, _legs(accounts), where, values)


def changes_after(
    connection: Connection,
    entry_id: int,
    until: Month,
    asked: AsKnown,
    accounts: Iterable[Account] = OF_BALANCES,
) -> list[BalanceChange]:
    """The same of what was posted after an entry into the months up to `until`."""
    legs = _legs(accounts, " AND entry_id > :after")
    where = f"e.period <= :until AND {asked.entry()}"
    return _changes(connection, legs, where, {"after": entry_id, "until": str(until)})


def _changes(
    connection: Connection, legs: str, where: str, values: dict[str, Any]
) -> list[BalanceChange]:
    rows = connection.execute(
        text(
            "SELECT e.id, e.effective, COALESCE(o.kind, e.kind), e.reference, e.narrative, "
            "l.account, l.dimension, CAST(SUM(l.pence) AS BIGINT) "
            f"FROM journal_entry e JOIN ({legs}) l ON l.entry_id = e.id "
            "LEFT JOIN journal_entry o ON o.id = e.reverses AND o.kind = :drawn "
            f"WHERE {where} "
            "GROUP BY e.id, e.effective, o.kind, e.kind, e.reference, e.narrative, l.account, "
            "l.dimension ORDER BY e.effective, e.id, l.account, l.dimension"
        ),
        values | {"drawn": Kind.DRAWDOWN.value},
    )
    return [BalanceChange(row[0], day_of(row[1]), *row[2:]) for row in rows]


def month_changes(connection: Connection, period: Period, asked: AsKnown) -> list[MonthChange]:
    """The same summed by month, in order of month."""
    rows = connection.execute(
        text(
            "SELECT e.period, l.account, l.dimension, CAST(SUM(l.pence) AS BIGINT) "
            f"FROM journal_entry e JOIN ({_legs(OF_BALANCES)}) l ON l.entry_id = e.id "
            f"WHERE e.period BETWEEN :first AND :last AND {asked.entry()} "
            "GROUP BY e.period, l.account, l.dimension ORDER BY 1, 2, 3"
        ),
        {"first": str(period.first), "last": str(period.last)},
    )
    return [MonthChange(Month.parse(row[0]), *row[1:]) for row in rows]


def member_documents(connection: Connection, member: str, asked: AsKnown) -> list[MemberDocument]:
    """Documents that bear on a member, by due date and number."""
    return documents_by_member(connection, [member], asked)[member]


def documents_by_member(
    connection: Connection, members: Sequence[str], asked: AsKnown
) -> dict[str, list[MemberDocument]]:
    """The same of several members, in one reading of the journal."""
    if not members:
        return {}  # PostgreSQL gives a list of none a type that no column of text compares with
    debtors, levy = (
        Account.LEVY_DEBTORS.value,
        (f"('{Account.LEVY_BILLED_NOT_RECEIVED.value}', '{Account.LEVY_FUND.value}')"),
    )
    billed = (
        "SELECT entry_id, member, SUM(pence) AS pence FROM ("
        "SELECT entry_id, credit_dimension AS member, amount_pence AS pence FROM journal_transfer "
        f"WHERE debit_account = '{debtors}' AND credit_account IN {levy} "
        "AND credit_dimension IN :members UNION ALL "
        "SELECT entry_id, debit_dimension, -amount_pence FROM journal_transfer "
        f"WHERE credit_account = '{debtors}' AND debit_account IN {levy} "
        "AND debit_dimension IN :members) t GROUP BY entry_id, member"
    )
    settled = (
        "SELECT a.document_id, s.member, SUM(s.net_pence) AS pence, "
        f"SUM(CASE WHEN {IS_WRITE_OFF} THEN s.net_pence ELSE 0 END) AS lost "
        "FROM allocation_share s "
        "JOIN allocation a ON a.id = s.allocation_id JOIN journal_entry e ON e.id = a.entry_id "
        f"WHERE {asked.entry()} AND s.member IN :members GROUP BY a.document_id, s.member"
    )
    query = text(
        "SELECT billed.member, d.number, d.payer_kind, d.payer, d.return_id, d.framework, "
        "d.period, d.date, d.due, CAST(billed.pence AS BIGINT), "
        "CAST(COALESCE(settled.pence, 0) AS BIGINT), CAST(COALESCE(settled.lost, 0) AS BIGINT) "
        f"FROM ({billed}) billed JOIN journal_entry e ON e.id = billed.entry_id "
        "JOIN document d ON d.entry_id = e.id "
        f"LEFT JOIN ({settled}) settled ON settled.document_id = d.id "
        "AND settled.member = billed.member "
        f"WHERE {asked.entry()} ORDER BY d.due, d.id"
    ).bindparams(bindparam("members", expanding=True))
    found: dict[str, list[MemberDocument]] = {member: [] for member in members}
    for member, *row in connection.execute(query, {"members": list(members)}):
        days = (_month(row[5]), day_of(row[6]), day_of(row[7]))
        found[member].append(MemberDocument._make((*row[:5], *days, *row[8:])))
    return found


def spend_in(
    connection: Connection,
    member: str,
    period: Period,
    asked: AsKnown,
    since: Since | None = None,
) -> list[SpendGroup]:
    """Spend of a member that took effect in a period, and what corrections took back in it; with
    `since`, what was accepted into the months before since the statement of them was issued too."""
    number = registers.number_of(connection, registers.MEMBER, member)
    own = f"SELECT return_id FROM declaration_line WHERE member_id = {number}"
    return _spend(
        connection,
        period,
        asked,
        lines=f"WHERE d.member_id = {number} ",
        returns=f" AND {{touched}} IN ({own})",
        since=since,
    )


def count_lines(connection: Connection, member: str) -> int:
    """How many lines of a member were ever declared."""
    number = registers.number_of(connection, registers.MEMBER, member)
    query = text(f"SELECT COUNT(*) FROM declaration_line WHERE member_id = {number}")
    return int(connection.scalar(query) or 0)


def touched_returns(
    connection: Connection, period: Period, asked: AsKnown, since: Since | None = None
) -> list[TouchedReturn]:
    """The returns that `spend_in` sums the lines of, whoever their lines are of."""
    touched, days = _touched(period, asked, since=since)
    found = connection.execute(text(f"{touched} ORDER BY 1, 2"), days).all()
    facts = _facts_of_returns(connection, (row[0] for row in found))
    return [TouchedReturn(number, sign, *facts[number]) for number, sign in found]


def spend_together(
    connection: Connection,
    member: str,
    returns: Iterable[TouchedReturn],
    told_with: Mapping[int, int],
) -> list[SpendGroup]:
    """Spend of a member under the returns of these numbers, each summed with the one it is told
    with. Returns that are told together are of one sign, framework and contractor; one that took
    effect and was taken back is told with itself alone, once by each sign."""
    if not told_with:
        return []
    number = registers.number_of(connection, registers.MEMBER, member)
    facts: dict[int, list[tuple[int, Month, str, str]]] = {}
    for found in returns:
        if found.return_id in told_with:
            facts.setdefault(found.return_id, []).append(found[1:])
    pairs = ", ".join(f"({one:d}, {other:d})" for one, other in told_with.items())
    by = "t.column2, d.member_pays, d.lot, d.call_off"
    rows = connection.execute(
        text(
            f"SELECT {by}, {_SUMS} FROM (VALUES {pairs}) t "
            "JOIN declaration_line d ON d.return_id = t.column1 "
            f"WHERE d.member_id = {number} GROUP BY {by} ORDER BY {by}"
        )
    )
    made = SpendGroup._make
    return [
        made((one, *own, _PAYERS[pays], *told, member))
        for one, pays, *told in rows.all()
        for own in facts[one]
    ]


def contractor_spend(
    connection: Connection,
    contractor: str,
    period: Period,
    asked: AsKnown,
    since: Since | None = None,
) -> list[SpendGroup]:
    """The same of a contractor, for every member."""
    number = registers.number_of(connection, registers.CONTRACTOR, contractor)
    own = f" AND r.contractor_id = {number}"
    return _spend(connection, period, asked, returns=own, since=since)


def all_spend(
    connection: Connection, period: Period, asked: AsKnown, since: Since | None = None
) -> list[SpendGroup]:
    """The same of every member and contractor."""
    return _spend(connection, period, asked, since=since)


def _spend(
    connection: Connection,
    period: Period,
    asked: AsKnown,
    lines: str = "",
    returns: str = "",
    since: Since | None = None,
) -> list[SpendGroup]:
    touched, days = _touched(period, asked, returns, since)
    # Ordered as it is grouped, by what the lines hold alone: sorting is most of the work.
    by = "t.return_id, t.sign, d.member_id, d.member_pays, d.lot, d.call_off"
    rows = connection.execute(
        text(
            f"SELECT {by}, {_SUMS} FROM ({touched}) t "
            f"JOIN declaration_line d ON d.return_id = t.return_id {lines}"
            f"GROUP BY {by} ORDER BY {by}"
        ),
        days,
    ).all()
    facts = _facts_of_returns(connection, (row[0] for row in rows))
    members = "SELECT id, code FROM party WHERE id IN :ids"
    codes = {row[0]: row[1] for row in rows_by_ids(connection, members, {row[2] for row in rows})}
    made = SpendGroup._make
    return [
        made((number, sign, *facts[number], _PAYERS[pays], *told, codes[member]))
        for number, sign, member, pays, *told in rows
    ]


# The entry that a return was accepted with: that of its first document, or where it has none of the
# last credit note for the one that it corrects.
_ACCEPTED_WITH = (
    "COALESCE((SELECT MIN(d.entry_id) FROM document d WHERE d.return_id = r.id), "
    "(SELECT MAX(d.entry_id) FROM document d WHERE d.return_id = r.corrects))"
)
_ACCEPTED_SINCE = (
    f"(r.effective < :first AND ({_ACCEPTED_WITH} > :after "
    f"OR {_ACCEPTED_WITH} IS NULL AND r.accepted_at > :moment))"
)


def _touched(
    period: Period, asked: AsKnown, returns: str = "", since: Since | None = None
) -> tuple[str, dict[str, Any]]:
    """The query for the returns that a period touches, by number and sign, and its values.

    `returns` narrows them: there `{touched}` is the number, `r` the return that takes effect. With
    `since` it touches those too that took effect before it, and were accepted since then.
    """
    late = f" OR {_ACCEPTED_SINCE}" if since else ""
    wanted = f"(r.effective BETWEEN :first AND :last{late}) AND {asked.known('r.accepted_at')}"
    query = (
        "SELECT r.id AS return_id, 1 AS sign FROM levy_return r "
        f"WHERE {wanted}{returns.format(touched='r.id')} "
        "UNION ALL SELECT r.corrects, -1 FROM levy_return r "
        f"WHERE r.corrects IS NOT NULL AND {wanted}{returns.format(touched='r.corrects')}"
    )
    first, last = period.first.first_day.isoformat(), period.last.last_day.isoformat()
    told = {"after": since.entry_id, "moment": since.moment} if since else {}
    return query, {"first": first, "last": last, **told}


def _facts_of_returns(
    connection: Connection, numbers: Iterable[int]
) -> dict[int, tuple[Month, str, str]]:
    """The reporting period, framework and contractor of returns by number."""
    rows = rows_by_ids(
        connection,
        "SELECT r.id, r.period, f.code, c.code FROM levy_return r "
        "JOIN party f ON f.id = r.framework_id JOIN party c ON c.id = r.contractor_id "
        "WHERE r.id IN :ids",
        numbers,
    )
    return {row[0]: (_month(row[1]), row[2], row[3]) for row in rows}


def levyable_spend(
    connection: Connection, asked: AsKnown, scope: Scope = "call-off"
) -> list[LevyableSpend]:
    """Cumulative levyable spend of every member, in order of code, by what the scope tells apart.

    By call-off there are many times as many as by contractor.
    """
    frameworks = registers.register(connection, registers.FRAMEWORK).ids
    found = scoped_spend(connection, scope, frameworks, asked)
    return sorted(
        LevyableSpend(one.framework, one.member, one.call_off, one.contractor, one.base_pence)
        for one in found
    )


def returns_for(connection: Connection, period: Period, asked: AsKnown) -> list[ReturnState]:
    """Returns of a reporting period but rejected ones, in the states they were known in."""
    state = state_then(connection, asked)
    rows = connection.execute(
        text(
            f"SELECT c.code, f.code, r.period, {state}, MIN(substr(r.staged_at, 1, 10)) "
            "FROM levy_return r "
            "JOIN party c ON c.id = r.contractor_id JOIN party f ON f.id = r.framework_id "
            f"WHERE {state} <> 'rejected' AND r.period BETWEEN :first AND :last "
            f"AND {asked.known('r.staged_at')} "
            "GROUP BY 1, 2, 3, 4 ORDER BY 3, 1, 2, 4"
        ),
        {"first": str(period.first), "last": str(period.last)},
    )
    return [
        ReturnState(contractor, framework, Month.parse(month), state, day_of(day))
        for contractor, framework, month, state, day in rows
    ]


def last_effective(connection: Connection, asked: AsKnown) -> date | None:
    """The latest effective day of what counts; None where nothing does."""
    found = connection.scalar(
        text(f"SELECT MAX(e.effective) FROM journal_entry e WHERE {asked.entry()}")
    )
    return None if found is None else day_of(found)
