"""Pages in headless Chromium: how they measure there, what they ask for, what is complained of."""

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from levytool.statements.colour import Colour
from tests.conftest import missing_piece

PHONE, DESK = 360, 1100
ITS_OWN = "not an origin"
"""Who asks for what Chromium wants for itself."""

PROBE = """
<script>
addEventListener('load', () => {
  const wide = document.documentElement;
  const over = [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > innerWidth + 1 && !e.closest('.scroll, thead');
  }).map(e => e.tagName + '.' + e.getAttribute('class'));
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
  const lettered = [...document.querySelectorAll('svg text')]
    .map(e => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width);
  const said = {
    inner: innerWidth, scroll: wide.scrollWidth, over, pairs: [...pairs],
    requests: performance.getEntriesByType('resource').map(r => r.name),
    letters: Math.min(...lettered.map(([, box]) => box.height)),
    cut: lettered.filter(([e, box]) => {
      const frame = e.ownerSVGElement.getBoundingClientRect();
      return box.left < frame.left - 1 || box.right > frame.right + 1;
    }).map(([e]) => e.textContent),
    unnamed: [...document.querySelectorAll('[role=region], section, svg[role=img]')].filter(e =>
      !e.getAttribute('aria-label') && !(e.getAttribute('aria-labelledby') || '').split(' ')
        .some(i => i && document.getElementById(i))).length,
  };
  document.title = JSON.stringify(said);
});
</script>
"""
"""Put into a copy of the page: what it measures comes back as the page's title."""


class Seen(NamedTuple):
    """The page as the browser has it, the addresses it asked for, and the browser's complaints."""

    page: str
    asked: list[str]
    complaints: list[str]


def browser() -> str:
    """The browser's program. Skips where there is none; in CI that is a failure."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        missing_piece("chromium is missing: sudo apt-get install chromium")
    return str(found)


def _run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(browser(), "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
            *("--disable-dev-shm-usage", "--disable-background-networking"),
            f"--user-data-dir={folder / 'profile'}",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


def printed(page: Path, folder: Path) -> Path:
    """A page as the browser prints it: a PDF."""
    into = folder / "page.pdf"
    _run(folder, "--no-pdf-header-footer", f"--print-to-pdf={into}", page.as_uri())
    return into


def look_at(address: str, folder: Path) -> Seen:
    """Open a page and let it settle."""
    log = folder / "asked.json"
    done = _run(
        folder,
        *("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--log-net-log={log}"),
        *("--enable-logging=stderr", "--dump-dom", address),
    )
    told = json.loads(log.read_text(encoding="utf-8"))
    starts = told["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    of_pages = [
        event["params"]
        for event in told["events"]
        if event["type"] == starts and event.get("params", {}).get("initiator", ITS_OWN) != ITS_OWN
    ]
    complaints = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return Seen(done.stdout, [request["url"] for request in of_pages], complaints)


def measured(page: str, width: int, folder: Path, *options: str) -> dict[str, Any]:
    """What a page measures in a window of that width."""
    # A window may not be as narrow as a phone, but a frame may.
    inner, outer = folder / "page.html", folder / "frame.html"
    inner.write_text(page.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    outer.write_text(
        f'<iframe src="page.html" width="{width}" height="900" style="border:0"></iframe>'
        "<script>addEventListener('load', () => setTimeout(() => { document.body.append("
        "document.querySelector('iframe').contentDocument.title) }, 50))</script>",
        encoding="utf-8",
    )
    done = _run(
        folder,
        *("--host-resolver-rules=MAP * ~NOTFOUND", "--allow-file-access-from-files"),
        *("--virtual-time-budget=2000", *options, "--dump-dom", outer.as_uri()),
    )
    found = re.search(r"(\{\"inner\".*\})", done.stdout)
    assert found, done.stdout[-500:]
    told: dict[str, Any] = json.loads(unescape(found[1]))
    return told


def colour_of(told: str) -> Colour:
    """A colour as the browser words it: `rgb(1, 2, 3)`."""
    red, green, blue = re.findall(r"\d+", told)[:3]
    return (int(red), int(green), int(blue))
