"""Telling a bank's statement from a spend file, so that one given to the wrong command says so."""

import re
from collections.abc import Iterable
from pathlib import Path

from levytool.intake.amounts import cell_text
from levytool.intake.container import Row

HINT = "it reads like a bank's statement: levytool bank import FILE"

_LOOKED_AT = 1 << 16
_MARKS = re.compile(r"BkToCstmr|<OFX>|OFXHEADER|^:60[FM]:", re.MULTILINE)
"""What camt, OFX and MT940 have near their beginning, and no spend file has."""

_MOVED = re.compile(r"amount|value|debit|credit|(?:paid|money) (?:in|out)", re.IGNORECASE)


def is_bank_statement(path: Path, rows: Iterable[Row]) -> bool:
    """Whether a file, `rows` being its first ones, is camt, OFX or MT940, or has a header of a
    balance beside what was paid, as banks' CSV has."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT).replace(b"\0", b"").decode("latin-1")
    return _MARKS.search(head) is not None or any(map(_has_a_balance, rows))


def _has_a_balance(row: Row) -> bool:
    names = [cell_text(cell).strip() for cell in row]
    balance = any(name.casefold().endswith("balance") for name in names)
    return balance and any(_MOVED.match(name) for name in names)
