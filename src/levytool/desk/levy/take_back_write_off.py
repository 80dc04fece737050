"""Taking a write-off back: the payer may pay after all (domain §3.5). It takes two people."""

from typing import Any

from levytool.desk import four_eyes
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import words
from levytool.desk.levy.allocating import take_back
from levytool.desk.levy.list_documents import document_row
from levytool.desk.office import Office
from levytool.ledger.documents.allocations import live_allocations
from levytool.ledger.documents.documents import get_document
from levytool.ledger.journal import acts
from levytool.problems import RuleRefused

TAKE_BACK_ACT = "levy write-off --reverse"


def take_back_write_off(office: Office, number: str, reason: str) -> dict[str, Any]:
    """Reverse all that stands written off of a document, exactly: the debt is open again.

    VAT relief that was claimed on it goes back too. The first user's call proposes it, the same
    call of another carries it out; doing it twice does it once. Raises RuleRefused where nothing
    was written off.
    """
    reason = words(reason, "--reason")
    with office.writing() as connection:
        document = get_document(connection, number)
        live = live_allocations(connection, document_id=document.id)
        lost = [one for one in live if one.is_write_off]
        if not lost:
            if not acts.acts_of(connection, TAKE_BACK_ACT, document.number):
                raise RuleRefused(
                    f"nothing of {document.number} is written off; see: levytool levy documents"
                )
            return {**document_row(document), "status": Status.DONE_BEFORE.value}
        facts = {"entries": [one.entry_id for one in lost], "reason": reason}
        asked = Asked(TAKE_BACK_ACT, document.number, facts)
        proposal = four_eyes.agreed_proposal(connection, office.acting, asked)
        if proposal is None:
            return {**document_row(document), "status": Status.PROPOSED.value}
        take_back(connection, office.acting, lost)
        four_eyes.record_done(connection, office.acting, asked, proposal=proposal)
        again = get_document(connection, number)
    return {**document_row(again), "status": Status.DONE.value}
