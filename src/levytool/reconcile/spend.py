"""The spend reconciliation as a value: what agrees, what differs and why, what may belong together.

Declarations stand on one side, the members' own ledgers on the other (domain §3.6). The whole of
the books is matched, and a period shows its part of that: so a line that pairs with another month's
is never undeclared in its own.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from levytool.ledger.spend.spend_sides import SideSum, SideSums
from levytool.money import MICROPENCE_PER_PENNY, half_up
from levytool.periods import Period
from levytool.rules.matching.decisions import (
    DIFFERENCE,
    MATCH,
    NOTE,
    OPEN,
    REJECT,
    STATUS,
    SUGGESTION,
    Decision,
    Print,
    identity,
)
from levytool.rules.matching.levy_effect import LevyEffect
from levytool.rules.matching.lines import (
    EXACT,
    FORCED,
    INVOICE,
    Lines,
    Match,
    Open,
    SpendLine,
    Terms,
    net_of,
)
from levytool.rules.matching.reasons import (
    DUPLICATE,
    NOTHING,
    OVER_DECLARED,
    REASONS,
    UNDECLARED,
    MemberMonth,
    Twin,
    duplicates_of,
    reason_of,
    twins_of,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines that differ, or stand alone, with the reason and what it is worth.

    `net_difference_pence` and `levy_effect_micropence` are recorded less declared; the levy is None
    where no rate is known. `decision` is what a person said of it last; `matched_for` the other
    member that the invoice of a lone line is matched for.
    """

    id: str
    reason: str
    rule: str
    declared: Lines
    recorded: Lines
    net_difference_pence: int
    levy_effect_micropence: int | None
    framework: str
    decision: Decision | None = None
    matched_for: str = ""

    @property
    def status(self) -> str:
        return OPEN if self.decision is None else STATUS[self.decision.verb]

    @property
    def lines(self) -> Lines:
        return (*self.declared, *self.recorded)

    @property
    def at_stake_pence(self) -> int:
        """What it would be to overlook it (see `at_stake`): of a rejected pair also all that was
        declared, since neither of its sides may have a counterpart."""
        pence = at_stake(self.declared, self.recorded, self.levy_effect_micropence)
        return max(pence, abs(net_of(self.declared))) if self.status == STATUS[REJECT] else pence


def at_stake(declared: Lines, recorded: Lines, levy_effect_micropence: int | None) -> int:
    """What it would be to overlook how lines differ, in pence: net or levy effect, whichever
    is more; of lines that stand with two members all that was declared, as it funds the wrong
    one's pot."""
    levy = half_up(abs(levy_effect_micropence or 0), MICROPENCE_PER_PENNY)
    is_misplaced = len({line.member for line in (*declared, *recorded)}) > 1
    whole = net_of(declared) if is_misplaced else 0
    return max(abs(net_of(recorded) - net_of(declared)), levy, abs(whole))


@dataclass(frozen=True, slots=True)
class Suggested:
    """Lines that may belong together: a person accepts or rejects it."""

    id: str
    why: str
    declared: Lines
    recorded: Lines


@dataclass(frozen=True, slots=True)
class SumLeft:
    """An open line of either side that may be a sum of others, and why no set is suggested."""

    declared: Lines
    recorded: Lines
    why: str


@dataclass(slots=True)
class Matched:
    """What was joined: `count` matches, which may be of several lines, with the period's own lines
    and pence of either side."""

    count: int = 0
    declared_lines: int = 0
    declared_pence: int = 0
    recorded_lines: int = 0
    recorded_pence: int = 0

    def add(self, count: int, declared: Lines, recorded: Lines) -> None:
        """Count matches, and the lines of them that are the period's."""
        self.count += count
        self.declared_lines += len(declared)
        self.declared_pence += net_of(declared)
        self.recorded_lines += len(recorded)
        self.recorded_pence += net_of(recorded)


