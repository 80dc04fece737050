"""Whether a file in hand is what was issued, and whether the books still agree with it."""

import html
import io
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from levytool.desk.month_end.statements import statement_of_kind
from levytool.desk.office import Office
from levytool.ledger.reports.issued_statements import (
    IssuedStatement,
    altered,
    issued_statement,
    issued_statements,
    kept_value,
    sha256_of,
)
from levytool.problems import InputRejected
from levytool.statements.differences import Difference, differences
from levytool.statements.forms import every_form
from levytool.statements.kept import statement_kept
from levytool.statements.sections import Statement

MOST_UNPACKED = 64_000_000
"""Bytes of a workbook that are looked through for a number; one that unpacks to more is none."""

_NOT_PACKED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, RuntimeError, ValueError),
)
"""All that zipfile raises for bytes that are none, are damaged, or packed in a way of their own."""
_NUMBER = re.compile(
    r"(?:\bfinal |\bnumber\W{1,6}|\bkeywords\W{0,12})ST-(\d{6,15})\b", re.IGNORECASE
)
"""A statement's own number as the forms say it: one that a draft names otherwise is another's."""

MOST_NUMBERS = 3
"""Numbers that are looked at: a statement has one of its own."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file is: of which issued statement, in which form if it is that to the byte, and what
    the books now tell differently. `damage` says what of the ledger's own copy was altered."""

    file: str
    sha256: str
    made: IssuedStatement
    form: str
    differences: tuple[Difference, ...]
    damage: str = ""

    @property
    def is_as_issued(self) -> bool:
        """Whether the file is byte for byte what was issued, by a ledger that is whole."""
        return bool(self.form) and not self.damage

    def as_json(self) -> dict[str, Any]:
        """The object that scripts read."""
        own = self.made.proposed
        return {
            "file": self.file,
            "sha256": self.sha256,
            "statement": self.made.number,
            "kind": own.kind,
            "code": own.code,
            "period": str(own.period),
            "issued": self.made.issued_at[:10],
            "form": self.form or None,
            "as_issued": self.is_as_issued,
            "books_agree": not self.differences,
            "differences": [one.as_json() for one in self.differences],
        }


def verify_statement(office: Office, name: str, data: bytes) -> Verified:
    """What a file is. Raises InputRejected for one that is no issued statement of these books."""
    sha256 = sha256_of(data)
    with office.reading() as connection:
        made, form, kept = _recognised(connection, name, data, sha256)
        own = made.proposed
        desk = replace(office, trial=connection)
        now = statement_of_kind(desk, own.kind, own.code, own.period, None)
        damage = altered(connection, made)
    return Verified(name, sha256, made, form, differences(kept, now), damage)


def _recognised(
    connection: Connection, name: str, data: bytes, sha256: str
) -> tuple[IssuedStatement, str, Statement]:
    """The issued statement that a file is, or says it is, and the form it is of it to the byte."""
    for made in issued_statements(connection):
        for form, known in made.forms.items():
            if known == sha256:
                return made, form, statement_kept(kept_value(connection, made.id))
    told = words_of(data)
    numbers = dict.fromkeys(int(found) for found in _NUMBER.findall(told))
    for number in islice(numbers, MOST_NUMBERS):
        named = issued_statement(connection, number)
        if named is None:
            continue
        kept = statement_kept(kept_value(connection, number))
        for form, written in every_form(kept):
            if written == data:
                return named, form, kept
        if _plain(kept.issuer.name) in told and _plain(kept.subject.name) in told:
            return named, "", kept
    raise InputRejected(
        f"{name} is no statement that was issued from these books; a draft is told apart by its "
        "status, and what was issued is listed by: levytool statement list"
    )


def words_of(data: bytes) -> str:
    """The text of a file as far as it can be read, in one line; of a workbook, of all its parts."""
    if data[:2] == b"PK":
        data = _unpacked(data)
    return _plain(data.decode("utf-8", "replace"))


def _plain(text: str) -> str:
    """Text without what the forms write in their own ways: spaces, entities, escapes."""
    return " ".join(html.unescape(text).replace("\\", "").split())


def _unpacked(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                return b""
            return b"\n".join(_part(packed, part) for part in parts)
    except _NOT_PACKED:
        return b""


def _part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """One part of a workbook; nothing of one that was damaged, since the others tell what it is."""
    try:
        return packed.read(part)
    except _NOT_PACKED:
        return b""
