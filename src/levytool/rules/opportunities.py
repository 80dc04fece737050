"""Two training and employment opportunities for every £1 million spent (domain §3.4).

What is due is an exact fraction, floored once over the life of the framework and never a period at
a time, so that the part-million is carried.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal, NamedTuple, TypeVar

from levytool.book.records import OpportunityRule, Scope
from levytool.money import PENCE_PER_POUND
from levytool.rules.splits import split_by_code

PENCE_PER_MILLION_POUNDS = 1_000_000 * PENCE_PER_POUND

Leavers = Literal["pro-rata", "nil"]
N = TypeVar("N", int, Fraction)


class ScopeKey(NamedTuple):
    """What an obligation is counted by. Codes the framework's scope does not use are ''."""

    framework: str
    member: str = ""
    call_off: str = ""
    contractor: str = ""


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    """What one scope owes and has had: a row of `opportunity due` (contract).

    `spend_pence` is cumulative levyable spend. `delivered` and `verified` are whole unless a leaver
    counts in part. `outstanding` is what is due and not delivered, `over_delivered` the reverse;
    neither is below zero. `carried` is `due_exact - due`: the part-million towards the next.
    """

    scope: Scope
    key: ScopeKey
    spend_pence: int
    due_exact: Fraction
    due: int
    delivered: Fraction
    verified: Fraction
    outstanding: Fraction
    over_delivered: Fraction
    carried: Fraction


def due_exact(spend_pence: int, per_million: int) -> Fraction:
    """Opportunities owed on cumulative levyable spend, exactly: £1.6m at 2 a million is 16/5."""
    return Fraction(per_million * spend_pence, PENCE_PER_MILLION_POUNDS)


def due(exact: Fraction) -> int:
    """Whole opportunities owed: the floor of what is exactly due, never below none."""
    return max(0, floor(exact))


def whole_due(spend_pence: int, per_million: int) -> int:
    """`due(due_exact(...))` in whole numbers, for many scopes at once."""
    return max(0, per_million * spend_pence // PENCE_PER_MILLION_POUNDS)


def format_exact(exact: Fraction) -> str:
    """`3.2` where the decimal terminates, else the fraction `16/3` (contract, `due_exact`)."""
    rest, twos, fives = exact.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    places = max(twos, fives)
    if places == 0:
        return str(exact.numerator)
    sign = "-" if exact < 0 else ""
    whole, part = divmod(abs(exact.numerator) * 10**places // exact.denominator, 10**places)
    return f"{sign}{whole}.{part:0{places}d}"


def delivered_count(planned_weeks: int, weeks_served: int | None, leavers: Leavers) -> Fraction:
    """What one opportunity counts for: 1, or for a leaver the weeks served pro rata, or nil.

    `weeks_served` is None for someone who has not left. Whether the planned length qualifies at all
    is `qualifies`. Raises ValueError for a planned length of no weeks or negative weeks served.
    """
    if planned_weeks <= 0 or (weeks_served is not None and weeks_served < 0):
        raise ValueError(f"{weeks_served} weeks of {planned_weeks} is not a length of stay")
    if weeks_served is None or weeks_served >= planned_weeks:
        return Fraction(1)
    return Fraction(weeks_served, planned_weeks) if leavers == "pro-rata" else Fraction(0)


def qualifies(planned_weeks: int, qualifying_weeks: int) -> bool:
    """Whether an opportunity is planned long enough to count (52 weeks unless the book differs)."""
    return planned_weeks >= qualifying_weeks


def scope_key(
    scope: Scope, framework: str, member: str, call_off: str, contractor: str
) -> ScopeKey:
    """The obligation that spend, or an opportunity, of these codes counts towards.

    A call-off is one contract of a member with a contractor, so its key holds all three.
    """
    match scope:
        case "framework":
            return ScopeKey(framework)
        case "framework-member":
            return ScopeKey(framework, member=member)
        case "contractor":
            return ScopeKey(framework, contractor=contractor)
        case "call-off":
            return ScopeKey(framework, member, call_off, contractor)


def by_scope(scope: Scope, amounts: Mapping[ScopeKey, N]) -> dict[ScopeKey, N]:
    """Spend or counts of full keys, summed to the scope. Keys of the scope stay as they are."""
    totals: dict[ScopeKey, N] = {}
    for k, amount in amounts.items():
        key = scope_key(scope, k.framework, k.member, k.call_off, k.contractor)
        totals[key] = totals[key] + amount if key in totals else amount
    return totals


def opportunity_rows(
    rule: OpportunityRule,
    spend_pence: Mapping[ScopeKey, int],
    delivered: Mapping[ScopeKey, Fraction],
    verified: Mapping[ScopeKey, Fraction],
) -> tuple[OpportunityRow, ...]:
    """A row for every scope of one framework that has spend or a delivery, in order of code.

    The mappings may be keyed more finely than the scope; they are summed to it. `delivered` counts
    every qualifying opportunity recorded, `verified` those that a second person has verified.
    """
    spend = by_scope(rule.scope, spend_pence)
    had, seen = by_scope(rule.scope, delivered), by_scope(rule.scope, verified)
    rows = []
    for key in sorted(spend.keys() | had.keys() | seen.keys()):
        exact = due_exact(spend.get(key, 0), rule.per_million)
        whole, got = due(exact), had.get(key, Fraction(0))
        row = OpportunityRow(
            scope=rule.scope,
            key=key,
            spend_pence=spend.get(key, 0),
            due_exact=exact,
            due=whole,
            delivered=got,
            verified=seen.get(key, Fraction(0)),
            outstanding=max(Fraction(0), whole - got),
            over_delivered=max(Fraction(0), got - whole),
            carried=exact - whole,
        )
        rows.append(row)
    return tuple(rows)


def rounding_difference(rows: Iterable[OpportunityRow]) -> int:
    """Opportunities that flooring scope by scope leaves unasked for (contract, `opportunity due`).

    The sum over frameworks of floor(sum of due_exact), less the sum of due: three members at £0.7m
    owe 1 each where the framework would owe 4, so 1.
    """
    exact: dict[str, Fraction] = {}
    whole = 0
    for row in rows:
        exact[row.key.framework] = exact.get(row.key.framework, Fraction(0)) + row.due_exact
        whole += row.due
    return sum(map(floor, exact.values())) - whole


def due_by_contractor(due_places: int, spend_pence: Mapping[str, int]) -> dict[str, int]:
    """Places due at a scope wider than a contractor, shared to contractors by their spend.

    Largest remainder, ties by code; a contractor whose spend is not above zero gets none.
    """
    spenders = {code: max(0, pence) for code, pence in spend_pence.items()}
    return split_by_code(due_places, spenders)
