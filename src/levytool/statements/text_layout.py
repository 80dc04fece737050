"""Plain text that keeps within 80 columns: wrapped lines, and tables that give way.

Nothing in it is obeyed by a terminal, whatever a name or a bank line holds.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import east_asian_width

from levytool.text import printable

WIDTH = 80
GAP = "  "
NARROWEST_TEXT = 26

Cells = Sequence[str]

_FILLER = "\ue000"
"""Stands after a character that takes two columns while lines are measured; never printed."""


def wrapped(text: str) -> list[str]:
    """Text in lines of at most 80 columns; a word longer than that is broken."""
    return _printed(_wrap(_filled(text), WIDTH))


def _wrap(text: str, width: int) -> list[str]:
    lines = textwrap.wrap(text, width - (_FILLER in text), break_on_hyphens=False)
    for number in range(1, len(lines)):
        # A long word was broken between a wide character and its filler, which belongs to it.
        if lines[number].startswith(_FILLER):
            lines[number - 1] += _FILLER
            lines[number] = lines[number][1:]
    return lines


def _filled(text: str) -> str:
    """The text with as many characters as it takes columns: Chinese, say, takes two for each."""
    text = printable(text)
    if text.isascii():
        return text
    return "".join(c + _FILLER if east_asian_width(c) in ("W", "F") else c for c in text)


def _printed(lines: Iterable[str]) -> list[str]:
    return [line.replace(_FILLER, "") for line in lines]


def heading(text: str) -> list[str]:
    """A section's heading, underlined, after a blank line."""
    lines = _wrap(_filled(text), WIDTH)
    return ["", *_printed(lines), "-" * max(map(len, lines))]


def pairs(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Labels at the left, amounts at the right edge."""
    lines = []
    for label, value in ((_filled(label), _filled(value)) for label, value in rows):
        if len(label) + len(GAP) + len(value) > WIDTH:
            lines += [*_wrap(label, WIDTH), *(line.rjust(WIDTH) for line in _wrap(value, WIDTH))]
        else:
            lines.append(label + value.rjust(WIDTH - len(label)))
    return _printed(lines)


def table(headings: Cells, rows: Sequence[Cells]) -> list[str]:
    """A table whose first column is text that wraps and whose others stand at the right.

    Where the others leave too little room for it, the text goes on a line of its own above them;
    where they do not fit even so, each becomes a line of its own.
    """
    every = [[_filled(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)][1:]
    taken = sum(widths) + len(GAP) * len(widths)
    longest = max(len(first) for first, *_ in every)
    if WIDTH - taken >= min(NARROWEST_TEXT, longest):
        return _printed(_beside(every, widths, WIDTH - taken))
    if taken <= WIDTH:
        return _printed(_below(every, widths))
    return list(_one_by_one(headings, rows))


def _right(cells: Cells, widths: Sequence[int]) -> str:
    return "".join(GAP + cell.rjust(w) for cell, w in zip(cells, widths, strict=True))


def _beside(rows: Sequence[Cells], widths: Sequence[int], room: int) -> list[str]:
    lines = []
    for first, *others in rows:
        parts = _wrap(first, room) or [""]
        lines.append(parts[0].ljust(room) + _right(others, widths))
        lines += parts[1:]
    return lines


def _below(rows: Sequence[Cells], widths: Sequence[int]) -> list[str]:
    lines = []
    for first, *others in rows:
        lines += _wrap(first, WIDTH)
        lines += [_right(others, widths).rjust(WIDTH)] if any(others) else []
    return lines


def _one_by_one(headings: Cells, rows: Sequence[Cells]) -> Iterator[str]:
    for first, *others in rows:
        yield from wrapped(first)
        labels = (f"  {label}" for label in headings[1:])
        yield from pairs([pair for pair in zip(labels, others, strict=True) if pair[1]])
