"""Cumulative bands: the levy depends on what has been charged before (domain §3.2, Bands).

An accumulator is the running base of one block and one call-off, contractor-year or framework-year.
The levy on it is a function of its amount alone, and a document is that levy after the document
less what was already charged, so the order of documents and their corrections come out the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from levytool.book.records import Band, BandMode, LevyBlock
from levytool.periods import Month, financial_year_of
from levytool.rules.shares import largest_remainder

_BEYOND = "an amount lies above the last band: leave out the last band's up_to"


@dataclass(frozen=True, slots=True)
class LineCharge:
    """A line's exact levy, and the true-up within it: what earlier lines of its accumulator were
    charged too little (positive) or too much."""

    exact_micropence: int
    true_up_micropence: int = 0


def accumulator_key(
    block: LevyBlock,
    *,
    member: str,
    contractor: str,
    lot: str,
    call_off: str,
    period: Month,
    financial_year_starts: int,
) -> tuple[str, ...]:
    """Which accumulator of a framework a line adds to; the block's `per` must be set.

    A new block starts new accumulators: what was charged under the old one stays as it was. A
    call-off is member × contractor × reference, and without a reference member × contractor × lot.
    The year is the consortium's financial year that holds the reporting period.
    """
    since = block.since.isoformat()
    if block.per == "call-off":
        return (since, "call-off", member, contractor, call_off, "" if call_off else lot)
    year = str(financial_year_of(period.first_day, financial_year_starts))
    if block.per == "contractor-year":
        return (since, "contractor-year", contractor, year)
    return (since, "framework-year", year)


def banded_levy(bands: Sequence[Band], mode: BandMode, accumulated_pence: int) -> int:
    """The exact levy in micropence on a whole accumulator.

    `marginal`: each band's rate on the part that lies in it. `whole`: the rate of the band that the
    amount lies in, on all of it; `up_to` belongs to the band it ends. A negative accumulator
    mirrors a positive one. Raises ValueError where the amount lies above the last band.
    """
    amount = abs(accumulated_pence)
    if mode == "whole":
        return accumulated_pence * _band_of(bands, amount).rate_ppm
    levy = floor = 0
    for band in bands:
        if band.up_to_pence is None or amount <= band.up_to_pence:
            levy += (amount - floor) * band.rate_ppm
            return levy if accumulated_pence >= 0 else -levy
        levy += (band.up_to_pence - floor) * band.rate_ppm
        floor = band.up_to_pence
    raise ValueError(_BEYOND)


def charge_accumulator(
    bands: Sequence[Band],
    mode: BandMode,
    before_base_pence: int,
    already_charged_micropence: int,
    line_bases_pence: Sequence[int],
) -> list[LineCharge]:
    """A document's lines of one accumulator, charged in line order.

    The lines sum to the levy on the accumulator after them less `already_charged_micropence`
    (true-ups included). `marginal`: a line has the levy at its place in the accumulator. `whole`:
    it has the rate of the band that the accumulator ends in. What is left is the true-up, shared by
    the size of the lines' bases (evenly where all are zero). With no lines nothing is charged, and
    the true-up waits for the next document. Raises ValueError as `banded_levy` does.
    """
    if not line_bases_pence:
        return []
    after = before_base_pence + sum(line_bases_pence)
    due = banded_levy(bands, mode, after) - already_charged_micropence
    if mode == "whole":
        rate_ppm = _band_of(bands, abs(after)).rate_ppm
        own = [base * rate_ppm for base in line_bases_pence]
    else:
        places = accumulate(line_bases_pence, initial=before_base_pence)
        levies = [banded_levy(bands, mode, place) for place in places]
        own = [end - start for start, end in pairwise(levies)]
    sizes = [abs(base) for base in line_bases_pence]
    true_ups = largest_remainder(due - sum(own), sizes if any(sizes) else [1] * len(sizes))
    return [
        LineCharge(levy + true_up, true_up) for levy, true_up in zip(own, true_ups, strict=True)
    ]


def _band_of(bands: Sequence[Band], amount_pence: int) -> Band:
    for band in bands:
        if band.up_to_pence is None or amount_pence <= band.up_to_pence:
            return band
    raise ValueError(_BEYOND)
