"""Inline SVG without a script: a waterfall whose bars stretch with the page.

Across, everything is placed in percent, so that the bars fill whatever width there is while the
lettering keeps its size. As drawn here each label stands above its bar, which suits a phone; where
there is room the page's style sheet moves the bars (`g.bars`) between labels and amounts.
"""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from levytool.money import display_pence
from levytool.statements.words import Step

ROW = 42
LABEL_BASE = 15
BAR_TOP = 22
BAR_HEIGHT = 11


def waterfall(steps: Sequence[Step], title: str) -> str:
    """An SVG picture of the steps; `''` where all are nil and there is nothing to show."""
    if not any(step.amount_pence for step in steps):
        return ""
    spans = _spans(steps)
    ends = [0, *(end for span in spans for end in span)]
    low, high = min(ends), max(ends)
    rows = []
    for number, (step, (start, end)) in enumerate(zip(steps, spans, strict=True)):
        left, right = (_percent(value - low, high - low) for value in sorted((start, end)))
        wide = _percent(abs(end - start), high - low)
        joint = (left if end < start else right) if number < len(steps) - 1 else None
        zero = _percent(-low, high - low)
        rows.append(_row(step, ROW * number, _Bar(left, wide, joint, zero)))
    return (
        '<svg class="waterfall" role="img" aria-labelledby="chart-title" width="100%" '
        f'height="{ROW * len(steps)}">\n'
        f'<title id="chart-title">{escape(_told(steps, title))}</title>\n'
        + "\n".join(rows)
        + "\n</svg>"
    )


def _spans(steps: Sequence[Step]) -> list[tuple[int, int]]:
    """From where to where each bar reaches: a level from nothing, a change from what was before."""
    spans, level = [], 0
    for step in steps:
        start = 0 if step.role == "level" else level
        level = start + step.amount_pence
        spans.append((start, level))
    return spans


class _Bar(NamedTuple):
    """Where a bar begins, how wide it is, where it hands over to the next, and where nothing is."""

    left: str
    wide: str
    joint: str | None
    zero: str


def _row(step: Step, top: int, bar: _Bar) -> str:
    amount = display_pence(step.amount_pence)
    label = escape(step.label)
    kind = step.role if step.role != "change" else ("in" if step.amount_pence >= 0 else "out")
    drawn = f'<rect class="zero" x="{bar.zero}" y="0" width="1" height="{ROW}"/>'
    if bar.joint is not None:
        height = ROW - BAR_HEIGHT
        y = BAR_TOP + BAR_HEIGHT
        drawn += f'<rect class="joint" x="{bar.joint}" y="{y}" width="1" height="{height}"/>'
    if step.amount_pence:
        drawn += (
            f'<rect class="bar {kind}" x="{bar.left}" y="{BAR_TOP}" width="{bar.wide}" '
            f'height="{BAR_HEIGHT}"><title>{label}: {amount}</title></rect>'
        )
    return (
        f'<svg class="row" y="{top}" height="{ROW}">'
        f'<g class="bars">{drawn}</g>'
        f'<text class="label {kind}" x="0" y="{LABEL_BASE}">{label}</text>'
        f'<text class="amount" x="100%" y="{LABEL_BASE}" text-anchor="end">{amount}</text></svg>'
    )


def _percent(part: int, whole: int) -> str:
    """A share of the width to hundredths of a percent, without a float."""
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _told(steps: Sequence[Step], title: str) -> str:
    """The picture in words, for those who do not see it."""
    told = "; ".join(f"{step.label} {display_pence(step.amount_pence)}" for step in steps)
    return f"{title}. {told}."