@dataclass
class SpendReconciliation:
    """A period's part. Sums are of the period's own lines. `matched` is what rules joined, with a
    difference or without, `by_person` what people did; `by_rule` counts the matches of both."""

    period: Period
    member: str | None
    declared: SideSum
    recorded: SideSum
    matched: Matched = field(default_factory=Matched)
    by_person: Matched = field(default_factory=Matched)
    by_rule: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    suggestions: list[Suggested] = field(default_factory=list)
    sums_left: list[SumLeft] = field(default_factory=list)
    no_ledger: frozenset[MemberMonth] = frozenset()
    """Where declared lines stand alone and no ledger has their dates' month, decided or not."""
    tolerance_pence: int = 0
    """What may be at stake in a difference that a month is closed over: the book's."""
    closed: frozenset[str] = frozenset()
    """The months of the period that are closed."""

    def of(self, reason: str) -> list[Difference]:
        """The differences of one reason."""
        return [found for found in self.differences if found.reason == reason]

    @cached_property
    def waiting(self) -> list[Difference]:
        """Differences that nobody has explained."""
        return [found for found in self.differences if self.is_waiting(found)]

    def is_waiting(self, found: Difference) -> bool:
        """Whether nobody has explained a difference: it is open, rejected, or left between lines
        that a person joined without saying why. What has no ledger to lie beside waits for that,
        not for an explanation."""
        unexplained = found.status in (OPEN, STATUS[REJECT]) or self.lacks_a_word(found)
        return unexplained and not self.waits_for_ledger(found)

    def lacks_a_word(self, found: Difference) -> bool:
        """Whether a person joined lines with more at stake between them than is tolerated, and gave
        no note and no reason."""
        said = found.decision
        if said is None or found.status != STATUS[MATCH] or said.note or said.reason:
            return False
        return found.at_stake_pence > self.tolerance_pence

    @cached_property
    def above_tolerance(self) -> list[Difference]:
        """What waits with more at stake than is tolerated: no month of it closes (domain §3.6)."""
        return [d for d in self.waiting if d.at_stake_pence > self.tolerance_pence]

    @cached_property
    def keeping_open(self) -> list[Difference]:
        """What of it has a line in a month of the period that is open. What comes up in a closed
        month leaves it closed."""
        if not self.closed:
            return self.above_tolerance
        return [d for d in self.above_tolerance if not self.months_of(d) <= self.closed]

    def months_of(self, found: Difference) -> set[str]:
        """The months of the period that a difference has lines in."""
        asked = Asked(self.period, self.member)
        return {line.period for line in found.lines if asked.has(line)}

    @property
    def left_in_joins(self) -> list[Difference]:
        """What people joined and nobody accepted, with something left between its lines."""
        joined = STATUS[MATCH]
        return [d for d in self.differences if d.status == joined and d.at_stake_pence]

    @property
    def explained_joins(self) -> list[Difference]:
        """Those of them that leave more than is tolerated, and say why: no month waits for them."""
        left = [d for d in self.left_in_joins if d.at_stake_pence > self.tolerance_pence]
        return [d for d in left if not self.lacks_a_word(d)]

    def is_compared(self, found: Difference) -> bool:
        """Whether a ledger is there to have its lines. To accept them compares nothing."""
        if found.reason != OVER_DECLARED or not self.no_ledger:
            return True
        line = found.declared[0]
        return (line.ledger_month, line.member) not in self.no_ledger

    def waits_for_ledger(self, found: Difference) -> bool:
        """Whether it is not compared and nobody has decided about it: there is nothing to yet."""
        return found.status == OPEN and not self.is_compared(found)

    @property
    def left_out(self) -> list[Difference]:
        """The over-declared lines that are not compared, of members without a ledger."""
        return [item for item in self.differences if not self.is_compared(item)]

    def not_compared(self) -> dict[str, tuple[MemberMonth, ...]]:
        """By declared period the ledgers that are not there to have its lines, in order."""
        missing: dict[str, set[MemberMonth]] = {}
        for item in self.left_out:
            line = item.declared[0]
            missing.setdefault(line.period, set()).add((line.ledger_month, line.member))
        return {period: tuple(sorted(missing[period])) for period in sorted(missing)}


@dataclass(frozen=True, slots=True)
class Asked:
    """The part of the books that is asked for."""

    period: Period
    member: str | None = None
    _months: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_months", (str(self.period.first), str(self.period.last)))

    def has(self, line: SpendLine) -> bool:
        """Whether a line belongs to it."""
        return self.covers(line.member, line.period)

    def covers(self, member: str, period: str) -> bool:
        """Whether a member's reporting period belongs to it."""
        first, last = self._months
        return first <= period <= last and self.member in (None, member)


