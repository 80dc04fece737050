"""What people decided about differences: kept for good, the last word counts."""

from typing import Any

from sqlalchemy import Connection

from levytool.desk.office import Office
from levytool.ledger.journal import acts
from levytool.ledger.journal.acts import StoredAct
from levytool.rules.matching.decisions import UNDO, Decision, Print, in_force

DECIDE = "reconcile decide"
GIVEN_BACK = "given_back"
"""The fact of a decision that stood before and stands again, since the one after it was undone."""


def decisions_in_force(connection: Connection) -> dict[str, Decision]:
    """The last word on each difference and suggestion, in the order it was said."""
    return in_force(map(_decision, acts.acts_of(connection, DECIDE)))


def list_decisions(office: Office) -> list[dict[str, Any]]:
    """Every decision that was ever made, those taken back too, in order."""
    with office.reading() as connection:
        made = decisions_made(connection)
    return [
        {
            "id": decision.subject,
            "decision": decision.verb,
            "note": decision.note,
            "reason": decision.reason,
            "decided_by": decision.user,
            "decided_at": decision.at,
            "stands": stands,
        }
        for decision, stands in made
    ]


def decisions_made(connection: Connection) -> list[tuple[Decision, bool]]:
    """Every decision that was ever made, in order, and whether it is the one that stands."""
    made = [_decision(act) for act in acts.acts_of(connection, DECIDE)]
    said_at = {decision.subject: decision.at for decision in in_force(made).values()}
    # By its place: on a day that is set, several decisions have the same moment.
    last = {
        decision.subject: place
        for place, decision in enumerate(made)
        if decision.at == said_at.get(decision.subject) and decision.verb != UNDO
    }
    return [(decision, last.get(decision.subject) == at) for at, decision in enumerate(made)]


def stood_before(connection: Connection, subject: str) -> Decision | None:
    """What stood before the last word on something; None where nothing did, or nothing stands.

    Who takes a word back says again what stood before it, which is told by its facts.
    """
    stood: list[Decision] = []
    left: list[Decision] = []
    for decision in (_decision(act) for act in acts.acts_of(connection, DECIDE, subject)):
        if decision.verb == UNDO:
            stood, left = [], stood[:-1]
            continue
        now = in_force((*stood[-1:], decision))[subject]
        again = left and facts_of(left[-1]) == facts_of(now)
        stood, left = [*(left[:-1] if again else stood), now], []
    return stood[-2] if len(stood) > 1 else None


def was_given_back(connection: Connection, subject: str) -> bool:
    """Whether the last word on something is what an undo gave back."""
    said = acts.acts_of(connection, DECIDE, subject)
    return bool(said) and GIVEN_BACK in said[-1].facts


def facts_of(decision: Decision) -> dict[str, Any]:
    """A decision as it is stored."""
    return {
        "verb": decision.verb,
        "declared": [list(item) for item in decision.declared],
        "recorded": [list(item) for item in decision.recorded],
        "note": decision.note,
        "reason": decision.reason,
        "others": list(decision.others),
        "parts": [[list(item) for item in side] for part in decision.parts for side in part],
    }


def _decision(act: StoredAct) -> Decision:
    return Decision(
        act.subject,
        act.facts["verb"],
        tuple(Print(*item) for item in act.facts["declared"]),
        tuple(Print(*item) for item in act.facts["recorded"]),
        act.facts["note"],
        act.user,
        act.at,
        act.facts["reason"],
        tuple(act.facts["others"]),
        _parts(act.facts.get("parts", [])),
    )


def _parts(told: list[list[list[Any]]]) -> tuple[tuple[tuple[Print, ...], tuple[Print, ...]], ...]:
    """Parts as they were kept: of each the declared lines, then the recorded ones. Decisions of
    earlier versions have none."""
    sides = [tuple(Print(*item) for item in side) for side in told]
    return tuple(zip(sides[::2], sides[1::2], strict=True))
