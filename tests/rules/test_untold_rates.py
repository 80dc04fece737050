"""The highest rate that spend can bear where it does not say what its framework's rates go by."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Appointment, Band, Framework, LevyBlock, LevyRate
from levytool.rules.levy import LevyFinder
from levytool.rules.untold_rates import highest_charge, lots_of

DAY = date(2026, 9, 24)
LOTS = {"1": "Doors", "2": "Windows", "3": "Gates"}


def doors(rates, appointments=None, *, by=("lot",), lots=LOTS):
    """A framework with a row for each of the rates, in ppm by what they are for."""
    rows = tuple(
        LevyRate(when if isinstance(when, tuple) else (when,), ppm) for when, ppm in rates.items()
    )
    block = LevyBlock(date(2026, 4, 1), "contractor", by=by, rates=rows)
    return Framework(
        "DOORS", "Doors", block.since, lots=lots, appointments=appointments, levy=(block,)
    )


def highest(framework, told=(), on=DAY):
    charge = highest_charge(framework, LevyFinder(framework), "CARR", on, dict(told))
    return None if charge is None else charge.rate_ppm


BY_LOT = {"1": 15_000, "2": 20_000}


@pytest.mark.parametrize(
    ("appointments", "rate_ppm"),
    [
        ((Appointment("CARR", ("1",)),), 15_000),
        ((Appointment("CARR", ("1", "2")), Appointment("DOVE", ("1",))), 20_000),
        ((Appointment("CARR", ("1",)), Appointment("CARR", ("2",))), 20_000),
        ((Appointment("CARR"),), 20_000),
        # Lot 2 is over: lot 1 is what it can have on the day.
        ((Appointment("CARR", ("1",)), Appointment("CARR", ("2",), until=date(2026, 8, 31))),
         15_000),
        # Not appointed by the book, or anybody may work: every row of the block.
        ((Appointment("DOVE", ("1",)),), 20_000),
        (None, 20_000),
        # Appointed to lots alone that have no rate.
        ((Appointment("CARR", ("3",)),), None),
    ],
)  # fmt: skip
def test_a_line_without_a_lot_has_the_highest_rate_of_the_lots_of_its_contractor(
    appointments, rate_ppm
):
    assert highest(doors(BY_LOT, appointments)) == rate_ppm


def test_a_lot_that_is_told_has_its_rate_whatever_the_contractor_is_appointed_to():
    only_1 = doors(BY_LOT, (Appointment("CARR", ("1",)),))
    assert highest(only_1, {"lot": "2"}) == 20_000
    assert highest(only_1, {"lot": "1.0"}) == 15_000
    assert highest(only_1, {"lot": "3"}) is None


def test_a_lot_that_the_framework_does_not_have_says_nothing():
    assert highest(doors(BY_LOT, (Appointment("CARR", ("2",)),)), {"lot": "Doors?"}) == 20_000


def test_the_row_for_any_lot_is_out_where_each_possible_lot_has_its_own():
    rates = {"1": 15_000, "2": 10_000, "*": 30_000}
    assert highest(doors(rates, (Appointment("CARR", ("1", "2")),))) == 15_000
    assert highest(doors(rates, (Appointment("CARR", ("1", "3")),))) == 30_000


def test_other_columns_that_are_not_told_may_hold_anything():
    rates = {
        ("1", "planned"): 20_000,
        ("1", "*"): 15_000,
        ("2", "planned"): 40_000,
        ("*", "*"): 10_000,
    }
    framework = doors(rates, (Appointment("CARR", ("1",)),), by=("lot", "work type"))
    assert highest(framework) == 20_000
    assert highest(framework, {"work type": "reactive"}) == 15_000
    assert highest(framework, {"lot": "2"}) == 40_000


def test_a_flat_rate_and_bands_need_nothing_told():
    flat = LevyBlock(date(2026, 4, 1), "contractor", rate_ppm=12_500)
    banded = LevyBlock(
        date(2026, 9, 1), "contractor", per="call-off", mode="whole", bands=(Band(None, 5_000),)
    )
    framework = Framework("DOORS", "Doors", date(2026, 4, 1), levy=(flat, banded))
    finder = LevyFinder(framework)
    assert highest(framework, on=date(2026, 8, 31)) == 12_500
    assert highest_charge(framework, finder, "CARR", DAY, {}).block == banded
    assert highest(framework, on=date(2026, 3, 31)) is None


CELLS = st.sampled_from(["1", "2", "3", "*"])
KINDS = st.sampled_from(["planned", "reactive", "*"])
OTHER = "something no row names"


@given(
    rates=st.dictionaries(st.tuples(CELLS, KINDS), st.integers(0, 50_000), min_size=1),
    held=st.lists(st.sampled_from(list(LOTS)), unique=True),
    told_lot=st.none() | st.sampled_from(list(LOTS)),
    told_kind=st.none() | st.sampled_from(["planned", "reactive", OTHER]),
)
def test_it_is_the_highest_of_what_every_line_that_it_may_be_is_charged(
    rates, held, told_lot, told_kind
):
    framework = doors(rates, (Appointment("CARR", tuple(held)),), by=("lot", "work type"))
    told = {name: cell for name, cell in (("lot", told_lot), ("work type", told_kind)) if cell}
    lots = [told_lot] if told_lot else lots_of(framework, "CARR", DAY)
    kinds = [told_kind] if told_kind else ["planned", "reactive", OTHER]
    finder = LevyFinder(framework)
    charges = [
        finder.charge(DAY, {"lot": lot, "work type": kind}) for lot, kind in product(lots, kinds)
    ]
    possible = [charge.rate_ppm for charge in charges if charge is not None]
    assert highest(framework, told) == max(possible, default=None)


@given(
    rates=st.dictionaries(CELLS, st.integers(0, 50_000), min_size=1),
    held=st.lists(st.sampled_from(list(LOTS)), unique=True, min_size=1),
    more=st.sampled_from(list(LOTS)),
)
def test_a_further_lot_never_lowers_what_is_at_risk(rates, held, more):
    before = highest(doors(rates, (Appointment("CARR", tuple(held)),)))
    after = highest(doors(rates, (Appointment("CARR", (*held, more)),)))
    assert (after or 0) >= (before or 0)
