"""What a difference between the two sides is worth in levy (domain §3.6)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from levytool.book.records import NET, Book, Framework
from levytool.money import half_up
from levytool.rules.bands import banded_levy
from levytool.rules.levy import Charge, LevyFinder, rate_changes
from levytool.rules.matching.lines import Lines, SpendLine
from levytool.rules.untold_rates import LOT, appointed_on, highest_charge

_OF_ONE_FRAMEWORK = frozenset((LOT, "call_off"))
"""What a declaration says that means nothing on another framework."""

_Told = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class LevyEffect:
    """What differences are worth in levy, in micropence, at the rates in force on the lines' dates.

    `declared_on` has the frameworks that a contractor has returns on. None for what no rate is
    known for: that is not the same as no levy.
    """

    book: Book
    declared_on: Mapping[str, Collection[str]] = field(default_factory=dict)
    _finders: dict[str, LevyFinder] = field(default_factory=dict)
    _frameworks: dict[tuple[str, str], tuple[list[str], ...]] = field(default_factory=dict)
    _changes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _highest: dict[tuple[str, str, str, _Told], Charge | None] = field(default_factory=dict)

    def of_match(self, declared: Lines, recorded: Lines) -> int | None:
        """The levy if the members' records are right, less what was declared."""
        reference, levy = declared[0], 0
        for line in recorded:
            beside = self._beside(line, reference)
            if beside is None:
                return None
            levy += beside
        return levy - sum(line.levy_micropence for line in declared)

    def is_at_another_rate(self, declared: Lines, recorded: Lines) -> bool:
        """Whether a change of rates lies between the days of the two sides, and tells in levy."""
        code = declared[0].framework
        if code not in self._changes:
            framework = self.book.frameworks.get(code)
            days = () if framework is None else rate_changes(framework)
            self._changes[code] = tuple(day.isoformat() for day in days)
        if not self._changes[code]:
            return False
        ours, theirs = ({line.date for line in side} for side in (declared, recorded))
        first, last = min(ours | theirs), max(ours | theirs)
        between = any(first < day <= last for day in self._changes[code])
        return between and ours != theirs and bool(self.of_match(declared, recorded))

    def of_undeclared(self, line: SpendLine) -> int | None:
        """The levy on a recorded line at its framework's rate, of several the highest.

        Where the ledger names no framework: of those that its contractor has declared on; where
        none of them has a rate, of those that it is appointed to on the day, else ever.
        """
        for codes in self._frameworks_of(line):
            charges = [self._highest_charge(line, code, {}) for code in codes]
            levies = [_on_net(charge, line.net_pence) for charge in charges if charge is not None]
            if levies:
                return max(levies, key=abs)
        return None

    def _frameworks_of(self, line: SpendLine) -> tuple[list[str], ...]:
        """The frameworks that a recorded line may belong to, the likeliest first."""
        if line.framework:
            return ([line.framework],)
        key = line.contractor, line.date
        if key not in self._frameworks:
            running = [f for f in self.book.frameworks.values() if _runs(f, line.date)]
            declared = self.declared_on.get(line.contractor, ())
            on = date.fromisoformat(line.date)
            self._frameworks[key] = (
                [f.code for f in running if f.code in declared],
                [f.code for f in running if _may_work(f, line.contractor, on)],
                [f.code for f in running if _may_work(f, line.contractor)],
            )
        return self._frameworks[key]

    def _beside(self, line: SpendLine, reference: SpendLine) -> int | None:
        """A recorded line's levy, charged as its declaration where one rule covers both."""
        framework = line.framework or reference.framework
        if framework != reference.framework:
            return self._elsewhere(line, framework, reference)
        charged = _as_charged(line.net_pence, reference)
        # A credit that names its invoice has that invoice's rate, on whichever day it is.
        if line.date == reference.date or reference.credits:
            return charged
        then = self._charge(reference, reference)
        now = self._charge(line, reference)
        if now is None or then is None or _alike(now, then):
            return charged
        if now.base == then.base != (NET,) and now.rate_ppm is not None and then.rate_ppm:
            return half_up(charged * now.rate_ppm, then.rate_ppm)
        return _on_net(now, line.net_pence)

    def _elsewhere(self, line: SpendLine, framework: str, reference: SpendLine) -> int | None:
        """The levy of a line that the member has on another framework than the contractor."""
        now = self._highest_charge(line, framework, _values(reference, self.book))
        if now is not None and now == self._charge(reference, reference):
            return _as_charged(line.net_pence, reference)
        return None if now is None else _on_net(now, line.net_pence)

    def _charge(self, line: SpendLine, reference: SpendLine) -> Charge | None:
        """How a line is charged on its declaration's framework; what a ledger does not say is as
        the declaration has it."""
        finder = self._finder(reference.framework)
        if finder is None:
            return None
        values: dict[str, str] = {}
        if finder.needs:
            values = _values(reference, self.book) | _values(line, self.book)
        return finder.charge(date.fromisoformat(line.date), values)

    def _highest_charge(
        self, line: SpendLine, framework: str, declared: Mapping[str, str]
    ) -> Charge | None:
        """How a line is charged on a framework at most. What its ledger does not say is as it was
        `declared` on another; the lot and the call-off are not told by that."""
        finder = self._finder(framework)
        if finder is None:
            return None
        told: dict[str, str] = {}
        if finder.needs:
            values = {n: text for n, text in declared.items() if n not in _OF_ONE_FRAMEWORK}
            values |= _values(line, self.book)
            told = {name: values[name] for name in finder.needs if name in values}
        key = framework, line.contractor, line.date, tuple(told.items())
        if key not in self._highest:
            self._highest[key] = highest_charge(
                self.book.frameworks[framework],
                finder,
                line.contractor,
                date.fromisoformat(line.date),
                told,
            )
        return self._highest[key]

    def _finder(self, framework: str) -> LevyFinder | None:
        finder = self._finders.get(framework)
        if finder is None and framework in self.book.frameworks:
            finder = self._finders[framework] = LevyFinder(self.book.frameworks[framework])
        return finder


