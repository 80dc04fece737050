"""Handing journal entries to the finance system: each entry once, and the same files again.

Domain §3.10. An export has a number and keeps which entries it holds, the book it was made with and
the SHA-256 of its manifest, so that it can be written again to the byte.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from levytool.book.table import nearest_hint
from levytool.desk.book_in_force import book_as_applied, book_in_force
from levytool.desk.office import Office
from levytool.exports.account_names import plain_name
from levytool.exports.batch import Batch, ExportFile
from levytool.exports.formats import FORMATS, Format
from levytool.exports.manifest import file_row, manifest_text
from levytool.ledger.reports import finance_exports as stored
from levytool.ledger.reports.finance_exports import PostedEntry, StoredExport
from levytool.periods import Period
from levytool.problems import InputRejected, RuleRefused, UsageError
from levytool.text import counted

MANIFEST = "manifest.json"


class Status(StrEnum):
    """What became of an export."""

    EXPORTED = "exported"
    TRIED = "dry-run"
    AGAIN = "again"
    NOTHING_NEW = "nothing-new"


@dataclass(frozen=True, slots=True)
class Exported:
    """An export: its files by name, the manifest last, and a row for each as scripts read it."""

    number: str
    status: Status
    files: tuple[tuple[str, str], ...]
    rows: list[dict[str, Any]]
    said: str


def export_entries(
    office: Office,
    kind: str,
    period: Period,
    place_for: Callable[[str], object] = lambda _number: None,
) -> Exported:
    """Export what of the months the kind's system has not been given yet.

    `place_for` is asked for the new export's number before anything is stored, and raises where its
    files cannot go. Raises InputRejected where the format cannot say something.
    """
    form = FORMATS[kind]
    with office.writing() as connection:
        book_in_force(connection)
        entries = stored.waiting_entries(connection, form.system, period, documents=form.documents)
        if not entries:
            return Exported("", Status.NOTHING_NEW, (), [], _nothing_new(connection, kind, period))
        made = stored.next_export(connection, office.acting, kind, form.system, period)
        files, manifest = _written(connection, form, made, entries)
        made = replace(made, manifest_sha256=_sha256(manifest))
        place_for(made.number)
        stored.store_export(connection, made, [posted.id for posted in entries])
    status = Status.TRIED if office.dry_run else Status.EXPORTED
    said = f"{made.number}: {counted(len(entries), 'entry')} of {period} for {form.system}"
    return _exported(made, status, files, manifest, said)


def export_again(
    office: Office, kind: str, number: str, place_for: Callable[[str], object]
) -> Exported:
    """The files of an export once more, to the byte. It stores nothing.

    Raises UsageError where the kind has no such export, RuleRefused where they would differ.
    """
    with office.reading() as connection:
        made = _named(stored.stored_exports(connection), kind, number)
        place_for(made.number)
        entries = stored.entries_of(connection, made)
        files, manifest = _written(connection, FORMATS[kind], made, entries)
    if _sha256(manifest) != made.manifest_sha256:
        raise RuleRefused(
            f"{made.number} would not be written as it was on {made.exported_at[:10]}: either the "
            "ledger was altered (see: levytool check) or another version of levytool wrote it"
        )
    said = f"{made.number}: as it was exported on {made.exported_at[:10]} by {made.exported_by}"
    return _exported(made, Status.AGAIN, files, manifest, said)


def export_made(
    connection: Connection, number: str
) -> tuple[StoredExport, tuple[ExportFile, ...], list[PostedEntry]]:
    """An export, its files as they are written, and its entries. Raises UsageError."""
    made = _named(stored.stored_exports(connection), None, number)
    entries = stored.entries_of(connection, made)
    return made, _written(connection, FORMATS[made.kind], made, entries)[0], entries


def list_exports(office: Office) -> list[dict[str, Any]]:
    """Every export, in order."""
    with office.reading() as connection:
        return [
            {
                "export": made.number,
                "kind": made.kind,
                "system": made.system,
                "period": str(made.period),
                "entries": made.entries,
                "exported": made.exported_at[:10],
                "by": made.exported_by,
                "manifest_sha256": made.manifest_sha256,
            }
            for made in stored.stored_exports(connection)
        ]


def _written(
    connection: Connection, form: Format, made: StoredExport, entries: Sequence[PostedEntry]
) -> tuple[tuple[ExportFile, ...], str]:
    """The files and the manifest of an export, with the book that was in force."""
    book = book_as_applied(connection, made.book_id)
    declared = _declared(connection, made) if form.declares else frozenset[str]()
    batch = Batch(made.number, made.kind, made.period, tuple(entries), book, declared)
    files, problems = form.write(batch)
    if problems:
        raise InputRejected(f"{made.kind} cannot say all of {made.period}", problems)
    manifest = manifest_text(
        batch,
        made.system,
        files,
        stored.turnover_then(connection, made),
        stored.exported_before(connection, made),
    )
    return files, manifest


def _declared(connection: Connection, made: StoredExport) -> frozenset[str]:
    """The accounts that earlier exports to the system declared, each by the book of its time."""
    return frozenset(
        plain_name(book_as_applied(connection, version).consortium.exports, leg)
        for version, legs in stored.legs_given_before(connection, made).items()
        for leg in legs
    )


def _exported(
    made: StoredExport,
    status: Status,
    files: Sequence[ExportFile],
    manifest: str,
    said: str,
) -> Exported:
    rows = [
        {"export": made.number, "status": status.value, "kind": made.kind} | file_row(file)
        for file in files
    ]
    texts = (*((file.name, file.text) for file in files), (MANIFEST, manifest))
    return Exported(made.number, status, texts, rows, said)


def _nothing_new(connection: Connection, kind: str, period: Period) -> str:
    """What to say where the system has everything: which exports hold it."""
    system = FORMATS[kind].system
    earlier = [
        made
        for made in stored.stored_exports(connection)
        if made.system == system
        and made.period.first <= period.last
        and period.first <= made.period.last
    ]
    if not earlier:
        return f"nothing is posted in {period} that {kind} takes; nothing to do"
    numbers = ", ".join(made.number for made in earlier)
    nearest = max(earlier, key=lambda made: (made.kind == kind, made.period == period))
    again = f"levytool export {nearest.kind} --again {nearest.number} --into DIR"
    return f"nothing new in {period} since {numbers}; write it again with: {again}"


def _named(exports: Sequence[StoredExport], kind: str | None, number: str) -> StoredExport:
    wanted = number.strip().upper()
    for made in exports:
        if made.number == wanted:
            if kind not in (None, made.kind):
                raise UsageError(f"{wanted} is a {made.kind}: levytool export {made.kind} --again")
            return made
    hint = nearest_hint(wanted, [made.number for made in exports], "see: levytool export list")
    raise UsageError(f"there is no export {number!r}; {hint}")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
