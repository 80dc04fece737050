"""Text that a spreadsheet would take for a formula, made harmless and read back as it was.

Domain §3.10: text cells that begin with `=`, `+`, `-`, `@`, tab or CR get an apostrophe; amounts
stay amounts.
"""

import re

from levytool.intake.amounts import Cell, cell_text, is_blank_amount, parse_amount

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


def neutralised(cell: Cell) -> str:
    """The cell as text that no spreadsheet runs."""
    text = cell_text(cell)
    if not _FORMULA.match(text) or is_blank_amount(text) or parse_amount(text) is not None:
        return text
    return f"'{text}"


def restored(cell: Cell) -> Cell:
    """What `neutralised` was given."""
    return cell[1:] if isinstance(cell, str) and _NEUTRALISED.match(cell) else cell
