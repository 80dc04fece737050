"""Tables at a terminal: as wide as it is, with no figure, code or word cut."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from levytool.cli.cells import Row, cell, heading, is_debit, screen_cell
from levytool.text import is_number

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

LONGEST_WORD = 20
"""A word of this length stands on one line of a table, as every code does."""

SHORT_TEXT = 12
"""A text of this length stands on one line of a table, even where it has several words."""


def print_table(
    shown: Sequence[Row],
    keys: Sequence[str],
    essential: Collection[str],
    title: str,
    console: "Console",
) -> tuple[str, ...]:
    """Print rows as a table, or each by itself where it is too wide even with nothing but its
    `essential` columns. Gives the headings of columns with values that were left out.

    Columns without any value give way first.
    """
    widths = {key: _narrowest(shown, key) for key in keys}
    if _needed(widths, keys) > console.width:
        keys = [key for key in keys if any(screen_cell(row[key]) for row in shown)] or keys
    kept = _fitting(shown, keys, widths, essential, console.width)
    if not kept:
        _print_blocks(shown, keys, title, console)
        return ()
    _print_table(shown, {key: widths[key] for key in kept}, title, console)
    return tuple(heading(key) for key in keys if key not in kept)


def _is_numeric(shown: Sequence[Row], key: str) -> bool:
    return all(is_number(cell(row[key])) or row[key] is None for row in shown)


def _narrowest(shown: Sequence[Row], key: str) -> int:
    """The columns that a key needs for no figure, code or word of its heading to be cut."""
    texts = [screen_cell(row[key]) for row in shown]
    width = max(map(len, texts))
    if not _is_numeric(shown, key):
        word = max((len(word) for text in texts for word in text.split()), default=0)
        width = max(min(word, LONGEST_WORD), min(width, SHORT_TEXT))
    return max(width, *map(len, heading(key).split()))


def _widest(shown: Sequence[Row], key: str) -> int:
    """The columns that a key takes where nothing of it is wrapped."""
    return max(len(heading(key)), *(len(screen_cell(row[key])) for row in shown))


def _needed(widths: Mapping[str, int], keys: Sequence[str]) -> int:
    return sum(widths[key] for key in keys) + 2 * len(keys)


def _fitting(
    shown: Sequence[Row],
    keys: Sequence[str],
    widths: Mapping[str, int],
    essential: Collection[str],
    width: int,
) -> Sequence[str]:
    """The keys that a table of this width has room for: all, else the essential ones, what tells
    rows apart and fits beside them, and then what says the same of every row; none where not even
    the essential ones fit."""
    if _needed(widths, keys) <= width:
        return keys
    kept = [key for key in keys if key in essential]
    if not kept or _needed(widths, kept) > width:
        return ()
    telling = [key for key in keys if _tells_apart(shown, key)]
    for key in (*telling, *(key for key in keys if key not in telling)):
        more = [other for other in keys if other in kept or other == key]
        if _needed(widths, more) <= width:
            kept = more
    return kept


def _tells_apart(shown: Sequence[Row], key: str) -> bool:
    return len(shown) == 1 or len({screen_cell(row[key]) for row in shown}) > 1


def _styled(row: Row, key: str) -> "Text":
    from rich.text import Text

    return Text(screen_cell(row[key]), style="red" if is_debit(row[key]) else "")


def _print_table(
    shown: Sequence[Row], widths: Mapping[str, int], title: str, console: "Console"
) -> None:
    from rich import box
    from rich.table import Table

    table = Table(
        title=title or None,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        header_style="bold",
        pad_edge=False,
        collapse_padding=True,
    )
    for key, width in widths.items():
        table.add_column(
            heading(key),
            justify="right" if _is_numeric(shown, key) else "left",
            min_width=width,
            overflow="fold",
            # Room is taken from those alone that have some to give.
            no_wrap=width >= _widest(shown, key),
        )
    for row in shown:
        table.add_row(*(_styled(row, key) for key in widths))
    console.print(table)


def _print_blocks(
    shown: Sequence[Row], keys: Sequence[str], title: str, console: "Console"
) -> None:
    """Each row by itself, for a terminal too narrow for a table: what names it, and below that
    each value behind its heading, as many on a line as there is room for."""
    from rich.text import Text

    if title:
        console.print(Text(title, style="italic"))
    for row in shown:
        console.print(Text(screen_cell(row[keys[0]]) or "-", style="bold"), soft_wrap=True)
        line = Text("  ")
        for key in keys[1:]:
            if not screen_cell(row[key]):
                continue
            pair = Text.assemble((f"{heading(key)} ", "dim"), _styled(row, key), "  ")
            if line.cell_len + pair.cell_len - 2 > console.width and line.cell_len > 2:
                console.print(line, soft_wrap=True)
                line = Text("  ")
            line.append_text(pair)
        console.print(line, soft_wrap=True)
