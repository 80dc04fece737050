"""Exports to the finance system: `X-000001`, with the files and the entries in each."""

import re

from levytool.desk.month_end.export_entries import export_made
from levytool.desk.tracing.thing import Form, OpenBooks, Thing, refs
from levytool.desk.tracing.trace import told
from levytool.exports.manifest import file_row
from levytool.ledger.journal.entries import entry_number
from levytool.text import counted


def _find(books: OpenBooks, match: re.Match[str]) -> Thing:
    made, files, entries = export_made(books.connection, match[0])
    facts = told(
        kind=made.kind,
        system=made.system,
        period=made.period,
        exported=made.exported_at[:10],
        by=made.exported_by,
        book=f"book:{made.book_id}",
        manifest_sha256=made.manifest_sha256,
        written_again_by=f"levytool export {made.kind} --again {made.number} --into DIR",
    )
    for row in map(file_row, files):
        said = f"{counted(row['lines'], 'line')}, sha256 {row['sha256'][:12]}…"
        facts += ((row["file"], said),)
    return Thing(
        "export",
        made.number,
        f"{counted(made.entries, 'entry')} of {made.period} given to {made.system}",
        facts,
        because=lambda: refs("holds", *(entry_number(posted.id) for posted in entries)),
    )


FORMS = (Form("X-000001", "an export to the finance system", r"X-\d+", _find),)
