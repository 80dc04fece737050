"""Reading camt.052, camt.053 and camt.054 (ISO 20022), whatever version they are of.

Elements are known by their local names, so that the namespace does not matter. The file is read
in parts, a large one's side by side on the cores there are: this process reads from the front, the
others from the end, until they meet. Then each statement is put together.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import ExpatError

from levytool.bank.camt_entry import EntryReader
from levytool.bank.camt_piece import StatementPiece
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import BankStatement
from levytool.bank.xml_parts import UnsafeXml, XmlParts, cut_behind, local_name
from levytool.problems import Problem
from levytool.processes import collector_at_rest, cores, workers
from levytool.text import counted

MESSAGES = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}
BYTES_WORTH_WORKERS = 10 << 20
"""In a smaller file, starting processes takes longer than it saves."""

_PARTS_AT_ONCE = 4
"""So few that Ctrl-C has not long to wait."""


def read_camt(
    path: Path, begun: "CamtBegun | None" = None
) -> tuple[str, list[BankStatement], list[Problem], list[Problem]]:
    """The message's name, its statements, what is wrong and what is worth a look.

    The name is '' where the file is XML, but none of these messages. `begun` is what `begin_camt`
    gave, where the file was begun before.
    """
    try:
        if begun is None:
            with begin_camt(path) as now:
                told = _told(now)
        else:
            told = _told(begun)
    except UnsafeXml:
        problem = Problem(
            "unsafe-xml",
            "the file declares a document type or entities, as no bank's statement does: it could "
            "read other files or fill the memory",
            "do not open it; fetch the statement from the bank itself",
            file=path.name,
        )
        return "", [], [problem], []
    except (ParseError, ExpatError) as reason:
        problem = Problem(
            "unreadable-file", f"it is no well-formed XML: {reason}", FETCH_AGAIN, file=path.name
        )
        return "", [], [problem], []
    return _put_together(told, path.name)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a part of the file tells: its first piece goes on with the last of the part before.

    A line's or problem's row is its entry's place within the part, of which there are `entries`.
    """

    message: str
    pieces: list[StatementPiece]
    problems: list[Problem]
    entries: int
    waiting: int


@dataclass(frozen=True, slots=True)
class CamtBegun:
    """A file in runs of parts, and by its place the future of each that others may begin with."""

    parts: XmlParts
    runs: Sequence[range]
    later: Mapping[int, Future[list[_Told]]]


@contextmanager
def begin_camt(path: Path) -> Iterator[CamtBegun]:
    """Cut a file into parts; of a large one, other processes begin at once to read the last.

    Raises UnsafeXml, or ExpatError for what is no well-formed XML.
    """
    if path.stat().st_size < BYTES_WORTH_WORKERS or cores() < 2:
        parts = cut_behind(path, "Ntry")
        yield CamtBegun(parts, (range(parts.count),), {})
        return
    with workers(cores() - 1) as pool:
        pool.submit(_read_parts, XmlParts(path), range(0))  # it starts while the file is cut
        parts = cut_behind(path, "Ntry")
        every = range(parts.count)
        runs = [every[start : start + _PARTS_AT_ONCE] for start in every[::_PARTS_AT_ONCE]]
        later = {
            place: pool.submit(_read_parts, parts, runs[place])
            for place in reversed(range(len(runs)))
        }
        yield CamtBegun(parts, runs, later)


def _told(begun: CamtBegun) -> list[_Told]:
    """What each part tells, in order. Raises ParseError or ExpatError."""
    found: list[_Told] = []
    try:
        for place, run in enumerate(begun.runs):
            later = begun.later.get(place)
            if later is None or later.cancel():  # nobody else has begun with it
                found += _read_parts(begun.parts, run)
            else:
                found += later.result()
    except ParseError:
        return [_read_part(begun.parts.whole(), 0)]
    return found


def _read_parts(parts: XmlParts, run: range) -> list[_Told]:
    return [_read_part(parts, part) for part in run]


@collector_at_rest()
def _read_part(parts: XmlParts, part: int) -> _Told:
    entries = EntryReader(parts.path.name)
    told, pieces = "", []
    for message in _upper(parts.root(part)):
        if local_name(message) in MESSAGES:
            told, name = MESSAGES[local_name(message)]
            for statement in message:
                if local_name(statement) == name:
                    pieces.append(StatementPiece())
                    pieces[-1].read(statement, entries)
    return _Told(told, pieces, entries.problems, entries.read_so_far, entries.waiting)


def _put_together(
    told: list[_Told], file: str
) -> tuple[str, list[BankStatement], list[Problem], list[Problem]]:
    pieces: list[StatementPiece] = []
    problems: list[Problem] = []
    entries = 0
    for part in told:
        for piece in part.pieces:
            piece.stand_behind(entries)
        problems += [replace(item, row=item.row and item.row + entries) for item in part.problems]
        if pieces and part.pieces:
            pieces[-1].go_on(part.pieces.pop(0))
        pieces += part.pieces
        entries += part.entries
    statements = [piece.statement() for piece in pieces]
    waiting = sum(part.waiting for part in told)
    return told[0].message, statements, problems, [*_not_booked(waiting, file)]


def _not_booked(waiting: int, file: str) -> Iterator[Problem]:
    """Entries that are announced, but not booked."""
    if waiting:
        yield Problem(
            "not-booked",
            f"{counted(waiting, 'entry is', 'entries are')} not booked yet and left out",
            "import the statement that has them as booked",
            file=file,
        )


def _upper(root: Element) -> list[Element]:
    """Where a message may stand: alone, in a document, or in the envelope some put around it."""
    found = [root]
    for element in found:
        if local_name(element) in ("Document", "BizMsgEnvlp"):
            found += element
    return found
