"""Net, VAT and gross laid side by side, where a file has columns of all three.

The levy is taken on the net. A net that with its VAT does not come to the gross may be no net at
all: what the file says of itself does not hold together, and only its sender can tell.
"""

from levytool.book.records import NET
from levytool.intake.amounts import read_amounts
from levytool.intake.columns import Columns
from levytool.intake.lines import Findings
from levytool.intake.plan import Plan
from levytool.money import display_pence
from levytool.problems import Problem
from levytool.text import counted

ROUNDING_PENCE = 2
"""Net, VAT and gross are each rounded; so far apart they still say the same."""

NAMED_ROWS = 3
"""The first rows are told with their amounts; they stand for the rest, which are counted."""

_HINT = "make sure that the net is the amount before VAT, or ask for the file again"
_REVERSE_CHARGE = ", unless the customer accounts for the VAT (reverse charge)"


class GrossWatch:
    """Compares net, VAT and gross of the lines as they pass, and warns once for the file."""

    def __init__(self, plan: Plan, findings: Findings, file: str) -> None:
        self._plan, self._findings, self._file = plan, findings, file
        self._stated = {"vat", "gross", NET} <= plan.columns.keys()
        self._apart = 0
        self._net_is_gross = False
        self._named: list[str] = []

    def look(self, first: int, columns: Columns, keep: bytearray) -> None:
        """Take note of the lines of a batch (those to `keep`) that do not add up."""
        if not self._stated:
            return
        for index, net, vat, gross in _apart(self._plan, columns):
            if keep[index]:
                self._apart += 1
                self._net_is_gross = self._net_is_gross or net == gross
                if len(self._named) < NAMED_ROWS:
                    self._named.append(_told(first + index, net, vat, gross))

    def finish(self) -> None:
        """Every row has passed: warn of those that did not add up."""
        if not self._apart:
            return
        rest = self._apart - len(self._named)
        more = f", and {rest:,} more" if rest else ""
        message = (
            f"net and VAT do not come to the gross in {counted(self._apart, 'row')}: "
            f"{', '.join(self._named)}{more}"
        )
        hint = _HINT + (_REVERSE_CHARGE if self._net_is_gross else "")
        title = self._plan.title("gross")
        self._findings.warnings.append(
            Problem("gross-differs", message, hint, self._file, column=title)
        )


def _apart(plan: Plan, columns: Columns) -> list[tuple[int, int, int, int]]:
    """The rows that state all three and are too far apart: index, net, VAT and gross in pence."""
    vat, gross = (
        read_amounts(columns.cells[plan.columns[target]]).pence for target in ("vat", "gross")
    )
    return [
        (index, n, v, g)
        for index, (n, v, g) in enumerate(zip(columns.net.pence, vat, gross, strict=True))
        if n is not None
        and v is not None
        and g is not None
        and not -ROUNDING_PENCE <= n + v - g <= ROUNDING_PENCE
    ]


def _told(row: int, net: int, vat: int, gross: int) -> str:
    apart = display_pence(abs(net + vat - gross))
    sums = f"{display_pence(net)} + {display_pence(vat)}, gross {display_pence(gross)}"
    return f"row {row} ({sums}: {apart} apart)"
