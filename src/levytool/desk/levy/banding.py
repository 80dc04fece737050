"""Charging a banded return exactly: by what its accumulators hold when it is accepted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book, Framework, LevyBlock
from levytool.desk.book_in_force import book_in_force
from levytool.desk.office import Office
from levytool.ledger.database.bulk import update_rows
from levytool.ledger.documents.documents import last_entries
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.lines import lines_of
from levytool.ledger.spend.returns import StoredReturn
from levytool.rules.bands import accumulator_key, banded_levy, charge_accumulator
from levytool.rules.levy import block_in_force

_COLUMNS = (
    "line_no",
    "member_id",
    "date",
    "base_pence",
    "rate_ppm",
    "lot",
    "call_off",
    "levy_micropence",
)


@dataclass(slots=True)
class _Accumulated:
    """What an accumulator holds: base in pence, levy charged in micropence."""

    base_pence: int = 0
    charged_micropence: int = 0


def has_bands(framework: Framework) -> bool:
    """Whether any levy block of the framework is charged by bands."""
    return any(block.bands for block in framework.levy)


def banded_frameworks(office: Office) -> frozenset[str]:
    """The codes of frameworks whose levy on a staged return is known once it is accepted."""
    with office.reading() as connection:
        frameworks = book_in_force(connection).frameworks
    return frozenset(code for code, framework in frameworks.items() if has_bands(framework))


def charge_bands(connection: Connection, book: Book, stored: StoredReturn) -> None:
    """Charge the banded lines of a staged return by its accumulators as the books have them now.

    A document is the levy on the accumulator after it less what was charged before, so that the
    order of returns and their corrections come out the same (domain §3.2, *Bands*).
    """
    framework = book.frameworks[stored.framework]
    before = _accumulated(connection, book, framework)
    groups: dict[tuple[str, ...], tuple[LevyBlock, list[tuple[Any, ...]]]] = {}
    for _stored, key, block, line in _banded_lines(connection, book, framework, [stored]):
        groups.setdefault(key, (block, []))[1].append(line)
    changed: list[tuple[int, int, int, int, int]] = []
    for key, (block, lines) in groups.items():
        assert block.mode is not None  # a block with bands has a mode
        held = before.get(key, _Accumulated())
        charges = charge_accumulator(
            block.bands,
            block.mode,
            held.base_pence,
            held.charged_micropence,
            [line[3] for line in lines],
        )
        changed += [
            (charge.exact_micropence, charge.true_up_micropence, stored.id, line[0], line[1])
            for charge, line in zip(charges, lines, strict=True)
        ]
    update_rows(
        connection,
        "declaration_line",
        ("levy_micropence", "true_up_micropence"),
        ("return_id", "line_no", "member_id"),
        changed,
    )


def accumulator_levies(
    connection: Connection, book: Book
) -> Iterator[tuple[str, tuple[str, ...], int, int]]:
    """Each accumulator: its framework and key, the levy charged in it, and the levy its bands give
    on all that it holds, in micropence. The last two agree, however its returns came in.

    One that a correction has left without a line since is left out: what it is still owed waits
    for its next return.
    """
    for framework in book.frameworks.values():
        if not has_bands(framework):
            continue
        blocks = {block.since.isoformat(): block for block in framework.levy}
        waiting = _waiting(connection, book, framework)
        for key, held in sorted(_accumulated(connection, book, framework).items()):
            if key in waiting:
                continue
            block = blocks[key[0]]
            assert block.mode is not None  # a block with bands has a mode
            levy = banded_levy(block.bands, block.mode, held.base_pence)
            yield framework.code, key, held.charged_micropence, levy


def _accumulated(
    connection: Connection, book: Book, framework: Framework
) -> dict[tuple[str, ...], _Accumulated]:
    """What the framework's accepted returns have put into each accumulator."""
    accepted = _returns_of(connection, framework, returns.ACCEPTED)
    held: dict[tuple[str, ...], _Accumulated] = {}
    for _stored, key, _block, line in _banded_lines(connection, book, framework, accepted):
        accumulator = held.setdefault(key, _Accumulated())
        accumulator.base_pence += line[3]
        accumulator.charged_micropence += line[7]
    return held


def _waiting(connection: Connection, book: Book, framework: Framework) -> set[tuple[str, ...]]:
    """Accumulators that lost lines to a correction and were given none since."""
    corrected = _returns_of(connection, framework, returns.CORRECTED)
    if not corrected:
        return set()
    posted = last_entries(connection)
    lost: dict[tuple[str, ...], int] = {}
    given: dict[tuple[str, ...], int] = {}
    accepted = _returns_of(connection, framework, returns.ACCEPTED)
    for moments, chosen in ((lost, corrected), (given, accepted)):
        for stored, key, _block, _line in _banded_lines(connection, book, framework, chosen):
            moments[key] = max(moments.get(key, 0), posted.get(stored.id, 0))
    return {key for key, moment in lost.items() if moment > given.get(key, 0)}


def _returns_of(connection: Connection, framework: Framework, state: str) -> list[StoredReturn]:
    found = returns.find_returns(connection, states=(state,))
    return [item for item in found if item.framework == framework.code]


def _banded_lines(
    connection: Connection, book: Book, framework: Framework, chosen: Sequence[StoredReturn]
) -> Iterator[tuple[StoredReturn, tuple[str, ...], LevyBlock, tuple[Any, ...]]]:
    """Each banded line of the returns with its return, accumulator and block."""
    by_id = {stored.id: stored for stored in chosen}
    members = registers.register(connection, registers.MEMBER).codes
    for return_id, lines in lines_of(connection, list(by_id), _COLUMNS):
        stored = by_id[return_id]
        for line in lines:
            block = block_in_force(framework.levy, date.fromisoformat(line[2]))
            if line[4] is not None or block is None or not block.bands:
                continue
            key = accumulator_key(
                block,
                member=members[line[1]],
                contractor=stored.contractor,
                lot=line[5],
                call_off=line[6],
                period=stored.period,
                financial_year_starts=book.consortium.financial_year_starts,
            )
            yield stored, key, block, line
