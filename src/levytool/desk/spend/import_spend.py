"""Importing a file of spend: read, checked and charged in full, then stored in one transaction."""

import json
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from itertools import compress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book, Layout
from levytool.desk.book_in_force import add_parties, book_in_force
from levytool.desk.levy.accept_return import (
    RETURNS_AT_ONCE,
    Acceptor,
    accept_stored,
)
from levytool.desk.levy.banding import has_bands
from levytool.desk.levy.provide import provide
from levytool.desk.office import Office
from levytool.desk.spend.charging import ChargedChunk, Charging
from levytool.desk.spend.declared import BookedSpend, KnownReturns, check_booked, known_returns
from levytool.desk.spend.file_lines import UNCOVERED, FileLines
from levytool.desk.spend.foretell_levy import foretell_levy
from levytool.desk.spend.import_outcome import ImportOptions, ImportOutcome, shared_returns
from levytool.desk.spend.imported_before import imported_before, outcome_again
from levytool.desk.spend.same_file import came_in_otherwise
from levytool.desk.spend.staging import (
    NO_SHARE,
    Staged,
    charge_credits,
    corrected_lines,
    fresh_lines,
    stage_returns,
    store_file_lines,
)
from levytool.desk.spend.worth_a_look import once_posted, worth_a_look
from levytool.intake.errors_file import write_errors_file
from levytool.intake.lines import LineChunk
from levytool.intake.options import ReadOptions
from levytool.intake.reading import SpendFile
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import StoredFile, StoredReturn
from levytool.periods import Period
from levytool.problems import Problem, RuleRefused, UsageError
from levytool.processes import collector_at_rest

Progress = Callable[[int, int], None]

LINE_COLUMNS = tuple(item.name for item in fields(LineChunk) if item.name != "base_pence")


@dataclass(slots=True)
class ReadFile:
    """A file read, checked and charged: its lines and what was found.

    `waiting` are credit notes, by position, that no rule covers but the line they name may.
    """

    source: SpendFile
    lines: FileLines
    uncovered: list[Problem] = field(default_factory=list)
    waiting: dict[int, Problem] = field(default_factory=dict)


def layout_of(book: Book, name: str | None) -> Layout | None:
    """The layout of that name. Raises UsageError with the names there are."""
    if name is None:
        return None
    if name not in book.layouts:
        known = ", ".join(sorted(book.layouts)) or "none"
        raise UsageError(f"the book has no layout {name!r}; it has: {known}")
    return book.layouts[name]


def read_options(book: Book, options: ImportOptions) -> ReadOptions:
    """What the reader is told."""
    return ReadOptions(
        layout=layout_of(book, options.layout),
        framework=options.framework,
        contractor=options.contractor,
        member=options.member,
        period=options.kept_under,
        whole_quarter=isinstance(options.period, Period),
        add_parties=options.add_parties,
        role=options.role,
        corrects=options.corrects,
    )


def read_spend(source: SpendFile, book: Book, lines: FileLines) -> ReadFile:
    """Read, check and charge a whole file; the books are not touched."""
    charging = Charging(book)
    found = ReadFile(source, lines)
    for chunk in source.chunks():
        charged = charging.charge(chunk)
        if not charged.uncovered:
            lines.add(charged)
            continue
        problems = {p: charging.uncovered_problem(chunk, p) for p in charged.uncovered}
        by_name = {
            chunk.rows[p]: problem
            for p, problem in problems.items()
            if chunk.credits[p] and charging.takes_net(chunk.frameworks[p])
        }
        found.uncovered += [
            replace(problem, file=source.path.name)
            for problem in problems.values()
            if problem.row not in by_name
        ]
        charged = _without(charged, {p for p in problems if chunk.rows[p] not in by_name})
        start = len(lines)
        lines.add(charged)
        for position in range(start, len(lines)):
            if lines.rows[position] in by_name:
                lines.rate_ppm[position] = UNCOVERED
                found.waiting[position] = by_name[lines.rows[position]]
    return found


def charge_named(
    connection: Connection, found: ReadFile, known: KnownReturns
) -> dict[int, Problem]:
    """Charge credit notes at the rates of the lines they name; what is wrong with those that
    neither such a line nor a rule charges, by position."""
    lines = found.lines
    charge_credits(lines, corrected_lines(connection, lines, known))
    return {p: told for p, told in found.waiting.items() if lines.rate_ppm[p] == UNCOVERED}


def _without(charged: ChargedChunk, left_out: set[int]) -> ChargedChunk:
    """The chunk without the lines at these positions."""
    keep = [position not in left_out for position in range(len(charged.chunk))]

    def kept(column: list[Any]) -> list[Any]:
        return list(compress(column, keep))

    chunk = charged.chunk
    columns: dict[str, Any] = {name: kept(getattr(chunk, name)) for name in LINE_COLUMNS}
    return ChargedChunk(
        LineChunk(**columns),
        kept(charged.base_pence),
        kept(charged.rate_ppm),
        kept(charged.member_pays),
        kept(charged.levy_micropence),
    )


