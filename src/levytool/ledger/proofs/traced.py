"""What explanations follow from one record to the next: lines, cells, movements, reversals.

Large tables are read by their keys alone, and no more rows than are shown.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.database.days import day_text
from levytool.ledger.journal.opened import OPENING_FILE
from levytool.ledger.spend.lines import LINE_COLUMNS


class LinePart(NamedTuple):
    """A line and its part of the document: its share, or None while it is staged."""

    line_no: int
    net_pence: int
    share_pence: int | None


class LineSums(NamedTuple):
    """What lines come to, all of them."""

    lines: int
    net_pence: int
    share_pence: int
    levy_micropence: int


def line_at(connection: Connection, return_id: int, line_no: int) -> dict[str, Any] | None:
    """A line of a return by its number."""
    row = connection.execute(
        text(
            f"SELECT {', '.join(LINE_COLUMNS)} FROM declaration_line "
            "WHERE return_id = :return AND line_no = :line"
        ),
        {"return": return_id, "line": line_no},
    ).first()
    return None if row is None else dict(zip(LINE_COLUMNS, (day_text(v) for v in row), strict=True))


def lines_under(
    connection: Connection,
    return_id: int,
    limit: int,
    member_pays: bool | None = None,
    member_id: int | None = None,
) -> tuple[list[LinePart], LineSums]:
    """The first lines of a return, and what all of them come to; all or those that the contractor
    pays, or that one member pays."""
    where, values = "return_id = :return", {"return": return_id, "limit": limit}
    if member_pays is not None:
        where += " AND member_pays = :pays"
        values["pays"] = int(member_pays)
    if member_id is not None:
        where += " AND member_id = :member"
        values["member"] = member_id
    rows = connection.execute(
        text(
            "SELECT line_no, net_pence, levy_share_pence FROM declaration_line "
            f"WHERE {where} ORDER BY line_no LIMIT :limit"
        ),
        values,
    )
    first = [LinePart(*row) for row in rows]
    sums = connection.execute(
        text(
            "SELECT COUNT(*), CAST(COALESCE(SUM(net_pence), 0) AS BIGINT), "
            "CAST(COALESCE(SUM(levy_share_pence), 0) AS BIGINT), "
            "CAST(COALESCE(SUM(levy_micropence), 0) AS BIGINT) "
            f"FROM declaration_line WHERE {where}"
        ),
        values,
    ).one()
    return first, LineSums(*sums)


def line_of_row(
    connection: Connection, file_id: int, row: int, return_ids: Sequence[int]
) -> tuple[int, int] | None:
    """The return and number of the line that a file's row became, among the file's returns."""
    if not return_ids:
        return None
    found = connection.execute(
        text(
            "SELECT return_id, line_no FROM declaration_line "
            "WHERE return_id BETWEEN :first AND :last AND file_id = :file AND row_no = :row LIMIT 1"
        ),
        {"first": min(return_ids), "last": max(return_ids), "file": file_id, "row": row},
    ).first()
    return None if found is None else (found[0], found[1])


def bank_line_of_row(connection: Connection, file_id: int, row: int) -> int | None:
    """The bank line that a file's row became."""
    found = connection.scalar(
        text("SELECT id FROM bank_line WHERE file_id = :file AND row_no = :row"),
        {"file": file_id, "row": row},
    )
    return None if found is None else int(found)


def bank_lines_of_file(connection: Connection, file_id: int) -> list[tuple[int, int]]:
    """The bank lines that came in a file: number and amount."""
    rows = connection.execute(
        text("SELECT id, amount_pence FROM bank_line WHERE file_id = :file ORDER BY id"),
        {"file": file_id},
    )
    return [(row[0], row[1]) for row in rows]


def row_of_bank_line(connection: Connection, line_id: int) -> tuple[int, int]:
    """The file and row that a bank line came from."""
    row = connection.execute(
        text("SELECT file_id, row_no FROM bank_line WHERE id = :id"), {"id": line_id}
    ).one()
    return row[0], row[1]


def same_line(connection: Connection, return_id: int, line: dict[str, Any]) -> int | None:
    """The number of a return's line that declares the same, or else the same invoice to the same
    member: what a corrected line was, or is."""
    same: int | None = connection.scalar(
        text(
            "SELECT MIN(line_no) FROM declaration_line WHERE member_id = :member "
            "AND key_hash = :hash AND return_id = :return"
        ),
        {"member": line["member_id"], "hash": line["key_hash"], "return": return_id},
    )
    if same is not None or not line["invoice"]:
        return same
    found = connection.scalar(
        text(
            "SELECT MIN(line_no) FROM declaration_line WHERE return_id = :return "
            "AND invoice = :invoice AND member_id = :member"
        ),
        {"return": return_id, "invoice": line["invoice"], "member": line["member_id"]},
    )
    return None if found is None else int(found)


