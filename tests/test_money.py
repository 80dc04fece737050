"""Pence, micropence and parts per million: rounded once, never through a float."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.money import (
    display_pence,
    format_line_levy,
    format_pence,
    format_percent,
    half_up,
    parse_percent,
    parse_pounds,
    toward_zero,
)

PENCE = st.integers(-(10**15), 10**15)
MICROPENCE = st.integers(-(10**21), 10**21)
NUMERATORS = st.integers(-(10**24), 10**24)
DENOMINATORS = st.integers(1, 10**12)


@given(NUMERATORS, DENOMINATORS)
def test_half_up_is_the_nearest_whole_number_ties_away_from_zero(top: int, bottom: int) -> None:
    rounded, exact = half_up(top, bottom), Fraction(top, bottom)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)
    assert half_up(-top, bottom) == -rounded


@given(NUMERATORS, DENOMINATORS)
def test_toward_zero_cuts_the_fraction_off(top: int, bottom: int) -> None:
    cut, exact = toward_zero(top, bottom), Fraction(top, bottom)
    assert abs(cut) <= abs(exact) < abs(cut) + 1
    assert cut == 0 or (cut > 0) == (exact > 0)


@pytest.mark.parametrize(
    ("top", "bottom", "rounded", "cut"),
    [(5, 10, 1, 0), (-5, 10, -1, 0), (4, 10, 0, 0), (15, 10, 2, 1), (-15, 10, -2, -1)],
)
def test_ties_and_signs(top: int, bottom: int, rounded: int, cut: int) -> None:
    assert (half_up(top, bottom), toward_zero(top, bottom)) == (rounded, cut)


@given(PENCE)
def test_pence_are_written_with_two_places_and_read_back(pence: int) -> None:
    assert Decimal(format_pence(pence)) == Decimal(pence).scaleb(-2)
    assert parse_pounds(format_pence(pence)) == pence
    assert parse_pounds(display_pence(pence)) == pence


@pytest.mark.parametrize(
    ("pence", "plain", "shown"),
    [
        (0, "0.00", "£0.00"),
        (-5, "-0.05", "-£0.05"),
        (123450, "1234.50", "£1,234.50"),
        (-100, "-1.00", "-£1.00"),
    ],
)
def test_an_amount_for_a_script_and_for_a_person(pence: int, plain: str, shown: str) -> None:
    assert (format_pence(pence), display_pence(pence)) == (plain, shown)


@given(MICROPENCE)
def test_a_lines_levy_has_four_places_half_up(micropence: int) -> None:
    exact = Decimal(micropence).scaleb(-8, context=None)
    with_places = Decimal(format_line_levy(micropence))
    assert with_places.as_tuple().exponent == -4
    assert with_places == Fraction(half_up(micropence, 10_000), 10_000)
    assert abs(Fraction(with_places) - Fraction(exact)) <= Fraction(1, 20_000)


def test_the_levy_of_a_line_by_hand() -> None:
    assert format_line_levy(10_212_323 * 10_000) == "1021.2323"
    assert format_line_levy(5_000) == "0.0001"
    assert format_line_levy(-4_999) == "0.0000"
    assert format_line_levy(-5_000) == "-0.0001"


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1234.5", 123450),
        ("£1,234.50", 123450),
        ("-3", -300),
        ("-£3.00", -300),
        ("£-3.00", -300),
        ("+0.01", 1),
        (" 7 ", 700),
    ],
)
def test_amounts_as_officers_type_them(text: str, pence: int) -> None:
    assert parse_pounds(text) == pence


@pytest.mark.parametrize(
    "text",
    ["", "£", "1£2.50", "12£", "££3", "£-£3", "12,34", "1,2345", "1.234", "1e3", "1_000", "NaN",
     "0x1F", "१२", "--3", "3-", "1 000", "$5", "True", "."],
)  # fmt: skip
def test_what_is_no_amount_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount in pounds and pence"):
        parse_pounds(text)


@given(st.integers(0, 10**9))
def test_a_rate_is_written_without_needless_zeros_and_read_back(ppm: int) -> None:
    text = format_percent(ppm)
    assert parse_percent(text) == ppm
    assert Decimal(text.removesuffix("%")) * 10_000 == ppm
    assert not text.removesuffix("%").endswith(".")


@pytest.mark.parametrize(
    ("text", "ppm"), [("1%", 10_000), ("1.5 %", 15_000), ("0.0001%", 1), ("100%", 1_000_000)]
)
def test_rates_as_the_book_writes_them(text: str, ppm: int) -> None:
    assert parse_percent(text) == ppm


@pytest.mark.parametrize("text", ["", "1", "1.00001%", "-1%", "1,5%", ".5%", "1e2%", "%"])
def test_what_is_no_rate_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a percentage"):
        parse_percent(text)


@given(PENCE, st.integers(0, 1_000_000))
def test_pence_times_ppm_is_the_levy_exactly(pence: int, ppm: int) -> None:
    exact = Fraction(pence, 100) * Fraction(ppm, 1_000_000)
    assert Fraction(pence * ppm, 10**8) == exact
    pounds = Decimal(pence * ppm) / Decimal(10**8)
    assert half_up(pence * ppm, 10**6) == int((pounds * 100).quantize(Decimal(1), ROUND_HALF_UP))
    assert toward_zero(pence * ppm, 10**6) == int((pounds * 100).quantize(Decimal(1), ROUND_DOWN))
