"""Where an import's time goes: its phases, by Python's own profiler."""

import pstats
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import run

PHASES = {
    "read, check and charge every row": ("import_spend.py", "read_spend"),
    "look for lines declared before": ("declared.py", "check_booked"),
    "number returns and lines": ("staging.py", "stage_returns"),
    "raise, share out and post documents": ("accept_return.py", "accept"),
    "store the lines and sort their indexes": ("lines.py", "store_lines"),
    "provide for opportunities due": ("provide.py", "provide"),
}


def phases(levytool: Path, words: Sequence[str | Path], folder: Path) -> dict[str, float]:
    """Share of the whole, from 0 to 1, of each phase of one profiled command."""
    found = folder / "profile"
    run([sys.executable, "-m", "cProfile", "-o", found, levytool, *words], folder)
    stats = pstats.Stats(str(found)).stats  # type: ignore[attr-defined]
    whole = max(entry[3] for entry in stats.values())
    shares = {}
    for phase, (file, function) in PHASES.items():
        seconds = [
            entry[3]
            for (path, _line, name), entry in stats.items()
            if Path(path).name == file and name == function
        ]
        shares[phase] = max(seconds, default=0.0) / whole
    return {**shares, "everything else": 1 - sum(shares.values())}
