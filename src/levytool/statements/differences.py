"""Whether two tellings of one statement have the same figures, and where they differ.

Only amounts and counts are compared: a party that was renamed is the same party. Which returns are
missing is left out too: that is what the figures wait for, not one of them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from levytool.money import format_pence
from levytool.statements.said import plain
from levytool.statements.sections import Column, Statement, Table, Value

NUMBERS = ("money", "levy", "count", "overdue", "exact")

NAMES = frozenset(
    {
        *("framework_title", "lot_name", "party", "payer_name", "contractor_name", "member_name"),
        *("source_name", "member_names"),
        *("title", "narrative", "area", "state", "name"),
    }
)
"""Columns that say how something is called, beside its code."""

NOT_FIGURES = frozenset({"returns", "balance_by_month"})
"""Tables left out: what has not come yet, and earlier months as the books now tell them."""

_Figures = dict[str, tuple[Value, Column]]
_MONEY = Column("", "", "money")


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure by its name, as it was issued and as it is told now; None where it is not told.

    `pence` is what is more now, of an amount of money; None for a count.
    """

    figure: str
    issued: str | None
    now: str | None
    pence: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The row that scripts read."""
        more = None if self.pence is None else format_pence(self.pence)
        return {"figure": self.figure, "issued": self.issued, "now": self.now, "difference": more}

    def __str__(self) -> str:
        return f"{self.figure}: issued {self.issued or 'none'}, now {self.now or 'none'}"


def differences(issued: Statement, now: Statement) -> tuple[Difference, ...]:
    """Figures that are not the same, in the order of the issued statement, then what is new."""
    before, after = _figures(issued), _figures(now)
    found = []
    for name in before | after:
        (old, column), (new, _) = (
            before.get(name, (None, after.get(name, (None, _MONEY))[1])),
            after.get(name, (None, _MONEY)),
        )
        if old != new and (old or new):
            found.append(_difference(name, old, new, column))
    return tuple(found)


def figures_told(statement: Statement) -> dict[str, Any]:
    """Every figure that is compared, by its name: what two people must have seen alike."""
    return {
        name: plain(value, column.kind) for name, (value, column) in _figures(statement).items()
    }


def _difference(name: str, old: Value, new: Value, column: Column) -> Difference:
    more = None
    if column.kind == "money":
        more = (new if isinstance(new, int) else 0) - (old if isinstance(old, int) else 0)
    told = [None if value is None else str(plain(value, column.kind)) for value in (old, new)]
    return Difference(name, told[0], told[1], more)


def _figures(statement: Statement) -> _Figures:
    found: _Figures = {figure.key: (figure.pence, _MONEY) for figure in statement.key_figures}
    for part in statement.data:
        if isinstance(part, Table):
            if part.key not in NOT_FIGURES:
                found |= dict(_of_table(part))
            continue
        for path, column, value in part.figures():
            if column.kind in NUMBERS:
                found[".".join(filter(None, (part.key, path)))] = (value, column)
    return found


def _of_table(table: Table) -> Iterator[tuple[str, tuple[Value, Column]]]:
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
        for column, value in pairs:
            if column.kind in NUMBERS:
                yield f"{of}: {column.key}", (value, column)
