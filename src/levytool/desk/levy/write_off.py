"""Writing off what a payer will not pay (domain §3.5): always with a second person."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import positive_pence, words
from levytool.desk.levy.allocating import Allocating, OpenDocument
from levytool.desk.levy.list_documents import document_row
from levytool.desk.office import Office
from levytool.journal import Entry
from levytool.ledger.documents.allocations import (
    Allocated,
    Share,
    live_allocations,
    store_allocations,
)
from levytool.ledger.documents.documents import NO_RETURN, OF_INTEREST, StoredDocument, get_document
from levytool.ledger.journal import acts
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import display_pence
from levytool.problems import RuleRefused
from levytool.rules.dates import act_date
from levytool.rules.postings import Occasion, late_interest_written_off, written_off

WRITE_OFF_ACT = "levy write-off"


def write_off(
    office: Office, number: str, amount_pence: int | None = None, reason: str = ""
) -> dict[str, Any]:
    """Write off what is open on an invoice, or `amount_pence` (gross) of it.

    The first user's call proposes it, the same call of another carries it out. Doing it twice does
    it once: the same amount for the same reason is the same write-off. Raises RuleRefused for a
    credit note, for a default charge and for more than is open.
    """
    reason = words(reason, "--reason")
    if amount_pence is not None:
        positive_pence(amount_pence, "--amount")
    with office.writing() as connection:
        document = get_document(connection, number)
        pence = document.outstanding_pence if amount_pence is None else amount_pence
        asked = Asked(WRITE_OFF_ACT, document.number, {"amount_pence": pence, "reason": reason})
        if _stands(connection, document, asked, whole=amount_pence is None):
            return _row(document, Status.DONE_BEFORE)
        _require(document, pence)
        opened = Allocating(connection, office.acting, book_in_force(connection)).documents(
            [document]
        )[0]
        if document.return_id == NO_RETURN:
            raise RuleRefused(
                f"{document.number} is a default charge; it is reversed when the return arrives: "
                "levytool spend import, or levytool return nil"
            )
        proposal = four_eyes.agreed_proposal(connection, office.acting, asked)
        if proposal is None:
            return _row(document, Status.PROPOSED)
        entry_id = _post(connection, office, opened, pence, reason)
        four_eyes.record_done(
            connection, office.acting, asked, entry_id=entry_id, proposal=proposal
        )
        return _row(get_document(connection, number), Status.DONE)


def _stands(connection: Connection, document: StoredDocument, asked: Asked, *, whole: bool) -> bool:
    """Whether this was done and not taken back: all that was open, or just this amount."""
    lost = {
        item.entry_id
        for item in live_allocations(connection, document_id=document.id)
        if item.is_write_off
    }
    if whole and not document.outstanding_pence:
        return bool(lost)
    return any(
        act.entry_id in lost and acts.asked_facts(act.facts) == asked.facts
        for act in acts.acts_of(connection, WRITE_OFF_ACT, document.number)
    )


def _require(document: StoredDocument, pence: int) -> None:
    if document.sign < 0:
        raise RuleRefused(
            f"{document.number} is a credit note, which nobody owes; set it against an invoice: "
            f"levytool bank allocate {document.number} INVOICE"
        )
    if not 0 < pence <= document.outstanding_pence:
        raise RuleRefused(
            f"{display_pence(document.outstanding_pence)} of {document.number} is outstanding; "
            "only that can be written off"
        )


def _post(
    connection: Connection, office: Office, opened: OpenDocument, pence: int, reason: str
) -> int:
    stored, levy = opened.stored, opened.levy
    shares = opened.write_off(pence)
    occasion = Occasion(
        act_date(max(office.acting.today, levy.effective), closed_months(connection)),
        reference=stored.number,
        reporting_period=stored.period,
        narrative=f"{stored.number} of {stored.payer} written off: {reason}",
    )
    if stored.return_id == OF_INTEREST:
        entry = late_interest_written_off(occasion, stored.payer, pence)
    else:
        entry = _levy_written_off(occasion, opened, pence, shares)
    entry_id = post(connection, office.acting, [entry]).first_id
    store_allocations(connection, [Allocated(stored.id, pence, shares, entry_id)])
    return entry_id


def _levy_written_off(
    occasion: Occasion, opened: OpenDocument, pence: int, shares: Mapping[str, Share]
) -> Entry:
    net = {code: share.net_pence for code, share in shares.items()}
    given_back = {code: share.retained_pence for code, share in shares.items()}
    stored = opened.stored
    return written_off(
        occasion,
        stored.payer,
        stored.framework,
        net,
        pence - sum(net.values()),
        opened.levy.funded_on,
        given_back,
    )


def _row(document: StoredDocument, status: Status) -> dict[str, Any]:
    return {**document_row(document), "status": status.value}
