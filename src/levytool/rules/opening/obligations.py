"""Whether what an opening file provides for is what its spend and places ask for (domain §3.4).

And whether its spend stands in the middle of a banded accumulator, which a total cannot carry on.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from levytool.book.records import Book, Framework, LevyBlock
from levytool.periods import Month, financial_year_of
from levytool.problems import Problem
from levytool.rules.levy import block_in_force
from levytool.rules.opening.figures import Opening
from levytool.rules.opportunities import ScopeKey, scope_key, whole_due
from levytool.rules.provision import provided_places
from levytool.text import counted


def obligation_problems(opening: Opening, book: Book) -> list[Problem]:
    """Provision that is not what is due and not yet paid for, and accumulators under way.

    None where spend, provisions or the day cannot all be read.
    """
    if opening.unclear & {"spend", "provisions", "as_at"}:
        return []
    return [*_provided(opening, book), *_under_way(opening, book)]


def _provided(opening: Opening, book: Book) -> Iterator[Problem]:
    """Places provided for against places due, less those verified, obligation by obligation."""
    spend: Counter[ScopeKey] = Counter()
    paid: Counter[ScopeKey] = Counter()
    rows: dict[ScopeKey, int] = {}
    for one in opening.spend:
        key = _obligation(book.frameworks[one.key.framework], one.key)
        rows.setdefault(key, one.row)
        spend[key] += one.base_pence
        paid[key] += one.verified
    held: dict[ScopeKey, int] = {}
    for provision in opening.provisions:
        rows[provision.key] = provision.row
        held[provision.key] = provided_places(provision.layers)
    for key in sorted(rows):
        rule = book.frameworks[key.framework].opportunities
        due = whole_due(spend[key], rule.per_million) if rule else 0
        wanted, provided = max(0, due - paid[key]), held.get(key, 0)
        if wanted != provided:
            yield Problem(
                "provision-differs",
                f"{'/'.join(filter(None, key))}: {counted(due, 'place is', 'places are')} "
                f"due on its spend and "
                f"{paid[key]} verified: {wanted} to be provided for, not {provided}",
                "state the layers of just these places, or correct its spend and places",
                row=rows[key],
            )


def _obligation(framework: Framework, key: ScopeKey) -> ScopeKey:
    scope = framework.opportunities.scope if framework.opportunities else "framework-member"
    return scope_key(scope, *key)


def _under_way(opening: Opening, book: Book) -> Iterator[Problem]:
    """Banded frameworks whose accumulators hold something that goes on after the cut-off."""
    starts = book.consortium.financial_year_starts
    next_month = opening.until.plus(1)
    year_ends = _year(next_month, starts) != _year(opening.until, starts)
    first_rows: Mapping[str, int] = {
        one.key.framework: one.row for one in reversed(opening.spend) if one.base_pence
    }
    for code, row in sorted(first_rows.items()):
        framework = book.frameworks[code]
        block = block_in_force(framework.levy, next_month.first_day)
        if not _goes_on(block, next_month, year_ends=year_ends):
            continue
        yield Problem(
            "bands-under-way",
            f"{code} is charged by bands per {block.per if block else ''}, and its accumulators "
            f"are under way on {opening.as_at}",
            f"begin a new [[frameworks.levy]] block of {code} on {next_month.first_day} in the "
            "book, or start at the end of a financial year",
            row=row,
        )


def _goes_on(block: LevyBlock | None, next_month: Month, *, year_ends: bool) -> bool:
    if block is None or not block.bands or block.since >= next_month.first_day:
        return False
    return block.per == "call-off" or not year_ends


def _year(month: Month, starts: int) -> int:
    return financial_year_of(month.first_day, starts)
