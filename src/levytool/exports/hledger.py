"""A journal that hledger reads (domain §3.10); it passes `hledger check --strict`."""

from levytool.exports.account_names import plain_name
from levytool.exports.batch import (
    Batch,
    ExportFile,
    Written,
    journal_lines,
    said,
    turnover_pence,
)
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.reports.finance_exports import PostedEntry
from levytool.money import format_pence


def write_hledger(batch: Batch) -> Written:
    """Every entry as a transaction whose code is the entry's number, in one journal.

    The accounts are declared that no export before has declared: the journals are read together.
    """
    blocks = [_transaction(batch, posted) for posted in batch.entries]
    lines = [line for posted in batch.entries for line in journal_lines(posted.entry.transfers)]
    names = {plain_name(batch.settings, line.leg) for line in lines} - batch.declared
    consortium = said(batch.book.consortium.name)
    head = [f"; {consortium}, {batch.period}: {batch.number}", "commodity 1000.00 GBP", ""]
    head += [f"account {name}" for name in sorted(names)]
    text = "\n".join([*head, "", *blocks])
    moved = turnover_pence(lines)
    name, count = batch.file_name("journal"), len(batch.entries)
    return Written((ExportFile(name, text, count, len(lines), moved, moved),))


def _transaction(batch: Batch, posted: PostedEntry) -> str:
    entry = posted.entry
    # A semicolon would begin a comment, and a vertical bar end the payee.
    about = entry.narrative + (f" [{entry.reference}]" if entry.reference else "")
    description = said(about).replace(";", ",").replace("|", "/")
    head = f"{entry.effective} ({entry_number(posted.id)}) {description}".rstrip()
    postings = [
        f"    {plain_name(batch.settings, line.leg)}  {format_pence(line.pence)} GBP"
        for line in journal_lines(entry.transfers)
    ]
    return "\n".join([head, *postings, ""])
