"""Opportunities as recorded, what was verified and paid, and the layers of their provision."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, bindparam, text

from levytool.acting import Acting
from levytool.book.records import OpportunityRule
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.acts import DONE, acts_of
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.opened import spend_brought
from levytool.problems import UsageError
from levytool.rules.opportunities import ScopeKey, qualifies, scope_key
from levytool.rules.provision import Layer, layers_of

RECORD = "opportunity record"
VERIFY = "opportunity verify"
PAY = "opportunity pay"
TAKE_BACK = "opportunity pay --reverse"
WAIVE = "opportunity waive"

PROVIDED = "provided"
PAID = "paid"
TAKEN_BACK = "taken-back"
WAIVED = "waived"


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


class NewOpportunity(NamedTuple):
    """A place about to be recorded. What does not apply is '' (hours: None)."""

    framework: str
    member: str
    contractor: str
    call_off: str
    type: str
    starts: str
    weeks: int
    hours: int | None
    evidence: str


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
    return series.numbered("O", opportunity_id)


def add_opportunity(connection: Connection, acting: Acting, new: NewOpportunity) -> str:
    """Store a place as recorded today; gives its number."""
    opportunity_id = series.allot(connection, "opportunity")
    insert_rows(
        connection,
        "opportunity",
        ("id", *NewOpportunity._fields, "recorded_on", "recorded_by"),
        [(opportunity_id, *new, acting.today.isoformat(), acting.user)],
    )
    return opportunity_number(opportunity_id)


def find_opportunities(connection: Connection, asked: AsKnown = NOW) -> list[StoredOpportunity]:
    """Every opportunity recorded, in order, with what was done about it, now or by then."""
    verified, paid, taken_back = (
        _times_done(connection, act, asked) for act in (VERIFY, PAY, TAKE_BACK)
    )
    rows = connection.execute(
        text(
            "SELECT id, framework, member, contractor, call_off, type, starts, weeks, hours, "
            "evidence, recorded_on, recorded_by FROM opportunity ORDER BY id"
        )
    )
    found = []
    for row in rows:
        number = opportunity_number(row[0])
        days = {6: day_of(row[6]), 10: day_of(row[10])}
        values: list[Any] = [days.get(place, value) for place, value in enumerate(row)]
        if days[10] <= asked.done_by:
            values += [number in verified, paid[number] > taken_back[number]]
            found.append(StoredOpportunity(*values))
    return found


def _times_done(connection: Connection, act: str, asked: AsKnown) -> Counter[str]:
    """How often an act was done, by subject."""
    rows = connection.execute(
        text(
            "SELECT subject, COUNT(*) FROM act WHERE act = :act AND state = :done "
            f"AND {asked.done('at')} GROUP BY subject"
        ),
        {"act": act, "done": DONE},
    )
    return Counter({str(subject): int(count) for subject, count in rows})


def get_opportunity(connection: Connection, number: str) -> StoredOpportunity:
    """The opportunity of that number. Raises UsageError when there is none."""
    wanted = number.upper()
    for stored in find_opportunities(connection):
        if stored.number == wanted:
            return stored
    raise UsageError(f"there is no opportunity {number}; see: levytool opportunity list")


def place_counts(
    connection: Connection, rules: Mapping[str, OpportunityRule], asked: AsKnown = NOW
) -> dict[ScopeKey, PlaceCounts]:
    """Qualifying places by obligation, for the frameworks that have a rule.

    Those that an opening file brought count as paid once they are verified.
    """
    counts = {
        key: PlaceCounts(waived=places)
        for key, places in _waived_places(connection, asked).items()
        if key.framework in rules
    }
    for stored in find_opportunities(connection, asked):
        rule = rules.get(stored.framework)
        if rule is None or not qualifies(stored.weeks, rule.qualifying_weeks):
            continue
        key = scope_key(
            rule.scope, stored.framework, stored.member, stored.call_off, stored.contractor
        )
        count = counts.get(key, PlaceCounts())
        counts[key] = PlaceCounts(
            count.delivered + 1,
            count.verified + stored.verified,
            count.paid + stored.paid,
            count.waived,
        )
    for brought in spend_brought(connection, rules, asked):
        codes = (brought.framework, brought.member, brought.call_off, brought.contractor)
        key = scope_key(rules[brought.framework].scope, *codes)
        count = counts.get(key, PlaceCounts())
        counts[key] = PlaceCounts(
            count.delivered + brought.delivered,
            count.verified + brought.verified,
            count.paid + brought.verified,
            count.waived,
        )
    return counts


def _waived_places(connection: Connection, asked: AsKnown) -> dict[ScopeKey, int]:
    rows = connection.execute(
        text(
            "SELECT p.framework, p.member, p.call_off, p.contractor, "
            "CAST(-SUM(p.places) AS BIGINT) FROM provision_movement p "
            "JOIN journal_entry e ON e.id = p.entry_id "
            f"WHERE p.kind = :kind AND {asked.entry()} "
            "GROUP BY p.framework, p.member, p.call_off, p.contractor"
        ),
        {"kind": WAIVED},
    )
    return {ScopeKey(*row[:4]): row[4] for row in rows}


def waived_obligations(connection: Connection) -> frozenset[ScopeKey]:
    """The obligations that were waived, with or without provision left to give back."""
    done = (act.facts for act in acts_of(connection, WAIVE) if act.state == DONE)
    codes = ("framework", "member", "call_off", "contractor")
    return frozenset(ScopeKey(*(facts[code] for code in codes)) for facts in done)


def provision_layers(
    connection: Connection, frameworks: Sequence[str]
) -> dict[ScopeKey, tuple[Layer, ...]]:
    """The provision of each obligation of these frameworks, oldest layer first."""
    query = text(
        "SELECT framework, member, call_off, contractor, layer, places, unit_cost_pence, "
        "by_member FROM provision_movement WHERE framework IN :frameworks ORDER BY id"
    ).bindparams(bindparam("frameworks", expanding=True, type_=Text))
    changes: dict[ScopeKey, list[Layer]] = {}
    for *codes, number, places, cost, by_member in connection.execute(
        query, {"frameworks": list(frameworks)}
    ):
        held = tuple(json.loads(by_member).items())
        changes.setdefault(ScopeKey(*codes), []).append(Layer(number, places, cost, held))
    return {key: layers_of(parts) for key, parts in changes.items()}


def with_changes(layers: Iterable[Layer], changes: Iterable[Layer]) -> tuple[Layer, ...]:
    """Layers after changes."""
    return layers_of((*layers, *changes))


def provision_row(
    key: ScopeKey, change: Layer, kind: str, entry_id: int, opportunity_id: int | None = None
) -> NewProvision:
    """A change of one layer of an obligation's provision, as it is stored."""
    return NewProvision(
        key.framework,
        key.member,
        key.call_off,
        key.contractor,
        change.number,
        change.unit_cost_pence,
        change.places,
        change.places * change.unit_cost_pence,
        json.dumps(dict(change.by_member)),
        kind,
        opportunity_id,
        entry_id,
    )


def add_provision(connection: Connection, rows: Sequence[NewProvision]) -> None:
    """Store changes of provision layers."""
    first = series.allot(connection, "provision", len(rows))
    insert_rows(
        connection,
        "provision_movement",
        ("id", *NewProvision._fields),
        [(number, *row) for number, row in enumerate(rows, first)],
    )


def restore_provision(connection: Connection, used_by: int, entry_id: int) -> None:
    """Put back what an entry used of a layer, by the entry that reverses it; nothing where it used
    none."""
    columns = ", ".join(NewProvision._fields)
    rows = connection.execute(
        text(f"SELECT {columns} FROM provision_movement WHERE entry_id = :entry"),
        {"entry": used_by},
    )
    back = []
    for row in rows:
        used = NewProvision(*row)
        held = {member: -pence for member, pence in json.loads(used.by_member).items()}
        back.append(
            used._replace(
                places=-used.places,
                amount_pence=-used.amount_pence,
                by_member=json.dumps(held),
                kind=TAKEN_BACK,
                entry_id=entry_id,
            )
        )
    if back:
        add_provision(connection, back)
