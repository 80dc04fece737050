"""The month's reconciliation as it is filed: one value that every form is written from.

Spend beside the members' ledgers, receipts beside documents, control accounts beside their items,
who decided what, and what still keeps the months open (domain §3.6).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from levytool.ledger.journal.closing import MonthAct
from levytool.ledger.spend.member_ledgers import ledger_number
from levytool.ledger.spend.returns import return_number
from levytool.money import MICROPENCE_PER_PENNY, half_up
from levytool.periods import Month, Period
from levytool.problems import Problem
from levytool.reconcile.at_risk import at_risk_pence, levies_at_risk
from levytool.reconcile.set_apart import duplicates, rejected_pairs
from levytool.reconcile.since_closing import Moved
from levytool.reconcile.spend import Difference, Matched, SpendReconciliation, references
from levytool.rules.matching.decisions import ACCEPT, OPEN, STATUS
from levytool.rules.matching.lines import Lines, net_of
from levytool.rules.matching.reasons import OVER_DECLARED, UNDECLARED, MemberMonth
from levytool.statements.values import Issuer

NOT_COMPARED = "not compared"
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Item:
    """A difference, or a suggestion that waits: `declared` and `recorded` name its lines.

    `net_pence` is recorded less declared, `levy_micropence` the levy on that at the rate in force;
    None where no rate is known; `at_risk_micropence` what of it is at risk, of an undeclared line.
    `waits`: nobody has explained it; `is_left`: a person joined it, and something is left;
    `is_compared`: not alone for want of a member's ledger.
    `decided_reason` is what a person says is behind it. The `reason` of a suggestion is why it was
    made.
    """

    id: str
    reason: str
    rule: str
    contractor: str
    member: str
    framework: str
    invoice: str
    day: date
    declared: tuple[str, ...]
    recorded: tuple[str, ...]
    net_pence: int
    levy_micropence: int | None
    status: str
    waits: bool
    is_left: bool
    decided_reason: str = ""
    is_compared: bool = True
    at_risk_micropence: int | None = None

    @property
    def standing(self) -> str:
        """Its status, as a report tells it beside how many wait: what people say of a line that no
        ledger lies beside compares nothing."""
        if self.is_compared:
            return self.status
        return NOT_COMPARED if self.status == OPEN else f"{self.status}, {NOT_COMPARED}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of a difference or suggestion, and when (UTC); `stands`: it counts.

    `reason` is what the person found behind it, where that is not what the rules say; `became` what
    a later word made of it, or what the last one has come to: a difference may be there no more.
    """

    id: str
    at: str
    user: str
    verb: str
    reason: str
    note: str
    stands: bool
    became: str


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A bank line that is not all explained; `days` at the period's end.

    Of money in, what is not set against documents; of money out, negative, what nobody has
    identified.
    """

    line: str
    account: str
    day: date
    party: str
    text: str
    open_pence: int
    days: int


@dataclass(frozen=True, slots=True)
class CertainMatch:
    """A receipt whose documents a rule is certain of, while nobody has allocated it yet."""

    line: str
    rule: str
    party: str
    documents: tuple[str, ...]
    allocates_pence: int


@dataclass(frozen=True, slots=True)
class UnpaidDocument:
    """A document with something open, negative for a credit note; overdue at the period's end."""

    number: str
    kind: str
    payer: str
    day: date
    due: date
    open_pence: int
    days_overdue: int


@dataclass(frozen=True, slots=True)
class Control:
    """A control account in two columns; `differing` counts the entries that its items deny."""

    account: str
    name: str
    made_of: str
    ledger_pence: int
    items_pence: int
    open_items: int
    differing: int


@dataclass(frozen=True, slots=True)
class MonthState:
    """Whether a month is closed, by whom and when; and all that stands in the way: of a closed one,
    what is unexplained there now. `since` are the sums that changed since it was closed.

    `not_compared` are the ledgers that are not there to have what is declared for it: the month of
    its date, and the member. `acts` are who closed it and opened it again.
    """

    month: Month
    state: str
    closed_by: str = ""
    closed_at: str = ""
    in_the_way: tuple[Problem, ...] = ()
    not_compared: tuple[MemberMonth, ...] = ()
    acts: tuple[MonthAct, ...] = ()
    since: tuple[Moved, ...] = ()

    @property
    def has_changed(self) -> bool:
        """Whether a closed month is not what was filed when it was closed."""
        return self.state == CLOSED and bool(self.since or self.in_the_way)


