"""Xero's sales invoice import, from the levy documents: 500 invoices a file at most.

Columns are those of Xero's template. Amounts are without VAT, and each line has its own, as Xero
works it out, but for the pennies that make the document's. A credit note has negative amounts. What
an invoice says is the whole of its entry: the account of each line, 1100 (Xero's accounts
receivable) and 2500 (its VAT account).
"""

from collections.abc import Sequence
from typing import NamedTuple

from levytool.accounts import Account
from levytool.book.records import Contractor, Member
from levytool.exports.batch import (
    Batch,
    ExportFile,
    JournalLine,
    Written,
    account_code,
    cannot_say,
    day_first,
    in_files,
    journal_lines,
    too_long_codes,
)
from levytool.exports.csv_text import Cell, amount, csv_text, words
from levytool.exports.tax_codes import XERO, no_tax_code, tax_code
from levytool.exports.xero_journal import LONGEST_CODE
from levytool.exports.xero_tracking import COLUMNS, tracking
from levytool.journal import Leg
from levytool.ledger.documents.documents import INVOICE
from levytool.ledger.reports.finance_exports import EntryDocument, PostedEntry
from levytool.problems import Problem
from levytool.rules.vat import vat_by_line

HEADER = (
    *("*ContactName", "EmailAddress", "POAddressLine1", "POAddressLine2", "POAddressLine3"),
    *("POAddressLine4", "POCity", "PORegion", "POPostalCode", "POCountry", "*InvoiceNumber"),
    *("Reference", "*InvoiceDate", "*DueDate", "Total", "InventoryItemCode", "*Description"),
    *("*Quantity", "*UnitAmount", "Discount", "*AccountCode", "*TaxType", "TaxAmount"),
    *(*COLUMNS, "Currency", "BrandingTheme"),
)
MOST_INVOICES = 500
ADDRESS_LINES = 4


class _Invoice(NamedTuple):
    """A document as Xero will have it: its lines by leg, credits positive, and their VAT."""

    posted: PostedEntry
    document: EntryDocument
    lines: tuple[JournalLine, ...]
    vat_pence: tuple[int, ...]
    tax_type: str

    @property
    def gross_pence(self) -> int:
        return sum(line.pence for line in self.lines) + sum(self.vat_pence)


def write_xero_invoices(batch: Batch) -> Written:
    """Every levy invoice and credit note of the batch, which has no other entries."""
    invoices: list[_Invoice] = []
    problems: list[Problem] = []
    for posted in batch.entries:
        found = _invoice(batch, posted)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            invoices.append(found)
    lines = [line for invoice in invoices for line in invoice.lines]
    problems += too_long_codes(lines, batch.settings, LONGEST_CODE)
    if problems:
        return Written((), tuple(problems))
    files = in_files([1] * len(invoices), MOST_INVOICES)
    return Written(
        tuple(
            _file(batch, part, [invoices[position] for position in positions])
            for part, positions in enumerate(files, 1)
        )
    )


def _invoice(batch: Batch, posted: PostedEntry) -> _Invoice | Problem:
    document = posted.document
    if document is None:
        return cannot_say(posted, "it posts no document", "export it by xero-journal")
    net = _credits(posted)
    debtor = net.pop(Leg(Account.LEVY_DEBTORS, document.payer), 0)
    vat = net.pop(Leg(Account.VAT_CONTROL), 0)
    sign = 1 if document.kind == INVOICE else -1
    billed = sign * document.net_pence, sign * document.vat_pence
    strange = [leg for leg in net if leg.account in (Account.LEVY_DEBTORS, Account.VAT_CONTROL)]
    if strange or (sum(net.values()), vat, -debtor) != (*billed, sum(billed)):
        message = f"it posts other than what {document.number} says"
        return cannot_say(posted, message, "export it by xero-journal, and see: levytool check")
    lines = tuple(JournalLine(leg, pence) for leg, pence in net.items() if pence)
    tax_type = tax_code(batch.settings, XERO, document.vat_rate_ppm)
    if not tax_type:
        return no_tax_code(posted, document.vat_rate_ppm)
    by_line = vat_by_line([line.pence for line in lines], document.vat_rate_ppm, vat)
    return _Invoice(posted, document, lines, tuple(by_line), tax_type)


def _credits(posted: PostedEntry) -> dict[Leg, int]:
    """What the entry credits each leg, net."""
    net: dict[Leg, int] = {}
    for line in journal_lines(posted.entry.transfers):
        net[line.leg] = net.get(line.leg, 0) - line.pence
    return net


def _file(batch: Batch, part: int, invoices: Sequence[_Invoice]) -> ExportFile:
    rows = [row for invoice in invoices for row in _rows(batch, invoice)]
    debit = sum(max(0, invoice.gross_pence) for invoice in invoices)
    credit = sum(max(0, -invoice.gross_pence) for invoice in invoices)
    text = csv_text(HEADER, rows)
    return ExportFile(batch.file_name("csv", part), text, len(invoices), len(rows), debit, credit)


def _rows(batch: Batch, invoice: _Invoice) -> list[tuple[Cell, ...]]:
    document, settings, blank = invoice.document, batch.settings, Cell("")
    party = _party(batch, document)
    address = party.address if party else ()
    lines_above = [*address[: ADDRESS_LINES - 1], ", ".join(address[ADDRESS_LINES - 1 :])]
    lines_above += [""] * (ADDRESS_LINES - len(lines_above))
    head = (
        words(party.name if party else document.payer),
        words(party.email if party else ""),
        *map(words, lines_above),
        *(blank, blank, blank, blank),
        words(document.number),
        words(f"{document.framework} {document.period}"),
        Cell(day_first(document.day)),
        Cell(day_first(document.due)),
        amount(invoice.gross_pence),
        blank,
    )
    return [
        (
            *head,
            words(f"{invoice.posted.entry.narrative} {line.leg.dimension}"),
            Cell("1"),
            amount(line.pence),
            blank,
            words(account_code(settings, line.leg.account)),
            words(invoice.tax_type),
            amount(vat_pence),
            *tracking(settings, line.leg),
            Cell("GBP"),
            blank,
        )
        for line, vat_pence in zip(invoice.lines, invoice.vat_pence, strict=True)
    ]


def _party(batch: Batch, document: EntryDocument) -> Member | Contractor | None:
    if document.payer_kind == "member":
        return batch.book.members.get(document.payer)
    return batch.book.contractors.get(document.payer)
