"""The consortium's logo: a picture that the book names, and that the ledger keeps within its book.

`logo = "logo.svg"` names a file beside the book's. When the book is read to be applied, the file's
bytes take the place of its name, as a `data:` address (RFC 2397), so that a statement of any day
has the logo of its book, and `book show` gives a book that needs no other file.
"""

import hashlib
import re
import tomllib
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable

from levytool.problems import Problem

LARGEST = 200_000
"""The most bytes a logo may have."""

SVG = "image/svg+xml"
PNG = "image/png"

_KEPT = re.compile(rf"data:({re.escape(SVG)}|{PNG});base64,(.*)", re.DOTALL)
_LINE = re.compile(r"^([ \t]*logo[ \t]*=[ \t]*)(\"[^\"\n]*\"|'[^'\n]*')", re.MULTILINE)

Refusal = tuple[str, str]
"""What is wrong, and what to do."""


def with_logo(
    text: str, file: str, read: Callable[[str], bytes]
) -> tuple[str, tuple[Problem, ...]]:
    """The book's text with its logo's bytes in it, where it names a file; and what is wrong of it.

    `read` gives the bytes of a file named in the book; it raises OSError. A book that cannot be
    read at all stays as it is: its own reader says why.
    """
    try:
        named = tomllib.loads(text).get("consortium", {}).get("logo")
    except (tomllib.TOMLDecodeError, AttributeError):
        return text, ()
    line = next((m for m in _LINE.finditer(text) if m[2][1:-1] == named), None)
    if not isinstance(named, str) or not named or line is None:
        return text, ()
    row = text[: line.start()].count("\n") + 1
    kept = _KEPT.fullmatch(named)
    try:
        data = b64decode(kept[2], validate=True) if kept else read(named)
    except (OSError, Error):
        hint = "put the file beside the book, or take the line out"
        return text, (Problem("bad-logo", "the logo cannot be read", hint, file, row, "logo"),)
    media, refusal = _kind(data)
    if refusal:
        shown = "" if kept else named
        return text, (Problem("bad-logo", *refusal, file, row, "logo", shown),)
    address = f'"data:{media};base64,{b64encode(data).decode()}"'
    return text[: line.start(2)] + address + text[line.end(2) :], ()


def picture(logo: str) -> tuple[str, bytes] | None:
    """Media type and bytes of a logo that the ledger keeps; None where there is none."""
    kept = _KEPT.fullmatch(logo)
    return (kept[1], b64decode(kept[2])) if kept else None


def logo_words(logo: str) -> str:
    """A logo in words short enough for a list of changes."""
    found = picture(logo)
    if found is None:
        return logo
    media, data = found
    return f"{media}, {len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:12]}…"


def _kind(data: bytes) -> tuple[str, Refusal | None]:
    """The media type by the bytes, whatever the file is called; or why it is refused."""
    if len(data) > LARGEST:
        size = f"the logo has {len(data):,} bytes; at most {LARGEST:,} are kept"
        return "", (size, "make the picture smaller")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG, None
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and re.search(rb"<svg[\s>]", data):
        if re.search(rb"<!ENTITY|<script[\s>]|<foreignObject[\s>]", data, re.IGNORECASE):
            return "", ("the logo is more than a picture", "save it as plain SVG, or as PNG")
        return SVG, None
    return "", ("the logo is neither SVG nor PNG", "save the picture as SVG or PNG")
