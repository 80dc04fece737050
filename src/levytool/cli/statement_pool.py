"""Many statements written out on all the cores there are.

One process reads the books, so that all statements are of one snapshot; the others, which know
nothing but the statements they are handed, set the pages. Order and bytes are those of one core.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

from levytool.statements.forms import Form, Written, written
from levytool.statements.sections import Statement

SLOW: tuple[Form, ...] = ("pdf", "xlsx", "html")
"""Forms that take longer to write than their figures to read."""

WORTH_IT = 12
"""With fewer statements than this, starting processes takes longer than it saves."""

WAITING_PER_CORE = 8
"""How far reading runs ahead of writing, so that memory keeps its bounds."""

Done = tuple[Statement, Written]


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def written_together(statements: Iterable[Statement], form: Form) -> Iterator[Done]:
    """Each statement with its file, in order."""
    rest = iter(statements)
    first = list(islice(rest, WORTH_IT))
    every = chain(first, rest)
    if form not in SLOW or len(first) < WORTH_IT or cores() < 2:
        return ((statement, written(statement, form)) for statement in every)
    return _by_processes(every, form, cores())


def _by_processes(statements: Iterable[Statement], form: Form, count: int) -> Iterator[Done]:
    waiting: deque[tuple[Statement, Future[Written]]] = deque()
    # Started afresh: a forked process would share the open ledger.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        for statement in statements:
            waiting.append((statement, pool.submit(written, statement, form)))
            if len(waiting) >= count * WAITING_PER_CORE:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()
