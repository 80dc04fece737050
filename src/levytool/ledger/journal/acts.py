"""Who did what: proposals and approvals, and the reference that makes a repeat do nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from levytool.acting import Acting
from levytool.ledger.database import series
from levytool.ledger.journal.as_known import NOW, AsKnown

PROPOSED = "proposed"
DONE = "done"
CARRIES_OUT = "carries_out"
"""The fact of a done act that names the proposal it carried out, by its number."""
UNTIL = "until"
"""The fact of a done act that names the last entry that it posted, by its number."""


@dataclass(frozen=True, slots=True)
class StoredAct:
    """One act as stored. `facts` are what was asked, as they were given."""

    id: int
    at: str
    user: str
    act: str
    subject: str
    facts: dict[str, Any]
    state: str
    reference: str
    entry_id: int | None


def canonical(facts: Mapping[str, Any]) -> str:
    """Facts as JSON with sorted keys: equal facts are equal text."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def record(
    connection: Connection,
    acting: Acting,
    act: str,
    subject: str,
    facts: Mapping[str, Any] | None = None,
    *,
    state: str = DONE,
    reference: str = "",
    entry_id: int | None = None,
) -> int:
    """Store that something was done (or proposed); gives the act's number."""
    number = series.allot(connection, "act")
    connection.execute(
        text(
            "INSERT INTO act (id, at, acting_user, act, subject, facts, state, reference, "
            "entry_id) VALUES (:id, :at, :user, :act, :subject, :facts, :state, :reference, "
            ":entry)"
        ),
        {
            "id": number,
            "at": acting.posted,
            "user": acting.user,
            "act": act,
            "subject": subject,
            "facts": canonical(facts or {}),
            "state": state,
            "reference": reference,
            "entry": entry_id,
        },
    )
    return number


def acts_of(
    connection: Connection, act: str, subject: str | None = None, asked: AsKnown = NOW
) -> list[StoredAct]:
    """Acts of one kind, of one subject where one is named, in the order they were done."""
    where = f"act = :act AND {asked.done('at')}"
    where += " AND subject = :subject" if subject is not None else ""
    return _acts(connection, where, {"act": act, "subject": subject})


def done_before(connection: Connection, act: str, reference: str) -> StoredAct | None:
    """The act that was done under this reference; None without one."""
    if not reference:
        return None
    where = "act = :act AND reference = :reference AND state = :state"
    found = _acts(connection, where, {"act": act, "reference": reference, "state": DONE})
    return found[0] if found else None


def _acts(connection: Connection, where: str, values: Mapping[str, Any]) -> list[StoredAct]:
    rows = connection.execute(
        text(
            "SELECT id, at, acting_user, act, subject, facts, state, reference, entry_id "
            f"FROM act WHERE {where} ORDER BY id"
        ),
        values,
    )
    return [StoredAct(r[0], r[1], r[2], r[3], r[4], json.loads(r[5]), *r[6:]) for r in rows]


def asked_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, as it reads once stored, without the proposal that it carried out."""
    stored: dict[str, Any] = json.loads(canonical(facts))
    stored.pop(CARRIES_OUT, None)
    return stored


def open_proposal(
    connection: Connection, act: str, subject: str, facts: Mapping[str, Any], reference: str = ""
) -> StoredAct | None:
    """The latest proposal of just these facts that nobody has carried out yet.

    One made under another reference is another proposal; without a reference any will do.
    """
    wanted = asked_facts(facts)
    proposals: dict[int, StoredAct] = {}
    for stored in acts_of(connection, act, subject):
        if stored.state != PROPOSED:
            proposals.pop(stored.facts.get(CARRIES_OUT, 0), None)
        elif stored.facts == wanted and (not reference or stored.reference in ("", reference)):
            proposals[stored.id] = stored
    return max(proposals.values(), key=lambda stored: stored.id, default=None)
