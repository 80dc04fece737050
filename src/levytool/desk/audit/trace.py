"""An explanation as a value: what a figure is, the facts about it, and what stands behind it."""

from dataclasses import dataclass
from typing import Any

from levytool.money import format_pence


class Pounds(str):
    """An amount among facts: a decimal string for scripts, which a person sees with its £."""

    __slots__ = ()

    def shown(self) -> str:
        """As a person reads it: `£1,234.50`."""
        sign = "-" if self.startswith("-") else ""
        whole, _point, decimals = self.removeprefix("-").partition(".")
        return f"{sign}£{int(whole):,}.{decimals}"


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of an explanation. `reference` is what `explain` takes for this step, if it does.

    `facts` are (name, text) pairs in the order they are read; amounts among them are `Pounds`.
    """

    what: str
    reference: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    behind: tuple["Trace", ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The explanation as scripts read it."""
        return {
            "what": self.what,
            "reference": self.reference,
            "facts": dict(self.facts),
            "behind": [trace.as_json() for trace in self.behind],
        }


def told(**facts: object) -> tuple[tuple[str, str], ...]:
    """Facts from keywords, without those that say nothing."""
    return tuple(
        (name, value if isinstance(value, str) else str(value))
        for name, value in facts.items()
        if value not in (None, "")
    )


def pounds(pence: int) -> Pounds:
    """Pence as a fact."""
    return Pounds(format_pence(pence))
