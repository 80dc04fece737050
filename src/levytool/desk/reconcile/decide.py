"""Deciding: a person accepts, rejects or joins, says why, and may take it back.

A decision is one more act, never an edit: the last one on a difference counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sqlalchemy import Connection

from levytool.desk.office import Office
from levytool.desk.reconcile.decisions import (
    DECIDE,
    GIVEN_BACK,
    decisions_in_force,
    facts_of,
    stood_before,
    was_given_back,
)
from levytool.desk.reconcile.known_lines import LINE, Known
from levytool.desk.reconcile.said_in_list import (
    Misplaced,
    contradictions,
    faults_of,
    no_reason,
    problem_of,
)
from levytool.ledger.journal import acts
from levytool.ledger.journal.closing import ClosedMonths, closed_months
from levytool.ledger.spend.line_months import months_of_lines
from levytool.ledger.spend.member_ledgers import ledger_number
from levytool.ledger.spend.returns import return_number
from levytool.periods import Month
from levytool.problems import InputRejected, UsageError
from levytool.reconcile.spend import Findings, references
from levytool.rules.matching.decisions import (
    ACCEPT,
    DIFFERENCE,
    MATCH,
    NOTE,
    REJECT,
    SUGGESTION,
    UNDO,
    Decision,
    Print,
    in_force,
    joins,
    offers_a_choice,
)
from levytool.rules.matching.lines import Lines, SpendLine
from levytool.rules.matching.reasons import REASONS


@dataclass(frozen=True, slots=True)
class Order:
    """What a person says of a difference or suggestion: `others` are what it is joined with,
    differences or lines (`R-000001/17`), `reason` what is behind it, if not what was found;
    `stands_in` is the file and row of the list that says it, where one does; `restored` is what
    stood before and is kept again just as it was. `wholly`: an undo takes back all that was decided
    about it, not only the last word; `if_new`: a note is said only where nobody said it before."""

    id: str
    verb: str
    others: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""
    stands_in: tuple[str, int] | None = None
    restored: Decision | None = None
    wholly: bool = False
    if_new: bool = False


def decide(
    office: Office, orders: Sequence[Order], matched: Findings | None = None
) -> list[dict[str, Any]]:
    """Keep decisions, all of them or none. One that stands already is not kept again. `closed` has
    the closed months whose lines a new one is about: it posts nothing there, and they stay closed;
    `never_compared` the month and member of a line newly accepted that no ledger lies beside;
    `restored` what stands again, since the last word alone was taken back.

    `matched` are the books as they were matched before, where they were. Raises UsageError for an
    id that is not there, and for lines that cannot be joined; of a list InputRejected, with every
    row that is wrong.
    """
    with office.writing() as connection:
        standing = decisions_in_force(connection)
        known = Known(connection, matched)
        closed = closed_months(connection)
        rows: list[dict[str, Any]] = []
        at_odds = dict(contradictions(orders))
        problems = []
        for order in orders:
            if faults := [*faults_of(order, at_odds.get(order))]:
                problems += faults
                continue
            try:
                rows.append(_acted(office, known, standing, closed, order))
            except UsageError as refusal:
                if order.stands_in is None:
                    raise
                problems.append(problem_of(order, refusal))
        if problems:
            raise InputRejected("nothing was decided", tuple(problems))
        return rows


def _acted(
    office: Office,
    known: Known,
    standing: dict[str, Decision],
    closed: ClosedMonths,
    order: Order,
) -> dict[str, Any]:
    """Keep what one order says, and tell what became of it. Raises UsageError."""
    connection = known.connection
    subject = _subject(known, standing, order)
    looks_up = order.restored is None and order.verb not in (UNDO, NOTE)
    known.meet(subject, looks_up=looks_up)
    if order.verb == UNDO and not order.wholly and was_given_back(connection, subject):
        # The same command again: to take back what it gave back would be another thing.
        row = _row(office, subject, UNDO, "", done=False)
        return row | {"restored": _told(standing.get(subject))}
    decision = _decided(known, standing, order, subject)
    if decision is None:
        return _nothing_to_undo(connection, office, subject)
    again = _stands_again(known, standing, order, subject)
    row = _keep(connection, office, standing, decision)
    if again is not None:
        _keep(connection, office, standing, again, given_back=True)
        row["restored"] = _told(again)
    if row["status"] == "done" and decision.verb != NOTE and closed:
        row["closed"] = [str(m) for m in _months_of(connection, decision) if m in closed]
    if row["status"] == "done" and decision.verb == ACCEPT:
        row["never_compared"] = known.without_ledger(decision)
    return row


def _stands_again(
    known: Known, standing: Mapping[str, Decision], order: Order, subject: str
) -> Decision | None:
    """What stood before the last word, which an undo takes back; None where nothing did. Of lines
    that somebody joined otherwise since, only the note is left: to give the join back would undo
    that one."""
    if order.verb != UNDO or order.wholly or subject not in standing:
        return None
    before = stood_before(known.connection, subject)
    if before is None or not joins(before):
        return _if_said(before)
    ours, theirs = set(before.declared), set(before.recorded)
    for other in standing.values():
        if other.subject == subject or not joins(other):
            continue
        if ours.isdisjoint(other.declared) and theirs.isdisjoint(other.recorded):
            continue
        if _as_it_stands(known.matched, other) == other:
            return _if_said(replace(before, verb=NOTE, others=(), parts=()))
    return before


def _if_said(before: Decision | None) -> Decision | None:
    """What a note without words leaves is nothing."""
    empty = before is not None and before.verb == NOTE and not (before.note or before.reason)
    return None if empty else before


def _told(decision: Decision | None) -> dict[str, str] | None:
    """What stands, for people and scripts."""
    return None if decision is None else {"decision": decision.verb, "note": decision.note}


def _subject(known: Known, standing: Mapping[str, Decision], order: Order) -> str:
    """What an order is about.

    Raises UsageError for a line's reference, unless it names what a person joined by it: a line may
    be listed as another thing by each decision, and to say one twice must decide one thing.
    """
    said = order.id.upper()
    if order.verb == MATCH or LINE.fullmatch(said) is None:
        return said
    before = standing.get(said)
    again = order.verb == UNDO or (before and order.verb == before.verb == REJECT)
    if again and (before or known.was_decided(said)):
        return said
    if before and joins(_as_it_stands(known.matched, before)):
        return said
    listed = known.listed_as(said)
    option = f'note "{order.note}"' if order.verb == NOTE else order.verb
    raise UsageError(
        f"{said} is a line, listed as {listed}; say: levytool reconcile decide {listed} --{option}"
    )


def _decided(
    known: Known, standing: Mapping[str, Decision], order: Order, subject: str
) -> Decision | None:
    """What is to be kept of an order; None where there is nothing to take back.

    Raises UsageError.
    """
    if order.restored is not None:
        return order.restored
    if order.reason and order.reason not in REASONS:
        raise no_reason(order.reason)
    if order.verb == NOTE and not (order.note.strip() or order.reason):
        raise Misplaced(
            f"a note on {subject} without words says nothing; write a note or a reason, or undo "
            "what was decided",
            "note",
        )
    before = standing.get(subject)
    if before is not None and order.verb in (UNDO, NOTE):
        return replace(before, verb=order.verb, note=order.note.strip(), reason=order.reason)
    if before is not None:
        before = _as_it_stands(known.matched, before)
        if _same_again(before, order):
            return _said_with(before, order)
    if order.verb == UNDO:
        return None
    decision = _decision(known, order, subject, before)
    _refuse_joined_twice(known.matched, decision, standing)
    return decision


def taking_back(known_as: str, before: Decision | None) -> list[Order]:
    """The orders that take the last word on something back, so that the one `before` stands."""
    undo, again = Order(known_as, UNDO, wholly=True), _if_said(before)
    return [undo] if again is None else [undo, Order(known_as, again.verb, restored=again)]


def _as_it_stands(matched: Findings, before: Decision) -> Decision:
    """What was said of a join that is there no more is only a note now; a rejection took it apart
    and stands."""
    if before.verb == REJECT or not before.others:
        return before
    if matched.decisions.get(before.subject) != before:
        return before  # of a join that the matching does not know of yet
    stands = (*matched.decided.values(), *(decision for decision, *_lines in matched.rejected))
    return before if before in stands else replace(before, verb=NOTE, others=())


def says_again(matched: Findings, order: Order) -> bool:
    """Whether an order says what stood when the books were matched, at most with another note."""
    before = matched.decisions.get(order.id.upper())
    return before is not None and _same_again(_as_it_stands(matched, before), order)


def _same_again(before: Decision, order: Order) -> bool:
    """Whether just this was decided: what it was about may be a difference no more."""
    same_lines = before.others == _named(order) or (order.verb != MATCH and not order.others)
    return order.verb == before.verb and same_lines


def _months_of(connection: Connection, decision: Decision) -> list[Month]:
    """The months that the lines of a decision stand in."""
    declared, recorded = (
        [(line.member, line.key_hash) for line in side]
        for side in (decision.declared, decision.recorded)
    )
    return sorted(months_of_lines(connection, declared, recorded))


def _nothing_to_undo(connection: Connection, office: Office, subject: str) -> dict[str, Any]:
    """A decision that was taken back already. Raises UsageError where there never was one."""
    if not acts.acts_of(connection, DECIDE, subject):
        raise UsageError(f"nothing is decided about {subject}; see: levytool reconcile decisions")
    return _row(office, subject, UNDO, "", done=False)


def _named(order: Order) -> tuple[str, ...]:
    return tuple(sorted(other.upper() for other in order.others))


def _decision(known: Known, order: Order, known_as: str, before: Decision | None) -> Decision:
    """What is kept of an order. What a person joined stays one thing when it is accepted or
    rejected, and what was noted before goes on to count. Once rejected it is one thing no more: its
    id is that of what it was joined from."""
    is_one = before is not None and before.others and joins(before)
    if before is not None and is_one and order.verb in (ACCEPT, REJECT):
        return _said_with(before, order)
    decision = _of_lines(known, order, known_as)
    if before is not None:
        decision = replace(
            decision,
            note=decision.note or before.note,
            reason=decision.reason or before.reason,
        )
    return decision


def _said_with(before: Decision, order: Order) -> Decision:
    """A decision on the same lines as before; what was noted stays where nothing new is."""
    return replace(
        before,
        verb=order.verb,
        note=order.note.strip() or before.note,
        reason=order.reason or before.reason,
    )


def _of_lines(known: Known, order: Order, known_as: str) -> Decision:
    declared, recorded = known.lines(known_as)
    if order.verb == ACCEPT and known_as.startswith(SUGGESTION):
        _refuse_a_choice(known.matched, known_as, declared, recorded)
    named = [(declared, recorded)]
    if order.verb == MATCH:
        named += [_partner(known, other) for other in order.others]
    declared, recorded = (
        tuple(dict.fromkeys(line for sides in named for line in sides[side])) for side in (0, 1)
    )
    if order.verb == MATCH and not (declared and recorded):
        raise _of_one_side(known, known_as, order.others)
    prints = known.matched.prints
    whole = _prints(prints, declared, recorded)
    decision = Decision(known_as, order.verb, *whole, order.note.strip(), reason=order.reason)
    if order.verb != MATCH:
        return decision
    together = [_prints(prints, *sides) for sides in named if _together(known.matched, *sides)]
    return replace(
        decision,
        others=_named(order),
        parts=tuple(part for part in together if part != whole),
    )


def _of_one_side(known: Known, known_as: str, others: Sequence[str]) -> Misplaced:
    """The refusal to join what has nothing on the other side, with the way out where lines explain
    each other, as an invoice and its reversal do. Raises UsageError for a line that is not there.
    """
    words = (
        f"{known_as} has lines of one side only; name what it belongs to: "
        "--match with a difference of the other side, or its line"
    )
    if others:
        named = [known_as, *(other.upper() for other in others)]
        listed = dict.fromkeys(
            known.listed_as(one) if LINE.fullmatch(one) else one for one in named
        )
        first, *rest = (f"levytool reconcile decide {one} --accept --note WHY" for one in listed)
        words = (
            f"{known_as} and what it is to be matched with have lines of one side only; name what "
            "they belong to on the other side; or, where they explain each other, as an invoice "
            f"and its reversal, accept each and say why: {' and '.join([first, *rest])}"
        )
    return Misplaced(words, "match")


def _partner(known: Known, other: str) -> tuple[Lines, Lines]:
    """The lines of what something is joined with. Raises UsageError."""
    try:
        return known.lines(other.upper())
    except UsageError as refusal:
        raise Misplaced(str(refusal), "match") from None


def _together(findings: Findings, declared: Lines, recorded: Lines) -> bool:
    """Whether lines of both sides are one thing that nobody has taken apart."""
    pairs = tuple(product(declared, recorded))
    return bool(pairs) and all(findings.open.may_join(*pair) for pair in pairs)


def _prints(
    prints: tuple[Mapping[SpendLine, Print], Mapping[SpendLine, Print]],
    declared: Lines,
    recorded: Lines,
) -> tuple[tuple[Print, ...], tuple[Print, ...]]:
    ours, theirs = prints
    return (
        tuple(sorted(ours[line] for line in declared)),
        tuple(sorted(theirs[line] for line in recorded)),
    )


def _refuse_a_choice(findings: Findings, known_as: str, declared: Lines, recorded: Lines) -> None:
    """One of several lines is meant, and only a person can say which."""
    if offers_a_choice(declared, recorded, findings.terms):
        alone = findings.identity(DIFFERENCE, declared, ())
        raise UsageError(
            f"more than one line fits in {known_as}; say which is meant: levytool reconcile decide "
            f"{alone} --match {references(recorded[:1], ledger_number)[0]} (or another of them)"
        )


def _refuse_joined_twice(
    findings: Findings, decision: Decision, standing: Mapping[str, Decision]
) -> None:
    """A line is used once: decisions that the matching did not know of yet may have joined it."""
    if not joins(decision):
        return
    for subject, other in standing.items():
        known = findings.decisions.get(subject)
        is_new = known is None or not joins(known) or _joined(known) != _joined(other)
        if subject == decision.subject or not joins(other) or not is_new:
            continue
        for lines, numbered, prints, taken in (
            (findings.prints[0], return_number, decision.declared, other.declared),
            (findings.prints[1], ledger_number, decision.recorded, other.recorded),
        ):
            both = set(prints).intersection(taken)
            if both:
                twice = tuple(sorted(line for line, told in lines.items() if told in both))
                # An acceptance of what a join leaves stands above the join.
                is_above = other.verb == ACCEPT and bool(other.others)
                raise UsageError(
                    f"{references(twice, numbered)[0]} is joined by {subject} already; take that "
                    f"back first: levytool reconcile decide {subject} --undo"
                    f"{' --all' if is_above else ''}"
                )


def _joined(decision: Decision) -> tuple[tuple[Print, ...], tuple[Print, ...]]:
    return decision.declared, decision.recorded


def lines_named(known: Known, order: Order) -> tuple[Lines, Lines]:
    """The lines that an order joins, declared and recorded; none where it joins nothing.

    Raises UsageError for what is not there.
    """
    if not order_joins(order):
        return (), ()
    named = [known.lines(each.upper()) for each in (order.id, *order.others)]
    declared, recorded = (
        tuple(dict.fromkeys(line for sides in named for line in sides[side])) for side in (0, 1)
    )
    return declared, recorded


def order_joins(order: Order) -> bool:
    """Whether an order joins lines."""
    return joins(Decision(order.id.upper(), order.verb, (), ()))


def _keep(
    connection: Connection,
    office: Office,
    standing: dict[str, Decision],
    decision: Decision,
    *,
    given_back: bool = False,
) -> dict[str, Any]:
    """Store a decision unless it stands already, and say what became of it."""
    before = standing.pop(decision.subject, None)
    after = in_force((decision,) if before is None else (before, decision))
    standing |= after
    now = after.get(decision.subject)
    same = before is not None and now is not None and facts_of(before) == facts_of(now)
    if not same:
        facts = facts_of(decision) | ({GIVEN_BACK: True} if given_back else {})
        acts.record(connection, office.acting, DECIDE, decision.subject, facts)
    return _row(office, decision.subject, decision.verb, decision.note, done=not same)


def _row(office: Office, subject: str, verb: str, note: str, *, done: bool) -> dict[str, Any]:
    return {
        "id": subject,
        "decision": verb,
        "note": note,
        "decided_by": office.acting.user,
        "status": "done" if done else "done-before",
        "closed": [],
        "never_compared": None,
        "restored": None,
    }
