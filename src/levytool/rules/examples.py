"""The levy on one line alone: what `book check` runs a framework's examples through."""

from collections.abc import Mapping

from levytool.book.records import NET, Example, Framework, fold
from levytool.money import half_up, parse_pounds
from levytool.rules.bands import banded_levy
from levytool.rules.levy import (
    MICROPENCE_PER_FOURTH_PLACE,
    Charge,
    LevyFinder,
    line_levy,
    line_sum,
)

SECTOR = "sector"


def example_levy(
    framework: Framework, example: Example, sectors: Mapping[str, str]
) -> int | str | None:
    """The levy on an example in micropence, to the four places that a line's levy is shown to.

    The example is a line alone: a band's accumulator begins with it, and a document's minimum and
    maximum do not come into it. Its `member` cell stands for that member's sector, by `sectors`
    (code → sector). None where no rule covers it; where an amount is missing, which column's.
    """
    values = {fold(name): text for name, text in example.cells.items()}
    values.setdefault(SECTOR, sectors.get(values.get("member", ""), ""))
    charge = LevyFinder(framework).charge(example.on, values)
    if charge is None:
        return None
    base_pence = 0
    for column in charge.base:
        try:
            base_pence += example.net_pence if column == NET else parse_pounds(values[column])
        except (KeyError, ValueError):
            return column
    return _to_four_places(_exact(charge, base_pence), charge)


def _exact(charge: Charge, base_pence: int) -> int:
    if charge.rate_ppm is not None:
        return line_levy(base_pence, charge.rate_ppm)
    return banded_levy(charge.block.bands, charge.block.mode or "marginal", base_pence)


def _to_four_places(exact_micropence: int, charge: Charge) -> int:
    """Half-up, or cut toward zero where the rule truncates."""
    if charge.block.rounding == "truncate":
        return line_sum((exact_micropence,), "truncate")
    return half_up(exact_micropence, MICROPENCE_PER_FOURTH_PLACE) * MICROPENCE_PER_FOURTH_PLACE
