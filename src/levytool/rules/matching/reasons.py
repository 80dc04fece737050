"""Why the two sides differ, and what the difference is worth in levy (domain §3.6)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from levytool.book.records import Book
from levytool.money import half_up
from levytool.rules.bands import banded_levy
from levytool.rules.levy import Charge, LevyFinder
from levytool.rules.matching.amounts import less_retention, with_vat
from levytool.rules.matching.invoices import invoice_key
from levytool.rules.matching.lines import (
    CREDIT,
    Lines,
    Match,
    SpendLine,
    Terms,
    net_of,
)

AMOUNT = "amount"
TIMING = "timing"
RETENTION = "retention"
VAT = "VAT included"
CREDIT_NOTE = "credit note"
WRONG_MEMBER = "wrong member"
WRONG_FRAMEWORK = "wrong framework"
DUPLICATE = "duplicate"
UNDECLARED = "undeclared"
OVER_DECLARED = "over-declared"

REASONS = (
    UNDECLARED,
    OVER_DECLARED,
    AMOUNT,
    VAT,
    RETENTION,
    CREDIT_NOTE,
    WRONG_MEMBER,
    WRONG_FRAMEWORK,
    DUPLICATE,
    TIMING,
)
"""Every reason a difference can have, in the order reports list them."""

Twin = tuple[str, str, tuple[str, ...], int]
"""Member, contractor, invoice number and net of a line: a further one like it is a duplicate."""


def reason_of(match: Match, terms: Terms, quarterly: Collection[str]) -> str | None:
    """Why joined lines differ; None where they do not.

    Of several reasons the one that weighs most is told: the member whose pot the levy funds, the
    framework whose rate it bears, then what explains the net, then the period. `quarterly` are the
    frameworks whose returns are for quarters: within one, dates do not differ.
    """
    if len({line.member for line in (*match.declared, *match.recorded)}) > 1:
        return WRONG_MEMBER
    named = {line.framework for line in match.declared}
    if any(line.framework not in ("", *named) for line in match.recorded):
        return WRONG_FRAMEWORK
    if match.net_difference_pence:
        return _amount_reason(match, terms)
    signs = {line.net_pence > 0 for line in (*match.declared, *match.recorded) if line.net_pence}
    if match.rule == CREDIT or len(signs) > 1:
        return CREDIT_NOTE
    ours = {_period(line.date, line.framework in quarterly) for line in match.declared}
    in_quarters = any(line.framework in quarterly for line in match.declared)
    theirs = {_period(line.date, in_quarters) for line in match.recorded}
    return TIMING if ours != theirs else None


def _amount_reason(match: Match, terms: Terms) -> str:
    declared, recorded = net_of(match.declared), net_of(match.recorded)
    if match.rule == CREDIT:
        return CREDIT_NOTE
    for reason, amounts in (
        (VAT, with_vat(declared, terms)),
        (RETENTION, less_retention(declared)),
    ):
        if any(abs(recorded - amount) <= terms.tolerance_pence for amount in amounts) and (
            abs(recorded - declared) > terms.tolerance_pence
        ):
            return reason
    return AMOUNT


def _period(day: str, quarterly: bool) -> str:
    year, month = day[:4], int(day[5:7])
    return f"{year}-Q{(month + 2) // 3}" if quarterly else day[:7]


def twin_of(line: SpendLine) -> Twin | None:
    """What a duplicate of the line would have too; None where its invoice says nothing."""
    key = invoice_key(line.invoice)
    return (line.member, line.contractor, key, line.net_pence) if key else None


@dataclass(slots=True)
class LevyEffect:
    """What differences are worth in levy, in micropence, at the rates in force on the lines' dates.

    `declared_on` has the frameworks that a contractor has returns on.
    """

    book: Book
    declared_on: Mapping[str, Collection[str]] = field(default_factory=dict)
    _finders: dict[str, LevyFinder] = field(default_factory=dict)

    def of_match(self, declared: Lines, recorded: Lines) -> int:
        """The levy if the members' records are right, less what was declared."""
        charged = sum(line.levy_micropence for line in declared)
        reference = declared[0]
        return sum(self._beside(line, reference) for line in recorded) - charged

    def of_undeclared(self, line: SpendLine) -> int:
        """The levy on a recorded line at its framework's rate.

        Where the ledger names no framework: the highest of those it may belong to.
        """
        levies = [self._alone(line, code) for code in self.frameworks_of(line)]
        return max(levies, key=abs, default=0)

    def frameworks_of(self, line: SpendLine) -> list[str]:
        """The framework that a recorded line names; else those that its contractor has declared
        on, else those that it is appointed to, as far as they charge a levy on its date."""
        if line.framework:
            return [line.framework]
        running = [
            code
            for code, framework in self.book.frameworks.items()
            if framework.starts.isoformat() <= line.date
            and (framework.ends is None or line.date <= framework.ends.isoformat())
        ]
        declared = [c for c in running if c in self.declared_on.get(line.contractor, ())]
        return declared or [c for c in running if self._may_work(line.contractor, c)]

    def _may_work(self, contractor: str, framework: str) -> bool:
        appointments = self.book.frameworks[framework].appointments
        return appointments is None or any(a.contractor == contractor for a in appointments)

    def _beside(self, line: SpendLine, reference: SpendLine) -> int:
        """A recorded line's levy, charged as its declaration where one rule covers both."""
        framework = line.framework or reference.framework
        if framework == reference.framework and line.date == reference.date:
            return self._as_charged(line.net_pence, reference)
        then = self._charge(reference, reference.framework, reference)
        now = self._charge(line, framework, reference)
        if now is None or now == then:
            return self._as_charged(line.net_pence, reference)
        return self._on_net(now, line.net_pence)

    @staticmethod
    def _as_charged(net_pence: int, reference: SpendLine) -> int:
        if reference.net_pence == 0:
            return net_pence * (reference.rate_ppm or 0)
        return half_up(
            reference.levy_micropence * net_pence * (1 if reference.net_pence > 0 else -1),
            abs(reference.net_pence),
        )

    def _alone(self, line: SpendLine, framework: str) -> int:
        charge = self._charge(line, framework, line)
        return 0 if charge is None else self._on_net(charge, line.net_pence)

    @staticmethod
    def _on_net(charge: Charge, net_pence: int) -> int:
        if charge.rate_ppm is not None:
            return net_pence * charge.rate_ppm
        block = charge.block
        assert block.mode is not None  # a charge without a rate is by bands
        try:
            return banded_levy(block.bands, block.mode, net_pence)
        except ValueError:  # beyond the last band: its rate
            return net_pence * block.bands[-1].rate_ppm

    def _charge(self, line: SpendLine, framework: str, reference: SpendLine) -> Charge | None:
        """How a line is charged; what a ledger does not say is as its declaration has it."""
        if framework not in self.book.frameworks:
            return None
        finder = self._finders.get(framework)
        if finder is None:
            finder = self._finders[framework] = LevyFinder(self.book.frameworks[framework])
        values: dict[str, str] = {}
        if finder.needs:
            values = _values(reference, self.book) | _values(line, self.book)
        return finder.charge(date.fromisoformat(line.date), values)


def _values(line: SpendLine, book: Book) -> dict[str, str]:
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
    return {name: text for name, text in {**values, **line.kept_cells}.items() if text}


def twins_of(lines: Iterable[SpendLine]) -> set[Twin]:
    """What duplicates of these lines would have."""
    return {twin for line in lines if (twin := twin_of(line)) is not None}
