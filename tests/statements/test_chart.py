"""The pictures: whatever the figures, they keep within their frame and are told in words."""

import re
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.periods import Month
from levytool.statements.chart import TICKS, chart_told, draw, tick_step
from levytool.statements.parts_levy import flow_chart
from levytool.statements.sections import (
    BalanceChart,
    Chart,
    Column,
    FlowChart,
    Node,
    PlacesChart,
)
from levytool.statements.svg import PHONE_WIDTH, WIDTH, units
from levytool.statements.values import LevyFigures, LevyFlow, Split
from levytool.statements.words import levy_steps, value_words

PENCE = st.integers(0, 10**12)
COUNT = st.fractions(0, 10**4, max_denominator=100)
SVG = "{http://www.w3.org/2000/svg}"


def shapes(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Class, left, top, width and height of every rectangle."""
    root = ElementTree.fromstring(svg)
    return [
        (
            rect.get("class", ""),
            *(float(rect.get(key, "")) for key in ("x", "y", "width", "height")),
        )
        for rect in root.iter(f"{SVG}rect")
    ]


def keeps_within(chart: Chart) -> bool:
    """Whether it does on a page, and on a phone."""
    return all(_within(draw(chart, "c", wide)) for wide in (WIDTH, PHONE_WIDTH))


def _within(svg: str) -> bool:
    *_, width, height = map(float, ElementTree.fromstring(svg).get("viewBox", "").split())
    return all(
        x >= 0 and y >= 0 and x + wide <= width + 0.01 and y + high <= height + 0.01
        for _, x, y, wide, high in shapes(svg)
    )


def balance(*months: tuple[int, int]) -> BalanceChart:
    first = Month(2025, 4)
    rows = tuple((first.plus(number), *parts) for number, parts in enumerate(months))
    return BalanceChart("Balance", ("Free", "Bound"), rows)


def test_a_bar_is_as_high_as_its_money() -> None:
    svg = draw(balance((100_000, 0), (50_000, 50_000), (0, 25_000)), "b")
    high = [(name.split()[-1], high) for name, *_, high in shapes(svg) if name.startswith("bar")]
    assert high[2:] == [
        *(("uncommitted", 150), ("committed", 75), ("uncommitted", 75), ("committed", 37.5)),
    ]


@given(st.lists(st.tuples(PENCE, PENCE), min_size=1, max_size=36))
def test_balances_keep_within_the_picture(months: list[tuple[int, int]]) -> None:
    assert keeps_within(balance(*months, (1, 0)))


@given(st.integers(1, 10**15))
def test_grid_lines_are_few_and_round(span_pence: int) -> None:
    step = tick_step(span_pence)
    assert -(-span_pence // step) <= TICKS
    assert str(step).rstrip("0") in ("1", "2", "5")


@given(st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=12))
def test_places_keep_within_the_picture(rows: list[tuple[Fraction, Fraction, Fraction]]) -> None:
    told = tuple(("F", exact, int(exact), given, proved) for exact, given, proved in rows)
    assert keeps_within(PlacesChart("Places", told))


def test_over_delivered_places_reach_beyond_what_is_due() -> None:
    row = ("F", Fraction(2), 2, Fraction(4), Fraction(1))
    wide = {name: w for name, _, _, w, h in shapes(draw(PlacesChart("P", (row,)), "p")) if h > 9}
    assert wide["bar due"] == 320 and wide["bar delivered"] == 640 and wide["bar verified"] == 160


def flow(**pence: int) -> LevyFigures:
    named = {f"{name}_pence": value for name, value in pence.items()}
    flow = LevyFlow(**{name: value for name, value in named.items() if hasattr(LevyFlow, name)})
    left = flow.funded_pence - flow.retained_pence - flow.provided_pence - flow.released_pence
    return LevyFigures(period=flow, fund_closing_pence=left)


@given(PENCE, PENCE, PENCE, PENCE, PENCE)
def test_both_sides_of_the_flow_come_to_the_same(
    funded: int, retained: int, provided: int, released: int, opening: int
) -> None:
    figures = flow(funded=funded, retained=retained, provided=provided, released=released)
    bound = (opening + released) // 3
    closing = Split(opening + released - bound, bound)
    chart = flow_chart(figures, Split(opening), closing, ())
    if chart is None:
        assert not any((funded, retained, provided, released, opening))
        return
    sums = [sum(node.pence for node in side) for side in (chart.fund_in, chart.fund_out)]
    assert sums[0] == sums[1] + chart.surplus.pence
    brought = sum(node.pence for node in chart.balance_in) + chart.surplus.pence
    assert brought == sum(node.pence for node in chart.balance_out)
    assert keeps_within(chart)


def test_bands_carry_the_money_of_both_ends() -> None:
    chart = FlowChart(
        "Flow",
        (Node("Opening", 1_000), Node("Levy", 9_000)),
        (Node("Retained", 4_000),),
        Node("Surplus", 6_000),
        (Node("Pot", 4_000),),
        (Node("Drawn", 10_000),),
    )
    told = re.findall(r"<path[^>]*><title>([^<]*)", draw(chart, "f"))
    assert told == [
        "Opening to Retained: £10.00",
        "Levy to Retained: £30.00",
        "Levy to Surplus: £60.00",
        "Surplus to Drawn: £60.00",
        "Pot to Drawn: £40.00",
    ]


def test_what_stands_on_the_other_side_of_the_flow_is_called_what_it_is() -> None:
    """A fund that is short, or what was set aside and comes back, has no minus in a picture."""
    levy = LevyFigures(
        period=LevyFlow(funded_pence=-700, provided_pence=-500, retained_pence=-70),
        fund_opening_pence=-100,
        fund_closing_pence=-230,
    )
    flow = flow_chart(levy, Split(), Split(), ())
    assert flow is not None
    assert flow.fund_out == (Node("Short at opening", 100), Node("Levy taken back", 700))
    assert [(node.label, node.pence) for node in flow.fund_in] == [
        ("Given back by running costs", 70),
        ("Set free from opportunities", 500),
        ("Short at closing", 230),
    ]


def test_nothing_at_all_is_no_flow() -> None:
    assert flow_chart(LevyFigures(), Split(), Split(), ()) is None


@pytest.mark.parametrize(
    ("chart", "told"),
    [
        (balance((100, 50)), "Balance. Apr 2025 £1.50, of which £0.50 committed."),
        (
            PlacesChart("Places", (("A & B", Fraction(16, 3), 5, Fraction(4), Fraction(1)),)),
            "Places. A & B: 5.3333… exactly due, 5 due, 4 delivered, 1 verified.",
        ),
        (
            FlowChart("Flow", (Node("Levy", 5),), (), Node("Surplus", 5), (), (Node("Pot", 5),)),
            "Flow. Levy fund: from Levy £0.05; to Surplus £0.05. "
            "Balance: from Surplus £0.05; to Pot £0.05.",
        ),
    ],
)
def test_the_picture_is_told_in_words(
    chart: BalanceChart | PlacesChart | FlowChart, told: str
) -> None:
    root = ElementTree.fromstring(draw(chart, "x"))
    assert chart_told(chart) == told == root.findtext(f"{SVG}desc")
    assert root.get("role") == "img" and root.findtext(f"{SVG}title") == chart.title
    assert root.get("aria-labelledby") == "x-title x-told"


@pytest.mark.parametrize("wide", [WIDTH, PHONE_WIDTH])
@pytest.mark.parametrize("months", [1, 12, 13, 18, 36, 60, 120])
def test_months_are_named_as_many_as_there_is_room_for(wide: int, months: int) -> None:
    svg = draw(balance(*([(1_234_567_89, 0)] * months)), "b", wide)
    names = re.findall(r'<text class="axis" x="([\d.]+)"[^>]*>[A-Z][a-z]{2}<', svg)
    places = [float(place) for place in names]
    assert places and all(b - a >= 30 for a, b in pairwise(places))
    assert len(places) == months or wide == PHONE_WIDTH or months > 13


def test_units_are_written_without_needless_zeros() -> None:
    assert [units(n) for n in (0, 1250, -5, 6400, 1205)] == ["0", "12.5", "-0.05", "64", "12.05"]


def test_the_flow_and_the_table_beside_it_tell_the_same_of_opportunities() -> None:
    """Places that cost less than was set aside bring something back: plus where it comes in."""
    levy = LevyFigures(
        period=LevyFlow(funded_pence=300_000, provided_pence=250_000, overruns_pence=-10_000)
    )
    flow = flow_chart(levy, Split(), Split(), ())
    assert flow is not None
    assert Node("Set aside for opportunities", 250_000) in flow.fund_out
    assert Node("Opportunities cost less", 10_000) in flow.fund_in
    changes = {step.label: step.amount_pence for step in levy_steps(levy)}
    assert changes["Set aside for opportunities"] == -250_000
    assert changes["Opportunities cost less"] == 10_000


def test_a_page_tells_no_days_overdue_of_what_is_not_yet_due() -> None:
    days = Column("days_overdue", "Days overdue", "overdue")
    assert [value_words(number, days) for number in (-35, 0, 7)] == ["", "", "7"]
