"""Checks of layouts: each column read once, each target given once."""

from levytool.book.records import Book, Layout, fold
from levytool.book.remarks import Remarks


def check_layouts(book: Book, remarks: Remarks) -> None:
    """Every layout on its own."""
    for layout in book.layouts.values():
        _check_columns(layout, remarks)


def _check_columns(layout: Layout, remarks: Remarks) -> None:
    place = ("layouts", layout.name, "columns")
    readers: dict[str, str] = {}
    for target, header in layout.columns.items():
        other = readers.setdefault(fold(header), target)
        if other != target:
            message = f"{other} and {target} read the same column"
            hint = "name another column for one of them"
            remarks.error("duplicate-column", message, hint, place, target, header)
        if target in layout.constants:
            message = f"{target} is given as a column and as a constant"
            remarks.error("duplicate-target", message, "keep one of the two", place, target, header)
    if layout.columns and "net" not in layout.columns:
        message, hint = "the layout names no net column", 'add net = "…" to columns'
        remarks.error("missing-column", message, hint, place)
    seen: set[str] = set()
    for header in layout.keep:
        if fold(header) in seen:
            message, hint = "keep names this column twice", "leave one of them out"
            layout_place = ("layouts", layout.name)
            remarks.error("duplicate-column", message, hint, layout_place, "keep", header)
        seen.add(fold(header))
