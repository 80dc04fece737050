"""Reading a spend file: from its bytes to chunks of checked lines and all that was found."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from levytool.book.names import Names
from levytool.book.records import Book, Layout
from levytool.intake import bank_statement
from levytool.intake.amounts import cell_text
from levytool.intake.bank_statement import is_bank_statement
from levytool.intake.chunks import ChunkReader
from levytool.intake.container import (
    Row,
    Sheet,
    UnreadableFile,
    WorkbookSheet,
    first_rows,
    open_sheets,
)
from levytool.intake.header import Header, find_header
from levytool.intake.lines import Findings, LineChunk
from levytool.intake.lookups import Lookups
from levytool.intake.neutral import restored
from levytool.intake.options import ReadOptions
from levytool.intake.plan import Plan, make_plan
from levytool.intake.rows import RowReader
from levytool.problems import Problem, UsageError

SAMPLED_ROWS = 1_000
"""Rows at the head of a sheet that are looked at to find its header and, by content, columns."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """A sheet, its header and the plan to read it by, with what stands in the plan's way."""

    sheet: Sheet
    header: Header
    plan: Plan
    problems: tuple[Problem, ...]
    has_rows: bool


class SpendFile:
    """One spend file, read under a book and an officer's options (contract, *Importing spend*).

    `chunks` streams the good lines; `findings` is complete when it is exhausted. Bad content
    never raises: what keeps the whole file from being read is a problem `no-header` or
    `unreadable-file`, or an unknown constant, and `refused` is then true: not even a part of the
    file may be stored. `new_parties` has, with `add_parties`, the name of each member and
    contractor that the good lines add to the book, by (kind, code).

    Raises UsageError when there is no such file.
    """

    def __init__(
        self, path: Path, book: Book, options: ReadOptions, progress: Progress | None = None
    ) -> None:
        self.path, self.book, self.options = path, book, options
        self._progress = progress
        try:
            with path.open("rb") as file:
                self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as reason:
            message = f"{path} cannot be opened: {reason.strerror}; check the file's name"
            raise UsageError(message) from None
        self._start()

    def _start(self) -> None:
        self.findings = Findings(layout=self.options.layout.name if self.options.layout else None)
        self.new_parties: dict[tuple[str, str], str] = {}
        self.refused = False
        self.header: Header | None = None

    def chunks(self) -> Iterator[LineChunk]:
        """The file's good lines, in file order. A second call reads the file again."""
        self._start()
        names = Names(self.book)
        try:
            opened, problems = self._open(names)
            self._refuse(problems)
            if opened is not None:
                yield from self._read(opened, names)
        except UnreadableFile as reason:
            hint = bank_statement.HINT if is_bank_statement(self.path, ()) else reason.hint
            self._refuse([Problem("unreadable-file", reason.message, hint, row=reason.row)])
        self.findings.problems.sort(key=lambda problem: problem.row or 0)

    def look_at_header(self) -> None:
        """Find the header without reading the rows below it."""
        opened, _ = self._open(Names(self.book))
        self.header = opened.header if opened else None

    def raw_rows(self, numbers: set[int]) -> Iterator[tuple[int, Row]]:
        """The rows of these numbers as they stand in the file, in its order."""
        opened, _ = self._open(Names(self.book))
        first = 1
        for batch in opened.sheet.batches(self.options.chunk_rows) if opened else ():
            for number, row in enumerate(batch.rows, first):
                if number in numbers:
                    yield number, row
            first += len(batch.rows)

    def _refuse(self, problems: list[Problem]) -> None:
        self.refused = self.refused or bool(problems)
        self.findings.problems.extend(replace(p, file=self.path.name) for p in problems)

    def _open(self, names: Names) -> tuple[OpenedSheet | None, list[Problem]]:
        """The one sheet that holds spend; None, and why, where there is none or more than one."""
        found, heads = [], []
        for sheet in open_sheets(self.path, self.options.layout):
            rows = first_rows(sheet, SAMPLED_ROWS)
            heads.append((sheet.name, rows))
            header = find_header(rows, self.options.layout)
            if header is not None:
                plan, problems = make_plan(
                    header, rows[header.row :], self.options, self.book, names
                )
                has_rows = len(rows) > header.row
                found.append(OpenedSheet(sheet, header, plan, tuple(problems), has_rows))
        fit = [opened for opened in found if not opened.problems]
        if len(fit) > 1:
            fit = [opened for opened in fit if opened.has_rows] or fit[:1]
        if len(fit) == 1:
            return fit[0], []
        cells = (cell for _name, rows in heads for row in rows for cell in row)
        if not any(cell_text(cell).strip() for cell in cells):
            hint = "check that it is the right one, and ask for it again"
            return None, [Problem("no-header", "the file is empty", hint)]
        problems = _no_sheet(fit, found, self.options.layout)
        if not fit and is_bank_statement(self.path, (row for _name, rows in heads for row in rows)):
            return None, [replace(problem, hint=bank_statement.HINT) for problem in problems[:1]]
        return None, problems if fit else self._hint_at_layouts(problems, heads, names)

    def _hint_at_layouts(
        self, problems: list[Problem], heads: list[tuple[str, list[Row]]], names: Names
    ) -> list[Problem]:
        """The same problems; where another layout of the book reads the file, that is the hint."""
        fit = [
            layout.name
            for layout in self.book.layouts.values()
            if any(self._reads(layout, name, rows, names) for name, rows in heads)
        ]
        if not fit:
            return problems
        hint = f"the book has a layout that reads it: --layout {' or '.join(fit)}"
        return [replace(problem, hint=hint) for problem in problems]

    def _reads(self, layout: Layout, sheet: str, rows: list[Row], names: Names) -> bool:
        if layout.sheet not in (None, sheet) or layout == self.options.layout:
            return False
        header = find_header(rows, layout)
        if header is None:
            return False
        options = replace(self.options, layout=layout)
        return not make_plan(header, rows[header.row :], options, self.book, names)[1]

    def _read(self, opened: OpenedSheet, names: Names) -> Iterator[LineChunk]:
        plan, findings, file = opened.plan, self.findings, self.path.name
        self.header = opened.header
        findings.columns, findings.not_read = plan.titles(), plan.titles_not_read()
        findings.header = opened.header.names
        lookups = Lookups(plan, self.book, names, self.options)
        rows = RowReader(
            plan,
            self.book,
            names,
            lookups,
            file,
            layout=findings.layout or "",
            corrects=self.options.corrects,
            of_workbook=isinstance(opened.sheet, WorkbookSheet),
        )
        if problems := rows.constant_problems():
            self._refuse(problems)
            return
        findings.read += opened.header.row - 1
        findings.skipped["title"] += opened.header.row - 1
        chunks = ChunkReader(plan, self.book, lookups, rows, findings, self.options, file)
        for first, below in rows_below(opened, self.options.chunk_rows, self._progress):
            findings.read += len(below)
            chunk = chunks.read(first, below)
            self._note_new_parties(lookups, chunk)
            if len(chunk):
                yield chunk
        chunks.finish()

    def _note_new_parties(self, lookups: Lookups, chunk: LineChunk) -> None:
        for kind, codes in (("member", chunk.members), ("contractor", chunk.contractors)):
            newcomers = lookups.parties[kind].newcomers
            if newcomers:
                named = newcomers.keys() & set(codes)
                self.new_parties.update(
                    ((kind, code), name) for code, name in newcomers.items() if code in named
                )


