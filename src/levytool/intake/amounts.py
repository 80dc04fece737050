"""The one grammar of amounts in spend files (contract, *Cells*), and whole columns at once.

Pence are int. A text with more than two decimals is rounded half-up, away from zero, and says so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

Cell = str | float
"""What a sheet's cell is read as: text, or a spreadsheet's own number."""

LARGEST_PENCE = 10_000_000_000 * 100
"""Amounts beyond £10,000,000,000 are refused as `too-large` (contract, *Importing spend*)."""

SHOWN_DIGITS = 15
"""Significant digits a spreadsheet shows of a number; those beyond are float noise."""

# Possessive quantifiers, so that a long run of spaces costs one pass.
_AMOUNT = re.compile(
    r"\s*+(?P<unit>£|gbp)?\s*+(?P<open>\()?\s*+(?P<before>[-+\u2212\u2013])?\s*+"
    r"(?P<unit_within>£|gbp)?\s*+"
    r"(?:(?P<grouped>[1-9][0-9]{0,2}(?:,[0-9]{3})+)|(?P<plain>[0-9]++))?"
    r"(?:\.(?P<decimals>[0-9]*+))?\s*+(?P<unit_after>£|gbp)?\s*+"
    r"(?P<after>[-+\u2212\u2013]|cr|dr)?\s*+(?P<close>\))?\s*+",
    re.IGNORECASE,
)
_UNITS = ("unit", "unit_within", "unit_after")
_SIGNS = ("open", "before", "after")
_NEGATIVE_SIGNS = frozenset({"(", "-", "\u2212", "\u2013", "cr"})
_BLANK_AMOUNTS = frozenset({"", "-", "\u2013", "\u2014", "\u2212", "£-", "n/a"})
_DIGITS_ALIKE = str.maketrans("123456789", "000000000")
_PLAIN_SHAPE = re.compile(r"-?0{1,13}(?:\.(0{0,2}))?")
_PENNY = Decimal(1)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount to the penny; `exact_pence` is there only where rounding changed it."""

    pence: int
    exact_pence: Decimal | None = None


def is_blank_amount(cell: Cell) -> bool:
    """Whether the cell says that there is no amount: blank, `-`, `N/A`."""
    if isinstance(cell, float):
        return False
    return "".join(cell.split()).casefold() in _BLANK_AMOUNTS


def parse_amount(cell: Cell) -> Amount | None:
    """The amount in a cell; None for a blank one and for anything that is no amount."""
    if isinstance(cell, float):
        return _amount_of_number(cell)
    match = _AMOUNT.fullmatch(cell)
    if match is None:
        return None
    pounds = match["grouped"] or match["plain"] or ""
    decimals = match["decimals"] or ""
    if not (pounds or decimals) or bool(match["open"]) != bool(match["close"]):
        return None
    units = [match[name] for name in _UNITS if match[name]]
    signs = [match[name].casefold() for name in _SIGNS if match[name]]
    if len(units) > 1 or len(signs) > 1:
        return None
    negative = bool(signs) and signs[0] in _NEGATIVE_SIGNS
    digits = pounds.replace(",", "") + decimals.ljust(2, "0")[:2]
    pence = Decimal(f"{'-' if negative else ''}{digits}.{decimals[2:] or '0'}")
    return _to_the_penny(pence)


def _to_the_penny(exact_pence: Decimal) -> Amount:
    if exact_pence.adjusted() > len(str(LARGEST_PENCE)):
        # Far beyond the largest amount; quantising it would overflow Decimal's context.
        return Amount(int(exact_pence))
    whole = exact_pence.quantize(_PENNY, ROUND_HALF_UP)
    return Amount(int(whole), None if whole == exact_pence else exact_pence)


def _amount_of_number(number: float) -> Amount:
    """A spreadsheet's number: its digits as they stand, float noise taken as it is shown."""
    exact = Decimal(repr(number))
    shown = Decimal(number_text(number))
    amount = _to_the_penny(shown.scaleb(2))
    if amount.exact_pence is None and shown != exact:
        return Amount(amount.pence, shown.scaleb(2))
    return amount


def number_text(number: float) -> str:
    """A spreadsheet's number as a person sees it in the cell: `123`, `1.5`, `527.96`."""
    if number.is_integer() and abs(number) < 10**SHOWN_DIGITS:
        return str(int(number))
    return format(Decimal(f"{number:.{SHOWN_DIGITS}g}").normalize(), "f")


def cell_text(cell: Cell) -> str:
    """A cell as text, just as it stands."""
    return cell if isinstance(cell, str) else number_text(cell)


@dataclass(slots=True)
class AmountColumn:
    """A column of amounts: pence by row (None where there is no amount), and what was rounded."""

    pence: list[int | None]
    exact_pence: dict[int, Decimal] = field(default_factory=dict)


class _DecimalPlaces(dict[str, int | None]):
    """Decimals (0, 1, 2) of a text with its digits made alike; None when it is not plain."""

    def __missing__(self, shape: str) -> int | None:
        match = _PLAIN_SHAPE.fullmatch(shape)
        if match is None:
            return None
        return self.setdefault(shape, len(match[1] or ""))


_DECIMAL_PLACES = _DecimalPlaces()


def read_amounts(cells: Sequence[Cell]) -> AmountColumn:
    """Read a whole column. Plain cells (`1234.50`, `-3`) take a path of a few operations each.

    The text's digits are made alike, so that a column has a handful of shapes; when each shape
    has two decimals, the pence are the digits with the points taken out.
    """
    try:
        joined = "\n".join(cells)  # type: ignore[arg-type]
    except TypeError:
        return _read_each(enumerate(cells), len(cells))
    shapes = joined.translate(_DIGITS_ALIKE).split("\n")
    if len(shapes) != len(cells):
        return _read_each(enumerate(cells), len(cells))
    places = {shape: _DECIMAL_PLACES[shape] for shape in set(shapes)}
    if set(places.values()) == {2}:
        return AmountColumn(list(map(int, joined.replace(".", "").split("\n"))))
    column = AmountColumn([None] * len(cells))
    odd: list[tuple[int, Cell]] = []
    for index, (text, shape) in enumerate(zip(joined.split("\n"), shapes, strict=True)):
        decimals = places[shape]
        if decimals is None:
            if text:
                odd.append((index, text))
        else:
            column.pence[index] = int(text.replace(".", "")) * (100, 10, 1)[decimals]
    _read_into(column, iter(odd))
    return column


def _read_each(cells: Iterator[tuple[int, Cell]], count: int) -> AmountColumn:
    column = AmountColumn([None] * count)
    _read_into(column, cells)
    return column


def _read_into(column: AmountColumn, cells: Iterator[tuple[int, Cell]]) -> None:
    for index, cell in cells:
        amount = parse_amount(cell)
        if amount is not None:
            column.pence[index] = amount.pence
            if amount.exact_pence is not None:
                column.exact_pence[index] = amount.exact_pence