class RejectedFile(Exception):
    """Rolls the transaction back; the outcome goes to the caller."""

    def __init__(self, outcome: ImportOutcome) -> None:
        super().__init__()
        self.outcome = outcome


class ImportedMeanwhile(Exception):
    """Someone else imported the same file while this one was read."""

    def __init__(self, earlier: StoredFile) -> None:
        super().__init__()
        self.earlier = earlier


def import_spend(
    office: Office, path: Path, options: ImportOptions, progress: Progress | None = None
) -> ImportOutcome:
    """Import one file of contractors' declarations.

    All or nothing unless `partial`. Everything wrong is in the outcome's problems, in one pass;
    a rejected file leaves the books as they were. Raises UsageError for a file or layout that is
    not there, or an errors file that cannot be written; RuleRefused when the book was changed
    while the file was read.
    """

    def store(connection: Connection, book: Book, found: ReadFile) -> ImportOutcome:
        return _store(connection, office, book, found, options, progress)

    return import_file(office, path, options, read_spend, store, progress)


Read = Callable[[SpendFile, Book, FileLines], ReadFile]
Store = Callable[[Connection, Book, ReadFile], ImportOutcome]


def import_file(
    office: Office,
    path: Path,
    options: ImportOptions,
    read: Read,
    store: Store,
    progress: Progress | None,
) -> ImportOutcome:
    """Import one file of any role: known again, read in full, then stored in one transaction.

    Raises as `import_spend` does.
    """
    if options.errors is not None:
        check_errors_file(options.errors, path)
    again = imported_before(office, path, options)
    if again is not None:
        return again
    with office.reading() as connection:
        book = book_in_force(connection)
        source = SpendFile(path, book, read_options(book, options), progress)
    with FileLines() as lines, collector_at_rest():
        found = read(source, book, lines)
        try:
            with office.writing() as connection:
                outcome = store(connection, book, found)
        except RejectedFile as rejected:
            outcome = rejected.outcome
        except ImportedMeanwhile as imported:
            return outcome_again(office, path, imported.earlier, options)
    if options.errors is not None and write_errors_file(options.errors, source, outcome.problems):
        outcome.errors_file = options.errors
    return outcome


def check_errors_file(errors: Path, source: Path) -> None:
    """Refuse at once what could not be written once the good rows are stored."""
    if not errors.parent.is_dir():
        raise UsageError(f"there is no folder {errors.parent} to write {errors.name} into")
    if errors.is_dir():
        raise UsageError(f"{errors} is a folder; name a file for --errors")
    if errors.exists() and errors.samefile(source):
        raise UsageError(f"--errors {errors} is the file itself; name another")


def still_so(connection: Connection, source: SpendFile, book: Book, options: ImportOptions) -> None:
    """What was read before the books were locked must hold now that they are."""
    earlier = returns.live_file(connection, source.sha256, options.role, options.constants())
    if earlier is not None:
        raise ImportedMeanwhile(earlier)
    if registers.book_text(connection) != book.text:
        raise RuleRefused(
            f"the book was changed while {source.path.name} was read; import it again"
        )


def _store(
    connection: Connection,
    office: Office,
    book: Book,
    found: ReadFile,
    options: ImportOptions,
    progress: Progress | None,
) -> ImportOutcome:
    lines, source = found.lines, found.source
    still_so(connection, source, book, options)
    known = known_returns(connection, lines)
    booked = check_booked(
        connection,
        lines,
        known,
        supplement=options.supplement,
        reject_repeated=options.reject_repeated,
    )
    booked.refused = charge_named(connection, found, known) | booked.refused
    outcome = outcome_of(found, booked, options)
    if outcome.status == "rejected":
        raise RejectedFile(outcome)
    outcome.warnings += worth_a_look(
        connection, outcome.file, lines, known, booked.refused, office.acting.today
    )
    if source.new_parties:
        book = add_parties(connection, office.acting, book, source.new_parties)
    before = {item.id: item for item in returns.find_returns(connection, states=(returns.STAGED,))}
    staged = stage_returns(connection, office.acting, lines, known, booked.refused)
    numbers = sorted(staged.return_ids.values())
    file_id = returns.allot_file(connection)
    if options.accept:
        acceptor = Acceptor(connection, office.acting, book)
        new = NewLines(lines, known, staged, file_id)
        accept_and_store(connection, acceptor, new, progress)
        provide(connection, office.acting, book, acceptor.added)
        if not office.dry_run:
            outcome.warnings = once_posted(connection, outcome.warnings)
    else:
        store_file_lines(connection, lines, known, staged, file_id, progress=progress)
        foretell_levy(connection, book, returns.find_returns(connection, ids=numbers))
    outcome.returns = returns.find_returns(connection, ids=numbers)
    joined = [before[number] for number in numbers if number in before]
    outcome.shared = shared_returns(
        connection, file_id, (item for item in outcome.returns if item.id in before)
    )
    outcome.net_pence = sum(item.net_pence for item in outcome.returns)
    outcome.net_pence -= sum(item.net_pence for item in joined)
    outcome.levy_pence = sum(item.levy_pence for item in outcome.returns)
    outcome.levy_pence -= sum(item.levy_pence for item in joined)
    outcome.warnings += came_in_otherwise(connection, outcome, options, dry_run=office.dry_run)
    outcome.status = "accepted" if options.accept else "staged"
    store_file(connection, office.acting, file_id, outcome, options)
    if office.dry_run:
        outcome.status = "dry-run"
    return outcome


