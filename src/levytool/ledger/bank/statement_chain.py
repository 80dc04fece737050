"""Which balance an account's statements begin with, and which they end with: of those of one day
each goes on where another ends, in whatever order they were imported. Balances are in pence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

_Link = tuple[int, int | None]
"""The balances of a statement, the one at the end that is looked for first; None for the other
where that is of another day."""


class Span(NamedTuple):
    """A statement of an account, from its opening balance to its closing one.

    `first` and `last` are days of its `lines`; where it has none, both are the day its balance is
    of. `until` is the day that its closing balance is of, where it says so. `rows` are the first
    and the last of its rows in the file.
    """

    file_id: int
    opening_pence: int
    closing_pence: int
    first: date
    last: date
    lines: int
    until: date | None = None
    rows: tuple[int, int] = (0, 0)
    by_day: tuple[tuple[date, int], ...] = ()

    @property
    def begins(self) -> date:
        """The day that its opening balance is of the beginning of, or of a moment of. A statement
        without lines says nothing of what came earlier on its day."""
        return self.first if self.lines else self.first + timedelta(days=1)

    @property
    def stated(self) -> date:
        """The last day that its closing balance may be of."""
        return max(self.last, self.until or self.last)


class End(NamedTuple):
    """The balance at one end of the statements, and the day.

    `sure` is what it is, if each line stands in one statement; several where the statements lead
    round, back to where they begin. `possible` is each that a statement has there, the likelier
    ones first: where lines stand in several statements or in none, it may be any. `whole_day` is
    whether a statement says that nothing more was booked on the day.
    """

    day: date
    sure: tuple[int, ...]
    possible: tuple[int, ...]
    whole_day: bool = False


def beginning(spans: Sequence[Span]) -> End | None:
    """What an account's statements begin with, on the first day of any."""
    if not spans:
        return None
    day = min(span.begins for span in spans)
    own = [span for span in spans if span.begins == day]
    links = [(one.opening_pence, one.closing_pence if one.last <= day else None) for one in own]
    # A bank may book an entry of a second page before all of the first, which nothing leads to.
    closings = Counter(span.closing_pence for span in spans)
    before = [
        (span.opening_pence, span.closing_pence)
        for span in spans
        if span.begins > day
        and not closings[span.opening_pence]
        and any(span.closing_pence == one.opening_pence and span.begins <= one.last for one in own)
    ]
    later = [span for span in spans if span.begins > day]
    near = min((span.begins for span in later), default=day)
    follows = [
        (one.opening_pence, one.closing_pence if one.last <= near else None)
        for one in later
        if one.begins == near
    ]
    likely = sorted(own, key=lambda one: one.lines, reverse=True)
    return End(day, *_told(links, follows, [one.opening_pence for one in likely], before))


def ending(spans: Sequence[Span], until: date) -> End | None:
    """What an account's statements end with, on the last day, up to `until`, that one states a
    closing balance of."""
    by_opening = defaultdict[int, list[Span]](list)
    for span in spans:
        by_opening[span.opening_pence].append(span)
    day, places = date.min, list[int]()
    for place in sorted(range(len(spans)), key=lambda place: spans[place].stated, reverse=True):
        span = spans[place]
        if span.stated < day:
            break
        closes = _closes(span, by_opening[span.closing_pence], until)
        if closes is None or closes < day:
            continue
        places = [*places, place] if closes == day else [place]
        day = closes
    if not places:
        return None
    in_turn = (spans[place] for place in sorted(places, reverse=True))
    own = sorted(in_turn, key=lambda one: one.last, reverse=True)
    links = [(one.closing_pence, one.opening_pence if one.first == day else None) for one in own]
    whole_day = any(not one.lines or one.last < day for one in own)
    earlier = [span for span in spans if span.last < day and span not in own]
    near = max((span.last for span in earlier), default=day)
    leads = [
        (one.closing_pence, one.opening_pence if one.first >= near else None)
        for one in earlier
        if one.last == near
    ]
    of_day = (one for one in spans if day in (one.last, one.stated))
    likely = sorted(of_day, key=lambda one: (one.last, one.lines), reverse=True)
    return End(day, *_told(links, leads, [one.closing_pence for one in likely]), whole_day)


def _closes(span: Span, following: Iterable[Span], until: date) -> date | None:
    """The day up to which nothing comes after a closing balance but what another statement has:
    some banks date a statement later than they book into it."""
    if span.stated <= until and (span.stated > span.last or not span.lines):
        since = span.last if span.lines else date.min
        goes_on = (
            one is not span and one.lines and one.first <= span.stated and one.last >= since
            for one in following
        )
        if not any(goes_on):
            return span.stated
    return span.last if span.lines and span.last <= until else None


def _sure(links: Sequence[_Link], near: Sequence[_Link]) -> tuple[int, ...]:
    """The balance that a chain of all links begins with: each leads from a balance to another, or
    out of the day (None).

    Links that lead round begin where the nearest day with statements, `near`, joins them. Where
    there are several chains, something lies between them: one that leads round and that nothing
    joins has the end then, since another would agree without it.
    """
    chains = _joined(links)
    round_it = [one for chain in chains if not _excess(chain) for one in dict(chain)]
    joins = _excess(near) or list(dict(near))
    joined = tuple(one for one in round_it if one in joins)
    if len(chains) == 1 and round_it:
        return joined or tuple(round_it if not near else round_it[:1])
    apart = [one for one in round_it if one not in joins]
    return (*apart, *_excess(links), *joined)[:1]


def _joined(links: Sequence[_Link]) -> list[list[_Link]]:
    """Links that have a balance in common, directly or by others, in their order."""
    chains: list[tuple[set[int | None], list[int]]] = []
    for place, link in enumerate(links):
        values, places = set(link), [place]
        apart = []
        for chain in chains:
            if values.isdisjoint(chain[0]):
                apart.append(chain)
            else:
                values |= chain[0]
                places += chain[1]
        chains = [*apart, (values, places)]
    found = sorted(sorted(places) for _values, places in chains)
    return [[links[place] for place in places] for places in found]


def _told(
    links: Sequence[_Link],
    near: Sequence[_Link],
    likely: Sequence[int],
    beyond: Sequence[_Link] = (),
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What an end is, and what it may be, `likely` before others: rather what nothing leads to.

    Statements of `beyond` lead to those of the day by their balances, if that is no chance.
    """
    sure = _sure(links, near)
    if beyond:
        sure += _sure([*links, *beyond], near)
    ends = _excess(links)
    ranked = sorted(likely, key=lambda one: one not in ends)
    possible = [*ranked, *(one for one, _other in beyond)]
    return tuple(dict.fromkeys(sure)), tuple(dict.fromkeys(possible))


def _excess(links: Sequence[_Link]) -> list[int]:
    """The balances that more links begin with than lead to, in the order of the links."""
    excess = Counter(one for one, _other in links)
    return list(excess - Counter(other for _one, other in links if other is not None))
