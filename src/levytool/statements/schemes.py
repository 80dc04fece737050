"""A member's schemes and opportunities, from what the ledger holds of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from levytool.book.records import Book
from levytool.ledger.opportunities import PlaceCounts
from levytool.ledger.schemes import FUNDER, MEMBER, SourceFunds, StoredScheme
from levytool.ledger.statement_facts import LevyableSpend
from levytool.money import half_up
from levytool.periods import in_force
from levytool.rules.opportunities import OpportunityRow, ScopeKey, opportunity_rows, scope_key
from levytool.rules.provision import held_back_pence
from levytool.statements.values import OpportunityLine, SchemeLine


def scheme_lines(
    member: str,
    schemes: Iterable[StoredScheme],
    funds: Mapping[str, Sequence[SourceFunds]],
) -> tuple[SchemeLine, ...]:
    """The schemes that the member belongs to or has money in, in order of code."""
    lines = []
    for stored in schemes:
        sources = funds.get(stored.code, ())
        own = [s for s in sources if s.source_kind == MEMBER and s.source == member]
        if member in stored.members or own:
            lines.append(_scheme_line(stored, sources, own))
    return tuple(lines)


def whole_scheme(stored: StoredScheme, sources: Sequence[SourceFunds]) -> SchemeLine:
    """A scheme with all its members' money."""
    return _scheme_line(stored, sources, [s for s in sources if s.source_kind == MEMBER])


def _scheme_line(
    stored: StoredScheme, sources: Sequence[SourceFunds], own: Sequence[SourceFunds]
) -> SchemeLine:
    members = [source for source in sources if source.source_kind == MEMBER]
    funders = [source for source in sources if source.source_kind == FUNDER]
    return SchemeLine(
        stored.code,
        stored.title,
        stored.members,
        stored.area,
        stored.state,
        budget_pence=stored.budget_pence,
        committed_pence=sum(source.put_pence for source in own),
        drawn_pence=sum(source.drawn_pence for source in own),
        remaining_pence=sum(source.balance_pence for source in own),
        all_committed_pence=sum(source.put_pence for source in members),
        all_drawn_pence=sum(source.drawn_pence for source in sources),
        match_agreed_pence=sum(source.put_pence for source in funders),
        match_received_pence=sum(source.all_received_pence for source in funders),
        places=stored.places,
        cost_per_place_pence=half_up(stored.budget_pence, stored.places) if stored.places else None,
        match_returned_pence=sum(source.returned_pence for source in funders),
    )


def opportunity_lines(
    member: str,
    book: Book,
    spend: Sequence[LevyableSpend],
    places: Mapping[ScopeKey, PlaceCounts],
    as_at: date,
) -> tuple[OpportunityLine, ...]:
    """The obligations that the member's spend counts towards, whole at whatever their scope."""
    lines = []
    for code, framework in sorted(book.frameworks.items()):
        rule = framework.opportunities
        if rule is None:
            continue
        of_framework = Counter[ScopeKey]()
        own = set()
        for item in spend:
            if item.framework == code:
                parties = (code, item.member, item.call_off, item.contractor)
                of_framework[ScopeKey(*parties)] += item.base_pence
                if item.member == member:
                    own.add(scope_key(rule.scope, *parties))
        counts = {key: count for key, count in places.items() if key.framework == code}
        own |= {key for key in counts if key.member == member}
        rows = opportunity_rows(
            rule,
            of_framework,
            {key: Fraction(count.delivered) for key, count in counts.items()},
            {key: Fraction(count.verified) for key, count in counts.items()},
        )
        cost_pence = in_force(rule.unit_cost, as_at) or 0
        lines += [
            _opportunity_line(framework.title, row, counts.get(row.key, PlaceCounts()), cost_pence)
            for row in rows
            if row.key in own
        ]
    return tuple(lines)


def _opportunity_line(
    title: str, row: OpportunityRow, counts: PlaceCounts, unit_cost_pence: int
) -> OpportunityLine:
    return OpportunityLine(
        row.key.framework,
        title,
        row.scope,
        row.key.call_off,
        row.key.contractor,
        row.spend_pence,
        row.due_exact,
        row.due,
        row.delivered,
        row.verified,
        max(Fraction(0), row.outstanding - counts.waived),
        row.over_delivered,
        row.carried,
        held_back_pence(row.due_exact, row.due, unit_cost_pence),
    )