def documents_of(connection: Connection, return_id: int) -> list[str]:
    """The numbers of a return's documents, in the order they were raised."""
    query = text("SELECT number FROM document WHERE return_id = :id ORDER BY id")
    return [str(number) for number in connection.scalars(query, {"id": return_id})]


def document_of_entry(connection: Connection, entry_id: int) -> str:
    """The document that an entry posted, which its reference names; '' for any other entry."""
    query = text(
        "SELECT d.number FROM journal_entry e JOIN document d ON d.number = e.reference "
        "AND d.entry_id = e.id WHERE e.id = :entry"
    )
    return str(connection.scalar(query, {"entry": entry_id}) or "")


def document_number(connection: Connection, document_id: int) -> str:
    """The number of a document."""
    query = text("SELECT number FROM document WHERE id = :id")
    return str(connection.scalar(query, {"id": document_id}))


def has_document(connection: Connection, number: str) -> bool:
    """Whether there is a document of that number."""
    query = text("SELECT 1 FROM document WHERE number = :number")
    return connection.scalar(query, {"number": number}) is not None


def opening_file_id(connection: Connection) -> int | None:
    """The file that the books were opened from; None where they began with nothing."""
    query = text("SELECT id FROM import_file WHERE role = :role AND state = 'live'")
    found = connection.scalar(query, {"role": OPENING_FILE})
    return None if found is None else int(found)


def reversal_of(connection: Connection, entry_id: int) -> int | None:
    """The entry that reverses one; None where it stands."""
    query = text("SELECT id FROM journal_entry WHERE reverses = :id")
    found = connection.scalar(query, {"id": entry_id})
    return None if found is None else int(found)


def correction_of(connection: Connection, return_id: int) -> int | None:
    """The return that replaced one; None where it stands."""
    query = text("SELECT id FROM levy_return WHERE corrects = :id AND state <> 'rejected'")
    found = connection.scalar(query, {"id": return_id})
    return None if found is None else int(found)


def accepted_at(connection: Connection, return_id: int) -> str:
    """When a return was accepted, or staged where it waits."""
    query = text("SELECT COALESCE(accepted_at, staged_at) FROM levy_return WHERE id = :id")
    return str(connection.scalar(query, {"id": return_id}))


def returns_between(
    connection: Connection, framework: str, first: str, last: str, limit: int
) -> tuple[list[int], int]:
    """The first accepted returns of a framework by reporting period, and how many there are."""
    rows = connection.scalars(
        text(
            "SELECT r.id FROM levy_return r JOIN party f ON f.id = r.framework_id "
            "WHERE f.kind = 'framework' AND f.code = :framework AND r.state = 'accepted' "
            "AND r.period BETWEEN :first AND :last ORDER BY r.period, r.id"
        ),
        {"framework": framework, "first": first, "last": last},
    ).all()
    return list(rows[:limit]), len(rows)


def returns_of_party(
    connection: Connection, kind: str, code: str, limit: int
) -> tuple[list[int], int]:
    """The latest returns of a contractor or framework, and how many there are."""
    column = "contractor_id" if kind == "contractor" else "framework_id"
    rows = connection.scalars(
        text(
            f"SELECT r.id FROM levy_return r JOIN party p ON p.id = r.{column} "
            "WHERE p.kind = :kind AND p.code = :code AND r.state <> 'rejected' ORDER BY r.id DESC"
        ),
        {"kind": kind, "code": code},
    ).all()
    return list(rows[:limit]), len(rows)


def documents_of_payer(connection: Connection, payer: str, limit: int) -> tuple[list[str], int]:
    """The latest documents of a payer, and how many there are."""
    query = text("SELECT number FROM document WHERE payer = :payer ORDER BY id DESC")
    rows = connection.scalars(query, {"payer": payer}).all()
    return list(rows[:limit]), len(rows)


def files_named(connection: Connection, words: str) -> list[int]:
    """The files of that name, or whose SHA-256 begins so, the latest first."""
    rows = connection.scalars(
        text(
            "SELECT id FROM import_file WHERE name = :words OR sha256 LIKE :prefix ORDER BY id DESC"
        ),
        {"words": words, "prefix": f"{words.lower()}%" if len(words) >= 8 else words.lower()},
    )
    return [int(number) for number in rows]


def last_number(connection: Connection, table: str) -> int:
    """The highest id of a table: the last number that a reference can have."""
    return int(connection.scalar(text(f"SELECT COALESCE(MAX(id), 0) FROM {table}")) or 0)


def file_names(connection: Connection) -> list[str]:
    """The name of every file that was imported."""
    names = connection.scalars(text("SELECT DISTINCT name FROM import_file ORDER BY name"))
    return [str(name) for name in names]
