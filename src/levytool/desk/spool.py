"""A file's charged lines kept on disk between reading and storing.

A file is read and checked in full before the books are locked and touched, so a bad file, a
Ctrl-C or a killed process costs nothing, and a million lines never stand in memory at once.
"""

import marshal
import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import fields
from hashlib import blake2b
from typing import IO

from levytool.desk.charging import ChargedChunk
from levytool.intake.lines import LineChunk

_COLUMNS = tuple(item.name for item in fields(LineChunk) if item.name != "base_pence")


class Spool:
    """Charged chunks in an unnamed temporary file, read back as often as wanted, in order."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._sizes: list[int] = []
        self.lines = 0

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def write(self, charged: ChargedChunk) -> None:
        """Keep a chunk."""
        chunk = charged.chunk
        columns = [getattr(chunk, name) for name in _COLUMNS]
        levy = [
            charged.base_pence,
            charged.rate_ppm,
            charged.member_pays,
            charged.levy_micropence,
        ]
        packed = marshal.dumps([columns, levy, key_hashes(chunk).tobytes()])
        self._sizes.append(self._file.write(packed))
        self.lines += len(chunk)

    def chunks(self) -> Iterator[tuple[ChargedChunk, "array[int]"]]:
        """Every chunk as it was written, with the hashes of its lines."""
        self._file.seek(0)
        for size in self._sizes:
            # In one read: marshal's own reading of a file goes value by value.
            columns, levy, packed = marshal.loads(self._file.read(size))
            hashes = array("q")
            hashes.frombytes(packed)
            yield ChargedChunk(LineChunk(*columns), *levy), hashes


def key_hashes(chunk: LineChunk) -> "array[int]":
    """64 bits of what makes a line the same declaration (contract, *already-declared*).

    Equal lines have equal hashes; the converse is always checked by the columns.
    """
    keys = zip(
        chunk.contractors,
        chunk.frameworks,
        chunk.call_offs,
        chunk.members,
        chunk.invoices,
        chunk.dates,
        map(str, chunk.net_pence),
        chunk.descriptions,
        strict=True,
    )
    join = "\x1f".join
    hashes = array("q")
    hashes.frombytes(
        b"".join([blake2b(join(key).encode(), digest_size=8).digest() for key in keys])
    )
    return hashes
