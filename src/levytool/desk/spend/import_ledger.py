"""Importing a member's own purchase ledger: recorded at once, line for line.

It goes the way of every spend file, and ends in a table of its own: no return, no levy, and
neither appointments nor rates are asked for (contract, *Reconciling*).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import compress
from pathlib import Path

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import add_parties
from levytool.desk.office import Office
from levytool.desk.spend.charging import ChargedChunk
from levytool.desk.spend.declared import BookedSpend, find_repeated, proved_equal
from levytool.desk.spend.file_lines import FileLines
from levytool.desk.spend.import_outcome import ImportOptions, ImportOutcome
from levytool.desk.spend.import_spend import (
    Progress,
    ReadFile,
    RejectedFile,
    import_file,
    outcome_of,
    still_so,
    store_file,
)
from levytool.desk.spend.ledger_of_closed import came_late, lines_in_closed
from levytool.desk.spend.same_file import came_in_otherwise
from levytool.intake.lines import LineChunk
from levytool.intake.reading import SpendFile
from levytool.ledger.parties import registers
from levytool.ledger.spend import member_ledgers, returns
from levytool.ledger.spend.lines import Candidate
from levytool.ledger.spend.member_ledgers import StoredLedger, ledger_number
from levytool.periods import Month
from levytool.problems import Problem
from levytool.rules.expected import reports_by_quarter


def import_ledger(
    office: Office, path: Path, options: ImportOptions, progress: Progress | None = None
) -> ImportOutcome:
    """Record one file of members' purchase ledgers.

    All or nothing unless `partial`; a line that another live ledger has is `already-declared`.
    Raises as `import_spend` does.
    """

    def store(connection: Connection, book: Book, found: ReadFile) -> ImportOutcome:
        return _store(connection, office, book, found, options)

    return import_file(office, path, options, _read, store, progress)


def _read(source: SpendFile, book: Book, lines: FileLines) -> ReadFile:
    """The whole file; what is recorded is not charged."""
    quarters = _Quarters(book)
    for chunk in source.chunks():
        quarters.keep(chunk)
        nothing = [0] * len(chunk)
        rates: list[int | None] = list(nothing)
        lines.add(ChargedChunk(chunk, nothing, rates, nothing, nothing))
    return ReadFile(source, lines)


class _Quarters:
    """Which periods lines that name no framework are recorded in: of a contractor whose returns of
    the day are all quarterly in the quarter's last month, as those that name it."""

    def __init__(self, book: Book) -> None:
        self._frameworks = tuple(book.frameworks.values())
        quarterly = [f for f in self._frameworks if f.returns == "quarterly"]
        held = (appointment for f in quarterly for appointment in f.appointments or ())
        self._contractors = {appointment.contractor for appointment in held}
        if any(f.appointments is None for f in quarterly):
            self._contractors.update(book.contractors)
        self._periods: dict[tuple[str, str, str], str] = {}

    def keep(self, chunk: LineChunk) -> None:
        """Put the lines of a chunk into their periods; each contractor's day is looked at once."""
        if "" not in chunk.frameworks or self._contractors.isdisjoint(chunk.contractors):
            return
        known = self._periods
        told = zip(chunk.contractors, chunk.dates, chunk.periods, strict=True)
        for position, (framework, line) in enumerate(zip(chunk.frameworks, told, strict=True)):
            if not framework and line[0] in self._contractors:
                if line not in known:
                    known[line] = self._period(*line)
                chunk.periods[position] = known[line]

    def _period(self, contractor: str, day: str, period: str) -> str:
        if reports_by_quarter(self._frameworks, contractor, date.fromisoformat(day)):
            return str(Month.parse(period).quarter_end())
        return period


