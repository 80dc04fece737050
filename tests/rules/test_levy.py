"""Which rule a line falls under, and what a document comes to."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Band, Framework, LevyBlock, LevyRate, Rounding, fold
from levytool.rules.levy import (
    Charge,
    LevyFinder,
    block_in_force,
    document_pence,
    fold_cell,
    line_levy,
)

M = 1_000_000
FLAT = LevyBlock(date(2012, 4, 1), "contractor", rate_ppm=10_000)
TABLE = LevyBlock(
    date(2014, 4, 1),
    "member",
    by=("Lot", "work type"),
    rates=(
        LevyRate(("*", "*"), 10_000),
        LevyRate(("1", "*"), 15_000, base=("Labour", "Materials")),
        LevyRate(("1", "Planned"), 20_000),
    ),
)
BANDED = LevyBlock(
    date(2016, 4, 1), "contractor", per="call-off", mode="whole", bands=(Band(None, 5_000),)
)
BLOCKS = (FLAT, TABLE, BANDED)
ROUNDINGS: st.SearchStrategy[Rounding] = st.sampled_from(["half-up", "truncate"])
EXACT = st.lists(st.integers(-(10**11), 10**11), max_size=50)


def finder(*blocks: LevyBlock) -> LevyFinder:
    return LevyFinder(Framework("REGEN", "Regeneration", date(2012, 4, 1), levy=blocks))


def rate_of(charge: Charge | None) -> int | None:
    assert charge is not None
    return charge.rate_ppm


def charged(block: LevyBlock, lot: str, work_type: str) -> Charge | None:
    return finder(block).charge(date(2014, 5, 1), {"lot": lot, "work type": work_type})


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Planned \t Works ", "planned works"),
        ("PLANNED", "planned"),
        ("1.0", "1"),
        ("1.00 ", "1"),
        ("1.10", "1.10"),
        ("1.", "1."),
        ("01", "01"),
        ("a.0", "a.0"),
        ("", ""),
    ],
)
def test_texts_compare_without_case_outer_spaces_or_empty_decimals(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


def test_the_block_in_force_is_the_latest_that_has_begun() -> None:
    assert block_in_force(BLOCKS, date(2014, 3, 31)) is FLAT
    assert block_in_force(BLOCKS, date(2014, 4, 1)) is TABLE
    assert block_in_force(reversed(BLOCKS), date(2020, 1, 1)) is BANDED


def test_before_the_first_block_no_rule_is_in_force() -> None:
    assert block_in_force(BLOCKS, date(2012, 3, 31)) is None
    assert finder(*BLOCKS).charge(date(2012, 3, 31)) is None


@pytest.mark.parametrize(
    ("lot", "work", "rate_ppm"),
    [
        ("1", "planned", 20_000),
        ("1", "PLANNED", 20_000),
        ("1", "planned ", 15_000),
        ("1.0", "planned", 20_000),
        ("1", "reactive", 15_000),
        ("1", "", 15_000),
        ("2", "planned", 10_000),
        ("", "", 10_000),
    ],
)
def test_exact_values_win_then_wildcards_from_the_right(lot: str, work: str, rate_ppm: int) -> None:
    assert rate_of(charged(TABLE, lot, work)) == rate_ppm


def test_a_wildcard_left_of_an_exact_value_never_matches() -> None:
    block = replace(TABLE, rates=(LevyRate(("*", "planned"), 5_000),))
    assert charged(block, "2", "planned") is None


def test_the_order_of_the_rows_does_not_matter() -> None:
    turned = replace(TABLE, rates=TABLE.rates[::-1])
    for lot, work in [("1", "planned"), ("1", "x"), ("2", "planned")]:
        assert rate_of(charged(turned, lot, work)) == rate_of(charged(TABLE, lot, work))


def test_a_line_that_no_row_matches_has_no_rate_rather_than_nothing_to_pay() -> None:
    block = replace(TABLE, rates=TABLE.rates[1:])
    assert charged(block, "3", "x") is None


def test_a_rate_of_nothing_is_a_rate() -> None:
    block = replace(TABLE, rates=(LevyRate(("*", "*"), 0),))
    assert rate_of(finder(block).charge(date(2014, 5, 1), {"lot": "3"})) == 0


def test_a_finder_names_what_it_needs_over_all_blocks() -> None:
    sectors = LevyBlock(date(2018, 4, 1), "member", by=("sector", "LOT"), rates=TABLE.rates)
    found = finder(*BLOCKS, sectors)
    assert found.needs == ("lot", "work type", "sector")
    assert found.base_columns == {"labour", "materials"}


def test_a_block_base_that_every_row_overrides_is_not_asked_for() -> None:
    own = tuple(replace(row, base=("Labour",)) for row in TABLE.rates)
    assert finder(replace(TABLE, base=("Price",), rates=own)).base_columns == {"labour"}


def test_the_invoice_date_picks_rule_payer_and_base() -> None:
    found = finder(*BLOCKS)
    values = {"lot": "1", "work type": "other"}
    assert found.charge(date(2013, 5, 1), values) == Charge(FLAT, "contractor", 10_000, ("net",))
    assert found.charge(date(2014, 5, 1), values) == Charge(
        TABLE, "member", 15_000, ("labour", "materials")
    )
    assert found.charge(date(2016, 5, 1), values) == Charge(BANDED, "contractor", None, ("net",))


def test_a_needed_column_that_a_file_lacks_counts_as_blank() -> None:
    charge = finder(TABLE).charge(date(2014, 5, 1), {"lot": "1"})
    assert rate_of(charge) == 15_000


def test_a_lines_levy_is_exact() -> None:
    assert line_levy(10_212_323, 15_000) == 153_184_845_000  # £1,531.84845


def test_half_up_rounds_the_exact_sum_once_ties_away_from_zero() -> None:
    assert document_pence([250_000, 250_000], "half-up").document_pence == 1
    assert document_pence([-250_000, -250_000], "half-up").document_pence == -1
    assert document_pence([499_999], "half-up").document_pence == 0


def test_truncate_cuts_each_line_to_four_places_and_the_document_to_pence() -> None:
    # A hundred lines of £0.00495 are £0.0049 each: £0.49, where half-up gives £0.50.
    lines = [495_000] * 100
    assert document_pence(lines, "truncate").document_pence == 49
    assert document_pence(lines, "half-up").document_pence == 50
    assert document_pence([-1_999_999], "truncate").document_pence == -1


def test_a_minimum_lifts_only_a_positive_document() -> None:
    lifted = document_pence([30 * M], "half-up", minimum_pence=50)
    assert (lifted.rounded_pence, lifted.document_pence, lifted.limited) == (30, 50, "minimum")
    for exact in ([], [0], [400_000], [3 * M, -3 * M], [-30 * M]):
        levy = document_pence(exact, "half-up", minimum_pence=50)
        assert levy.limited is None
        assert levy.document_pence == levy.rounded_pence


def test_a_maximum_holds_the_absolute_amount() -> None:
    assert document_pence([90 * M], "half-up", maximum_pence=80).document_pence == 80
    capped = document_pence([-90 * M], "half-up", maximum_pence=80)
    assert (capped.document_pence, capped.limited) == (-80, "maximum")


def test_a_document_that_just_meets_a_limit_is_not_limited() -> None:
    levy = document_pence([50 * M], "half-up", minimum_pence=50, maximum_pence=50)
    assert levy.limited is None


@given(EXACT)
def test_half_up_is_what_decimal_says(exact: list[int]) -> None:
    pence = int((Decimal(sum(exact)) / M).quantize(Decimal(1), ROUND_HALF_UP))
    levy = document_pence(exact, "half-up")
    assert (levy.exact_micropence, levy.document_pence) == (sum(exact), pence)


@given(EXACT)
def test_truncate_is_what_decimal_says(exact: list[int]) -> None:
    pounds = [Decimal(line).scaleb(-8) for line in exact]
    cut = sum((each.quantize(Decimal("0.0001"), ROUND_DOWN) for each in pounds), Decimal(0))
    pence = cut.quantize(Decimal("0.01"), ROUND_DOWN) * 100
    assert document_pence(exact, "truncate").document_pence == pence


@given(EXACT, st.randoms(), ROUNDINGS)
def test_the_order_of_lines_does_not_change_a_document(
    exact: list[int], shuffle: Random, rounding: Rounding
) -> None:
    mixed = list(exact)
    shuffle.shuffle(mixed)
    assert document_pence(mixed, rounding) == document_pence(exact, rounding)


@given(EXACT, ROUNDINGS)
def test_a_reversed_document_is_its_mirror(exact: list[int], rounding: Rounding) -> None:
    mirrored = [-line for line in exact]
    there = document_pence(exact, rounding, maximum_pence=10_000)
    back = document_pence(mirrored, rounding, maximum_pence=10_000)
    assert back.document_pence == -there.document_pence


@given(EXACT, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_document_lies_within_its_limits(exact: list[int], one: int, other: int) -> None:
    low, high = sorted((one, other))
    levy = document_pence(exact, "half-up", low, high)
    assert abs(levy.document_pence) <= high
    if levy.rounded_pence > 0:
        assert levy.document_pence >= low
    if levy.limited is None:
        assert levy.document_pence == levy.rounded_pence


CELLS = st.sampled_from(["1", "2", " 1", "A", "a ", "b", "", "*"])
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6)


@given(ROWS, st.tuples(CELLS, CELLS, CELLS))
def test_the_rate_is_that_of_the_first_row_with_the_fewest_wildcards(
    rows: list[tuple[str, str, str]], cells: tuple[str, str, str]
) -> None:
    rates = tuple(LevyRate(when, index) for index, when in enumerate(rows))
    block = replace(TABLE, by=("c", "a", "b"), rates=rates or (LevyRate(("x", "x", "x"), 9),))
    charge = finder(block).charge(date(2014, 5, 1), dict(zip("cab", cells, strict=True)))
    fitting = [
        (stars, index)
        for index, when in enumerate(rows)
        for stars in range(4)
        if tuple(map(fold, when)) == (*map(fold_cell, cells[: 3 - stars]), *["*"] * stars)
    ]
    assert (charge and charge.rate_ppm) == (min(fitting)[1] if fitting else None)
