"""Setting receipts and credit notes against documents: the postings and the sub-ledger of each.

Many lines and documents share one pass: what is open is looked up once and kept up to date, and
everything is posted at the end. The caller holds the transaction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book
from levytool.journal import Entry
from levytool.ledger.bank import bank_lines
from levytool.ledger.bank.bank_lines import Identified, StoredBankLine
from levytool.ledger.bank.receipts import unallocated
from levytool.ledger.documents.allocations import (
    Allocated,
    DocumentLevy,
    Share,
    levy_of,
    store_allocations,
)
from levytool.ledger.documents.documents import StoredDocument, numbers_of
from levytool.ledger.documents.vat import standing_relief
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.entries import entries_by_id
from levytool.ledger.journal.posting import post
from levytool.periods import in_force
from levytool.rules.dates import act_date
from levytool.rules.postings import (
    Occasion,
    Settled,
    documents_settled,
    receipt_allocated,
    receipt_identified,
    reversal,
)
from levytool.rules.receipts import part_payment, retained_by_member

UNPOSTED = 0
"""Stands for the number of an entry that is posted when the pass ends."""


class OpenDocument:
    """A document and its levy, kept up to date as it is settled; `open_pence` is positive."""

    def __init__(self, stored: StoredDocument, levy: DocumentLevy, retained_ppm: int) -> None:
        self.stored, self.levy = stored, levy
        self.open_pence = stored.outstanding_pence
        self._retained_ppm = retained_ppm
        self._settled = Counter(levy.settled_pence)
        self._credited = Counter({code: levy.credited_pence(code) for code in levy.net_pence})
        self._retained = Counter(levy.retained_pence)

    def settle(self, pence: int) -> dict[str, Share]:
        """Settle that much of it (positive, at most what is open); gives each member's share.

        Domain §3.5, *Part payments*: what a payment moves and retains.
        """
        moved = self._moved(pence)
        retained: Mapping[str, int] = {}
        if self.levy.funded_on == "received":
            retained = retained_by_member(self._retained_ppm, moved, self._credited, self._retained)
        self._credited.update(moved)
        self._retained.update(retained)
        return _shares(moved, retained)

    def write_off(self, pence: int) -> dict[str, Share]:
        """Give up that much of an invoice (positive, at most what is open); each member's share.

        The net is worked out as a payment's is. In billed mode 4100 gives back the share of it
        that was retained on billing; in received mode none was.
        """
        lost = self.levy.written_off
        moved = self._moved(pence)
        given_back: Mapping[str, int] = {}
        if self.levy.funded_on == "billed":
            given_back = retained_by_member(
                self._retained_ppm,
                moved,
                {code: share.net_pence for code, share in lost.items()},
                {code: share.retained_pence for code, share in lost.items()},
            )
        return _shares(moved, given_back)

    def _moved(self, pence: int) -> dict[str, int]:
        sign, net = self.stored.sign, self.levy.net_pence
        open_net = {member: net[member] - self._settled[member] for member in net}
        moved = part_payment(sign * pence, sign * self.open_pence, open_net)
        self.open_pence -= pence
        self._settled.update(moved)
        return moved

    def posting(self, shares: Mapping[str, Share]) -> Settled:
        """What shares post: nothing in billed mode, where the levy fund has had it since then."""
        if self.levy.funded_on == "billed":
            return Settled(self.stored.framework, {})
        return Settled(
            self.stored.framework,
            {code: share.net_pence for code, share in shares.items()},
            {code: share.retained_pence for code, share in shares.items()},
        )


def _shares(moved: Mapping[str, int], retained: Mapping[str, int]) -> dict[str, Share]:
    shares = {code: Share(moved[code], retained.get(code, 0)) for code in moved}
    return {code: share for code, share in shares.items() if share != Share(0)}


@dataclass(frozen=True, slots=True)
class Placed:
    """What of a line's money went to a document; negative for a credit note taken off it."""

    document: str
    pence: int


