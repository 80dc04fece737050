"""An explanation as a value: a tree of what a figure is made of and of what became of it."""

from dataclasses import dataclass
from typing import Any

from levytool.money import MICROPENCE_PER_PENNY, format_pence


class Pounds(str):
    """An amount among facts: a decimal string for scripts, which a person sees with its £."""

    __slots__ = ()

    def shown(self) -> str:
        """As a person reads it: `£1,234.50`."""
        sign = "-" if self.startswith("-") else ""
        whole, _point, decimals = self.removeprefix("-").partition(".")
        return f"{sign}£{int(whole):,}.{decimals}"


Facts = tuple[tuple[str, str], ...]
"""(name, text) pairs in the order they are read; amounts among them are `Pounds`."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of an explanation.

    `ref` is what `explain` takes for it; '' for a heading over several things, or for a rest.
    `pence` is what this step is of the figure it stands under, where it is an amount of it.
    `because` made it, `became` is what came of it. `more` things of a heading are not shown, of
    `more_pence` in all; `see` names the command that shows them. `again`: told elsewhere in the
    same explanation. A step without title is too far from what was asked to be opened.
    """

    kind: str
    ref: str = ""
    title: str = ""
    facts: Facts = ()
    pence: int | None = None
    because: tuple["Trace", ...] = ()
    became: tuple["Trace", ...] = ()
    more: int = 0
    more_pence: int | None = None
    see: str = ""
    again: bool = False

    def as_json(self) -> dict[str, Any]:
        """The explanation as scripts read it."""
        said: dict[str, Any] = {
            "ref": self.ref or None,
            "kind": self.kind,
            "title": self.title,
            "amount": None if self.pence is None else format_pence(self.pence),
            "facts": dict(self.facts),
            "because": [step.as_json() for step in self.because],
            "became": [step.as_json() for step in self.became],
        }
        if self.more:
            left = None if self.more_pence is None else format_pence(self.more_pence)
            said["more"] = {"count": self.more, "amount": left, "see": self.see}
        return said


def told(**facts: object) -> Facts:
    """Facts from keywords, without those that say nothing."""
    return tuple(
        (name.replace("_", " "), value if isinstance(value, str) else str(value))
        for name, value in facts.items()
        if value not in (None, "")
    )


def pounds(pence: int) -> Pounds:
    """Pence as a fact."""
    return Pounds(format_pence(pence))


def exact_pounds(micropence: int) -> Pounds:
    """Micropence as pounds, exactly: as many decimals as it takes, two at least."""
    sign = "-" if micropence < 0 else ""
    whole, rest = divmod(abs(micropence), 100 * MICROPENCE_PER_PENNY)
    decimals = f"{rest:08d}".rstrip("0").ljust(2, "0")
    return Pounds(f"{sign}{whole}.{decimals}")
