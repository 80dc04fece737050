"""Deciding: a person accepts, rejects or joins, says why, and may take it back.

A decision is one more act, never an edit: the last one on a difference counts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
)

VERBS = (ACCEPT, REJECT, MATCH, NOTE, UNDO)

_LINE = re.compile(r"([RM])-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Order:
    """What a person says of a difference or suggestion: `others` are what it is joined with,
    differences or lines (`R-000001/17`)."""

    id: str
    verb: str
    others: tuple[str, ...] = ()
    note: str = ""


def decide(office: Office, orders: Sequence[Order]) -> list[dict[str, str]]:
    """Keep decisions, all of them or none. One that stands already is not kept again.

    Raises UsageError for an id that is not there, and for lines that cannot be joined.
    """
    with office.writing() as connection:
        standing = decisions_in_force(connection)
        rows = []
        matched: Matched | None = None
        for order in orders:
            known_as = order.id.upper()
            if order.verb in (UNDO, NOTE) and known_as in standing:
                decision = _again(standing[known_as], order)
            else:
                matched = matched or match_books(connection)
                decision = _decision(matched, order, known_as)
            rows.append(_keep(connection, office, standing, decision))
        return rows


def _again(before: Decision, order: Order) -> Decision:
    """A note on what was decided, or its end."""
    return Decision(
        before.subject, order.verb, before.declared, before.recorded, order.note.strip()
    )


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
    before = standing.get(decision.subject)
    same = before is not None and facts_of(before) == facts_of(decision)
    if not same:
        acts.record(connection, office.acting, DECIDE, decision.subject, facts_of(decision))
        if decision.verb == UNDO:
            standing.pop(decision.subject, None)
        elif decision.verb != NOTE or before is None:
            standing[decision.subject] = decision
    return {
        "id": decision.subject,
        "decision": decision.verb,
        "note": decision.note,
        "decided_by": office.acting.user,
        "status": "done-before" if same else "done",
    }
