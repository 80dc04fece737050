"""Declaration lines in bulk: storing, reading, and finding those declared before."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.database.bulk import insert_indexed, insert_rows, update_rows
from levytool.ledger.database.days import day_column

LINE_COLUMNS = (
    "return_id",
    "line_no",
    "member_id",
    "file_id",
    "row_no",
    "date",
    "net_pence",
    "base_pence",
    "rate_ppm",
    "member_pays",
    "levy_micropence",
    "true_up_micropence",
    "levy_share_pence",
    "lot",
    "call_off",
    "invoice",
    "credits",
    "description",
    "kept",
    "key_hash",
)

INDEXES = {
    "uq_declaration_line_place": "UNIQUE INDEX {} ON declaration_line "
    "(return_id, line_no, member_id)",
    "ix_declaration_line_declared": "INDEX {} ON declaration_line (member_id, key_hash)",
}


class Candidate(NamedTuple):
    """A new line that may have been declared before: where it stands, and what finds it."""

    position: int
    member_id: int
    key_hash: int


class Invoiced(NamedTuple):
    """A new line and its invoice, which an earlier line may have too.

    `credit_pence` is a credit note's net, negative; 0 for what is invoiced.
    """

    position: int
    contractor_id: int
    invoice: str
    credit_pence: int


class EarlierLine(NamedTuple):
    """A stored line that shares a candidate's hash, with the columns that prove it equal.

    Its holder is the return that declared it, or the member's ledger that recorded it.
    """

    position: int
    holder_id: int
    line_no: int
    contractor_id: int
    framework_id: int
    date: str
    net_pence: int
    call_off: str
    invoice: str
    description: str


def store_lines(
    connection: Connection, runs: Iterable[Mapping[str, Sequence[Any]]], count: int
) -> None:
    """Insert some `count` lines in runs, each by column; the columns left out are blank."""
    insert_indexed(connection, "declaration_line", INDEXES, runs, count)


def lines_of(
    connection: Connection, return_ids: Sequence[int], columns: Sequence[str]
) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """The lines of each return that has any, in line order: (return id, rows of `columns`).

    One return is held at a time. Dates are ISO text on both databases.
    """
    day = day_column(connection, "date")
    names = ", ".join(("return_id", *(day if name == "date" else name for name in columns)))
    cursor: Any = connection.connection.cursor()
    try:
        for run in _runs(return_ids):
            cursor.execute(
                f"SELECT {names} FROM declaration_line "
                f"WHERE return_id BETWEEN {run[0]} AND {run[-1]} ORDER BY return_id, line_no"
            )
            for return_id, rows in groupby(cursor, itemgetter(0)):
                yield return_id, [row[1:] for row in rows]
    finally:
        cursor.close()


def _runs(return_ids: Sequence[int]) -> Iterator[list[int]]:
    """Sorted ids in runs without gaps, so that each run is one range of the index."""
    run: list[int] = []
    for number in sorted(return_ids):
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def set_shares(connection: Connection, shares: Iterable[tuple[int, int, int, int]]) -> None:
    """Set lines' shares of their documents: (share in pence, return, line, member)."""
    update_rows(
        connection,
        "declaration_line",
        ("levy_share_pence",),
        ("return_id", "line_no", "member_id"),
        shares,
    )


def look_for(connection: Connection, candidates: Iterable[Candidate]) -> None:
    """Lay the candidates in a table of the session, `line_candidate`, for queries to join."""
    connection.execute(text("DROP TABLE IF EXISTS line_candidate"))
    connection.execute(
        text(
            "CREATE TEMP TABLE line_candidate (position BIGINT, member_id BIGINT, key_hash BIGINT)"
        )
    )
    insert_rows(connection, "line_candidate", Candidate._fields, candidates)


