"""Whom and what a data file names, for drafting a first book: no book is needed to read it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from levytool.book.draft import Survey
from levytool.book.names import Names
from levytool.book.records import Book, Consortium
from levytool.intake.columns import Columns, in_columns
from levytool.intake.container import UnreadableFile, first_rows, open_sheets
from levytool.intake.header import find_header
from levytool.intake.lookups import DateLookup
from levytool.intake.options import ReadOptions
from levytool.intake.plan import Plan, make_plan
from levytool.intake.reading import SAMPLED_ROWS, OpenedSheet, rows_below
from levytool.intake.totals import is_total_label
from levytool.intake.vocabulary import SECTOR, target_of
from levytool.problems import InputRejected, Problem

BATCH_ROWS = 20_000

_EMPTY_BOOK = Book(Consortium(""), {}, {}, {}, {})


def survey(path: Path, *, framework: str | None = None) -> Survey:
    """The members, contractors, frameworks and lots a file names, and the dates it spans.

    With `framework` every line is under that one, whatever a column says. Columns are recognised
    by their headers; what has none is left out. Raises InputRejected for a file that cannot be
    read or has no header.
    """
    try:
        opened = _open(path, framework)
        found = _Found(opened.plan)
        for _, rows in rows_below(opened, BATCH_ROWS):
            found.add(in_columns(opened.plan, rows))
    except UnreadableFile as reason:
        problem = Problem("unreadable-file", reason.message, reason.hint, path.name, reason.row)
        raise InputRejected("", (problem,)) from None
    return found.survey()


def _open(path: Path, framework: str | None) -> OpenedSheet:
    options = ReadOptions(framework=framework)
    sheets = []
    for sheet in open_sheets(path):
        rows = first_rows(sheet, SAMPLED_ROWS)
        header = find_header(rows)
        if header is not None:
            plan, _ = make_plan(
                header, rows[header.row :], options, _EMPTY_BOOK, Names(_EMPTY_BOOK)
            )
            sheets.append(OpenedSheet(sheet, header, plan, (), len(rows) > header.row))
    if not sheets:
        raise UnreadableFile("no row names the columns of a spend file", "put a header above them")
    return max(sheets, key=lambda opened: (opened.has_rows, len(opened.plan.columns)))


class _Found:
    """What the batches so far name: dicts, for their order."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        targets = [target_of(name) for name in plan.header.names]
        sectors = [index for index, found in enumerate(targets) if found and found[0] == SECTOR]
        self._sector_column = sectors[0] if sectors else None
        self._names: dict[str, dict[str, None]] = {"member": {}, "contractor": {}, "framework": {}}
        self._lots: dict[tuple[str, str], None] = {}
        self._sectors: dict[str, str] = {}
        self._dates = DateLookup(plan.when, None)
        self._first_date: str | None = None

    def add(self, columns: Columns) -> None:
        """Take in one batch."""
        texts = {kind: _stripped(columns, self._plan, kind) for kind in (*self._names, "lot")}
        for kind, names in self._names.items():
            names.update(dict.fromkeys(_spoken(texts[kind])))
        self._lots.update(dict.fromkeys(zip(texts["framework"], texts["lot"], strict=True)))
        if self._sector_column is not None:
            sectors = map(str.strip, columns.texts(self._sector_column))
            for member, sector in dict.fromkeys(zip(texts["member"], sectors, strict=True)):
                if member and sector:
                    self._sectors.setdefault(member, sector)
        if self._plan.when in self._plan.columns:
            days = {
                self._dates[text] for text in columns.texts(self._plan.columns[self._plan.when])
            }
            self._first_date = min(filter(None, (*days, self._first_date)), default=None)

    def survey(self) -> Survey:
        """Everything named, once each, in order of first appearance."""
        lots: dict[str, list[str]] = {}
        for framework, lot in self._lots:
            if lot and not is_total_label(framework):
                lots.setdefault(framework, []).append(lot)
        return Survey(
            members=tuple(self._names["member"]),
            contractors=tuple(self._names["contractor"]),
            frameworks=tuple(self._names["framework"]),
            lots={framework: tuple(names) for framework, names in lots.items()},
            first_date=date.fromisoformat(self._first_date) if self._first_date else None,
            sectors=self._sectors,
        )


def _stripped(columns: Columns, plan: Plan, target: str) -> list[str]:
    return [text.strip() for text in columns.target_texts(plan, target)]


def _spoken(texts: Iterable[str]) -> Iterable[str]:
    return (text for text in texts if text and not is_total_label(text))
