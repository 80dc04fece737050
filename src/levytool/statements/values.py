"""A member's brokerage statement as one immutable value (domain §3.9); renderers only read it.

Amounts are pence. Parties, frameworks and schemes are codes, with the book's names beside them.
"""

from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Literal

from levytool.book.records import FundedOn, Scope
from levytool.periods import Month, Period
from levytool.rules.outcomes import NO_OUTCOMES, Outcomes
from levytool.statements.values_payer import BankedLater, DocumentLine, Owed

DRAFT = "draft"
PROPOSED = "proposed"
FINAL = "final"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture in SVG or PNG, as its file has it."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Issuer:
    """The consortium that sends the statement. `accent` is `#` and six hexadecimal digits."""

    name: str
    address: tuple[str, ...] = ()
    email: str = ""
    vat_number: str = ""
    accent: str = "#123a5a"
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """The member that the statement is for."""

    code: str
    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """What makes a statement final: its number, and who prepared and who approved it, and when.

    Before it is approved, `number` and `approved_by` are '' and `issued_on` is None.
    """

    prepared_by: str
    prepared_on: date
    number: str = ""
    approved_by: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A member's balance: in its pot (2200), and committed to schemes from it (its own 2300)."""

    uncommitted_pence: int = 0
    committed_pence: int = 0

    @property
    def total_pence(self) -> int:
        return self.uncommitted_pence + self.committed_pence


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """A member's balance at the end of one month."""

    month: Month
    split: Split


@dataclass(frozen=True, slots=True)
class Movement:
    """One change: positive for money that came to the member's balance.

    In a list of commitments, positive for money moved from the pot to a scheme. `is_prior`: it was
    posted into months that an issued statement had told already (domain §3.9).
    """

    day: date
    kind: str
    reference: str
    narrative: str
    amount_pence: int
    is_prior: bool = False


@dataclass(frozen=True, slots=True)
class CohortLine:
    """What is left of the surplus that entered in one month, and the month it lapses, if any.

    `age_months` counts from the month of entry to the statement's last month.
    """

    entered: Month
    age_months: int
    uncommitted_pence: int
    committed_pence: int
    lapses: Month | None = None


@dataclass(frozen=True, slots=True)
class LevyFlow:
    """The levy's way to the pot over some months: what reached each step, net of what went back.

    `funded_pence` is what reached the levy fund (2100): what was received, or billed where pots
    are funded so. `provided_pence` went from it into the opportunity provision; `overruns_pence` is
    what opportunities cost beyond their provision, less savings. The rest of the fund's changes
    is `other_pence` (opening balances brought in).
    """

    billed_pence: int = 0
    received_pence: int = 0
    written_off_pence: int = 0
    funded_pence: int = 0
    fund_written_off_pence: int = 0
    retained_pence: int = 0
    provided_pence: int = 0
    overruns_pence: int = 0
    released_pence: int = 0
    other_pence: int = 0

    def less(self, earlier: "LevyFlow") -> "LevyFlow":
        """The flow since an earlier one that this one includes."""
        own = ((field.name, getattr(self, field.name)) for field in fields(self))
        return LevyFlow(**{name: pence - getattr(earlier, name) for name, pence in own})


@dataclass(frozen=True, slots=True)
class LevyFigures:
    """The waterfall beside the balance: levy, retained, provision, surplus released (domain §3.5).

    `unpaid` is levy billed and not received (2000), `fund` the levy fund (2100), `provision` what
    is set aside for opportunities (2110), each at the statement's opening and closing. Where the
    statement follows an issued one, it opens with what that closed with; `prior` is what the books
    tell of its months since, and `prior_fund_pence` what that did to the fund.
    """

    period: LevyFlow = LevyFlow()
    to_date: LevyFlow = LevyFlow()
    unpaid_opening_pence: int = 0
    unpaid_closing_pence: int = 0
    fund_opening_pence: int = 0
    fund_closing_pence: int = 0
    provision_opening_pence: int = 0
    provision_closing_pence: int = 0
    reserve_pence: int = 0
    prior: LevyFlow = LevyFlow()
    prior_fund_pence: int = 0

    @property
    def surplus_pence(self) -> int:
        """What the fund holds beyond the member's reserve and has not released."""
        return max(0, self.fund_closing_pence - self.reserve_pence)

    @property
    def deficit_pence(self) -> int:
        """What the fund lacks of the member's reserve; it is carried."""
        return max(0, self.reserve_pence - self.fund_closing_pence)


