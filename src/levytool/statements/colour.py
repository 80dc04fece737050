"""The consortium's accent colour, made readable on paper and on a dark screen (WCAG 2 contrast)."""

from dataclasses import dataclass

WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
DARK_PAPER = (24, 29, 31)
READABLE = 5.0
"""The contrast asked of the accent: a little above the 4.5 that text needs."""

TINT_PERCENT = 9

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """As `#rrggbb`: an accent for text and bars, what to write on it, a tint for backgrounds."""

    accent: str
    on_accent: str
    tint: str


def light_palette(accent: str) -> Palette:
    """The accent on white paper, darkened until it can be read there."""
    return _palette(_readable(_parsed(accent), WHITE, towards=BLACK), WHITE, on_accent=WHITE)


def dark_palette(accent: str) -> Palette:
    """The accent on a dark screen, lightened until it can be read there."""
    readable = _readable(_parsed(accent), DARK_PAPER, towards=WHITE)
    return _palette(readable, DARK_PAPER, on_accent=DARK_PAPER)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _palette(accent: Colour, paper: Colour, on_accent: Colour) -> Palette:
    return Palette(_hex(accent), _hex(on_accent), _hex(_mixed(paper, accent, TINT_PERCENT)))


def _readable(colour: Colour, paper: Colour, towards: Colour) -> Colour:
    for percent in range(0, 101, 5):
        mixed = _mixed(colour, towards, percent)
        if contrast(mixed, paper) >= READABLE:
            return mixed
    return towards


def _mixed(one: Colour, other: Colour, percent: int) -> Colour:
    red, green, blue = (
        (a * (100 - percent) + b * percent) // 100 for a, b in zip(one, other, strict=True)
    )
    return (red, green, blue)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _parsed(text: str) -> Colour:
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
