"""The few shapes that charts are drawn with, placed in whole hundredths of a unit."""

from dataclasses import dataclass
from html import escape

UNIT = 100
WIDTH = 640
"""How wide a chart is, in units; it stretches with its page."""
PHONE_WIDTH = 324
"""How wide it is drawn for a phone, where a unit is a pixel: made smaller, no one could read it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes, and the height they take in units."""

    height: int
    shapes: list[str]


def units(hundredths: int) -> str:
    """Hundredths of a unit as SVG has them: 1250 is `12.5`."""
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), UNIT)
    return f"{sign}{whole}.{rest:02d}".rstrip("0").rstrip(".")


def rectangle(name: str, left: int, top: int, wide: int, high: int, tip: str = "") -> str:
    """A rectangle of a class; `tip` is shown where a pointer rests on it."""
    place = f'x="{units(left)}" y="{units(top)}" width="{units(wide)}" height="{units(high)}"'
    inner = f"<title>{escape(tip)}</title>" if tip else ""
    return f'<rect class="{name}" {place}>{inner}</rect>'


def text_at(name: str, left: int, base: int, words: str, anchor: str = "start") -> str:
    """Words of a class, on a base line."""
    place = f'x="{units(left)}" y="{units(base)}" text-anchor="{anchor}"'
    return f'<text class="{name}" {place}>{escape(words)}</text>'


def ribbon(name: str, start: tuple[int, int, int], end: tuple[int, int, int], tip: str) -> str:
    """A band that runs level from (x, top, bottom) to another, curving between."""
    (x, top, bottom), (far, far_top, far_bottom) = start, end
    half = units((x + far) // 2)
    path = (
        f"M{units(x)} {units(top)}C{half} {units(top)} {half} {units(far_top)} "
        f"{units(far)} {units(far_top)}V{units(far_bottom)}C{half} {units(far_bottom)} "
        f"{half} {units(bottom)} {units(x)} {units(bottom)}Z"
    )
    return f'<path class="{name}" d="{path}"><title>{escape(tip)}</title></path>'
