"""Plain text that keeps within 80 columns: wrapped lines, and tables that give way."""

import textwrap
from collections.abc import Iterator, Sequence

WIDTH = 80
GAP = "  "
NARROWEST_TEXT = 26

Cells = Sequence[str]


def wrapped(text: str, indent: str = "") -> list[str]:
    """Text in lines of at most 80 columns; a word longer than that is broken."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def heading(text: str) -> list[str]:
    """A section's heading, underlined, after a blank line."""
    lines = wrapped(text)
    return ["", *lines, "-" * max(map(len, lines))]


def pairs(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Labels at the left, amounts at the right edge."""
    lines = []
    for label, value in rows:
        if len(label) + len(GAP) + len(value) > WIDTH:
            lines += [*wrapped(label), *(line.rjust(WIDTH) for line in wrapped(value))]
        else:
            lines.append(label + value.rjust(WIDTH - len(label)))
    return lines


def table(headings: Cells, rows: Sequence[Cells]) -> list[str]:
    """A table whose first column is text that wraps and whose others stand at the right.

    Where the others leave too little room, the text goes on a line of its own above them; where
    they do not fit even so, each becomes a line of its own.
    """
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)][1:]
    taken = sum(widths) + len(GAP) * len(widths)
    if WIDTH - taken >= NARROWEST_TEXT:
        return _beside([headings, *rows], widths, WIDTH - taken)
    if taken <= WIDTH:
        return _below([headings, *rows], widths)
    return list(_one_by_one(headings, rows))


def _right(cells: Cells, widths: Sequence[int]) -> str:
    return "".join(GAP + cell.rjust(w) for cell, w in zip(cells, widths, strict=True))


def _beside(rows: Sequence[Cells], widths: Sequence[int], room: int) -> list[str]:
    lines = []
    for first, *others in rows:
        parts = textwrap.wrap(first, room, break_on_hyphens=False) or [""]
        lines.append(parts[0].ljust(room) + _right(others, widths))
        lines += parts[1:]
    return lines


def _below(rows: Sequence[Cells], widths: Sequence[int]) -> list[str]:
    lines = []
    for first, *others in rows:
        lines += wrapped(first)
        lines += [_right(others, widths).rjust(WIDTH)] if any(others) else []
    return lines


def _one_by_one(headings: Cells, rows: Sequence[Cells]) -> Iterator[str]:
    for first, *others in rows:
        yield from wrapped(first)
        labels = (f"  {label}" for label in headings[1:])
        yield from pairs([pair for pair in zip(labels, others, strict=True) if pair[1]])
