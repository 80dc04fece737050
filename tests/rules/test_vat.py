"""VAT on top of a document's net."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from levytool.periods import Dated
from levytool.rules.vat import vat_pence, vat_rate_ppm

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
