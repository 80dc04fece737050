"""A member's schemes and opportunities, from what the ledger holds of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from levytool.book.records import Book
from levytool.ledger.funds.opportunities import PlaceCounts
from levytool.ledger.funds.schemes import FUNDER, MEMBER, SourceFunds, StoredScheme
from levytool.ledger.reports.statement_facts import LevyableSpend
from levytool.money import half_up
from levytool.periods import in_force
from levytool.rules.opportunities import OpportunityRow, ScopeKey, opportunity_rows, scope_key
from levytool.rules.outcomes import NO_OUTCOMES, Outcomes
from levytool.rules.provision import held_back_pence
from levytool.statements.values import OpportunityLine, SchemeLine


def scheme_lines(
    member: str,
    schemes: Iterable[StoredScheme],
    funds: Mapping[str, Sequence[SourceFunds]],
    outcomes: Mapping[str, Outcomes],
) -> tuple[SchemeLine, ...]:
    """The schemes that the member belongs to or has money in, in order of code, with what became of
    their participants."""
    lines = []
    for stored in schemes:
        sources = funds.get(stored.code, ())
        own = [s for s in sources if s.source_kind == MEMBER and s.source == member]
        if member in stored.members or own:
            lines.append(_scheme_line(stored, sources, own, outcomes))
    return tuple(lines)


def whole_scheme(
    stored: StoredScheme, sources: Sequence[SourceFunds], outcomes: Mapping[str, Outcomes]
) -> SchemeLine:
    """A scheme with all its money: its members' commitments, and what all sources bear."""
    members = [source for source in sources if source.source_kind == MEMBER]
    line = _scheme_line(stored, sources, members, outcomes)
    return replace(
        line,
        drawn_pence=line.all_drawn_pence,
        remaining_pence=sum(source.drawable_pence for source in sources),
    )


def _scheme_line(
    stored: StoredScheme,
    sources: Sequence[SourceFunds],
    own: Sequence[SourceFunds],
    outcomes: Mapping[str, Outcomes],
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
        match_owed_pence=sum(source.owed_pence for source in funders),
        outcomes=outcomes.get(stored.code, NO_OUTCOMES),
    )


@dataclass(frozen=True, slots=True)
class Obligations:
    """Every obligation there is, and which of them each member's spend or places count towards."""

    lines: Mapping[ScopeKey, OpportunityLine]
    of_member: Mapping[str, Collection[ScopeKey]]


def obligations_of(
    book: Book,
    spend: Iterable[LevyableSpend],
    places: Mapping[ScopeKey, PlaceCounts],
    as_at: date,
) -> Obligations:
    """The obligations of every framework that owes opportunities, in order of code."""
    base: dict[str, Counter[ScopeKey]] = {}
    own: dict[str, set[ScopeKey]] = {}
    for item in spend:
        framework = book.frameworks.get(item.framework)
        if framework is not None and framework.opportunities is not None:
            parties = (item.framework, item.member, item.call_off, item.contractor)
            base.setdefault(item.framework, Counter())[ScopeKey(*parties)] += item.base_pence
            key = scope_key(framework.opportunities.scope, *parties)
            own.setdefault(item.member, set()).add(key)
    for key in places:
        own.setdefault(key.member, set()).add(key)
    lines: dict[ScopeKey, OpportunityLine] = {}
    for code, framework in sorted(book.frameworks.items()):
        rule = framework.opportunities
        if rule is None:
            continue
        counts = {key: count for key, count in places.items() if key.framework == code}
        rows = opportunity_rows(
            rule,
            base.get(code, {}),
            {key: Fraction(count.delivered) for key, count in counts.items()},
            {key: Fraction(count.verified) for key, count in counts.items()},
        )
        cost_pence = in_force(rule.unit_cost, as_at) or 0
        for row in rows:
            count = counts.get(row.key, PlaceCounts())
            lines[row.key] = _opportunity_line(framework.title, row, count, cost_pence)
    return Obligations(lines, own)


def opportunity_lines(member: str, obligations: Obligations) -> tuple[OpportunityLine, ...]:
    """The obligations that the member's spend counts towards, whole at whatever their scope."""
    own = sorted(obligations.of_member.get(member, ()))
    return tuple(obligations.lines[key] for key in own if key in obligations.lines)


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
        row.key.member,
    )
