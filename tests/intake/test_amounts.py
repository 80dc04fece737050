"""One grammar of amounts (contract, *Cells*)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.intake.amounts import (
    is_blank_amount,
    number_text,
    parse_amount,
    read_amounts,
)
from levytool.money import format_pence, half_up

PENCE = st.integers(min_value=-(10**12), max_value=10**12)


def pence(cell: str | float) -> int | None:
    amount = parse_amount(cell)
    return None if amount is None else amount.pence


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1234.50", 123450),
        ("1,234.50", 123450),
        ("1,234,567.89", 123456789),
        ("£1,234.50", 123450),
        ("GBP 1,234.50", 123450),
        ("1234.50 GBP", 123450),
        ("1234.50 gbp", 123450),
        (" 1234.5 ", 123450),
        ("\xa0£1,234.50\xa0", 123450),
        ("12", 1200),
        (".5", 50),
        ("12.", 1200),
        ("0", 0),
        ("-3", -300),
        ("+3", 300),
        ("3-", -300),
        ("-£3.00", -300),
        ("£-3.00", -300),
        ("£ - 3.00", -300),
        ("\u22123.00", -300),
        ("(3.00)", -300),
        ("(£3.00)", -300),
        ("£(3.00)", -300),
        ("3.00 CR", -300),
        ("3.00cr", -300),
        ("3.00 DR", 300),
        ("-0.00", 0),
    ],
)
def test_the_ways_an_amount_is_written(cell: str, expected: int) -> None:
    assert pence(cell) == expected


@pytest.mark.parametrize("cell", ["", " ", "-", " £ -   ", "N/A", "n/a", "\xa0", "–"])
def test_what_says_that_there_is_no_amount(cell: str) -> None:
    assert is_blank_amount(cell)
    assert parse_amount(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "1e3", "1E3", "1_000", "NaN", "inf", "True", "TRUE", "0x1F", "12,34", "1,23,456", "1,2345",
        "0,123", "1.234,56", "€5", "$5.00", "5 EUR", "EUR 5", "12,5x", "Bob", "1/2", "१२", "٣",
        "１２", "1 234", "1.2.3", "--3", "-3-", "(-3)", "(3", "3)", "-3 CR", "3 CR DR", "£", ".",
        "#N/A", "#REF!", "£3£", "3%",
    ],
)  # fmt: skip
def test_what_is_no_amount(cell: str) -> None:
    assert parse_amount(cell) is None
    assert not is_blank_amount(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.005", 101),
        ("1.004999", 100),
        ("-1.005", -101),
        ("0.0049", 0),
        ("13192.9325", 1319293),
        ("0.00499999999999999999999999999999999", 0),
        ("(2.675)", -268),
    ],
)
def test_more_than_two_decimals_round_half_up_away_from_zero_and_say_so(
    cell: str, expected: int
) -> None:
    amount = parse_amount(cell)
    assert amount is not None
    assert amount.pence == expected
    assert amount.exact_pence is not None


def test_trailing_zeros_lose_nothing_and_are_not_called_rounded() -> None:
    amount = parse_amount("1.50000")
    assert amount is not None
    assert (amount.pence, amount.exact_pence) == (150, None)


@pytest.mark.parametrize(
    ("number", "expected", "rounded"),
    [
        (527.96, 52796, False),
        (527.9599999999999, 52796, True),
        (2.6749999999999998, 268, True),
        (0.1 + 0.2, 30, True),
        (1.005, 101, True),
        (-17.0, -1700, False),
        (1e12, 10**14, False),
        (1e300, 10**302, False),
    ],
)
def test_a_spreadsheets_number_is_taken_as_it_is_shown(
    number: float, expected: int, rounded: bool
) -> None:
    amount = parse_amount(number)
    assert amount is not None
    assert amount.pence == expected
    assert (amount.exact_pence is not None) is rounded


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (123.0, "123"),
        (1.5, "1.5"),
        (527.9599999999999, "527.96"),
        (0.00001, "0.00001"),
        (-2.0, "-2"),
    ],
)
def test_a_number_reads_as_a_person_sees_it(number: float, text: str) -> None:
    assert number_text(number) == text


def ways_of_writing(amount: int) -> list[str]:
    plain = format_pence(abs(amount))
    grouped = f"{abs(amount) // 100:,}.{abs(amount) % 100:02d}"
    ways = []
    for digits in (plain, grouped, f"{plain}0", f"£{grouped}", f"£ {plain}", f"GBP {grouped}"):
        if amount >= 0:
            ways += [digits, f"+{digits}", f" {digits} ", f"{digits} DR", f"{digits}+"]
        if amount <= 0:
            ways += [f"-{digits}", f"({digits})", f"{digits}-", f"{digits} CR", f"- {digits}"]
    return ways


@given(PENCE)
def test_every_way_of_writing_an_amount_gives_its_pence(amount: int) -> None:
    assert {pence(way) for way in ways_of_writing(amount)} == {amount}


@given(st.text(alphabet="0123456789,.-+()£ eE_xCRDGBPNa'", max_size=12))
def test_what_parses_is_a_number_with_at_most_one_sign(text: str) -> None:
    if parse_amount(text) is None:
        return
    digits = text.casefold()
    for mark in ("gbp", "cr", "dr"):
        digits = digits.replace(mark, "", 1)
    bare = digits.translate(str.maketrans("", "", "£,+-() "))
    assert bare.replace(".", "", 1).isdecimal()
    assert sum(text.casefold().count(mark) for mark in ("+", "-", "(", "cr", "dr")) <= 1


@given(st.text(max_size=20).filter(lambda text: not any(char.isdigit() for char in text)))
def test_a_text_without_digits_is_no_amount(text: str) -> None:
    assert parse_amount(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_rounding_is_half_up_however_many_decimals(value: Decimal) -> None:
    amount = parse_amount(format(value, "f"))
    assert amount is not None
    exact_pence = Fraction(value) * 100
    assert amount.pence == half_up(exact_pence.numerator, exact_pence.denominator)
    assert (amount.exact_pence is None) == (exact_pence == amount.pence)


CELLS = st.one_of(
    PENCE.map(format_pence),
    PENCE.flatmap(lambda amount: st.sampled_from(ways_of_writing(amount))),
    st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just("1.005"),
)


@given(st.lists(CELLS, max_size=30))
def test_a_column_reads_as_its_cells_one_by_one(cells: list[str | float]) -> None:
    column = read_amounts(cells)
    single = [parse_amount(cell) for cell in cells]
    assert column.pence == [None if amount is None else amount.pence for amount in single]
    assert column.exact_pence == {
        index: amount.exact_pence
        for index, amount in enumerate(single)
        if amount is not None and amount.exact_pence is not None
    }


@given(st.lists(PENCE, min_size=1, max_size=50))
def test_a_plain_column_gives_its_pence(amounts: list[int]) -> None:
    assert read_amounts([format_pence(amount) for amount in amounts]).pence == amounts