def declared_before(connection: Connection, candidates: Iterable[Candidate]) -> list[EarlierLine]:
    """Lines in staged or accepted returns with the member and hash of a candidate.

    Equal hashes are only candidates: the caller compares the columns.
    """
    look_for(connection, candidates)
    day = day_column(connection, "l.date")
    rows = connection.exec_driver_sql(
        "SELECT c.position, l.return_id, l.line_no, r.contractor_id, r.framework_id, "
        f"{day}, l.net_pence, l.call_off, l.invoice, l.description "
        "FROM line_candidate c JOIN declaration_line l "
        "ON l.member_id = c.member_id AND l.key_hash = c.key_hash "
        "JOIN levy_return r ON r.id = l.return_id AND r.state IN ('staged', 'accepted') "
        "ORDER BY c.position, l.return_id, l.line_no"
    )
    return [EarlierLine(*row) for row in rows]


def invoice_charges(
    connection: Connection, contractor_id: int, framework_id: int, invoices: Collection[str]
) -> dict[str, tuple[int | None, int]]:
    """Rate (ppm) and payer of the first line in force with each invoice, credit notes left out."""
    rows = connection.execute(
        text(
            "SELECT l.invoice, l.rate_ppm, l.member_pays FROM levy_return r "
            "JOIN declaration_line l ON l.return_id = r.id "
            "WHERE r.contractor_id = :contractor AND r.framework_id = :framework "
            "AND r.state IN ('staged', 'accepted') AND l.credits = '' "
            "ORDER BY l.return_id, l.line_no"
        ),
        {"contractor": contractor_id, "framework": framework_id},
    )
    found: dict[str, tuple[int | None, int]] = {}
    for invoice, rate_ppm, member_pays in rows:
        if invoice in invoices:
            found.setdefault(invoice, (rate_ppm, member_pays))
    return found


def named_sums(
    connection: Connection, contractor_id: int, framework_id: int
) -> Iterator[tuple[str, bool, int]]:
    """Net pence of the lines in force by invoice, and of the credit notes by the invoice they name:
    invoice, whether it is credit notes, net."""
    rows = connection.execute(
        text(
            "SELECT l.invoice, l.credits, CAST(SUM(l.net_pence) AS BIGINT) FROM levy_return r "
            "JOIN declaration_line l ON l.return_id = r.id "
            "WHERE r.contractor_id = :contractor AND r.framework_id = :framework "
            "AND r.state IN ('staged', 'accepted') GROUP BY l.invoice, l.credits"
        ),
        {"contractor": contractor_id, "framework": framework_id},
    )
    for invoice, credited, net_pence in rows:
        yield credited or invoice, bool(credited), net_pence


def invoiced_before(
    connection: Connection, candidates: Iterable[Invoiced]
) -> list[tuple[int, str, int, int]]:
    """Candidates whose contractor has a line of that invoice in a staged or accepted return.

    Gives position, invoice, and the first such line's return and number, in order of position.
    A credit note is compared with credit notes of the same net alone: it may well have the number
    of the invoice that it corrects, and so may a second one of it.
    """
    connection.execute(text("DROP TABLE IF EXISTS invoice_candidate"))
    connection.execute(
        text(
            "CREATE TEMP TABLE invoice_candidate "
            "(position BIGINT, contractor_id BIGINT, invoice TEXT, credit_pence BIGINT)"
        )
    )
    insert_rows(connection, "invoice_candidate", Invoiced._fields, candidates)
    connection.execute(
        text("CREATE INDEX ix_invoice_candidate ON invoice_candidate (contractor_id, invoice)")
    )
    # CROSS JOIN holds SQLite to this order: each stored line is looked up among the candidates.
    rows = connection.exec_driver_sql(
        "SELECT c.position, c.invoice, MIN(l.return_id * 1000000000 + l.line_no) "
        "FROM levy_return r CROSS JOIN declaration_line l CROSS JOIN invoice_candidate c "
        "WHERE r.state IN ('staged', 'accepted') AND l.return_id = r.id AND l.net_pence <> 0 "
        "AND c.contractor_id = r.contractor_id AND c.invoice = l.invoice "
        "AND c.credit_pence = CASE WHEN l.net_pence > 0 THEN 0 ELSE l.net_pence END "
        "GROUP BY c.position, c.invoice ORDER BY c.position"
    )
    return [(row[0], row[1], *divmod(int(row[2]), 1_000_000_000)) for row in rows]
