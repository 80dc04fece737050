"""How a value reads in a cell: as it is stored, on one line, and as a person reads it."""

import re
from collections.abc import Mapping
from typing import Any

from levytool.text import is_number, printable

Row = Mapping[str, Any]

_POUNDS = re.compile(r"(-?)(\d{4,})(\.\d\d)", re.ASCII)


def cell(value: Any) -> str:
    """A value as text, as a CSV file has it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(part) for part in value)
    return str(value)


def heading(key: str) -> str:
    """A column's key as the words above it."""
    return key.replace("_", " ")


def plain_cell(value: Any) -> str:
    """A cell on one line, with nothing in it that a terminal would obey."""
    return printable(cell(value))


def screen_cell(value: Any) -> str:
    """A cell at the terminal: pounds and pence with their thousands told apart."""
    text = plain_cell(value)
    match = _POUNDS.fullmatch(text) if isinstance(value, str) else None
    return f"{match[1]}{int(match[2]):,}{match[3]}" if match else text


def is_debit(value: Any) -> bool:
    """Whether an amount is below nought."""
    return isinstance(value, str) and value.startswith("-") and is_number(value)
