"""Setting levy aside for opportunities newly due, and giving it back where due falls."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book, OpportunityRule
from levytool.journal import Entry
from levytool.ledger import opportunities as stored_opportunities
from levytool.ledger.accepted_spend import spend_of_returns
from levytool.ledger.closing import closed_months
from levytool.ledger.opportunities import NewProvision, PlaceCounts
from levytool.ledger.posting import post
from levytool.ledger.returns import StoredReturn
from levytool.periods import Month, in_force
from levytool.rules.dates import posting_date
from levytool.rules.opportunities import ScopeKey, due, due_exact, scope_key
from levytool.rules.postings import Occasion, provision_changed
from levytool.rules.provision import Layer, ProvisionChange, provision_change

PROVIDED = "provided"


def provide(
    connection: Connection, acting: Acting, book: Book, accepted: Sequence[StoredReturn]
) -> None:
    """Move provision by the change in what is due, reporting period by reporting period.

    `accepted` are the returns that the caller has just accepted. The unit cost is the one in force
    on the last day of the reporting period (domain §3.5, *Provision*, *Dates*).
    """
    owing = {code for code, framework in book.frameworks.items() if framework.opportunities}
    chosen = [stored for stored in accepted if stored.framework in owing]
    if not chosen:
        return
    obligations = _Obligations(connection, book, {stored.framework for stored in chosen})
    obligations.take_out(stored.id for stored in chosen)
    closed = closed_months(connection)
    entries: list[Entry] = []
    changes: list[list[tuple[ScopeKey, Layer]]] = []
    for period, group in groupby(chosen, key=lambda stored: stored.period):
        touched = obligations.put_in([stored.id for stored in group])
        effective = posting_date(period, closed, acting.today)
        for framework, keys in touched.items():
            moved = obligations.changes(framework, keys, period)
            if not moved:
                continue
            occasion = Occasion(effective, reference=framework, reporting_period=period)
            entries.append(provision_changed(occasion, _moves(moved)))
            changes.append([(key, layer) for key, change in moved for layer in change.changes])
    posted = post(connection, acting, entries)
    rows = [
        NewProvision(
            key.framework,
            key.member,
            key.call_off,
            key.contractor,
            layer.number,
            layer.unit_cost_pence,
            layer.places,
            layer.places * layer.unit_cost_pence,
            json.dumps(dict(layer.by_member)),
            PROVIDED,
            None,
            entry_id,
        )
        for entry_id, layers in zip(posted.ids, changes, strict=True)
        for key, layer in layers
    ]
    stored_opportunities.add_provision(connection, rows)


def _moves(moved: Iterable[tuple[ScopeKey, ProvisionChange]]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for _key, change in moved:
        for member, pence in change.moves.items():
            totals[member] += pence
    return dict(totals)


class _Obligations:
    """The obligations of some frameworks: spend by member, places, layers, by scope."""

    def __init__(self, connection: Connection, book: Book, frameworks: set[str]) -> None:
        self._connection = connection
        self._book = book
        self._rules: dict[str, OpportunityRule] = {
            code: rule
            for code in frameworks
            if (rule := book.frameworks[code].opportunities) is not None
        }
        self._sums = spend_of_returns(connection, sorted(frameworks))
        self._spend: dict[ScopeKey, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for return_id in self._sums:
            self._add(return_id, 1)
        self._layers = stored_opportunities.provision_layers(connection, sorted(frameworks))
        self._places = stored_opportunities.place_counts(connection, self._rules)

    def _add(self, return_id: int, sign: int) -> dict[str, set[ScopeKey]]:
        touched: dict[str, set[ScopeKey]] = defaultdict(set)
        for spend in self._sums.get(return_id, ()):
            rule = self._rules[spend.framework]
            key = scope_key(
                rule.scope, spend.framework, spend.member, spend.call_off, spend.contractor
            )
            self._spend[key][spend.member] += sign * spend.base_pence
            touched[spend.framework].add(key)
        return touched

    def take_out(self, return_ids: Iterable[int]) -> None:
        """Leave out returns that are put in again, period by period."""
        for return_id in return_ids:
            self._add(return_id, -1)

    def put_in(self, return_ids: Iterable[int]) -> Mapping[str, set[ScopeKey]]:
        """Count returns; gives the scopes they touch, by framework in order of code."""
        touched: dict[str, set[ScopeKey]] = defaultdict(set)
        for return_id in return_ids:
            for framework, keys in self._add(return_id, 1).items():
                touched[framework] |= keys
        return dict(sorted(touched.items()))

    def changes(
        self, framework: str, keys: Iterable[ScopeKey], period: Month
    ) -> list[tuple[ScopeKey, ProvisionChange]]:
        """How the layers of these scopes change; remembered for the next period."""
        rule = self._rules[framework]
        unit_cost_pence = in_force(rule.unit_cost, period.last_day) or 0
        moved: list[tuple[ScopeKey, ProvisionChange]] = []
        for key in sorted(keys):
            spend = self._spend[key]
            places = self._places.get(key, PlaceCounts())
            layers = self._layers.get(key, ())
            owed = due(due_exact(sum(spend.values()), rule.per_million))
            change = provision_change(
                layers,
                owed,
                places.paid,
                places.verified - places.paid,
                unit_cost_pence,
                spend,
                places.waived,
            )
            if change.changes:
                moved.append((key, change))
                self._layers[key] = stored_opportunities.with_changes(layers, change.changes)
        return moved
