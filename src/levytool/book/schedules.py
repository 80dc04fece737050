"""Settings that change on a date: one value, or a list of `{ from = …, value }`."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from levytool.book.table import Table
from levytool.periods import Dated

T = TypeVar("T")

OUTSIDE_THE_SCOPE_TEXT = "outside the scope"


def read_schedule(
    table: Table,
    key: str,
    names: tuple[str, ...],
    read: Callable[[Table, str], T],
    initial: tuple[Dated[T], ...],
    *mark: str,
) -> tuple[Dated[T], ...]:
    """The schedule at `key` in order of date; `initial` where it is absent and before its start.

    `names` are the keys an entry may give its value by, the usual one first; `read` takes the
    value from a table. Each entry is marked `(*mark, key, its first day)`.
    """
    value = table.get(key)
    places = table.findings.places
    if value is None:
        return initial
    if not isinstance(value, list):
        places.mark((*mark, key, date.min), (*table.path, key))
        return (Dated(date.min, read(table, key)),)
    entries: dict[date, Dated[T]] = {}
    for entry in table.tables(key):
        since = entry.required_day("from", "say from which day: from = 2014-04-01")
        places.mark((*mark, key, since), entry.path)
        if since in entries and "from" in entry.raw:
            hint = "leave one of the two entries out"
            entry.add("duplicate-date", f"{key} changes twice on that day", hint, "from", since)
        entries[since] = Dated(since, _entry_value(entry, names, read))
        entry.close()
    in_order = tuple(entries[since] for since in sorted(entries))
    return in_order if date.min in entries else initial + in_order


def _entry_value(entry: Table, names: tuple[str, ...], read: Callable[[Table, str], T]) -> T:
    """The value of one entry, by the first of `names` that it uses."""
    given = [name for name in names if name in entry.raw]
    if not given:
        entry.missing(names[0], f"say what holds from that day: {names[0]} = …")
    return read(entry, given[0] if given else names[0])


def vat_rate(table: Table, key: str) -> int | None:
    """A VAT rate in parts per million; None for outside the scope, which is not 0."""
    value = table.get(key)
    if isinstance(value, str) and value.strip().casefold() == OUTSIDE_THE_SCOPE_TEXT:
        return None
    return table.rate_ppm(key)
