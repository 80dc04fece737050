"""A page in headless Chromium: what it becomes there, what it asks for, what is complained of."""

import json
import os
import shutil
import subprocess
from html import escape
from pathlib import Path
from typing import NamedTuple

import pytest

MISSING = "no chromium here; install it with: apt-get install chromium"
ITS_OWN = "not an origin"
"""Who asks for what Chromium wants for itself."""

_MEASURE = (
    'const page = document.querySelector("iframe").contentDocument.documentElement; '
    'document.body.append("wide " + (page.scrollWidth - page.clientWidth))'
)


class Seen(NamedTuple):
    """The page as the browser has it, the addresses it asked for, and the browser's complaints."""

    page: str
    asked: list[str]
    complaints: list[str]


def look_at(address: str, folder: Path) -> Seen:
    """Open a page and let it settle. Skips where there is no browser; in CI that is a failure."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"in CI nothing may be missing: {MISSING}")
        pytest.skip(MISSING)
    log = folder / "asked.json"
    done = subprocess.run(
        [
            browser,
            *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", f"--user-data-dir={folder / 'profile'}"),
            *("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--log-net-log={log}"),
            *("--enable-logging=stderr", "--dump-dom", address),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
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


def sticks_out(page: str, pixels: int, folder: Path) -> int:
    """By how many pixels a page is wider than a window of that width."""
    frame = folder / "frame.html"
    frame.write_text(
        f'<!doctype html><iframe width="{pixels}" height="600" srcdoc="{escape(page)}"></iframe>'
        f"<script>onload = () => {{ {_MEASURE} }}</script>",
        encoding="utf-8",
    )
    return int(look_at(frame.as_uri(), folder).page.rpartition("wide ")[2].partition("<")[0])
