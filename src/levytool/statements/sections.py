"""A statement of any kind as a sequence of sections, which each form is written from once.

Values stand in their own types: money in pence, dates and months as such, counts exact. What a
column is called in JSON and CSV, how pages head it, and where it stands there, is its own fact.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from levytool.periods import Month, Period
from levytool.statements.values import Issue, Issuer, Recipient

ValueKind = Literal[
    "text",
    "texts",
    "money",
    "levy",
    "count",
    "overdue",
    "exact",
    "day",
    "month",
    "months",
    "rates",
    "return-state",
    "reason",
]
"""What a value is: `money` is pence, `levy` an exact levy in micropence, shown to four places;
`overdue` are days past due, which a page leaves out of what is not yet due."""

TEXTS: tuple[ValueKind, ...] = ("text", "texts", "reason")
"""The kinds of a value that are words."""

Number = int | Fraction
"""What is summed: pence and counts; a count of places may have a part of one."""

Value = str | int | Fraction | date | Month | tuple[str, ...] | tuple[int, ...] | None

Place = Literal["name", "column", "small", "group", "data"]
"""Where a page shows a column: as the row's name, in a column, in small print under the one before,
as a heading over rows; or not at all, so that only JSON, CSV and workbooks have it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `key` is its name in JSON and CSV, `label` its heading.

    `sums`: footed at the table's end, and under each heading of groups. `of` is the arithmetic of
    other columns' keys that gives it, such as `billed - received`, for a workbook's formula.
    `suffix` follows a value in small print, which a page leaves out where it is `seldom` and nil.
    `blank` is what a page says where there is no value.
    """

    key: str
    label: str
    kind: ValueKind = "text"
    place: Place = "column"
    sums: bool = False
    of: str = ""
    suffix: str = ""
    blank: str = ""
    seldom: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns.

    `brought` is a balance that the rows start from and `total` the name of the last row, which
    foots. `nested`: in JSON the totals with the rows under this name. `shown` is how many rows a
    page shows of it at most; JSON, CSV and workbooks have all. One that is not `in_data` shows on
    pages what another table of its key has no room for there, and is nowhere else.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    sheet: str
    brought: tuple[str, int] | None = None
    total: str = ""
    nested: str = ""
    empty: str = ""
    shown: int = 1_000
    on_page: bool = True
    in_data: bool = True

    def place_of(self, key: str) -> int:
        """Where the column of that key stands."""
        return next(place for place, column in enumerate(self.columns) if column.key == key)

    def sums(self, rows: tuple[tuple[Value, ...], ...]) -> tuple[Number | None, ...]:
        """The sum of each column that is footed, over some of the rows."""
        return tuple(
            sum(number for row in rows if isinstance(number := row[place], Number))
            if column.sums
            else None
            for place, column in enumerate(self.columns)
        )

    def apart(self, caption: str, places: Mapping[str, Place], *, every: bool = False) -> "Table":
        """A table for pages alone, of the columns at their `places` there: the rows that have
        something in those with numbers, or `every` row."""
        columns = {key: self.columns[self.place_of(key)] for key in places}
        shown = tuple(replace(columns[key], place=place) for key, place in places.items())
        at = [self.place_of(key) for key in places]
        rows = (tuple(row[place] for place in at) for row in self.rows)
        numbers = [place for place, column in enumerate(shown) if column.kind not in TEXTS]
        return replace(
            self,
            caption=caption,
            columns=shown,
            rows=tuple(row for row in rows if every or any(row[place] for place in numbers)),
            in_data=False,
        )

    @property
    def totals(self) -> tuple[Number | None, ...]:
        """The last row's sums, with what was brought forward."""
        brought = self.brought[1] if self.brought else 0
        return tuple(None if pence is None else pence + brought for pence in self.sums(self.rows))


@dataclass(frozen=True, slots=True)
class Named:
    """Figures of one name: `key` in JSON, a value for each column of its grid."""

    key: str
    label: str
    values: tuple[Value, ...]
    seldom: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Single figures by name, in one column or several; `total` names their sum, if they have one.

    A page leaves out `seldom` ones that are nil. In JSON the figures stand under `key`, each at
    the path that its column's `key` makes of its own: `{}` is the name itself, `to_date.{}` the
    name within `to_date`.
    """

    key: str
    caption: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Named, ...]
    sheet: str
    total: str = ""
    on_page: bool = True

    @property
    def totals(self) -> tuple[int, ...]:
        """The sum of each column."""
        return tuple(
            sum(pence for row in self.rows if isinstance(pence := row.values[place], int))
            for place in range(len(self.columns))
        )

    def figures(self) -> Iterator[tuple[str, Column, Value]]:
        """Every figure with its path."""
        for place, column in enumerate(self.columns):
            for row in self.rows:
                yield column.key.format(row.key), column, row.values[place]


@dataclass(frozen=True, slots=True)
class Node:
    """A place that money comes from or goes to, in the flow from levy to schemes."""

    label: str
    pence: int


@dataclass(frozen=True, slots=True)
class FlowChart:
    """From the levy to the surplus to the schemes: what came into each of two funds and went out.

    The last of `fund_out` is the surplus that goes on into the balance.
    """

    title: str
    fund_in: tuple[Node, ...]
    fund_out: tuple[Node, ...]
    surplus: Node
    balance_in: tuple[Node, ...]
    balance_out: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class BalanceChart:
    """A balance month by month, each in its two parts, in pence."""

    title: str
    parts: tuple[str, str]
    months: tuple[tuple[Month, int, int], ...]


@dataclass(frozen=True, slots=True)
class PlacesChart:
    """Places due against places delivered and verified, obligation by obligation."""

    title: str
    rows: tuple[tuple[str, Fraction, int, Fraction, Fraction], ...]


Chart = FlowChart | BalanceChart | PlacesChart
Part = Table | Grid | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it: notes, then tables, grids and charts in order.

    `nothing` is what a page says where no part has anything to show; without it the section is
    left out there.
    """

    key: str
    title: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that stands alone, in JSON under `key`."""

    key: str
    label: str
    pence: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of any kind. `kind` is its name in JSON and the key of its subject there.

    `issue` is None for a draft; `issued_as` is the number of the statement that was issued for the
    same period, where this is a draft of what the books tell since. `key_figures` stand at the head
    of a page, the last of them the one that matters most; `held` says in a sentence what that one
    is made of.
    """

    kind: str
    title: str
    issuer: Issuer
    subject: Recipient
    period: Period
    as_at: date
    known_on: date | None
    status: str
    basis: str
    key_figures: tuple[Figure, ...]
    held: str
    sections: tuple[Section, ...]
    issue: Issue | None = None
    issued_as: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it tells of the consortium that sends it, whose name its head has already."""
        return not self.subject.code

    @property
    def data(self) -> Iterator[Table | Grid]:
        """Every table and grid that all forms have, in order."""
        for section in self.sections:
            for part in section.parts:
                if isinstance(part, Grid) or (isinstance(part, Table) and part.in_data):
                    yield part
