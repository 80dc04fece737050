"""What explanations follow through the money: levy funds, pots, schemes, provision, accounts."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.ledger.database.days import day_of
from levytool.periods import Month


class FundPosting(NamedTuple):
    """What one entry did to a member's levy fund (2100): credit positive, in pence."""

    entry_id: int
    pence: int
    effective: date
    kind: str


class Release(NamedTuple):
    """A release of a member's surplus. `until` is the last day of the month it was asked for: what
    is dated after it waits for a later release."""

    entry_id: int
    until: date


class PotPart(NamedTuple):
    """A movement of one cohort of a pot."""

    entry_id: int
    member: str
    cohort: str
    kind: str
    pence: int
    scheme: str


class SchemePart(NamedTuple):
    """A movement of one source's money in a scheme, in pence."""

    entry_id: int
    source_kind: str
    source: str
    kind: str
    pence: int
    payee: str
    reference: str


class ProvisionPart(NamedTuple):
    """A movement of one layer of an obligation's provision, in pence."""

    entry_id: int
    layer: int
    unit_cost_pence: int
    places: int
    pence: int
    kind: str
    opportunity_id: int | None


class AccountPosting(NamedTuple):
    """What one entry did to one account and dimension: debit positive, in pence."""

    entry_id: int
    pence: int


def fund_postings(connection: Connection, member: str, until: int) -> list[FundPosting]:
    """What entries did to a member's levy fund before one entry, in order."""
    rows = connection.execute(
        text(
            "SELECT t.entry_id, CAST(SUM(CASE WHEN t.credit_account = :fund AND "
            "t.credit_dimension = :member THEN t.amount_pence ELSE 0 END - CASE WHEN "
            "t.debit_account = :fund AND t.debit_dimension = :member THEN t.amount_pence "
            "ELSE 0 END) AS BIGINT), e.effective, e.kind "
            "FROM journal_transfer t JOIN journal_entry e ON e.id = t.entry_id "
            "WHERE t.entry_id < :until "
            "AND ((t.credit_account = :fund AND t.credit_dimension = :member) "
            "OR (t.debit_account = :fund AND t.debit_dimension = :member)) "
            "GROUP BY t.entry_id, e.effective, e.kind ORDER BY t.entry_id"
        ),
        {"fund": Account.LEVY_FUND.value, "member": member, "until": until},
    )
    return [FundPosting(row[0], row[1], day_of(row[2]), row[3]) for row in rows if row[1]]


def releases_of(connection: Connection, member: str) -> list[Release]:
    """A member's releases, in order. None reaches less far than one before it: what that one could
    take was gone."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT p.entry_id, e.effective, e.reporting_period FROM pot_movement p "
            "JOIN journal_entry e ON e.id = p.entry_id "
            "WHERE p.member = :member AND p.kind = 'release' ORDER BY p.entry_id"
        ),
        {"member": member},
    )
    found: list[Release] = []
    for entry_id, effective, period in rows:
        until = Month.parse(period).last_day if period else day_of(effective)
        found.append(Release(int(entry_id), max(until, found[-1].until) if found else until))
    return found


def pot_parts(
    connection: Connection, member: str, *, cohort: str | None = None, entry_id: int | None = None
) -> list[PotPart]:
    """Movements of a member's pot, all or of a cohort or an entry, in order."""
    where = "member = :member"
    if cohort is not None:
        where += " AND cohort = :cohort"
    if entry_id is not None:
        where += " AND entry_id = :entry"
    rows = connection.execute(
        text(
            "SELECT entry_id, member, cohort, kind, amount_pence, scheme FROM pot_movement "
            f"WHERE {where} ORDER BY id"
        ),
        {"member": member, "cohort": cohort, "entry": entry_id},
    )
    return [PotPart(*row) for row in rows]


def scheme_parts(connection: Connection, scheme: str) -> list[SchemePart]:
    """Movements of a scheme's money, in order."""
    rows = connection.execute(
        text(
            "SELECT entry_id, source_kind, source, kind, amount_pence, payee, reference "
            "FROM scheme_movement WHERE scheme = :scheme ORDER BY id"
        ),
        {"scheme": scheme},
    )
    return [SchemePart(*row) for row in rows]


