"""A member's statement as plain figures: the JSON that scripts read, and the hash over it.

Amounts are decimal strings, dates ISO 8601, counts numbers (contract, *Statements and exports*).
"""

import hashlib
import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from levytool.money import format_pence, format_percent
from levytool.rules.opportunities import format_exact
from levytool.statements.values import (
    Aged,
    AgedPayer,
    CohortLine,
    LevyFigures,
    LevyFlow,
    MemberStatement,
    Movement,
    OpenDocument,
    OpportunityLine,
    ReturnNote,
    SchemeLine,
    SpendLine,
    Split,
)

AGEING_COLUMNS = ("current", "1-30", "31-60", "61-90", "90+")

Figures = dict[str, Any]


def figures(statement: MemberStatement) -> Figures:
    """All that the statement says, with the hash of it last."""
    said: Figures = {
        "statement": "member",
        "status": statement.status,
        "consortium": statement.issuer.name,
        "member": statement.recipient.code,
        "member_name": statement.recipient.name,
        "period": str(statement.period),
        "as_at": statement.as_at.isoformat(),
        "known_on": statement.known_on.isoformat() if statement.known_on else None,
        "basis": statement.basis,
        "opening_balance": format_pence(statement.opening.total_pence),
        "movements": [_movement(item) for item in statement.movements],
        "closing_balance": format_pence(statement.closing.total_pence),
        "split": {"opening": _split(statement.opening), "closing": _split(statement.closing)},
        "commitments": [_movement(item) for item in statement.commitments],
        "cohorts": [_cohort(item) for item in statement.cohorts],
        "levy": _levy(statement.levy),
        "opportunities": [
            _opportunity(item, statement.recipient.code) for item in statement.opportunities
        ],
        "schemes": [_scheme(item) for item in statement.schemes],
        "ageing": _ageing(statement.aged, statement.aged_payers),
        "open_documents": [_open_document(item) for item in statement.open_documents],
        "returns": [_return(item) for item in statement.returns],
        "spend_by_framework": [_spend(item) for item in statement.spend],
        "earlier_periods": [
            {
                "period": str(item.reporting_period),
                "framework": item.framework,
                "spend": format_pence(item.spend_pence),
                "billed": format_pence(item.billed_pence),
            }
            for item in statement.earlier
        ],
    }
    return said | {"hash": figures_hash(said)}


