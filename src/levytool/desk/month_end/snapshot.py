"""One snapshot of the books that statements are told from: what all of a period share."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from levytool.book.records import Book, FundedOn
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_pots import reserves
from levytool.desk.brokerage.obligations import opportunity_rules
from levytool.desk.issuer import issuer_of
from levytool.ledger.funds.opportunities import place_counts
from levytool.ledger.funds.participants import scheme_outcomes
from levytool.ledger.funds.pots import cohorts_by_member, committed_cohorts
from levytool.ledger.funds.schemes import SourceFunds, StoredScheme, find_schemes, funds_by_scheme
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.opened import opened_until
from levytool.ledger.reports import statement_facts
from levytool.ledger.reports.flows import flows, settled_by_member
from levytool.ledger.reports.statement_facts import (
    BalanceChange,
    LevyableSpend,
    MonthChange,
)
from levytool.periods import Month, Period, in_force
from levytool.rules.brokerage import Cohort, added, remaining
from levytool.rules.outcomes import Outcomes
from levytool.statements.balance import charted
from levytool.statements.levy import ACCOUNTS, MemberSums, sums_by_member
from levytool.statements.returns import PeriodReturns, period_returns
from levytool.statements.schemes import Obligations, obligations_of
from levytool.statements.values import Issuer


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the statements of all members share: one period of one snapshot of the books.

    `as_at` is the day it is told as of: the period's last, or today while that is to come.
    """

    book: Book
    period: Period
    as_at: date
    asked: AsKnown
    opening: dict[str, MemberSums]
    closing: dict[str, MemberSums]
    changes: list[BalanceChange]
    pots: dict[str, tuple[Cohort, ...]]
    committed: dict[str, dict[str, tuple[Cohort, ...]]]
    schemes: list[StoredScheme]
    funds: dict[str, tuple[SourceFunds, ...]]
    outcomes: dict[str, Outcomes]
    month_changes: list[MonthChange]
    spend: list[LevyableSpend]
    workers: dict[str, set[tuple[str, str]]]
    obligations: Obligations
    reserves: dict[str, int]
    returns: PeriodReturns

    @property
    def charted(self) -> Period:
        """The months that are told of: those to come have no end of their own yet."""
        return replace(self.period, last=Month.of(self.as_at))

    @property
    def basis(self) -> FundedOn:
        """Whether pots are funded by levy received or billed, on the last day."""
        return in_force(self.book.consortium.pots_funded_on, self.as_at) or "received"

    @property
    def issuer(self) -> Issuer:
        """The consortium, as its book has it."""
        return issuer_of(self.book)


def snapshot(
    connection: Connection,
    period: Period,
    known_on: date | None,
    today: date,
    book: Book | None = None,
) -> Snapshot:
    """The books as at the period's end, as they were known on a day."""
    asked = AsKnown(period.last.last_day, known_on)
    book = book or book_in_force(connection, asked)
    schemes = find_schemes(connection, asked)
    eve = AsKnown(period.first.first_day - timedelta(days=1), asked.known_on)
    rules = opportunity_rules(book)
    by_call_off = any(rule.scope == "call-off" for rule in rules.values())
    spend = statement_facts.levyable_spend(
        connection, asked, "call-off" if by_call_off else "contractor"
    )
    places = place_counts(connection, rules, asked)
    looked_on = min(period.last.last_day, known_on or today)
    as_at = _as_at(connection, period, asked, looked_on)
    return Snapshot(
        book,
        period,
        as_at,
        asked,
        _sums(connection, eve),
        _sums(connection, asked),
        statement_facts.balance_changes(connection, period, asked),
        cohorts_by_member(connection, asked),
        {scheme.code: committed_cohorts(connection, scheme.code, asked) for scheme in schemes},
        schemes,
        funds_by_scheme(connection, asked),
        scheme_outcomes(connection, as_at, asked),
        statement_facts.month_changes(
            connection, charted(replace(period, last=Month.of(as_at))), asked
        ),
        spend,
        _workers(spend),
        obligations_of(book, spend, places, period.last.last_day),
        reserves(connection, book, asked),
        period_returns(
            book,
            period,
            statement_facts.returns_for(connection, period, asked),
            looked_on,
            opened_until(connection),
        ),
    )


def _as_at(connection: Connection, period: Period, asked: AsKnown, looked_on: date) -> date:
    """The period's last day, or the day it is looked on while that is to come, so that no debt is
    aged to a day to come. Nothing that counts is effective after it: what was accepted before its
    month was over moves it on to that month's end."""
    counted = statement_facts.last_effective(connection, asked) or looked_on
    return max(period.first.first_day, looked_on, counted)


def _workers(spend: Iterable[LevyableSpend]) -> dict[str, set[tuple[str, str]]]:
    """By member, the frameworks and contractors that have worked for it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for item in spend:
        found.setdefault(item.member, set()).add((item.framework, item.contractor))
    return found


def _sums(connection: Connection, asked: AsKnown) -> dict[str, MemberSums]:
    moved = flows(connection, ACCOUNTS, asked)
    return sums_by_member(moved, settled_by_member(connection, asked))


def still_committed(facts: Snapshot, code: str) -> tuple[Cohort, ...]:
    """What a member's commitments still hold in schemes, by the cohorts they took it from.

    Drawdowns use the oldest money first; a closed scheme has given its rest back.
    """
    held: tuple[Cohort, ...] = ()
    for scheme, sources in facts.funds.items():
        own = [s for s in sources if s.source == code and s.balance_pence]
        taken = facts.committed.get(scheme, {}).get(code, ())
        for source in own:
            held = added(held, remaining(taken, source.put_pence - source.balance_pence))
    return held
