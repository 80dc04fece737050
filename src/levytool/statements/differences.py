"""Whether two tellings of one statement have the same figures, and where they differ.

Only amounts and counts are compared: a party that was renamed is the same party. Which returns are
missing is left out too: that is what the figures wait for, not one of them. So are open queries,
which are answered without a posting. What a later levytool tells in tables, columns or rows of
single figures that the issued statement did not have is no difference: it never told them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from levytool.money import format_pence
from levytool.statements.said import plain
from levytool.statements.sections import Column, Grid, Statement, Table, Value
from levytool.statements.words import value_words

NUMBERS = ("money", "levy", "count", "overdue", "exact")

OF_DATES = "overdue"
"""Days between dates that stand beside them: they differ where those do, and say nothing more."""

NAMES = frozenset(
    {
        *("framework_title", "lot_name", "party", "payer_name", "contractor_name", "member_name"),
        *("source_name", "member_names"),
        *("title", "narrative", "area", "state", "name"),
        "date",
    }
)
"""Columns that say how something is called, or of when it is, beside its code or number."""

NOT_FIGURES = frozenset({"returns", "balance_by_month", "open_queries", "not_compared"})
"""Tables left out: what has not come yet, earlier months as the books now tell them, and what is
open between two ledgers at a moment."""

_MONEY = Column("", "", "money")
_ON_PAGE = ("name", "small", "group")


class _Figure(NamedTuple):
    """A figure with its column, what a page calls it, and where it stands: a table and its column,
    or a grid and its row; nowhere for a figure that stands alone."""

    value: Value
    column: Column
    words: str
    stands: tuple[str, str] | None = None


_Figures = dict[str, _Figure]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure by its name, as it was issued and as it is told now; None where it is not told.

    `words` is what a page calls it. `pence` is what is more now, of an amount of money; None for a
    count.
    """

    figure: str
    words: str
    issued: str | None
    now: str | None
    pence: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The row that scripts read."""
        more = None if self.pence is None else format_pence(self.pence)
        return {"figure": self.figure, "issued": self.issued, "now": self.now, "difference": more}

    def __str__(self) -> str:
        return f"{self.words}: issued {self.issued or 'none'}, now {self.now or 'none'}"


def differences(issued: Statement, now: Statement) -> tuple[Difference, ...]:
    """Figures that are not the same, in the order of the issued statement, then what is new."""
    before, after = _figures(issued), _figures(now)
    places = set(_places(issued))
    found = []
    for name in before | after:
        old, new = before.get(name), after.get(name)
        known = old or after[name]
        if known.stands and known.stands not in places:
            continue
        values = [None if one is None else one.value for one in (old, new)]
        if known.column.kind != OF_DATES and values[0] != values[1] and any(values):
            found.append(_difference(name, known, *values))
    return tuple(found)


def figures_told(statement: Statement) -> dict[str, Any]:
    """Every figure that is compared, by its name: what two people must have seen alike."""
    return {name: plain(one.value, one.column.kind) for name, one in _figures(statement).items()}


def _places(statement: Statement) -> Iterator[tuple[str, str]]:
    """Where a statement has figures: the columns of its tables, the rows of its grids."""
    for part in statement.data:
        named = part.columns if isinstance(part, Table) else part.rows
        yield from ((part.key, one.key) for one in named)


def _difference(name: str, known: _Figure, old: Value, new: Value) -> Difference:
    kind, more = known.column.kind, None
    if kind == "money":
        more = (new if isinstance(new, int) else 0) - (old if isinstance(old, int) else 0)
    told = [None if value is None else str(plain(value, kind)) for value in (old, new)]
    return Difference(name, known.words, told[0], told[1], more)


def _figures(statement: Statement) -> _Figures:
    found: _Figures = {
        figure.key: _Figure(figure.pence, _MONEY, figure.label) for figure in statement.key_figures
    }
    for part in statement.data:
        if isinstance(part, Table):
            if part.key not in NOT_FIGURES:
                found |= dict(_of_table(part))
        else:
            found |= dict(_of_grid(part))
    return found


def _of_grid(grid: Grid) -> Iterator[tuple[str, _Figure]]:
    rows = [row for _column in grid.columns for row in grid.rows]
    for (path, column, value), row in zip(grid.figures(), rows, strict=True):
        if column.kind in NUMBERS:
            words = f"{grid.caption}: {row.label}, {column.label}"
            figure = _Figure(value, column, words, (grid.key, row.key))
            yield ".".join(filter(None, (grid.key, path))), figure


def _of_table(table: Table) -> Iterator[tuple[str, _Figure]]:
    """The numbers of each row, by what the row is of. Rows of the same thing are numbered."""
    seen = Counter[str]()
    for row in table.rows:
        pairs = list(zip(table.columns, row, strict=True))
        named = [
            str(plain(value, column.kind))
            for column, value in pairs
            if column.kind not in NUMBERS and column.key not in NAMES and value not in (None, "")
        ]
        of = f"{table.key} {' '.join(named)}".rstrip()
        seen[of] += 1
        of += f" #{seen[of]}" if seen[of] > 1 else ""
        on_page = [
            value_words(v, c) for c, v in pairs if c.place in _ON_PAGE and c.kind not in NUMBERS
        ]
        row_words = " · ".join(filter(None, on_page))
        for column, value in pairs:
            if column.kind in NUMBERS:
                words = f"{table.sheet}: {row_words}, {column.label}"
                yield f"{of}: {column.key}", _Figure(value, column, words, (table.key, column.key))
