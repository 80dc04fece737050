"""The levy on an award: the rate of its first day, rounded once."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Band, CallOff, LevyBlock, LevyRate
from levytool.rules.awards import award_levy_pence, share_spent_ppm
from levytool.rules.levy import line_levy
from tests.books import SINCE, make_framework


def levied(award_pence, *blocks, starts=None, lot="", sector="housing"):
    """The levy on an award under these blocks."""
    framework = make_framework(levy=blocks) if blocks else make_framework()
    call_off = CallOff("X", "SALIX", "BROOKS", award_pence, lot, starts)
    return award_levy_pence(framework, call_off, sector)


def test_the_rate_is_the_one_of_the_day_the_call_off_starts() -> None:
    blocks = (
        LevyBlock(date(2014, 4, 1), "contractor", rate_ppm=10_000),
        LevyBlock(date(2015, 4, 1), "contractor", rate_ppm=20_000),
    )
    assert levied(100_000, *blocks, starts=date(2015, 3, 31)) == 1_000
    assert levied(100_000, *blocks, starts=date(2015, 4, 1)) == 2_000
    assert levied(100_000, *blocks) is None


def test_rates_go_by_lot_and_sector() -> None:
    rates = (LevyRate(("1", "council"), 30_000), LevyRate(("*", "*"), 10_000))
    block = LevyBlock(SINCE, "contractor", by=("Lot", "sector"), rates=rates)
    assert levied(100_000, block, lot="1", sector="Council") == 3_000
    assert levied(100_000, block, lot="2", sector="Council") == 1_000


def test_bands_of_a_call_off_tell_its_levy_and_bands_of_a_year_do_not() -> None:
    bands = (Band(100_000, 20_000), Band(None, 10_000))
    own = LevyBlock(SINCE, "contractor", per="call-off", mode="marginal", bands=bands)
    yearly = LevyBlock(SINCE, "contractor", per="contractor-year", mode="marginal", bands=bands)
    assert levied(300_000, own) == 4_000
    assert levied(300_000, yearly) is None


@given(st.integers(0, 10**12), st.integers(0, 10**6))
def test_the_levy_is_the_exact_one_rounded_half_up(award: int, rate: int) -> None:
    block = LevyBlock(SINCE, "contractor", rate_ppm=rate)
    assert levied(award, block) == (line_levy(award, rate) * 2 + 10**6) // (2 * 10**6)


def test_the_share_spent_is_given_to_the_hundredth_of_a_percent() -> None:
    assert share_spent_ppm(1, 3) == 333_300
    assert share_spent_ppm(2, 3) == 666_700
    assert share_spent_ppm(-1, 2) == -500_000
    assert share_spent_ppm(5, 0) is None
