"""What a cell's text means, worked out once for each distinct text: the speed of whole columns.

Each lookup is a dict that fills itself; None stands for a text that means nothing, so that a
column is read by `map` and its bad cells are found by `None in values`.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from levytool.book.names import Kind, Names, PartyNames, fold, suggest_code
from levytool.book.records import Appointment, Book, Framework
from levytool.book.records import fold as fold_column
from levytool.intake.dates import parse_date, parse_month
from levytool.intake.options import ReadOptions, Role
from levytool.intake.plan import Plan
from levytool.intake.totals import is_total_label
from levytool.periods import Month

MEMO_LIMIT = 200_000
"""Distinct texts remembered at most, so that a column of junk costs no memory."""

STERLING = frozenset({"", "gbp", "£", "sterling", "pounds", "pound sterling", "pounds sterling"})

Window = tuple[str, str]
ALWAYS: tuple[Window, ...] = (("", "9999-12-31"),)


class DateLookup(dict[str, str | None]):
    """ISO dates by the cell that states them; a month stands for its first day."""

    def __init__(self, target: str, date_format: str | None) -> None:
        super().__init__()
        self._parse = parse_date if target == "date" else parse_month
        self._date_format = date_format

    @property
    def in_own_format(self) -> bool:
        """Whether a layout says how dates are written."""
        return self._date_format is not None

    def __missing__(self, text: str) -> str | None:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        day = self._parse(text, self._date_format)
        return self.setdefault(text, None if day is None else day.isoformat())


class PartyLookup(dict[str, str | None]):
    """Codes of parties of one kind by the text that names them.

    With `add` an unknown party is given a code of its own, kept in `newcomers` by code. With
    `optional` a blank cell is no party and no fault.
    """

    def __init__(self, kind: Kind, names: Names, add: bool, optional: bool) -> None:
        super().__init__()
        self._known = names.of(kind)
        self._add, self._optional = add, optional
        self._new_codes: dict[str, str] = {}
        self.newcomers: dict[str, str] = {}

    def __missing__(self, text: str) -> str | None:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        return self.setdefault(text, self._look_up(text))

    def _look_up(self, text: str) -> str | None:
        if not text.strip():
            return "" if self._optional else None
        code = self._known.recognise(text)
        key = fold(text)
        if code is not None or not self._add or not key or is_total_label(text):
            return code
        if key not in self._new_codes:
            self._new_codes[key] = ""
            name = " ".join(text.split())
            code = suggest_code(name, _TakenCodes(self._known, self._new_codes, key))
            self._new_codes[key] = code
            self.newcomers[code] = name
        return self._new_codes[key]


@dataclass(frozen=True, slots=True)
class _TakenCodes:
    """Codes a newcomer may not have: another party's, or one that reads like another's name."""

    known: PartyNames
    newcomers: Mapping[str, str]
    own_name: str

    def __contains__(self, code: object) -> bool:
        folded = fold(str(code))
        return (
            self.known.recognise(str(code)) is not None
            or code in self.newcomers.values()
            or (folded != self.own_name and folded in self.newcomers)
        )


class LotLookup(dict[tuple[str | None, str], str | None]):
    """A framework's lots by (framework, text): `01`, `Lot 1` and the lot's title mean lot 1.

    A blank text stands as it is, any text where the framework has no lots, and in a member's own
    ledger what is no lot.
    """

    def __init__(self, book: Book, role: Role) -> None:
        super().__init__()
        self._any_allowed = role == "member-ledger"
        self._lots = {code: _lot_keys(f) for code, f in book.frameworks.items() if f.lots}

    def __missing__(self, key: tuple[str | None, str]) -> str | None:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        framework, text = key
        lots = self._lots.get(framework or "")
        stripped = text.strip()
        if lots is None or not stripped:
            return self.setdefault(key, stripped)
        unknown = stripped if self._any_allowed else None
        return self.setdefault(key, lots.get(_lot_key(stripped), unknown))


def _lot_keys(framework: Framework) -> dict[str, str]:
    titles = {_lot_key(title): code for code, title in framework.lots.items()}
    return titles | {_lot_key(code): code for code in framework.lots}


def _lot_key(text: str) -> str:
    key = fold(text)
    if key.startswith("lot") and len(key) > 3:
        key = key[3:]
    return key.lstrip("0") or key


class WindowLookup(dict[tuple[str | None, str | None, str | None], tuple[Window, ...]]):
    """When a line may be dated, by (framework, contractor, lot): ISO dates, both included.

    The framework's own dates, cut to the contractor's appointments to the lot where the framework
    names its contractors. A line that names no lot may fall under any of them. When no framework
    does, `by_framework_only`, contractor and lot make no difference.
    """

    def __init__(self, book: Book, role: Role) -> None:
        super().__init__()
        self._frameworks = book.frameworks if role == "declaration" else {}
        self.by_framework_only = all(f.appointments is None for f in self._frameworks.values())

    def __missing__(self, key: tuple[str | None, str | None, str | None]) -> tuple[Window, ...]:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        framework = self._frameworks.get(key[0] or "")
        if framework is None or None in key:
            return self.setdefault(key, ALWAYS)
        whole = self.of_framework(framework.code)
        if framework.appointments is None:
            return self.setdefault(key, (whole,))
        windows = (
            (max(whole[0], since), min(whole[1], until))
            for since, until in appointment_windows(framework, key[1], key[2])
        )
        return self.setdefault(key, tuple(windows))

    def of_framework(self, code: str) -> Window:
        """A framework's first and last day; any day where dates are not checked."""
        framework = self._frameworks.get(code)
        return ALWAYS[0] if framework is None else _window(framework.starts, framework.ends)


