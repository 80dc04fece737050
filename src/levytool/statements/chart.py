"""Pictures of a statement as SVG without a script, the same in HTML and in PDF.

What is drawn has classes, and the page says their colours. Each has a title and tells its figures
in words, for those who do not see it. Everything is placed in whole hundredths of a unit.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from html import escape

from levytool.money import PENCE_PER_POUND, display_pence
from levytool.statements import words
from levytool.statements.chart_flow import draw_flow, flow_told
from levytool.statements.sections import BalanceChart, Chart, FlowChart, PlacesChart
from levytool.statements.svg import UNIT, WIDTH, Drawing, rectangle, text_at

PLOT_LEFT, PLOT_TOP, PLOT_HEIGHT = 74, 34, 150
ROW = 46
TICKS = 4


def draw(chart: Chart, key: str) -> str:
    """The chart as SVG; `key` tells its ids from those of others on the page."""
    drawing = _drawing(chart)
    title, told = escape(chart.title), escape(chart_told(chart))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" '
        f'viewBox="0 0 {WIDTH} {drawing.height}" aria-labelledby="{key}-title {key}-told">\n'
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


def _drawing(chart: Chart) -> Drawing:
    match chart:
        case FlowChart():
            return draw_flow(chart)
        case BalanceChart():
            return _balance(chart)
        case PlacesChart():
            return _places(chart)


def _balance(chart: BalanceChart) -> Drawing:
    ends = [end for _, free, bound in chart.months for end in (bound, free + bound)]
    low, high = min(0, *ends), max(0, *ends)
    step = tick_step(high - low)
    low, high = low // step * step, -(-high // step) * step
    bottom = PLOT_TOP + PLOT_HEIGHT

    def y(pence: int) -> int:
        return bottom * UNIT - (pence - low) * PLOT_HEIGHT * UNIT // (high - low)

    shapes = list(_legend(chart.parts, ("uncommitted", "committed")))
    for tick in range(low, high + 1, step):
        shapes.append(
            rectangle("grid", PLOT_LEFT * UNIT, y(tick), (WIDTH - PLOT_LEFT) * UNIT, UNIT)
        )
        shapes.append(
            text_at("axis", (PLOT_LEFT - 8) * UNIT, y(tick) + 4 * UNIT, _pounds(tick), "end")
        )
    pitch = (WIDTH - PLOT_LEFT) * UNIT // len(chart.months)
    wide = min(pitch * 7 // 10, 44 * UNIT)
    for number, (month, free, bound) in enumerate(chart.months):
        left = PLOT_LEFT * UNIT + pitch * number + (pitch - wide) // 2
        tip = f"{words.month_words(month)}: {display_pence(free + bound)}"
        for name, start, pence in (("committed", 0, bound), ("uncommitted", bound, free)):
            top, foot = sorted((y(start), y(start + pence)))
            if foot > top:
                shapes.append(rectangle(f"bar {name}", left, top, wide, foot - top, tip))
        every = 1 if len(chart.months) <= 13 else 3
        if number % every == 0:
            label = words.month_words(month)
            name, year = label.split()
            middle = left + wide // 2
            shapes.append(text_at("axis", middle, (bottom + 16) * UNIT, name, "middle"))
            if number == 0 or month.month <= every:
                shapes.append(text_at("axis", middle, (bottom + 31) * UNIT, year, "middle"))
    return Drawing(bottom + 38, shapes)


def tick_step(span_pence: int) -> int:
    """The distance of grid lines: 1, 2 or 5 and noughts of pounds, at most `TICKS` of them."""
    step = PENCE_PER_POUND
    while True:
        for factor in (1, 2, 5):
            if factor * step * TICKS >= span_pence:
                return factor * step
        step *= 10


def _places(chart: PlacesChart) -> Drawing:
    counts = [count for _, exact, _, *provided in chart.rows for count in (exact, *provided)]
    most = max(Fraction(1), *counts)

    def wide(count: Fraction) -> int:
        return int(count * WIDTH * UNIT // most)

    shapes = list(
        _legend(("Exactly due", "Delivered", "Verified"), ("due", "delivered", "verified"))
    )
    top = 34
    for label, exact, due, delivered, verified in chart.rows:
        said = f"{words.exact_words(delivered)} of {due} due"
        shapes.append(text_at("label", 0, (top + 12) * UNIT, _cut(label)))
        shapes.append(text_at("amount", WIDTH * UNIT, (top + 12) * UNIT, said, "end"))
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


def _cut(label: str) -> str:
    """A label that keeps to its half of the picture; the table beside it has it whole."""
    return label if len(label) <= 60 else f"{label[:59]}…"


def _legend(labels: Sequence[str], names: Iterable[str]) -> Iterable[str]:
    left = 0
    for label, name in zip(labels, names, strict=True):
        yield rectangle(f"bar {name}", left * UNIT, 4 * UNIT, 12 * UNIT, 12 * UNIT)
        yield text_at("label", (left + 18) * UNIT, 15 * UNIT, label)
        left += 18 + 7 * len(label) + 24


def _pounds(pence: int) -> str:
    return display_pence(pence).removesuffix(".00")
