"""What the forms of a statement say, read back from each as whoever receives it would."""

import csv
import html.parser
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from levytool.money import display_pence
from levytool.statements.forms import Form, written
from levytool.statements.layout import laid_out
from levytool.statements.render_xlsx import render_xlsx
from levytool.statements.sections import Grid, Statement, Table
from tests.conftest import missing_piece


def page_words(statement: Statement, *, spread: bool = False) -> list[str]:
    """Every cell that pages show, with the key figures before them."""
    found = [display_pence(figure.pence) for figure in statement.key_figures]
    every = (part for section in statement.sections for part in section.parts)
    for part in every:
        laid = laid_out(part, spread=spread) if isinstance(part, Table | Grid) else None
        for row in laid.rows if laid else ():
            cells = (row.name, *row.cells)
            found += [text for cell in cells for text in (cell.text, cell.small) if text]
    return found


def squeezed(text: str) -> str:
    """Text without spaces, breaks and the marks where a long word may break."""
    return re.sub(r"[\s\u200b]+", "", text)


def pdf_text(data: bytes) -> str:
    """What a reader finds in a PDF (by poppler's pdftotext)."""
    tool = shutil.which("pdftotext")
    if tool is None:
        missing_piece("pdftotext is missing: sudo apt-get install poppler-utils")
    done = subprocess.run(
        [str(tool), "-layout", "-", "-"], input=data, capture_output=True, check=True
    )
    return done.stdout.decode()


class PageText(html.parser.HTMLParser):
    """What an HTML page says outside its styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said = ""
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.said += data


def said_by(statement: Statement, form: Form) -> str:
    """All the words of a page in one of the forms for reading."""
    data = written(statement, form).data
    if isinstance(data, bytes):
        return pdf_text(data)
    return PageText(data).said if form == "html" else data


def csv_rows(statement: Statement) -> list[dict[str, str]]:
    text = written(statement, "csv").data
    assert isinstance(text, str)
    return list(csv.DictReader(io.StringIO(text)))


def json_said(statement: Statement) -> dict[str, Any]:
    text = written(statement, "json").data
    assert isinstance(text, str)
    found: dict[str, Any] = json.loads(text)
    return found


def sheets(statement: Statement, folder: Path) -> dict[str, list[list[Any]]]:
    """The cells of every sheet of the workbook, as a spreadsheet program reads them."""
    path = folder / "statement.xlsx"
    path.write_bytes(render_xlsx(statement))
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
