"""Declarations beside the members' own ledgers: the values, and the passes in order (domain §3.6).

A line is used once. Every match keeps the rule that made it. Lines are taken in the order of what
they say, so that neither the order of files nor that of numbers changes what is joined; among lines
that say the same it makes no difference which is taken. Of one net and day the earlier reporting
period comes first: what a later return declares again does not take a counterpart from it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from levytool.book.records import fold

EXACT = "exact key"
INVOICE = "invoice number"
CREDIT = "credit note"
OTHER_MEMBER = "invoice of another member"
AMOUNT = "amount and date"
SUM = "sum"
VAT = "VAT included"
RETENTION = "retention"
FORCED = "a person"


class SpendLine(NamedTuple):
    """A line of either side. Parties are codes; `framework` is '' where a ledger names none.

    `day` counts days, so that two can be taken apart; `date` is the same in ISO text. `key_hash`
    is the same for lines that say the same. `levy_micropence` and `rate_ppm` are what a declared
    line was charged (None: by bands); a recorded one has none.
    """

    net_pence: int
    day: int
    period: str
    invoice: str
    call_off: str
    framework: str
    description: str
    credits: str
    lot: str
    kept: str
    date: str
    member: str
    contractor: str
    key_hash: int
    number: int
    line_no: int
    levy_micropence: int = 0
    rate_ppm: int | None = None

    @property
    def kept_cells(self) -> dict[str, str]:
        """The further columns that were kept with the line, by folded name."""
        return {fold(name): cell for name, cell in json.loads(self.kept or "{}").items()}

    @property
    def ledger_month(self) -> str:
        """The month whose ledger would have it: its date's, whichever period it is declared for."""
        return self.date[:7]

    @property
    def block(self) -> tuple[str, str]:
        """Within which lines are joined: member and contractor."""
        return self.member, self.contractor


Lines = tuple[SpendLine, ...]

Said = tuple[tuple[object, ...], ...]
"""What lines say, in order, whichever of equal ones they are."""


class Match(NamedTuple):
    """Lines of both sides that are joined, and the rule that did it."""

    rule: str
    declared: Lines
    recorded: Lines

    @property
    def net_difference_pence(self) -> int:
        """What the members recorded beyond what was declared."""
        return net_of(self.recorded) - net_of(self.declared)


class Suggestion(NamedTuple):
    """Lines that may belong together, and why; only a person joins them."""

    why: str
    declared: Lines
    recorded: Lines


@dataclass(frozen=True, slots=True)
class Terms:
    """How far apart lines may lie (book: `match_tolerance`, `window_days`), and the VAT rates in
    ppm that an amount may include."""

    tolerance_pence: int = 2
    window_days: int = 35
    vat_rates_ppm: tuple[int, ...] = (200_000,)


Apart = Mapping[tuple[tuple[int, int], tuple[int, int]], bool]
"""Pairs of line keys that a person has taken apart (see `Open`)."""