@dataclass(frozen=True, slots=True)
class SpendLine:
    """Accepted spend under one framework, lot, call-off and contractor, and the levy on it.

    `rates_ppm` are rates charged, the lowest first and the highest last; empty where bands decided.
    `levy_pence` is the exact levy, `billed_pence` the part of the documents raised (they differ
    where a document had a minimum, a maximum or its own rounding), `received_pence` what of it is
    paid or set off.
    """

    framework: str
    framework_title: str
    lot: str
    lot_title: str
    call_off: str
    contractor: str
    contractor_name: str
    spend_pence: int
    rates_ppm: tuple[int, ...]
    levy_pence: int
    billed_pence: int
    received_pence: int
    written_off_pence: int = 0
    member: str = ""
    member_name: str = ""

    @property
    def outstanding_pence(self) -> int:
        return self.billed_pence - self.received_pence - self.written_off_pence


@dataclass(frozen=True, slots=True)
class EarlierSpend:
    """What of the spend above belongs to an earlier reporting period: late returns, corrections."""

    reporting_period: Month
    framework: str
    spend_pence: int
    billed_pence: int


@dataclass(frozen=True, slots=True)
class Aged:
    """The member's share of open levy documents by how long they are past their due date."""

    current_pence: int = 0
    days_1_30_pence: int = 0
    days_31_60_pence: int = 0
    days_61_90_pence: int = 0
    over_90_days_pence: int = 0

    @property
    def parts(self) -> tuple[int, int, int, int, int]:
        """The five amounts, youngest first."""
        return (
            self.current_pence,
            self.days_1_30_pence,
            self.days_31_60_pence,
            self.days_61_90_pence,
            self.over_90_days_pence,
        )

    @property
    def total_pence(self) -> int:
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class AgedPayer:
    """One payer's open documents, aged."""

    payer: str
    payer_name: str
    aged: Aged


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A levy document that is not settled, with the member's net share of what is open on it.

    A credit note's is negative. `days_overdue` is below 1 until the document is past its due date.
    `day` is the document's own date, which may be later than the month it is posted in.
    """

    number: str
    payer: str
    framework: str
    reporting_period: Month
    day: date
    due: date
    days_overdue: int
    outstanding_pence: int


@dataclass(frozen=True, slots=True)
class ReturnNote:
    """A return that no figure holds yet, or that came late.

    `state` is `missing`; `expected`: not there, nor due yet; `staged`: it came on `returned_on`
    and waits to be accepted; or `late`: accepted, and came after it was due. `days_late` counts
    from the day it was due to the day it came, or as far as the books know; 0 where it came in
    time or is not due yet.
    """

    contractor: str
    contractor_name: str
    framework: str
    reporting_period: Month
    state: str
    due: date
    days_late: int
    returned_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpportunityLine:
    """What one obligation owes in training and employment places (domain §3.4), cumulative.

    `carried` is None for a share of what a wider scope owes, which carries its part-million itself;
    `part_million_pence` is what the part-million carried would cost at the unit cost in force.
    """

    framework: str
    framework_title: str
    scope: Scope
    call_off: str
    contractor: str
    spend_pence: int
    due_exact: Fraction
    due: int
    delivered: Fraction
    verified: Fraction
    outstanding: Fraction
    over_delivered: Fraction
    carried: Fraction | None
    part_million_pence: int
    member: str = ""


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """A scheme with the member's own part in it and the scheme's whole.

    `match_agreed_pence` and `match_received_pence` are other funders' money, in all;
    `match_returned_pence` is what of it went back to them when the scheme closed, and
    `match_owed_pence` what has not come. `remaining_pence` is what may still be drawn. Where the
    whole scheme is told, `drawn_pence` and `remaining_pence` are all sources'. `outcomes` are of
    all its participants, whoever pays.
    """

    scheme: str
    title: str
    members: tuple[str, ...]
    area: str
    state: str
    budget_pence: int
    committed_pence: int
    drawn_pence: int
    remaining_pence: int
    all_committed_pence: int
    all_drawn_pence: int
    match_agreed_pence: int
    match_received_pence: int
    places: int
    cost_per_place_pence: int | None
    match_returned_pence: int = 0
    match_owed_pence: int = 0
    outcomes: Outcomes = NO_OUTCOMES


@dataclass(frozen=True, slots=True)
class QueryLine:
    """Open spend differences of one reason: how many, and what is recorded less what is declared,
    net and in levy; `unrated` counts those without a known rate, which are not in the levy."""

    reason: str
    count: int
    net_pence: int
    levy_micropence: int
    unrated: int = 0


Compared = Literal["compared", "no ledger", "as known"]
"""Whether declarations were laid beside a member's own purchase ledger: not where none of it was
imported for the period, nor `as known` on a day, since matching is of the books as they stand."""


@dataclass(frozen=True, slots=True)
class Queries:
    """What is open between contractors' declarations and a member's own purchase ledger (domain
    §3.6), by reason.

    `without_ledger` are the months of spend that no ledger reaches into.
    """

    compared: Compared = "no ledger"
    lines: tuple[QueryLine, ...] = ()
    without_ledger: tuple[Month, ...] = ()


@dataclass(frozen=True, slots=True)
class PayerAccount:
    """What a payer of levy, a contractor or a member, was charged, paid and owes, with VAT.

    A movement is positive where it owes more. `documents` are those that the movements post,
    whatever their own dates. `banked` is what the bank had by then and is no movement yet.
    """

    opening: Owed
    closing: Owed
    movements: tuple[Movement, ...] = ()
    documents: tuple[DocumentLine, ...] = ()
    banked: tuple[BankedLater, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberStatement:
    """Everything a member's statement says. `known_on` None: as the books stand now.

    `follows` is the number of the issued statement whose closing balance it opens with. `account`
    is that of a member which pays levy itself.
    """

    issuer: Issuer
    recipient: Recipient
    period: Period
    as_at: date
    known_on: date | None
    basis: FundedOn
    opening: Split
    closing: Split
    movements: tuple[Movement, ...] = ()
    commitments: tuple[Movement, ...] = ()
    cohorts: tuple[CohortLine, ...] = ()
    month_ends: tuple[MonthEnd, ...] = ()
    levy: LevyFigures = LevyFigures()
    spend: tuple[SpendLine, ...] = ()
    earlier: tuple[EarlierSpend, ...] = ()
    aged_payers: tuple[AgedPayer, ...] = ()
    open_documents: tuple[OpenDocument, ...] = ()
    returns: tuple[ReturnNote, ...] = ()
    opportunities: tuple[OpportunityLine, ...] = ()
    schemes: tuple[SchemeLine, ...] = ()
    queries: Queries = Queries()
    status: str = DRAFT
    follows: str = ""
    account: PayerAccount | None = None

    @property
    def released_pence(self) -> int:
        """Surplus released to the pot in the period."""
        return self._moved("release")

    @property
    def drawn_pence(self) -> int:
        """The member's share of what schemes drew in the period, as a positive amount."""
        return -self._moved("drawdown")

    @property
    def aged(self) -> Aged:
        """All payers' open documents, aged."""
        columns = zip(*(payer.aged.parts for payer in self.aged_payers), strict=True)
        return Aged(*map(sum, columns))

    def _moved(self, kind: str) -> int:
        return sum(
            item.amount_pence for item in self.movements if item.kind == kind and not item.is_prior
        )
