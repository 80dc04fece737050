"""Receipts that the bank took back: which of those allocated a line of money out is of."""

import re
from collections.abc import Collection
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection

from levytool.ledger.bank.bank_lines import StoredBankLine, find_lines
from levytool.ledger.documents.allocations import cash_allocated
from levytool.rules.document_numbers import document_numbers

WENT_BACK = re.compile(
    r"\b(returned|return of|unpaid|bounced?|dishonou?red|recalled|indemnity claim)\b", re.IGNORECASE
)


class Bounced(NamedTuple):
    """A receipt that may have been taken back, whose it was, and the documents it paid."""

    number: str
    payer: str
    documents: tuple[str, ...]


class AllocatedReceipts:
    """The receipts that pay documents, looked up once for all lines of money out."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def taken_back_by(
        self, line: StoredBankLine, pence: int, named: Collection[str]
    ) -> Bounced | None:
        """The one receipt of just this amount, come by then, that paid a document which the line
        names; else, where the line says that money went back, the one of the payer it names."""
        alike = [
            receipt for booked, receipt in self._by_pence.get(pence, ()) if booked <= line.booked
        ]
        numbers = document_numbers(line.text)
        found = [receipt for receipt in alike if not set(numbers).isdisjoint(receipt.documents)]
        if not found and not numbers and WENT_BACK.search(line.text):
            found = [receipt for receipt in alike if receipt.payer in named]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _by_pence(self) -> dict[int, list[tuple[date, Bounced]]]:
        allocated = cash_allocated(self._connection)
        found: dict[int, list[tuple[date, Bounced]]] = {}
        for line in find_lines(self._connection):
            paid = allocated.get(line.id)
            payers = {payer for _number, payer in paid or ()}
            if paid and len(payers) == 1:
                documents = tuple(number for number, _payer in paid)
                receipt = Bounced(line.number, payers.pop(), documents)
                found.setdefault(line.amount_pence, []).append((line.booked, receipt))
        return found
