"""What accepting a return needs of its lines, in columns, and the digest that covers them."""

import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

Others = tuple[str, str, str]
"""A line's lot, the invoice it credits, and its kept columns."""


@dataclass(frozen=True, slots=True)
class ReturnLines:
    """The lines of one return in line order.

    `member_ids` are the parties' numbers, `call_offs` texts. `rate_ppm` is -1 for a banded line.
    `dates` and `others` are asked for only where they are wanted. `key_hash` covers contractor,
    framework, call-off, member, invoice, date, net and description.
    """

    line_no: Sequence[int]
    rows: Sequence[int]
    member_ids: Sequence[int]
    call_offs: Sequence[str]
    net_pence: Sequence[int]
    base_pence: Sequence[int]
    rate_ppm: Sequence[int]
    member_pays: Sequence[int]
    levy_micropence: Sequence[int]
    key_hash: Sequence[int]
    dates: Callable[[], Sequence[str]]
    others: Callable[[], Sequence[Others]]

    def __len__(self) -> int:
        return len(self.line_no)

    def digest(self) -> str:
        """SHA-256 (hex) of all that was declared and charged, column by column.

        Numbers are 64-bit little-endian; then come line number, lot, credited invoice and kept
        columns of the lines that have any.
        """
        hasher = sha256()
        for column in (
            self.line_no,
            self.rows,
            self.member_ids,
            self.net_pence,
            self.base_pence,
            self.rate_ppm,
            self.member_pays,
            self.levy_micropence,
            self.key_hash,
        ):
            packed = array("q", column)
            if sys.byteorder == "big":
                packed.byteswap()
            hasher.update(packed)
        for line, others in zip(self.line_no, self.others(), strict=True):
            if any(others):
                hasher.update("\x1f".join((str(line), *others, "")).encode())
        return hasher.hexdigest()