def store_file(
    connection: Connection,
    acting: Acting,
    file_id: int,
    outcome: ImportOutcome,
    options: ImportOptions,
) -> None:
    """Store that a file was imported and what was said of it, so that it is known again."""
    returns.add_file(
        connection,
        acting,
        file_id,
        {
            "sha256": outcome.sha256,
            "role": options.role,
            "constants": options.constants(),
            "name": outcome.file,
            "outcome": json.dumps(outcome.as_json(), ensure_ascii=False),
        },
    )


@dataclass(frozen=True, slots=True)
class NewLines:
    """A file's lines, the returns that take them, and the file's number in the books."""

    lines: FileLines
    known: KnownReturns
    staged: Staged
    file_id: int


def accept_and_store(
    connection: Connection, acceptor: Acceptor, new: NewLines, progress: Progress | None
) -> list[StoredReturn]:
    """Accept what the file makes up alone before its lines are stored, so that each line is
    written once, share and all; then what it joined, and what is charged by bands.

    The caller provides for what falls due with the returns, which are given as they were staged.
    """
    lines, known, staged, file_id = new.lines, new.known, new.staged, new.file_id
    book = acceptor.book
    chosen = returns.find_returns(connection, ids=staged.return_ids.values())
    ready = [
        stored
        for stored in chosen
        if stored.id in staged.fresh and not has_bands(book.frameworks[stored.framework])
    ]
    shares = array("q", [NO_SHARE]) * len(lines)
    for start in range(0, len(ready), RETURNS_AT_ONCE):
        batch = list(fresh_lines(lines, known, staged, ready[start : start + RETURNS_AT_ONCE]))
        accepted = acceptor.accept((stored, own) for stored, own, _positions in batch)
        for (_stored, _own, positions), pence in zip(batch, accepted, strict=True):
            for position, share in zip(positions, pence, strict=True):
                shares[position] = share
    store_file_lines(connection, lines, known, staged, file_id, shares, progress)
    done = {stored.id for stored in ready}
    waiting = [stored for stored in chosen if stored.id not in done]
    if waiting:
        accept_stored(connection, acceptor, waiting)
    return chosen


def outcome_of(found: ReadFile, booked: BookedSpend, options: ImportOptions) -> ImportOutcome:
    """What was found, counted: before anything is stored."""
    findings, name = found.source.findings, found.source.path.name
    refused = [replace(problem, file=name) for problem in booked.refused.values()]
    problems = sorted(
        [*findings.problems, *found.uncovered, *refused],
        key=lambda problem: (problem.row or 0, problem.column),
    )
    bad_rows = findings.rejected_rows | {p.row for p in (*found.uncovered, *refused) if p.row}
    repeated = [replace(problem, file=name) for problem in booked.repeated]
    warnings = [w for w in (*findings.warnings, *repeated) if w.row not in bad_rows]
    stated = findings.stated_totals[-1].stated_pence if findings.stated_totals else None
    outcome = ImportOutcome(
        file=name,
        sha256=found.source.sha256,
        status="staged",
        layout=findings.layout,
        columns=findings.columns,
        not_read=findings.not_read,
        read=findings.read,
        rejected=len(bad_rows),
        skipped=findings.skipped.total(),
        repeated=len(repeated),
        rounded=len(set(findings.rounded) - bad_rows),
        stated_total_pence=stated,
        problems=problems,
        warnings=warnings,
        says_again=booked.says_again,
        days_outside=sorted(w.value for w in findings.warnings if w.code == "outside-period"),
    )
    outcome.accepted = outcome.read - outcome.rejected - outcome.skipped
    if found.source.refused or (problems and not (options.partial and outcome.accepted)):
        # All or nothing: every data row of a rejected file counts as rejected, none as accepted.
        outcome.status = "rejected"
        outcome.rejected, outcome.accepted = outcome.read - outcome.skipped, 0
        outcome.repeated = outcome.rounded = 0
        outcome.warnings = [w for w in warnings if w.code not in ("repeated", "rounded")]
    return outcome