def provision_parts(
    connection: Connection, framework: str, member: str, call_off: str, contractor: str
) -> list[ProvisionPart]:
    """Movements of one obligation's provision, in order."""
    rows = connection.execute(
        text(
            "SELECT entry_id, layer, unit_cost_pence, places, amount_pence, kind, opportunity_id "
            "FROM provision_movement WHERE framework = :framework AND member = :member "
            "AND call_off = :call_off AND contractor = :contractor ORDER BY id"
        ),
        {
            "framework": framework,
            "member": member,
            "call_off": call_off,
            "contractor": contractor,
        },
    )
    return [ProvisionPart(*row) for row in rows]


def obligations_of(
    connection: Connection, framework: str, entry_id: int | None = None
) -> list[tuple[str, str, str, str]]:
    """The obligations of a framework that have any provision, all or those that an entry moved."""
    where = "" if entry_id is None else "AND entry_id = :entry "
    rows = connection.execute(
        text(
            "SELECT DISTINCT framework, member, call_off, contractor FROM provision_movement "
            f"WHERE framework = :framework {where}ORDER BY 2, 3, 4"
        ),
        {"framework": framework, "entry": entry_id},
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def account_postings(
    connection: Connection, account: str, dimension: str, as_at: str
) -> list[AccountPosting]:
    """What entries effective by a day did to an account, in order."""
    rows = connection.execute(
        text(
            "SELECT t.entry_id, CAST(SUM(CASE WHEN t.debit_account = :account AND "
            "t.debit_dimension = :dimension THEN t.amount_pence ELSE 0 END - CASE WHEN "
            "t.credit_account = :account AND t.credit_dimension = :dimension "
            "THEN t.amount_pence ELSE 0 END) AS BIGINT) FROM journal_transfer t "
            "JOIN journal_entry e ON e.id = t.entry_id WHERE e.effective <= :as_at "
            "AND ((t.debit_account = :account AND t.debit_dimension = :dimension) "
            "OR (t.credit_account = :account AND t.credit_dimension = :dimension)) "
            "GROUP BY t.entry_id ORDER BY t.entry_id"
        ),
        {"account": account, "dimension": dimension, "as_at": as_at},
    )
    return [AccountPosting(*row) for row in rows]


def dimensions_of(connection: Connection, account: str) -> list[str]:
    """Everything that was ever posted to under an account, in order."""
    rows = connection.scalars(
        text(
            "SELECT debit_dimension FROM journal_transfer WHERE debit_account = :account "
            "UNION SELECT credit_dimension FROM journal_transfer WHERE credit_account = :account "
            "ORDER BY 1"
        ),
        {"account": account},
    )
    return [str(dimension) for dimension in rows]


def cohorts_of(connection: Connection, member: str) -> list[tuple[str, int]]:
    """A member's cohorts and what is left of each."""
    rows = connection.execute(
        text(
            "SELECT cohort, CAST(SUM(amount_pence) AS BIGINT) FROM pot_movement "
            "WHERE member = :member GROUP BY cohort ORDER BY cohort"
        ),
        {"member": member},
    )
    return [(row[0], row[1]) for row in rows]


def accounts_of(connection: Connection, dimension: str) -> list[str]:
    """The accounts that were ever posted to under a dimension, as `2200/SALIX`."""
    rows = connection.execute(
        text(
            "SELECT debit_account FROM journal_transfer WHERE debit_dimension = :code "
            "UNION SELECT credit_account FROM journal_transfer WHERE credit_dimension = :code "
            "ORDER BY 1"
        ),
        {"code": dimension},
    )
    return [f"{row[0]}/{dimension}" if dimension else str(row[0]) for row in rows]


def spend_by_return(
    connection: Connection, framework: str, member: str, call_off: str, contractor: str
) -> list[tuple[int, int]]:
    """The levyable spend of accepted returns that counts towards an obligation, return by return;
    codes that are '' do not narrow it."""
    values = {"framework": framework}
    where = ""
    for column, code in (("m.code", member), ("s.call_off", call_off), ("c.code", contractor)):
        if code:
            where += f"AND {column} = :{column[0]} "
            values[column[0]] = code
    rows = connection.execute(
        text(
            "SELECT r.id, CAST(SUM(s.base_pence) AS BIGINT) FROM levy_return r "
            "JOIN party f ON f.id = r.framework_id JOIN party c ON c.id = r.contractor_id "
            "JOIN accepted_spend s ON s.return_id = r.id JOIN party m ON m.id = s.member_id "
            f"WHERE r.state = 'accepted' AND f.code = :framework {where}"
            "GROUP BY r.id ORDER BY r.id"
        ),
        values,
    )
    return [(row[0], row[1]) for row in rows]


class EntryFlow(NamedTuple):
    """One transfer from or to a member's accounts; a reversal counts as the kind it undoes."""

    entry_id: int
    kind: str
    debit_account: str
    debit_dimension: str
    credit_account: str
    credit_dimension: str
    pence: int


def member_transfers(
    connection: Connection, member: str, accounts: Sequence[str], first: str, last: str
) -> list[EntryFlow]:
    """Transfers between two days that touch a member's own accounts of these codes."""
    names = ", ".join(f"'{account}'" for account in accounts)
    rows = connection.execute(
        text(
            "SELECT e.id, COALESCE(o.kind, e.kind), t.debit_account, t.debit_dimension, "
            "t.credit_account, t.credit_dimension, t.amount_pence FROM journal_transfer t "
            "JOIN journal_entry e ON e.id = t.entry_id "
            "LEFT JOIN journal_entry o ON o.id = e.reverses "
            "WHERE e.effective BETWEEN :first AND :last AND ("
            f"(t.debit_dimension = :member AND t.debit_account IN ({names})) OR "
            f"(t.credit_dimension = :member AND t.credit_account IN ({names}))) "
            "ORDER BY e.effective, e.id, t.position"
        ),
        {"member": member, "first": first, "last": last},
    )
    return [EntryFlow(*row) for row in rows]


def settled_by_entry(
    connection: Connection, member: str, first: str, last: str
) -> list[tuple[int, int]]:
    """Net levy of a member that payments and credit notes settled between two days, by entry."""
    rows = connection.execute(
        text(
            "SELECT e.id, CAST(SUM(s.net_pence) AS BIGINT) FROM allocation_share s "
            "JOIN allocation a ON a.id = s.allocation_id "
            "JOIN journal_entry e ON e.id = a.entry_id "
            "LEFT JOIN journal_entry o ON o.id = e.reverses "
            "WHERE s.member = :member AND e.effective BETWEEN :first AND :last "
            "AND COALESCE(o.kind, e.kind) IN ('allocation', 'set-off') "
            "GROUP BY e.id ORDER BY e.id"
        ),
        {"member": member, "first": first, "last": last},
    )
    return [(row[0], row[1]) for row in rows]


def last_effective(connection: Connection) -> date | None:
    """The day of the latest posting by effective date; None before the first."""
    found = connection.scalar(text("SELECT MAX(effective) FROM journal_entry"))
    return None if found is None else day_of(found)


def money_accounts_of(connection: Connection, member: str) -> list[str]:
    """A member's pot and its own part of every scheme, as `2200/SALIX` and `2300/WARDENS/SALIX`."""
    schemes = connection.scalars(
        text(
            "SELECT DISTINCT scheme FROM scheme_movement WHERE source_kind = 'member' "
            "AND source = :member ORDER BY scheme"
        ),
        {"member": member},
    )
    pot, funds = Account.BROKERAGE_POT.value, Account.SCHEME_FUNDS.value
    return [f"{pot}/{member}", *(f"{funds}/{scheme}/{member}" for scheme in schemes)]


def scheme_codes(connection: Connection) -> list[str]:
    """The code of every scheme."""
    return [str(code) for code in connection.scalars(text("SELECT code FROM scheme ORDER BY code"))]
