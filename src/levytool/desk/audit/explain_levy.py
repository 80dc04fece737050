"""Tracing levy: a declaration line, a return, a document, down to the file's row and the rule."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book, LevyBlock
from levytool.desk.audit.explain_opening import opening_trace
from levytool.desk.audit.trace import Pounds, Trace, pounds, told
from levytool.ledger import registers, returns
from levytool.ledger.allocations import BEFORE_OPENING, levy_of, live_allocations
from levytool.ledger.bank_lines import get_line, line_number
from levytool.ledger.documents import (
    NO_RETURN,
    OF_OPENING,
    StoredDocument,
    find_documents,
    get_document,
)
from levytool.ledger.entries import entry_number
from levytool.ledger.explained import book_versions, file_of, posted_entry
from levytool.ledger.lines import LINE_COLUMNS, lines_of
from levytool.ledger.returns import StoredReturn
from levytool.money import (
    MICROPENCE_PER_PENNY,
    format_line_levy,
    format_percent,
)
from levytool.problems import UsageError
from levytool.rules.levy import block_in_force

_COLUMNS = LINE_COLUMNS[1:]


def explain_line(connection: Connection, book: Book, reference: str) -> Trace:
    """A declaration line: its row in the file, the rule and rate, its levy, document, receipts."""
    number, _slash, wanted = reference.partition("/")
    stored = returns.get_return(connection, number)
    line = _line(connection, stored, int(wanted))
    members = registers.register(connection, registers.MEMBER).codes
    documents = [
        document
        for document in find_documents(connection, return_ids=[stored.id])
        if (document.payer_kind == "member") == bool(line["member_pays"])
        and document.payer in (stored.contractor, members[line["member_id"]])
    ]
    return Trace(
        "declaration line",
        f"{stored.number}/{line['line_no']}",
        told(
            member=members[line["member_id"]],
            contractor=stored.contractor,
            framework=stored.framework,
            lot=line["lot"],
            call_off=line["call_off"],
            date=line["date"],
            invoice=line["invoice"],
            credits=line["credits"],
            description=line["description"],
            net=pounds(line["net_pence"]),
        ),
        (
            _file(connection, line),
            _rule(connection, book, stored, line),
            _levy(line),
            *(explain_document(connection, book, document.number) for document in documents),
        ),
    )


def _line(connection: Connection, stored: StoredReturn, wanted: int) -> dict[str, Any]:
    for _return_id, rows in lines_of(connection, [stored.id], _COLUMNS):
        for row in rows:
            if row[0] == wanted:
                return dict(zip(_COLUMNS, row, strict=True))
    raise UsageError(
        f"{stored.number} has no line {wanted}; it has {stored.lines} "
        f"(see: levytool spend list --return {stored.number})"
    )


def _file(connection: Connection, line: dict[str, Any]) -> Trace:
    file = file_of(connection, line["file_id"])
    columns = ", ".join(f"{target} from {header!r}" for target, header in file.columns.items())
    return Trace(
        "file",
        "",
        told(
            name=file.name,
            row=line["row_no"],
            columns=columns,
            kept=line["kept"],
            sha256=file.sha256,
            imported=f"{file.imported_at[:10]} by {file.imported_by}",
        ),
    )


def _rule(connection: Connection, book: Book, stored: StoredReturn, line: dict[str, Any]) -> Trace:
    framework = book.frameworks[stored.framework]
    block = block_in_force(framework.levy, date.fromisoformat(line["date"]))
    version = book_versions(connection)[-1]
    return Trace(
        "rule",
        "",
        told(
            framework=f"{framework.code} {framework.title}",
            block=f"from {block.since}" if block is not None else "",
            payer="member" if line["member_pays"] else "contractor",
            rate="by bands" if line["rate_ppm"] is None else format_percent(line["rate_ppm"]),
            rate_of=f"the line of invoice {line['credits']}" if line["credits"] else "",
            base=_base(block),
            rounding=block.rounding if block is not None else "",
            book=f"version {version.number}, {version.applied_at[:10]} by {version.applied_by}",
            sha256=version.sha256,
        ),
    )


def _base(block: LevyBlock | None) -> str:
    return " + ".join(block.base) if block is not None else ""


def _levy(line: dict[str, Any]) -> Trace:
    rate_ppm = line["rate_ppm"]
    sum_text = "by what its accumulator held when it was accepted"
    if rate_ppm is not None:
        sum_text = f"{pounds(line['base_pence']).shown()} x {format_percent(rate_ppm)}"
    share = line["levy_share_pence"]
    true_up = line["true_up_micropence"]
    return Trace(
        "levy",
        "",
        told(
            worked_out=sum_text,
            exact=exact_pounds(line["levy_micropence"]),
            true_up=exact_pounds(true_up) if true_up else "",
            to_four_places=Pounds(format_line_levy(line["levy_micropence"])),
            share_of_the_document="not accepted yet" if share is None else pounds(share),
        ),
    )


def exact_pounds(micropence: int) -> Pounds:
    """Micropence as pounds, exactly: as many decimals as it takes, two at least."""
    sign = "-" if micropence < 0 else ""
    whole, rest = divmod(abs(micropence), 100 * MICROPENCE_PER_PENNY)
    decimals = f"{rest:08d}".rstrip("0").ljust(2, "0")
    return Pounds(f"{sign}{whole}.{decimals}")


def explain_return(connection: Connection, book: Book, reference: str) -> Trace:
    """A return: the files its lines came in and the documents that came of it."""
    stored = returns.get_return(connection, reference)
    files = [
        Trace("file", "", told(name=name))
        for name in returns.files_of(connection, stored.id).values()
    ]
    documents = [
        explain_document(connection, book, document.number)
        for document in find_documents(connection, return_ids=[stored.id])
    ]
    return Trace(
        "return",
        stored.number,
        told(
            contractor=stored.contractor,
            framework=stored.framework,
            period=stored.period,
            supplement=stored.supplement or "",
            state=stored.state,
            reason=stored.reason,
            lines=stored.lines,
            net=pounds(stored.net_pence),
            exact_levy=exact_pounds(stored.levy_micropence),
            levy=pounds(stored.levy_pence),
            lines_digest=stored.lines_digest,
        ),
        (*files, *documents),
    )


def explain_document(connection: Connection, book: Book, reference: str) -> Trace:
    """A levy invoice or credit note: its exact total, members, posting and what settled it."""
    document = get_document(connection, reference)
    levy = levy_of(connection, [document])[document.id]
    members = Trace(
        "members' parts",
        "",
        tuple((member, pounds(pence)) for member, pence in levy.net_pence.items()),
    )
    entry = posted_entry(connection, document.entry_id)
    posted = Trace(
        "posted",
        entry_number(entry.number),
        told(effective=entry.effective, period=entry.period, by=entry.posted_by, hash=entry.hash),
    )
    of_return = document.return_id not in (NO_RETURN, OF_OPENING)
    what = "default charge: " if document.return_id == NO_RETURN else ""
    return Trace(
        what + document.kind.replace("-", " "),
        document.number,
        told(
            payer=document.payer,
            framework=document.framework,
            period=document.period,
            return_number=returns.return_number(document.return_id) if of_return else "",
            date=document.day,
            due=document.due,
            exact_levy=exact_pounds(_exact(connection, document)) if of_return else "",
            net=pounds(document.net_pence),
            vat=pounds(document.vat_pence),
            vat_rate="outside the scope"
            if document.vat_rate_ppm is None
            else format_percent(document.vat_rate_ppm),
            gross=pounds(document.gross_pence),
            settled=pounds(document.settled_pence),
            outstanding=pounds(document.outstanding_pence),
        ),
        (
            members,
            posted,
            *opening_trace(connection, f"document {document.number}"),
            *_receipts(connection, document),
        ),
    )


def _exact(connection: Connection, document: StoredDocument) -> int:
    """The exact levy of a document's lines, signed as the document's amounts are."""
    members = registers.register(connection, registers.MEMBER).codes
    total = 0
    columns = ("member_id", "member_pays", "levy_micropence")
    for _return_id, rows in lines_of(connection, [document.return_id], columns):
        for member_id, pays, exact in rows:
            if bool(pays) == (document.payer_kind == "member") and (
                not pays or members[member_id] == document.payer
            ):
                total += exact
    return document.sign * total


def _receipts(connection: Connection, document: StoredDocument) -> list[Trace]:
    """What settled a document: bank lines, documents set against it, and what was written off."""
    found = []
    for allocation in live_allocations(connection, document_id=document.id):
        facts = told(allocated=pounds(allocation.amount_pence))
        if allocation.is_write_off:
            lost = posted_entry(connection, allocation.entry_id)
            facts += told(effective=lost.effective, by=lost.posted_by)
            found.append(Trace("written off", entry_number(lost.number), facts))
        elif allocation.bank_line_id == BEFORE_OPENING:
            found.append(Trace("paid before these books were opened", "", facts))
        elif allocation.bank_line_id is not None:
            line = get_line(connection, line_number(allocation.bank_line_id))
            facts = (
                told(
                    date=line.booked,
                    amount=pounds(line.amount_pence),
                    description=line.description,
                )
                + facts
            )
            found.append(Trace("receipt", line.number, facts))
        else:
            found.append(Trace("set against another document", "", facts))
    return found
