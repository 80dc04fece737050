"""Gathering one levy invoice or credit note from the books, as its forms show it."""

from collections.abc import Iterator

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.issuer import issuer_of
from levytool.desk.office import Office
from levytool.ledger.bank.bank_lines import get_line, line_number
from levytool.ledger.documents.allocations import live_allocations
from levytool.ledger.documents.credit_reasons import reason_given
from levytool.ledger.documents.credited import credited_by, replaced_by
from levytool.ledger.documents.document_lines import LevyGroup, credited_documents, levy_groups
from levytool.ledger.documents.documents import (
    CREDIT_NOTE,
    OF_OPENING,
    StoredDocument,
    get_document,
    numbers_of,
)
from levytool.ledger.documents.late_interest import interest_on
from levytool.ledger.documents.own_making import (
    replaced,
    set_against_when_raised,
    taken_back,
)
from levytool.ledger.spend import returns
from levytool.periods import Period
from levytool.problems import RuleRefused
from levytool.statements.levy_document import (
    CreditedInvoice,
    CreditUse,
    DocumentLine,
    LevyDocument,
    SetAgainst,
)
from levytool.statements.values import Recipient


def show_document(office: Office, number: str) -> LevyDocument:
    """The document of that number, with parties as the book in force has them.

    Raises UsageError where there is no such document, RuleRefused for one of earlier books.
    """
    with office.reading() as connection:
        document = get_document(connection, number)
        if document.return_id == OF_OPENING:
            raise RuleRefused(
                f"{document.number} was sent before these books were opened; what they know of it "
                f"is shown by: levytool explain {document.number}"
            )
        return _document(connection, book_in_force(connection), document)


def _document(connection: Connection, book: Book, document: StoredDocument) -> LevyDocument:
    consortium, framework = book.consortium, book.frameworks[document.framework]
    number, code = "", document.payer  # a default charge, and interest, have no return
    if document.return_id > 0:
        number = returns.return_number(document.return_id)
        code = returns.get_return(connection, number).contractor
    contractor = book.contractors.get(code)
    first = document.period if framework.returns == "monthly" else document.period.plus(-2)
    accounts, is_credit = consortium.bank_accounts, document.kind == CREDIT_NOTE
    return LevyDocument(
        issuer=issuer_of(book),
        payer=_payer(book, document),
        number=document.number,
        is_credit=is_credit,
        day=document.day,
        due=document.due,
        return_number=number,
        contractor_name=contractor.name if contractor else code,
        framework=framework.code,
        framework_title=framework.title,
        period=Period(first, document.period),
        lines=_lines(book, document, levy_groups(connection, document)),
        net_pence=document.net_pence,
        vat_rate_ppm=document.vat_rate_ppm,
        vat_pence=document.vat_pence,
        credits=tuple(CreditedInvoice(*one) for one in credited_documents(connection, document)),
        reason=" ".join(reason_given(connection, document).split()),
        bank_account=accounts[0] if accounts else None,
        interest_on=interest_on(connection, document),
        credit_uses=tuple(_credit_uses(connection, document)),
        takes_back=() if is_credit else tuple(taken_back(connection, document)),
        replaces=tuple(replaced(connection, document)),
        set_against=() if is_credit else tuple(_set_against(connection, document)),
        credited_by=(credit := credited_by(connection, document)),
        replaced_by=replaced_by(connection, document) if credit else "",
    )


def _set_against(connection: Connection, document: StoredDocument) -> Iterator[SetAgainst]:
    """What the correction that raised an invoice set against it: no later payment is told."""
    for item in set_against_when_raised(connection, document):
        if item.bank_line_id is None:
            yield SetAgainst(item.amount_pence, item.credit_note)
        else:
            line = get_line(connection, line_number(item.bank_line_id))
            yield SetAgainst(item.amount_pence, paid_on=line.booked)


def _credit_uses(connection: Connection, document: StoredDocument) -> Iterator[CreditUse]:
    """What a credit note is set against; none for an invoice, nor for a note that is all open."""
    if document.kind != CREDIT_NOTE or not document.settled_pence:
        return
    for item in live_allocations(connection, document_id=document.id):
        if item.bank_line_id is not None:
            line = get_line(connection, line_number(item.bank_line_id))
            yield CreditUse(item.amount_pence, paid_on=line.booked)
        elif item.credit_document_id == document.id:
            [invoice] = numbers_of(connection, [item.document_id])
            yield CreditUse(item.amount_pence, invoice)


def _payer(book: Book, document: StoredDocument) -> Recipient:
    parties = book.members if document.payer_kind == "member" else book.contractors
    party = parties.get(document.payer)
    if party is None:
        return Recipient(document.payer, document.payer)
    return Recipient(party.code, party.name, party.address)


def _lines(
    book: Book, document: StoredDocument, groups: list[LevyGroup]
) -> tuple[DocumentLine, ...]:
    """Lines that add up to the document's net, which is positive whatever the lines' sign is."""
    sign = -1 if sum(group.levy_pence for group in groups) < 0 else 1
    lots = book.frameworks[document.framework].lots
    return tuple(
        DocumentLine(
            group.member,
            book.members[group.member].name if group.member in book.members else group.member,
            group.lot,
            lots.get(group.lot, ""),
            sign * group.base_pence,
            group.rate_ppm,
            sign * group.levy_pence,
        )
        for group in groups
    )