class Open:
    """The lines of both sides that are not joined yet, in the order of what they say.

    `apart` are pairs of line keys (see `place`) that a person has taken apart: True where a rule
    had brought them together, False where people had joined them and took that back. `apart_sets`
    are what the lines of both sides say (see `says`) of sets that are not one thing, whatever their
    pairs.
    """

    def __init__(
        self,
        declared: Iterable[SpendLine],
        recorded: Iterable[SpendLine],
        apart: Apart = MappingProxyType({}),
        apart_sets: frozenset[tuple[Said, Said]] = frozenset(),
    ) -> None:
        self.declared = dict.fromkeys(sorted(declared))
        self.recorded = dict.fromkeys(sorted(recorded))
        self.apart = apart
        self.apart_sets = apart_sets
        self.matches: list[Match] = []
        self.suggestions: list[Suggestion] = []
        self.sums_left: dict[SpendLine, str] = {}
        """Lines that may be a sum of others without a set of them being suggested, and why."""

    def join(self, rule: str, declared: Sequence[SpendLine], recorded: Sequence[SpendLine]) -> None:
        """Join lines, which are open no longer. Raises KeyError for one that is joined already."""
        for line in declared:
            del self.declared[line]
        for line in recorded:
            del self.recorded[line]
        self.matches.append(Match(rule, tuple(sorted(declared)), tuple(sorted(recorded))))

    def suggest(
        self, why: str, declared: Sequence[SpendLine], recorded: Sequence[SpendLine]
    ) -> None:
        """Note lines that a person may join, and has not said of just these that they may not."""
        if self.may_be_one(declared, recorded):
            self.suggestions.append(
                Suggestion(why, tuple(sorted(declared)), tuple(sorted(recorded)))
            )

    def may_join(self, declared: SpendLine, recorded: SpendLine) -> bool:
        """Whether nobody has taken the two apart."""
        return not self.apart or (place(declared), place(recorded)) not in self.apart

    def may_be_one(self, declared: Iterable[SpendLine], recorded: Iterable[SpendLine]) -> bool:
        """Whether nobody has said that just these lines do not belong together."""
        return not self.apart_sets or (says(declared), says(recorded)) not in self.apart_sets

    def are_open(self, declared: Iterable[SpendLine], recorded: Iterable[SpendLine]) -> bool:
        """Whether none of the lines is joined, each on its side."""
        return all(line in self.declared for line in declared) and all(
            line in self.recorded for line in recorded
        )

    def blocks(self) -> Iterator[tuple[list[SpendLine], list[SpendLine]]]:
        """Open lines of both sides by member and contractor, where both sides have some."""
        ours, theirs = _by_block(self.declared), _by_block(self.recorded)
        for block in sorted(ours.keys() & theirs.keys()):
            yield ours[block], theirs[block]


def place(line: SpendLine) -> tuple[int, int]:
    """Where a line stands in the books: the number of its return or ledger, and its own."""
    return line.number, line.line_no


def says(lines: Iterable[SpendLine]) -> Said:
    """What tells lines from others. Equal lines differ by nothing that matters."""
    return tuple(sorted(line[:-4] for line in lines))


def net_of(lines: Iterable[SpendLine]) -> int:
    """What lines sum to, in pence."""
    return sum([line.net_pence for line in lines])


def same_framework(declared: SpendLine, recorded: SpendLine) -> bool:
    """Whether the ledger names the declaration's framework, or none."""
    return recorded.framework in ("", declared.framework)


def same_call_off(declared: SpendLine, recorded: SpendLine) -> bool:
    """Whether both sides name one call-off, or one of them none."""
    ours, theirs = declared.call_off.casefold(), recorded.call_off.casefold()
    return ours == theirs or not ours or not theirs


def within(terms: Terms, declared: SpendLine, recorded: SpendLine) -> bool:
    """Whether the dates lie no further apart than the window."""
    return abs(declared.day - recorded.day) <= terms.window_days


def _by_block(lines: Iterable[SpendLine]) -> dict[tuple[str, str], list[SpendLine]]:
    found: dict[tuple[str, str], list[SpendLine]] = {}
    for line in lines:
        found.setdefault((line.member, line.contractor), []).append(line)
    return found


def join_exact(open_: Open) -> None:
    """Pass 1: lines of one member and contractor with the same invoice, call-off, date and net.

    A ledger that names no framework or no call-off does not contradict one; what has neither an
    invoice nor a call-off is no key.
    """
    for declared, recorded in open_.blocks():
        by_key: dict[tuple[str, int, int], list[SpendLine]] = {}
        for line in recorded:
            by_key.setdefault((line.invoice, line.day, line.net_pence), []).append(line)
        for ours in declared:
            theirs = by_key.get((ours.invoice, ours.day, ours.net_pence), [])
            fitting = [line for line in theirs if _same_key(open_, ours, line)]
            if fitting:
                # What says most of the same first: framework, call-off, description.
                best = min(fitting, key=lambda line: (_unlike(ours, line), line))
                theirs.remove(best)
                open_.join(EXACT, (ours,), (best,))


def _same_key(open_: Open, ours: SpendLine, theirs: SpendLine) -> bool:
    return (
        bool(ours.invoice or (ours.call_off and theirs.call_off))
        and same_framework(ours, theirs)
        and same_call_off(ours, theirs)
        and open_.may_join(ours, theirs)
    )


def _unlike(ours: SpendLine, theirs: SpendLine) -> tuple[bool, bool, bool]:
    return (
        ours.framework != theirs.framework,
        ours.call_off != theirs.call_off,
        ours.description != theirs.description,
    )
