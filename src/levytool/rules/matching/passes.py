"""Every pass in its order, and what is left of the suggestions (domain §3.6)."""

from collections.abc import Callable, Iterable, Mapping

from levytool.rules.matching.amounts import join_amounts, join_releases, join_retention, join_vat
from levytool.rules.matching.invoices import (
    join_credits,
    join_invoices,
    join_other_member,
    suggest_invoices,
)
from levytool.rules.matching.likeness import Likeness, suggest_alike, suggest_names
from levytool.rules.matching.lines import (
    INVOICE,
    RETENTION,
    SUM,
    Lines,
    Open,
    SpendLine,
    Suggestion,
    Terms,
    join_exact,
)
from levytool.rules.matching.sums import MANY_SETS, join_sums, suggest_sums

PASSES: tuple[Callable[[Open, Terms], None], ...] = (
    lambda open_, _terms: join_exact(open_),
    join_invoices,
    join_credits,
    lambda open_, terms: join_releases(open_, terms, INVOICE),
    join_other_member,
    join_amounts,
    join_sums,
    join_vat,
    join_retention,
    lambda open_, terms: join_releases(open_, terms, RETENTION),
)

MOST_FOR_ONE_LINE = 3
"""Suggestions that one line appears in at most: more are no help."""


def run_passes(
    open_: Open,
    terms: Terms,
    likeness: Likeness | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Join what can be joined, and suggest what may be; what is left stays open.

    `likeness` tells how like two texts are, from 0 to 100; without it nothing is suggested by the
    look of a reference or of a contractor's name (`names`, by code).
    """
    for join in PASSES:
        join(open_, terms)
    # A line appears in few suggestions: its own number speaks before an amount that passes noted.
    by_amount, open_.suggestions = open_.suggestions, []
    suggest_invoices(open_, terms)
    open_.suggestions += by_amount
    suggest_sums(open_, terms)
    if likeness is not None:
        suggest_alike(open_, terms, likeness)
        suggest_names(open_, terms, names or {}, likeness)
    open_.suggestions = _still_helpful(open_)


def join_accepted(open_: Open, accepted: Iterable[tuple[Lines, Lines]], terms: Terms) -> None:
    """Join first, by the rule that does, what rules brought together and a person accepted: a line
    that came later and fits as well takes no counterpart from it."""
    wanted = {
        (frozenset(declared), frozenset(recorded))
        for declared, recorded in accepted
        if open_.are_open(declared, recorded)
    }
    alone = Open(
        {line for declared, _recorded in wanted for line in declared},
        {line for _declared, recorded in wanted for line in recorded},
        open_.apart,
        open_.apart_sets,
    )
    for join in PASSES:
        join(alone, terms)
    for match in alone.matches:
        if (frozenset(match.declared), frozenset(match.recorded)) in wanted:
            open_.join(match.rule, match.declared, match.recorded)


def _still_helpful(open_: Open) -> list[Suggestion]:
    """Suggestions whose lines are all open still, each once, few for one line. A sum of which none
    is kept therefore is noted."""
    times: dict[SpendLine, int] = {}
    cut: dict[SpendLine, str] = {}
    kept: dict[tuple[tuple[SpendLine, ...], tuple[SpendLine, ...]], Suggestion] = {}
    for suggestion in open_.suggestions:
        lines = (*suggestion.declared, *suggestion.recorded)
        sides = suggestion.declared, suggestion.recorded
        if sides in kept or not open_.are_open(*sides):
            continue
        if any(times.get(line, 0) >= MOST_FOR_ONE_LINE for line in lines):
            if suggestion.why.startswith(SUM):
                cut.update(dict.fromkeys(_whole(suggestion), MANY_SETS))
            continue
        kept[sides] = suggestion
        for line in lines:
            times[line] = times.get(line, 0) + 1
    told = {line for item in kept.values() if item.why.startswith(SUM) for line in _whole(item)}
    open_.sums_left |= {line: why for line, why in cut.items() if line not in told}
    return list(kept.values())


def _whole(suggestion: Suggestion) -> tuple[SpendLine, ...]:
    """The line that a suggested sum is of."""
    is_recorded = len(suggestion.recorded) == 1
    return suggestion.recorded if is_recorded else suggestion.declared
