"""Where a sheet's header stands and what its columns are called.

Title rows may stand above it, and it may be split over two rows: then a cell that says nothing by
itself (`Number`) is read with the one above it (`Transaction`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from levytool.book.records import Layout
from levytool.intake.amounts import Cell, cell_text, parse_amount
from levytool.intake.dates import parse_date
from levytool.intake.vocabulary import TARGETS, fold_header, target_of

SEARCHED_ROWS = 100
"""How far down a header is looked for."""

ADDED_COLUMNS = ("row", "problem", "what to do")
"""Columns that an errors file has behind those of its original; reading leaves them out."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header: its row as a spreadsheet numbers it, and the name of each column ('' for none).

    `added` is where an errors file's own columns begin, None where there are none.
    """

    row: int
    names: tuple[str, ...]
    own_names: tuple[str, ...]
    added: int | None = None

    @property
    def width(self) -> int:
        return len(self.names)

    def title(self, index: int) -> str:
        """What to call a column: its name, or its letter where it has none."""
        return self.names[index] or f"column {column_letters(index)}"

    def find(self, name: str) -> int | None:
        """The column that a layout names: exactly, or with case and punctuation folded."""
        for names in (self.own_names, self.names):
            if name in names:
                return names.index(name)
        wanted = fold_header(name)
        for names in (self.own_names, self.names):
            for index, candidate in enumerate(names):
                if fold_header(candidate) == wanted:
                    return index
        return None


def column_letters(index: int) -> str:
    """The letters a spreadsheet gives a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def find_header(rows: Sequence[Sequence[Cell]], layout: Layout | None = None) -> Header | None:
    """The header among a sheet's first rows, or None where no row names columns.

    The row that names the most targets (or the layout's headers) wins, the topmost of equals.
    A layout's own `header` row is taken as it is.
    """
    if layout is not None and layout.header is not None:
        if layout.header > len(rows):
            return None
        return _header(rows, layout.header - 1, layout, joined=layout.header > 1)
    best: tuple[int, int, bool] | None = None
    for index in range(min(len(rows), SEARCHED_ROWS)):
        for joined in (False, True) if index and _may_be_split(rows[index - 1]) else (False,):
            score = _score(_names(rows, index, layout, joined), layout)
            if score and (best is None or score > best[0]):
                best = (score, index, joined)
    return None if best is None else _header(rows, best[1], layout, best[2])


def header_score(rows: Sequence[Sequence[Cell]], layout: Layout | None = None) -> int:
    """How many targets the best row names: tells which way of cutting up a file is right."""
    header = find_header(rows, layout)
    return 0 if header is None else _score(header.names, layout)


def _may_be_split(above: Sequence[Cell]) -> bool:
    """Whether a row may be the upper half of a header: several words, no amount, no date."""
    filled = [cell_text(cell) for cell in above if cell_text(cell).strip()]
    return len(filled) > 1 and not any(parse_amount(text) or parse_date(text) for text in filled)


def _score(names: Sequence[str], layout: Layout | None) -> int:
    if layout is not None and layout.columns:
        folded = {fold_header(name) for name in names}
        wanted = {fold_header(name) for name in (*layout.columns.values(), *layout.keep)}
        return len(folded & wanted)
    named = {found[0] for name in names if (found := target_of(name))} & set(TARGETS)
    return len(named)


def _clean(cell: Cell) -> str:
    return " ".join(cell_text(cell).split())


def _names(
    rows: Sequence[Sequence[Cell]], index: int, layout: Layout | None, joined: bool
) -> list[str]:
    own = [_clean(cell) for cell in rows[index]]
    if not joined:
        return own
    above = [_clean(cell) for cell in rows[index - 1]]
    above += [""] * (len(own) - len(above))
    wanted = {fold_header(name) for name in layout.columns.values()} if layout else set()
    return [
        name if target_of(name) or fold_header(name) in wanted else f"{upper} {name}".strip()
        for name, upper in zip(own, above, strict=False)
    ]


def _header(
    rows: Sequence[Sequence[Cell]], index: int, layout: Layout | None, joined: bool
) -> Header | None:
    names = _trimmed(_names(rows, index, layout, joined))
    own_names = _trimmed(_names(rows, index, layout, joined=False))
    added = None
    if tuple(own_names[-len(ADDED_COLUMNS) :]) == ADDED_COLUMNS:
        added = len(own_names) - len(ADDED_COLUMNS)
        names, own_names = _trimmed(names[:added]), _trimmed(own_names[:added])
    if not names:
        return None
    return Header(index + 1, tuple(names), tuple(own_names), added)


def _trimmed(names: list[str]) -> list[str]:
    while names and not names[-1]:
        names = names[:-1]
    return names
