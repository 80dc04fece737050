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
from levytool.ledger.as_known import AsKnown
from levytool.ledger.flows import flows, settled_by_member
from levytool.ledger.opened import opened_until
from levytool.ledger.opportunities import PlaceCounts, place_counts
from levytool.ledger.pots import cohorts_by_member, committed_cohorts
from levytool.ledger.schemes import SourceFunds, StoredScheme, find_schemes, funds_by_scheme
from levytool.ledger.statement_facts import BalanceChange, LevyableSpend, ReturnState
from levytool.periods import Month, Period, in_force
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
    asked = AsKnown(period.last.last_day, known_on)
    with office.reading() as connection:
        book = book_in_force(connection, asked)
        return statement_of(connection, book, code_of(book, "member", member), period, asked)


def statement_of(
    connection: Connection, book: Book, code: str, period: Period, asked: AsKnown
) -> MemberStatement:
    """The statement of the member of that code, from a snapshot that is open already."""
    return _statement(connection, _facts(connection, book, period, asked), code)


def member_statements(
    office: Office, period: Period, known_on: date | None = None
) -> Iterator[MemberStatement]:
    """The statement of every member in the book, in order of code, all of one snapshot."""
    asked = AsKnown(period.last.last_day, known_on)
    with office.reading() as connection:
        facts = _facts(connection, book_in_force(connection, asked), period, asked)
        for code in sorted(facts.book.members):
            yield _statement(connection, facts, code)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the statements of all members share: one period of one snapshot of the books."""

    book: Book
    period: Period
    asked: AsKnown
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
    opened: Month | None


def _facts(connection: Connection, book: Book, period: Period, asked: AsKnown) -> _Facts:
    schemes = find_schemes(connection, asked)
    eve = AsKnown(period.first.first_day - timedelta(days=1), asked.known_on)
    return _Facts(
        book,
        period,
        asked,
        _sums(connection, eve),
        _sums(connection, asked),
        statement_facts.balance_changes(connection, period, asked),
        cohorts_by_member(connection, asked),
        {scheme.code: committed_cohorts(connection, scheme.code, asked) for scheme in schemes},
        schemes,
        funds_by_scheme(connection, asked),
        statement_facts.levyable_spend(connection, asked),
        place_counts(connection, opportunity_rules(book), asked),
        reserves(connection, book, asked),
        statement_facts.returns_for(connection, period, asked),
        asked.known_on or statement_facts.last_posting(connection),
        opened_until(connection),
    )


def _sums(connection: Connection, asked: AsKnown) -> dict[str, MemberSums]:
    moved = flows(connection, ACCOUNTS, asked)
    return sums_by_member(moved, settled_by_member(connection, asked))


def _statement(connection: Connection, facts: _Facts, code: str) -> MemberStatement:
    book, period, asked = facts.book, facts.period, facts.asked
    as_at = period.last.last_day
    consortium, member = book.consortium, book.members[code]
    opening, closing = facts.opening.get(code, NOTHING), facts.closing.get(code, NOTHING)
    movements, commitments = movements_of(code, facts.changes)
    documents = statement_facts.member_documents(connection, code, asked)
    spend = statement_facts.spend_in(connection, code, period, asked)
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
        known_on=asked.known_on,
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
        returns=return_notes(
            code, book, facts.spend, facts.returns, period, facts.known_until, facts.opened
        ),
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
