"""A statement as a workbook: a sheet for each table, typed cells, and sums that foot.

Formulas carry the value that they come to, so that a reader which calculates nothing shows it too.
Text is text, neutralised where a spreadsheet could take it for a formula. The same statement
gives the same bytes: the workbook is dated by the statement, not by the clock.
"""

import io
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from levytool.money import MICROPENCE_PER_PENNY, PENCE_PER_POUND, PPM_PER_UNIT
from levytool.periods import Month
from levytool.statements import words
from levytool.statements.colour import light_palette
from levytool.statements.said import plain, said
from levytool.statements.sections import (
    TEXTS,
    Column,
    Grid,
    Number,
    Statement,
    Table,
    Value,
    ValueKind,
)
from levytool.text import neutral

TITLE_ROWS = 3
"""What stands above the headings of a table's sheet: its title, whose it is, and a blank row."""

_NUMBERS: dict[ValueKind, str] = {
    "money": "#,##0.00",
    "levy": "#,##0.0000",
    "count": "#,##0.####",
    "overdue": "#,##0",
    "exact": "#,##0.########",
    "months": "0",
    "day": "d mmm yyyy",
    "month": "mmm yyyy",
    "rates": "0.00##%",
}
_DAYS: tuple[ValueKind, ...] = ("day", "month")
"""Kinds that stand at the left, as on pages: text beside them would run into them."""

LINE_POINTS = 15
"""How high a line is, in points."""

NARROWEST, WIDEST = 8, 40
"""The least and the most characters that a column is wide; longer text takes several lines."""
_SUMS = ("money", "levy", "count")


def render_xlsx(statement: Statement) -> bytes:
    """The workbook: a summary, then every table with all its rows and columns."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        made = datetime(statement.as_at.year, statement.as_at.month, statement.as_at.day)  # noqa: DTZ001
        title = f"{statement.title}: {statement.subject.name}, {statement.period}"
        book.set_properties(
            {"title": title, "author": statement.issuer.name, "created": made, "comments": ""}
        )
        looks = _Looks(book, light_palette(statement.issuer.accent).accent)
        footed = _summary(book, looks, statement)
        for part in statement.data:
            sheet = _Sheet(book, looks, statement, part.sheet)
            if isinstance(part, Grid):
                sheet.grid(part)
            else:
                sheet.table(part)
                if part.brought and part.total:
                    _link(footed, looks, part, sheet)
    return stream.getvalue()


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any, accent: str) -> None:
        self._book, self._accent = book, accent
        self._made: dict[str, Any] = {}

    def of(self, kind: ValueKind, role: str = "line", *, apart: bool = False) -> Any:
        """The format of a value in a line, in a `total`, or of a heading (`head`, `title`).

        `apart` keeps what stands at the left from the number in the column before it.
        """
        key = f"{kind} {role} {apart}"
        if key not in self._made:
            facts: dict[str, Any] = {"valign": "top"} | ({"indent": 1} if apart else {})
            if kind in _NUMBERS and role in ("line", "total", "level"):
                side = "right" if _is_right(kind) else "left"
                facts |= {"num_format": _NUMBERS[kind], "align": side}
            if kind in TEXTS and role == "line":
                facts |= {"text_wrap": True}
            if role == "head":
                side = "right" if _is_right(kind) else "left"
                facts |= {"bold": True, "bottom": 1, "text_wrap": True, "align": side}
            if role in ("total", "level"):
                facts |= {"bold": True, "top": 1 if role == "total" else 0}
            if role == "title":
                facts |= {"bold": True, "font_size": 14, "font_color": self._accent}
            if role == "note":
                facts |= {"text_wrap": True}
            self._made[key] = self._book.add_format(facts)
        return self._made[key]


def _is_right(kind: ValueKind) -> bool:
    """Whether a kind of value stands at the right of its column."""
    return kind in _NUMBERS and kind not in _DAYS


def _printed(sheet: Any, statement: Statement) -> None:
    """Set up for printing: A4, as wide as one page, who and what at the foot."""
    sheet.set_paper(9)
    sheet.set_margins(left=Decimal("0.5"), right=Decimal("0.5"))
    sheet.fit_to_pages(1, 0)
    named = f"{statement.subject.code} {statement.period}".replace("&", "&&").strip()
    sheet.set_footer(f"&L{named}, {words.status_words(statement)}&C&A&R&P / &N")
    sheet.hide_gridlines(2)


@dataclass(slots=True)
class _Footed:
    """The summary's sheet and the rows of its key figures, to be linked to what they sum up."""

    sheet: Any
    rows: dict[str, tuple[int, int]]


