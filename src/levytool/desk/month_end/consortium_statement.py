"""Gathering the consortium's statement: the sum over its members, and its cash cover."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection

from levytool.accounts import CHART, Account
from levytool.desk.brokerage.opportunity_due import obligations_due
from levytool.desk.month_end.carried import issued_before, since
from levytool.desk.month_end.open_queries import open_queries
from levytool.desk.month_end.snapshot import Snapshot, snapshot
from levytool.desk.month_end.told import (
    by_framework,
    open_gross,
    party_names,
    spend_by_member,
    told_to,
)
from levytool.desk.office import Office
from levytool.ledger.bank.bank_balances import bank_balances
from levytool.ledger.documents.documents import find_documents
from levytool.ledger.journal.balances import balances
from levytool.ledger.reports.statement_facts import all_spend
from levytool.periods import Period
from levytool.reconcile.spend import Findings
from levytool.statements import words
from levytool.statements.balance import month_ends, movements_of
from levytool.statements.carried import closing_pots, closing_sums
from levytool.statements.levy import NOTHING, MemberSums, levy_figures, together
from levytool.statements.returns import EXPECTED, MISSING, STAGED, return_notes
from levytool.statements.schemes import whole_scheme
from levytool.statements.spend import aged_payers, by_framework_and_member, earlier_spend
from levytool.statements.values import Recipient, ReturnNote
from levytool.statements.values_parties import (
    ConsortiumStatement,
    CoverLine,
    MemberQueries,
    PotLine,
)

COVERED = (
    Account.LEVY_FUND,
    Account.OPPORTUNITY_PROVISION,
    Account.BROKERAGE_POT,
    Account.SCHEME_FUNDS,
    Account.CREDITORS,
    Account.VAT_CONTROL,
    Account.SUSPENSE,
    Account.UNALLOCATED_RECEIPTS,
    Account.LAPSED_FUNDS,
)
"""What the bank must cover, less match funding that has not come: what domain §3.5 lists, and what
would else pass for the consortium's own: money that nobody has identified, and lapsed money, which
is restricted."""


def consortium_statement(
    office: Office,
    period: Period,
    known_on: date | None = None,
    matched: Findings | None = None,
) -> ConsortiumStatement:
    """The consortium's statement, of one snapshot of the books.

    `matched` saves matching the spend once more, where that is done already.
    """
    with office.reading() as connection:
        facts = snapshot(connection, period, known_on, office.acting.today)
        names = {code: party.name for code, party in sorted(facts.book.members.items())}
        queries = open_queries(connection, period, known_on, names, matched)
        found = (MemberQueries(code, name, queries[code]) for code, name in names.items())
        return _statement(connection, facts, tuple(found))


def _statement(
    connection: Connection, facts: Snapshot, queries: tuple[MemberQueries, ...]
) -> ConsortiumStatement:
    book, period, asked = facts.book, facts.period, facts.asked
    members = sorted(book.members)
    # A scheme's funds are members' and funders': only the members' are their balances.
    opening, closing = (
        together(sums.get(code, NOTHING) for code in members)
        for sums in (facts.opening, facts.closing)
    )
    unsettled = open_gross(find_documents(connection, asked=asked), facts)
    due = obligations_due(connection, book, asked)
    before = issued_before(connection, "consortium", "", period, asked)
    spend = all_spend(connection, period, asked, since(before))
    issued = closing_sums(before.kept) if before else None
    pots, moved = _pots(facts, members, closing_pots(before.kept) if before else {})
    return ConsortiumStatement(
        told=told_to(facts, Recipient("", book.consortium.name), before),
        levy=levy_figures(opening, closing, sum(facts.reserves.values()), issued),
        opening=(issued or opening).split,
        closing=closing.split,
        moved=moved,
        month_ends=month_ends(members, facts.month_changes, closing.split, facts.charted),
        pots=pots,
        cover=_cover(connection, facts),
        spend=by_framework_and_member(spend_by_member(connection, facts, spend)),
        earlier=earlier_spend(spend, period.first),
        aged_payers=aged_payers(unsettled, party_names(facts)),
        open_documents=unsettled,
        returns=_returns(facts),
        opportunities=by_framework(facts, due.rows),
        rounding_difference=due.rounding_difference,
        schemes=tuple(
            whole_scheme(stored, facts.funds.get(stored.code, ()), facts.outcomes)
            for stored in facts.schemes
        ),
        queries=queries,
    )


def _pots(
    facts: Snapshot, members: Iterable[str], issued: Mapping[str, int]
) -> tuple[tuple[PotLine, ...], tuple[tuple[str, int], ...]]:
    """Every member's balance, and what moved all of them beside releases, by kind.

    A member opens with what was issued of it, and what its opening has changed by since is another
    of its movements.
    """
    lines, moved = [], Counter[str]()
    for code in members:
        opening, closing = facts.opening.get(code, NOTHING), facts.closing.get(code, NOTHING)
        opened = issued.get(code, opening.split.total_pence)
        late = opening.split.total_pence - opened
        parts = Counter(other=late)
        if late:
            moved[words.PRIOR_PERIODS] += late
        for item in movements_of(code, facts.changes)[0]:
            kind = item.kind if item.kind in ("release", "drawdown") else "other"
            parts[kind] += item.amount_pence
            if item.kind not in ("release", "transfer"):
                moved[words.kind_words(item.kind)] += item.amount_pence
        lines.append(_pot(facts, code, opened, closing, parts))
    return tuple(lines), tuple(moved.items())


def _pot(
    facts: Snapshot, code: str, opening_pence: int, closing: MemberSums, parts: Counter[str]
) -> PotLine:
    return PotLine(
        member=code,
        name=facts.book.members[code].name,
        opening_pence=opening_pence,
        released_pence=parts["release"],
        drawn_pence=parts["drawdown"],
        other_pence=parts["other"],
        closing=closing.split,
        unpaid_pence=closing.unpaid_pence,
        fund_pence=closing.fund_pence,
        provision_pence=closing.provision_pence,
    )


def _cover(connection: Connection, facts: Snapshot) -> tuple[CoverLine, ...]:
    """The bank's own balance is 1200 with what was there before these books, if that was never
    brought in (domain §3.5, *Cash cover*)."""
    held = Counter[str]()
    for row in balances(connection, facts.asked):
        held[row.account] += row.balance_pence
    not_come = Account.MATCH_FUNDING_DEBTORS
    banks = bank_balances(connection, facts.asked.as_at, facts.asked)
    before_pence = sum(bank.before_pence for bank in banks)
    before = (CoverLine("", words.HELD_BEFORE, before_pence),) if before_pence else ()
    return (
        CoverLine("1200", "In the bank", held[Account.BANK.value]),
        *before,
        *(CoverLine(a.value, f"Less {_within(CHART[a].name)}", held[a.value]) for a in COVERED),
        CoverLine(not_come.value, "Match funding not received", held[not_come.value]),
    )


def _within(name: str) -> str:
    """An account's name within a sentence: `VAT control` keeps its capitals."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def _returns(facts: Snapshot) -> tuple[ReturnNote, ...]:
    notes = return_notes(facts.returns.appointed, facts.book, facts.returns)
    return tuple(note for note in notes if note.state in (STAGED, MISSING, EXPECTED))