def _as_charged(net_pence: int, reference: SpendLine) -> int:
    if reference.net_pence == 0:
        return net_pence * (reference.rate_ppm or 0)
    return half_up(
        reference.levy_micropence * net_pence * (1 if reference.net_pence > 0 else -1),
        abs(reference.net_pence),
    )


def _alike(one: Charge, other: Charge) -> bool:
    """Whether two charges come to one levy on whatever they are laid on."""
    if (one.rate_ppm, one.base) != (other.rate_ppm, other.base):
        return False
    blocks = one.block, other.block
    return one.rate_ppm is not None or len({(b.per, b.mode, b.bands) for b in blocks}) == 1


def _on_net(charge: Charge, net_pence: int) -> int:
    if charge.rate_ppm is not None:
        return net_pence * charge.rate_ppm
    block = charge.block
    assert block.mode is not None  # a charge without a rate is by bands
    try:
        return banded_levy(block.bands, block.mode, net_pence)
    except ValueError:  # beyond the last band: its rate
        return net_pence * block.bands[-1].rate_ppm


def _runs(framework: Framework, day: str) -> bool:
    return framework.starts.isoformat() <= day and (
        framework.ends is None or day <= framework.ends.isoformat()
    )


def _may_work(framework: Framework, contractor: str, on: date | None = None) -> bool:
    """Whether the book lets a contractor work on a framework: on a day, or ever."""
    if framework.appointments is None:
        return True
    if on is not None:
        return bool(appointed_on(framework, contractor, on))
    return any(held.contractor == contractor for held in framework.appointments)


def _values(line: SpendLine, book: Book) -> dict[str, str]:
    """What a line says, by folded name. The book says the sector, a blank one too."""
    member = book.members.get(line.member)
    values = {
        "lot": line.lot,
        "call_off": line.call_off,
        "invoice": line.invoice,
        "description": line.description,
        "member": line.member,
        "contractor": line.contractor,
        "sector": member.sector if member is not None else "",
    }
    told = {name: text for name, text in {**values, **line.kept_cells}.items() if text}
    return {"sector": ""} | told
