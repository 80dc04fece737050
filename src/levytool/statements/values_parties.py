"""Statements of a contractor, of a scheme and of the consortium as immutable values.

Amounts are pence. They are made of the same lines as a member's statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from levytool.book.records import FundedOn
from levytool.periods import Month, Period
from levytool.statements.values import (
    AgedPayer,
    EarlierSpend,
    Issuer,
    LevyFigures,
    MonthEnd,
    Movement,
    OpenDocument,
    OpportunityLine,
    PayerAccount,
    Queries,
    Recipient,
    ReturnNote,
    SchemeLine,
    SpendLine,
    Split,
)
from levytool.statements.values_payer import BankedLater


@dataclass(frozen=True, slots=True)
class Told:
    """What every statement begins with. `follows` is the issued statement that it follows."""

    issuer: Issuer
    recipient: Recipient
    period: Period
    as_at: date
    known_on: date | None
    basis: FundedOn
    follows: str = ""


@dataclass(frozen=True, slots=True)
class ContractorStatement:
    """What a contractor declared, was charged, paid and owes.

    `members_pay` are frameworks of its spend whose levy members pay; `shared` are the whole sums of
    those frameworks of its places whose obligations are wider than one contractor's.
    """

    told: Told
    account: PayerAccount
    spend: tuple[SpendLine, ...] = ()
    earlier: tuple[EarlierSpend, ...] = ()
    aged_payers: tuple[AgedPayer, ...] = ()
    open_documents: tuple[OpenDocument, ...] = ()
    returns: tuple[ReturnNote, ...] = ()
    opportunities: tuple[OpportunityLine, ...] = ()
    members_pay: tuple[str, ...] = ()
    shared: tuple[OpportunityLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source of a scheme's money: a member or a funder, from all it put in to what is left.

    `put_pence` is what was committed or agreed. What of a funder's did not come is still `owed`, or
    was `released` when the scheme closed; the rest was drawn, given back, or is left to be drawn.
    `opening_pence`, what was put in, drawn, given back, let go (released) and moved otherwise, and
    `closing_pence` are the period's: all that 2300 holds for it.
    """

    source: str
    kind: str
    put_pence: int
    drawn_pence: int
    returned_pence: int
    left_pence: int
    owed_pence: int = 0
    released_pence: int = 0
    opening_pence: int = 0
    put_in_pence: int = 0
    drew_pence: int = 0
    gave_back_pence: int = 0
    let_go_pence: int = 0
    other_pence: int = 0

    @property
    def not_received_pence(self) -> int:
        return self.owed_pence + self.released_pence

    @property
    def received_pence(self) -> int:
        return self.put_pence - self.not_received_pence

    @property
    def closing_pence(self) -> int:
        return self.left_pence + self.owed_pence


@dataclass(frozen=True, slots=True)
class CommittedCohort:
    """What a member's commitments took from the surplus that entered its pot in one month."""

    member: str
    entered: Month
    pence: int


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A source's share of one drawdown; negative for one that is taken back."""

    day: date
    reference: str
    payee: str
    words: str
    source: str
    amount_pence: int


@dataclass(frozen=True, slots=True)
class SchemeStatement:
    """A scheme's money by source, and what was drawn of it. Its balance is all of 2300 for it.

    `names` are those of the members by code; a funder has no code but its name. `proposed_later`
    is the day on which it was proposed, where that is after the period: only outcomes are told
    then.
    `banked` is match funding that the bank had by then and that was entered later; `owed_back`
    what of it goes back to each funder and was not paid yet.
    """

    told: Told
    scheme: SchemeLine
    opening_pence: int
    closing_pence: int
    movements: tuple[Movement, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    cohorts: tuple[CommittedCohort, ...] = ()
    draws: tuple[DrawLine, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    proposed_later: date | None = None
    banked: tuple[BankedLater, ...] = ()
    owed_back: Mapping[str, int] = field(default_factory=dict)

    def name(self, source: str) -> str:
        """What a source is called."""
        return self.names.get(source, source)


@dataclass(frozen=True, slots=True)
class PotLine:
    """One member's balance from opening to closing, and the levy beside it."""

    member: str
    name: str
    opening_pence: int
    released_pence: int
    drawn_pence: int
    other_pence: int
    closing: Split
    unpaid_pence: int
    fund_pence: int
    provision_pence: int


@dataclass(frozen=True, slots=True)
class CoverLine:
    """What an account holds that the bank must cover, or that covers it: signed so."""

    account: str
    name: str
    amount_pence: int


@dataclass(frozen=True, slots=True)
class MemberQueries:
    """One member's open queries."""

    member: str
    name: str
    queries: Queries


@dataclass(frozen=True, slots=True)
class ConsortiumStatement:
    """The sum over members, and what the consortium as a whole answers for."""

    told: Told
    levy: LevyFigures
    opening: Split
    closing: Split
    moved: tuple[tuple[str, int], ...] = ()
    month_ends: tuple[MonthEnd, ...] = ()
    pots: tuple[PotLine, ...] = ()
    cover: tuple[CoverLine, ...] = ()
    spend: tuple[SpendLine, ...] = ()
    earlier: tuple[EarlierSpend, ...] = ()
    aged_payers: tuple[AgedPayer, ...] = ()
    open_documents: tuple[OpenDocument, ...] = ()
    returns: tuple[ReturnNote, ...] = ()
    opportunities: tuple[OpportunityLine, ...] = ()
    rounding_difference: int = 0
    schemes: tuple[SchemeLine, ...] = ()
    queries: tuple[MemberQueries, ...] = ()
