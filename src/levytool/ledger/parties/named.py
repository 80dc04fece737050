"""Which parties the ledger names, and which lines a change of the levy would touch."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from levytool.ledger.database.days import day_of
from levytool.ledger.parties.registers import CONTRACTOR, FRAMEWORK, MEMBER

_IN_LINES = {
    MEMBER: "EXISTS (SELECT 1 FROM declaration_line l WHERE l.member_id = p.id) "
    "OR EXISTS (SELECT 1 FROM member_line l WHERE l.member_id = p.id)",
    CONTRACTOR: "p.id IN (SELECT contractor_id FROM levy_return) "
    "OR p.id IN (SELECT contractor_id FROM member_line)",
    FRAMEWORK: "p.id IN (SELECT framework_id FROM levy_return) "
    "OR p.id IN (SELECT framework_id FROM member_line)",
}
_IN_DOCUMENTS = {MEMBER: "payer", CONTRACTOR: "payer", FRAMEWORK: "framework"}
_IN_OPPORTUNITIES = {MEMBER: "member", CONTRACTOR: "contractor", FRAMEWORK: "framework"}


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A line of a staged or accepted return: its return, place in it, date, and state."""

    return_id: int
    line_no: int
    day: date
    state: str


def named_codes(connection: Connection, kind: str) -> frozenset[str]:
    """The parties of a kind that a line, a return, an opportunity, a document, an opening file, a
    scheme or a posting names."""
    rows = connection.execute(
        text(
            f"SELECT p.code FROM party p WHERE p.kind = :kind AND ({_IN_LINES[kind]} "
            f"OR p.code IN (SELECT {_IN_OPPORTUNITIES[kind]} FROM opportunity) "
            f"OR p.code IN (SELECT {_IN_OPPORTUNITIES[kind]} FROM opening_spend) "
            f"OR p.code IN (SELECT {_IN_DOCUMENTS[kind]} FROM document) "
            "OR p.code IN (SELECT debit_dimension FROM journal_transfer) "
            "OR p.code IN (SELECT credit_dimension FROM journal_transfer))"
        ),
        {"kind": kind},
    )
    found = {str(code) for (code,) in rows}
    if kind == MEMBER:
        schemes = connection.scalars(text("SELECT members FROM scheme"))
        found.update(*map(json.loads, schemes))
    return frozenset(found - {""})


def first_charged_line(
    connection: Connection, framework: str, first: date, last: date | None, member: str = ""
) -> ChargedLine | None:
    """The first line of a framework that is charged on those days, both included; accepted ones
    before staged ones. `last` None: without end; `member` '' for any."""
    where = "f.kind = 'framework' AND f.code = :framework AND r.state IN ('accepted', 'staged')"
    where += " AND l.date >= :first"
    values = {"framework": framework, "first": first.isoformat()}
    if last is not None:
        where += " AND l.date <= :last"
        values["last"] = last.isoformat()
    if member:
        where += " AND m.code = :member"
        values["member"] = member
    row = connection.execute(
        text(
            "SELECT r.id, l.line_no, l.date, r.state FROM levy_return r "
            "JOIN party f ON f.id = r.framework_id "
            "JOIN declaration_line l ON l.return_id = r.id "
            f"JOIN party m ON m.id = l.member_id WHERE {where} "
            "ORDER BY r.state, r.id, l.line_no LIMIT 1"
        ),
        values,
    ).first()
    if row is None:
        return None
    return ChargedLine(int(row[0]), int(row[1]), day_of(row[2]), str(row[3]))
