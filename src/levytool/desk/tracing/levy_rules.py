"""Levy blocks of the book, in the version that was in force when a return was accepted."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from levytool.book.names import Names
from levytool.book.read import Reading, parse_book
from levytool.book.records import Framework, LevyBlock
from levytool.desk.given import unknown
from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, parts_of, refs
from levytool.desk.tracing.trace import Facts, pounds, told
from levytool.desk.tracing.walk import LISTED
from levytool.ledger.proofs import traced
from levytool.ledger.proofs.explained import BookVersion, book_versions, version_text
from levytool.ledger.spend.returns import StoredReturn, return_number
from levytool.money import format_percent
from levytool.periods import Month
from levytool.problems import UsageError
from levytool.rules.levy import block_in_force


def rule_of_line(books: OpenBooks, stored: StoredReturn, line: dict[str, Any]) -> str:
    """The block that charged a line; '' where only the line it credits tells its rate."""
    version = _version_on(books, traced.accepted_at(books.connection, stored.id))
    framework = _reading(books, version).book.frameworks[stored.framework]
    block = block_in_force(framework.levy, date.fromisoformat(line["date"]))
    return _ref(framework.code, block, version) if block is not None else ""


def _ref(framework: str, block: LevyBlock, version: BookVersion) -> str:
    return f"rule:{framework}/{block.since}@{version.number}"


def _version_on(books: OpenBooks, moment: str) -> BookVersion:
    """The version in force at a moment: the last that was applied by then."""
    versions = book_versions(books.connection)
    return next((one for one in reversed(versions) if one.applied_at <= moment), versions[0])


@lru_cache(maxsize=4)
def _read(text: str) -> Reading:
    return parse_book(text)


def _reading(books: OpenBooks, version: BookVersion) -> Reading:
    return _read(version_text(books.connection, version.number))


def _find_rule(books: OpenBooks, match: re.Match[str]) -> Thing:
    code, day = match[1].upper(), match[2]
    version = _named_version(books, match[3])
    reading = _reading(books, version)
    framework = reading.book.frameworks.get(code)
    if framework is None:
        names = Names(reading.book).frameworks
        raise UsageError(unknown("framework", code, names, "levytool book show"))
    days = [str(block.since) for block in framework.levy]
    if day not in days:
        raise UsageError(f"{code} has no levy block from {day}; it has: {', '.join(days)}")
    place = days.index(day)
    block = framework.levy[place]
    row = reading.places.row("frameworks", code, "levy", place)
    facts = _facts(framework, block, place) + told(
        book=f"version {version.number}, {version.applied_at[:10]} by {version.applied_by}",
        line_in_the_book=row,
        sha256=version.sha256,
    )
    title = (
        f"{code} from {day}: {_kind(block)}, paid by the {block.payer}, "
        f"line {row} of book version {version.number}, sha256 {version.sha256[:12]}…"
    )
    return Thing(
        "rule",
        _ref(code, block, version),
        title,
        facts,
        because=lambda: refs("written in", f"book:{version.number}"),
        became=lambda: _charged(books, framework, place),
    )


def _named_version(books: OpenBooks, words: str | None) -> BookVersion:
    versions = book_versions(books.connection)
    if not words:
        return versions[-1]
    for version in versions:
        if words == str(version.number) or (len(words) >= 6 and version.sha256.startswith(words)):
            return version
    raise UsageError(f"there is no book version {words}; the last is {versions[-1].number}")


def _kind(block: LevyBlock) -> str:
    if block.rate_ppm is not None:
        return f"flat {format_percent(block.rate_ppm)}"
    if block.bands:
        rates = ", ".join(format_percent(band.rate_ppm) for band in block.bands)
        return f"{block.mode} bands per {block.per} ({rates})"
    rates = ", ".join(dict.fromkeys(format_percent(row.rate_ppm) for row in block.rates))
    return f"by {', '.join(block.by)} ({rates})"


def _facts(framework: Framework, block: LevyBlock, place: int) -> Facts:
    limits = (block.minimum_pence, block.maximum_pence)
    minimum, maximum = ("" if pence is None else pounds(pence) for pence in limits)
    return told(
        framework=f"{framework.code} {framework.title}",
        block=f"from {block.since}",
        until=_until(framework, place) or "",
        payer=block.payer,
        kind=_kind(block),
        base=" + ".join(block.base),
        rounding=block.rounding,
        minimum=minimum,
        maximum=maximum,
    )


def _until(framework: Framework, place: int) -> date | None:
    """The last day of a block: the one before the next begins, or the framework's end."""
    later = [
        after.since for before, after in pairwise(framework.levy) if before is framework.levy[place]
    ]
    return later[0] - timedelta(days=1) if later else framework.ends


def _charged(books: OpenBooks, framework: Framework, place: int) -> Iterable[Parts]:
    """The returns of the block's months. A line goes by its own date, so in the months where the
    rule changes a return may have lines of either block."""
    since, until = framework.levy[place].since, _until(framework, place) or date.max
    found, count = traced.returns_between(
        books.connection, framework.code, str(Month.of(since)), str(Month.of(until)), LISTED[0]
    )
    if found:
        parts = tuple(Part(return_number(number)) for number in found)
        see = "levytool return list"
        yield Parts("returns of its months", parts, None, count - len(found), 0, see)


def _find_book(books: OpenBooks, match: re.Match[str]) -> Thing:
    version = _named_version(books, match[1])
    reading = _reading(books, version)
    blocks = [
        Part(_ref(framework.code, block, version))
        for framework in reading.book.frameworks.values()
        for block in framework.levy
    ]
    facts = told(
        version=version.number,
        sha256=version.sha256,
        applied=f"{version.applied_at[:10]} by {version.applied_by}",
        members=len(reading.book.members),
        contractors=len(reading.book.contractors),
        frameworks=len(reading.book.frameworks),
    )
    title = (
        f"book version {version.number}, applied {version.applied_at[:10]} by "
        f"{version.applied_by}, sha256 {version.sha256[:12]}…"
    )
    return Thing(
        "book",
        f"book:{version.number}",
        title,
        facts,
        became=lambda: parts_of("levy blocks", blocks, see="levytool book show"),
    )


FORMS = (
    Form("rule:REGEN/2012-04-01", "a levy block (@2: as book version 2 has it)",
         r"rule:([^/@]+)/(\d{4}-\d{2}-\d{2})(?:@(\w+))?", _find_rule),
    Form("book:1", "a version of the book, by number or SHA-256", r"book:(\w+)", _find_book),
)  # fmt: skip
