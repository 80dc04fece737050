"""What accepting a return needs of its lines, in columns, and the digest that covers them."""

import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class ReturnLines:
    """The lines of one return in line order; an array's values are 64-bit.

    `member_ids` are the parties' numbers, `call_offs` texts. `rate_ppm` is -1 for a banded line.
    `dates` are asked for only where they are wanted. `key_hash` covers contractor, framework,
    call-off, member, invoice, date, net and description; `rest_hash` lot, credited invoice and kept
    columns. `true_up_micropence` is empty where no line has one.
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
    rest_hash: Sequence[int]
    dates: Callable[[], Sequence[str]]
    true_up_micropence: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.line_no)

    def digest(self) -> str:
        """SHA-256 (hex) of all that was declared and charged, column by column.

        Each column is its values as 64-bit little-endian numbers; that of true-ups is left out
        where there is none.
        """
        hasher = sha256()
        columns = [
            self.line_no,
            self.rows,
            self.member_ids,
            self.net_pence,
            self.base_pence,
            self.rate_ppm,
            self.member_pays,
            self.levy_micropence,
            self.key_hash,
            self.rest_hash,
        ]
        if any(self.true_up_micropence):
            columns.append(self.true_up_micropence)
        for column in columns:
            packed = column if isinstance(column, array) else array("q", column)
            hasher.update(packed if sys.byteorder == "little" else _swapped(packed))
        return hasher.hexdigest()


def _swapped(column: "array[int]") -> "array[int]":
    swapped = array("q", column)
    swapped.byteswap()
    return swapped
