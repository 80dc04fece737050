"""On which days two versions of the book hold different settings that documents depend on.

The share retained, the basis on which pots are funded, VAT and the cost of a place are read by
reporting period: a change on days whose returns are accepted would restate documents that are paid
in part. It is refused like altered levy (contract, *The book*).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from levytool.book.records import Book
from levytool.periods import Dated, in_force

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting has another value on these days, both included. `framework` '': every one.

    `last_day` None: without end. `dated`: the setting may change from a day on.
    """

    setting: str
    framework: str
    first_day: date
    last_day: date | None
    dated: bool = True


def altered_settings(old: Book, new: Book) -> tuple[SettingChange, ...]:
    """Where the new book's settings differ from the old one's, by setting and date.

    A framework that only one of the two books has is left out.
    """
    was, becomes = old.consortium, new.consortium
    changes = [
        *_changes("pots_funded_on", "", was.pots_funded_on, becomes.pots_funded_on),
        *_changes("vat", "", was.vat, becomes.vat),
    ]
    for code, before in old.frameworks.items():
        after = new.frameworks.get(code)
        if after is None:
            continue
        changes += _changes("retained", code, before.retained, after.retained)
        owed, owes = before.opportunities, after.opportunities
        if owed is None or owes is None:
            if owed != owes:
                changes.append(SettingChange("opportunities", code, date.min, None, dated=False))
            continue
        costs = _from_nothing(owed.unit_cost), _from_nothing(owes.unit_cost)
        changes += _changes("unit_cost", code, *costs)
        # What is due is counted over the framework's life: neither can change from a day on.
        for setting in ("scope", "per_million"):
            if getattr(owed, setting) != getattr(owes, setting):
                changes.append(SettingChange(setting, code, date.min, None, dated=False))
    return tuple(changes)


def _from_nothing(schedule: tuple[Dated[int], ...]) -> tuple[Dated[int], ...]:
    """Before its first entry a place costs nothing."""
    return (Dated(date.min, 0), *schedule)


def _changes(
    setting: str, framework: str, old: Sequence[Dated[T]], new: Sequence[Dated[T]]
) -> Iterator[SettingChange]:
    """The runs of days on which the value in force differs."""
    begins = sorted({entry.since for entry in (*old, *new)})
    for position, first in enumerate(begins):
        if in_force(old, first) == in_force(new, first):
            continue
        following = begins[position + 1] if position + 1 < len(begins) else None
        last = following - timedelta(days=1) if following else None
        yield SettingChange(setting, framework, first, last)
