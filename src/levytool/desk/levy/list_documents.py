"""Levy documents as rows (contract, `levy documents`)."""

from typing import Any

from levytool.desk.office import Office
from levytool.ledger.documents.documents import StoredDocument, find_documents
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.money import format_pence
from levytool.periods import Period


def list_documents(
    office: Office, period: Period | None = None, asked: AsKnown = NOW
) -> list[dict[str, Any]]:
    """Invoices and credit notes, all or of a reporting period, in the order they were raised."""
    with office.reading() as connection:
        found = find_documents(connection, period=period, asked=asked)
    return [document_row(document) for document in found]


def document_row(document: StoredDocument) -> dict[str, Any]:
    """One document as scripts read it: amounts positive, `kind` gives the sign."""
    return {
        "number": document.number,
        "kind": document.kind,
        "payer": document.payer,
        "framework": document.framework,
        "period": str(document.period),
        "date": document.day.isoformat(),
        "due": document.due.isoformat(),
        "net": format_pence(document.net_pence),
        "vat": format_pence(document.vat_pence),
        "gross": format_pence(document.gross_pence),
        "received": format_pence(document.received_pence),
        "written_off": format_pence(document.written_off_pence),
        "outstanding": format_pence(document.outstanding_pence),
    }