def _summary(book: Any, looks: _Looks, statement: Statement) -> _Footed:
    """Who, what and when, the key figures, and what everything else is."""
    sheet = book.add_worksheet("Statement")
    _printed(sheet, statement)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 46)
    sheet.write_string(0, 0, neutral(statement.subject.name), looks.of("text", "title"))
    facts: list[tuple[str, str]] = [
        ("Statement", statement.title),
        ("Code", statement.subject.code),
        ("Period", words.period_words(statement.period)),
        ("From", "" if statement.is_own else statement.issuer.name),
        ("Status", words.status_words(statement)),
        ("Dates", words.basis_of_dates(statement)),
        ("Basis", statement.basis),
        ("SHA-256 of the figures", said(statement)["hash"]),
    ]
    row = 2
    for label, text in facts:
        if text:
            sheet.write_string(row, 0, label, looks.of("text"))
            sheet.write_string(row, 1, neutral(text), looks.of("text", "note"))
            row += 1
    row += 1
    rows = {}
    for figure in statement.key_figures:
        sheet.write_string(row, 0, figure.label, looks.of("text", "level"))
        sheet.write_number(row, 1, _pounds(figure.pence), looks.of("money", "level"))
        rows[figure.key] = (row, figure.pence)
        row += 1
    return _Footed(sheet, rows)


def _link(footed: _Footed, looks: _Looks, table: Table, sheet: "_Sheet") -> None:
    """Key figures that a table brings forward or comes to are taken from it."""
    for key, row in (("opening_balance", sheet.brought_row), ("closing_balance", sheet.total_row)):
        at, pence = footed.rows.get(key, (0, 0))
        if table.key == "movements" and at:
            column = _letter(table.place_of("amount"))
            formula = f"='{sheet.name}'!{column}{row + 1}"
            footed.sheet.write_formula(at, 1, formula, looks.of("money", "level"), _pounds(pence))


class _Sheet:
    """One sheet with its title, its headings frozen above the rows, and its set-up for printing."""

    def __init__(self, book: Any, looks: _Looks, statement: Statement, name: str) -> None:
        self.name = name
        self.brought_row = self.total_row = 0
        self._looks, self._statement = looks, statement
        self._sheet = book.add_worksheet(name)
        _printed(self._sheet, statement)
        self._row = TITLE_ROWS
        self._wides: list[int] = []
        self._apart: list[bool] = []

    def _begin(
        self,
        caption: str,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Value]],
        levels: tuple[str, ...],
    ) -> None:
        """Title and headings; columns wide enough for the rows and the names of `levels`."""
        sheet, of = self._sheet, self._looks.of
        sheet.write_string(0, 0, neutral(caption), of("text", "title"))
        whose = f"{self._statement.subject.name}, {words.period_words(self._statement.period)}"
        sheet.write_string(1, 0, neutral(whose), of("text", "plain"))
        self._wides = [
            _wide(column, [*(row[place] for row in rows), *(levels * (column.place == "name"))])
            for place, column in enumerate(columns)
        ]
        right = [_is_right(column.kind) for column in columns]
        self._apart = [a and not b for a, b in zip([False, *right], right, strict=False)]
        for place, column in enumerate(columns):
            look = of(column.kind, "head", apart=self._apart[place])
            sheet.write_string(TITLE_ROWS, place, column.label, look)
            sheet.set_column(place, place, self._wides[place])
        self._high(TITLE_ROWS, [column.label for column in columns])
        sheet.freeze_panes(TITLE_ROWS + 1, 1)
        sheet.repeat_rows(TITLE_ROWS)
        if len(columns) > 5:
            sheet.set_landscape()
        self._row = TITLE_ROWS + 1

    def _high(self, row: int, texts: Sequence[Value]) -> None:
        """Make a row as high as its longest text needs; not every program does so by itself."""
        pairs = zip(texts, self._wides, strict=True)
        long = [(text, wide) for text, wide in pairs if isinstance(text, str) and len(text) > wide]
        lines = max((len(textwrap.wrap(text, wide)) for text, wide in long), default=1)
        if lines > 1:
            self._sheet.set_row(row, LINE_POINTS * lines)

    def grid(self, grid: Grid) -> None:
        """Figures by name; their sum below where they have one."""
        label = Column("", grid.head, place="name")
        rows = [(row.label, *row.values) for row in grid.rows]
        self._begin(grid.caption, (label, *grid.columns), rows, (grid.total,))
        first = self._row
        for row in grid.rows:
            self._write(self._row, 0, row.label, label)
            for place, (value, column) in enumerate(zip(row.values, grid.columns, strict=True), 1):
                self._write(self._row, place, value, column)
            self._row += 1
        if grid.total:
            sums = (None, *grid.totals)
            self._total(grid.total, first, (label, *grid.columns), sums)

    def table(self, table: Table) -> None:
        """Rows below what they start from, and their sums; where there are none nothing is summed,
        for a table may be without its rows because they may not be told."""
        label, pence = table.brought or ("", 0)
        brought = tuple(pence if column.sums else None for column in table.columns)
        every = [*table.rows, brought, table.totals]
        self._begin(table.caption, table.columns, every, (label, table.total))
        if table.brought:
            self.brought_row = self._row
            at = table.place_of(next(c.key for c in table.columns if c.place == "name"))
            self._sheet.write_string(self._row, at, label, self._looks.of("text", "level"))
            for place, column in enumerate(table.columns):
                if column.sums:
                    look = self._looks.of(column.kind, "level")
                    self._sheet.write_number(self._row, place, _pounds(pence), look)
            self._row += 1
        first = self.brought_row or self._row
        for row in table.rows:
            self._high(self._row, row)
            for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                if column.of and isinstance(value, int):
                    formula = _arithmetic(table, column.of, self._row)
                    look = self._looks.of(column.kind)
                    self._sheet.write_formula(self._row, place, formula, look, _pounds(value))
                else:
                    self._write(self._row, place, value, column)
            self._row += 1
        if not table.brought and table.rows:
            self._sheet.autofilter(TITLE_ROWS, 0, self._row - 1, len(table.columns) - 1)
        if table.total and (table.rows or table.brought):
            self._total(table.total, first, table.columns, table.totals)

    def _total(
        self,
        label: str,
        first: int,
        columns: Sequence[Column],
        sums: Sequence[Number | None],
    ) -> None:
        self.total_row = self._row
        named = next(place for place, column in enumerate(columns) if column.place == "name")
        of = self._looks.of
        for place, (column, total) in enumerate(zip(columns, sums, strict=True)):
            if place == named:
                self._sheet.write_string(self._row, place, label, of("text", "total"))
            elif total is None or column.kind not in _SUMS:
                self._sheet.write_blank(self._row, place, None, of("text", "total"))
            else:
                value = _number(total, column)
                look = of(column.kind, "total")
                if self._row == first:
                    self._sheet.write_number(self._row, place, value, look)
                else:
                    letter = _letter(place)
                    formula = f"=SUM({letter}{first + 1}:{letter}{self._row})"
                    self._sheet.write_formula(self._row, place, formula, look, value)
        self._row += 1

    def _write(self, row: int, place: int, value: Value, column: Column) -> None:
        """One cell in its own type."""
        look = self._looks.of(column.kind, apart=self._apart[place])
        match value:
            case None:
                pass
            case (int() as rate_ppm,) if column.kind == "rates":
                self._sheet.write_number(row, place, Decimal(rate_ppm) / PPM_PER_UNIT, look)
            case int():
                self._sheet.write_number(row, place, _number(value, column), look)
            case Fraction():
                self._sheet.write_number(row, place, value, look)
            case Month():
                self._sheet.write_datetime(row, place, value.first_day, look)
            case date():
                self._sheet.write_datetime(row, place, value, look)
            case _:
                self._sheet.write_string(row, place, neutral(_text(value, column)), look)


