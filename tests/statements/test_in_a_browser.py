"""The HTML page in a real browser, headless: on a phone, in the dark, printed, asking nobody."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from levytool.statements.colour import WHITE, contrast
from levytool.statements.forms import written
from levytool.statements.member import member_in_sections
from levytool.statements.values import MemberStatement
from tests.browser import DESK, PHONE, colour_of, measured, printed
from tests.conftest import missing_piece
from tests.statements.factories import EMPTY, FULL, named


def page(statement: MemberStatement) -> str:
    return str(written(member_in_sections(statement), "html").data)


PAGES = {
    "full": FULL,
    "empty": EMPTY,
    "long names": named(FULL, "n" * 300),
    "formula": named(FULL, "=cmd|' /C calc'!A0 <b>& Sons</b>"),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_page_fits_its_screen_and_asks_nobody(name: str, width: int, tmp_path: Path) -> None:
    seen = measured(page(PAGES[name]), width, tmp_path)
    assert seen["inner"] == width
    assert seen["scroll"] == width, seen["over"]
    assert seen["over"] == []
    assert seen["requests"] == []
    assert seen["unnamed"] == 0


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_pictures_are_read_without_scrolling_whatever_the_screen(
    width: int, tmp_path: Path
) -> None:
    seen = measured(page(FULL), width, tmp_path)
    assert seen["cut"] == [] and seen["over"] == []
    assert seen["letters"] >= 11, "the least height of a line of a picture's lettering, in pixels"


@pytest.mark.parametrize("accent", ["#1d5c63", "#ffe14d", "#0b0b0b"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_word_can_be_read_on_its_paper(accent: str, dark: bool, tmp_path: Path) -> None:
    text = page(replace(FULL, issuer=replace(FULL.issuer, accent=accent)))
    seen = measured(text, DESK, tmp_path, *(["--force-dark-mode"] if dark else []))
    pairs = seen["pairs"]
    assert isinstance(pairs, list) and len(pairs) > 4
    papers = {colour_of(pair.split("|")[1]) for pair in pairs}
    assert (WHITE in papers) != dark
    for pair in pairs:
        ink, paper = (colour_of(part) for part in pair.split("|"))
        assert contrast(ink, paper) >= 4.5, pair


def test_it_prints_on_a4_without_cutting_anything(tmp_path: Path) -> None:
    place = tmp_path / "page.html"
    place.write_text(page(FULL), encoding="utf-8")
    paper = printed(place, tmp_path)
    tool = shutil.which("pdfinfo")
    if tool is None:
        missing_piece("pdfinfo is missing: sudo apt-get install poppler-utils")
    told = subprocess.run([str(tool), str(paper)], capture_output=True, check=True).stdout
    assert b"A4" in told
    pages = re.search(rb"Pages:\s+(\d+)", told)
    assert pages and 2 <= int(pages[1]) <= 7
