"""Acts that a second person must agree to, and acts that a script may send twice.

Contract, *Money out to schemes*: where an act has no proposing command, the first user's call
stores a proposal and the same call by another user carries it out. `--reference` is the key that
makes a repeat do nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from levytool.acting import Acting, is_same_person
from levytool.ledger.journal import acts
from levytool.ledger.journal.acts import StoredAct
from levytool.problems import RuleRefused


class Status(StrEnum):
    """What became of an act: done now, waiting for a second person, or done before."""

    DONE = "done"
    PROPOSED = "proposed"
    DONE_BEFORE = "done-before"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer asks for. `facts` tell one act of its kind and subject from another.

    `subject` is '' while the act has yet to give it a number.
    """

    act: str
    subject: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    reference: str = ""


def done_already(connection: Connection, asked: Asked) -> StoredAct | None:
    """The act that was done under the same reference; None when this one is new.

    Raises RuleRefused where the reference was used for something else: doing nothing would hide it.
    """
    found = acts.done_before(connection, asked.act, asked.reference)
    if found is None:
        return None
    same_subject = asked.subject in ("", found.subject)
    if not same_subject or acts.asked_facts(found.facts) != acts.asked_facts(asked.facts):
        raise RuleRefused(
            f"the reference {asked.reference} belongs to another {asked.act} ({found.subject}, "
            f"{found.at[:10]}, by {found.user}); give this one a reference of its own"
        )
    return found


def done_today(connection: Connection, acting: Acting, asked: Asked) -> bool:
    """Whether the same user did just this before on the same day, where no reference says whether
    it is meant twice: it is an act of its own all the same."""
    return not asked.reference and any(
        found.state == acts.DONE
        and found.at[:10] == acting.posted[:10]
        and is_same_person(found.user, acting.user)
        and acts.asked_facts(found.facts) == acts.asked_facts(asked.facts)
        for found in acts.acts_of(connection, asked.act, asked.subject)
    )


def agreed_proposal(connection: Connection, acting: Acting, asked: Asked) -> StoredAct | None:
    """The proposal of someone else that this call agrees to, so that it is to be carried out now.

    None when the call is itself the proposal: it is stored, once under one reference. Raises
    RuleRefused where the same user asks again (without a reference that marks it as a repeat).
    """
    found = acts.open_proposal(
        connection, asked.act, asked.subject, asked.facts, reference=asked.reference
    )
    if found is None:
        acts.record(
            connection,
            acting,
            asked.act,
            asked.subject,
            asked.facts,
            state=acts.PROPOSED,
            reference=asked.reference,
        )
        return None
    if not is_same_person(found.user, acting.user):
        return found
    if asked.reference and asked.reference == found.reference:
        return None
    raise refused_alone(found.user, "proposed this")


def refused_alone(user: str, did: str) -> RuleRefused:
    """The refusal of an act that needs a second person: `user` is who `did` the first part."""
    return RuleRefused(
        f"{user} {did}; a second person must agree: let another user give the same command "
        "(LEVYTOOL_USER names who acts)"
    )


def record_done(
    connection: Connection,
    acting: Acting,
    asked: Asked,
    *,
    entry_id: int | None = None,
    proposal: StoredAct | None = None,
) -> int:
    """Store that the act was done, with the proposal it carries out; gives the act's number."""
    facts = dict(asked.facts)
    reference = asked.reference
    if proposal is not None:
        facts[acts.CARRIES_OUT] = proposal.id
        reference = reference or proposal.reference
    return acts.record(
        connection,
        acting,
        asked.act,
        asked.subject,
        facts,
        reference=reference,
        entry_id=entry_id,
    )
