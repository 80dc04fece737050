"""The spend reconciliation as a value: what agrees, what differs and why, what may belong together.

Declarations stand on one side, the members' own ledgers on the other (domain §3.6). The whole of
the books is matched, and a period shows its part of that: so a line that pairs with another month's
is never undeclared in its own.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from levytool.ledger.spend.member_ledgers import ledger_number
from levytool.ledger.spend.returns import return_number
from levytool.ledger.spend.spend_sides import SideSum
from levytool.money import (
    MICROPENCE_PER_PENNY,
    display_pence,
    format_line_levy,
    format_pence,
    half_up,
)
from levytool.periods import Period
from levytool.rules.matching.decisions import (
    DIFFERENCE,
    MATCH,
    OPEN,
    REJECT,
    STATUS,
    SUGGESTION,
    Decision,
    Print,
    identity,
)
from levytool.rules.matching.lines import (
    EXACT,
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
    OVER_DECLARED,
    REASONS,
    UNDECLARED,
    LevyEffect,
    Twin,
    reason_of,
    twin_of,
)
from levytool.text import counted


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines that differ, or stand alone, with the reason and what it is worth.

    `net_difference_pence` and `levy_effect_micropence` are recorded less declared. `decision` is
    what a person said of it last.
    """

    id: str
    reason: str
    rule: str
    declared: Lines
    recorded: Lines
    net_difference_pence: int
    levy_effect_micropence: int
    framework: str
    decision: Decision | None = None

    @property
    def status(self) -> str:
        return OPEN if self.decision is None else STATUS[self.decision.verb]

    @property
    def lines(self) -> Lines:
        return (*self.declared, *self.recorded)

    @property
    def at_stake_pence(self) -> int:
        """What it would be to overlook it: the net or the levy effect, whichever is more; of lines
        that stand with two members all that was declared, since it funds the wrong one's pot."""
        levy = half_up(abs(self.levy_effect_micropence), MICROPENCE_PER_PENNY)
        misplaced = net_of(self.declared) if len({line.member for line in self.lines}) > 1 else 0
        return max(abs(self.net_difference_pence), levy, abs(misplaced))


@dataclass(frozen=True, slots=True)
class Suggested:
    """Lines that may belong together: a person accepts or rejects it."""

    id: str
    why: str
    declared: Lines
    recorded: Lines


