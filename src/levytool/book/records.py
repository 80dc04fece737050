"""The book as immutable values: what `book.toml` says, read and checked once.

Money is pence, rates are parts per million, names are codes. `book.read` makes these from TOML;
everything else only reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from levytool.periods import Dated

Payer = Literal["contractor", "member"]
Rounding = Literal["half-up", "truncate"]
BandPer = Literal["call-off", "contractor-year", "framework-year"]
BandMode = Literal["marginal", "whole"]
Scope = Literal["framework", "framework-member", "call-off", "contractor"]
Provide = Literal["whole", "exact"]
ReturnsEvery = Literal["monthly", "quarterly"]
FundedOn = Literal["received", "billed"]

OUTSIDE_THE_SCOPE: None = None
"""A VAT rate of None: outside the scope, which is not the same as a rate of 0."""

NET = "net"
"""The base of a levy that is a line's net value."""

WILDCARD = "*"
"""Any value, in a row of a rates table."""


def fold(text: str) -> str:
    """A column's name or a cell's text as the rules compare it: trimmed, inner spaces single, case
    folded, and a whole number without its empty decimals, since a spreadsheet's 1 may come as 1.0.
    """
    folded = " ".join(text.split()).casefold()
    whole, point, decimals = folded.partition(".")
    if point and not decimals.strip("0") and decimals and whole.isdecimal():
        return whole
    return folded


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account whose statements are imported. `number` '' takes any statement."""

    name: str
    sort_code: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What the consortium's finance system calls what the books keep (domain §3.10).

    `accounts` maps our account codes to its own; `tax` a VAT rate in parts per million (None:
    outside the scope) to its tax code; `tracking` what an account is kept by to a category of its
    own, `departments` and `references` a code that accounts are kept by to a department and to a
    customer's reference. What is not mapped has its own code.
    """

    accounts: Mapping[str, str] = field(default_factory=dict)
    tax: Mapping[int | None, str] = field(default_factory=dict)
    journal_tax: str = ""
    tracking: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    gl07_columns: tuple[str, ...] = ()
    gl07_constants: Mapping[str, str] = field(default_factory=dict)
    ocid_prefix: str = ""
    open_data_license: str = ""


@dataclass(frozen=True, slots=True)
class Consortium:
    """The consortium and its settings. Schedules are in order of date."""

    name: str
    financial_year_starts: int = 4
    pots_funded_on: tuple[Dated[FundedOn], ...] = (Dated(date.min, "received"),)
    vat: tuple[Dated[int | None], ...] = (Dated(date.min, OUTSIDE_THE_SCOPE),)
    vat_number: str = ""
    address: tuple[str, ...] = ()
    email: str = ""
    bank_accounts: tuple[BankAccount, ...] = ()
    terms_days: int = 28
    tolerance_pence: int = 0
    window_days: int = 35
    match_tolerance_pence: int = 2
    four_eyes_over_pence: int = 500_000
    pot_life_months: tuple[Dated[int], ...] = (Dated(date.min, 0),)
    late_interest: tuple[Dated[int], ...] = ()
    logo: str = ""
    accent: str = "#123a5a"
    exports: ExportSettings = field(default_factory=ExportSettings)


@dataclass(frozen=True, slots=True)
class Member:
    """A contracting authority of the consortium; the levy's pot belongs to it."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    email: str = ""
    sector: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Contractor:
    """A company appointed to frameworks."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    email: str = ""


@dataclass(frozen=True, slots=True)
class Appointment:
    """A contractor on a framework: its lots (empty: all of them) and its dates (None: open)."""

    contractor: str
    lots: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class LevyRate:
    """One row of a rates table: the values it is for (`*` for any), its rate, its own base."""

    when: tuple[str, ...]
    rate_ppm: int
    base: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A band of cumulative spend. `up_to_pence` None: without end."""

    up_to_pence: int | None
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class LevyBlock:
    """An effective-dated levy rule. Just one of `rate_ppm`, `rates`, `bands` is given."""

    since: date
    payer: Payer
    rate_ppm: int | None = None
    by: tuple[str, ...] = ()
    rates: tuple[LevyRate, ...] = ()
    per: BandPer | None = None
    mode: BandMode | None = None
    bands: tuple[Band, ...] = ()
    base: tuple[str, ...] = ("net",)
    rounding: Rounding = "half-up"
    minimum_pence: int | None = None
    maximum_pence: int | None = None


@dataclass(frozen=True, slots=True)
class OpportunityRule:
    """How many opportunities a framework's spend owes, and what one costs."""

    per_million: int = 2
    scope: Scope = "framework-member"
    unit_cost: tuple[Dated[int], ...] = ()
    provide: Provide = "whole"
    qualifying_weeks: int = 52


@dataclass(frozen=True, slots=True)
class Example:
    """A row and the levy it must give; `book check` runs it. `cells` holds further columns."""

    net_pence: int
    on: date
    levy_micropence: int
    cells: Mapping[str, str] = field(default_factory=dict)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class CallOff:
    """One contract under a framework, with the value it was awarded at in pence.

    `code` is the reference that lines give it. `starts` None: with the framework.
    """

    code: str
    member: str
    contractor: str
    award_pence: int
    lot: str = ""
    starts: date | None = None
    ends: date | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What a line of it is known by: member, contractor, and the reference folded."""
        return self.member, self.contractor, fold(self.code)


@dataclass(frozen=True, slots=True)
class Framework:
    """An agreement contractors are appointed to. `appointments` None: any contractor."""

    code: str
    title: str
    starts: date
    ends: date | None = None
    returns: ReturnsEvery = "monthly"
    retained: tuple[Dated[int], ...] = (Dated(date.min, 0),)
    reserve_pence: int = 0
    default_charge: bool = False
    lots: Mapping[str, str] = field(default_factory=dict)
    appointments: tuple[Appointment, ...] | None = None
    levy: tuple[LevyBlock, ...] = ()
    opportunities: OpportunityRule | None = None
    examples: tuple[Example, ...] = ()
    call_offs: tuple[CallOff, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one kind of file. `columns` maps a target to the header it is read from."""

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: int | None = None
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """The whole book, with the text it was read from and that text's SHA-256."""

    consortium: Consortium
    members: Mapping[str, Member]
    contractors: Mapping[str, Contractor]
    frameworks: Mapping[str, Framework]
    layouts: Mapping[str, Layout]
    text: str = ""
    sha256: str = ""
