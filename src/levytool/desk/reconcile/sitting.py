"""A sitting: what waits for a person, read anew after each thing they decide.

Every decision goes the way of `reconcile decide`, one transaction each; a sitting holds nothing
that the books do not. In a dry run all that was decided is tried again before each further thing,
in one transaction that is rolled back: nobody has to wait while a person thinks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from heapq import nsmallest
from operator import itemgetter

from levytool.desk.office import Office
from levytool.desk.reconcile.decide import Order, decide, taking_back
from levytool.desk.reconcile.decisions import decisions_in_force
from levytool.desk.reconcile.reconcile_spend import match_books, matched_part, reconcile_part
from levytool.ledger.spend.line_rows import FileRow, declared_rows, recorded_rows
from levytool.ledger.spend.member_ledgers import ledger_number
from levytool.ledger.spend.returns import return_number
from levytool.periods import Period
from levytool.reconcile.at_risk import at_risk_pence, levies_at_risk
from levytool.reconcile.spend import (
    Asked,
    Difference,
    Findings,
    SpendReconciliation,
    Suggested,
    levy_pence,
    references,
)
from levytool.rules.matching.decisions import (
    DIFFERENCE,
    REJECT,
    Decision,
    joins,
    offers_a_choice,
)
from levytool.rules.matching.lines import Lines, SpendLine, net_of, place

SUGGESTED = "suggestion"


@dataclass(frozen=True, slots=True)
class Pending:
    """A difference or suggestion that waits. `net_difference_pence` and `levy_effect_micropence`
    are recorded less declared, `days_old` counts from its oldest line; `why` is the rule that
    joined it, or the likeness that suggests it. `decision` is what stands: a rejection, a note."""

    id: str
    reason: str
    why: str
    declared: Lines
    recorded: Lines
    net_difference_pence: int
    levy_effect_micropence: int | None
    days_old: int
    decision: Decision | None = None

    @property
    def lines(self) -> Lines:
        return (*self.declared, *self.recorded)

    @property
    def member(self) -> str:
        return self.lines[0].member

    @property
    def contractor(self) -> str:
        return self.lines[0].contractor

    @property
    def is_rejected(self) -> bool:
        return self.decision is not None and self.decision.verb == REJECT


@dataclass(frozen=True, slots=True)
class Sitting:
    """What waits in a period. `at_risk_pence` is the levy at risk on what nobody has
    explained, of `undeclared_pence` in all; `effect_pence` the levy of all that waits.
    `tried` is what a dry run decided before, with the books as they were matched then."""

    asked: Asked
    matched: Findings
    found: SpendReconciliation
    pending: tuple[Pending, ...]
    at_risk_pence: int
    undeclared_pence: int
    effect_pence: int
    tried: tuple[tuple[tuple[Order, ...], Findings], ...] = ()

    def named(self, known_as: str) -> Pending | None:
        """What waits under an id."""
        return next((item for item in self.pending if item.id == known_as), None)


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line with its reference (`R-000001/17`) and, where it is known, the file's row."""

    line: SpendLine
    is_declared: bool
    reference: str
    row: FileRow | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Lines that something may be joined with: the id it is joined under, its own member and
    contractor, and what is left of the difference while none of them is picked."""

    id: str
    block: tuple[str, str]
    left_pence: int
    lines: tuple[ToldLine, ...]


def begin_sitting(office: Office, period: Period, member: str | None = None) -> Sitting:
    """What waits in a period, for one member or all: differences, then suggestions.

    Raises UsageError for a member that the book does not have.
    """
    return _sitting(office, *matched_part(office, period, member))


def decide_in(office: Office, sitting: Sitting, order: Order) -> Sitting:
    """Keep one decision, and read again what waits.

    Raises what `decide` raises; then nothing was kept.
    """
    return _decided(office, sitting, [order])


def take_back_in(
    office: Office, sitting: Sitting, known_as: str, before: Decision | None
) -> Sitting:
    """Take back the last decision on something; what stood `before` it stands again."""
    return _decided(office, sitting, taking_back(known_as, before))


def _decided(office: Office, sitting: Sitting, orders: Sequence[Order]) -> Sitting:
    """What waits once these are kept, or in a dry run would be."""
    with office.trying_several() as desk:
        for before, matched in sitting.tried:
            decide(desk, before, matched)
        decide(desk, orders, sitting.matched)
        now = _read_again(desk, sitting)
    if not office.dry_run:
        return now
    return replace(now, tried=(*sitting.tried, (tuple(orders), sitting.matched)))


def standing_in(sitting: Sitting, known_as: str) -> Decision | None:
    """What was decided about something before, where it still stands."""
    pending = sitting.named(known_as)
    return sitting.matched.decisions.get(known_as) if pending is None else pending.decision


def told_lines(office: Office, pending: Pending) -> tuple[ToldLine, ...]:
    """The lines of both sides with the rows they came from."""
    with office.reading() as connection:
        ours = declared_rows(connection, [place(line) for line in pending.declared])
        theirs = recorded_rows(connection, [place(line) for line in pending.recorded])
    return (
        *_told(pending.declared, ours, is_declared=True),
        *_told(pending.recorded, theirs, is_declared=False),
    )


def offer(sitting: Sitting, pending: Pending, at_most: int) -> Offer:
    """What something may be joined with: open lines of the side it lacks, or of both where it lacks
    none, those of its contractor and member first, then by net and day. A suggestion that more than
    one line fits offers just these: its one line is joined with those that are picked."""
    block = pending.lines[0].block
    if is_choice(sitting, pending):
        known_as = sitting.matched.identity(DIFFERENCE, pending.declared, ())
        lines = tuple(_told(pending.recorded, {}, is_declared=False))
        return Offer(known_as, block, -net_of(pending.declared), lines)
    own = set(pending.lines)
    found = [
        (_unlikeness(pending, told.line), told)
        for lines, is_declared, wanted in (
            (sitting.matched.open.declared, True, not pending.declared or pending.recorded),
            (sitting.matched.open.recorded, False, not pending.recorded or pending.declared),
        )
        if wanted
        for told in _told(
            tuple(line for line in lines if line not in own), {}, is_declared=is_declared
        )
    ]
    nearest = nsmallest(at_most, found, key=itemgetter(0))
    return Offer(pending.id, block, pending.net_difference_pence, tuple(t for _, t in nearest))


def is_choice(sitting: Sitting, pending: Pending) -> bool:
    """Whether a suggestion names several lines of which a person means one, not their sum."""
    return pending.reason == SUGGESTED and offers_a_choice(
        pending.declared, pending.recorded, sitting.matched.terms
    )


def also_suggested(sitting: Sitting, pending: Pending) -> tuple[Pending, ...]:
    """The suggestions that something's lines are named in."""
    own = set(pending.lines)
    return tuple(
        item
        for item in sitting.pending
        if item.reason == SUGGESTED and item.id != pending.id and own.intersection(item.lines)
    )


