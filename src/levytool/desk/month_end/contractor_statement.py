"""Gathering a contractor's statement: what it declared, was charged, paid and owes."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection

from levytool.book.records import Book, Framework
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.obligations import opportunity_rules
from levytool.desk.brokerage.opportunity_due import obligations_due
from levytool.desk.given import code_of
from levytool.desk.month_end.carried import issued_before, since
from levytool.desk.month_end.payers import PayerAccounts
from levytool.desk.month_end.snapshot import Snapshot, snapshot
from levytool.desk.month_end.told import (
    by_framework,
    open_gross,
    party_names,
    spend_by_member,
    told_to,
)
from levytool.desk.office import Office
from levytool.ledger.funds.opportunities import find_opportunities
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.reports.statement_facts import contractor_spend
from levytool.periods import Period
from levytool.rules.opportunities import (
    ScopeKey,
    due,
    due_by_contractor,
    due_exact,
    qualifies,
    scope_key,
)
from levytool.statements.returns import return_notes
from levytool.statements.spend import aged_payers, earlier_spend
from levytool.statements.values import OpportunityLine, Recipient, ReturnNote
from levytool.statements.values_parties import ContractorStatement


def contractor_statement(
    office: Office, contractor: str, period: Period, known_on: date | None = None
) -> ContractorStatement:
    """The statement of one contractor, named by code, name or alias.

    Raises UsageError for an unknown one, with the nearest.
    """
    asked = AsKnown(period.last.last_day, known_on)
    with office.reading() as connection:
        book = book_in_force(connection, asked)
        code = code_of(book, "contractor", contractor)
        return _statement(
            connection, _Facts(connection, period, known_on, office.acting.today, book), code
        )


def contractor_statements(
    office: Office, period: Period, known_on: date | None = None
) -> Iterator[ContractorStatement]:
    """The statement of every contractor in the book, in order of code, all of one snapshot."""
    with office.reading() as connection:
        facts = _Facts(connection, period, known_on, office.acting.today)
        for code in sorted(facts.shared.book.contractors):
            yield _statement(connection, facts, code)


class _Facts:
    """What the statements of all contractors share."""

    def __init__(
        self,
        connection: Connection,
        period: Period,
        known_on: date | None,
        today: date,
        book: Book | None = None,
    ) -> None:
        self.shared = snapshot(connection, period, known_on, today, book)
        asked = self.shared.asked
        self.payers = PayerAccounts(connection, self.shared)
        self.places = find_opportunities(connection, asked)
        self.shares = _shares(self.shared)
        due = obligations_due(connection, self.shared.book, asked)
        self.whole = by_framework(self.shared, due.rows)


def _statement(connection: Connection, facts: _Facts, code: str) -> ContractorStatement:
    shared = facts.shared
    book, period = shared.book, shared.period
    party = book.contractors[code]
    raised = facts.payers.raised(code, "contractor")
    unsettled = open_gross(raised, shared)
    before = issued_before(connection, "contractor", code, period, shared.asked)
    spend = contractor_spend(connection, code, period, shared.asked, since(before))
    lines = spend_by_member(connection, shared, spend)
    places = tuple(_places(facts, code))
    return ContractorStatement(
        told=told_to(shared, Recipient(code, party.name, party.address), before),
        account=facts.payers.account_of(code, raised, before),
        spend=lines,
        earlier=earlier_spend(spend, period.first),
        aged_payers=aged_payers(unsettled, party_names(shared)),
        open_documents=unsettled,
        returns=_returns(shared, code),
        opportunities=places,
        members_pay=tuple(
            framework
            for framework in sorted({line.framework for line in lines})
            if _members_pay(book.frameworks[framework], shared.as_at)
        ),
        shared=tuple(
            line
            for line in facts.whole
            if line.scope != "contractor" and line.framework in {own.framework for own in places}
        ),
    )


def _returns(shared: Snapshot, code: str) -> tuple[ReturnNote, ...]:
    own = {key for key in shared.returns.appointed if key[1] == code}
    return return_notes(own, shared.book, shared.returns, in_time=True)


def _members_pay(framework: Framework, day: date) -> bool:
    """Whether the levy is invoiced to members, by the block in force on a day."""
    blocks = [block for block in framework.levy if block.since <= day]
    return bool(blocks) and max(blocks, key=lambda block: block.since).payer == "member"


def _shares(shared: Snapshot) -> dict[tuple[str, str], tuple[int, int]]:
    """By framework and contractor: its spend in pence, and its share of the places due."""
    rules = opportunity_rules(shared.book)
    spend: dict[ScopeKey, Counter[str]] = {}
    for item in shared.spend:
        if item.framework in rules:
            codes = (item.framework, item.member, item.call_off, item.contractor)
            key = scope_key(rules[item.framework].scope, *codes)
            spend.setdefault(key, Counter())[item.contractor] += item.base_pence
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for key, by_contractor in spend.items():
        whole = due(due_exact(by_contractor.total(), rules[key.framework].per_million))
        owed = due_by_contractor(whole, by_contractor)
        for code, pence in by_contractor.items():
            before = found.get((key.framework, code), (0, 0))
            found[key.framework, code] = (before[0] + pence, before[1] + owed[code])
    return found


def _places(facts: _Facts, code: str) -> Iterator[OpportunityLine]:
    """What a contractor is to provide under each framework: its share, where the scope is wider."""
    book = facts.shared.book
    recorded = [place for place in facts.places if place.contractor == code]
    for framework, rule in sorted(opportunity_rules(book).items()):
        own = [
            place
            for place in recorded
            if place.framework == framework and qualifies(place.weeks, rule.qualifying_weeks)
        ]
        pence, owed = facts.shares.get((framework, code), (0, 0))
        if not pence and not own:
            continue
        exact, given = due_exact(pence, rule.per_million), Fraction(len(own))
        yield OpportunityLine(
            *(framework, book.frameworks[framework].title, "contractor", "", code),
            *(pence, exact, owed, given, Fraction(sum(place.verified for place in own))),
            *(max(Fraction(0), owed - given), max(Fraction(0), given - owed)),
            exact - owed if rule.scope == "contractor" else None,
            part_million_pence=0,
        )
