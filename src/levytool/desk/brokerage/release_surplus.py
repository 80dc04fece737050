"""Releasing each member's surplus to its pot at the end of a month (domain §3.5)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_pots import PotFigures, pot_figures, reserves
from levytool.desk.brokerage.obligations import (
    bearers_by_obligation,
    opportunity_rules,
    spend_by_key,
)
from levytool.desk.brokerage.opportunity_due import obligations_due
from levytool.desk.office import Office
from levytool.journal import Kind
from levytool.ledger.funds.opportunities import waived_obligations
from levytool.ledger.funds.pots import add_pot_movements, movements_of
from levytool.ledger.journal import acts
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import format_pence
from levytool.periods import Month, in_force
from levytool.problems import RuleRefused
from levytool.rules.brokerage import Cohort
from levytool.rules.dates import posting_date
from levytool.rules.postings import Occasion, surplus_released
from levytool.rules.provision import held_back_pence, share_by_spend
from levytool.rules.surplus import release_pence, surplus

RELEASE = "pot release"


def release_surplus(office: Office, period: Month) -> list[dict[str, Any]]:
    """Move the whole surplus as at the end of a month to the pots, for every member.

    It posts as a return of that month would. A second time there is nothing left to move. Raises
    RuleRefused for a month that has not begun.
    """
    today = office.acting.today
    if period.first_day > today:
        raise RuleRefused(f"{period} has not begun; release it once it has")
    with office.writing() as connection:
        book = book_in_force(connection)
        effective = posting_date(period, closed_months(connection), today)
        funds = _funds(connection, book, period.last_day)
        released = {member: release_pence(*fund) for member, fund in funds.items()}
        _post(connection, office, period, effective, released)
        return _rows(connection, book, period, effective, released)


@dataclass(frozen=True, slots=True)
class LeftInFunds:
    """Why levy funds hold surplus that a month's release leaves there, in pence, over all members.

    `later_pence` became surplus after that month, and a release of `month` moves it;
    `held_back_pence` is kept for parts of places (`provide = "exact"`); `used_pence` was surplus
    at the month's end, and what is dated later has used it.
    """

    later_pence: int
    month: Month
    held_back_pence: int
    used_pence: int


def left_in_funds(office: Office, period: Month) -> LeftInFunds | None:
    """Why a release of this month, made before, moves nothing now; None where no fund has more."""
    current = Month.of(office.acting.today)
    with office.reading() as connection:
        book = book_in_force(connection)
        funds = _funds(connection, book, period.last_day).values()
        by_now = _funds(connection, book, current.last_day).values()
    left = LeftInFunds(
        sum(release_pence(*fund) for fund in by_now),
        current,
        sum(release_pence(*fund._replace(held_back_pence=0)) for fund in funds),
        sum(release_pence(*fund._replace(now_pence=fund.at_end_pence)) for fund in funds),
    )
    return left if left.later_pence or left.held_back_pence or left.used_pence else None


class _Fund(NamedTuple):
    """A member's levy fund as `release_pence` asks for it, in pence."""

    at_end_pence: int
    now_pence: int
    reserve_pence: int
    released_since_pence: int
    held_back_pence: int


def _funds(connection: Connection, book: Book, end: date) -> dict[str, _Fund]:
    """Every member's levy fund as at `end` and now."""
    now = pot_figures(connection, book)
    then = pot_figures(connection, book, AsKnown(end))
    kept = reserves(connection, book, AsKnown(end))
    held_back = part_million_cost(connection, book, end, exact_only=True)
    found = {}
    for member, figures in now.items():
        before = then.get(member, PotFigures())
        found[member] = _Fund(
            before.fund_pence,
            figures.fund_pence,
            kept.get(member, 0),
            figures.released_pence - before.released_pence,
            held_back.get(member, 0),
        )
    return found


def part_million_cost(
    connection: Connection, book: Book, as_at: date, *, exact_only: bool = False
) -> dict[str, int]:
    """(due_exact - due) at the unit cost in force, in pence by member: the part-million carried.

    With `exact_only`, just what `provide = "exact"` holds back. An obligation that was waived holds
    nothing. At scopes wider than the member it is shared by the members' cumulative spend.
    """
    rules = opportunity_rules(book)
    bearers = bearers_by_obligation(rules, spend_by_key(connection, rules, AsKnown(as_at)))
    waived = waived_obligations(connection)
    totals: dict[str, int] = defaultdict(int)
    for row in obligations_due(connection, book, AsKnown(as_at)).rows:
        rule = rules[row.key.framework]
        if row.key in waived or (exact_only and rule.provide != "exact"):
            continue
        cost = held_back_pence(row.due_exact, row.due, in_force(rule.unit_cost, as_at) or 0)
        if cost:
            for member, pence in share_by_spend(cost, bearers[row.key]).items():
                totals[member] += pence
    return dict(totals)


def _post(
    connection: Connection,
    office: Office,
    period: Month,
    effective: date,
    released: dict[str, int],
) -> None:
    moving = {member: pence for member, pence in released.items() if pence}
    if not moving:
        return
    occasion = Occasion(effective, reporting_period=period)
    entries = [surplus_released(occasion, member, pence) for member, pence in moving.items()]
    posted = post(connection, office.acting, entries)
    month = Month.of(effective)
    rows = []
    for entry_id, (member, pence) in zip(posted.ids, moving.items(), strict=True):
        rows += movements_of([Cohort(month, pence)], member, Kind.RELEASE, entry_id)
    add_pot_movements(connection, rows)
    acts.record(connection, office.acting, RELEASE, str(period), moving)


def _rows(
    connection: Connection, book: Book, period: Month, effective: date, released: dict[str, int]
) -> list[dict[str, Any]]:
    """What each member's fund and pot hold on the release's own day, whatever came in later."""
    asked = AsKnown(effective)
    kept = reserves(connection, book, asked)
    held_back = part_million_cost(connection, book, period.last_day, exact_only=True)
    carried = part_million_cost(connection, book, period.last_day)
    then = pot_figures(connection, book, asked)
    rows = []
    for member in pot_figures(connection, book):
        figures = then.get(member, PotFigures())
        beyond = surplus(figures.fund_pence, kept.get(member, 0))
        rows.append(
            {
                "member": member,
                "period": str(period),
                "date": effective.isoformat(),
                "released": format_pence(released.get(member, 0)),
                "held_back": format_pence(held_back.get(member, 0)),
                "part_million": format_pence(carried.get(member, 0)),
                "surplus": format_pence(beyond.surplus_pence),
                "deficit": format_pence(beyond.deficit_pence),
                "pot": format_pence(figures.pot_pence),
            }
        )
    return rows
