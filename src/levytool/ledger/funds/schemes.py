"""Brokerage schemes as proposed, and their money by source: the sub-ledger of 2300."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from sqlalchemy import Connection, text

from levytool.acting import Acting
from levytool.journal import Kind
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.acts import DONE
from levytool.ledger.journal.as_known import NOW, AsKnown

PROPOSE = "scheme propose"
APPROVE = "scheme approve"
COMMIT = "scheme commit"
FUND = "scheme fund"
DRAW = "scheme draw"
TAKE_BACK = "scheme draw --reverse"
CLOSE = "scheme close"

MEMBER = "member"
FUNDER = "funder"

SchemeState = Literal["proposed", "approved", "closed"]
MovementKind = Literal["commit", "agree", "receive", "draw", "close"]


@dataclass(frozen=True, slots=True)
class NewScheme:
    """A scheme about to be proposed: the members whose pots may pay for it, budget in pence."""

    code: str
    title: str
    members: tuple[str, ...]
    area: str
    budget_pence: int
    places: int


@dataclass(frozen=True, slots=True)
class StoredScheme:
    """A scheme as proposed, with what has become of it."""

    code: str
    title: str
    members: tuple[str, ...]
    area: str
    budget_pence: int
    places: int
    proposed_on: date
    proposed_by: str
    state: SchemeState


class NewSchemeMovement(NamedTuple):
    """Money of one source about to be stored (see `tables.SchemeMovement`).

    `amount_pence` is what 2300 changes by, positive for a draw that is taken back;
    `received_pence` what arrived of match funding, negative for what of it goes back to the funder
    when the scheme closes.
    """

    scheme: str
    source_kind: str
    source: str
    kind: MovementKind
    amount_pence: int
    received_pence: int
    payee: str
    reference: str
    entry_id: int


@dataclass(frozen=True, slots=True)
class SourceFunds:
    """One source's money in one scheme, in pence: put in, received, drawn, and what is left.

    `put_pence` is what a member committed or a funder agreed, in all. `balance_pence` is 2300.
    `received_pence` is net of `returned_pence`: what the scheme, closed, owes back to a funder.
    """

    source_kind: str
    source: str
    put_pence: int
    received_pence: int
    drawn_pence: int
    balance_pence: int
    returned_pence: int

    @property
    def all_received_pence(self) -> int:
        """What a funder has paid in all, whatever of it went back when the scheme closed."""
        return self.received_pence + self.returned_pence

    @property
    def drawable_pence(self) -> int:
        """What a drawdown may use: the rest of a commitment, or of what a funder has paid."""
        if self.source_kind == MEMBER:
            return self.balance_pence
        return self.received_pence - self.drawn_pence

    @property
    def owed_pence(self) -> int:
        """Match funding agreed and not received: the funder's part of 1300 for this scheme."""
        return self.balance_pence - self.drawable_pence

    @property
    def given_back_pence(self) -> int:
        """What a closed scheme gave back of what it had: to a member's pot, or to the funder."""
        if self.source_kind == MEMBER:
            return self.put_pence - self.drawn_pence - self.balance_pence
        return self.returned_pence

    @property
    def released_pence(self) -> int:
        """Match funding that never came, and that the funder owes no longer: the scheme is closed.

        All that was put in is drawn, given back, released, owed or drawable.
        """
        gone = self.drawn_pence + self.given_back_pence + self.balance_pence
        return self.put_pence - gone


def add_scheme(connection: Connection, acting: Acting, new: NewScheme) -> None:
    """Store a proposed scheme."""
    columns = (
        "code",
        "title",
        "members",
        "area",
        "budget_pence",
        "places",
        "proposed_on",
        "proposed_by",
    )
    row = (
        new.code,
        new.title,
        json.dumps(list(new.members)),
        new.area,
        new.budget_pence,
        new.places,
        acting.today.isoformat(),
        acting.user,
    )
    insert_rows(connection, "scheme", columns, [row])


