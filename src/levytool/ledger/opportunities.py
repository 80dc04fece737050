"""Opportunities as recorded, what was verified and paid, and the layers of their provision."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.book.records import OpportunityRule
from levytool.ledger import series
from levytool.ledger.acts import DONE
from levytool.ledger.bulk import insert_rows
from levytool.problems import UsageError
from levytool.rules.opportunities import ScopeKey, qualifies, scope_key
from levytool.rules.provision import Layer, layers_of

RECORD = "opportunity record"
VERIFY = "opportunity verify"
PAY = "opportunity pay"
WAIVE = "opportunity waive"


@dataclass(frozen=True, slots=True)
class StoredOpportunity:
    """A place as recorded, with what was done about it since."""

    id: int
    framework: str
    member: str
    contractor: str
    call_off: str
    type: str
    starts: date
    weeks: int
    hours: int | None
    evidence: str
    recorded_on: date
    recorded_by: str
    verified: bool
    paid: bool

    @property
    def number(self) -> str:
        return opportunity_number(self.id)


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """Qualifying places of one obligation: recorded, verified, paid for; and places waived."""

    delivered: int = 0
    verified: int = 0
    paid: int = 0
    waived: int = 0


class NewProvision(NamedTuple):
    """A change of a provision layer about to be stored (see `tables.ProvisionMovement`)."""

    framework: str
    member: str
    call_off: str
    contractor: str
    layer: int
    unit_cost_pence: int
    places: int
    amount_pence: int
    by_member: str
    kind: str
    opportunity_id: int | None
    entry_id: int


def opportunity_number(opportunity_id: int) -> str:
    """How an opportunity is called: `O-000001`."""
    return f"O-{opportunity_id:06d}"


def find_opportunities(
    connection: Connection, as_at: date | None = None
) -> list[StoredOpportunity]:
    """Every opportunity recorded (by `as_at`), in order."""
    done = {
        act: {
            subject
            for (subject,) in connection.execute(
                text("SELECT DISTINCT subject FROM act WHERE act = :act AND state = :done"),
                {"act": act, "done": DONE},
            )
        }
        for act in (VERIFY, PAY)
    }
    rows = connection.execute(
        text(
            "SELECT id, framework, member, contractor, call_off, type, starts, weeks, hours, "
            "evidence, recorded_on, recorded_by FROM opportunity ORDER BY id"
        )
    )
    found = []
    for row in rows:
        number = opportunity_number(row[0])
        days = {6: _day(row[6]), 10: _day(row[10])}
        values: list[Any] = [days.get(place, value) for place, value in enumerate(row)]
        if as_at is None or days[10] <= as_at:
            values += [number in done[VERIFY], number in done[PAY]]
            found.append(StoredOpportunity(*values))
    return found


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def get_opportunity(connection: Connection, number: str) -> StoredOpportunity:
    """The opportunity of that number. Raises UsageError when there is none."""
    wanted = number.upper()
    for stored in find_opportunities(connection):
        if stored.number == wanted:
            return stored
    raise UsageError(f"there is no opportunity {number}; see: levytool opportunity list")


def place_counts(
    connection: Connection, rules: Mapping[str, OpportunityRule], as_at: date | None = None
) -> dict[ScopeKey, PlaceCounts]:
    """Qualifying places by obligation, for the frameworks that have a rule."""
    counts: dict[ScopeKey, list[int]] = {}
    for stored in find_opportunities(connection, as_at):
        rule = rules.get(stored.framework)
        if rule is None or not qualifies(stored.weeks, rule.qualifying_weeks):
            continue
        key = scope_key(
            rule.scope, stored.framework, stored.member, stored.call_off, stored.contractor
        )
        count = counts.setdefault(key, [0, 0, 0])
        count[0] += 1
        count[1] += stored.verified
        count[2] += stored.paid
    return {key: PlaceCounts(*count) for key, count in counts.items()}


def provision_layers(
    connection: Connection, frameworks: Sequence[str]
) -> dict[ScopeKey, tuple[Layer, ...]]:
    """The provision of each obligation of these frameworks, oldest layer first."""
    rows = connection.execute(
        text(
            "SELECT framework, member, call_off, contractor, layer, places, unit_cost_pence, "
            "by_member FROM provision_movement ORDER BY id"
        )
    )
    wanted = set(frameworks)
    changes: dict[ScopeKey, list[Layer]] = {}
    for framework, member, call_off, contractor, number, places, cost, by_member in rows:
        if framework in wanted:
            key = ScopeKey(framework, member, call_off, contractor)
            held = tuple(json.loads(by_member).items())
            changes.setdefault(key, []).append(Layer(number, places, cost, held))
    return {key: layers_of(parts) for key, parts in changes.items()}


def with_changes(layers: Iterable[Layer], changes: Iterable[Layer]) -> tuple[Layer, ...]:
    """Layers after changes."""
    return layers_of((*layers, *changes))


def add_provision(connection: Connection, rows: Sequence[NewProvision]) -> None:
    """Store changes of provision layers."""
    first = series.allot(connection, "provision", len(rows))
    insert_rows(
        connection,
        "provision_movement",
        ("id", *NewProvision._fields),
        [(number, *row) for number, row in enumerate(rows, first)],
    )
