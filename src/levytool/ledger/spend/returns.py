"""Returns and the files they came in: their states, and the numbers that name them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from levytool.acting import Acting
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows, rows_by_ids
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.acts import acts_of
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.money import parse_pounds
from levytool.periods import Month, Period
from levytool.problems import UsageError

STAGED = "staged"
ACCEPTED = "accepted"
NIL = "nil"
CORRECTED = "corrected"
REJECTED = "rejected"
EXCUSED = "excused"
CORRECT = "return correct"
"""The act that puts another return in the place of its subject."""
IN_FORCE = (ACCEPTED, NIL)
REJECT = "return reject"
"""The act that drops a return; its fact `was` is the state that the return was in."""
RECEIVED = (STAGED, *IN_FORCE)
"""The states of a return that came in and stands."""


class StoredReturn(NamedTuple):
    """A return as stored; party fields are codes."""

    id: int
    contractor: str
    framework: str
    contractor_id: int
    framework_id: int
    period: Month
    supplement: int
    state: str
    lines: int
    net_pence: int
    levy_micropence: int
    levy_pence: int
    lines_digest: str
    effective: date | None
    corrects: int | None
    reason: str = ""

    @property
    def number(self) -> str:
        return return_number(self.id)

    @property
    def key(self) -> tuple[str, str, Month]:
        """What it is for: contractor, framework, reporting period."""
        return self.contractor, self.framework, self.period


class ReturnKey(NamedTuple):
    """What a return is for: contractor and framework by number, and the reporting period."""

    contractor_id: int
    framework_id: int
    period: str


def return_number(return_id: int) -> str:
    """How a return is called: `R-000001`."""
    return series.numbered("R", return_id)


def return_id_of(number: str) -> int:
    """The id behind `R-000001`. Raises UsageError for anything else."""
    return series.number_in(number, "R", "a return", "levytool return list")


_SELECT = (
    "SELECT r.id, c.code, f.code, r.contractor_id, r.framework_id, r.period, r.supplement, "
    "{state}, r.lines, r.net_pence, r.levy_micropence, r.levy_pence, r.lines_digest, "
    "r.effective, r.corrects, r.reason "
    "FROM levy_return r JOIN party c ON c.id = r.contractor_id "
    "JOIN party f ON f.id = r.framework_id"
)

_month = lru_cache(maxsize=1_000)(Month.parse)


def _stored(row: Sequence[Any]) -> StoredReturn:
    effective = None if row[13] is None else day_of(row[13])
    return StoredReturn._make((*row[:5], _month(row[5]), *row[6:13], effective, *row[14:]))


def find_returns(
    connection: Connection,
    *,
    period: Period | None = None,
    states: Sequence[str] = (),
    ids: Iterable[int] | None = None,
    asked: AsKnown = NOW,
) -> list[StoredReturn]:
    """Returns by reporting period, state or number, in order of period and number.

    As known on a day, those that had come in, as they were then.
    """
    then = asked.known_on is not None
    state = state_then(connection, asked) if then else "r.state"
    where = [asked.known("r.staged_at")]
    values: dict[str, str] = {}
    if period is not None:
        where.append("r.period BETWEEN :first AND :last")
        values |= {"first": str(period.first), "last": str(period.last)}
    if states:
        where.append(f"{state} IN (" + ", ".join(f"'{one}'" for one in states) + ")")
    select = f"{_SELECT.format(state=state)} WHERE {' AND '.join(where)}"
    order = "ORDER BY r.period, r.id"
    if ids is None:
        found = [_stored(row) for row in connection.execute(text(f"{select} {order}"), values)]
    else:
        rows = rows_by_ids(connection, f"{select} AND r.id IN :ids {order}", ids, values)
        found = sorted((_stored(row) for row in rows), key=attrgetter("period", "id"))
    return _as_staged(connection, found, asked) if then else found


def get_return(connection: Connection, number: str) -> StoredReturn:
    """The return of that number. Raises UsageError when there is none."""
    return_id = return_id_of(number)
    row = connection.execute(
        text(_SELECT.format(state="r.state") + " WHERE r.id = :id"), {"id": return_id}
    ).first()
    if row is None:
        raise UsageError(
            f"there is no return {return_number(return_id)}; see: levytool return list"
        )
    return _stored(row)


def staged_by(connection: Connection, return_id: int) -> str:
    """Who staged a return."""
    query = text("SELECT staged_by FROM levy_return WHERE id = :id")
    return str(connection.scalar(query, {"id": return_id}))


def by_key(connection: Connection, states: Sequence[str]) -> dict[ReturnKey, list[StoredReturn]]:
    """Returns in the given states by what they are for, supplements in order."""
    found: dict[ReturnKey, list[StoredReturn]] = {}
    in_order = sorted(find_returns(connection, states=states), key=attrgetter("supplement"))
    for stored in in_order:
        key = ReturnKey(stored.contractor_id, stored.framework_id, str(stored.period))
        found.setdefault(key, []).append(stored)
    return found


@dataclass(frozen=True, slots=True)
class NewReturn:
    """A return about to be staged or declared nil, with what its lines sum to."""

    key: ReturnKey
    supplement: int
    state: str = STAGED
    lines: int = 0
    net_pence: int = 0
    levy_micropence: int = 0
    levy_pence: int = 0
    corrects: int | None = None
    reason: str = ""


def add_returns(
    connection: Connection, acting: Acting, new: Sequence[NewReturn], first_id: int
) -> None:
    """Store returns under the ids from `first_id` on, allotted beforehand."""
    insert_rows(
        connection,
        "levy_return",
        (
            "id",
            "contractor_id",
            "framework_id",
            "period",
            "supplement",
            "state",
            "lines",
            "net_pence",
            "levy_micropence",
            "levy_pence",
            "staged_at",
            "staged_by",
            "lines_digest",
            "corrects",
            "reason",
        ),
        [
            (
                number,
                item.key.contractor_id,
                item.key.framework_id,
                item.key.period,
                item.supplement,
                item.state,
                item.lines,
                item.net_pence,
                item.levy_micropence,
                item.levy_pence,
                acting.posted,
                acting.user,
                "",
                item.corrects,
                item.reason,
            )
            for number, item in enumerate(new, first_id)
        ],
    )


def allot_returns(connection: Connection, count: int) -> int:
    """The first of `count` return ids."""
    return series.allot(connection, series.RETURN, count)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was imported, with the outcome it was given then."""

    id: int
    name: str
    state: str
    outcome: str


