"""VAT bad-debt relief: VAT that was paid over and will never be received comes back from HMRC.

Domain §3.5: the VAT of a write-off stands in 6200 until relief. The conditions are those of HMRC's
VAT Notice 700/18: the debt is written off, and six months old counted from the later of the day
payment was due and the day of supply; a claim is made within four years and six months of it.
"""

from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection

from levytool.desk.four_eyes import Status
from levytool.desk.levy.list_documents import document_row
from levytool.desk.office import Office
from levytool.ledger.documents.allocations import live_allocations
from levytool.ledger.documents.documents import StoredDocument, get_document
from levytool.ledger.documents.vat import standing_relief
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import format_pence
from levytool.problems import RuleRefused
from levytool.rules.dates import act_date
from levytool.rules.postings import Occasion, vat_relieved

WAITING = relativedelta(months=6)
LATEST = relativedelta(years=4, months=6)


def relieve_vat(office: Office, number: str) -> dict[str, Any]:
    """Claim the VAT of what stands written off of a document: 2500 to 6200.

    Doing it twice claims it once; what is written off later is claimed by another call. Raises
    RuleRefused where nothing with VAT is written off, before six months and after four years and
    a half.
    """
    with office.writing() as connection:
        document = get_document(connection, number)
        lost = _lost_vat(connection, document)
        claimed = sum(standing_relief(connection, [document.number]).values())
        if not lost:
            raise RuleRefused(
                f"no VAT of {document.number} is written off; write it off first: levytool levy "
                f"write-off {document.number} --reason …"
            )
        if lost == claimed:
            return _row(document, lost, Status.DONE_BEFORE)
        _require_time(document, office.acting.today)
        occasion = Occasion(
            act_date(office.acting.today, closed_months(connection)),
            reference=document.number,
            reporting_period=document.period,
        )
        post(connection, office.acting, [vat_relieved(occasion, document.payer, lost - claimed)])
    return _row(document, lost, Status.DONE)


def _lost_vat(connection: Connection, document: StoredDocument) -> int:
    if not document.vat_pence:
        return 0
    return sum(
        one.amount_pence - one.net_pence
        for one in live_allocations(connection, document_id=document.id)
        if one.is_write_off
    )


def _require_time(document: StoredDocument, today: date) -> None:
    counted = max(document.due, document.day)
    first, last = counted + WAITING, counted + LATEST
    if today < first:
        raise RuleRefused(
            f"relief on {document.number} can be claimed from {first}, six months after it was "
            "due (VAT Notice 700/18); give the command again then"
        )
    if today > last:
        raise RuleRefused(
            f"relief on {document.number} could be claimed until {last} (VAT Notice 700/18); its "
            "VAT stays a bad debt"
        )


def _row(document: StoredDocument, relieved_pence: int, status: Status) -> dict[str, Any]:
    return {
        **document_row(document),
        "vat_relieved": format_pence(relieved_pence),
        "status": status.value,
    }
