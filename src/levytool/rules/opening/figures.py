"""What a consortium brings with it when it starts in the middle: the figures of its last closing.

Domain §3.5, the last row of the table of events. Amounts are pence; a document's are positive and
its kind gives the sign; `row` is the line of the opening file that a figure stands on.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from levytool.accounts import Account
from levytool.book.records import Book, FundedOn
from levytool.journal import Leg
from levytool.periods import Month, in_force
from levytool.rules.brokerage import Cohort
from levytool.rules.opportunities import ScopeKey
from levytool.rules.postings import scheme_leg
from levytool.rules.provision import Layer
from levytool.rules.receipts import part_payment, retained_pence

INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class OpeningDocument:
    """A levy document that is still open, as it was raised; `paid_pence` is of its gross.

    `members` are the shares of its net. The number is its own, from the books before.
    """

    number: str
    kind: str
    payer_kind: str
    payer: str
    framework: str
    period: Month
    day: date
    due: date
    net_pence: int
    vat_pence: int
    paid_pence: int
    members: Mapping[str, int]
    row: int

    @property
    def sign(self) -> int:
        return 1 if self.kind == INVOICE else -1

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence

    @property
    def open_pence(self) -> int:
        """What is open of its gross, signed."""
        return self.sign * (self.gross_pence - self.paid_pence)

    def levy(self) -> dict[str, int]:
        """Its net by member, signed."""
        return {code: self.sign * pence for code, pence in self.members.items()}

    def settled(self) -> dict[str, int]:
        """What of its net was paid before, by member, signed: shared as any payment is."""
        paid, gross = self.sign * self.paid_pence, self.sign * self.gross_pence
        return part_payment(paid, gross, self.levy()) if paid else {}

    def retained(self, book: Book) -> dict[str, int]:
        """What of that will count as retained, by member: nothing where it was on billing."""
        if funded_on(book, self) == "billed":
            return {}
        schedule = book.frameworks[self.framework].retained
        share_ppm = in_force(schedule, self.period.last_day) or 0
        return {code: retained_pence(share_ppm, net, 0) for code, net in self.settled().items()}


@dataclass(frozen=True, slots=True)
class OpeningBank:
    """A bank account's balance as its statement closed."""

    account: str
    balance_pence: int
    row: int


@dataclass(frozen=True, slots=True)
class OpeningReceipt:
    """Money in that balance that no document has used yet; without a payer nobody knows whose."""

    account: str
    payer: str
    amount_pence: int
    words: str
    row: int


@dataclass(frozen=True, slots=True)
class OpeningPot:
    """A member's uncommitted pot, by the month that each cohort entered in."""

    member: str
    balance_pence: int
    cohorts: tuple[Cohort, ...]
    row: int


@dataclass(frozen=True, slots=True)
class OpeningProvision:
    """The provision of one obligation, layer by layer, oldest first."""

    key: ScopeKey
    balance_pence: int
    layers: tuple[Layer, ...]
    row: int


@dataclass(frozen=True, slots=True)
class OpeningCommitment:
    """What a member has committed to a scheme, from which cohorts, and what of it was drawn."""

    member: str
    committed_pence: int
    drawn_pence: int
    cohorts: tuple[Cohort, ...]
    row: int

    @property
    def left_pence(self) -> int:
        return self.committed_pence - self.drawn_pence


@dataclass(frozen=True, slots=True)
class OpeningMatch:
    """Another funder's money in a scheme."""

    funder: str
    agreed_pence: int
    received_pence: int
    drawn_pence: int
    row: int

    @property
    def left_pence(self) -> int:
        return self.agreed_pence - self.drawn_pence


@dataclass(frozen=True, slots=True)
class OpeningScheme:
    """A scheme under way."""

    code: str
    title: str
    members: tuple[str, ...]
    area: str
    budget_pence: int
    places: int
    balance_pence: int
    commitments: tuple[OpeningCommitment, ...]
    match_funding: tuple[OpeningMatch, ...]
    row: int

    def left(self) -> dict[str, int]:
        """What is left by source: 2300."""
        sources = [(one.member, one.left_pence) for one in self.commitments]
        sources += [(one.funder, one.left_pence) for one in self.match_funding]
        return _summed(sources)


@dataclass(frozen=True, slots=True)
class OpeningBalance:
    """The balance of one account and dimension, debit positive."""

    account: Account
    of: str
    debit_pence: int
    row: int


