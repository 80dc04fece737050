"""What the process is given to work with: its cores, and when the cycle collector may rest."""

import gc
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """Processes to hand work to; what is not begun when they are left is let go.

    They are started afresh: forked ones would share the open ledger.
    """
    pool = ProcessPoolExecutor(count, _Deaf())
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class _DeafProcess(SpawnProcess):
    """A process that Ctrl-C does not reach: it is the first one's to answer."""

    def start(self) -> None:
        if not hasattr(signal, "pthread_sigmask"):
            super().start()
            return
        # What is blocked stays so in the new process; here it is only answered a moment later.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Deaf(SpawnContext):
    Process = _DeafProcess


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
