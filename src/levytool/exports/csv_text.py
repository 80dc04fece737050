"""CSV as finance systems read it: text that no spreadsheet takes for a formula, amounts as such."""

import csv
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import StringIO

from levytool.exports.batch import said
from levytool.money import format_pence
from levytool.text import neutral


def amount(pence: int) -> "Cell":
    """An amount: pounds with two places, exact from pence."""
    return Cell(format_pence(pence))


@lru_cache(maxsize=10_000)
def words(text: str) -> "Cell":
    """A text on one line, neutralised (domain §3.10)."""
    return Cell(neutral(said(text)))


class Cell(str):
    """A cell that may be written as it stands: made by `amount` or `words`, or a known text."""

    __slots__ = ()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A CSV file with its header, in UTF-8, lines ended as RFC 4180 has them."""
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