@dataclass(frozen=True, slots=True)
class OpeningSpend:
    """Cumulative levyable spend since a framework began, and the places it has had for it.

    A place that is verified counts as paid for: nothing more is set aside for it.
    """

    key: ScopeKey
    base_pence: int
    delivered: int
    verified: int
    row: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A whole opening file. `trial_balance` holds each account's total, debit positive, and
    `account_rows` the line it stands on.

    Of a file that cannot all be read it is what can: `unclear` are the keys of which a part is
    missing, `unclear_accounts` the accounts whose details or totals are not all there. Nothing is
    said of those, since what is missing may be just what they lack.
    """

    as_at: date
    trial_balance: Mapping[Account, int] = field(default_factory=dict)
    documents: tuple[OpeningDocument, ...] = ()
    bank: tuple[OpeningBank, ...] = ()
    receipts: tuple[OpeningReceipt, ...] = ()
    pots: tuple[OpeningPot, ...] = ()
    provisions: tuple[OpeningProvision, ...] = ()
    schemes: tuple[OpeningScheme, ...] = ()
    balances: tuple[OpeningBalance, ...] = ()
    spend: tuple[OpeningSpend, ...] = ()
    account_rows: Mapping[Account, int] = field(default_factory=dict)
    row: int = 1
    unclear: frozenset[str] = frozenset()
    unclear_accounts: frozenset[Account] = frozenset()

    @property
    def until(self) -> Month:
        """The last month before the cut-off: it and all before take no posting."""
        return Month.of(self.as_at)


DETAILED = frozenset(
    {
        Account.LEVY_DEBTORS,
        Account.BANK,
        Account.MATCH_FUNDING_DEBTORS,
        Account.LEVY_BILLED_NOT_RECEIVED,
        Account.OPPORTUNITY_PROVISION,
        Account.BROKERAGE_POT,
        Account.SCHEME_FUNDS,
        Account.SUSPENSE,
        Account.UNALLOCATED_RECEIPTS,
    }
)
"""Accounts whose balances follow from the documents, receipts, cohorts, layers and schemes."""


def funded_on(book: Book, document: OpeningDocument) -> FundedOn:
    """Whether a document's levy waits for its receipt, by its reporting period."""
    return in_force(book.consortium.pots_funded_on, document.period.last_day) or "received"


def waiting_levy(book: Book, documents: Iterable[OpeningDocument]) -> dict[str, int]:
    """The open net of documents by member: 2000, as far as levy waits for its receipt."""
    waiting: Counter[str] = Counter()
    for document in documents:
        if funded_on(book, document) == "received":
            waiting.update(document.levy())
            waiting.subtract(document.settled())
    return dict(waiting)


def detailed_balances(opening: Opening, book: Book) -> dict[Leg, int]:
    """Debit less credit of every leg that the file's details give, in pence; none is zero."""
    legs: Counter[Leg] = Counter()
    for document in opening.documents:
        legs[Leg(Account.LEVY_DEBTORS, document.payer)] += document.open_pence
    for member, pence in waiting_levy(book, opening.documents).items():
        legs[Leg(Account.LEVY_BILLED_NOT_RECEIVED, member)] -= pence
    for bank in opening.bank:
        legs[Leg(Account.BANK, bank.account)] += bank.balance_pence
    for receipt in opening.receipts:
        account = Account.UNALLOCATED_RECEIPTS if receipt.payer else Account.SUSPENSE
        legs[Leg(account, receipt.payer or receipt.account)] -= receipt.amount_pence
    for pot in opening.pots:
        legs[Leg(Account.BROKERAGE_POT, pot.member)] -= sum(c.pence for c in pot.cohorts)
    for provision in opening.provisions:
        for layer in provision.layers:
            for member, pence in layer.by_member:
                legs[Leg(Account.OPPORTUNITY_PROVISION, member)] -= pence
    for scheme in opening.schemes:
        for source, pence in scheme.left().items():
            legs[scheme_leg(scheme.code, source)] -= pence
        for match in scheme.match_funding:
            owed = match.agreed_pence - match.received_pence
            legs[Leg(Account.MATCH_FUNDING_DEBTORS, match.funder)] += owed
    return {leg: pence for leg, pence in legs.items() if pence}


def opening_balances(opening: Opening, book: Book) -> dict[Leg, int]:
    """Debit less credit of every account and dimension that the file brings; 3000 is apart."""
    legs = Counter(detailed_balances(opening, book))
    for balance in opening.balances:
        if balance.account not in DETAILED:
            legs[Leg(balance.account, balance.of)] += balance.debit_pence
    return {leg: pence for leg, pence in legs.items() if pence}


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for code, pence in pairs:
        totals[code] += pence
    return dict(totals)
