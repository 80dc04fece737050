"""What a statement says, as plain figures for scripts: the JSON, and the hash over it.

Amounts are decimal strings, dates ISO 8601, counts numbers (contract, *Statements and exports*).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from levytool.money import format_line_levy, format_pence, format_percent
from levytool.rules.opportunities import format_exact
from levytool.statements.sections import Column, Grid, Statement, Table, Value, ValueKind
from levytool.statements.values import Issue

Figures = dict[str, Any]


def said(statement: Statement) -> Figures:
    """All that the statement says, with the hash of it last."""
    found: Figures = {
        "statement": statement.kind,
        "status": statement.status,
        "consortium": statement.issuer.name,
        **_subject(statement),
        "period": str(statement.period),
        "as_at": statement.as_at.isoformat(),
        "known_on": statement.known_on.isoformat() if statement.known_on else None,
        "basis": statement.basis,
    }
    if statement.issue is not None:
        found |= _issued(statement.issue)
    if statement.issued_as:
        found["issued_as"] = statement.issued_as
    for figure in statement.key_figures:
        found[figure.key] = format_pence(figure.pence)
    for part in statement.data:
        if isinstance(part, Grid):
            _put_grid(found.setdefault(part.key, {}), part)
        elif part.nested:
            found[part.key] = nested_totals(part) | {part.nested: table_rows(part)}
        else:
            found[part.key] = table_rows(part)
    return found | {"hash": figures_hash(found)}


def _issued(issue: Issue) -> Figures:
    return {
        "number": issue.number or None,
        "prepared_by": issue.prepared_by,
        "prepared_on": issue.prepared_on.isoformat(),
        "approved_by": issue.approved_by or None,
        "issued_on": issue.issued_on.isoformat() if issue.issued_on else None,
    }


def _subject(statement: Statement) -> Figures:
    """Whose it is; what tells of the consortium itself has no other subject."""
    if not statement.subject.code:
        return {}
    return {
        statement.kind: statement.subject.code,
        f"{statement.kind}_name": statement.subject.name,
    }


def figures_hash(found: Figures) -> str:
    """SHA-256 (hex) over figures as canonical JSON: sorted keys, no spaces, UTF-8, no `hash`.

    Whoever receives a statement can work it out again from its JSON.
    """
    bare = {key: value for key, value in found.items() if key != "hash"}
    text = json.dumps(bare, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def table_rows(table: Table) -> list[Figures]:
    """The rows as objects."""
    keys = [column.key for column in table.columns]
    every = zip(*plain_columns(table), strict=True)
    return [dict(zip(keys, row, strict=True)) for row in every]


def plain_columns(table: Table) -> list[Sequence[Any]]:
    """The values of each column as JSON has them: tables are long, and a column is of one kind."""
    values: Iterable[Sequence[Value]] = zip(*table.rows, strict=True)
    return [_plain_column(*pair) for pair in zip(values, table.columns, strict=False)]


def _plain_column(values: Sequence[Any], column: Column) -> Sequence[Any]:
    """What stands in it often is worked out once."""
    if column.kind not in _FORMS:
        return values
    told = {value: plain(value, column.kind) for value in set(values)}
    return list(map(told.__getitem__, values))


def nested_totals(table: Table) -> Figures:
    """The footed columns' sums by their keys."""
    pairs = zip(table.columns, table.totals, strict=True)
    return {column.key: plain(sum_, column.kind) for column, sum_ in pairs if sum_ is not None}


def _put_grid(found: Figures, grid: Grid) -> None:
    for path, column, value in grid.figures():
        *outer, key = path.split(".")
        place = found
        for name in outer:
            place = place.setdefault(name, {})
        place[key] = plain(value, column.kind)


def plain(value: Value, kind: ValueKind) -> Any:
    """One value as JSON has it."""
    form = _FORMS.get(kind)
    return value if value is None or form is None else form(value)


def format_rates(rates_ppm: tuple[Any, ...]) -> str | None:
    """The rates charged in words: `1%`, `1% to 2%`; None where bands decided."""
    if not rates_ppm:
        return None
    lowest, highest = format_percent(rates_ppm[0]), format_percent(rates_ppm[-1])
    return lowest if lowest == highest else f"{lowest} to {highest}"


def _count(number: Fraction) -> int | str:
    """A number where it is whole; a part of a place is told exactly."""
    return number.numerator if number.denominator == 1 else format_exact(number)


_FORMS: dict[ValueKind, Callable[[Any], Any]] = {
    "texts": list,
    "money": format_pence,
    "levy": format_line_levy,
    "count": _count,
    "exact": format_exact,
    "day": date.isoformat,
    "month": str,
    "rates": format_rates,
}
"""What JSON has of a value of each kind; the other kinds stand as they are."""