def rows_below(
    opened: OpenedSheet, size: int, progress: Progress | None = None
) -> Iterator[tuple[int, list[Row]]]:
    """Batches of the rows below the header, each with the number of its first row."""
    first = 1
    for rows, done in opened.sheet.batches(size):
        above = max(0, min(opened.header.row - first + 1, len(rows)))
        if len(rows) > above:
            below = rows[above:]
            if opened.header.added is not None:
                below = [[restored(cell) for cell in row] for row in below]
            yield first + above, below
        first += len(rows)
        if progress is not None:
            progress(done, opened.sheet.total)


def _no_sheet(
    fit: list[OpenedSheet], found: list[OpenedSheet], layout: Layout | None
) -> list[Problem]:
    """Why no sheet can be read: several could be meant, none has a header, or its columns lack."""
    if fit:
        sheets = " and ".join(repr(opened.sheet.name) for opened in fit)
        message = f"more than one sheet holds spend: {sheets}"
        hint = "name the one meant in a layout (sheet = …), or save each as a file of its own"
        return [Problem("no-header", message, hint)]
    if found:
        return list(min(found, key=lambda opened: len(opened.problems)).problems)
    if layout is not None and layout.columns:
        message = f"no row has a header that layout {layout.name} names"
        return [Problem("no-header", message, "use another layout, or mend this one")]
    message = "no row names the columns of a spend file"
    hint = "put a header above the rows (date, member, net …), or describe the file in a layout"
    return [Problem("no-header", message, hint)]