@dataclass(frozen=True, slots=True)
class Findings:
    """What matching found, with what is needed to say why: the terms, the levy, the frameworks with
    quarterly returns, the prints of the lines that the database did not settle, what people
    decided, the twins that matched, how many pairs the database settled by invoice number, by
    member and period, and which recorded lines have an invoice that is matched for another member.
    """

    open: Open
    terms: Terms
    levy: LevyEffect
    quarterly: Collection[str]
    prints: tuple[Mapping[SpendLine, Print], Mapping[SpendLine, Print]]
    decisions: Mapping[str, Decision]
    decided: Mapping[tuple[Lines, Lines], Decision]
    rejected: tuple[tuple[Decision, Lines, Lines], ...]
    twins: tuple[Collection[Twin], Collection[Twin]]
    by_invoice: Mapping[tuple[str, str], int]
    elsewhere: Mapping[SpendLine, str]

    def identity(self, kind: str, declared: Lines, recorded: Lines) -> str:
        """The id of these lines together."""
        ours, theirs = self.prints
        return identity(
            kind, [ours[line] for line in declared], [theirs[line] for line in recorded]
        )

    def said_of(self, known_as: str, declared: Lines, recorded: Lines) -> Decision | None:
        """What a person said of just these lines.

        What was said of them and others, which are there no more or which a later word joined
        elsewhere, explains nothing now: it is a note.
        """
        decision = self.decisions.get(known_as)
        if decision is None:
            return None
        ours, theirs = self.prints
        about = {ours[line] for line in declared}, {theirs[line] for line in recorded}
        if about == (set(decision.declared), set(decision.recorded)):
            return decision
        return replace(decision, verb=NOTE)


def reconciled(
    findings: Findings, asked: Asked, sums: SideSums, uncompared: Collection[MemberMonth]
) -> SpendReconciliation:
    """The part asked for. `sums` are of all its lines, those too that the database settled and the
    findings do not name; `uncompared` have declared lines and no ledger."""
    found = SpendReconciliation(asked.period, asked.member, *sums)
    _count_settled(found, findings, asked)
    for match in findings.open.matches:
        _take(found, findings, asked, match)
    apart, left = _apart(findings)
    found.differences += [item for item in apart if any(map(asked.has, item.lines))]
    # What a person wants put right is a counterpart still: one more of it is a duplicate.
    twins = (
        {*findings.twins[0], *twins_of(line for item in apart for line in item.declared)},
        {*findings.twins[1], *twins_of(line for item in apart for line in item.recorded)},
    )
    for side, known, is_declared in zip(left, twins, (True, False), strict=True):
        again = duplicates_of(side, known, uncompared if is_declared else ())
        found.differences += [
            _alone(findings, line, is_declared=is_declared, is_again=line in again)
            for line in side
            if asked.has(line)
        ]
    found.differences.sort(key=_in_order)
    found.suggestions = [
        Suggested(
            findings.identity(SUGGESTION, item.declared, item.recorded),
            item.why,
            item.declared,
            item.recorded,
        )
        for item in findings.open.suggestions
        if any(asked.has(line) for line in (*item.declared, *item.recorded))
    ]
    found.sums_left = _sums_left(findings.open, asked)
    return found


def _sums_left(open_: Open, asked: Asked) -> list[SumLeft]:
    """In the order of what the lines say, those declared first."""
    left = sorted(item for item in open_.sums_left.items() if asked.has(item[0]))
    ours = [SumLeft((line,), (), why) for line, why in left if line in open_.declared]
    theirs = [SumLeft((), (line,), why) for line, why in left if line in open_.recorded]
    return ours + theirs


def listed_as(findings: Findings, line: SpendLine, *, is_declared: bool) -> str:
    """The id that a line is listed under: its match's, its rejected pair's, or its own."""
    for match in findings.open.matches:
        lines = match.declared, match.recorded
        if line in lines[0 if is_declared else 1]:
            decided = findings.decided.get(lines)
            return decided.subject if decided else findings.identity(DIFFERENCE, *lines)
    for item in _apart(findings)[0]:
        if line in (item.declared if is_declared else item.recorded):
            return item.id
    alone = ((line,), ()) if is_declared else ((), (line,))
    return findings.identity(DIFFERENCE, *alone)


def _count_settled(found: SpendReconciliation, findings: Findings, asked: Asked) -> None:
    """What the database settled: all lines less those it did not."""
    ours, theirs = ([line for line in side if asked.has(line)] for side in findings.prints)
    declared, recorded = found.declared, found.recorded
    settled = declared.lines - len(ours)
    found.matched = Matched(
        settled,
        settled,
        declared.net_pence - net_of(ours),
        recorded.lines - len(theirs),
        recorded.net_pence - net_of(theirs),
    )
    by_invoice = sum(
        count
        for (member, period), count in findings.by_invoice.items()
        if asked.covers(member, period)
    )
    found.by_rule[INVOICE] = by_invoice
    found.by_rule[EXACT] = settled - by_invoice


