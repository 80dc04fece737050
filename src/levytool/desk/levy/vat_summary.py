"""The VAT of a period: what documents charge by tax point, and how the control account moved.

Output VAT is reported by a document's own date (domain §3.5, *Dates*), while 2500 moves by
effective date; where the two lie in different periods, the difference is a line of its own.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from levytool.accounts import Account
from levytool.desk.office import Office
from levytool.journal import Kind
from levytool.ledger.documents.vat import OutputVat, output_vat, vat_posted
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.balances import credit_balances
from levytool.money import format_pence, format_percent
from levytool.periods import Period

_OUTPUT = (Kind.DOCUMENT, Kind.DEFAULT_CHARGE)
_INPUT = {
    Kind.OPPORTUNITY_PAID: "opportunities",
    Kind.DRAWDOWN: "drawdowns",
    Kind.VAT_RELIEF: "bad debts",
}


@dataclass(frozen=True, slots=True)
class VatSummary:
    """The VAT of a period in pence: positive is owed to HMRC, but what was recovered or paid over.

    `posted_elsewhere_pence` is output VAT posted in the period less that of its tax points.
    """

    period: Period
    output: tuple[OutputVat, ...]
    posted_elsewhere_pence: int
    recovered_pence: dict[str, int]
    paid_over_pence: int
    other_pence: int
    opening_pence: int
    closing_pence: int

    @property
    def output_pence(self) -> int:
        return sum(item.vat_pence for item in self.output)

    @property
    def input_pence(self) -> int:
        return sum(self.recovered_pence.values())

    @property
    def movement_pence(self) -> int:
        """What the lines add up to: the journal's movement on 2500."""
        return (
            self.output_pence
            + self.posted_elsewhere_pence
            - self.input_pence
            - self.paid_over_pence
            + self.other_pence
        )


def vat_summary(office: Office, period: Period, known_on: date | None = None) -> VatSummary:
    """The VAT of a period, from one snapshot of the books, as they stand or were known."""
    known = AsKnown(known_on=known_on)
    with office.reading() as connection:
        output = tuple(output_vat(connection, period, known))
        posted = vat_posted(connection, period, known)
        before = period.first.first_day - timedelta(days=1)
        opening, closing = (
            credit_balances(connection, Account.VAT_CONTROL, AsKnown(day, known_on)).get("", 0)
            for day in (before, period.last.last_day)
        )
    charged = sum(posted.pop(kind, 0) for kind in _OUTPUT)
    recovered = {name: -posted.pop(kind, 0) for kind, name in _INPUT.items()}
    paid_over = -posted.pop(Kind.VAT_PAID, 0)
    return VatSummary(
        period,
        output,
        charged - sum(item.vat_pence for item in output),
        recovered,
        paid_over,
        sum(posted.values()),
        opening,
        closing,
    )


def vat_figures(summary: VatSummary) -> dict[str, Any]:
    """The summary as scripts read it."""
    return {
        "period": str(summary.period),
        "output": [
            {
                "rate": _rate(item),
                "documents": item.documents,
                "net": format_pence(item.net_pence),
                "vat": format_pence(item.vat_pence),
            }
            for item in summary.output
        ],
        "output_vat": format_pence(summary.output_pence),
        "input": {
            name.replace(" ", "_"): format_pence(pence)
            for name, pence in summary.recovered_pence.items()
        },
        "input_vat": format_pence(summary.input_pence),
        "payable": format_pence(summary.output_pence - summary.input_pence),
        "posted_elsewhere": format_pence(summary.posted_elsewhere_pence),
        "paid_over": format_pence(summary.paid_over_pence),
        "other": format_pence(summary.other_pence),
        "movement": format_pence(summary.movement_pence),
        "opening_balance": format_pence(summary.opening_pence),
        "closing_balance": format_pence(summary.closing_pence),
    }


def vat_rows(summary: VatSummary) -> list[dict[str, Any]]:
    """The summary as a table: lines that lead from the opening to the closing balance of 2500."""
    rows = [_row("balance of 2500 at the opening", summary.opening_pence)]
    for item in summary.output:
        label = "documents " + _rate(item) if item.rate_ppm is None else f"output at {_rate(item)}"
        row = _row(label, item.vat_pence)
        rows.append(row | {"documents": item.documents, "net": format_pence(item.net_pence)})
    if summary.posted_elsewhere_pence:
        rows.append(
            _row("tax point and posting in different periods", summary.posted_elsewhere_pence)
        )
    for name, pence in summary.recovered_pence.items():
        rows.append(_row(f"input on {name}", -pence))
    rows.append(_row("paid over", -summary.paid_over_pence))
    if summary.other_pence:
        rows.append(_row("other postings", summary.other_pence))
    rows.append(_row("movement of 2500", summary.movement_pence))
    rows.append(_row("balance of 2500 at the closing", summary.closing_pence))
    return rows


def _rate(item: OutputVat) -> str:
    return "outside the scope" if item.rate_ppm is None else format_percent(item.rate_ppm)


def _row(label: str, pence: int) -> dict[str, Any]:
    return {"line": label, "documents": None, "net": None, "vat": format_pence(pence)}
