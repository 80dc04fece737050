"""The one picture: bars that hand over where they end, and words for those who do not see it."""

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from levytool.statements.chart import waterfall
from levytool.statements.words import Step

PENCE = st.integers(-(10**12), 10**12)


def _steps(opening: int, changes: list[int]) -> list[Step]:
    steps = [Step("Opening", opening, "level")]
    steps += [Step(f"Change {number}", pence, "change") for number, pence in enumerate(changes)]
    return [*steps, Step("Closing", opening + sum(changes), "level")]


def _bars(svg: str) -> list[tuple[float, float]]:
    """Left edge and width of each bar, in percent."""
    found = re.findall(r'class="bar \w+" x="([\d.]+)%" y="\d+" width="([\d.]+)%"', svg)
    return [(float(left), float(wide)) for left, wide in found]


def test_a_release_ends_where_the_closing_level_is() -> None:
    svg = waterfall(_steps(10_000, [30_000, -20_000]), "Levy")
    assert _bars(svg) == [(0, 25), (25, 75), (50, 50), (0, 50)]


def test_a_deficit_lies_left_of_nothing() -> None:
    svg = waterfall(_steps(0, [-5_000, 15_000]), "Levy")
    assert _bars(svg) == [(0, 33.33), (0, 100), (33.33, 66.66)]
    assert svg.count('class="zero" x="33.33%"') == 4


def test_nothing_at_all_is_no_picture() -> None:
    assert waterfall(_steps(0, [0, 0]), "Levy") == ""


def test_the_picture_is_told_in_words() -> None:
    root = ElementTree.fromstring(waterfall(_steps(100, [-50]), "Levy & more"))
    assert root.get("role") == "img"
    assert root.findtext("title") == "Levy & more. Opening £1.00; Change 0 -£0.50; Closing £0.50."


@given(PENCE, st.lists(PENCE, max_size=6))
def test_every_bar_keeps_within_the_picture(opening: int, changes: list[int]) -> None:
    steps = _steps(opening, changes)
    svg = waterfall(steps, "Levy")
    assert len(_bars(svg)) == sum(step.amount_pence != 0 for step in steps)
    assert all(left >= 0 and left + wide <= 100.01 for left, wide in _bars(svg))
