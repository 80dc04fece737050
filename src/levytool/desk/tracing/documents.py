"""Levy invoices and credit notes, default charges among them."""

import re
from collections.abc import Iterable

from levytool.desk.tracing.declared import line_ref
from levytool.desk.tracing.files import opened_ref
from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, parts_of, refs, rest
from levytool.desk.tracing.trace import exact_pounds, pounds, told
from levytool.desk.tracing.walk import LISTED
from levytool.ledger.bank.bank_lines import line_number
from levytool.ledger.documents.allocations import (
    BEFORE_OPENING,
    Allocated,
    DocumentLevy,
    levy_of,
    live_allocations,
)
from levytool.ledger.documents.documents import (
    NO_RETURN,
    OF_INTEREST,
    OF_OPENING,
    StoredDocument,
    get_document,
)
from levytool.ledger.documents.late_interest import interest_on
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs import traced
from levytool.ledger.proofs.explained import PostedEntry, posted_entry
from levytool.ledger.proofs.traced import LinePart, LineSums
from levytool.ledger.spend.returns import return_number
from levytool.money import display_pence, format_percent
from levytool.text import counted


def _find_earlier(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    """A document that an opening file brought bears the number that it had before."""
    known = traced.has_document(books.connection, match[0].upper())
    return _find(books, match) if known else None


def _find(books: OpenBooks, match: re.Match[str]) -> Thing:
    document = get_document(books.connection, match[0].upper())
    entry = posted_entry(books.connection, document.entry_id)
    levy = levy_of(books.connection, [document])[document.id]
    charges = {NO_RETURN: "default charge: ", OF_INTEREST: "interest: "}
    has_lines = document.return_id > 0
    kind = charges.get(document.return_id, "") + document.kind.replace("-", " ")
    rate_ppm = document.vat_rate_ppm
    facts = told(
        payer=document.payer,
        framework=document.framework,
        period=document.period,
        date=document.day,
        due=document.due,
        exact_levy=exact_pounds(_lines(books, document, 1)[1].levy_micropence) if has_lines else "",
        net=pounds(document.net_pence),
        vat=pounds(document.vat_pence),
        vat_rate="outside the scope" if rate_ppm is None else format_percent(rate_ppm),
        gross=pounds(document.gross_pence),
        outstanding=pounds(document.outstanding_pence),
        funded_on=levy.funded_on,
    ) + tuple((f"part of {member}", pounds(pence)) for member, pence in levy.net_pence.items())
    title = (
        f"to {document.payer}, {document.framework} {document.period}, dated {document.day}: "
        f"net {display_pence(document.net_pence)}, gross {display_pence(document.gross_pence)}"
    )
    return Thing(
        kind,
        document.number,
        title,
        facts,
        because=lambda: _because(books, document, entry),
        became=lambda: _became(books, document, entry, levy),
    )


def _lines(
    books: OpenBooks, document: StoredDocument, limit: int
) -> tuple[list[LinePart], LineSums]:
    """The document's lines: those of its return that its payer pays for."""
    pays = document.payer_kind == "member"
    member_id = next((n for n, code in books.members.items() if code == document.payer), 0)
    return traced.lines_under(
        books.connection, document.return_id, limit, pays, member_id if pays else None
    )


def _because(books: OpenBooks, document: StoredDocument, entry: PostedEntry) -> Iterable[Parts]:
    signed = document.sign * document.net_pence
    if entry.reverses is not None:
        taken_back = traced.document_of_entry(books.connection, entry.reverses)
        yield from parts_of("takes back", [Part(taken_back, signed)], signed)
    elif document.return_id == NO_RETURN:
        note = f"no return of {document.payer} on {document.framework} for {document.period}"
        yield from parts_of("charged because there is", [Part("", signed, note)], signed)
    elif document.return_id == OF_INTEREST:
        bearing = interest_on(books.connection, document).partition(",")[0]
        yield from parts_of("charged for late payment of", [Part(bearing, signed)], signed)
    elif document.return_id == OF_OPENING:
        yield from refs("brought by", opened_ref(books, f"document {document.number}"))
    else:
        first, sums = _lines(books, document, LISTED[0])
        number = return_number(document.return_id)
        yield Parts(
            f"shares of {counted(sums.lines, 'line')}",
            tuple(Part(line_ref(document.return_id, one.line_no), one.share_pence)
                  for one in first),
            signed,
            sums.lines - len(first),
            sums.share_pence - sum(one.share_pence or 0 for one in first),
            f"levytool spend list --return {number}",
        )  # fmt: skip
        yield from refs("declared in", number)


def _became(
    books: OpenBooks, document: StoredDocument, entry: PostedEntry, levy: DocumentLevy
) -> Iterable[Parts]:
    yield from refs("posted as", entry_number(entry.number))
    settled, moved = [], []
    for one in live_allocations(books.connection, document_id=document.id):
        own = one.document_id == document.id
        if (
            one.amount_pence
        ):  # of the two halves of a set-off one holds the amount that settles both
            opening = one.bank_line_id == BEFORE_OPENING
            before = "paid before these books were opened" if opening else ""
            ref = "" if before else _settled_by(books, one, own=own)
            settled.append(Part(ref, one.amount_pence, before))
        if own and one.net_pence and not one.is_write_off:
            moved.append(Part(entry_number(one.entry_id), one.net_pence))
    settled += rest(document.outstanding_pence, "outstanding")
    yield from parts_of("settled by", settled, document.gross_pence, "levytool levy documents")
    if levy.funded_on == "received":
        yield from parts_of("moved to the levy funds by", moved, sum(p.pence or 0 for p in moved))
    back = traced.reversal_of(books.connection, entry.number)
    if back is not None:
        yield from refs("taken back by", traced.document_of_entry(books.connection, back))


def _settled_by(books: OpenBooks, one: Allocated, *, own: bool) -> str:
    if one.is_write_off:
        return entry_number(one.entry_id)
    if one.bank_line_id is not None:
        return line_number(one.bank_line_id)
    other = one.credit_document_id if own else one.document_id
    assert other is not None
    return traced.document_number(books.connection, other)


FORMS = (Form("INV-000001", "an invoice or credit note (CN-…)", r"(?:INV|CN)-\d+", _find),)
EARLIER_FORMS = (
    Form("LV-101", "a document of earlier books, by the number it had", r"[^:]+", _find_earlier),
)