@dataclass(frozen=True, slots=True)
class SpendSums:
    """What each side comes to in lines and pence, and what of it rules joined, and what people,
    what people rejected, and what stands twice; `by_rule` counts the matches of both."""

    declared_lines: int
    declared_pence: int
    recorded_lines: int
    recorded_pence: int
    matched: Matched
    by_person: Matched
    rejected: Matched
    duplicates: Matched
    by_rule: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """All three reconciliations of a period."""

    issuer: Issuer
    period: Period
    names: tuple[tuple[str, str], ...]
    spend: SpendSums
    differences: tuple[Item, ...]
    suggestions: tuple[Item, ...]
    judgements: tuple[Judgement, ...]
    certain: tuple[CertainMatch, ...]
    receipts: tuple[OpenLine, ...]
    payments: tuple[OpenLine, ...]
    documents: tuple[UnpaidDocument, ...]
    controls: tuple[Control, ...]
    months: tuple[MonthState, ...]

    def of(self, reason: str) -> tuple[Item, ...]:
        """The differences of one reason."""
        return tuple(item for item in self.differences if item.reason == reason)

    @property
    def undeclared_pence(self) -> int:
        """Spend in members' ledgers that nobody has declared."""
        return sum(item.net_pence for item in self.of(UNDECLARED))

    @property
    def undeclared_accepted(self) -> tuple[Item, ...]:
        """The undeclared lines that a person has explained. The headline has them nevertheless."""
        return tuple(item for item in self.of(UNDECLARED) if item.status == STATUS[ACCEPT])

    @property
    def at_risk_pence(self) -> int:
        """The report's headline: levy on undeclared spend, invoice by invoice, rounded once."""
        return at_risk_pence(item.at_risk_micropence for item in self.of(UNDECLARED))

    @property
    def undeclared_credits(self) -> tuple[Item, ...]:
        """The credits among the undeclared. Each is taken off what is at risk of its invoice."""
        return tuple(item for item in self.of(UNDECLARED) if item.net_pence < 0)

    @property
    def over_declared_credits(self) -> tuple[Item, ...]:
        """The credits among the over-declared: declared, and recorded by no member."""
        return tuple(item for item in self.of(OVER_DECLARED) if item.net_pence > 0)

    @property
    def over_declared_invoices(self) -> tuple[Item, ...]:
        """The over-declared without their credits."""
        return tuple(item for item in self.of(OVER_DECLARED) if item.net_pence <= 0)

    @property
    def undeclared_invoices(self) -> tuple[Item, ...]:
        """The undeclared without their credits."""
        return tuple(item for item in self.of(UNDECLARED) if item.net_pence >= 0)

    @property
    def waiting(self) -> tuple[Item, ...]:
        """Differences that nobody has explained."""
        return tuple(item for item in self.differences if item.waits)

    @property
    def not_compared(self) -> tuple[Item, ...]:
        """Over-declared lines of members that sent no ledger of their dates' month."""
        return tuple(item for item in self.differences if not item.is_compared)

    @property
    def unrated(self) -> tuple[Item, ...]:
        """Differences whose levy is not known, for want of a rate."""
        return tuple(item for item in self.differences if item.levy_micropence is None)

    @property
    def left_in_joins(self) -> tuple[Item, ...]:
        """What people joined and nobody accepted, with something left between its lines."""
        return tuple(item for item in self.differences if item.is_left)


def levy_pence(items: Iterable[Item]) -> int:
    """What items are worth in levy together as far as a rate is known, rounded once."""
    return half_up(sum(item.levy_micropence or 0 for item in items), MICROPENCE_PER_PENNY)


def spend_sums(found: SpendReconciliation) -> SpendSums:
    """The sums of a reconciliation, apart from its differences."""
    return SpendSums(
        found.declared.lines,
        found.declared.net_pence,
        found.recorded.lines,
        found.recorded.net_pence,
        found.matched,
        found.by_person,
        rejected_pairs(found),
        duplicates(found),
        tuple(sorted((rule, count) for rule, count in found.by_rule.items() if count)),
    )


def items_of(found: SpendReconciliation) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """The differences and the suggestions of a reconciliation, in its order."""
    waiting = {difference.id for difference in found.waiting}
    left = {difference.id for difference in found.left_in_joins}
    at_risk = levies_at_risk(found)
    differences = tuple(
        replace(
            _difference(item),
            waits=item.id in waiting,
            is_left=item.id in left,
            is_compared=found.is_compared(item),
            at_risk_micropence=at_risk.get(item.id),
        )
        for item in found.differences
    )
    suggestions = tuple(
        _item(item.id, item.why, item.declared, item.recorded) for item in found.suggestions
    )
    return differences, suggestions


def _difference(found: Difference) -> Item:
    return replace(
        _item(found.id, found.reason, found.declared, found.recorded),
        rule=found.rule,
        framework=found.framework,
        net_pence=found.net_difference_pence,
        levy_micropence=found.levy_effect_micropence,
        status=found.status,
        decided_reason=found.decision.reason if found.decision else "",
    )


def _item(known_as: str, reason: str, declared: Lines, recorded: Lines) -> Item:
    first = (*declared, *recorded)[0]
    return Item(
        known_as,
        reason,
        "",
        first.contractor,
        first.member,
        first.framework,
        first.invoice,
        date.fromisoformat(first.date),
        tuple(references(declared, return_number)),
        tuple(references(recorded, ledger_number)),
        net_of(recorded) - net_of(declared),
        0,
        OPEN,
        waits=True,
        is_left=False,
    )
