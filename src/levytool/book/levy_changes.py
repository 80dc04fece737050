"""On which days two versions of the book charge a different levy.

Levy already posted is never altered (contract, *The book*): a change on such days is refused and
takes a new dated block.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from levytool.book.check_levy import PROCUREMENT_ACT_IN_FORCE, SECTOR
from levytool.book.lines import Places
from levytool.book.read import parse_book
from levytool.book.records import Book, LevyBlock, LevyRate, fold
from levytool.problems import Problem


@dataclass(frozen=True, slots=True, order=True)
class LevyChange:
    """A framework's lines of these days, both included, would be charged differently.

    `last_day` None: without end. `member` '' for every member's lines.
    """

    framework: str
    first_day: date
    last_day: date | None
    member: str = ""


def altered_levy(old: Book, new: Book) -> tuple[LevyChange, ...]:
    """Where the new book's levy differs from the old one's, by framework and date.

    Days on which the old book charged nothing are left out: it has accepted no lines of them.
    """
    changes: list[LevyChange] = []
    moved = _members_in_another_sector(old, new)
    for code, framework in old.frameworks.items():
        changed = new.frameworks.get(code)
        blocks = changed.levy if changed else ()
        for first, last, before, after in _spans(framework.levy, blocks):
            if before is None:
                continue
            if _effect(before, old) != (after and _effect(after, new)):
                changes.append(LevyChange(code, first, last))
            elif SECTOR in map(fold, before.by):
                changes += [LevyChange(code, first, last, member) for member in moved]
    return tuple(_joined(sorted(changes, key=lambda c: (c.framework, c.member, c.first_day))))


def retrospective_warnings(
    changes: Iterable[LevyChange], new: Book, today: date, file: str = ""
) -> tuple[Problem, ...]:
    """What the Procurement Act 2023, s. 45(7), has to say of changes to levy of days gone by.

    A block in the past is no change by itself: it may have been in the book since before it began.
    So two versions of the book are compared. The line is that of the block that brings the change.
    """
    places = parse_book(new.text, file).places if new.text else Places()
    return tuple(
        Problem(
            "procurement-act",
            f"{change.framework}: the levy changes for past days, from {change.first_day}",
            "the law asks for a percentage fixed beforehand (Procurement Act 2023, section 45(7)); "
            "begin a new block on a coming day",
            file,
            places.row("frameworks", change.framework, "levy", _position(new, change)),
        )
        for change in changes
        if change.first_day < today
        and change.framework in new.frameworks
        and new.frameworks[change.framework].starts >= PROCUREMENT_ACT_IN_FORCE
    )


def _position(book: Book, change: LevyChange) -> int:
    """Which of its framework's blocks is in force on the first day of a change; 0 where none is."""
    blocks = book.frameworks[change.framework].levy
    begun = [position for position, b in enumerate(blocks) if b.since <= change.first_day]
    return begun[-1] if begun else 0


def _members_in_another_sector(old: Book, new: Book) -> list[str]:
    return [
        code
        for code, member in old.members.items()
        if code in new.members and fold(new.members[code].sector) != fold(member.sector)
    ]


def _spans(
    old: tuple[LevyBlock, ...], new: tuple[LevyBlock, ...]
) -> Iterable[tuple[date, date | None, LevyBlock | None, LevyBlock | None]]:
    """Runs of days on which neither book changes its block, with the block of each."""
    begins = sorted({block.since for block in (*old, *new)})
    for position, first in enumerate(begins):
        following = begins[position + 1] if position + 1 < len(begins) else None
        last = following - timedelta(days=1) if following else None
        yield first, last, _block_on(old, first), _block_on(new, first)


def _block_on(blocks: tuple[LevyBlock, ...], on: date) -> LevyBlock | None:
    begun = [block for block in blocks if block.since <= on]
    return begun[-1] if begun else None


def _effect(block: LevyBlock, book: Book) -> tuple[LevyBlock, int]:
    """What the block does to a line, whenever it began and however its words are spelt.

    Where it adds up a year's spend, the beginning of the financial year is part of it.
    """
    yearly = block.per in ("contractor-year", "framework-year")
    rows: dict[tuple[str, ...], LevyRate] = {}
    for row in block.rates:
        when = tuple(map(fold, row.when))
        base = tuple(map(fold, row.base or block.base))
        rows.setdefault(when, LevyRate(when, row.rate_ppm, base))
    plain = replace(
        block,
        since=block.since if block.bands else date.min,
        by=tuple(map(fold, block.by)),
        rates=tuple(rows[when] for when in sorted(rows)),
        base=() if rows else tuple(map(fold, block.base)),
    )
    return plain, book.consortium.financial_year_starts if yearly else 0


def _joined(changes: Iterable[LevyChange]) -> Iterable[LevyChange]:
    """Changes of days that follow one another as one change."""
    waiting: LevyChange | None = None
    for change in changes:
        if waiting and _follows(waiting, change):
            waiting = replace(waiting, last_day=change.last_day)
            continue
        if waiting:
            yield waiting
        waiting = change
    if waiting:
        yield waiting


def _follows(first: LevyChange, second: LevyChange) -> bool:
    return (
        (first.framework, first.member) == (second.framework, second.member)
        and first.last_day is not None
        and first.last_day + timedelta(days=1) == second.first_day
    )
