"""Publishing spend by contractor and month as open data. It posts and marks nothing."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from levytool.desk.book_in_force import book_in_force
from levytool.desk.month_end.export_entries import MANIFEST, Exported, Status
from levytool.desk.office import Office
from levytool.exports.open_contracting import open_data_name, release_package, spend_csv
from levytool.ledger.spend.open_spend import PublishedSpend, published_spend
from levytool.money import format_pence
from levytool.periods import Period
from levytool.problems import InputRejected, Problem


def export_open_data(
    office: Office, period: Period, place_for: Callable[[str], object]
) -> Exported:
    """Accepted spend of the reporting periods as OCDS release package and as CSV.

    The same books give the same bytes, so it may be written as often as one likes. Raises
    InputRejected where the book has no `ocid_prefix`: identifiers of one's own making would clash.
    """
    with office.reading() as connection:
        book = book_in_force(connection)
        spend = published_spend(connection, period)
    if not book.consortium.exports.ocid_prefix:
        message = "the book has no ocid_prefix, and open data needs one that is the publisher's own"
        hint = (
            "ask the Open Contracting Partnership for one, and write it into the book: "
            '[consortium.exports] ocid_prefix = "ocds-…"'
        )
        raise InputRejected("", (Problem("missing-key", message, hint),))
    label = f"open data of {period}"
    if not spend:
        said = f"no return of {period} is accepted: there is nothing to publish"
        return Exported("", Status.NOTHING_NEW, (), [], said)
    place_for(label)
    files = [
        (open_data_name(period, "json"), release_package(book, period, spend)),
        (open_data_name(period, "csv"), spend_csv(book, spend)),
    ]
    status = Status.TRIED if office.dry_run else Status.EXPORTED
    rows = [_row(status, name, text, spend) for name, text in files]
    manifest = {"export": label, "kind": "open-data", "period": str(period)}
    listed = [{key: row[key] for key in ("file", "sha256", "lines", "net")} for row in rows]
    text = json.dumps(manifest | {"files": listed}, ensure_ascii=False, indent=1) + "\n"
    return Exported(label, status, (*files, (MANIFEST, text)), rows, label)


def _row(status: Status, name: str, text: str, spend: list[PublishedSpend]) -> dict[str, Any]:
    return {
        "export": None,
        "status": status.value,
        "kind": "open-data",
        "file": name,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "lines": len(spend),
        "net": format_pence(sum(row.net_pence for row in spend)),
    }
