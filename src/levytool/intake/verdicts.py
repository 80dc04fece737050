"""What becomes of the rows that their columns show to be unusual: skipped, rejected, or kept."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from levytool.book.records import NET
from levytool.intake.amounts import AmountColumn, Cell, cell_text, parse_amount
from levytool.intake.container import Row
from levytool.intake.lines import Findings
from levytool.intake.plan import Plan
from levytool.intake.rows import RowReader
from levytool.intake.totals import TotalsWatch, is_bare_amount, is_labelled_total, is_total_label

FEW_CELLS = 3
"""A row with more filled cells than this is no amount standing alone."""

MEMO_LIMIT = 50_000


class _Labels(dict[Cell, bool]):
    """Whether a cell's text labels a total."""

    def __missing__(self, cell: Cell) -> bool:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        return self.setdefault(cell, is_total_label(cell_text(cell)))


class Verdicts:
    """Judges marked rows in file order, keeps the counts, and feeds the check of totals.

    An amount alone in its row is a stated total when it agrees with the rows or ends them; until
    the next line shows that it does not end them, it is held back.
    """

    def __init__(self, plan: Plan, rows: RowReader, findings: Findings, file: str) -> None:
        self._plan, self._rows, self._findings = plan, rows, findings
        self._totals = TotalsWatch(plan, findings, file)
        self._dated = plan.when in plan.columns
        self._held: list[tuple[int, Row]] = []
        self._labels = _Labels()

    def suspects(self, rows: Sequence[Row]) -> Iterable[int]:
        """Rows that may be totals though no column shows it, since there is none of dates."""
        if self._dated:
            return ()
        is_label = self._labels.__getitem__
        return [
            index
            for index, row in enumerate(rows)
            if sum(map(bool, row)) <= FEW_CELLS or any(map(is_label, row))
        ]

    def judge(
        self, first: int, rows: Sequence[Row], net: AmountColumn, marked: set[int]
    ) -> bytearray:
        """Which rows of a batch are lines: 1 to keep, 0 to drop. `first` is its first row's number.

        The net of skipped rows becomes None.
        """
        keep = bytearray(b"\1") * len(rows)
        counted = 0
        lines_from = 0
        for index in sorted(marked):
            number, row = first + index, rows[index]
            if index > lines_from:
                self._release()
            skipped = self._skips(row)
            if not skipped and self._may_be_total(row):
                self._count(net, counted, index)
                counted = index
                skipped = self._skips_total(number, row)
            if skipped:
                net.pence[index] = None
            else:
                self._release()
            keep[index] = not skipped and self._is_line(number, row)
            lines_from = index + 1 if skipped else index
        if len(rows) > lines_from:
            self._release()
        self._count(net, counted, len(rows))
        return keep

    def finish(self) -> None:
        """The rows have ended: what is held back still are stated totals."""
        for number, row in self._held:
            self._totals.state(number, row)
            self._findings.skipped["total"] += 1
        self._held.clear()

    def _skips(self, row: Row) -> bool:
        if self._rows.is_blank(row):
            self._findings.skipped["blank"] += 1
        elif self._rows.repeats_header(row):
            self._findings.skipped["title"] += 1
        else:
            return False
        return True

    def _may_be_total(self, row: Row) -> bool:
        return is_labelled_total(row, self._plan) or is_bare_amount(row, self._plan)

    def _skips_total(self, number: int, row: Row) -> bool:
        """Take note of a total; or hold an amount back that may turn out to be one."""
        if is_labelled_total(row, self._plan) or self._totals.confirms(row):
            self._totals.state(number, row)
            self._findings.skipped["total"] += 1
            return True
        if self._dated:
            self._held.append((number, row))
        return self._dated

    def _release(self) -> None:
        """A line follows: what was held back is no total but a line with cells missing."""
        for number, row in self._held:
            self._is_line(number, row)
            amount = parse_amount(row[self._plan.columns[NET]])
            self._totals.add(amount.pence if amount is not None else 0, 1, Decimal(0))
        self._held.clear()

    def _is_line(self, number: int, row: Row) -> bool:
        problems = self._rows.problems(number, row)
        if problems:
            self._findings.problems.extend(problems)
            self._findings.rejected_rows.add(number)
        return not problems

    def _count(self, net: AmountColumn, start: int, stop: int) -> None:
        """Count rows that are judged, from `start` up to `stop`, into the sums of rows."""
        pence = [amount for amount in net.pence[start:stop] if amount is not None]
        left_out = Decimal(0)
        for index, exact in net.exact_pence.items():
            rounded = net.pence[index]
            if start <= index < stop and rounded is not None:
                left_out += exact - rounded
        self._totals.add(sum(pence), len(pence), left_out)