def find_schemes(connection: Connection, asked: AsKnown = NOW) -> list[StoredScheme]:
    """Every scheme proposed, in order of code, with its state, as the books stand or stood."""
    approved, closed = _done(connection, APPROVE, asked), _done(connection, CLOSE, asked)
    brought = _brought(connection, asked)
    rows = connection.execute(
        text(
            "SELECT code, title, members, area, budget_pence, places, proposed_on, proposed_by "
            "FROM scheme ORDER BY code"
        )
    )
    found = []
    for code, title, members, area, budget, places, day, user in rows:
        proposed_on = day_of(day)
        if not brought.get(code, proposed_on <= asked.done_by):
            continue
        state: SchemeState = "approved" if code in approved or code in brought else "proposed"
        if code in closed:
            state = "closed"
        parties = tuple(json.loads(members))
        found.append(
            StoredScheme(code, title, parties, area, budget, places, proposed_on, user, state)
        )
    return found


def _done(connection: Connection, act: str, asked: AsKnown) -> set[str]:
    rows = connection.execute(
        text(f"SELECT subject FROM act WHERE act = :act AND state = :done AND {asked.done('at')}"),
        {"act": act, "done": DONE},
    )
    return {subject for (subject,) in rows}


def _brought(connection: Connection, asked: AsKnown) -> dict[str, bool]:
    """The schemes that an opening file brought, approved, and whether its entry counts."""
    rows = connection.execute(
        text(
            f"SELECT a.subject, CASE WHEN {asked.entry()} THEN 1 ELSE 0 END FROM act a "
            "JOIN journal_entry e ON e.id = a.entry_id AND e.kind = :kind WHERE a.act = :act"
        ),
        {"act": APPROVE, "kind": Kind.OPENING.value},
    )
    return {subject: bool(counts) for subject, counts in rows}


def add_scheme_movements(connection: Connection, rows: Sequence[NewSchemeMovement]) -> None:
    """Store changes of schemes' money."""
    first = series.allot(connection, "scheme-movement", len(rows))
    insert_rows(
        connection,
        "scheme_movement",
        ("id", *NewSchemeMovement._fields),
        [(number, *row) for number, row in enumerate(rows, first)],
    )


def restore_drawn(connection: Connection, drawn_by: int, entry_id: int) -> None:
    """Put back what an entry drew of each source, by the entry that reverses it."""
    columns = ", ".join(NewSchemeMovement._fields)
    rows = connection.execute(
        text(
            f"SELECT {columns} FROM scheme_movement WHERE entry_id = :entry AND kind = 'draw' "
            "ORDER BY id"
        ),
        {"entry": drawn_by},
    )
    drawn = [NewSchemeMovement(*row) for row in rows]
    back = [one._replace(amount_pence=-one.amount_pence, entry_id=entry_id) for one in drawn]
    add_scheme_movements(connection, back)


def funds_by_scheme(
    connection: Connection, asked: AsKnown = NOW
) -> dict[str, tuple[SourceFunds, ...]]:
    """Each scheme's money by source: members by code, then funders by name."""
    rows = connection.execute(
        text(
            "SELECT s.scheme, s.source_kind, s.source, "
            "CAST(SUM(CASE WHEN s.kind IN ('commit', 'agree') THEN s.amount_pence ELSE 0 END) "
            "AS BIGINT), CAST(SUM(s.received_pence) AS BIGINT), "
            "CAST(SUM(CASE WHEN s.kind = 'draw' THEN -s.amount_pence ELSE 0 END) AS BIGINT), "
            "CAST(SUM(s.amount_pence) AS BIGINT), "
            "CAST(SUM(CASE WHEN s.kind = 'close' THEN -s.received_pence ELSE 0 END) AS BIGINT) "
            "FROM scheme_movement s "
            f"JOIN journal_entry e ON e.id = s.entry_id WHERE {asked.entry()} "
            "GROUP BY s.scheme, s.source_kind, s.source "
            "ORDER BY s.scheme, s.source_kind DESC, s.source"
        )
    )
    found: dict[str, list[SourceFunds]] = {}
    for scheme, *figures in rows:
        found.setdefault(scheme, []).append(SourceFunds(*figures))
    return {scheme: tuple(sources) for scheme, sources in found.items()}
