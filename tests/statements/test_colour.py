"""Whatever accent a consortium chooses, what is written in it or on it can be read."""

from hypothesis import given
from hypothesis import strategies as st

from levytool.statements.colour import (
    DARK_PAPER,
    WHITE,
    Colour,
    contrast,
    dark_palette,
    light_palette,
)


def _colour(text: str) -> Colour:
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), WHITE) == 21
    assert round(contrast((118, 118, 118), WHITE), 2) == 4.54


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_any_accent_can_be_read(channels: tuple[int, int, int]) -> None:
    accent = "#{:02x}{:02x}{:02x}".format(*channels)
    for palette, paper in ((light_palette(accent), WHITE), (dark_palette(accent), DARK_PAPER)):
        assert contrast(_colour(palette.accent), paper) >= 4.5
        assert contrast(_colour(palette.accent), _colour(palette.on_accent)) >= 4.5


def test_an_accent_that_reads_well_is_kept_as_it_is() -> None:
    assert light_palette("#1d5c63").accent == "#1d5c63"