def live_file(connection: Connection, sha256: str, role: str, constants: str) -> StoredFile | None:
    """The file of that content, role and constants, if it was imported and not dropped since."""
    row = connection.execute(
        text(
            "SELECT id, name, state, outcome FROM import_file WHERE sha256 = :sha AND "
            "role = :role AND constants = :constants AND state = 'live'"
        ),
        {"sha": sha256, "role": role, "constants": constants},
    ).first()
    return None if row is None else StoredFile(*row)


def live_files(connection: Connection, sha256: str, role: str) -> list[StoredFile]:
    """Every file of that content and role that was imported and not dropped since, in order."""
    rows = connection.execute(
        text(
            "SELECT id, name, state, outcome FROM import_file WHERE sha256 = :sha AND "
            "role = :role AND state = 'live' ORDER BY id"
        ),
        {"sha": sha256, "role": role},
    )
    return [StoredFile(*row) for row in rows]


def outcome_of_file(connection: Connection, file_id: int) -> str:
    """What was said of a file when it was imported, as JSON."""
    named = text("SELECT outcome FROM import_file WHERE id = :id")
    return str(connection.execute(named, {"id": file_id}).scalar_one())


def allot_file(connection: Connection) -> int:
    """The id of a file about to be stored; its lines carry it."""
    return series.allot(connection, series.FILE)


def add_file(connection: Connection, acting: Acting, file_id: int, file: Mapping[str, str]) -> None:
    """Store that a file was imported: its sha256, role, constants, name and outcome."""
    connection.execute(
        text(
            "INSERT INTO import_file (id, sha256, role, constants, name, state, outcome, "
            "imported_at, imported_by) VALUES (:id, :sha256, :role, :constants, :name, 'live', "
            ":outcome, :at, :by)"
        ),
        {**file, "id": file_id, "at": acting.posted, "by": acting.user},
    )


