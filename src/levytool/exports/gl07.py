"""A file for GL07, the batch input of Unit4 Business World (Agresso).

Unit4 publishes no layout: each site agrees its own with its supplier. So the columns and their
order are the book's to say (`gl07_columns`), and so is what never changes (`gl07_constants`). They
are named as the batch table's columns are; without a word from the book all of `DEFAULT` are
written, with a header.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from levytool.exports.batch import (
    Batch,
    ExportFile,
    JournalLine,
    Written,
    account_code,
    account_name,
    dimension_parts,
    journal_lines,
    too_long_codes,
    turnover_pence,
)
from levytool.exports.csv_text import Cell, amount, csv_text, words
from levytool.ledger.entries import entry_number
from levytool.ledger.finance_exports import PostedEntry

DEFAULT = (
    *("batch_id", "interface", "voucher_type", "trans_type", "client"),
    *("account", "dim_1", "dim_2", "tax_code", "currency", "dc_flag", "cur_amount", "amount"),
    *("description", "trans_date", "voucher_date", "voucher_no", "period", "sequence_no"),
    *("ext_ref", "ext_inv_ref"),
)
CONSTANTS = {"interface": "BI", "voucher_type": "GL", "trans_type": "GL"}
LONGEST_ACCOUNT = 25


class _Line(NamedTuple):
    """A line with its place in its entry."""

    batch: Batch
    posted: PostedEntry
    place: int
    line: JournalLine


def _code(item: _Line) -> Cell:
    return words(account_code(item.batch.settings, item.line.leg.account))


def _dimension(item: _Line, part: int) -> Cell:
    parts = dimension_parts(item.line.leg)
    return words(parts[part] if part < len(parts) else "")


def _description(item: _Line) -> Cell:
    return words(f"{item.posted.entry.narrative}: {account_name(item.line.leg.account)}")


def _day(item: _Line) -> Cell:
    return Cell(item.posted.entry.effective.isoformat().replace("-", ""))


COLUMNS: Mapping[str, Callable[[_Line], Cell]] = {
    "batch_id": lambda item: Cell(item.batch.number),
    "account": _code,
    "dim_1": lambda item: _dimension(item, 0),
    "dim_2": lambda item: _dimension(item, 1),
    "currency": lambda _: Cell("GBP"),
    "dc_flag": lambda item: Cell("1" if item.line.pence > 0 else "-1"),
    "cur_amount": lambda item: amount(item.line.pence),
    "amount": lambda item: amount(item.line.pence),
    "description": _description,
    "trans_date": _day,
    "voucher_date": _day,
    "voucher_no": lambda item: Cell(str(item.posted.id)),
    "period": lambda item: Cell(_day(item)[:6]),
    "sequence_no": lambda item: Cell(str(item.place)),
    "ext_ref": lambda item: Cell(entry_number(item.posted.id)),
    "ext_inv_ref": lambda item: words(item.posted.entry.reference),
}
"""What stands in each column that is not a constant. Amounts are positive for a debit."""


def write_gl07(batch: Batch) -> Written:
    """Every entry as a voucher of its own number, in one file."""
    columns = batch.settings.gl07_columns or DEFAULT
    constants = CONSTANTS | dict(batch.settings.gl07_constants)
    lines = [
        _Line(batch, posted, place, line)
        for posted in batch.entries
        for place, line in enumerate(journal_lines(posted.entry.transfers), 1)
    ]
    problems = too_long_codes([item.line for item in lines], batch.settings, LONGEST_ACCOUNT)
    if problems:
        return Written((), tuple(problems))
    rows = [[_cell(name, item, constants) for name in columns] for item in lines]
    moved = turnover_pence(item.line for item in lines)
    name, count = batch.file_name("csv"), len(batch.entries)
    text = csv_text(columns, rows)
    return Written((ExportFile(name, text, count, len(rows), moved, moved),))


def _cell(name: str, item: _Line, constants: Mapping[str, str]) -> Cell:
    known = COLUMNS.get(name)
    return known(item) if known else words(constants.get(name, ""))
