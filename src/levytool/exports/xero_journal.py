"""Xero's manual journal import (domain §3.10): a debit is positive, 300 lines a file at most.

Xero makes one journal of the lines that have the same narration and date, so each narration begins
with the number of its entry. It takes no journal to its own system accounts (accounts receivable,
bank): the book maps 1100, 1200 and 2400 to accounts of one's own.
"""

from collections.abc import Sequence
from typing import NamedTuple

from levytool.exports.batch import (
    Batch,
    ExportFile,
    JournalLine,
    Written,
    account_code,
    account_name,
    day_first,
    in_files,
    journal_lines,
    said,
    too_long_codes,
    turnover_pence,
)
from levytool.exports.csv_text import Cell, amount, csv_text, words
from levytool.exports.tax_codes import XERO
from levytool.exports.xero_tracking import COLUMNS, tracking
from levytool.journal import Transfer
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.reports.finance_exports import PostedEntry

HEADER = ("*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount", *COLUMNS)

MOST_LINES = 299
"""With the header a file has 300."""

LONGEST_CODE = 10
"""Characters of an account code in Xero."""


class _Journal(NamedTuple):
    """One journal as Xero will have it: an entry, or a part of one that is too long for a file."""

    posted: PostedEntry
    narration: str
    lines: list[JournalLine]
    begins_entry: bool


def write_xero_journal(batch: Batch) -> Written:
    """Every entry as a manual journal.

    A file never ends within a journal. An entry that is longer than a file becomes several journals
    of whole transfers, `(part 1 of 3)`, each of which balances.
    """
    journals = [journal for posted in batch.entries for journal in _journals(posted)]
    every_line = [line for journal in journals for line in journal.lines]
    problems = too_long_codes(every_line, batch.settings, LONGEST_CODE)
    if problems:
        return Written((), tuple(problems))
    files = in_files([len(journal.lines) for journal in journals], MOST_LINES)
    return Written(
        tuple(
            _file(batch, part, [journals[position] for position in positions])
            for part, positions in enumerate(files, 1)
        )
    )


def _journals(posted: PostedEntry) -> list[_Journal]:
    parts = balanced_parts(posted.entry.transfers, MOST_LINES)
    entry = posted.entry
    heading = said(f"{entry_number(posted.id)} {entry.reference} {entry.narrative}")
    return [
        _Journal(
            posted,
            heading if len(parts) == 1 else f"{heading} (part {number} of {len(parts)})",
            journal_lines(part),
            number == 1,
        )
        for number, part in enumerate(parts, 1)
    ]


def balanced_parts(transfers: Sequence[Transfer], most: int) -> list[list[Transfer]]:
    """Transfers in runs of at most `most` lines. Each transfer balances, so each run does."""
    parts: list[list[Transfer]] = []
    sides: set[object] = set()
    for item in transfers:
        if not item.amount_pence:
            continue
        own = {(item.debit, True), (item.credit, False)}
        if not parts or len(sides | own) > most:
            parts.append([])
            sides = set()
        sides |= own
        parts[-1].append(item)
    return parts


def _file(batch: Batch, part: int, journals: Sequence[_Journal]) -> ExportFile:
    rows = [row for journal in journals for row in _rows(batch, journal)]
    moved = sum(turnover_pence(journal.lines) for journal in journals)
    begun = sum(journal.begins_entry for journal in journals)
    name = batch.file_name("csv", part)
    return ExportFile(name, csv_text(HEADER, rows), begun, len(rows), moved, moved)


def _rows(batch: Batch, journal: _Journal) -> list[tuple[Cell, ...]]:
    settings = batch.settings
    day = Cell(day_first(journal.posted.entry.effective))
    tax = words(settings.journal_tax or XERO[None])
    return [
        (
            words(journal.narration),
            day,
            words(line.leg.dimension or account_name(line.leg.account)),
            words(account_code(settings, line.leg.account)),
            tax,
            amount(line.pence),
            *tracking(settings, line.leg),
        )
        for line in journal.lines
    ]
