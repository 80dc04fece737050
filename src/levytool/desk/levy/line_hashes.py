"""64-bit hashes of a line's texts: equal lines have equal ones; the converse is always checked."""

from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from levytool.intake.lines import LineChunk

_BETWEEN = "\x1f"


def key_hashes(chunk: LineChunk) -> "array[int]":
    """What makes a line the same declaration as another (contract, *already-declared*)."""
    return declared_hashes(
        chunk.contractors,
        chunk.frameworks,
        chunk.call_offs,
        chunk.members,
        chunk.invoices,
        chunk.dates,
        chunk.net_pence,
        chunk.descriptions,
    )


def declared_hashes(
    contractors: Iterable[str],
    frameworks: Iterable[str],
    call_offs: Sequence[str],
    members: Sequence[str],
    invoices: Sequence[str],
    dates: Sequence[str],
    net_pence: Sequence[int],
    descriptions: Sequence[str],
) -> "array[int]":
    """`key_hashes` of columns; contractors and frameworks may go on for ever."""
    nets = map(str, net_pence)
    # Not strict: zip ends with the columns that have an end.
    return _hashes(
        zip(
            contractors,
            frameworks,
            call_offs,
            members,
            invoices,
            dates,
            nets,
            descriptions,
            strict=False,
        )
    )


def rest_hashes(lots: Sequence[str], credited: Sequence[str], kept: Sequence[str]) -> "array[int]":
    """What the key leaves out: lot, credited invoice, kept columns. 0 for a line with none."""
    if not (any(lots) or any(credited) or any(kept)):
        return array("q", bytes(8 * len(lots)))
    rests = list(zip(lots, credited, kept, strict=True))
    hashes = _hashes(rests)
    for position, rest in enumerate(rests):
        if not any(rest):
            hashes[position] = 0
    return hashes


def _hashes(rows: Iterable[Sequence[str]]) -> "array[int]":
    copy = blake2b(digest_size=8).copy
    digests = []
    for row in map(str.encode, map(_BETWEEN.join, rows)):
        hasher = copy()  # a third quicker than a new one
        hasher.update(row)
        digests.append(hasher.digest())
    hashes = array("q")
    hashes.frombytes(b"".join(digests))
    return hashes
