"""Spend files written for a test and read back whole."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import xlsxwriter

from levytool.book.records import Book
from levytool.intake.lines import Findings, LineChunk
from levytool.intake.options import ReadOptions
from levytool.intake.reading import SpendFile
from tests.books import make_book

HEADER = "Date,Framework,Contractor,Member,Invoice,Net"
LINE = "31/03/2014,REGEN,BROOKS,SALIX,INV-1,100.00"


@dataclass(frozen=True)
class ReadBack:
    """All lines of a file in one chunk, and what was found."""

    lines: LineChunk
    findings: Findings
    file: SpendFile

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.findings.problems]

    @property
    def warnings(self) -> list[str]:
        return [warning.code for warning in self.findings.warnings]

    def problem(self) -> tuple[str, int | None, str, str]:
        """The one problem: its code, row, column and value."""
        (only,) = self.findings.problems
        return only.code, only.row, only.column, only.value


def read_file(path: Path, book: Book | None = None, **options: Any) -> ReadBack:
    file = SpendFile(path, book or make_book(), ReadOptions(**options))
    chunks = list(file.chunks())
    columns = [item.name for item in fields(LineChunk) if item.name != "base_pence"]
    empty: dict[str, Any] = {name: [] for name in columns}
    lines = LineChunk(**empty)
    for chunk in chunks:
        for name in columns:
            getattr(lines, name).extend(getattr(chunk, name))
        for name, pence in chunk.base_pence.items():
            lines.base_pence.setdefault(name, []).extend(pence)
    return ReadBack(lines, file.findings, file)


def read_text(
    folder: Path, text: str | bytes, book: Book | None = None, **options: Any
) -> ReadBack:
    """Read a text file with this content (UTF-8 where it is given as text)."""
    path = folder / "spend.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(path, book, **options)


def read_rows(folder: Path, *rows: str, **options: Any) -> ReadBack:
    """Read rows under the usual header."""
    return read_text(folder, "\n".join((HEADER, *rows)) + "\n", **options)


def write_workbook(path: Path, **sheets: Sequence[Any]) -> Path:
    """An XLSX workbook: dates as real date cells, texts as texts, numbers as numbers."""
    with xlsxwriter.Workbook(
        path,
        {
            "default_date_format": "dd/mm/yyyy",
            "strings_to_formulas": False,
            "strings_to_numbers": False,
        },
    ) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path
