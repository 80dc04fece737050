"""Deciding: a person accepts, rejects or joins, says why, and may take it back.

A decision is one more act, never an edit: the last one on a difference counts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from levytool.desk.office import Office
from levytool.desk.reconcile.decisions import DECIDE, decisions_in_force, facts_of
from levytool.desk.reconcile.reconcile_spend import Matched, match_books
from levytool.ledger import acts
from levytool.problems import UsageError
from levytool.rules.matching import Lines, SpendLine, place
from levytool.rules.matching_decisions import (
    ACCEPT,
    DIFFERENCE,
    MATCH,
    NOTE,
    REJECT,
    SUGGESTION,
    UNDO,
    Decision,
    in_force,
)
from levytool.rules.matching_reasons import REASONS

VERBS = (ACCEPT, REJECT, MATCH, NOTE, UNDO)

_LINE = re.compile(r"([RM])-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Order:
    """What a person says of a difference or suggestion: `others` are what it is joined with,
    differences or lines (`R-000001/17`), `reason` what is behind it, if not what was found."""

    id: str
    verb: str
    others: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""


def decide(
    office: Office, orders: Sequence[Order], matched: Matched | None = None
) -> list[dict[str, str]]:
    """Keep decisions, all of them or none. One that stands already is not kept again.

    `matched` are the books as they were matched before, where they were. Raises UsageError for an
    id that is not there, and for lines that cannot be joined.
    """
    with office.writing() as connection:
        standing = decisions_in_force(connection)
        rows = []
        for order in orders:
            known_as = order.id.upper()
            if order.reason and order.reason not in REASONS:
                raise UsageError(f"{order.reason!r} is no reason; say one of: {', '.join(REASONS)}")
            before = standing.get(known_as)
            if before is not None and (order.verb in (UNDO, NOTE) or _joined(before, order)):
                decision = _again(before, order)
            else:
                matched = matched or match_books(connection)
                decision = _decision(matched, order, known_as)
            rows.append(_keep(connection, office, standing, decision))
        return rows


def _joined(before: Decision, order: Order) -> bool:
    """Whether just this was joined before: what it was joined with is a difference no more."""
    return order.verb == MATCH == before.verb and before.others == _named(order)


def _named(order: Order) -> tuple[str, ...]:
    return tuple(sorted(other.upper() for other in order.others))


def _again(before: Decision, order: Order) -> Decision:
    """The same again, a note on it, or its end."""
    return replace(before, verb=order.verb, note=order.note.strip(), reason=order.reason)


def _decision(matched: Matched, order: Order, known_as: str) -> Decision:
    if order.verb == UNDO:
        raise UsageError(f"nothing is decided about {known_as}; see: levytool reconcile decisions")
    declared, recorded = _lines(matched, known_as)
    for other in order.others if order.verb == MATCH else ():
        ours, theirs = _lines(matched, other.upper())
        declared, recorded = (*declared, *ours), (*recorded, *theirs)
    declared, recorded = tuple(dict.fromkeys(declared)), tuple(dict.fromkeys(recorded))
    if order.verb == MATCH and not (declared and recorded):
        raise UsageError(
            f"{known_as} has lines of one side only; name what it belongs to: "
            "--match with a difference of the other side, or its line"
        )
    ours_prints, theirs_prints = matched.prints
    return Decision(
        known_as,
        order.verb,
        tuple(sorted(ours_prints[line] for line in declared)),
        tuple(sorted(theirs_prints[line] for line in recorded)),
        order.note.strip(),
        reason=order.reason,
        others=_named(order),
    )


def _lines(matched: Matched, reference: str) -> tuple[Lines, Lines]:
    """The lines that an id or a reference names. Raises UsageError."""
    line = _LINE.fullmatch(reference)
    if line is not None:
        side = matched.prints[0 if line[1] == "R" else 1]
        found = _at(side, (int(line[2]), int(line[3])))
        if found is None:
            raise UsageError(
                f"{reference} is not among the lines that differ or stand alone; "
                "see: levytool reconcile spend"
            )
        return ((found,), ()) if line[1] == "R" else ((), (found,))
    lines = matched.by_id().get(reference)
    if lines is None:
        kind = "suggestion" if reference.startswith(SUGGESTION) else "difference"
        raise UsageError(
            f"there is no {kind} {reference!r}; {DIFFERENCE}-… and {SUGGESTION}-… stand in: "
            "levytool reconcile spend"
        )
    return lines


def _at(lines: Iterable[SpendLine], where: tuple[int, int]) -> SpendLine | None:
    return next((line for line in lines if place(line) == where), None)


def _keep(
    connection: Connection, office: Office, standing: dict[str, Decision], decision: Decision
) -> dict[str, str]:
    """Store a decision unless it stands already, and say what became of it."""
    before = standing.pop(decision.subject, None)
    after = in_force((decision,) if before is None else (before, decision))
    standing |= after
    now = after.get(decision.subject)
    same = before is not None and now is not None and facts_of(before) == facts_of(now)
    if not same:
        acts.record(connection, office.acting, DECIDE, decision.subject, facts_of(decision))
    return {
        "id": decision.subject,
        "decision": decision.verb,
        "note": decision.note,
        "decided_by": office.acting.user,
        "status": "done-before" if same else "done",
    }
