"""A whole file's charged lines between reading and storing: numbers in arrays, texts on disk.

A file is read and checked in full before the books are locked and touched, so a bad file, a
Ctrl-C or a killed process costs nothing. What the books need of every line stands in memory at
some 70 bytes a line; its texts wait in an unnamed temporary file until they are stored.
"""

import marshal
import tempfile
from array import array
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import IO, TypeVar

from levytool.desk.levy.line_hashes import key_hashes, rest_hashes
from levytool.desk.spend.charging import ChargedChunk

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

Codes = tuple[str, str, str]
"""Contractor, framework and period of a return, as codes and text."""

BANDED = -1
"""Stands in `rate_ppm` for a line that is charged by bands and has no rate of its own."""

UNCOVERED = -2
"""Stands in `rate_ppm` for a credit note that no rule covers: the line it names may have a rate."""

_SPOOLED = ("invoices", "lots", "credits", "descriptions", "kept")


@dataclass(frozen=True, slots=True)
class LineTexts:
    """The texts of a run of lines, `start` being the position of the first."""

    start: int
    dates: list[str]
    call_offs: list[str]
    invoices: list[str]
    lots: list[str]
    credits: list[str]
    descriptions: list[str]
    kept: list[str]

    @property
    def positions(self) -> range:
        """The positions of the run's lines in the file."""
        return range(self.start, self.start + len(self.dates))

    def columns(self) -> dict[str, list[str]]:
        """The texts that lines are stored with, by column; what is blank throughout is left out."""
        named = {
            "lot": self.lots,
            "call_off": self.call_offs,
            "invoice": self.invoices,
            "credits": self.credits,
            "description": self.descriptions,
            "kept": self.kept,
        }
        return {name: column for name, column in named.items() if any(column)}


class FileLines:
    """Every line of a file by position, from 0, in file order.

    `return_of`, `member_of`, `call_off_of`, `date_of` and `credit_of` hold numbers of the values in
    `returns`, `members`, `call_offs`, `dates` and `credits` (credited invoices, 0 for none);
    `positions` has the lines of each return.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed on exit
        self._sizes: list[int] = []
        self._counts: list[int] = []
        self.returns: dict[Codes, int] = {}
        self.members: dict[str, int] = {}
        self.call_offs: dict[str, int] = {}
        self.dates: dict[str, int] = {}
        self.credits: dict[str, int] = {"": 0}
        self.positions: list[array[int]] = []
        self.return_of = array("i")
        self.member_of = array("i")
        self.call_off_of = array("i")
        self.date_of = array("i")
        self.credit_of = array("i")
        self.rows = array("i")
        self.net_pence = array("q")
        self.base_pence = array("q")
        self.rate_ppm = array("i")
        self.member_pays = array("b")
        self.levy_micropence = array("q")
        self.key_hash = array("q")
        self.rest_hash = array("q")

    def __enter__(self) -> "FileLines":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, charged: ChargedChunk) -> None:
        """Take a chunk."""
        chunk = charged.chunk
        start = len(self)
        codes = list(zip(chunk.contractors, chunk.frameworks, chunk.periods, strict=True))
        numbers = _numbered(self.returns, codes)
        self.positions.extend(array("i") for _ in range(len(self.returns) - len(self.positions)))
        positions = self.positions
        for position, number in enumerate(numbers, start):
            positions[number].append(position)
        self.return_of.fromlist(numbers)
        self.member_of.fromlist(_numbered(self.members, chunk.members))
        self.call_off_of.fromlist(_numbered(self.call_offs, chunk.call_offs))
        self.date_of.fromlist(_numbered(self.dates, chunk.dates))
        self.credit_of.fromlist(_numbered(self.credits, chunk.credits))
        self.rows.fromlist(chunk.rows)
        self.net_pence.fromlist(chunk.net_pence)
        self.base_pence.fromlist(charged.base_pence)
        self.rate_ppm.fromlist([BANDED if rate is None else rate for rate in charged.rate_ppm])
        self.member_pays.fromlist(charged.member_pays)
        self.levy_micropence.fromlist(charged.levy_micropence)
        self.key_hash.extend(key_hashes(chunk))
        self.rest_hash.extend(rest_hashes(chunk.lots, chunk.credits, chunk.kept))
        columns = [getattr(chunk, name) for name in _SPOOLED]
        packed = marshal.dumps([column if any(column) else None for column in columns])
        self._sizes.append(self._file.write(packed))
        self._counts.append(len(chunk))

    def texts(self) -> Iterator[LineTexts]:
        """The texts of every line, a chunk at a time, in order."""
        dates, call_offs = list(self.dates), list(self.call_offs)
        self._file.seek(0)
        start = 0
        for size, count in zip(self._sizes, self._counts, strict=True):
            # In one read: marshal's own reading of a file goes value by value.
            spooled = marshal.loads(self._file.read(size))
            yield LineTexts(
                start,
                [dates[number] for number in self.date_of[start : start + count]],
                [call_offs[number] for number in self.call_off_of[start : start + count]],
                *([""] * count if column is None else column for column in spooled),
            )
            start += count


def gathered(column: Sequence[T], positions: Sequence[int]) -> tuple[T, ...]:
    """The column's values at the positions, gathered by the quickest way there is."""
    if len(positions) < 2:  # for which itemgetter has no tuple
        return tuple(column[position] for position in positions)
    found: tuple[T, ...] = itemgetter(*positions)(column)
    return found


def _numbered(numbers: dict[K, int], values: Sequence[K]) -> list[int]:
    """The number of each value, new ones numbered in the order they are met."""
    try:
        return [numbers[value] for value in values]
    except KeyError:
        for value in values:
            if value not in numbers:
                numbers[value] = len(numbers)
    return [numbers[value] for value in values]