def state_then(connection: Connection, asked: AsKnown) -> str:
    """The SQL expression of the state that a return `r` was known in.

    Who accepted or corrected it and when stands in its row and in that of the correction, a
    rejection among the acts. One that was rejected before that was recorded counts as never seen.
    """
    before = dict.fromkeys((STAGED, EXCUSED), "0")
    for act in acts_of(connection, REJECT):
        if asked.known_on is not None and act.at[:10] > asked.known_on.isoformat():
            before[act.facts["was"]] += f", {return_id_of(act.subject)}"
    corrected = "SELECT n.corrects FROM levy_return n WHERE n.corrects IS NOT NULL"
    return (
        f"CASE WHEN r.id IN ({before[EXCUSED]}) THEN 'excused' "
        f"WHEN r.id IN ({before[STAGED]}) THEN 'staged' "
        "WHEN r.state IN ('rejected', 'excused') THEN r.state "
        f"WHEN r.id IN ({corrected} AND {asked.known('n.accepted_at')}) THEN 'corrected' "
        "WHEN r.lines = 0 THEN 'nil' "
        f"WHEN r.accepted_at IS NOT NULL AND {asked.known('r.accepted_at')} THEN 'accepted' "
        "ELSE 'staged' END"
    )


def _as_staged(
    connection: Connection, found: Sequence[StoredReturn], asked: AsKnown
) -> list[StoredReturn]:
    """Returns as known, staged ones with what the last file had told of them by then: further files
    may have joined them since, and accepting them has charged them."""
    told: dict[str, dict[str, Any]] = {}
    ids = [stored.id for stored in found if stored.state == STAGED]
    rows = connection.execute(
        text(
            "SELECT f.outcome FROM import_file f WHERE f.id IN (SELECT l.file_id "
            "FROM declaration_line l WHERE l.return_id IN :ids) "
            f"AND {asked.known('f.imported_at')} ORDER BY f.id"
        ).bindparams(bindparam("ids", expanding=True)),
        {"ids": ids},
    )
    for (outcome,) in rows if ids else ():
        told |= {item["return"]: item for item in json.loads(outcome)["returns"]}
    return [
        stored._replace(
            lines=told[stored.number]["lines"],
            net_pence=parse_pounds(told[stored.number]["net"]),
            levy_pence=parse_pounds(told[stored.number]["levy"]),
        )
        if stored.state == STAGED and stored.number in told
        else stored
        for stored in found
    ]


def files_of(connection: Connection, return_id: int) -> dict[int, str]:
    """The files a return's lines came in: id and name."""
    rows = connection.execute(
        text(
            "SELECT id, name FROM import_file WHERE id IN "
            "(SELECT DISTINCT file_id FROM declaration_line WHERE return_id = :id) ORDER BY id"
        ),
        {"id": return_id},
    )
    return {int(number): str(name) for number, name in rows}


def other_files_of(
    connection: Connection, return_id: int, file_id: int
) -> tuple[tuple[str, str, frozenset[int]], ...]:
    """The other files that a return's lines came by, in the order of their import: name, what was
    said of the file, and the rows of it that are in the return."""
    rows_of: dict[int, set[int]] = {}
    for other, row in connection.execute(
        text(
            "SELECT file_id, row_no FROM declaration_line "
            "WHERE return_id = :id AND file_id <> :file"
        ),
        {"id": return_id, "file": file_id},
    ):
        rows_of.setdefault(int(other), set()).add(int(row))
    named = text("SELECT name, outcome FROM import_file WHERE id = :id")
    return tuple(
        (*connection.execute(named, {"id": other}).one(), frozenset(rows_of[other]))
        for other in sorted(rows_of)
    )


def rows_in(connection: Connection, return_id: int, file_id: int) -> frozenset[int]:
    """The rows of a file that are lines of a return."""
    rows = connection.execute(
        text("SELECT row_no FROM declaration_line WHERE return_id = :id AND file_id = :file"),
        {"id": return_id, "file": file_id},
    )
    return frozenset(int(row) for (row,) in rows)


def drop_files(connection: Connection, file_ids: Iterable[int]) -> None:
    """Let files be imported again: what they staged was rejected."""
    for number in file_ids:
        connection.execute(
            text("UPDATE import_file SET state = 'dropped' WHERE id = :id"), {"id": number}
        )


def set_state(connection: Connection, return_ids: Iterable[int], state: str) -> None:
    """Move returns to another state."""
    for number in return_ids:
        connection.execute(
            text("UPDATE levy_return SET state = :state WHERE id = :id"),
            {"state": state, "id": number},
        )
