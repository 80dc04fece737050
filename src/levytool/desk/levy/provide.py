"""Setting levy aside for opportunities newly due, and giving it back where due falls."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from operator import itemgetter

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.book.records import Book, Scope
from levytool.desk.brokerage.obligations import opportunity_rules
from levytool.journal import Entry
from levytool.ledger.funds import opportunities as stored_opportunities
from levytool.ledger.funds.opportunities import PROVIDED, PlaceCounts
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.ledger.spend.accepted_spend import ScopedSpend, scoped_spend
from levytool.ledger.spend.returns import StoredReturn
from levytool.periods import Month, in_force
from levytool.rules.dates import posting_date
from levytool.rules.opportunities import ScopeKey, scope_key, whole_due
from levytool.rules.postings import Occasion, provision_changed
from levytool.rules.provision import Layer, ProvisionChange, provision_change

NO_PLACES = PlaceCounts()


class AddedSpend:
    """Levyable spend of the returns just accepted: by reporting period, then by codes.

    The codes are framework, member, call-off and contractor; what the framework's scope does not
    use is ''. `return_ids` are those of `frameworks` that owe opportunities. The books have their
    spend too; reading it back would take longer than all else that is done to provide for it.
    """

    def __init__(self, book: Book) -> None:
        self._rules = opportunity_rules(book)
        self.return_ids: set[int] = set()
        self.frameworks: set[str] = set()
        self.by_period: dict[Month, dict[tuple[str, str, str, str], int]] = {}

    def add(self, stored: StoredReturn, sums: Iterable[tuple[str, str, int]]) -> None:
        """Count a return, from its sums by member and call-off in pence."""
        rule, framework = self._rules.get(stored.framework), stored.framework
        if rule is None:
            return
        self.return_ids.add(stored.id)
        self.frameworks.add(framework)
        by_call_off = rule.scope == "call-off"
        contractor = stored.contractor if by_call_off or rule.scope == "contractor" else ""
        spent = self.by_period.setdefault(stored.period, defaultdict(int))
        for member, call_off, pence in sums:
            spent[framework, member, call_off if by_call_off else "", contractor] += pence


def provide(
    connection: Connection,
    acting: Acting,
    book: Book,
    added: AddedSpend,
    *,
    corrected: Sequence[StoredReturn] = (),
    on: date | None = None,
) -> None:
    """Move provision by the change in what is due, reporting period by reporting period.

    `added` is the spend that the caller has just accepted, `corrected` the returns it has taken
    out of force, and `on` the day to post on where it is not theirs. The unit cost is the one in
    force on the last day of the reporting period (domain §3.5, *Provision*, *Dates*).
    """
    owing = {code for code, framework in book.frameworks.items() if framework.opportunities}
    gone = [stored for stored in corrected if stored.framework in owing]
    if not gone and not added.return_ids:
        return
    obligations = _Obligations(connection, book, added, gone)
    closed = closed_months(connection)
    entries: list[Entry] = []
    changes: list[list[tuple[ScopeKey, Layer]]] = []
    for period in sorted({*added.by_period, *(stored.period for stored in gone)}):
        effective = on or posting_date(period, closed, acting.today)
        for framework, moved in obligations.changes(period):
            occasion = Occasion(effective, reference=framework, reporting_period=period)
            entries.append(provision_changed(occasion, _moves(moved)))
            changes.append([(key, layer) for key, change in moved for layer in change.changes])
    posted = post(connection, acting, entries)
    rows = [
        stored_opportunities.provision_row(key, layer, PROVIDED, entry_id)
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
    """What the frameworks of newly accepted returns owe, reporting period after period.

    Those that are `gone` count no more, but what they counted towards is looked at again.
    """

    def __init__(
        self,
        connection: Connection,
        book: Book,
        added: AddedSpend,
        gone: Sequence[StoredReturn],
    ) -> None:
        frameworks = sorted(added.frameworks | {stored.framework for stored in gone})
        rules = opportunity_rules(book)
        self._rules = {code: rules[code] for code in frameworks}
        self._added = added.by_period
        self._spend: dict[ScopeKey, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._gone: dict[str, list[ScopeKey]] = defaultdict(list)
        gone_ids = {stored.id for stored in gone}
        for scope in sorted({rule.scope for rule in self._rules.values()}):
            of_scope = [code for code in frameworks if self._rules[code].scope == scope]
            for spend in scoped_spend(connection, scope, of_scope, without=added.return_ids):
                self._spend[_obligation(scope, spend)][spend.member] += spend.base_pence
            if not gone:
                continue
            for spend in scoped_spend(connection, scope, of_scope, only=gone_ids, by_period=True):
                self._gone[spend.period].append(_obligation(scope, spend))
        self._layers = stored_opportunities.provision_layers(connection, frameworks)
        self._places = stored_opportunities.place_counts(connection, self._rules)

    def changes(self, period: Month) -> list[tuple[str, list[tuple[ScopeKey, ProvisionChange]]]]:
        """Count the period's spend; how the layers it touches change, by framework."""
        touched: dict[ScopeKey, None] = dict.fromkeys(self._gone[str(period)])
        for codes, pence in self._added.get(period, {}).items():
            key = scope_key(self._rules[codes[0]].scope, *codes)
            self._spend[key][codes[1]] += pence
            touched[key] = None
        moved: dict[str, list[tuple[ScopeKey, ProvisionChange]]] = defaultdict(list)
        for key in touched:
            change = self._change(key, period)
            if change is not None:
                moved[key.framework].append((key, change))
        return [
            (code, sorted(changes, key=itemgetter(0))) for code, changes in sorted(moved.items())
        ]

    def _change(self, key: ScopeKey, period: Month) -> ProvisionChange | None:
        rule, spend = self._rules[key.framework], self._spend[key]
        owed = whole_due(sum(spend.values()), rule.per_million)
        places = self._places.get(key, NO_PLACES)
        layers = self._layers.get(key, ())
        if not owed and not layers:
            return None
        change = provision_change(
            layers,
            owed,
            places.paid,
            places.verified - places.paid,
            in_force(rule.unit_cost, period.last_day) or 0,
            spend,
            places.waived,
        )
        if not change.changes:
            return None
        self._layers[key] = stored_opportunities.with_changes(layers, change.changes)
        return change


def _obligation(scope: Scope, spend: ScopedSpend) -> ScopeKey:
    return scope_key(scope, spend.framework, spend.member, spend.call_off, spend.contractor)
