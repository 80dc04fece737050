"""What the process is given to work with: its cores, and when the cycle collector may rest."""

import gc
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers(count: int) -> ProcessPoolExecutor:
    """Processes that are started afresh: forked ones would share the open ledger.

    Ctrl-C is the first process's to answer.
    """
    spawned = get_context("spawn")
    return ProcessPoolExecutor(count, spawned, signal.signal, (signal.SIGINT, signal.SIG_IGN))


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Python's cycle collector rests: of an import's values none is in a cycle, and it would look
    at all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
