"""What a correction says of receipts: money that had paid the return and pays nothing now."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from levytool.ledger.bank.bank_lines import line_number
from levytool.ledger.bank.receipts import unallocated
from levytool.ledger.documents.documents import find_documents
from levytool.money import display_pence

Left = Mapping[int, Mapping[str, int]]
"""Pence of receipts that are allocated to nothing, by bank line and payer."""


def came_free(connection: Connection, before: Left) -> Iterator[str]:
    """Each receipt of which more is left than `before`, with what can be done with it."""
    for number, by_payer in sorted(unallocated(connection).items()):
        for payer, pence in sorted(by_payer.items()):
            had_pence = before.get(number, {}).get(payer, 0)
            if pence > had_pence:
                line = line_number(number)
                yield _told(line, pence, had_pence, payer, _oldest_open(connection, payer))


def _told(line: str, pence: int, had_pence: int, payer: str, open_document: str) -> str:
    in_all = f", {display_pence(pence)} with what was before" if had_pence else ""
    refund = f"levytool bank refund {line}"
    said = f"{display_pence(pence - had_pence)} of {line} is allocated to nothing now{in_all}"
    if open_document:
        allocate = f"levytool bank allocate {line} {open_document}"
        return f"{said}; allocate it: {allocate}, or pay it back: {refund}"
    return f"{said}; it waits for the next invoice of {payer}, or is paid back: {refund}"


def _oldest_open(connection: Connection, payer: str) -> str:
    """The payer's invoice that has been due longest of those that are open; '' without one."""
    owed = [
        document
        for document in find_documents(connection, payer=payer)
        if document.sign > 0 and document.outstanding_pence > 0
    ]
    return min(owed, key=lambda one: (one.due, one.id)).number if owed else ""
