"""What interest on late documents is worked out from: settlements by day, and what was charged."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.database.days import day_of
from levytool.ledger.documents.documents import OF_INTEREST, StoredDocument
from levytool.ledger.journal import acts
from levytool.rules.late_interest import Settlement

INTEREST_ACT = "levy interest --charge"
CREDIT_ACT = "levy interest --credit"


class ChargedInterest(NamedTuple):
    """Interest on a document up to a day, both by number, that stands charged."""

    document: str
    charged_as: str
    last: date


def settlements(connection: Connection) -> dict[int, list[Settlement]]:
    """What was set against each document, by its id, on the day it took effect.

    A receipt counts from the day the bank had it, however late it was imported and allocated; one
    that is taken back was never there.
    """
    rows = connection.execute(
        text(
            "SELECT d.id, COALESCE(b.booked, e.effective), a.amount_pence FROM allocation a "
            "JOIN journal_entry e ON e.id = a.entry_id "
            "LEFT JOIN bank_line b ON b.id = a.bank_line_id "
            "JOIN document d ON d.id IN (a.document_id, a.credit_document_id) "
            "WHERE a.amount_pence <> 0 ORDER BY a.id"
        )
    )
    found: dict[int, list[Settlement]] = {}
    for document_id, effective, pence in rows:
        day = day_of(effective)
        found.setdefault(int(document_id), []).append(Settlement(day, int(pence)))
    return found


def standing_interest(connection: Connection) -> dict[str, list[ChargedInterest]]:
    """Interest charged and not credited since, by the number of the document that bore it."""
    credited = {act.subject for act in acts.acts_of(connection, CREDIT_ACT)}
    found: dict[str, list[ChargedInterest]] = {}
    for act in acts.acts_of(connection, INTEREST_ACT):
        facts: Mapping[str, str] = act.facts
        if act.state == acts.DONE and facts["document"] not in credited:
            last = date.fromisoformat(facts["last"])
            charged = ChargedInterest(act.subject, facts["document"], last)
            found.setdefault(act.subject, []).append(charged)
    return found


def late_return_ids(connection: Connection) -> frozenset[int]:
    """Returns whose documents bear interest: those in force, and none that was corrected since."""
    rows = connection.execute(text("SELECT id FROM levy_return WHERE state = 'accepted'"))
    return frozenset(int(number) for (number,) in rows)


def interest_on(connection: Connection, document: StoredDocument) -> str:
    """What a document of interest, or the credit note of one, is interest on, with its days."""
    if document.return_id != OF_INTEREST:
        return ""
    charged_as = document.number
    for act in acts.acts_of(connection, CREDIT_ACT):
        if act.facts["note"] == document.number:
            charged_as = act.subject
    for act in acts.acts_of(connection, INTEREST_ACT):
        if act.facts["document"] == charged_as:
            return f"{act.subject}, {act.facts['first']} to {act.facts['last']}"
    return ""
