"""Charging contractors for returns that are overdue (domain §3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import code_of
from levytool.desk.levy.list_documents import document_row
from levytool.desk.office import Office
from levytool.desk.returns.list_returns import find_owed, looked_at
from levytool.ledger.documents.default_charges import charged_by_month, standing_charges
from levytool.ledger.documents.documents import (
    INVOICE,
    NO_RETURN,
    NewDocument,
    allot_numbers,
    get_document,
    store_documents,
)
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.opened import opened_until
from levytool.ledger.journal.posting import post
from levytool.ledger.spend import returns
from levytool.periods import Period
from levytool.problems import RuleRefused
from levytool.rules.dates import act_date
from levytool.rules.default_charge import charges_default, default_charge_pence, months_averaged
from levytool.rules.expected import OVERDUE, OwedReturn, ReturnFor
from levytool.rules.postings import Occasion, default_charged
from levytool.rules.vat import vat_pence, vat_rate_ppm


@dataclass(frozen=True, slots=True)
class Charged:
    """The default charges that stand for what was asked, as rows, and how many of them are new."""

    rows: list[dict[str, Any]]
    new: int


def charge_defaults(
    office: Office, period: Period, contractor: str | None = None, framework: str | None = None
) -> Charged:
    """Charge for every return of a period that is overdue, on the frameworks that do so.

    What was charged before stays as it is. Raises RuleRefused for a framework named that charges
    nothing, UsageError for parties that the book does not have.
    """
    with office.writing() as connection:
        book = book_in_force(connection)
        wanted_contractor = code_of(book, "contractor", contractor) if contractor else None
        wanted_framework = code_of(book, "framework", framework) if framework else None
        if wanted_framework is not None:
            _require_charging(book, wanted_framework, period)
        found = returns.find_returns(connection, period=looked_at(period))
        opened = opened_until(connection)
        overdue = [
            one
            for one in find_owed(book, found, period, office.acting.today, opened)
            if one.state == OVERDUE
            and charges_default(book.frameworks[one.framework], one.period.last_day)
            and wanted_contractor in (None, one.contractor)
            and wanted_framework in (None, one.framework)
        ]
        standing = standing_charges(connection, period)
        fresh = [one for one in overdue if _for(one) not in standing]
        numbers = _charge(connection, office.acting, book, fresh)
        standing |= dict(zip(map(_for, fresh), numbers, strict=True))
        rows = [document_row(get_document(connection, standing[_for(one)])) for one in overdue]
        return Charged(rows, len(fresh))


def _for(owed: OwedReturn) -> ReturnFor:
    return owed.contractor, owed.framework, owed.period


def _require_charging(book: Book, code: str, period: Period) -> None:
    if not any(charges_default(book.frameworks[code], month.last_day) for month in period.months()):
        raise RuleRefused(
            f"{code} charges nothing for missing returns; where contractors pay its levy, set "
            "default_charge = true in the book"
        )


def _charge(
    connection: Connection, acting: Acting, book: Book, fresh: Sequence[OwedReturn]
) -> list[str]:
    """Post a default charge for each return; gives the documents' numbers."""
    if not fresh:
        return []
    spans = [months_averaged(book.frameworks[one.framework], one.period) for one in fresh]
    whole = Period(min(span.first for span in spans), max(span.last for span in spans))
    charged = charged_by_month(connection, whole)
    rate = vat_rate_ppm(book.consortium.vat, acting.today)
    effective = act_date(acting.today, closed_months(connection))
    numbers = allot_numbers(connection, [INVOICE] * len(fresh))
    documents, entries = [], []
    for one, span, number in zip(fresh, spans, numbers, strict=True):
        keys = ((one.contractor, one.framework, month) for month in span.months())
        net = default_charge_pence(sum(charged.get(key, 0) for key in keys))
        document = NewDocument(
            kind=INVOICE,
            payer_kind="contractor",
            payer=one.contractor,
            return_id=NO_RETURN,
            framework=one.framework,
            period=one.period,
            day=acting.today,
            due=acting.today + timedelta(days=book.consortium.terms_days),
            net_pence=net,
            vat_rate_ppm=rate,
            vat_pence=vat_pence(net, rate),
        )
        occasion = Occasion(
            effective,
            reference=number,
            reporting_period=one.period,
            narrative=f"Default charge to {one.contractor} on {one.framework}, {one.period}",
        )
        entries.append(
            default_charged(occasion, one.contractor, one.framework, net, document.vat_pence)
        )
        documents.append(document)
    store_documents(connection, documents, numbers, post(connection, acting, entries).ids)
    return numbers
