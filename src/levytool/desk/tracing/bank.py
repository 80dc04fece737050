"""Bank lines: what each was found to be, and what it paid."""

import re
from collections.abc import Iterable

from levytool.desk.tracing.files import cell_ref
from levytool.desk.tracing.payees import paid_by
from levytool.desk.tracing.thing import (
    Form,
    OpenBooks,
    Part,
    Parts,
    Thing,
    parts_of,
    refs,
    rest,
    total,
)
from levytool.desk.tracing.trace import pounds, told
from levytool.ledger.bank.bank_lines import (
    MATCH_FUNDING,
    PAYMENT,
    RECEIPT,
    REFUND,
    StoredBankLine,
    get_line,
    identifications,
)
from levytool.ledger.bank.contras import CONTRA
from levytool.ledger.bank.receipts import refunds
from levytool.ledger.bank.withdrawals import BECAUSE, withdrawn_by
from levytool.ledger.documents.allocations import cash_allocated
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs import traced
from levytool.ledger.proofs.explained import posted_entry
from levytool.money import display_pence


def _find(books: OpenBooks, match: re.Match[str]) -> Thing:
    line = get_line(books.connection, match[0].upper())
    facts = told(
        withdrawn=_withdrawn(books, line),
        account=line.account,
        booked=line.booked,
        amount=pounds(line.amount_pence),
        description=line.description,
        bank_reference=line.reference,
    )
    return Thing(
        "bank line",
        line.number,
        f"{line.booked}, {display_pence(line.amount_pence)}, {line.description}",
        facts,
        because=lambda: _because(books, line),
        became=lambda: _became(books, line),
    )


def _withdrawn(books: OpenBooks, line: StoredBankLine) -> str:
    """Who took a line back, when and why; '' where nobody did."""
    entry_id = withdrawn_by(books.connection).get(line.id)
    if entry_id is None:
        return ""
    entry = posted_entry(books.connection, entry_id)
    return f"{entry.posted[:10]} by {entry.posted_by}: {entry.narrative.removeprefix(BECAUSE)}"


def _because(books: OpenBooks, line: StoredBankLine) -> Iterable[Parts]:
    file_id, row = traced.row_of_bank_line(books.connection, line.id)
    yield from refs("read from", cell_ref(books, file_id, row))
    if line.amount_pence < 0:
        for item in identifications(books.connection, line.id):
            if item.kind in (PAYMENT, REFUND):
                yield from paid_by(books, item.entry_id, item.party)


def _became(books: OpenBooks, line: StoredBankLine) -> Iterable[Parts]:
    yield from refs("posted as", entry_number(line.entry_id))
    sign = 1 if line.amount_pence >= 0 else -1
    found = identifications(books.connection, line.id)
    reversed_by = withdrawn_by(books.connection).get(line.id)
    if reversed_by is not None:
        yield from refs("withdrawn by", entry_number(reversed_by))
        return
    known = [Part(entry_number(one.entry_id), sign * one.amount_pence) for one in found]
    left = line.amount_pence - total(known)
    whole = [*known, *rest(left, "not identified yet")]
    yield from parts_of("identified by", whole, line.amount_pence, "levytool bank list")
    receipts = sum(one.amount_pence for one in found if one.kind == RECEIPT)
    if receipts:
        yield from parts_of("paid", _paid(books, line, receipts), receipts, "levytool bank list")
    yield from refs("set against", *(one.subject for one in found if one.kind == CONTRA))
    for one in found:
        if one.kind == MATCH_FUNDING:
            source = Part(f"{one.subject}/{one.party}", one.amount_pence)
            yield from parts_of("match funding of", [source], one.amount_pence)


def _paid(books: OpenBooks, line: StoredBankLine, receipts: int) -> list[Part]:
    """What a receipt went to, and what of it is not set against anything."""
    paid = cash_allocated(books.connection, line.id).get(line.id, {})
    parts = [Part(number, pence) for (number, _payer), pence in paid.items()]
    for refund in refunds(books.connection):
        if refund.line == line.number:
            parts.append(Part(f"2400/{refund.payer}", refund.amount_pence, "owed back"))
    return [*parts, *rest(receipts - total(parts), "stands with the payer (2910)")]


FORMS = (Form("B-000001", "a line of the bank", r"B-\d+", _find),)
