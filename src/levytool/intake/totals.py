"""Total rows: telling them from lines, and checking what they state against the rows above.

A total row says so (`Total`, `Grand total March 2014`) or, at the end of the rows, holds nothing
but an amount. A supplier named `Total Gas & Power Ltd` is no total: every word of a label must
be one that labels use, and a row with a date is a line.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from levytool.book.records import NET
from levytool.intake.amounts import Amount, Cell, cell_text, parse_amount
from levytool.intake.dates import MONTHS
from levytool.intake.lines import Findings, StatedTotal
from levytool.intake.plan import Plan
from levytool.money import display_pence
from levytool.problems import Problem

_WORD = re.compile(r"[^\W\d_]+")
_SAYS_TOTAL = frozenset({"total", "totals", "subtotal", "subtotals", "sum", "vat"})
_WITH_VAT = frozenset({"vat", "gross", "inc", "incl", "including", "inclusive"})
_WITHOUT_VAT = frozenset({"ex", "exc", "excl", "excluding", "exclusive", "net"})
_LABEL_WORDS = _SAYS_TOTAL | _WITH_VAT | _WITHOUT_VAT | MONTHS.keys() | {
    "grand", "sub", "overall", "column", "page", "report", "file", "return", "amount", "amounts",
    "value", "values", "spend", "spent", "invoice", "invoices", "invoiced", "line", "lines",
    "row", "rows", "all", "of", "for", "the", "this", "in", "to", "date", "month", "period",
    "quarter", "year", "ytd", "due", "gbp", "carried", "brought", "forward", "c", "f", "b", "q",
    "no", "number", "count", "and", "at", "fy",
}  # fmt: skip


def is_total_label(text: str) -> bool:
    """Whether a cell's whole text labels a total."""
    words = set(_WORD.findall(text.casefold()))
    return bool(words & _SAYS_TOTAL) and words <= _LABEL_WORDS


def is_labelled_total(row: Sequence[Cell], plan: Plan) -> bool:
    """Whether the row holds a total's label and, beside amounts, nothing else; and no date."""
    when = _cell_of(row, plan.columns.get(plan.when))
    if when and not is_total_label(when):
        return False
    filled = list(_filled(row))
    labels = [index for index, text in filled if is_total_label(text)]
    return bool(labels) and all(
        index in labels or parse_amount(row[index]) is not None for index, _ in filled
    )


def is_bare_amount(row: Sequence[Cell], plan: Plan) -> bool:
    """Whether the row holds the net amount and, beside other amounts, nothing else at all."""
    net = plan.columns.get(NET)
    if _cell_of(row, plan.columns.get(plan.when)) or not _cell_of(row, net):
        return False
    filled = _filled(row)
    return plan.header.width > 1 and all(parse_amount(row[i]) is not None for i, _ in filled)


def _cell_of(row: Sequence[Cell], index: int | None) -> str:
    """A column's cell without the spaces around it; '' where there is none."""
    return cell_text(row[index]).strip() if index is not None and index < len(row) else ""


def _filled(row: Sequence[Cell]) -> Iterator[tuple[int, str]]:
    for index, cell in enumerate(row):
        text = cell_text(cell)
        if text.strip():
            yield index, text


class _Sum:
    """A running sum of pence with the fractions that rounding each line left out."""

    def __init__(self) -> None:
        self.pence, self.rows, self.left_out = 0, 0, Decimal(0)

    def add(self, pence: int, rows: int, left_out: Decimal) -> None:
        self.pence += pence
        self.rows += rows
        self.left_out += left_out

    def agrees(self, stated: Amount) -> bool:
        """Whether the rows come to `stated`, rounded one by one or all at once."""
        at_once = (self.pence + self.left_out).quantize(Decimal(1), ROUND_HALF_UP)
        return self.rows > 0 and stated.pence in (self.pence, int(at_once))


class TotalsWatch:
    """Adds up the rows as they pass, to check each stated total against them.

    A total may cover every row so far or those since the total before it. Rows with a readable
    amount count even when something else is wrong with them: a total covers them too.
    """

    def __init__(self, plan: Plan, findings: Findings, file: str) -> None:
        self._plan, self._findings, self._file = plan, findings, file
        self._every_row, self._section = _Sum(), _Sum()

    def add(self, pence: int, rows: int, left_out: Decimal) -> None:
        """Count `rows` lines with their net, and the fractions of a penny rounding left out."""
        self._every_row.add(pence, rows, left_out)
        self._section.add(pence, rows, left_out)

    def confirms(self, row: Sequence[Cell]) -> bool:
        """Whether the row's amount is what the rows so far come to."""
        stated = self._stated(row)
        return stated is not None and any(
            rows.agrees(stated) for rows in (self._every_row, self._section)
        )

    def state(self, number: int, row: Sequence[Cell]) -> None:
        """Take note of a total row, and warn where it differs from the rows it covers."""
        stated = self._stated(row)
        if stated is None:
            return
        covered = next(
            (rows for rows in (self._every_row, self._section) if rows.agrees(stated)), None
        )
        words = {word for _, text in _filled(row) for word in _WORD.findall(text.casefold())}
        if covered is None and words & _WITH_VAT and not words & _WITHOUT_VAT:
            return
        if covered is None:
            covered = self._section if "sub" in words or "subtotal" in words else self._every_row
            self._warn(number, row, stated.pence, covered.pence)
        self._findings.stated_totals.append(StatedTotal(number, stated.pence, covered.pence))
        self._section = _Sum()

    def _stated(self, row: Sequence[Cell]) -> Amount | None:
        net = self._plan.columns.get(NET)
        return parse_amount(row[net]) if net is not None and net < len(row) else None

    def _warn(self, number: int, row: Sequence[Cell], stated_pence: int, rows_pence: int) -> None:
        difference = stated_pence - rows_pence
        way = "more" if difference > 0 else "less"
        message = (
            f"the file states a total of {display_pence(stated_pence)}, "
            f"{display_pence(abs(difference))} {way} than its rows, {display_pence(rows_pence)}"
        )
        hint = "ask for the file again if a row is missing or changed; else correct the total"
        cell = cell_text(row[self._plan.columns[NET]])
        title = self._plan.title(NET)
        self._findings.warnings.append(
            Problem("total-differs", message, hint, self._file, number, title, cell)
        )
