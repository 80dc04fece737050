"""The HTML page in a real browser, headless: on a phone, in the dark, printed, asking nobody."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from levytool.statements.colour import WHITE, Colour, contrast
from levytool.statements.forms import written
from levytool.statements.member import member_in_sections
from levytool.statements.values import MemberStatement
from tests.conftest import missing_piece
from tests.statements.factories import EMPTY, FULL, named

PHONE, DESK = 360, 1100
PROBE = """
<script>
addEventListener('load', () => {
  const wide = document.documentElement;
  const over = [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > innerWidth + 1 && !e.closest('.picture, .scroll, thead');
  }).map(e => e.tagName + '.' + e.className);
  const colour = (e, what) => getComputedStyle(e)[what];
  const paper = e => {
    for (; e; e = e.parentElement) {
      const c = colour(e, 'backgroundColor');
      if (c !== 'rgba(0, 0, 0, 0)') return c;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.querySelectorAll('body *')].filter(e =>
    !e.closest('svg') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  const pairs = new Set(texts.map(e => colour(e, 'color') + '|' + paper(e)));
  for (const e of document.querySelectorAll('svg text'))
    pairs.add(colour(e, 'fill') + '|' + paper(e));
  const said = {
    inner: innerWidth, scroll: wide.scrollWidth, over, pairs: [...pairs],
    requests: performance.getEntriesByType('resource').map(r => r.name),
    focus: [...document.querySelectorAll('[tabindex="0"]')].length,
    unnamed: [...document.querySelectorAll('[role=region], section, svg[role=img]')].filter(e =>
      !e.getAttribute('aria-label') && !(e.getAttribute('aria-labelledby') || '').split(' ')
        .some(i => i && document.getElementById(i))).length,
  };
  document.title = JSON.stringify(said);
});
</script>
"""
"""Put into a copy of the page: what it measures comes back as the page's title."""

Look = Callable[..., dict[str, object]]


def browser() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        missing_piece("chromium is missing: sudo apt-get install chromium")
    return str(found)


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Opens a page in the browser at a width, and gives what it measured there."""
    command = [
        *(browser(), "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
        *("--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom"),
        f"--user-data-dir={tmp_path / 'profile'}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]

    def opened(page: str, width: int, *options: str) -> dict[str, object]:
        # A window may not be as narrow as a phone, but a frame may.
        inner, outer = tmp_path / "page.html", tmp_path / "frame.html"
        inner.write_text(page.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
        outer.write_text(
            f'<iframe src="page.html" width="{width}" height="900" style="border:0"></iframe>'
            "<script>addEventListener('load', () => setTimeout(() => { document.body.append("
            "document.querySelector('iframe').contentDocument.title) }, 50))</script>",
            encoding="utf-8",
        )
        done = subprocess.run(
            [
                *command,
                "--allow-file-access-from-files",
                "--virtual-time-budget=2000",
                *options,
                outer.as_uri(),
            ],
            capture_output=True,
            check=True,
            timeout=120,
        )
        found = re.search(r"(\{\"inner\".*\})", done.stdout.decode())
        assert found, done.stdout.decode()[-500:]
        text = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        measured: dict[str, object] = json.loads(text)
        return measured

    return opened


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
def test_a_page_fits_its_screen_and_asks_nobody(look: Look, name: str, width: int) -> None:
    seen = look(page(PAGES[name]), width)
    assert seen["inner"] == width
    assert seen["scroll"] == width, seen["over"]
    assert seen["over"] == []
    assert seen["requests"] == []
    assert seen["unnamed"] == 0


@pytest.mark.parametrize("accent", ["#1d5c63", "#ffe14d", "#0b0b0b"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_word_can_be_read_on_its_paper(look: Look, accent: str, dark: bool) -> None:
    text = page(replace(FULL, issuer=replace(FULL.issuer, accent=accent)))
    seen = look(text, DESK, *(["--force-dark-mode"] if dark else []))
    pairs = seen["pairs"]
    assert isinstance(pairs, list) and len(pairs) > 4
    papers = {colour_of(pair.split("|")[1]) for pair in pairs}
    assert (WHITE in papers) != dark
    for pair in pairs:
        ink, paper = (colour_of(part) for part in pair.split("|"))
        assert contrast(ink, paper) >= 4.5, pair


def colour_of(text: str) -> Colour:
    red, green, blue = re.findall(r"\d+", text)[:3]
    return (int(red), int(green), int(blue))


def test_it_prints_on_a4_without_cutting_anything(tmp_path: Path) -> None:
    place, printed = tmp_path / "page.html", tmp_path / "page.pdf"
    place.write_text(page(FULL), encoding="utf-8")
    subprocess.run(
        [
            *(browser(), "--headless", "--disable-gpu", "--no-pdf-header-footer"),
            f"--user-data-dir={tmp_path / 'profile'}",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            *(f"--print-to-pdf={printed}", place.as_uri()),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    tool = shutil.which("pdfinfo")
    if tool is None:
        missing_piece("pdfinfo is missing: sudo apt-get install poppler-utils")
    told = subprocess.run([str(tool), str(printed)], capture_output=True, check=True).stdout
    assert b"A4" in told
    pages = re.search(rb"Pages:\s+(\d+)", told)
    assert pages and 2 <= int(pages[1]) <= 7
