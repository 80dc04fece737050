"""A member's brokerage statement, told in sections (domain §3.9)."""

from collections import Counter
from collections.abc import Iterator

from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.parts_balance import balance_section, schemes_section
from levytool.statements.parts_levy import (
    ageing_section,
    flow_chart,
    levy_section,
    returns_section,
    spend_section,
)
from levytool.statements.parts_payer import (
    account_movements,
    documents_section,
    owed_grid,
    paid_later,
)
from levytool.statements.parts_places import places_section
from levytool.statements.parts_queries import member_queries
from levytool.statements.sections import Figure, Section, Statement
from levytool.statements.values import MemberStatement


def member_in_sections(told: MemberStatement) -> Statement:
    """The statement as every form is written from it."""
    closing = told.closing
    late = sum(item.amount_pence for item in told.movements if item.is_prior)
    prior = [Figure("prior_periods", words.PRIOR_PERIODS, late)] if late else []
    return Statement(
        kind="member",
        title="Brokerage statement",
        issuer=told.issuer,
        subject=told.recipient,
        period=told.period,
        as_at=told.as_at,
        known_on=told.known_on,
        status=told.status,
        basis=told.basis,
        key_figures=(
            Figure("opening_balance", "Opening balance", told.opening.total_pence),
            *prior,
            Figure("released", "Surplus released", told.released_pence),
            Figure("drawn", "Drawn by schemes", -told.drawn_pence),
            *_moved_otherwise(told),
            Figure("closing_balance", "Closing balance", closing.total_pence),
        ),
        held=(
            f"At {words.day_words(told.as_at)} the closing balance holds "
            f"{display_pence(closing.uncommitted_pence)} uncommitted in the pot and "
            f"{display_pence(closing.committed_pence)} committed to schemes."
        ),
        sections=_sections(told),
    )


def _moved_otherwise(told: MemberStatement) -> Iterator[Figure]:
    """What moved the balance beside release and drawdown: the figures at the head add up."""
    moved = Counter[str]()
    for item in told.movements:
        if not item.is_prior and item.kind not in ("release", "drawdown"):
            moved[item.kind] += item.amount_pence
    for kind, pence in moved.items():
        if pence:
            yield Figure(f"moved_{kind.replace('-', '_')}", words.kind_words(kind), pence)


def _sections(told: MemberStatement) -> tuple[Section, ...]:
    moved = Counter[str]()
    for item in told.movements:
        if item.is_prior:
            moved[words.PRIOR_PERIODS] += item.amount_pence
        elif item.kind != "release":
            moved[words.kind_words(item.kind)] += item.amount_pence
    return (
        levy_section(
            told.levy,
            flow_chart(told.levy, told.opening, told.closing, tuple(moved.items())),
            words.basis_words(told.basis),
        ),
        balance_section(
            *(told.opening, told.closing, told.movements, told.commitments),
            *(told.month_ends, told.cohorts, told.follows),
        ),
        schemes_section(told.schemes, "This member’s part, with the whole scheme beneath"),
        places_section(
            told.opportunities,
            "Due on all spend to date, and what has been provided",
            # An obligation of no member counts all members' spend.
            total="All obligations" if all(line.member for line in told.opportunities) else "",
        ),
        spend_section(told.spend, told.earlier),
        ageing_section(
            *(told.aged_payers, told.open_documents),
            "This member’s share of unpaid levy by days past its due date, before VAT",
            after=words.dated_later((item.day for item in told.open_documents), told.period),
        ),
        *_account(told),
        returns_section(
            told.returns,
            "From contractors that have worked for this member; what is missing will change these "
            "figures",
        ),
        member_queries(told.queries, told.recipient.code, told.period),
    )


def _account(told: MemberStatement) -> Iterator[Section]:
    """What a member that pays levy itself was charged, paid and owes, as a contractor is told."""
    if told.account is not None:
        movements = account_movements(told.account, told.follows, key="account")
        parts = (movements, owed_grid(told.account, "member"))
        title = "The member’s own account as a payer of levy, with VAT"
        yield Section("account", title, parts, after=paid_later(told.account))
        title = "Levy documents that the member pays"
        yield documents_section(told.account.documents, told.period, title)
