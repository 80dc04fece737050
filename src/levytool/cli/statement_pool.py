"""Many statements written out on all the cores there are.

One process reads the books, so that all statements are of one snapshot; the others, which know
nothing but the statements they are handed, set the pages. Order and bytes are those of one core.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from itertools import chain, islice
from typing import TypeVar

from levytool.processes import cores, workers
from levytool.statements.forms import Form, Written, form_hashes, written
from levytool.statements.sections import Statement

SLOW: tuple[Form, ...] = ("pdf", "xlsx", "html")
"""Forms that take longer to write than their figures to read."""

WORTH_IT = 12
"""With fewer statements than this, starting processes takes longer than it saves."""

WAITING_PER_CORE = 8
"""How far reading runs ahead of writing, so that memory keeps its bounds."""

T = TypeVar("T")
Done = tuple[Statement, T]


def written_together(statements: Iterable[Statement], form: Form) -> Iterator[Done[Written]]:
    """Each statement with its file, in order."""
    write = partial(written, form=form)
    if form not in SLOW:
        return ((statement, write(statement)) for statement in statements)
    return _on_all_cores(statements, write)


def hashed_together(statements: Iterable[Statement]) -> Iterator[Mapping[str, str]]:
    """The SHA-256 of every form of each statement, in order."""
    return (hashes for _statement, hashes in _on_all_cores(statements, form_hashes))


def _on_all_cores(
    statements: Iterable[Statement], write: Callable[[Statement], T]
) -> Iterator[Done[T]]:
    rest = iter(statements)
    first = list(islice(rest, WORTH_IT))
    every = chain(first, rest)
    if len(first) < WORTH_IT or cores() < 2:
        return ((statement, write(statement)) for statement in every)
    return _by_processes(every, write, cores())


def _by_processes(
    statements: Iterable[Statement], write: Callable[[Statement], T], count: int
) -> Iterator[Done[T]]:
    waiting: deque[tuple[Statement, Future[T]]] = deque()
    with workers(count) as pool:
        for statement in statements:
            waiting.append((statement, pool.submit(write, statement)))
            if len(waiting) >= count * WAITING_PER_CORE:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()
