"""What a correction says of debts it leaves as they were: the new documents have terms of their own
(domain §3.5, *Dates*), so what was overdue is so no longer."""

from collections.abc import Iterator, Sequence

from levytool.ledger.documents.documents import INVOICE, StoredDocument
from levytool.text import counted


def due_anew(gone: Sequence[StoredDocument], new: Sequence[StoredDocument]) -> Iterator[str]:
    """One sentence where invoices that are still owed ask for no more than those in whose place
    they stand, and are due on a later day."""
    before = {one.payer: one for one in gone if one.kind == INVOICE}
    again = [
        one
        for one in new
        if one.kind == INVOICE
        and one.outstanding_pence > 0
        and (old := before.get(one.payer)) is not None
        and one.gross_pence <= old.gross_pence
        and one.due > old.due
    ]
    if again:
        was = min(before[one.payer].due for one in again)
        yield (
            f"{counted(len(again), 'payer is', 'payers are')} billed anew for no more than before: "
            f"due on {again[0].due}, not {was}; ageing and late interest count from the new day"
        )
