"""Setting what had settled a return's documents against those that take their place.

Domain §3.5, *Correcting a (part-)paid return*: the same cash goes to the new document, and what is
left of it stays in 2910 for the payer. The old documents and those that reverse them are set
against each other, so that nothing stays open on either.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book
from levytool.desk.levy.allocating import Allocating, OpenDocument
from levytool.desk.returns.reverse_return import Reversed
from levytool.ledger.bank.bank_lines import StoredBankLine, find_lines
from levytool.ledger.documents.allocations import Allocated
from levytool.ledger.documents.documents import StoredDocument, find_documents

PayersLine = tuple[int, str]
"""A bank line, by number, and the payer whose receipt it or a part of it is."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is settled again: the old documents, their opposites in the same order, and the new.

    `earlier` are receipts that settled what the return itself had replaced.
    """

    gone: Reversed
    opposites: Sequence[StoredDocument]
    new: Sequence[StoredDocument]
    earlier: Sequence[PayersLine]


def settle_again(
    connection: Connection, acting: Acting, book: Book, replacement: Replacement
) -> list[PayersLine]:
    """Set old against opposite, then the freed cash and credits against the new documents.

    In the order in which they were first set against the old ones. Gives the receipts whose cash
    is the return's, used up or not, for its next correction.
    """
    settling = _Settling(connection, acting, book, replacement)
    settling.cancel()
    settling.put_back()
    return settling.finish()


class _Settling:
    """One pass over what was freed."""

    def __init__(
        self, connection: Connection, acting: Acting, book: Book, replacement: Replacement
    ) -> None:
        self._pass = Allocating(connection, acting, book)
        self._today = acting.today
        self._replacement = replacement
        self._old = {document.id: document for document in replacement.gone.documents}
        self._new = {document.payer: document for document in replacement.new}
        payers = {document.payer for document in self._old.values()} | self._new.keys()
        self._known = {
            document.id: document
            for payer in sorted(payers)
            for document in find_documents(connection, payer=payer)
        }
        self._of_line: dict[PayersLine, list[Allocated]] = {}
        for item in replacement.gone.freed:
            if item.bank_line_id is not None:
                self._of_line.setdefault(self._receipt(item), []).append(item)
        self._receipts = list(dict.fromkeys((*replacement.earlier, *self._of_line)))
        self._lines: dict[int, StoredBankLine] = {}
        if self._receipts:
            self._lines = {line.id: line for line in find_lines(connection)}

    def cancel(self) -> None:
        """An old document and its opposite settle each other."""
        for before, opposite in zip(self._old.values(), self._replacement.opposites, strict=True):
            old = self._known[before.id]  # as it is now: nothing is set against it any more
            note, invoice = (old, opposite) if old.sign < 0 else (opposite, old)
            self._pass.set_off(self._open(note), self._open(invoice), self._today)

    def put_back(self) -> None:
        """Receipts that settled earlier versions of the return first, then the freed in order."""
        waiting = dict.fromkeys(self._receipts)
        for receipt in self._replacement.earlier:
            self._from_line(receipt)
            waiting.pop(receipt)
        for item in self._replacement.gone.freed:
            if item.bank_line_id is not None and self._receipt(item) in waiting:
                self._from_line(self._receipt(item))
                waiting.pop(self._receipt(item))
            elif item.credit_document_id is not None and item.amount_pence:
                self._from_note(item)

    def finish(self) -> list[PayersLine]:
        """Post it all."""
        self._pass.finish()
        return self._receipts

    def _open(self, document: StoredDocument) -> OpenDocument:
        return self._pass.documents([document])[0]

    def _receipt(self, item: Allocated) -> PayersLine:
        assert item.bank_line_id is not None
        return item.bank_line_id, self._known[item.document_id].payer

    def _from_line(self, receipt: PayersLine) -> None:
        """One receipt's cash: credit notes first, then other documents as before, then the new."""
        line, new = self._lines[receipt[0]], self._new.get(receipt[1])
        freed = self._of_line.get(receipt, [])
        own = [item for item in freed if item.document_id in self._old]
        took_off = any(self._sign(item) < 0 for item in own)
        if new is not None and new.sign < 0 and took_off:
            self._pass.allocate(line, [self._open(new)], self._today)
        others = [item for item in freed if item.document_id not in self._old]
        for item in sorted(others, key=self._sign):
            document = self._open(self._known[item.document_id])
            self._pass.allocate(line, [document], self._today, item.amount_pence)
        if new is not None and new.sign > 0:
            self._pass.allocate(line, [self._open(new)], self._today, self._limit(own))

    def _limit(self, own: Sequence[Allocated]) -> int | None:
        """What of a line a person had meant for the return: all of it, unless more was open.

        Money that was left over because the document was full is the payer's for this return; of
        a line that was set against a part of it, only that part is.
        """
        limited = [item for item in own if self._old[item.document_id].outstanding_pence]
        return sum(item.amount_pence for item in limited) if limited else None

    def _from_note(self, item: Allocated) -> None:
        """A credit note set against an invoice, of which one is gone: the new one, if any."""
        assert item.credit_document_id is not None
        invoice, note = self._known[item.document_id], self._known[item.credit_document_id]
        new = self._new.get(invoice.payer)
        if new is None:
            return
        if invoice.id in self._old and new.sign > 0:
            self._pass.set_off(self._open(note), self._open(new), self._today)
        elif note.id in self._old and new.sign < 0:
            self._pass.set_off(self._open(new), self._open(invoice), self._today)

    def _sign(self, item: Allocated) -> int:
        return self._known[item.document_id].sign
