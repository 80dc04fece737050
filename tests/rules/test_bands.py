"""Bands: a document is the levy on its accumulator after it, less what was already charged."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Band, BandMode, BandPer, LevyBlock
from levytool.periods import Month
from levytool.rules.bands import LineCharge, accumulator_key, banded_levy, charge_accumulator

M = 1_000_000
POUND = 100
TWO_THEN_ONE = (Band(1_000_000 * POUND, 20_000), Band(None, 10_000))
MODES: st.SearchStrategy[BandMode] = st.sampled_from(["marginal", "whole"])
BASES = st.lists(st.integers(-(10**9), 10**9), max_size=20)


@st.composite
def band_tables(draw: st.DrawFn) -> tuple[Band, ...]:
    ends = sorted(draw(st.sets(st.integers(1, 10**9), max_size=4)))
    rates = draw(st.lists(st.integers(0, 100_000), min_size=len(ends) + 1, max_size=5))
    bands = [Band(end, rate) for end, rate in zip(ends, rates, strict=False)]
    return (*bands, Band(None, rates[-1]))


def pounds(micropence: int) -> Fraction:
    return Fraction(micropence, M * POUND)


def test_marginal_bands_charge_each_part_at_its_own_rate() -> None:
    assert pounds(banded_levy(TWO_THEN_ONE, "marginal", 1_500_000 * POUND)) == 25_000


def test_whole_amount_bands_charge_all_of_it_at_the_rate_it_lies_in() -> None:
    assert pounds(banded_levy(TWO_THEN_ONE, "whole", 1_500_000 * POUND)) == 15_000


def test_up_to_belongs_to_the_band_it_ends() -> None:
    assert pounds(banded_levy(TWO_THEN_ONE, "whole", 1_000_000 * POUND)) == 20_000
    assert banded_levy(TWO_THEN_ONE, "whole", 1_000_000 * POUND + 1) == 100_000_001 * 10_000


def test_an_amount_above_the_last_band_is_refused_not_charged_nothing() -> None:
    closed = (Band(100, 20_000),)
    with pytest.raises(ValueError, match="above the last band"):
        banded_levy(closed, "marginal", 101)
    with pytest.raises(ValueError, match="above the last band"):
        banded_levy(closed, "whole", 101)


@given(band_tables(), MODES, st.integers(-(10**10), 10**10))
def test_a_negative_accumulator_mirrors_a_positive_one(
    bands: tuple[Band, ...], mode: BandMode, amount: int
) -> None:
    assert banded_levy(bands, mode, -amount) == -banded_levy(bands, mode, amount)


@given(band_tables(), st.integers(0, 10**10))
def test_marginal_levy_is_the_sum_over_the_bands(bands: tuple[Band, ...], amount: int) -> None:
    starts = [0, *(band.up_to_pence or 0 for band in bands[:-1])]
    parts = [
        max(0, min(amount, amount if band.up_to_pence is None else band.up_to_pence) - start)
        for band, start in zip(bands, starts, strict=True)
    ]
    assert sum(parts) == amount
    by_parts = sum(part * band.rate_ppm for part, band in zip(parts, bands, strict=True))
    assert banded_levy(bands, "marginal", amount) == by_parts


def test_a_line_that_crosses_a_marginal_band_is_charged_at_both_rates() -> None:
    before = 900_000 * POUND
    charged = banded_levy(TWO_THEN_ONE, "marginal", before)
    lines = charge_accumulator(
        TWO_THEN_ONE, "marginal", before, charged, [50_000 * POUND, 150_000 * POUND]
    )
    assert [pounds(line.exact_micropence) for line in lines] == [1000, 2000]
    assert [line.true_up_micropence for line in lines] == [0, 0]


def test_crossing_a_whole_amount_band_trues_up_what_was_charged_before() -> None:
    before = 900_000 * POUND
    charged = banded_levy(TWO_THEN_ONE, "whole", before)  # £18,000 at 2%
    lines = charge_accumulator(
        TWO_THEN_ONE, "whole", before, charged, [150_000 * POUND, 50_000 * POUND]
    )
    # £1.1m at 1% is £11,000: the lines' own £2,000, and £9,000 back on the £900,000 before them.
    assert [pounds(line.true_up_micropence) for line in lines] == [-6750, -2250]
    own = [line.exact_micropence - line.true_up_micropence for line in lines]
    assert [pounds(levy) for levy in own] == [1500, 500]


def test_a_reversal_is_trued_up_by_the_next_document() -> None:
    # £1m and then £0.5m were charged; the £1m is reversed with what was charged for it.
    half_charged_at_one_percent = 500_000 * POUND * 10_000
    [line] = charge_accumulator(
        TWO_THEN_ONE, "marginal", 500_000 * POUND, half_charged_at_one_percent, [100_000 * POUND]
    )
    assert pounds(line.true_up_micropence) == 5000
    assert pounds(line.exact_micropence) == 7000


def test_lines_of_nothing_bear_a_true_up_evenly() -> None:
    lines = charge_accumulator(TWO_THEN_ONE, "marginal", 1000, 0, [0, 0])
    assert [line.true_up_micropence for line in lines] == [10 * M, 10 * M]


def test_a_document_without_lines_charges_nothing() -> None:
    assert charge_accumulator(TWO_THEN_ONE, "marginal", 1000, 0, []) == []


@given(band_tables(), MODES, st.integers(-(10**9), 10**9), st.integers(-(10**15), 10**15), BASES)
def test_lines_sum_to_the_levy_after_less_what_was_charged(
    bands: tuple[Band, ...], mode: BandMode, before: int, charged: int, bases: list[int]
) -> None:
    lines = charge_accumulator(bands, mode, before, charged, bases)
    if bases:
        after = banded_levy(bands, mode, before + sum(bases))
        assert sum(line.exact_micropence for line in lines) == after - charged
    assert len(lines) == len(bases)


@given(band_tables(), BASES)
def test_marginal_lines_have_no_true_up_while_nothing_was_reversed(
    bands: tuple[Band, ...], bases: list[int]
) -> None:
    lines = charge_accumulator(bands, "marginal", 0, 0, bases)
    assert not any(line.true_up_micropence for line in lines)


@given(band_tables(), MODES, BASES, st.integers(0, 20))
def test_splitting_a_document_in_two_gives_the_same_total(
    bands: tuple[Band, ...], mode: BandMode, bases: list[int], at: int
) -> None:
    assert _charged(bands, mode, [bases]) == _charged(bands, mode, [bases[:at], bases[at:]])


@given(band_tables(), MODES, st.lists(BASES, max_size=5), st.randoms())
def test_the_order_of_documents_does_not_change_the_total(
    bands: tuple[Band, ...], mode: BandMode, documents: list[list[int]], shuffle: Random
) -> None:
    mixed = list(documents)
    shuffle.shuffle(mixed)
    assert _charged(bands, mode, documents) == _charged(bands, mode, mixed)


@given(band_tables(), MODES, BASES, BASES, BASES, BASES.filter(bool))
def test_a_correction_comes_out_as_if_it_had_been_right_at_first(
    bands: tuple[Band, ...],
    mode: BandMode,
    first: list[int],
    wrong: list[int],
    later: list[int],
    right: list[int],
) -> None:
    base = charged = wrongly_charged = 0
    for document in (first, wrong, later):
        levy = _levy(charge_accumulator(bands, mode, base, charged, document))
        base, charged = base + sum(document), charged + levy
        wrongly_charged = levy if document is wrong else wrongly_charged
    # The wrong one is reversed by just what it charged, then the right one takes its place.
    base, charged = base - sum(wrong), charged - wrongly_charged
    charged += _levy(charge_accumulator(bands, mode, base, charged, right))
    assert charged == banded_levy(bands, mode, sum(first) + sum(later) + sum(right))


def _charged(bands: tuple[Band, ...], mode: BandMode, documents: list[list[int]]) -> int:
    base = charged = 0
    for bases in documents:
        lines = charge_accumulator(bands, mode, base, charged, bases)
        base += sum(bases)
        charged += _levy(lines)
    return charged


def _levy(lines: list[LineCharge]) -> int:
    return sum(line.exact_micropence for line in lines)


def _key(per: BandPer, **line: str) -> tuple[str, ...]:
    block = LevyBlock(date(2014, 4, 1), "contractor", per=per, mode="marginal", bands=TWO_THEN_ONE)
    values = {"member": "SALIX", "contractor": "BROOKS", "lot": "1", "call_off": "CO-1", **line}
    return accumulator_key(block, period=Month(2015, 3), financial_year_starts=4, **values)


def test_a_call_off_is_one_contract_between_a_member_and_a_contractor() -> None:
    assert _key("call-off") == _key("call-off", lot="2")
    assert _key("call-off") != _key("call-off", call_off="CO-2")
    assert _key("call-off") != _key("call-off", member="CITY")
    assert _key("call-off") != _key("call-off", contractor="OTHER")


def test_without_a_reference_the_lot_tells_call_offs_apart() -> None:
    assert _key("call-off", call_off="") != _key("call-off", call_off="", lot="2")
    assert _key("call-off", call_off="", lot="CO-1") != _key("call-off", call_off="CO-1", lot="")


def test_a_year_is_the_consortiums_financial_year_of_the_reporting_period() -> None:
    assert _key("contractor-year") == ("2014-04-01", "contractor-year", "BROOKS", "2014")
    assert _key("contractor-year") == _key("contractor-year", member="CITY", call_off="X")
    assert _key("framework-year") == _key("framework-year", contractor="OTHER")


def test_a_new_block_starts_new_accumulators() -> None:
    block = LevyBlock(date(2014, 4, 1), "contractor", per="framework-year", bands=TWO_THEN_ONE)
    later = replace(block, since=date(2014, 10, 1))
    line = {"member": "SALIX", "contractor": "BROOKS", "lot": "1", "call_off": ""}
    keys = {
        accumulator_key(each, period=Month(2014, 10), financial_year_starts=4, **line)
        for each in (block, later)
    }
    assert len(keys) == 2