def _wide(column: Column, values: Iterable[Value]) -> int:
    """Characters that a column needs for its heading's longest word and what stands under it."""
    known = [value for value in values if value is not None]
    words_there = [*column.label.split(), *(value for value in known if isinstance(value, str))]
    longest = max(map(len, words_there))
    if column.kind in ("money", "levy"):
        largest = max((abs(value) for value in known if isinstance(value, int)), default=0)
        longest = max(longest, len(words.value_words(-largest, column)))
    elif column.kind in _DAYS:
        longest = max(longest, len("30 Sep 2025"))
    elif column.kind == "exact":
        longest = max(longest, len("1,234.12345678"))
    elif column.kind != "text":
        longest = max([longest, *(len(_text(value, column)) for value in known)])
    return min(WIDEST, max(NARROWEST, longest + 2))


def _text(value: Value, column: Column) -> str:
    found = None if column.kind == "reason" else plain(value, column.kind)
    if isinstance(found, list):
        return ", ".join(found)
    return words.value_words(value, column) if found is None else str(found)


def _number(value: Number, column: Column) -> Decimal | int:
    """A value as the file writes it: money and levy in exact pounds, parts of a count in digits."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / value.denominator
    if column.kind == "levy":
        return _pounds(value) / MICROPENCE_PER_PENNY
    return _pounds(value) if column.kind == "money" else value


def _pounds(pence: int) -> Decimal:
    """Pence as exact pounds, which is how the file writes the number."""
    return Decimal(pence) / PENCE_PER_POUND


def _letter(place: int) -> str:
    """The letters of a column: 0 is A, 27 is AB."""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


def _arithmetic(table: Table, of: str, row: int) -> str:
    """`billed - received` as the cells of this row: `=F7-G7`."""
    cells: Iterable[str] = (
        word if word in "+-" else f"{_letter(table.place_of(word))}{row + 1}" for word in of.split()
    )
    return "=" + re.sub(r"\s", "", "".join(cells))
