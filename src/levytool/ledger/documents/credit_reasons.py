"""Why a credit note was raised, in the words of the person who asked for it."""

from sqlalchemy import Connection, text

from levytool.ledger.documents.documents import CREDIT_NOTE, OF_INTEREST, StoredDocument
from levytool.ledger.documents.late_interest import CREDIT_ACT
from levytool.ledger.documents.own_making import taken_back
from levytool.ledger.journal import acts


def reason_given(connection: Connection, document: StoredDocument) -> str:
    """The reason that a correction, or the credit of interest, was given; '' where none was.

    A credit note that takes nothing back, and that of a default charge, come of a declaration.
    """
    if document.kind != CREDIT_NOTE:
        return ""
    if document.return_id == OF_INTEREST:
        noted = [
            act.facts
            for act in acts.acts_of(connection, CREDIT_ACT)
            if act.facts["note"] == document.number
        ]
        return noted[0]["reason"] if noted else ""
    if not taken_back(connection, document):
        return ""
    found: str | None = connection.scalar(
        text("SELECT reason FROM levy_return WHERE corrects = :id"), {"id": document.return_id}
    )
    return found or ""
