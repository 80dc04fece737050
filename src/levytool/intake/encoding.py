"""Which encoding a text file is in: its byte order mark, else strict UTF-8, else cp1252.

The whole file decides, not its beginning, and no statistics are used: they take a British cp1252
text for another code page, and its pound signs with it.
"""

import codecs
from pathlib import Path

BLOCK_BYTES = 1 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NotText(Exception):
    """The file's bytes are no text in any encoding tried; the message says why."""


def find_encoding(path: Path, named: str | None = None) -> str:
    """The encoding to read `path` with; `named` is a layout's own.

    Raises NotText where the bytes do not fit, and for a name that is no encoding.
    """
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if named is not None:
        encoding = _known(named)
        if encoding == "utf-8" and marked == "utf-8-sig":
            encoding = "utf-8-sig"
        _require(path, encoding)
        return encoding
    if marked is not None:
        _require(path, marked)
        return marked
    if _fits(path, "utf-8"):
        return "utf-8"
    _require(path, "cp1252")
    return "cp1252"


def _known(named: str) -> str:
    try:
        "".encode(named)
        return codecs.lookup(named).name
    except LookupError:
        raise NotText(f"{named!r} is not the name of an encoding") from None


def _require(path: Path, encoding: str) -> None:
    if not _fits(path, encoding):
        raise NotText(f"its bytes are not {encoding} text")


def _fits(path: Path, encoding: str) -> bool:
    """Whether all the bytes decode, to text without NUL characters."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                if "\0" in decoder.decode(block):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
