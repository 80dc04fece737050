"""Passes 3 and 5: lines that only their amount and date bring together (domain §3.6).

Without an invoice number in common an amount proves little. So a pair is joined only where each is
the other's one nearest, and where nothing they say contradicts it; else it is suggested.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

from levytool.money import PPM_PER_UNIT, half_up
from levytool.rules.matching.invoices import invoice_key, other_invoice
from levytool.rules.matching.lines import (
    AMOUNT,
    RETENTION,
    VAT,
    Match,
    Open,
    SpendLine,
    Terms,
    net_of,
    same_call_off,
    same_framework,
    within,
)

RETENTIONS_PPM = (50_000, 30_000, 25_000, 15_000, 100_000)
"""What works contracts hold back: 5% or 3% until completion, half of it after; at times 10%."""

CHANCE = 10
"""How often the amounts looked at must fit into the amount, in pence, for VAT, a retention or
an equal amount of another reference not to be there by chance, where nothing else brings the two
lines together."""

_NET: Callable[[SpendLine], int] = attrgetter("net_pence")

Ways = Callable[[int], Sequence[int]]
"""The recorded amounts, in pence, that a declared one may stand beside, likeliest first."""

Rank = tuple[int, int, int]
"""How far a pair lies apart: place of the amount, pence from it, days. Smaller is nearer."""


def join_amounts(open_: Open, terms: Terms) -> None:
    """Pass 3: equal amounts, as far as the tolerance goes, within the window."""
    _join_nearest(open_, terms, AMOUNT, lambda net: (net,))


def join_vat(open_: Open, terms: Terms) -> None:
    """Pass 5: one side's amount is the other's with VAT on top."""
    _join_nearest(open_, terms, VAT, lambda net: with_vat(net, terms))


def join_retention(open_: Open, terms: Terms) -> None:
    """Pass 5: the member recorded the amount less a retention."""
    _join_nearest(open_, terms, RETENTION, less_retention)


def join_releases(open_: Open, terms: Terms, rule: str) -> None:
    """Add to a pair of a rule of which a retention was held back the one recorded line of its
    invoice that is just that, however much later: it was released then. Of what nobody took
    apart."""
    held = [
        (position, match)
        for position, match in enumerate(open_.matches)
        if match.rule == rule and is_held_back(match, terms)
    ]
    of_invoice: dict[tuple[object, ...], list[SpendLine]] = {}
    for line in sorted(open_.recorded, key=_NET) if held else ():
        of_invoice.setdefault((line.block, invoice_key(line.invoice)), []).append(line)
    for position, match in held:
        lines = (*match.declared, *match.recorded)
        least = -match.net_difference_pence - terms.tolerance_pence
        most = -match.net_difference_pence + terms.tolerance_pence
        paid_from = min(one.day for one in match.recorded)
        named = (
            of_invoice.get((lines[0].block, key), [])
            for key in {invoice_key(line.invoice) for line in lines} - {()}
        )
        released = [
            line
            for own in named
            for line in own[bisect_left(own, least, key=_NET) : bisect_right(own, most, key=_NET)]
            if line in open_.recorded
            and line.day >= paid_from
            and all(open_.may_join(one, line) for one in match.declared)
        ]
        if len(released) == 1:
            del open_.recorded[released[0]]
            recorded = tuple(sorted((*match.recorded, *released)))
            open_.matches[position] = match._replace(recorded=recorded)


def is_held_back(match: Match, terms: Terms) -> bool:
    """Whether what the member recorded is what was declared less a usual retention."""
    return explains(less_retention(net_of(match.declared)), match, terms)


def explains(amounts: Iterable[int], match: Match, terms: Terms) -> bool:
    """Whether a match has one of these amounts recorded, and not just what was declared."""
    recorded, tolerance = net_of(match.recorded), terms.tolerance_pence
    return abs(match.net_difference_pence) > tolerance and any(
        abs(recorded - amount) <= tolerance for amount in amounts
    )


def with_vat(net_pence: int, terms: Terms) -> list[int]:
    """An amount with VAT on top, then without the VAT it may hold, at each rate."""
    rates = terms.vat_rates_ppm
    added = [half_up(net_pence * (PPM_PER_UNIT + rate), PPM_PER_UNIT) for rate in rates]
    taken = [half_up(net_pence * PPM_PER_UNIT, PPM_PER_UNIT + rate) for rate in rates]
    return added + taken


def less_retention(net_pence: int) -> list[int]:
    """An amount less each usual retention."""
    return [half_up(net_pence * (PPM_PER_UNIT - rate), PPM_PER_UNIT) for rate in RETENTIONS_PPM]


def _join_nearest(open_: Open, terms: Terms, rule: str, ways: Ways) -> None:
    for declared, recorded in open_.blocks():
        near = list(_candidates(open_, terms, rule, ways, declared, recorded))
        while near:
            taken = _mutual(near)
            for _rank, one, other in taken:
                # Of lines that say the same each is taken once.
                if one in open_.declared and other in open_.recorded:
                    open_.join(rule, (one,), (other,))
            left = [
                pair for pair in near if pair[1] in open_.declared and pair[2] in open_.recorded
            ]
            if len(left) == len(near):
                _suggest_nearest(open_, rule, near)
                break
            near = left


def _candidates(
    open_: Open,
    terms: Terms,
    rule: str,
    ways: Ways,
    declared: Sequence[SpendLine],
    recorded: Sequence[SpendLine],
) -> Iterator[tuple[Rank, SpendLine, SpendLine]]:
    """Pairs whose amounts fit; equal ones that contradict each other are suggested."""
    by_net = sorted(recorded, key=_NET)
    nets = [line.net_pence for line in by_net]
    # An equal amount is looked for one line at a time; of ratios any pair of the block has one.
    looked_at = len(recorded) * (1 if rule == AMOUNT else len(declared))
    for one in declared:
        amounts = ways(one.net_pence)
        for order, amount in enumerate(amounts):
            first = bisect_left(nets, amount - terms.tolerance_pence)
            last = bisect_right(nets, amount + terms.tolerance_pence)
            for other in by_net[first:last]:
                if not within(terms, one, other) or not open_.may_join(one, other):
                    continue
                if _contradicts(one, other):
                    if rule == AMOUNT:
                        open_.suggest(f"{AMOUNT}, other references", (one,), (other,))
                    continue
                unsure = rule != AMOUNT or _other_references(one, other)
                if unsure and _by_chance(terms, one, other, looked_at, len(amounts)):
                    open_.suggest(f"{rule}, by chance perhaps", (one,), (other,))
                    continue
                away = abs(other.net_pence - amount)
                yield (order, away, abs(one.day - other.day)), one, other


def _by_chance(terms: Terms, one: SpendLine, other: SpendLine, lines: int, amounts: int) -> bool:
    """Whether one of so many lines, or pairs of lines, would have one of the amounts anyhow."""
    if one.call_off and one.call_off.casefold() == other.call_off.casefold():
        return False
    looked_at = lines * amounts * (2 * terms.tolerance_pence + 1)
    return looked_at * CHANCE > abs(other.net_pence)


def _other_references(one: SpendLine, other: SpendLine) -> bool:
    """Whether both sides bear a number, and not the same: two invoices, or one by two names."""
    ours, theirs = invoice_key(one.invoice), invoice_key(other.invoice)
    return () != ours != theirs != ()


def _contradicts(one: SpendLine, other: SpendLine) -> bool:
    return (
        one.net_pence * other.net_pence <= 0
        or not same_framework(one, other)
        or not same_call_off(one, other)
        or other_invoice(one, other)
    )


def _mutual(
    near: Sequence[tuple[Rank, SpendLine, SpendLine]],
) -> list[tuple[Rank, SpendLine, SpendLine]]:
    """The pairs each of which is the other's one nearest, in order."""
    nearest_of_ours: dict[SpendLine, Rank] = {}
    nearest_of_theirs: dict[SpendLine, Rank] = {}
    for rank, one, other in near:
        nearest_of_ours[one] = min(rank, nearest_of_ours.get(one, rank))
        nearest_of_theirs[other] = min(rank, nearest_of_theirs.get(other, rank))
    best = [
        pair for pair in near if nearest_of_ours[pair[1]] == pair[0] == nearest_of_theirs[pair[2]]
    ]
    ours_of: dict[SpendLine, set[tuple[object, ...]]] = {}
    theirs_of: dict[SpendLine, set[tuple[object, ...]]] = {}
    for rank, one, other in near:
        if nearest_of_ours[one] == rank:
            theirs_of.setdefault(one, set()).add(_says(other))
        if nearest_of_theirs[other] == rank:
            ours_of.setdefault(other, set()).add(_says(one))
    return sorted(pair for pair in best if len(theirs_of[pair[1]]) == 1 == len(ours_of[pair[2]]))


def _says(line: SpendLine) -> tuple[object, ...]:
    """What tells a line from others of its amount; lines that say the same are interchangeable."""
    return (
        line.net_pence,
        line.day,
        line.framework,
        line.call_off,
        invoice_key(line.invoice),
    )


def _suggest_nearest(
    open_: Open, rule: str, near: Sequence[tuple[Rank, SpendLine, SpendLine]]
) -> None:
    """More than one could be meant: each line with all that lie equally near."""
    nearest: dict[SpendLine, Rank] = {}
    for rank, one, _other in near:
        nearest[one] = min(rank, nearest.get(one, rank))
    others: dict[SpendLine, list[SpendLine]] = {}
    for rank, one, other in near:
        if rank == nearest[one]:
            others.setdefault(one, []).append(other)
    for one, fitting in others.items():
        open_.suggest(f"{rule}, more than one fits", (one,), fitting)
