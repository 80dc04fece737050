"""Suggestions by the look of a reference or a name, which only a person applies (domain §3.6)."""

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter

from levytool.rules.matching.lines import Open, SpendLine, Terms, within

Likeness = Callable[[str, str], int]
"""How like two texts are, from 0 (nothing in common) to 100 (the same)."""

LIKE_REFERENCE = 85
LIKE_NAME = 80

LOOKED_AT = 200
"""Open lines of a block that are compared with one another at most: what bounds the time."""

SIMILAR_REFERENCE = "similar reference"
SIMILAR_NAME = "similar party name"


def suggest_alike(open_: Open, terms: Terms, likeness: Likeness) -> None:
    """Suggest pairs of open lines within a block whose invoice numbers look alike."""
    for declared, recorded in open_.blocks():
        if len(declared) * len(recorded) > LOOKED_AT * LOOKED_AT:
            continue
        found = [
            (-like, abs(one.net_pence - other.net_pence), one, other)
            for one in declared
            for other in recorded
            if one.invoice
            and other.invoice
            and within(terms, one, other)
            and open_.may_join(one, other)
            and (like := likeness(one.invoice.casefold(), other.invoice.casefold()))
            >= LIKE_REFERENCE
        ]
        for _like, _away, one, other in sorted(found):
            open_.suggest(SIMILAR_REFERENCE, (one,), (other,))


def suggest_names(open_: Open, terms: Terms, names: Mapping[str, str], likeness: Likeness) -> None:
    """Suggest open lines of equal amount within one member whose contractors' names look alike.

    `names` has the name of each contractor by its code: a ledger may have brought in a second one
    for the same company.
    """
    by_member: dict[tuple[str, int], list[SpendLine]] = {}
    for line in open_.recorded:
        by_member.setdefault((line.member, line.net_pence), []).append(line)
    memo: dict[tuple[str, str], int] = {}
    for one in open_.declared:
        for other in _near(by_member, terms, one):
            pair = names.get(one.contractor, ""), names.get(other.contractor, "")
            if one.contractor == other.contractor or not open_.may_join(one, other):
                continue
            if pair not in memo:
                memo[pair] = likeness(pair[0].casefold(), pair[1].casefold())
            if memo[pair] >= LIKE_NAME:
                open_.suggest(SIMILAR_NAME, (one,), (other,))


def _near(
    by_member: Mapping[tuple[str, int], list[SpendLine]], terms: Terms, one: SpendLine
) -> Iterator[SpendLine]:
    for away in range(-terms.tolerance_pence, terms.tolerance_pence + 1):
        found = by_member.get((one.member, one.net_pence + away), ())
        yield from (o for o in sorted(found, key=attrgetter("day")) if within(terms, one, o))
