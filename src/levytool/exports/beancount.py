"""A ledger that beancount reads without complaint (domain §3.10)."""

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

OPENED = "1900-01-01"
"""Accounts are open before any entry, whichever month is exported first."""


def write_beancount(batch: Batch) -> Written:
    """Every entry as a transaction with the entry's number, in one file.

    An account may be opened once only, so those are opened that no export before has opened: the
    files are included together.
    """
    blocks = [_transaction(batch, posted) for posted in batch.entries]
    lines = [line for posted in batch.entries for line in journal_lines(posted.entry.transfers)]
    names = {plain_name(batch.settings, line.leg) for line in lines} - batch.declared
    consortium = said(batch.book.consortium.name)
    head = [f"; {consortium}, {batch.period}: {batch.number}"]
    head += ['option "operating_currency" "GBP"', ""]
    head += [f"{OPENED} open {name} GBP" for name in sorted(names)]
    text = "\n".join([*head, "", *blocks])
    moved = turnover_pence(lines)
    name, count = batch.file_name("beancount"), len(batch.entries)
    return Written((ExportFile(name, text, count, len(lines), moved, moved),))


def _transaction(batch: Batch, posted: PostedEntry) -> str:
    entry = posted.entry
    rows = [
        f"{entry.effective} * {_quoted(entry.narrative)}",
        f"  entry: {_quoted(entry_number(posted.id))}",
    ]
    if entry.reference:
        rows.append(f"  reference: {_quoted(entry.reference)}")
    rows += [
        f"  {plain_name(batch.settings, line.leg)}  {format_pence(line.pence)} GBP"
        for line in journal_lines(entry.transfers)
    ]
    return "\n".join([*rows, ""])


def _quoted(text: str) -> str:
    escaped = said(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
