"""Running whole processes and what the operating system says of them."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds on the clock, and its largest resident size in MB."""

    seconds: float
    peak_mb: float


def run(
    command: Sequence[str | Path],
    folder: Path,
    *,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    ends_with: int = 0,
) -> Run:
    """Run a command and wait for it. Raises RuntimeError unless it ends with that exit code."""
    log = folder / "benchmark.log"
    with log.open("w", encoding="utf-8") as out:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != ends_with:
        said = log.read_text(encoding="utf-8")[-2000:]
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{said}")
    return Run(seconds, usage.ru_maxrss / 1024)


def middle(runs: Sequence[Run]) -> Run:
    """The median seconds, and the largest peak."""
    return Run(median(one.seconds for one in runs), max(one.peak_mb for one in runs))