def _store(
    connection: Connection,
    office: Office,
    book: Book,
    found: ReadFile,
    options: ImportOptions,
) -> ImportOutcome:
    lines, source = found.lines, found.source
    still_so(connection, source, book, options)
    recording = _Recording(connection, lines)
    booked = recording.recorded_before()
    find_repeated(lines, options.reject_repeated, booked)
    outcome = outcome_of(found, booked, options)
    if outcome.status == "rejected":
        raise RejectedFile(outcome)
    if source.new_parties:
        add_parties(connection, office.acting, book, source.new_parties)
    kept = bytearray(b"\1") * len(lines)
    for position in booked.refused:
        kept[position] = 0
    outcome.net_pence = sum(compress(lines.net_pence, kept))
    outcome.status = "accepted"
    file_id = returns.allot_file(connection)
    if any(kept):
        dates = list(lines.dates)
        days = sorted(dates[day] for day in set(compress(lines.date_of, kept)))
        facts: dict[str, object] = {"lines": sum(kept), "net_pence": outcome.net_pence}
        facts |= {"first_day": days[0], "last_day": days[-1]}
        number = member_ledgers.add_ledger(connection, file_id, facts)
        outcome.ledger = ledger_number(number)
        runs = recording.runs(number, kept)
        member_ledgers.store_member_lines(connection, runs, count=len(lines))
        outcome.warnings += came_late(lines_in_closed(connection, number), outcome.file)
    outcome.warnings += came_in_otherwise(connection, outcome, options, dry_run=office.dry_run)
    store_file(connection, office.acting, file_id, outcome, options)
    if office.dry_run:
        outcome.status = "dry-run"
    return outcome


class _Recording:
    """A file's lines and the numbers that the books give their parties."""

    def __init__(self, connection: Connection, lines: FileLines) -> None:
        self._connection, self._lines = connection, lines
        kinds = registers.CONTRACTOR, registers.FRAMEWORK, registers.MEMBER
        contractors = [codes[0] for codes in lines.returns]
        frameworks = [codes[1] for codes in lines.returns]
        for kind, codes in zip(kinds, (contractors, frameworks, lines.members), strict=True):
            registers.enrol(connection, kind, filter(None, codes))
        contractor_ids, framework_ids, member_ids = (
            registers.register(connection, kind).ids for kind in kinds
        )
        self._contractor_ids = [contractor_ids[code] for code in contractors]
        self._framework_ids = [framework_ids.get(code, 0) for code in frameworks]
        self._periods = [period for _contractor, _framework, period in lines.returns]
        self._member_ids = [member_ids[code] for code in lines.members]

    def recorded_before(self) -> BookedSpend:
        """Lines that another live ledger has."""
        found = BookedSpend()
        lines = self._lines
        others = self._others()
        if not others:
            return found
        candidates = (
            Candidate(position, self._member_ids[member], lines.key_hash[position])
            for position, member in enumerate(lines.member_of)
        )
        numbers = [other.id for other in others]
        earlier = member_ledgers.recorded_before(self._connection, candidates, numbers)
        parties = list(zip(self._contractor_ids, self._framework_ids, strict=True))
        for position, invoice, same in proved_equal(lines, earlier, parties):
            number = ledger_number(same.holder_id)
            found.says_again[number] = False
            found.refused[position] = Problem(
                code="already-declared",
                row=lines.rows[position],
                value=invoice,
                message=f"{number}/{same.line_no} is this line",
                hint="leave the row out, or take the other file back: "
                f"levytool spend withdraw {number}",
            )
        return found

    def _others(self) -> list[StoredLedger]:
        """The live ledgers that have lines of the same days."""
        days = sorted(self._lines.dates)
        return [
            other
            for other in member_ledgers.find_ledgers(self._connection)
            if other.state == member_ledgers.LIVE
            and days
            and other.first_day.isoformat() <= days[-1]
            and days[0] <= other.last_day.isoformat()
        ]

    def runs(self, ledger_id: int, kept: bytearray) -> Iterator[Mapping[str, Sequence[object]]]:
        """The kept lines by column, a chunk at a time."""
        lines, line_no = self._lines, 1
        for texts in lines.texts():
            run = slice(texts.start, texts.positions.stop)
            keep = kept[run]
            of_return, of_member = lines.return_of[run], lines.member_of[run]
            columns: dict[str, Sequence[object]] = {
                "member_id": [self._member_ids[member] for member in of_member],
                "row_no": lines.rows[run].tolist(),
                "contractor_id": [self._contractor_ids[number] for number in of_return],
                "framework_id": [self._framework_ids[number] for number in of_return],
                "date": texts.dates,
                "period": [self._periods[number] for number in of_return],
                "net_pence": lines.net_pence[run].tolist(),
                "key_hash": lines.key_hash[run].tolist(),
            }
            columns |= texts.columns()
            if 0 in keep:
                columns = {name: list(compress(c, keep)) for name, c in columns.items()}
            count = sum(keep)
            columns["ledger_id"] = [ledger_id] * count
            columns["line_no"] = range(line_no, line_no + count)
            line_no += count
            yield columns