@dataclass(slots=True)
class SpendReconciliation:
    """A period's part. Sums are of the period's own lines; `by_rule` counts what was joined."""

    period: Period
    member: str | None
    declared: SideSum
    recorded: SideSum
    matched_count: int = 0
    matched_net_pence: int = 0
    matched_recorded_pence: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    suggestions: list[Suggested] = field(default_factory=list)
    no_ledger: frozenset[tuple[str, str]] = frozenset()
    """Where declared lines stand alone, undecided, since no ledger reaches into them: month,
    member."""

    def of(self, reason: str) -> list[Difference]:
        """The differences of one reason."""
        return [found for found in self.differences if found.reason == reason]

    @property
    def waiting(self) -> list[Difference]:
        """Differences that nobody has explained: open, or rejected. What has no ledger to lie
        beside waits for that, not for an explanation."""
        unexplained = (OPEN, STATUS[REJECT])
        return [d for d in self.differences if d.status in unexplained and self.is_compared(d)]

    def is_compared(self, found: Difference) -> bool:
        """Whether a ledger is there to have its lines, or a person has spoken of it."""
        line = found.lines[0]
        alone = found.reason == OVER_DECLARED and found.status == OPEN
        return not (alone and (line.period, line.member) in self.no_ledger)

    def not_compared(self) -> dict[str, list[str]]:
        """By month the members that sent no ledger reaching into it."""
        months: dict[str, list[str]] = {}
        for month, member in sorted(self.no_ledger):
            months.setdefault(month, []).append(member)
        return months


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
    decided, the twins that matched, and how many pairs the database settled by invoice number, by
    member and period."""

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

    def identity(self, kind: str, declared: Lines, recorded: Lines) -> str:
        """The id of these lines together."""
        ours, theirs = self.prints
        return identity(
            kind, [ours[line] for line in declared], [theirs[line] for line in recorded]
        )


def reconciled(
    findings: Findings, asked: Asked, declared: SideSum, recorded: SideSum
) -> SpendReconciliation:
    """The part asked for. `declared` and `recorded` sum all its lines, those too that the database
    settled and the findings do not name."""
    found = SpendReconciliation(asked.period, asked.member, declared, recorded)
    _count_settled(found, findings, asked)
    for match in findings.open.matches:
        _take(found, findings, asked, match)
    left = set(findings.open.declared), set(findings.open.recorded)
    for decision, ours, theirs in findings.rejected:
        if left[0].issuperset(ours) and left[1].issuperset(theirs):
            left[0].difference_update(ours)
            left[1].difference_update(theirs)
            if any(asked.has(line) for line in (*ours, *theirs)):
                found.differences.append(_rejected(findings, decision, ours, theirs))
    found.differences += [
        _alone(findings, line, is_declared)
        for side, is_declared in zip(left, (True, False), strict=True)
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
    return found


def lines_by_id(findings: Findings) -> dict[str, tuple[Lines, Lines]]:
    """The lines that each id names: whatever was joined or suggested, and each that stands alone.

    A pair that agrees has an id too, so that a person can take it apart by its line.
    """
    found: dict[str, tuple[Lines, Lines]] = {}
    for item in findings.open.suggestions:
        lines = item.declared, item.recorded
        found[findings.identity(SUGGESTION, *lines)] = lines
    for line in findings.open.declared:
        found[findings.identity(DIFFERENCE, (line,), ())] = (line,), ()
    for line in findings.open.recorded:
        found[findings.identity(DIFFERENCE, (), (line,))] = (), (line,)
    for match in findings.open.matches:
        lines = match.declared, match.recorded
        found[findings.identity(DIFFERENCE, *lines)] = lines
    for decision, *both in findings.rejected:
        found[decision.subject] = both[0], both[1]
    for lines, decision in findings.decided.items():
        found[decision.subject] = lines
    return found


def _count_settled(found: SpendReconciliation, findings: Findings, asked: Asked) -> None:
    """What the database settled: all lines less those it did not."""
    ours, theirs = ([line for line in side if asked.has(line)] for side in findings.prints)
    found.matched_count = found.declared.lines - len(ours)
    by_invoice = sum(
        count
        for (member, period), count in findings.by_invoice.items()
        if asked.covers(member, period)
    )
    found.by_rule[INVOICE] = by_invoice
    found.by_rule[EXACT] = found.matched_count - by_invoice
    found.matched_net_pence = found.declared.net_pence - net_of(ours)
    found.matched_recorded_pence = found.recorded.net_pence - net_of(theirs)


def _take(found: SpendReconciliation, findings: Findings, asked: Asked, match: Match) -> None:
    """Count a match where it declares something of the part, and list its difference."""
    ours = [line for line in match.declared if asked.has(line)]
    theirs = [line for line in match.recorded if asked.has(line)]
    found.matched_net_pence += net_of(ours)
    found.matched_recorded_pence += net_of(theirs)
    if ours:
        found.matched_count += 1
        found.by_rule[match.rule] += 1
    if not (ours or theirs):
        return
    decided = findings.decided.get((match.declared, match.recorded))
    reason = reason_of(match, findings.terms, findings.quarterly)
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
            reason or "none",
            match.rule,
            match.declared,
            match.recorded,
            match.net_difference_pence,
            findings.levy.of_match(match.declared, match.recorded),
            match.declared[0].framework,
            _as_match(decided) or findings.decisions.get(known_as),
        )
    )


def _as_match(decided: Decision | None) -> Decision | None:
    """A decision that joins lines, an accepted suggestion too, reads as a match."""
    if decided is None:
        return None
    return replace(decided, verb=MATCH)


def _rejected(findings: Findings, decision: Decision, ours: Lines, theirs: Lines) -> Difference:
    match = Match("", ours, theirs)
    return Difference(
        decision.subject,
        reason_of(match, findings.terms, findings.quarterly) or "none",
        "",
        ours,
        theirs,
        match.net_difference_pence,
        findings.levy.of_match(ours, theirs),
        ours[0].framework,
        decision,
    )


def _alone(findings: Findings, line: SpendLine, is_declared: bool) -> Difference:
    """A line without a counterpart: declared or recorded twice, or by one side only."""
    ours, theirs = ((line,), ()) if is_declared else ((), (line,))
    known_as = findings.identity(DIFFERENCE, ours, theirs)
    again = twin_of(line) in findings.twins[0 if is_declared else 1]
    if is_declared:
        reason, net, levy = OVER_DECLARED, -line.net_pence, -line.levy_micropence
    else:
        reason, net, levy = UNDECLARED, line.net_pence, findings.levy.of_undeclared(line)
    return Difference(
        known_as,
        DUPLICATE if again else reason,
        "",
        ours,
        theirs,
        net,
        levy,
        line.framework,
        findings.decisions.get(known_as),
    )


def _in_order(found: Difference) -> tuple[Any, ...]:
    """By reason as reports list them, then by what the lines say."""
    reason = REASONS.index(found.reason) if found.reason in REASONS else len(REASONS)
    first = found.lines[0]
    return reason, first.member, first.contractor, first.date, first.invoice, found.lines


def references(lines: Lines, numbered: Any) -> list[str]:
    """How lines are called: `R-000001/17`, `M-000004/9`."""
    return [f"{numbered(line.number)}/{line.line_no}" for line in lines]


def levy_pence(differences: Collection[Difference]) -> int:
    """What differences are worth in levy together, rounded once."""
    return half_up(sum(d.levy_effect_micropence for d in differences), MICROPENCE_PER_PENNY)


def difference_json(found: Difference) -> dict[str, Any]:
    """A difference as scripts read it (contract, *Reconciling*)."""
    decision = found.decision
    return {
        **_shared_json(found.id, found.reason, found.declared, found.recorded),
        "framework": found.framework or None,
        "net_difference": format_pence(found.net_difference_pence),
        "levy_effect": format_line_levy(found.levy_effect_micropence),
        "rule": found.rule or None,
        "status": found.status,
        "note": decision.note if decision else "",
        "decided_reason": (decision.reason or None) if decision else None,
        "decided_by": decision.user if decision else None,
        "decided_at": decision.at if decision else None,
    }


def suggestion_json(found: Suggested) -> dict[str, Any]:
    """A suggestion as scripts read it: `reason` says why the lines may belong together."""
    net = net_of(found.recorded) - net_of(found.declared)
    return {
        **_shared_json(found.id, found.why, found.declared, found.recorded),
        "net_difference": format_pence(net),
        "status": OPEN,
    }


def _shared_json(known_as: str, reason: str, declared: Lines, recorded: Lines) -> dict[str, Any]:
    first = (*declared, *recorded)[0]
    return {
        "id": known_as,
        "reason": reason,
        "member": first.member,
        "contractor": first.contractor,
        "invoice": first.invoice,
        "date": first.date,
        "declared": references(declared, return_number),
        "recorded": references(recorded, ledger_number),
        "declared_net": format_pence(net_of(declared)),
        "recorded_net": format_pence(net_of(recorded)),
    }


def as_json(found: SpendReconciliation) -> dict[str, Any]:
    """The whole as scripts read it (contract, *Reconciling*)."""
    return {
        "period": str(found.period),
        "member": found.member,
        "matched": {
            "count": found.matched_count,
            "net": format_pence(found.matched_net_pence),
            "recorded_net": format_pence(found.matched_recorded_pence),
            "by_rule": {rule: count for rule, count in found.by_rule.items() if count},
        },
        "differences": [difference_json(item) for item in found.differences],
        "suggestions": [suggestion_json(item) for item in found.suggestions],
        "undeclared": _total(found.of(UNDECLARED), 1),
        "over_declared": _total(found.of(OVER_DECLARED), -1),
        "declared": {"count": found.declared.lines, "net": format_pence(found.declared.net_pence)},
        "recorded": {"count": found.recorded.lines, "net": format_pence(found.recorded.net_pence)},
        "not_compared": sorted({member for _month, member in found.no_ledger}),
    }


def _total(differences: Collection[Difference], sign: int) -> dict[str, Any]:
    return {
        "count": len(differences),
        "net": format_pence(sign * sum(d.net_difference_pence for d in differences)),
        "levy": format_pence(sign * levy_pence(differences)),
    }


def summary(found: SpendReconciliation) -> Iterator[str]:
    """What an officer wants to know first, in words."""
    declared, recorded = found.declared, found.recorded
    yield (
        f"declared {display_pence(declared.net_pence)} in "
        f"{counted(declared.lines, 'line')}, recorded "
        f"{display_pence(recorded.net_pence)} in {recorded.lines:,}"
    )
    yield f"matched {found.matched_count:,}: {display_pence(found.matched_net_pence)} declared"
    for reason, sign in ((UNDECLARED, 1), (OVER_DECLARED, -1)):
        differences = [item for item in found.of(reason) if found.is_compared(item)]
        net = sign * sum(d.net_difference_pence for d in differences)
        levy = display_pence(sign * levy_pence(differences))
        yield f"{reason} {len(differences):,}: {display_pence(net)}, levy {levy}"
    if found.suggestions:
        yield (
            f"{counted(len(found.suggestions), 'suggestion waits', 'suggestions wait')} "
            f"for a person"
        )
    if found.waiting:
        yield "next: levytool reconcile decide ID --accept, or levytool reconcile review"
    yield from _not_compared(found)


def _not_compared(found: SpendReconciliation) -> Iterator[str]:
    """Who sent no ledger of which month, what of theirs is declared, and how to bring one in."""
    left_out = [item for item in found.differences if not found.is_compared(item)]
    for month, members in found.not_compared().items():
        own = [item for item in left_out if item.lines[0].period == month]
        net = display_pence(-sum(item.net_difference_pence for item in own))
        yield (
            f"not compared, as no ledger of {month} was imported: {', '.join(members)}; "
            f"declared {net} in {counted(len(own), 'line')}"
        )
    if left_out:
        yield "next: levytool spend import FILE --as member-ledger"


def difference_rows(found: SpendReconciliation) -> list[dict[str, Any]]:
    """Differences and suggestions as rows of a table; what a person fills in stands last, blank.
    Lines of members that sent no ledger are left out: there is nothing to decide yet."""
    waiting = {"decision": "", "match": ""}
    compared = [item for item in found.differences if found.is_compared(item)]
    rows = [difference_json(item) | waiting for item in compared]
    blank = dict.fromkeys(
        ("framework", "levy_effect", "rule", "note", "decided_reason", "decided_by", "decided_at"),
        "",
    )
    for item in found.suggestions:
        told = suggestion_json(item)
        rows.append(told | blank | waiting | {"reason": f"suggestion: {item.why}"})
    return rows
