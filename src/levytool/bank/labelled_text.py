"""Statements as text with a label on every line, as Santander exports them, as rows of a table.

    Date: 28/03/2014
    Description: BROOKS ROOFING
    Amount: 120.00
    Balance: 1,120.00

Each entry becomes the row at which its `Date:` stands, so that rows are told as the file has them.
It has no more cells than it has labels: without its balance, which comes last, it was cut off.
"""

import re
from collections.abc import Sequence

LABELS = ("Date", "Description", "Amount", "Balance")

_LABELLED = re.compile(rf"\s*(?P<label>{'|'.join(LABELS)}):\s*(?P<value>.*?)\s*")


def labelled_rows(lines: Sequence[str]) -> list[list[str]] | None:
    """The rows of a table under a header; None where the lines are not labelled so."""
    matches = [_LABELLED.fullmatch(line) for line in lines]
    labels = [match["label"] for match in matches if match is not None]
    if labels[:3] != list(LABELS[:3]):
        return None
    rows: list[list[str]] = [[] for _line in lines]
    entry: list[str] = []
    for place, match in enumerate(matches):
        if match is None:
            continue
        if match["label"] == LABELS[0]:
            entry = rows[place] = [match["value"]]
        elif entry:
            column = LABELS.index(match["label"])
            entry += [""] * (column + 1 - len(entry))
            entry[column] = match["value"]
    first = next(place for place, row in enumerate(rows) if row)
    header = list(LABELS)
    if first:
        rows[first - 1] = header
        return rows
    return [header, *rows]
