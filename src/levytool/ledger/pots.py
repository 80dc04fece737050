"""Members' brokerage pots as cohorts: the sub-ledger of 2200."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger import series
from levytool.ledger.bulk import insert_rows
from levytool.rules.brokerage import Cohort, CohortKey, added, format_key, parse_key
from levytool.rules.postings import Kind


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


def cohorts_by_member(connection: Connection) -> dict[str, tuple[Cohort, ...]]:
    """Every member's cohorts, oldest first; empty ones keep their place."""
    return _cohorts(connection, "", "1 = 1")


def committed_cohorts(connection: Connection, scheme: str) -> dict[str, tuple[Cohort, ...]]:
    """What each member's commitments to a scheme took from its cohorts, oldest first."""
    taken = _cohorts(
        connection, "-", "scheme = :scheme AND kind = :kind", scheme, Kind.COMMITMENT.value
    )
    return {member: tuple(c for c in parts if c.pence) for member, parts in taken.items()}


def _cohorts(
    connection: Connection, sign: str, where: str, scheme: str = "", kind: str = ""
) -> dict[str, tuple[Cohort, ...]]:
    rows = connection.execute(
        text(
            f"SELECT member, cohort, CAST({sign}SUM(amount_pence) AS BIGINT) FROM pot_movement "
            f"WHERE {where} GROUP BY member, cohort ORDER BY member, cohort"
        ),
        {"scheme": scheme, "kind": kind} if scheme else {},
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
