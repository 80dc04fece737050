"""Members' brokerage pots as cohorts: the sub-ledger of 2200."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.journal import Kind
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.rules.brokerage import Cohort, CohortKey, added, format_key, parse_key


class NewPotMovement(NamedTuple):
    """A change of one cohort about to be stored. `kind` is that of its journal entry."""

    member: str
    cohort: str
    kind: str
    amount_pence: int
    scheme: str
    other_member: str
    entry_id: int


def movements_of(
    parts: Iterable[Cohort],
    member: str,
    kind: Kind,
    entry_id: int,
    *,
    out: bool = False,
    scheme: str = "",
    other_member: str = "",
) -> list[NewPotMovement]:
    """Parts of cohorts that came into a member's pot, or went out of it, as rows to store."""
    return [
        NewPotMovement(
            member,
            format_key(part.key),
            kind.value,
            -part.pence if out else part.pence,
            scheme,
            other_member,
            entry_id,
        )
        for part in parts
    ]


def add_pot_movements(connection: Connection, rows: Sequence[NewPotMovement]) -> None:
    """Store changes of cohorts."""
    first = series.allot(connection, "pot", len(rows))
    insert_rows(
        connection,
        "pot_movement",
        ("id", *NewPotMovement._fields),
        [(number, *row) for number, row in enumerate(rows, first)],
    )


def cohorts_by_member(
    connection: Connection, asked: AsKnown = NOW
) -> dict[str, tuple[Cohort, ...]]:
    """Every member's cohorts, oldest first; empty ones keep their place."""
    return _cohorts(connection, "", asked)


def committed_cohorts(
    connection: Connection, scheme: str, asked: AsKnown = NOW
) -> dict[str, tuple[Cohort, ...]]:
    """What each member's commitments to a scheme took from its cohorts, oldest first."""
    taken = _cohorts(connection, "-", asked, scheme)
    return {member: tuple(c for c in parts if c.pence) for member, parts in taken.items()}


def _cohorts(
    connection: Connection, sign: str, asked: AsKnown, committed_to: str = ""
) -> dict[str, tuple[Cohort, ...]]:
    where, values = asked.entry(), {}
    if committed_to:
        where += " AND p.scheme = :scheme AND p.kind = :kind"
        values = {"scheme": committed_to, "kind": Kind.COMMITMENT.value}
    rows = connection.execute(
        text(
            f"SELECT p.member, p.cohort, CAST({sign}SUM(p.amount_pence) AS BIGINT) "
            f"FROM pot_movement p JOIN journal_entry e ON e.id = p.entry_id WHERE {where} "
            "GROUP BY p.member, p.cohort ORDER BY p.member, p.cohort"
        ),
        values,
    )
    found: dict[str, list[Cohort]] = {}
    for member, key, pence in rows:
        month, returned = parse_key(key)
        found.setdefault(member, []).append(Cohort(month, pence, returned))
    return {member: added(cohorts, ()) for member, cohorts in found.items()}


def expired_keys(connection: Connection, member: str) -> frozenset[CohortKey]:
    """The cohorts of a member's pot whose expiry is posted, nil ones too."""
    rows = connection.execute(
        text("SELECT DISTINCT cohort FROM pot_movement WHERE member = :member AND kind = :kind"),
        {"member": member, "kind": Kind.EXPIRY.value},
    )
    return frozenset(parse_key(key) for (key,) in rows)
