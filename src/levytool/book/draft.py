"""A first book from data files: the parties, frameworks and lots they name, with codes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Survey:
    """What a data file names, each once, as written there and in the file's order.

    `lots` maps a framework's name ('' where the file names no framework) to its lots; `sectors`
    maps a member's name to its sector. The dates are of the earliest and the latest line.
    """

    members: tuple[str, ...] = ()
    contractors: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    lots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first_date: date | None = None
    last_date: date | None = None
    sectors: Mapping[str, str] = field(default_factory=dict)
