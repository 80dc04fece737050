"""What waits in closed months since something that explained it was taken back or rejected."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from levytool.desk.reconcile.decisions import decisions_made
from levytool.desk.reconcile.reconcile_spend import match_books, reconcile_part
from levytool.periods import Month, Period
from levytool.reconcile.spend import Asked
from levytool.rules.matching.decisions import REJECT, UNDO, Decision, Print


def waits_in_closed(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """By the id that was decided about, the ids of its lines that wait for an explanation in a
    closed month now: a line may match by then, or wait under another id."""
    taken = [row for row in rows if row["closed"] and row["decision"] in (UNDO, REJECT)]
    if not taken:
        return {}
    matched = match_books(connection)
    months = sorted({Month.parse(month) for row in taken for month in row["closed"]})
    found = reconcile_part(connection, Asked(Period(months[0], months[-1])), matched)
    waits: dict[tuple[int, Print], str] = {
        (side, matched.prints[side][line]): item.id
        for item in found.waiting
        if found.months_of(item) & found.closed
        for side, lines in enumerate((item.declared, item.recorded))
        for line in lines
    }
    last: dict[str, Decision] = {}
    for decision, _stands in decisions_made(connection):
        if decision.verb in (UNDO, REJECT):
            last[decision.subject] = decision
    told = {}
    for row in taken:
        about = last[row["id"]]
        lines = [(0, item) for item in about.declared] + [(1, item) for item in about.recorded]
        told[row["id"]] = list(dict.fromkeys(waits[item] for item in lines if item in waits))
    return told