def _window(since: date | None, until: date | None) -> Window:
    return (
        since.isoformat() if since is not None else ALWAYS[0][0],
        until.isoformat() if until is not None else ALWAYS[0][1],
    )


def appointment_windows(
    framework: Framework, contractor: str | None, lot: str | None
) -> list[Window]:
    """The dates of a contractor's appointments that cover a lot ('' for a line without one)."""
    return [
        _window(appointment.since, appointment.until)
        for appointment in framework.appointments or ()
        if appointment.contractor == contractor and _covers(appointment, lot)
    ]


def _covers(appointment: Appointment, lot: str | None) -> bool:
    return not lot or not appointment.lots or lot in appointment.lots


class CurrencyLookup(dict[str, Literal[True] | None]):
    """Whether a currency cell says sterling, or nothing."""

    def __missing__(self, text: str) -> Literal[True] | None:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        sterling = " ".join(text.split()).casefold() in STERLING
        return self.setdefault(text, True if sterling else None)


class QuarterLookup(dict[str, str]):
    """The month that a quarterly return is kept in, by its line's ISO date."""

    def __missing__(self, day: str) -> str:
        return self.setdefault(day, str(Month.of(date.fromisoformat(day)).quarter_end()))


class BaseLookup(dict[tuple[str | None, str | None], tuple[frozenset[str], frozenset[str]]]):
    """Which of the plan's base columns the levy is taken on, by (framework, ISO date).

    First those that every line of the rule in force needs, then those that only some of its
    rates take.
    """

    def __init__(self, book: Book, bases: Container[str]) -> None:
        super().__init__()
        self._frameworks, self._bases = book.frameworks, bases

    def __missing__(
        self, key: tuple[str | None, str | None]
    ) -> tuple[frozenset[str], frozenset[str]]:
        code, day = key
        framework = self._frameworks.get(code or "")
        if framework is None or day is None:
            return frozenset(), frozenset()
        blocks = [b for b in framework.levy if b.since <= date.fromisoformat(day)][-1:]
        always = self._planned(name for block in blocks for name in block.base)
        rates = (rate for block in blocks for rate in block.rates)
        sometimes = self._planned(name for rate in rates for name in rate.base or ())
        return self.setdefault(key, (always, sometimes - always))

    def _planned(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(name for name in map(fold_column, names) if name in self._bases)


class Lookups:
    """The lookups that one reading of a file shares."""

    def __init__(self, plan: Plan, book: Book, names: Names, options: ReadOptions) -> None:
        ledger = options.role == "member-ledger"
        add = options.add_parties
        self.dates = DateLookup(plan.when, options.layout.date_format if options.layout else None)
        self.parties: dict[str, PartyLookup] = {
            "member": PartyLookup("member", names, add, optional=False),
            "contractor": PartyLookup("contractor", names, add, optional=False),
            "framework": PartyLookup("framework", names, add=False, optional=ledger),
        }
        self.lots = LotLookup(book, options.role)
        self.windows = WindowLookup(book, options.role)
        self.quarters = QuarterLookup()
        self.currencies = CurrencyLookup()
        self.base_needs = BaseLookup(book, plan.bases)
        own = (*plan.passed_over, *plan.overruled)
        self.own = {kind: self.parties[kind][plan.constants[kind]] for kind in own}

    def is_another(self, kind: Kind, text: str) -> bool:
        """Whether a text names another contractor or framework than the return has that the file
        corrects; what the book does not know is another, and a blank cell names nobody."""
        return bool(text.strip()) and self.parties[kind][text] != self.own[kind]
