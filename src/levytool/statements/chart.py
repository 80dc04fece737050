"""Pictures of a statement as SVG without a script, the same in HTML and in PDF.

What is drawn has classes, and the page says their colours. Each has a title and tells its figures
in words, for those who do not see it. Everything is placed in whole hundredths of a unit.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape

from levytool.money import PENCE_PER_POUND, display_pence
from levytool.statements import words
from levytool.statements.chart_flow import draw_flow, flow_told
from levytool.statements.sections import BalanceChart, Chart, FlowChart, PlacesChart
from levytool.statements.svg import UNIT, WIDTH, Drawing, rectangle, text_at

PLOT_HEIGHT = 150
LEGEND = 18
"""How high a line of the legend is."""
AXIS_LETTER = 7
"""How wide a character beside an axis is at the most, on average."""
NAME_ROOM = 30
"""What a month's name needs under its bar."""
MONTHS_BETWEEN = (1, 2, 3, 4, 6, 12, 24)
ROW = 46
TICKS = 4


def draw(chart: Chart, key: str, wide: int = WIDTH) -> str:
    """The chart as SVG, so many units `wide`; `key` tells its ids from those of others."""
    drawing = _drawing(chart, wide)
    title, told = escape(chart.title), escape(chart_told(chart))
    name = "chart" if wide == WIDTH else "chart phone"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" role="img" '
        f'viewBox="0 0 {wide} {drawing.height}" aria-labelledby="{key}-title {key}-told">\n'
        f'<title id="{key}-title">{title}</title>\n<desc id="{key}-told">{told}</desc>\n'
        + "\n".join(drawing.shapes)
        + "\n</svg>"
    )


def chart_told(chart: Chart) -> str:
    """The picture in words."""
    match chart:
        case FlowChart():
            return flow_told(chart)
        case BalanceChart():
            told = (
                f"{words.month_words(month)} {display_pence(free + bound)}"
                + (f", of which {display_pence(bound)} committed" if bound else "")
                for month, free, bound in chart.months
            )
        case PlacesChart():
            told = (
                f"{label}: {words.exact_words(exact)} exactly due, {due} due, "
                f"{words.exact_words(delivered)} delivered, {words.exact_words(verified)} verified"
                for label, exact, due, delivered, verified in chart.rows
            )
    return f"{chart.title}. {'; '.join(told)}."


def _drawing(chart: Chart, wide: int) -> Drawing:
    match chart:
        case FlowChart():
            return draw_flow(chart, wide)
        case BalanceChart():
            return _balance(chart, wide)
        case PlacesChart():
            return _places(chart, wide)


def _balance(chart: BalanceChart, wide: int) -> Drawing:
    ends = [end for _, free, bound in chart.months for end in (bound, free + bound)]
    low, high = min(0, *ends), max(0, *ends)
    step = tick_step(high - low)
    low, high = low // step * step, -(-high // step) * step
    shapes, top = _legend(chart.parts, ("uncommitted", "committed"), wide)
    bottom = top + PLOT_HEIGHT

    def y(pence: int) -> int:
        return bottom * UNIT - (pence - low) * PLOT_HEIGHT * UNIT // (high - low)

    ticks = [(tick, _pounds(tick)) for tick in range(low, high + 1, step)]
    start = 12 + AXIS_LETTER * max(len(label) for _, label in ticks)
    for tick, label in ticks:
        shapes.append(rectangle("grid", start * UNIT, y(tick), (wide - start) * UNIT, UNIT))
        shapes.append(text_at("axis", (start - 8) * UNIT, y(tick) + 4 * UNIT, label, "end"))
    pitch = (wide - start) * UNIT // len(chart.months)
    broad = min(pitch * 7 // 10, 44 * UNIT)
    for number, (month, free, bound) in enumerate(chart.months):
        left = start * UNIT + pitch * number + (pitch - broad) // 2
        tip = f"{words.month_words(month)}: {display_pence(free + bound)}"
        for name, foot, pence in (("committed", 0, bound), ("uncommitted", bound, free)):
            top, foot = sorted((y(foot), y(foot + pence)))
            if foot > top:
                shapes.append(rectangle(f"bar {name}", left, top, broad, foot - top, tip))
    shapes += _months_named(chart, start * UNIT + pitch // 2, pitch, bottom)
    return Drawing(bottom + 38, shapes)


def _months_named(chart: BalanceChart, middle: int, pitch: int, bottom: int) -> Iterator[str]:
    """As many months' names as there is room for, and the year under the first of each."""
    every = next((step for step in MONTHS_BETWEEN if step * pitch >= NAME_ROOM * UNIT), 60)
    for number, (month, *_) in enumerate(chart.months):
        if number % every == 0:
            name, year = words.month_words(month).split()
            place = middle + pitch * number
            yield text_at("axis", place, (bottom + 16) * UNIT, name, "middle")
            if number == 0 or month.month <= every:
                yield text_at("axis", place, (bottom + 31) * UNIT, year, "middle")


def tick_step(span_pence: int) -> int:
    """The distance of grid lines: 1, 2 or 5 and noughts of pounds, at most `TICKS` of them."""
    step = PENCE_PER_POUND
    while True:
        for factor in (1, 2, 5):
            if factor * step * TICKS >= span_pence:
                return factor * step
        step *= 10


def _places(chart: PlacesChart, across: int) -> Drawing:
    counts = [count for _, exact, _, *provided in chart.rows for count in (exact, *provided)]
    most = max(Fraction(1), *counts)

    def wide(count: Fraction) -> int:
        return int(count * across * UNIT // most)

    shapes, top = _legend(
        ("Exactly due", "Delivered", "Verified"), ("due", "delivered", "verified"), across
    )
    for label, exact, due, delivered, verified in chart.rows:
        said = f"{words.exact_words(delivered)} of {due} due"
        shapes.append(text_at("label", 0, (top + 12) * UNIT, _cut(label, across)))
        shapes.append(text_at("amount", across * UNIT, (top + 12) * UNIT, said, "end"))
        bars = (
            ("due", exact, 0, 16),
            ("delivered", delivered, 3, 10),
            ("verified", verified, 3, 10),
        )
        for name, count, down, height in bars:
            if count > 0:
                place = (top + 18 + down) * UNIT
                tip = f"{label}: {words.exact_words(count)} {name}"
                shapes.append(rectangle(f"bar {name}", 0, place, wide(count), height * UNIT, tip))
        top += ROW
    return Drawing(top, shapes)


def _cut(label: str, wide: int) -> str:
    """A label that keeps to its half of the picture; the table beside it has it whole."""
    longest = 60 * wide // WIDTH
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _legend(labels: Sequence[str], names: Iterable[str], wide: int) -> tuple[list[str], int]:
    """What each colour means, in as many lines as it takes, and where the picture begins below."""
    shapes, left, top = [], 0, 4
    for label, name in zip(labels, names, strict=True):
        room = LEGEND + 7 * len(label)
        if left and left + room > wide:
            left, top = 0, top + LEGEND
        shapes.append(rectangle(f"bar {name}", left * UNIT, top * UNIT, 12 * UNIT, 12 * UNIT))
        shapes.append(text_at("label", (left + 18) * UNIT, (top + 11) * UNIT, label))
        left += room + 24
    return shapes, top + 30


def _pounds(pence: int) -> str:
    return display_pence(pence).removesuffix(".00")
