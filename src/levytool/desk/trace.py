"""An explanation as a value: what a figure is, the facts about it, and what stands behind it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of an explanation. `reference` is what `explain` takes for this step, if it does.

    `facts` are (name, text) pairs in the order they are read; amounts among them are as a person
    reads them.
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
        (name.replace("_", " "), str(value))
        for name, value in facts.items()
        if value not in (None, "")
    )
