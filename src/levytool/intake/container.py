"""A file's bytes as sheets of rows: text cut up by its delimiter, XLSX and XLS workbooks.

What a file is, its content says, never its name's ending. Rows come in batches, so that memory
does not grow with the file.
"""

import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, Protocol

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from levytool.book.records import Layout
from levytool.intake.amounts import Cell
from levytool.intake.encoding import NotText, find_encoding
from levytool.intake.header import SEARCHED_ROWS, header_score

Row = Sequence[Cell]

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 1 << 16
LONGEST_CELL = 1 << 17

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<", b"%PDF", b"{\\rtf")


class UnreadableFile(Exception):
    """The file cannot be read as rows: why, what to do, and the row where reading stopped."""

    def __init__(self, message: str, hint: str, row: int | None = None) -> None:
        super().__init__(message)
        self.message, self.hint, self.row = message, hint, row


class Batch(NamedTuple):
    """Rows in file order, and how far into the file (in its sheet's unit) they reach."""

    rows: list[Row]
    done: int


class Sheet(Protocol):
    """A table of rows that can be read again from the start. `total` is bytes or rows."""

    name: str
    total: int

    def batches(self, size: int) -> Iterator[Batch]:
        """Every row, `size` at a time. Raises UnreadableFile."""
        ...


def first_rows(sheet: Sheet, count: int = SEARCHED_ROWS) -> list[Row]:
    """The first rows of a sheet. Raises UnreadableFile."""
    return next((batch.rows for batch in sheet.batches(count)), [])


def open_sheets(path: Path, layout: Layout | None = None) -> list[Sheet]:
    """The sheets of a file that could hold spend; a text file has one.

    Raises UnreadableFile for what is neither text nor a workbook, and for a layout's sheet that
    the workbook lacks.
    """
    with path.open("rb") as file:
        head = file.read(len(_OLE))
    if head.startswith((_ZIP, _OLE)):
        return _workbook_sheets(path, layout)
    if head.lstrip().startswith(_MARKUP):
        raise UnreadableFile("it is neither CSV nor a workbook", "save it as CSV or XLSX")
    try:
        encoding = find_encoding(path, layout.encoding if layout else None)
    except NotText as reason:
        hint = "save it as CSV in UTF-8 or as XLSX, or name its encoding in a layout"
        raise UnreadableFile(f"it is not text: {reason}", hint) from None
    delimiter = layout.delimiter if layout else None
    return [TextSheet(path, encoding, delimiter or _find_delimiter(path, encoding, layout))]


class TextSheet:
    """Delimited text. Lines may end in CR, LF or CRLF; a quoted cell may hold any of them."""

    name = ""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self.encoding, self.delimiter = encoding, delimiter
        self.total = path.stat().st_size
        self._path = path

    def batches(self, size: int) -> Iterator[Batch]:
        read = 0
        with (
            self._path.open("rb") as raw,
            io.TextIOWrapper(raw, encoding=self.encoding, newline="") as text,
        ):
            lines = list(islice(text, size))
            while lines and (plain := _cut(lines, self.delimiter)) is not None:
                read += len(plain)
                yield Batch(plain, raw.tell())
                lines = list(islice(text, size))
            reader = csv.reader(chain(lines, text), delimiter=self.delimiter, strict=True)
            while True:
                rows: list[Row] = []
                try:
                    # An iterator that fails leaves what it gave in the list: so the row is known.
                    rows.extend(islice(reader, size))
                except csv.Error as reason:
                    raise _bad_quoting(reason, read + len(rows) + 1) from None
                if not rows:
                    return
                read += len(rows)
                yield Batch(rows, raw.tell())


def _cut(lines: Sequence[str], delimiter: str) -> list[Row] | None:
    """Lines without a quotation mark cut into cells, in half of the time that csv takes.

    None where only csv gets it right: quoted cells, lines that end in CR alone, endless ones.
    """
    text = "".join(lines)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if '"' in text or "\r" in text or max(map(len, lines)) > LONGEST_CELL:
        return None
    return [line.split(delimiter) if line else [] for line in text.removesuffix("\n").split("\n")]


def _bad_quoting(reason: csv.Error, row: int) -> UnreadableFile:
    what = "a quotation mark is never closed, or text follows a closing one"
    if "delimiter" not in str(reason) and "end of data" not in str(reason):
        what = f"a cell is longer than {LONGEST_CELL:,} characters: {what}"
    hint = 'close it, or write a quotation mark inside a quoted cell twice ("")'
    return UnreadableFile(f"the row cannot be cut into cells: {what}", hint, row)


def _find_delimiter(path: Path, encoding: str, layout: Layout | None) -> str:
    """The delimiter that shows the best header; failing that, the steadiest rows."""
    with path.open(encoding=encoding, newline="") as text:
        lines = text.read(SAMPLE_CHARACTERS).splitlines(keepends=True)
    if not lines:
        return DELIMITERS[0]

    def merit(delimiter: str) -> tuple[int, int]:
        rows = _sampled(lines, delimiter)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        return header_score(rows, layout), max(widths.values(), default=0)

    return max(DELIMITERS, key=merit)


def _sampled(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        rows.extend(islice(csv.reader(lines, delimiter=delimiter), SEARCHED_ROWS))
    return rows


class WorkbookSheet:
    """A sheet of an XLSX or XLS workbook. Dates become ISO text, numbers stay numbers."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self.name: str = sheet.name
        self.total: int = sheet.end[0] + 1 if sheet.end is not None else 0
        self._sheet = sheet

    def batches(self, size: int) -> Iterator[Batch]:
        with _damage_reported():
            rows = iter(self._sheet.iter_rows())
            # Empty columns left of the table are not given; put back, letters come out right.
            left = [""] * (self._sheet.start or (0, 0))[1]
        done = 0
        while True:
            with _damage_reported():
                batch: list[Row] = [[*left, *map(_cell, row)] for row in islice(rows, size)]
            if not batch:
                return
            done += len(batch)
            yield Batch(batch, done)


@contextlib.contextmanager
def _damage_reported() -> Iterator[None]:
    """Turn whatever the workbook reader does on damaged files into UnreadableFile."""
    try:
        yield
    except PasswordError:
        raise UnreadableFile(
            "the workbook is locked with a password", "save it without one"
        ) from None
    except (CalamineError, OSError, ValueError) as reason:
        raise _damaged(str(reason)) from None
    except BaseException as reason:
        # The reader is written in Rust, and its panics are no Exceptions.
        if type(reason).__name__ != "PanicException":
            raise
        raise _damaged("its parts do not fit together") from None


def _damaged(reason: str) -> UnreadableFile:
    return UnreadableFile(
        f"the workbook is damaged: {reason}", "open it in a spreadsheet and save it anew"
    )


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return value
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _workbook_sheets(path: Path, layout: Layout | None) -> list[Sheet]:
    wanted = layout.sheet if layout else None
    with _damage_reported():
        book = CalamineWorkbook.from_path(str(path))
        if wanted is not None and wanted not in book.sheet_names:
            there = ", ".join(repr(name) for name in book.sheet_names)
            raise UnreadableFile(
                f"it has no sheet {wanted!r}", f"mend the layout's sheet: there are {there}"
            )
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if (sheet.name == wanted if wanted is not None else _shows_rows(sheet))
        ]
        return [WorkbookSheet(book.get_sheet_by_name(name)) for name in names]


def _shows_rows(sheet: SheetMetadata) -> bool:
    visible: bool = sheet.visible == SheetVisibleEnum.Visible
    return visible and sheet.typ == SheetTypeEnum.WorkSheet
