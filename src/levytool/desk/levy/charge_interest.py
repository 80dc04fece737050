"""Interest on documents that are paid late: worked out, charged, and taken back.

The rules are the Act's (`rules.late_interest`), the rate the book's `late_interest`. Interest is a
document of its own: an invoice outside the scope of VAT, owed by the payer and income of the
consortium, in which no member has a share. The act that charges it keeps its days, so that none is
charged twice.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from levytool.book.names import Names
from levytool.book.records import OUTSIDE_THE_SCOPE, Book
from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import words
from levytool.desk.levy.credit_in_full import credit_in_full
from levytool.desk.levy.list_documents import document_row
from levytool.desk.office import Office
from levytool.ledger.documents.documents import (
    INVOICE,
    OF_INTEREST,
    OF_OPENING,
    NewDocument,
    StoredDocument,
    allot_numbers,
    find_documents,
    get_document,
    store_documents,
)
from levytool.ledger.documents.late_interest import (
    CREDIT_ACT,
    INTEREST_ACT,
    late_return_ids,
    settlements,
    standing_interest,
)
from levytool.ledger.journal import acts
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import format_pence, format_percent
from levytool.problems import RuleRefused, UsageError
from levytool.rules.dates import act_date
from levytool.rules.late_interest import first_day_of_interest, interest_pence, rate_of_debt
from levytool.rules.postings import Occasion, late_interest_charged


@dataclass(frozen=True, slots=True)
class _Late:
    """Interest on one document that nobody has charged yet, for days from `first` to `last`."""

    document: StoredDocument
    rate_ppm: int
    first: date
    last: date
    pence: int

    def row(self, charged_as: str | None) -> dict[str, Any]:
        document = self.document
        return {
            "number": document.number,
            "payer": document.payer,
            "framework": document.framework,
            "period": str(document.period),
            "due": document.due.isoformat(),
            "outstanding": format_pence(document.outstanding_pence),
            "rate": format_percent(self.rate_ppm),
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "interest": format_pence(self.pence),
            "document": charged_as,
        }


def list_interest(
    office: Office, to: date | None = None, payer: str | None = None
) -> list[dict[str, Any]]:
    """Interest up to a day (without one, today) that is not charged yet, by document.

    Raises UsageError for a payer that the book does not have, RuleRefused where the book charges
    no interest.
    """
    with office.reading() as connection:
        found = _late(connection, book_in_force(connection), to or office.acting.today, payer)
    return [late.row(None) for late in found]


def charge_interest(
    office: Office, to: date | None = None, payer: str | None = None
) -> list[dict[str, Any]]:
    """Raise an invoice for each document's interest up to a day, and start after it next time.

    Doing it twice for the same days charges them once. Raises UsageError for a day to come.
    """
    last = to or office.acting.today
    if last > office.acting.today:
        raise UsageError(f"--to {last} is to come; interest is charged up to today at most")
    with office.writing() as connection:
        book = book_in_force(connection)
        found = _late(connection, book, last, payer)
        effective = act_date(office.acting.today, closed_months(connection))
        numbers = allot_numbers(connection, [INVOICE] * len(found))
        due = office.acting.today + timedelta(days=book.consortium.terms_days)
        documents = [_document(late, office.acting.today, due) for late in found]
        entries = [
            late_interest_charged(_occasion(late, effective, number), one.payer, late.pence)
            for late, one, number in zip(found, documents, numbers, strict=True)
        ]
        ids = post(connection, office.acting, entries).ids
        store_documents(connection, documents, numbers, ids)
        for late, number, entry_id in zip(found, numbers, ids, strict=True):
            facts = {"document": number, "first": str(late.first), "last": str(late.last)}
            subject = late.document.number
            acts.record(connection, office.acting, INTEREST_ACT, subject, facts, entry_id=entry_id)
    return [late.row(number) for late, number in zip(found, numbers, strict=True)]


def credit_interest(office: Office, number: str, reason: str) -> dict[str, Any]:
    """Take a document of interest back in full by a credit note; its days may be charged again.

    What was paid on it goes to 2910. Above the book's `four_eyes_over` two users agree. Raises
    RuleRefused for any other document.
    """
    reason = words(reason, "--reason")
    with office.writing() as connection:
        document = get_document(connection, number)
        if document.return_id != OF_INTEREST or document.kind != INVOICE:
            raise RuleRefused(
                f"{document.number} is no invoice of interest; see: levytool levy documents"
            )
        if acts.acts_of(connection, CREDIT_ACT, document.number):
            return {**document_row(document), "status": Status.DONE_BEFORE.value}
        book = book_in_force(connection)
        asked = Asked(f"{CREDIT_ACT} of", document.number, {"reason": reason})
        if document.net_pence > book.consortium.four_eyes_over_pence:
            proposal = four_eyes.agreed_proposal(connection, office.acting, asked)
            if proposal is None:
                return {**document_row(document), "status": Status.PROPOSED.value}
            four_eyes.record_done(connection, office.acting, asked, proposal=proposal)
        (note,) = credit_in_full(
            connection,
            office.acting,
            book,
            [document],
            lambda charge: f"{charge.number} credited: {reason}",
        )
        facts = {"note": note, "reason": reason}
        acts.record(connection, office.acting, CREDIT_ACT, document.number, facts)
        credited = get_document(connection, note)
    return {**document_row(credited), "status": Status.DONE.value}


def _late(connection: Connection, book: Book, last: date, payer: str | None) -> list[_Late]:
    schedule = book.consortium.late_interest
    if not schedule:
        raise RuleRefused(
            "the book charges no interest on late documents; give it an annual rate: "
            'late_interest = [{ from = 2025-04-01, rate = "8%" }] in [consortium]'
        )
    code = None if payer is None else _payer_code(book, payer)
    accepted, charged = late_return_ids(connection), standing_interest(connection)
    settled = settlements(connection)
    found = []
    for document in find_documents(connection, payer=code):
        bears = document.return_id in accepted or document.return_id == OF_OPENING
        rate_ppm = rate_of_debt(schedule, document.due)
        if document.kind != INVOICE or not bears or not rate_ppm:
            continue
        before = [one.last for one in charged.get(document.number, [])]
        first = first_day_of_interest(max([document.due, *before]))
        pence = interest_pence(
            document.gross_pence, settled.get(document.id, ()), rate_ppm, first, last
        )
        if pence:
            found.append(_Late(document, rate_ppm, first, last, pence))
    return found


def _payer_code(book: Book, text: str) -> str:
    names = Names(book)
    code = names.contractors.recognise(text) or names.members.recognise(text)
    if code is None:
        raise UsageError(f"there is no payer {text!r}; see: levytool book show")
    return code


def _document(late: _Late, today: date, due: date) -> NewDocument:
    bearing = late.document
    return NewDocument(
        kind=INVOICE,
        payer_kind=bearing.payer_kind,
        payer=bearing.payer,
        return_id=OF_INTEREST,
        framework=bearing.framework,
        period=bearing.period,
        day=today,
        due=due,
        net_pence=late.pence,
        vat_rate_ppm=OUTSIDE_THE_SCOPE,
        vat_pence=0,
    )


def _occasion(late: _Late, effective: date, number: str) -> Occasion:
    return Occasion(
        effective,
        reference=number,
        reporting_period=late.document.period,
        narrative=f"Interest on {late.document.number}, {late.first} to {late.last}",
    )
