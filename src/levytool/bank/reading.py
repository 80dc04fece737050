"""A bank's file to statements: what format it is, its content says, never its name's ending.

Each format has a module of its own that makes `statement.BankStatement` values.
"""

import codecs
import hashlib
import re
from pathlib import Path

from levytool.bank.csv_reader import read_csv
from levytool.bank.statement import StatementFile
from levytool.intake.container import TextSheet, UnreadableFile, open_sheets
from levytool.problems import Problem

CSV = "csv"

_ROWS_AT_ONCE = 10_000
_OTHERS = (
    (re.compile(rb"<.*camt\.", re.DOTALL), "a camt statement (ISO 20022)"),
    (re.compile(rb"(OFXHEADER|<.*<OFX|<OFX)", re.DOTALL | re.IGNORECASE), "an OFX statement"),
    (re.compile(rb"(.*[\r\n])?:20:", re.DOTALL), "an MT940 statement"),
    (re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0"), "a workbook"),
)
_HEAD_BYTES = 4096


def read_statement_file(path: Path) -> StatementFile:
    """Read a bank's file whole. What is wrong with it is in its problems, in one pass."""
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    head = content[:_HEAD_BYTES].removeprefix(codecs.BOM_UTF8).lstrip()
    other = next((what for shape, what in _OTHERS if shape.match(head)), None)
    if other is not None:
        hint = "export the account as CSV and import that"
        problem = Problem("unknown-format", f"it is {other}", hint, file=path.name)
        return StatementFile(path.name, sha256, "", problems=(problem,))
    try:
        rows = _rows_of(path)
    except UnreadableFile as reason:
        problem = Problem("unreadable-file", reason.message, reason.hint, path.name, reason.row)
        return StatementFile(path.name, sha256, "", problems=(problem,))
    statements, problems = read_csv(rows, path.name)
    recognised = CSV if not any(item.code == "no-header" for item in problems) else ""
    return StatementFile(path.name, sha256, recognised, statements, problems)


def _rows_of(path: Path) -> list[list[str]]:
    rows: list[list[str]] = []
    for sheet in open_sheets(path):
        assert isinstance(sheet, TextSheet)  # workbooks were told apart by their first bytes
        for batch in sheet.batches(_ROWS_AT_ONCE):
            rows += [[str(cell) for cell in row] for row in batch.rows]
    return rows
