"""VAT on top of a document's net."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from levytool.money import PPM_PER_UNIT
from levytool.periods import Dated
from levytool.rules.vat import vat_by_line, vat_pence, vat_rate_ppm

SCHEDULE: tuple[Dated[int | None], ...] = (
    Dated(date(2010, 1, 1), 175_000),
    Dated(date(2011, 1, 4), 200_000),
    Dated(date(2015, 4, 1), None),
    Dated(date(2016, 4, 1), 0),
)


def test_vat_is_half_up_with_ties_away_from_zero() -> None:
    assert vat_pence(10_000, 200_000) == 2_000
    assert vat_pence(3, 175_000) == 1  # 0.525p
    assert vat_pence(10, 50_000) == 1  # exactly half a penny
    assert vat_pence(-10, 50_000) == -1


def test_outside_the_scope_and_zero_rated_both_charge_nothing() -> None:
    assert vat_pence(12_345, None) == 0
    assert vat_pence(12_345, 0) == 0


def test_the_tax_point_picks_the_rate() -> None:
    assert vat_rate_ppm(SCHEDULE, date(2011, 1, 3)) == 175_000
    assert vat_rate_ppm(SCHEDULE, date(2011, 1, 4)) == 200_000


def test_outside_the_scope_is_not_a_rate_of_nothing() -> None:
    assert vat_rate_ppm(SCHEDULE, date(2015, 4, 1)) is None
    assert vat_rate_ppm(SCHEDULE, date(2016, 4, 1)) == 0


def test_before_the_schedule_begins_a_document_is_outside_the_scope() -> None:
    assert vat_rate_ppm(SCHEDULE, date(2009, 12, 31)) is None


@given(st.integers(-(10**12), 10**12), st.integers(0, 1_000_000))
def test_a_credit_note_mirrors_its_invoice_within_half_a_penny(net: int, ppm: int) -> None:
    assert vat_pence(-net, ppm) == -vat_pence(net, ppm)
    assert 2 * abs(vat_pence(net, ppm) * 1_000_000 - net * ppm) <= 1_000_000


def test_each_line_has_its_own_vat_and_a_negative_one_takes_it_off() -> None:
    assert vat_by_line([-674, 68_925, 32_000], 200_000, 20_050) == [-135, 13_785, 6_400]
    assert vat_by_line([-1_275, 3_300], 200_000, 405) == [-255, 660]
    assert vat_by_line([100, -100], 200_000, 0) == [20, -20]
    assert vat_by_line([5, 5, 5], 50_000, 1) == [1, 0, 0]
    assert vat_by_line([12_345], None, 0) == [0]


def test_vat_that_is_not_at_the_rate_is_shared_in_proportion() -> None:
    assert vat_by_line([30_000, 10_000], 200_000, 7_000) == [5_250, 1_750]


@given(
    st.lists(st.integers(-(10**10), 10**10), min_size=1, max_size=40),
    st.integers(0, PPM_PER_UNIT),
)
def test_a_lines_vat_is_within_a_penny_of_its_own_and_they_sum_to_the_documents(
    net_pence: list[int], rate_ppm: int
) -> None:
    document = vat_pence(sum(net_pence), rate_ppm)
    shares = vat_by_line(net_pence, rate_ppm, document)
    assert sum(shares) == document
    for net, share in zip(net_pence, shares, strict=True):
        assert abs(share * PPM_PER_UNIT - net * rate_ppm) < PPM_PER_UNIT
        assert net * share >= 0
