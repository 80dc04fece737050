"""A bank's file to statements: what format it is, its content says, never its name's ending.

Each format has a module of its own that makes `statement.BankStatement` values.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from xml.parsers.expat import ExpatError

from levytool.bank.camt_reader import BYTES_WORTH_WORKERS, CamtBegun, begin_camt, read_camt
from levytool.bank.csv_columns import ColumnNames
from levytool.bank.csv_reader import read_csv
from levytool.bank.labelled_text import labelled_rows
from levytool.bank.mt940_reader import MT940, read_mt940
from levytool.bank.ofx_reader import OFX, read_ofx
from levytool.bank.proof import statement_problems, without_repeats
from levytool.bank.statement import BankStatement, StatementFile
from levytool.bank.xml_parts import UnsafeXml
from levytool.intake.container import TextSheet, UnreadableFile, open_sheets
from levytool.intake.encoding import NotText, find_encoding
from levytool.problems import Problem

CSV = "csv"
FORMATS = "camt.052, camt.053 or camt.054, MT940, OFX, or CSV"

_ROWS_AT_ONCE = 10_000
_OFX_HEAD = re.compile(rb"(?:OFXHEADER|<OFX|(?:<\?[^>]*>\s*)+<OFX|.*<\?OFX)", re.DOTALL | re.I)
_MT940_HEAD = re.compile(rb"(?:\{1:|(?:[^\r\n]*+[\r\n]++){0,9}?:20:)")
_MARKUP = re.compile(rb"<(?:\?xml|!|[A-Za-z])")
_WORKBOOK = re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0")
_HEAD_BYTES = 4096
_UTF_16 = (
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_LABELS_WITHIN = 12
_BLOCK_BYTES = 1 << 20


@contextmanager
def reading_ahead(path: Path) -> Iterator[CamtBegun | None]:
    """Begin to read a large camt file on the other cores, while this process gets ready to take it.

    None for any other file; what is wrong with it is told when it is read.
    """
    with ExitStack() as begun:
        if path.stat().st_size < BYTES_WORTH_WORKERS or not _may_be_camt(_head(path)):
            yield None
            return
        ahead = None
        with suppress(UnsafeXml, ExpatError):
            ahead = begun.enter_context(begin_camt(path))
        yield ahead


def read_statement_file(
    path: Path,
    names: ColumnNames | None = None,
    sha256: str = "",
    ahead: CamtBegun | None = None,
) -> StatementFile:
    """Read a bank's file whole. What is wrong with it is in its problems, in one pass.

    `names` says which columns of a CSV export are which, where a person has said it; `sha256` is
    the file's digest where it is known, `ahead` what `reading_ahead` gave.
    """
    sha256 = sha256 or file_digest(path)
    try:
        return _read(path, sha256, _head(path), names, ahead)
    except UnreadableFile as reason:
        problem = Problem("unreadable-file", reason.message, reason.hint, path.name, reason.row)
    except NotText as reason:
        hint = "fetch the statement again from the bank, whole and unedited"
        problem = Problem("unreadable-file", f"it is not text: {reason}", hint, path.name)
    return StatementFile(path.name, sha256, "", problems=(problem,))


def _head(path: Path) -> bytes:
    """How the file begins; as UTF-8 where its first bytes say that it is UTF-16.

    XML in UTF-16 may lack its byte order mark: then `<?` tells, as in XML 1.0, appendix F.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    found = next((name for mark, name in _UTF_16 if head.startswith(mark)), None)
    if found:
        head = head.decode(found, "ignore").encode()
    return head.removeprefix(codecs.BOM_UTF8).lstrip()


def _may_be_camt(head: bytes) -> bool:
    """Whether a file begins as XML does, and not as OFX does."""
    return _OFX_HEAD.match(head) is None and _MARKUP.match(head) is not None


def _read(
    path: Path, sha256: str, head: bytes, names: ColumnNames | None, ahead: CamtBegun | None
) -> StatementFile:
    name = path.name
    if not head:
        hint = "fetch the statement again from the bank"
        problem = Problem("no-header", "the file is empty", hint, name)
        return StatementFile(name, sha256, "", problems=(problem,))
    if _WORKBOOK.match(head):
        return _unknown(name, sha256, "a workbook", "save the sheet as CSV and import that")
    if _OFX_HEAD.match(head):
        return _file(name, sha256, OFX, *read_ofx(_text(path), name))
    if _may_be_camt(head):
        message, statements, problems, warnings = read_camt(path, ahead)
        if not message and not problems:
            return _unknown(name, sha256, "XML, but no statement that is known here")
        return _file(name, sha256, message, statements, problems, warnings)
    if _MT940_HEAD.match(head):
        return _file(name, sha256, MT940, *read_mt940(_text(path), name))
    statements_, problems_ = read_csv(_rows_of(path), name, names)
    recognised = "" if any(item.code == "no-header" for item in problems_) else CSV
    return StatementFile(name, sha256, recognised, statements_, problems_)


def _file(
    name: str,
    sha256: str,
    recognised: str,
    statements: Sequence[BankStatement],
    problems: Sequence[Problem],
    warnings: Sequence[Problem] = (),
) -> StatementFile:
    """A file whose format was recognised, with what the statements themselves tell.

    Balances say nothing where an entry between them was refused.
    """
    kept, repeats = without_repeats(statements, name)
    found = list(problems)
    if not statements and not found:
        hint = "fetch the statement again from the bank, whole and unedited"
        what = recognised.upper() if "." not in recognised else recognised
        found.append(Problem("no-statement", f"the {what} file has no statement", hint, name))
    proved = statement_problems(kept, name)
    found += [item for item in proved if not problems or item.code == "wrong-currency"]
    told = (*warnings, *repeats)
    return StatementFile(name, sha256, recognised, tuple(kept), tuple(found), told)


def _unknown(name: str, sha256: str, what: str, hint: str = "") -> StatementFile:
    hint = hint or f"export the account as {FORMATS}"
    problem = Problem("unknown-format", f"it is {what}", hint, file=name)
    return StatementFile(name, sha256, "", problems=(problem,))


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file's content: by it a file is known when it comes again."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _text(path: Path) -> str:
    """The whole text. Raises NotText."""
    return path.read_text(encoding=find_encoding(path))


def _rows_of(path: Path) -> list[list[str]]:
    rows: list[list[str]] = []
    for sheet in open_sheets(path):
        assert isinstance(sheet, TextSheet)  # workbooks were told apart by their first bytes
        for batch in sheet.batches(_ROWS_AT_ONCE):
            rows += [[str(cell) for cell in row] for row in batch.rows]
    labelled = any(row and row[0].lstrip().startswith("Date:") for row in rows[:_LABELS_WITHIN])
    found = labelled_rows(_text(path).splitlines()) if labelled else None
    return rows if found is None else found
