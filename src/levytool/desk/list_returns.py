"""The returns there are, as rows (contract, `return list`)."""

from collections.abc import Iterable
from typing import Any

from levytool.desk.office import Office
from levytool.ledger import returns
from levytool.ledger.documents import find_documents
from levytool.ledger.returns import StoredReturn
from levytool.money import format_pence
from levytool.periods import Period


def list_returns(office: Office, period: Period | None = None) -> list[dict[str, Any]]:
    """Every return, or those of a reporting period, in order of period and number."""
    with office.reading() as connection:
        found = returns.find_returns(connection, period=period)
        documents: dict[int, list[str]] = {}
        for document in find_documents(connection, period=period):
            documents.setdefault(document.return_id, []).append(document.number)
    return [return_row(stored, documents.get(stored.id, ())) for stored in found]


def return_row(stored: StoredReturn, documents: Iterable[str] = ()) -> dict[str, Any]:
    """One return as scripts read it."""
    return {
        "return": stored.number,
        "contractor": stored.contractor,
        "framework": stored.framework,
        "period": str(stored.period),
        "supplement": stored.supplement,
        "state": stored.state,
        "due": None,
        "lines": stored.lines,
        "net": format_pence(stored.net_pence),
        "levy": format_pence(stored.levy_pence),
        "documents": list(documents),
    }