def figures_hash(said: Figures) -> str:
    """SHA-256 (hex) over figures as canonical JSON: sorted keys, no spaces, UTF-8, no `hash`.

    Whoever receives a statement can work it out again from its JSON.
    """
    bare = {key: value for key, value in said.items() if key != "hash"}
    text = json.dumps(bare, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def format_rates(rates_ppm: tuple[int, ...]) -> str | None:
    """The rates charged in words: `1%`, `1% to 2%`; None where bands decided."""
    if not rates_ppm:
        return None
    lowest, highest = format_percent(rates_ppm[0]), format_percent(rates_ppm[-1])
    return lowest if lowest == highest else f"{lowest} to {highest}"


def _movement(item: Movement) -> Figures:
    return {
        "date": item.day.isoformat(),
        "kind": item.kind,
        "reference": item.reference,
        "narrative": item.narrative,
        "amount": format_pence(item.amount_pence),
    }


def _split(split: Split) -> Figures:
    return {
        "uncommitted": format_pence(split.uncommitted_pence),
        "committed": format_pence(split.committed_pence),
    }


def _cohort(item: CohortLine) -> Figures:
    return {
        "cohort": str(item.entered),
        "age_months": item.age_months,
        "uncommitted": format_pence(item.uncommitted_pence),
        "committed": format_pence(item.committed_pence),
        "lapses": str(item.lapses) if item.lapses else None,
    }


def _levy(levy: LevyFigures) -> Figures:
    return {
        **_flow(levy.period),
        "unpaid_opening": format_pence(levy.unpaid_opening_pence),
        "unpaid_closing": format_pence(levy.unpaid_closing_pence),
        "fund_opening": format_pence(levy.fund_opening_pence),
        "fund_closing": format_pence(levy.fund_closing_pence),
        "provision_opening": format_pence(levy.provision_opening_pence),
        "provision_closing": format_pence(levy.provision_closing_pence),
        "reserve": format_pence(levy.reserve_pence),
        "surplus": format_pence(levy.surplus_pence),
        "deficit": format_pence(levy.deficit_pence),
        "to_date": _flow(levy.to_date),
    }


def _flow(flow: LevyFlow) -> Figures:
    named = {
        "billed": flow.billed_pence,
        "received": flow.received_pence,
        "written_off": flow.written_off_pence,
        "funded": flow.funded_pence,
        "retained": flow.retained_pence,
        "provision": flow.provided_pence,
        "opportunity_overruns": flow.overruns_pence,
        "released": flow.released_pence,
        "other": flow.other_pence,
    }
    return {name: format_pence(pence) for name, pence in named.items()}


def _count(number: Fraction) -> int | str:
    return number.numerator if number.denominator == 1 else format_exact(number)


def _opportunity(item: OpportunityLine, member: str) -> Figures:
    return {
        "scope": item.scope,
        "framework": item.framework,
        "member": member if item.scope in ("framework-member", "call-off") else "",
        "call_off": item.call_off,
        "contractor": item.contractor,
        "spend": format_pence(item.spend_pence),
        "due_exact": format_exact(item.due_exact),
        "due": item.due,
        "delivered": _count(item.delivered),
        "verified": _count(item.verified),
        "outstanding": _count(item.outstanding),
        "over_delivered": _count(item.over_delivered),
        "carried": format_exact(item.carried),
        "part_million_cost": format_pence(item.part_million_pence),
    }


def _scheme(item: SchemeLine) -> Figures:
    cost = item.cost_per_place_pence
    return {
        "scheme": item.scheme,
        "title": item.title,
        "members": list(item.members),
        "area": item.area,
        "state": item.state,
        "budget": format_pence(item.budget_pence),
        "committed": format_pence(item.committed_pence),
        "drawn": format_pence(item.drawn_pence),
        "remaining": format_pence(item.remaining_pence),
        "all_committed": format_pence(item.all_committed_pence),
        "all_drawn": format_pence(item.all_drawn_pence),
        "match_funding": format_pence(item.match_agreed_pence),
        "match_funding_received": format_pence(item.match_received_pence),
        "match_funding_returned": format_pence(item.match_returned_pence),
        "places": item.places,
        "cost_per_place": None if cost is None else format_pence(cost),
    }


def _aged(aged: Aged) -> Figures:
    named = zip(AGEING_COLUMNS, map(format_pence, aged.parts), strict=True)
    return dict(named) | {"total": format_pence(aged.total_pence)}


def _ageing(aged: Aged, payers: Iterable[AgedPayer]) -> Figures:
    rows = [{"payer": item.payer, **_aged(item.aged)} for item in payers]
    return _aged(aged) | {"payers": rows}


def _open_document(item: OpenDocument) -> Figures:
    return {
        "number": item.number,
        "payer": item.payer,
        "framework": item.framework,
        "period": str(item.reporting_period),
        "due": item.due.isoformat(),
        "days_overdue": item.days_overdue,
        "outstanding": format_pence(item.outstanding_pence),
    }


def _return(item: ReturnNote) -> Figures:
    return {
        "contractor": item.contractor,
        "framework": item.framework,
        "period": str(item.reporting_period),
        "state": item.state,
        "returned_on": item.returned_on.isoformat() if item.returned_on else None,
    }


def _spend(item: SpendLine) -> Figures:
    return {
        "framework": item.framework,
        "lot": item.lot,
        "call_off": item.call_off,
        "contractor": item.contractor,
        "spend": format_pence(item.spend_pence),
        "rate": format_rates(item.rates_ppm),
        "levy": format_pence(item.levy_pence),
        "billed": format_pence(item.billed_pence),
        "received": format_pence(item.received_pence),
        "outstanding": format_pence(item.outstanding_pence),
    }
