"""Gathering a member's brokerage statement from one snapshot of the books (domain §3.9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_pots import reserves
from levytool.desk.brokerage.obligations import opportunity_rules
from levytool.desk.given import code_of
from levytool.desk.office import Office
from levytool.ledger import statement_facts
from levytool.ledger.flows import flows, settled_by_member
from levytool.ledger.opportunities import PlaceCounts, place_counts
from levytool.ledger.pots import cohorts_by_member, committed_cohorts
from levytool.ledger.schemes import SourceFunds, StoredScheme, find_schemes, funds_by_scheme
from levytool.ledger.statement_facts import BalanceChange, LevyableSpend, ReturnState
from levytool.periods import Period, in_force
from levytool.rules.brokerage import Cohort, added, remaining
from levytool.rules.opportunities import ScopeKey
from levytool.statements.balance import cohort_lines, movements_of
from levytool.statements.levy import ACCOUNTS, NOTHING, MemberSums, levy_figures, sums_by_member
from levytool.statements.returns import return_notes
from levytool.statements.schemes import opportunity_lines, scheme_lines
from levytool.statements.spend import aged_payers, earlier_spend, open_documents, spend_lines
from levytool.statements.values import Issuer, MemberStatement, Recipient


def member_statement(
    office: Office, member: str, period: Period, known_on: date | None = None
) -> MemberStatement:
    """The statement of one member, named by code, name or alias.

    Raises UsageError for an unknown member, with the nearest ones.
    """
    with office.reading() as connection:
        book = book_in_force(connection)
        code = code_of(book, "member", member)
        return _statement(connection, _facts(connection, book, period, known_on), code)


def member_statements(
    office: Office, period: Period, known_on: date | None = None
) -> Iterator[MemberStatement]:
    """The statement of every member in the book, in order of code, all of one snapshot."""
    with office.reading() as connection:
        facts = _facts(connection, book_in_force(connection), period, known_on)
        for code in sorted(facts.book.members):
            yield _statement(connection, facts, code)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the statements of all members share: one period of one snapshot of the books."""

    book: Book
    period: Period
    as_at: date
    known_on: date | None
    opening: dict[str, MemberSums]
    closing: dict[str, MemberSums]
    changes: list[BalanceChange]
    pots: dict[str, tuple[Cohort, ...]]
    committed: dict[str, dict[str, tuple[Cohort, ...]]]
    schemes: list[StoredScheme]
    funds: dict[str, tuple[SourceFunds, ...]]
    spend: list[LevyableSpend]
    places: dict[ScopeKey, PlaceCounts]
    reserves: dict[str, int]
    returns: list[ReturnState]
    known_until: date | None


def _facts(connection: Connection, book: Book, period: Period, known_on: date | None) -> _Facts:
    as_at = period.last.last_day
    # What was done to schemes and places is dated by the day it was done, in both senses.
    done_by = as_at if known_on is None else min(as_at, known_on)
    schemes = find_schemes(connection, done_by)
    return _Facts(
        book,
        period,
        as_at,
        known_on,
        _sums(connection, period.first.first_day - timedelta(days=1), known_on),
        _sums(connection, as_at, known_on),
        statement_facts.balance_changes(connection, period, known_on),
        cohorts_by_member(connection, as_at=as_at, known_on=known_on),
        {
            scheme.code: committed_cohorts(connection, scheme.code, as_at=as_at, known_on=known_on)
            for scheme in schemes
        },
        schemes,
        funds_by_scheme(connection, as_at=as_at, known_on=known_on),
        statement_facts.levyable_spend(connection, as_at, known_on),
        place_counts(connection, opportunity_rules(book), done_by),
        reserves(connection, book, as_at=as_at, known_on=known_on),
        statement_facts.returns_for(connection, period, known_on),
        known_on or statement_facts.last_posting(connection),
    )


def _sums(connection: Connection, as_at: date, known_on: date | None) -> dict[str, MemberSums]:
    moved = flows(connection, ACCOUNTS, as_at=as_at, known_on=known_on)
    return sums_by_member(moved, settled_by_member(connection, as_at=as_at, known_on=known_on))


def _statement(connection: Connection, facts: _Facts, code: str) -> MemberStatement:
    book, period, as_at, known_on = facts.book, facts.period, facts.as_at, facts.known_on
    consortium, member = book.consortium, book.members[code]
    opening, closing = facts.opening.get(code, NOTHING), facts.closing.get(code, NOTHING)
    movements, commitments = movements_of(code, facts.changes)
    documents = statement_facts.member_documents(connection, code, as_at, known_on)
    spend = statement_facts.spend_in(connection, code, period, known_on)
    unsettled = open_documents(documents, as_at)
    names = {party.code: party.name for party in book.contractors.values()} | {code: member.name}
    return MemberStatement(
        issuer=Issuer(
            consortium.name,
            consortium.address,
            consortium.email,
            consortium.vat_number,
            consortium.accent,
        ),
        recipient=Recipient(code, member.name, member.address),
        period=period,
        as_at=as_at,
        known_on=known_on,
        basis=in_force(consortium.pots_funded_on, as_at) or "received",
        opening=opening.split,
        closing=closing.split,
        movements=movements,
        commitments=commitments,
        cohorts=cohort_lines(
            facts.pots.get(code, ()),
            _still_committed(facts, code),
            period.last,
            consortium.pot_life_months,
        ),
        levy=levy_figures(opening, closing, facts.reserves.get(code, 0)),
        spend=spend_lines(spend, documents, book),
        earlier=earlier_spend(spend, period.first),
        aged_payers=aged_payers(unsettled, names),
        open_documents=unsettled,
        returns=return_notes(code, book, facts.spend, facts.returns, period, facts.known_until),
        opportunities=opportunity_lines(code, book, facts.spend, facts.places, as_at),
        schemes=scheme_lines(code, facts.schemes, facts.funds),
    )


def _still_committed(facts: _Facts, code: str) -> tuple[Cohort, ...]:
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
