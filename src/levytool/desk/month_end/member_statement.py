"""Gathering a member's brokerage statement from one snapshot of the books (domain §3.9)."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import code_of
from levytool.desk.month_end.carried import Before, issued_before, of_prior_period, since
from levytool.desk.month_end.open_queries import open_queries
from levytool.desk.month_end.payers import PayerAccounts
from levytool.desk.month_end.snapshot import Snapshot, snapshot, still_committed
from levytool.desk.office import Office
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.reports import statement_facts
from levytool.ledger.reports.statement_facts import MemberDocument, Since, SpendGroup
from levytool.periods import Period
from levytool.statements.balance import cohort_lines, month_ends, movements_of
from levytool.statements.carried import closing_sums
from levytool.statements.levy import NOTHING, levy_figures
from levytool.statements.returns import return_notes
from levytool.statements.schemes import opportunity_lines, scheme_lines
from levytool.statements.spend import (
    Alike,
    aged_payers,
    alike,
    earlier_spend,
    open_documents,
    spend_lines,
)
from levytool.statements.values import MemberStatement, PayerAccount, Queries, Recipient

MANY_LINES = 10_000
"""With fewer lines than this, finding the returns that are alike takes longer than it saves."""

TOGETHER = 25
"""Members whose documents are read at once: few enough for memory, many enough for speed."""


def member_statement(
    office: Office, member: str, period: Period, known_on: date | None = None
) -> MemberStatement:
    """The statement of one member, named by code, name or alias.

    Raises UsageError for an unknown member, with the nearest ones.
    """
    asked = AsKnown(period.last.last_day, known_on)
    with office.reading() as connection:
        book = book_in_force(connection, asked)
        code = code_of(book, "member", member)
        return statement_of(connection, book, code, period, asked, office.acting.today)


def statement_of(
    connection: Connection, book: Book, code: str, period: Period, asked: AsKnown, today: date
) -> MemberStatement:
    """The statement of the member of that code, from a snapshot that is open already."""
    documents = statement_facts.member_documents(connection, code, asked)
    facts = snapshot(connection, period, asked.known_on, today, book)
    queries = open_queries(connection, period, asked.known_on, [code])
    payers = PayerAccounts(connection, facts)
    return _statement(connection, facts, payers, code, documents, queries[code])


def member_statements(
    office: Office, period: Period, known_on: date | None = None
) -> Iterator[MemberStatement]:
    """The statement of every member in the book, in order of code, all of one snapshot."""
    with office.reading() as connection:
        facts = snapshot(connection, period, known_on, office.acting.today)
        codes = sorted(facts.book.members)
        queries = open_queries(connection, period, known_on, codes)
        payers = PayerAccounts(connection, facts)
        for first in range(0, len(codes), TOGETHER):
            some = codes[first : first + TOGETHER]
            documents = statement_facts.documents_by_member(connection, some, facts.asked)
            for code in some:
                own = (documents[code], queries[code])
                yield _statement(connection, facts, payers, code, *own)


def _statement(
    connection: Connection,
    facts: Snapshot,
    payers: PayerAccounts,
    code: str,
    documents: list[MemberDocument],
    queries: Queries,
) -> MemberStatement:
    book, period, asked = facts.book, facts.period, facts.asked
    as_at = facts.as_at
    member = book.members[code]
    opening, closing = facts.opening.get(code, NOTHING), facts.closing.get(code, NOTHING)
    movements, commitments = movements_of(code, facts.changes)
    before = issued_before(connection, "member", code, period, asked)
    issued = None
    if before is not None:
        issued = closing_sums(before.kept)
        late, late_commitments = movements_of(code, before.late(connection, asked))
        movements = of_prior_period(late) + movements
        commitments = of_prior_period(late_commitments) + commitments
    spend, told = _spend(connection, code, period, asked, documents, since(before))
    unsettled = open_documents(documents, as_at)
    names = {party.code: party.name for party in book.contractors.values()} | {code: member.name}
    return MemberStatement(
        issuer=facts.issuer,
        recipient=Recipient(code, member.name, member.address),
        period=period,
        as_at=as_at,
        known_on=asked.known_on,
        basis=facts.basis,
        opening=(issued or opening).split,
        closing=closing.split,
        movements=movements,
        commitments=commitments,
        cohorts=cohort_lines(
            facts.pots.get(code, ()),
            still_committed(facts, code),
            facts.charted.last,
            book.consortium.pot_life_months,
        ),
        month_ends=month_ends({code}, facts.month_changes, closing.split, facts.charted),
        levy=levy_figures(opening, closing, facts.reserves.get(code, 0), issued),
        spend=spend_lines(spend, told.documents, book, told.unpaid),
        earlier=earlier_spend(spend, period.first),
        aged_payers=aged_payers(unsettled, names),
        open_documents=unsettled,
        returns=return_notes(facts.workers.get(code, ()), book, facts.returns),
        opportunities=opportunity_lines(code, facts.obligations),
        schemes=scheme_lines(code, facts.schemes, facts.funds, facts.outcomes),
        queries=queries,
        follows=before.number if before else "",
        account=_account(payers, code, before),
    )


def _account(payers: PayerAccounts, code: str, before: Before | None) -> PayerAccount | None:
    """The account of a member that pays levy itself."""
    if not payers.pays(code):
        return None
    return payers.account_of(code, payers.raised(code, "member"), before)


def _spend(
    connection: Connection,
    code: str,
    period: Period,
    asked: AsKnown,
    documents: list[MemberDocument],
    late: Since | None,
) -> tuple[list[SpendGroup], Alike]:
    """The member's spend; of many lines, with the returns that are alike summed as one."""
    if statement_facts.count_lines(connection, code) < MANY_LINES:
        groups = statement_facts.spend_in(connection, code, period, asked, late)
        return groups, Alike({}, frozenset(), tuple(documents))
    returns = statement_facts.touched_returns(connection, period, asked, late)
    told = alike(returns, documents, period.first)
    groups = statement_facts.spend_together(connection, code, returns, told.told_with)
    return groups, told
