"""A file for GL07, the batch input of Unit4 Business World (Agresso).

Unit4 publishes no layout: each site agrees its own with its supplier. Without a word from the book
the file has the records that are in public use (`gl07_record`). A site with a file format of its
own says its columns, which make a CSV (`gl07_columns`); they are named as the batch table's are.
What never changes is the book's to say too (`gl07_constants`).
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
from levytool.exports.gl07_record import record_of
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.reports.finance_exports import PostedEntry

CONSTANTS = {"interface": "BI", "voucher_type": "GL", "trans_type": "GL", "tax_code": "0"}
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
    return words(_about(item))


def _about(item: _Line) -> str:
    return f"{item.posted.entry.narrative}: {account_name(item.line.leg.account)}"


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
    lines = [
        _Line(batch, posted, place, line)
        for posted in batch.entries
        for place, line in enumerate(journal_lines(posted.entry.transfers), 1)
    ]
    problems = too_long_codes([item.line for item in lines], batch.settings, LONGEST_ACCOUNT)
    if problems:
        return Written((), tuple(problems))
    constants = CONSTANTS | dict(batch.settings.gl07_constants)
    columns = batch.settings.gl07_columns
    if columns:
        text = csv_text(
            columns, [[_cell(name, item, constants) for name in columns] for item in lines]
        )
    else:
        text = "".join(record_of(constants | _values(item)) for item in lines)
    moved = turnover_pence(item.line for item in lines)
    name, count = batch.file_name("csv" if columns else "txt"), len(batch.entries)
    return Written((ExportFile(name, text, count, len(lines), moved, moved),))


def _cell(name: str, item: _Line, constants: Mapping[str, str]) -> Cell:
    known = COLUMNS.get(name)
    return known(item) if known else words(constants.get(name, ""))


def _values(item: _Line) -> dict[str, str]:
    """What stands in a record: amounts in pence; texts as they are, which no spreadsheet reads."""
    entry, pence = item.posted.entry, str(item.line.pence)
    parts = dimension_parts(item.line.leg)
    told = {name: str(write(item)) for name, write in COLUMNS.items()}
    return told | {
        "account": account_code(item.batch.settings, item.line.leg.account),
        "dim_1": parts[0] if parts else "",
        "dim_2": parts[1] if len(parts) > 1 else "",
        "description": _about(item),
        "ext_inv_ref": entry.reference,
        "cur_amount": pence,
        "amount": pence,
    }