def _take(found: SpendReconciliation, findings: Findings, asked: Asked, match: Match) -> None:
    """Count a match where it declares something of the part, and list its difference."""
    ours, theirs = (tuple(filter(asked.has, side)) for side in (match.declared, match.recorded))
    counted = 1 if ours else 0
    found.by_rule[match.rule] += counted
    (found.by_person if match.rule == FORCED else found.matched).add(counted, ours, theirs)
    if not (ours or theirs):
        return
    decided = findings.decided.get((match.declared, match.recorded))
    reason = reason_of(match, findings.terms, findings.quarterly, findings.levy)
    if reason is None and decided is None:
        return
    known_as = (
        decided.subject
        if decided is not None
        else findings.identity(DIFFERENCE, match.declared, match.recorded)
    )
    found.differences.append(
        Difference(
            known_as,
            reason or NOTHING,
            match.rule,
            match.declared,
            match.recorded,
            match.net_difference_pence,
            findings.levy.of_match(match.declared, match.recorded),
            match.declared[0].framework,
            _as_match(decided) or findings.said_of(known_as, match.declared, match.recorded),
        )
    )


def _as_match(decided: Decision | None) -> Decision | None:
    """A suggestion that was accepted reads as a match; a match whose difference was accepted too
    reads as accepted."""
    if decided is None or not decided.subject.startswith(SUGGESTION):
        return decided
    return replace(decided, verb=MATCH)


def _apart(findings: Findings) -> tuple[list[Difference], tuple[set[SpendLine], set[SpendLine]]]:
    """The differences between open lines that a rule had joined and a person wants put right, and
    the open lines that are in none of them."""
    found = []
    left = set(findings.open.declared), set(findings.open.recorded)
    for decision, ours, theirs in findings.rejected:
        differing = _rejected(findings, decision, ours, theirs)
        if differing and left[0].issuperset(ours) and left[1].issuperset(theirs):
            left[0].difference_update(ours)
            left[1].difference_update(theirs)
            found.append(differing)
    return found, left


def _rejected(
    findings: Findings, decision: Decision, ours: Lines, theirs: Lines
) -> Difference | None:
    """The difference between lines that a rule joined, which a person wants put right; None where
    nothing differs: then the person said that they do not belong together, and each is alone."""
    match = Match("", ours, theirs)
    reason = reason_of(match, findings.terms, findings.quarterly, findings.levy)
    if reason is None:
        return None
    return Difference(
        decision.subject,
        reason,
        "",
        ours,
        theirs,
        match.net_difference_pence,
        findings.levy.of_match(ours, theirs),
        ours[0].framework,
        decision,
    )


def _alone(findings: Findings, line: SpendLine, *, is_declared: bool, is_again: bool) -> Difference:
    """A line without a counterpart: declared or recorded twice, or by one side only."""
    ours, theirs = ((line,), ()) if is_declared else ((), (line,))
    known_as = findings.identity(DIFFERENCE, ours, theirs)
    if is_declared:
        reason, net = OVER_DECLARED, -line.net_pence
        other = ""
    else:
        reason, net = UNDECLARED, line.net_pence
        other = findings.elsewhere.get(line, "")
    return Difference(
        known_as,
        DUPLICATE if is_again or other else reason,
        "",
        ours,
        theirs,
        net,
        -line.levy_micropence if is_declared else findings.levy.of_undeclared(line),
        line.framework,
        findings.said_of(known_as, ours, theirs),
        other,
    )


def _in_order(found: Difference) -> tuple[object, ...]:
    """By reason as reports list them, then by what the lines say."""
    reason = REASONS.index(found.reason) if found.reason in REASONS else len(REASONS)
    first = found.lines[0]
    return reason, first.member, first.contractor, first.date, first.invoice, found.lines


def references(lines: Lines, numbered: Callable[[int], str]) -> list[str]:
    """How lines are called: `R-000001/17`, `M-000004/9`."""
    return [f"{numbered(line.number)}/{line.line_no}" for line in lines]


def levy_pence(differences: Collection[Difference]) -> int:
    """What differences are worth in levy together as far as a rate is known, rounded once."""
    return half_up(sum(d.levy_effect_micropence or 0 for d in differences), MICROPENCE_PER_PENNY)
