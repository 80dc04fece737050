"""Members' own purchase ledgers: the files as recorded, and their lines in bulk."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_indexed
from levytool.ledger.database.days import day_column, day_of
from levytool.ledger.spend.lines import Candidate, EarlierLine, look_for
from levytool.money import format_pence
from levytool.problems import UsageError
from levytool.text import counted

LIVE = "live"
WITHDRAWN = "withdrawn"
SERIES = "member-ledger"

INDEXES = {
    "uq_member_line_place": "UNIQUE INDEX {} ON member_line (ledger_id, line_no, member_id)",
    "ix_member_line_key": "INDEX {} ON member_line (member_id, key_hash)",
}


@dataclass(frozen=True, slots=True)
class StoredLedger:
    """A file of a member's ledger as recorded; `last_day` is the date of its latest line."""

    id: int
    file_id: int
    state: str
    lines: int
    net_pence: int
    first_day: date
    last_day: date
    file: str
    recorded_at: str
    recorded_by: str

    @property
    def number(self) -> str:
        return ledger_number(self.id)


def ledger_number(ledger_id: int) -> str:
    """How a member's ledger is called: `M-000001`."""
    return series.numbered("M", ledger_id)


def ledger_id_of(number: str) -> int:
    """The id behind `M-000001`. Raises UsageError for anything else."""
    return series.number_in(number, "M", "a member's ledger", "levytool spend ledgers")


_SELECT = (
    "SELECT m.id, m.file_id, m.state, m.lines, m.net_pence, m.first_day, m.last_day, f.name, "
    "f.imported_at, f.imported_by FROM member_ledger m JOIN import_file f ON f.id = m.file_id"
)


def _stored(row: Sequence[Any]) -> StoredLedger:
    return StoredLedger(*row[:5], *map(day_of, row[5:7]), *row[7:])


def find_ledgers(connection: Connection) -> list[StoredLedger]:
    """Every member's ledger, withdrawn ones too, by number."""
    return [_stored(row) for row in connection.execute(text(f"{_SELECT} ORDER BY m.id"))]


def get_ledger(connection: Connection, number: str) -> StoredLedger:
    """The ledger of that number. Raises UsageError when there is none."""
    ledger_id = ledger_id_of(number)
    row = connection.execute(text(f"{_SELECT} WHERE m.id = :id"), {"id": ledger_id}).first()
    if row is None:
        raise UsageError(
            f"there is no member's ledger {ledger_number(ledger_id)}; see: levytool spend ledgers"
        )
    return _stored(row)


def members_of(connection: Connection, ledger_id: int) -> list[str]:
    """The codes of the members that a ledger has lines of."""
    return list(
        connection.scalars(
            text(
                "SELECT code FROM party WHERE id IN "
                "(SELECT member_id FROM member_line WHERE ledger_id = :id) ORDER BY code"
            ),
            {"id": ledger_id},
        )
    )


def lines_by_month(connection: Connection, ledger_id: int) -> dict[str, int]:
    """How many lines a ledger has of each month."""
    rows = connection.execute(
        text("SELECT period, COUNT(*) FROM member_line WHERE ledger_id = :id GROUP BY period"),
        {"id": ledger_id},
    )
    return {str(period): int(lines) for period, lines in rows}


def line_at(connection: Connection, ledger_id: int, line_no: int) -> dict[str, Any] | None:
    """A line by its ledger and number, with every column; None where there is none."""
    row = connection.execute(
        text("SELECT * FROM member_line WHERE ledger_id = :ledger AND line_no = :line"),
        {"ledger": ledger_id, "line": line_no},
    ).first()
    return None if row is None else dict(row._mapping)


def add_ledger(connection: Connection, file_id: int, facts: Mapping[str, Any]) -> int:
    """Store that a ledger was recorded: its lines, net_pence, first_day and last_day."""
    number = series.allot(connection, SERIES)
    connection.execute(
        text(
            "INSERT INTO member_ledger (id, file_id, state, lines, net_pence, first_day, last_day) "
            "VALUES (:id, :file_id, 'live', :lines, :net_pence, :first_day, :last_day)"
        ),
        {**facts, "id": number, "file_id": file_id},
    )
    return number


def withdraw(connection: Connection, ledger_id: int) -> None:
    """Let a ledger's lines count no longer; they stay where they are."""
    connection.execute(
        text("UPDATE member_ledger SET state = 'withdrawn' WHERE id = :id"), {"id": ledger_id}
    )


def store_member_lines(
    connection: Connection, runs: Iterable[Mapping[str, Sequence[Any]]], count: int
) -> None:
    """Insert some `count` lines in runs, each by column; the columns left out are blank."""
    insert_indexed(connection, "member_line", INDEXES, runs, count)


def recorded_before(
    connection: Connection, candidates: Iterable[Candidate], ledger_ids: Collection[int]
) -> list[EarlierLine]:
    """Lines of the named ledgers with the member and hash of a candidate.

    Equal hashes are only candidates: the caller compares the columns.
    """
    look_for(connection, candidates)
    day = day_column(connection, "l.date")
    named = ", ".join(str(number) for number in sorted(ledger_ids))
    rows = connection.exec_driver_sql(
        "SELECT c.position, l.ledger_id, l.line_no, l.contractor_id, l.framework_id, "
        f"{day}, l.net_pence, l.call_off, l.invoice, l.description "
        "FROM line_candidate c JOIN member_line l "
        "ON l.member_id = c.member_id AND l.key_hash = c.key_hash "
        f"WHERE l.ledger_id IN ({named}) ORDER BY c.position, l.ledger_id, l.line_no"
    )
    return [EarlierLine(*row) for row in rows]


def unlike_ledgers(connection: Connection) -> list[str]:
    """Ledgers whose lines are not those that were recorded, in words."""
    rows = connection.execute(
        text(
            "SELECT m.id, m.lines, m.net_pence, COALESCE(l.lines, 0), COALESCE(l.net_pence, 0) "
            "FROM member_ledger m LEFT JOIN (SELECT ledger_id, COUNT(*) AS lines, "
            "SUM(net_pence) AS net_pence FROM member_line GROUP BY ledger_id) l "
            "ON l.ledger_id = m.id WHERE COALESCE(l.lines, 0) <> m.lines "
            "OR COALESCE(l.net_pence, 0) <> m.net_pence ORDER BY m.id"
        )
    )
    return [
        f"{ledger_number(number)} had {counted(lines, 'line')} of {format_pence(net)}, "
        f"it has {found:,} of {format_pence(int(found_net))}"
        for number, lines, net, found, found_net in rows
    ]
