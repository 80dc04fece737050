"""What is left of payers' receipts, line by line: 2910 item by item."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from levytool.ledger.bank import bank_lines
from levytool.ledger.documents.allocations import cash_allocated
from levytool.ledger.journal import acts

REFUND_ACT = "bank refund"
REFUND_TAKEN_BACK = "bank refund taken back"
REFUND_OF = "refund"
"""The fact of a refund taken back that names the refund, by the number of its act."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money of a receipt that is owed back to its payer, with its act and the entry it posted."""

    line: str
    payer: str
    amount_pence: int
    act_id: int
    entry_id: int


def refunds(connection: Connection) -> Iterator[Refund]:
    """Refunds that were recorded and not taken back, in order."""
    gone = refunds_taken_back(connection)
    for act in acts.acts_of(connection, REFUND_ACT):
        if act.state == acts.DONE and act.id not in gone and act.entry_id is not None:
            facts = act.facts
            yield Refund(act.subject, facts["party"], facts["amount_pence"], act.id, act.entry_id)


def refunds_taken_back(connection: Connection) -> frozenset[int]:
    """The acts of refunds that are owed no longer."""
    return frozenset(act.facts[REFUND_OF] for act in acts.acts_of(connection, REFUND_TAKEN_BACK))


def unallocated(connection: Connection, line_id: int | None = None) -> dict[int, dict[str, int]]:
    """By bank line and payer: what was identified as the payer's receipt, less what was set
    against documents and what was refunded. Payers with nothing left stay in, at 0.
    """
    left: dict[int, dict[str, int]] = {}
    for item in bank_lines.identifications(connection, line_id):
        if item.kind == bank_lines.RECEIPT:
            by_payer = left.setdefault(item.bank_line_id, {})
            by_payer[item.party] = by_payer.get(item.party, 0) + item.amount_pence
    for number, documents in cash_allocated(connection, line_id).items():
        by_payer = left.setdefault(number, {})
        for (_document, payer), pence in documents.items():
            by_payer[payer] = by_payer.get(payer, 0) - pence
    for refund in refunds(connection):
        number = bank_lines.line_id_of(refund.line)
        if line_id in (None, number):
            by_payer = left.setdefault(number, {})
            by_payer[refund.payer] = by_payer.get(refund.payer, 0) - refund.amount_pence
    return left
