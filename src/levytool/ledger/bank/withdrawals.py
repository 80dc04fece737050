"""Bank lines that an import should not have brought: taken back for good, one by one or by file.

Each is reversed, and that is recorded as what all of the line is found to be. Nothing is deleted.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, text

from levytool.acting import Acting
from levytool.ledger.journal import acts
from levytool.ledger.journal.as_known import NOW, AsKnown

WITHDRAWN = "withdrawn"
"""Kind of a line that is withdrawn, among what lines are found to be."""
WITHDRAW_ACT = "bank withdraw"
FILES = "files"
"""The fact of the act that names the files of which no line is left, by their numbers."""
BECAUSE = "Withdrawn: "
"""What the narrative of a withdrawal begins with; the reason that was given follows."""


def _acts(connection: Connection, asked: AsKnown) -> list[acts.StoredAct]:
    # An act is dated by when it was done; what it did is dated by its entries.
    return acts.acts_of(connection, WITHDRAW_ACT, asked=AsKnown(known_on=asked.known_on))


def standing(connection: Connection, asked: AsKnown = NOW, line: str = "b.id") -> str:
    """The SQL condition that a bank line, by the name of its id in the query, is not withdrawn, as
    far as is asked. It costs a query nothing where none ever was."""
    if not _acts(connection, asked):
        return "1 = 1"
    withdrawn = f"w.kind = '{WITHDRAWN}'"
    if asked == NOW:
        found = f"SELECT w.bank_line_id FROM bank_identification w WHERE {withdrawn}"
    else:
        found = (
            "SELECT w.bank_line_id FROM bank_identification w JOIN journal_entry v "
            f"ON v.id = w.entry_id WHERE {withdrawn} AND {asked.entry('v')}"
        )
    return f"{line} NOT IN ({found})"


def withdrawn_by(connection: Connection) -> dict[int, int]:
    """The lines that are withdrawn, by id, each with the entry that reverses it."""
    if not _acts(connection, NOW):
        return {}
    query = text("SELECT bank_line_id, entry_id FROM bank_identification WHERE kind = :kind")
    rows = connection.execute(query, {"kind": WITHDRAWN})
    return {int(line_id): int(entry_id) for line_id, entry_id in rows}


def withdrawn_files(connection: Connection, asked: AsKnown = NOW) -> frozenset[int]:
    """The numbers of the files of which no line was left, as far as was known."""
    found = (act.facts[FILES] for act in _acts(connection, asked))
    return frozenset(chain.from_iterable(found))


@dataclass(frozen=True, slots=True)
class StatementContent:
    """A statement file by its content; it has several numbers where it was imported again."""

    name: str
    sha256: str
    ids: tuple[int, ...]


def statements_named(connection: Connection, words: str) -> list[StatementContent]:
    """The statement files of a name, or whose SHA-256 begins so, or both (`name@sha`), in order."""
    name, at, short = words.rpartition("@")
    query = text("SELECT id, name, sha256 FROM import_file WHERE role = 'bank' ORDER BY id")
    rows = connection.execute(query).all()
    meant = {
        row[2]
        for row in rows
        if row[1] == words
        or (len(short) >= 8 and row[2].startswith(short.lower()) and (not at or row[1] == name))
    }
    return [
        StatementContent(
            next(row[1] for row in rows if row[2] == sha256),
            sha256,
            tuple(int(row[0]) for row in rows if row[2] == sha256),
        )
        for sha256 in dict.fromkeys(row[2] for row in rows if row[2] in meant)
    ]


def files_of_lines(connection: Connection, line_ids: Iterable[int]) -> dict[int, int]:
    """The number of the file that each of these lines came in."""
    query = text("SELECT file_id FROM bank_line WHERE id = :id")
    return {line: connection.execute(query, {"id": line}).scalar_one() for line in line_ids}


def lines_of_files(connection: Connection, file_ids: Iterable[int]) -> dict[int, int]:
    """How many lines of each of these files are not withdrawn."""
    query = text(
        "SELECT b.file_id, COUNT(*) FROM bank_line b "
        f"WHERE b.file_id IN ({_listed(file_ids)}) AND {standing(connection)} GROUP BY b.file_id"
    )
    return {int(file_id): int(count) for file_id, count in connection.execute(query)}


def left_out_lines(connection: Connection, after: Sequence[int], accounts: set[str]) -> list[int]:
    """The numbers of later statement files, of these accounts, that left lines out because a file
    before them had brought them: perhaps one of these. None without a file that they come after."""
    if not after:
        return []
    query = text(
        "SELECT id, outcome FROM import_file WHERE role = 'bank' AND state = 'live' "
        "AND id > :first ORDER BY id"
    )
    found = []
    for file_id, outcome in connection.execute(query, {"first": min(after)}):
        told = json.loads(outcome)
        own = set((told["account"] or "").split(", "))
        if told["lines"]["seen"] and own & accounts and file_id not in after:
            found.append(int(file_id))
    return found


def name_of_file(connection: Connection, file_id: int) -> str:
    """What a file was called when it came."""
    named = text("SELECT name FROM import_file WHERE id = :id")
    return str(connection.execute(named, {"id": file_id}).scalar_one())


def record_withdrawal(
    connection: Connection,
    acting: Acting,
    subject: str,
    reason: str,
    files: Sequence[int],
    entry_id: int | None,
) -> None:
    """Keep who took lines back and why, with the files of which none is left."""
    facts = {"reason": reason, FILES: sorted(files)}
    acts.record(connection, acting, WITHDRAW_ACT, subject, facts, entry_id=entry_id)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers))) or "0"