class Allocating:
    """One pass of identifying receipts and settling documents. `finish` posts it all.

    A day that is wanted gives way where the books do not allow it: nothing is dated before the
    line and the document that it joins, nor in a closed month (domain §3.5, *Dates*).
    """

    def __init__(self, connection: Connection, acting: Acting, book: Book) -> None:
        self._connection = connection
        self._acting = acting
        self.book = book
        self._closed = closed_months(connection)
        self._documents: dict[int, OpenDocument] = {}
        self._left: dict[int, dict[str, int]] = {}
        self._entries: list[Entry] = []
        self._identified: list[tuple[int, Identified]] = []
        self._allocated: list[tuple[int, Allocated]] = []

    def documents(self, stored: Iterable[StoredDocument]) -> list[OpenDocument]:
        """Documents with what is open on them now, oldest first."""
        wanted = list(stored)
        new = [document for document in wanted if document.id not in self._documents]
        levies = levy_of(self._connection, new)
        for document in new:
            retained = self.book.frameworks[document.framework].retained
            ppm = in_force(retained, document.period.last_day) or 0
            self._documents[document.id] = OpenDocument(document, levies[document.id], ppm)
        found = [self._documents[document.id] for document in wanted]
        return sorted(found, key=lambda item: (item.stored.day, item.stored.id))

    def left(self, line: StoredBankLine) -> dict[str, int]:
        """What is left of a line's receipts, by payer."""
        if line.id not in self._left:
            self._left[line.id] = unallocated(self._connection, line.id).get(line.id, {})
        return self._left[line.id]

    def identify(self, line: StoredBankLine, payer: str, pence: int, wanted: date) -> None:
        """A line, or that much of it, is the payer's receipt: 2900 to 2910."""
        occasion = Occasion(self._day(wanted, line.effective), reference=line.number)
        entry = receipt_identified(occasion, line.account, payer, pence)
        left = self.left(line)
        left[payer] = left.get(payer, 0) + pence
        identified = Identified(line.id, bank_lines.RECEIPT, payer, "", pence, UNPOSTED)
        self._identified.append((len(self._entries), identified))
        self._entries.append(entry)

    def allocate(
        self,
        line: StoredBankLine,
        documents: Sequence[OpenDocument],
        wanted: date,
        limit_pence: int | None = None,
    ) -> list[Placed]:
        """Set a payer's receipt against its documents, oldest first, as far as the money goes.

        Credit notes come first, in full: the payer takes them off its payment. `limit_pence` is
        the most of the line's own money to use. What is left over stays with the payer in 2910.
        """
        payer = documents[0].stored.payer
        left = self.left(line)
        usable = left.get(payer, 0)
        usable = usable if limit_pence is None else min(usable, limit_pence)
        placed = []
        for document in sorted(documents, key=lambda item: item.stored.sign):
            sign = document.stored.sign
            pence = document.open_pence if sign < 0 else min(document.open_pence, usable)
            if pence <= 0:
                continue
            usable -= sign * pence
            left[payer] = left.get(payer, 0) - sign * pence
            self._settle(line, document, pence, wanted)
            placed.append(Placed(document.stored.number, sign * pence))
        return placed

    def set_off(self, note: OpenDocument, invoice: OpenDocument, wanted: date) -> int:
        """Set a credit note against an invoice of the same payer, without cash; gives the pence.

        Both count as settled by the smaller of what is open on the two.
        """
        pence = min(note.open_pence, invoice.open_pence)
        if pence <= 0:
            return 0
        by_invoice, by_note = invoice.settle(pence), note.settle(pence)
        bill, credit = invoice.stored, note.stored
        occasion = Occasion(
            self._day(wanted, invoice.levy.effective, note.levy.effective),
            reference=bill.number,
            reporting_period=bill.period,
            narrative=f"{credit.number} of {bill.payer} set against {bill.number}",
        )
        position = len(self._entries)
        settled = (invoice.posting(by_invoice), note.posting(by_note))
        self._entries.append(documents_settled(occasion, bill.payer, *settled))
        whole = Allocated(bill.id, pence, by_invoice, UNPOSTED, credit_document_id=credit.id)
        counterpart = Allocated(credit.id, 0, by_note, UNPOSTED, credit_document_id=bill.id)
        self._allocated += [(position, whole), (position, counterpart)]
        return pence

    def finish(self) -> None:
        """Post everything and store what it belongs to."""
        ids = post(self._connection, self._acting, self._entries).ids
        bank_lines.store_identifications(
            self._connection,
            [replace(item, entry_id=ids[position]) for position, item in self._identified],
        )
        store_allocations(
            self._connection,
            [replace(item, entry_id=ids[position]) for position, item in self._allocated],
        )
        self._entries, self._identified, self._allocated = [], [], []

    def _settle(
        self, line: StoredBankLine, document: OpenDocument, pence: int, wanted: date
    ) -> None:
        stored = document.stored
        shares = document.settle(pence)
        occasion = Occasion(
            self._day(wanted, line.effective, document.levy.effective),
            reference=stored.number,
            reporting_period=stored.period,
            narrative=f"{line.number} of {stored.payer} allocated to {stored.number}",
        )
        gross = stored.sign * pence
        entry = receipt_allocated(occasion, stored.payer, gross, document.posting(shares))
        allocated = Allocated(stored.id, pence, shares, UNPOSTED, bank_line_id=line.id)
        self._allocated.append((len(self._entries), allocated))
        self._entries.append(entry)

    def _day(self, wanted: date, *not_before: date) -> date:
        return act_date(max(wanted, *not_before), self._closed)


def take_back(connection: Connection, acting: Acting, allocated: Sequence[Allocated]) -> None:
    """Reverse allocations exactly, entry by entry: all of an entry's allocations must be given.

    Their documents are open again, and the cash is the payer's unallocated receipt. VAT relief on
    what is written off no longer goes back with it.
    """
    lost = [item.document_id for item in allocated if item.is_write_off]
    relief = standing_relief(connection, numbers_of(connection, lost)) if lost else {}
    entry_ids = [*(item.entry_id for item in allocated), *relief]
    numbers = reverse_entries(connection, acting, entry_ids)
    store_allocations(
        connection,
        [
            replace(
                item,
                amount_pence=-item.amount_pence,
                shares={
                    member: Share(-share.net_pence, -share.retained_pence)
                    for member, share in item.shares.items()
                },
                entry_id=numbers[item.entry_id],
            )
            for item in allocated
        ],
    )


def reverse_entries(
    connection: Connection, acting: Acting, entry_ids: Iterable[int]
) -> dict[int, int]:
    """Reverse entries today, or on their own day where that is later; gives the new numbers."""
    closed = closed_months(connection)
    entries = entries_by_id(connection, entry_ids)
    reversals = [
        reversal(Occasion(act_date(max(acting.today, entry.effective), closed)), entry, number)
        for number, entry in entries.items()
    ]
    return dict(zip(entries, post(connection, acting, reversals).ids, strict=True))