def _unlikeness(pending: Pending, line: SpendLine) -> tuple[bool, bool, int, int, SpendLine]:
    wanted = abs(pending.net_difference_pence)
    return (
        line.contractor != pending.contractor,
        line.member != pending.member,
        abs(abs(line.net_pence) - wanted),
        abs(line.day - pending.lines[0].day),
        line,
    )


def _told(
    lines: Lines, rows: Mapping[tuple[int, int], FileRow], *, is_declared: bool
) -> Iterator[ToldLine]:
    numbered = return_number if is_declared else ledger_number
    for line, reference in zip(lines, references(lines, numbered), strict=True):
        yield ToldLine(line, is_declared, reference, rows.get(place(line)))


def _read_again(office: Office, sitting: Sitting) -> Sitting:
    """What waits now. The books are matched anew only where lines were joined or taken apart."""
    with office.reading() as connection:
        before, now = sitting.matched.decisions, decisions_in_force(connection)
        if _moving(before.values()) == _moving(now.values()):
            matched = replace(sitting.matched, decisions=now)
            found = _said_anew(sitting.found, matched, before)
        else:
            matched = match_books(connection)
            found = reconcile_part(connection, sitting.asked, matched)
    return _sitting(office, sitting.asked, matched, found)


def _moving(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that lines move by, with what they say: joined, or taken apart."""
    return [
        decision
        for decision in decisions
        if joins(decision) or (decision.verb == REJECT and decision.declared and decision.recorded)
    ]


def _said_anew(
    found: SpendReconciliation, matched: Findings, before: Mapping[str, Decision]
) -> SpendReconciliation:
    """The same differences with what is said of them now."""
    now = matched.decisions
    changed = {
        known_as
        for known_as in before.keys() | now.keys()
        if before.get(known_as) != now.get(known_as)
    }
    return replace(
        found,
        differences=[
            replace(item, decision=matched.said_of(item.id, item.declared, item.recorded))
            if item.id in changed
            else item
            for item in found.differences
        ],
    )


def _sitting(
    office: Office, asked: Asked, matched: Findings, found: SpendReconciliation
) -> Sitting:
    today = office.acting.today
    waiting = found.waiting
    at_risk = levies_at_risk(found)
    return Sitting(
        asked,
        matched,
        found,
        (
            *(_difference(item, today) for item in waiting),
            *(_suggestion(item, matched, today) for item in found.suggestions),
        ),
        at_risk_pence(at_risk.get(item.id) for item in waiting),
        at_risk_pence(at_risk.values()),
        levy_pence(waiting),
    )


def _difference(item: Difference, today: date) -> Pending:
    return Pending(
        item.id,
        item.reason,
        f"its invoice is matched for {item.matched_for}" if item.matched_for else item.rule,
        item.declared,
        item.recorded,
        item.net_difference_pence,
        item.levy_effect_micropence,
        _days_old(item.lines, today),
        item.decision,
    )


def _suggestion(item: Suggested, matched: Findings, today: date) -> Pending:
    return Pending(
        item.id,
        SUGGESTED,
        item.why,
        item.declared,
        item.recorded,
        net_of(item.recorded) - net_of(item.declared),
        matched.levy.of_match(item.declared, item.recorded),
        _days_old((*item.declared, *item.recorded), today),
        matched.decisions.get(item.id),
    )


def _days_old(lines: Lines, today: date) -> int:
    oldest = min(date.fromisoformat(line.date) for line in lines)
    return max(0, (today - oldest).days)
