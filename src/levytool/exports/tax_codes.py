"""What a finance system calls a rate of VAT: as the book says, else as it comes out of the box."""

from collections.abc import Mapping

from levytool.book.records import ExportSettings
from levytool.book.schedules import OUTSIDE_THE_SCOPE_TEXT
from levytool.exports.batch import cannot_say
from levytool.ledger.reports.finance_exports import PostedEntry
from levytool.money import format_percent
from levytool.problems import Problem

XERO = {
    200_000: "20% (VAT on Income)",
    50_000: "5% (VAT on Income)",
    0: "Zero Rated Income",
    None: "No VAT",
}
"""The names of British tax rates in a new Xero organisation."""

SAGE: dict[int | None, str] = {200_000: "T1", 50_000: "T5", 0: "T0", None: "T9"}
"""Tax codes of a new Sage 50 company: T9 is what no VAT return counts."""


def tax_code(
    settings: ExportSettings, defaults: Mapping[int | None, str], rate_ppm: int | None
) -> str:
    """The system's code for a rate; '' where nobody has said one."""
    return settings.tax.get(rate_ppm) or defaults.get(rate_ppm, "")


def no_tax_code(posted: PostedEntry, rate_ppm: int | None) -> Problem:
    """What to do about a rate that has no code."""
    rate = OUTSIDE_THE_SCOPE_TEXT if rate_ppm is None else format_percent(rate_ppm)
    return cannot_say(
        posted,
        f"nothing says what tax code stands for VAT of {rate}",
        f'add it to the book: [consortium.exports] tax = {{ "{rate}" = … }}',
    )
