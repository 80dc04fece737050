"""Running a framework's examples through the levy rules that will charge its lines."""

from collections.abc import Mapping

from levytool.book.check_levy import SECTOR, columns_of, kept_columns
from levytool.book.read_layouts import TARGETS
from levytool.book.records import Book, Example, Framework
from levytool.book.remarks import Remarks
from levytool.book.table import nearest_hint
from levytool.money import format_line_levy, half_up, parse_pounds
from levytool.rules.bands import banded_levy
from levytool.rules.levy import (
    MICROPENCE_PER_FOURTH_PLACE,
    NET,
    Charge,
    LevyFinder,
    fold,
    line_levy,
    line_sum,
)


def check_examples(book: Book, framework: Framework, remarks: Remarks) -> None:
    """Each example must give the levy it states, to four places of a pound.

    An example is one line alone: a band's accumulator begins with it, and a document's minimum
    and maximum do not come into it.
    """
    finder = LevyFinder(framework)
    for position, example in enumerate(framework.examples):
        place = ("frameworks", framework.code, "examples", position)
        if not _check_cells(book, framework, example, place, remarks):
            continue
        values = {fold(name): text for name, text in example.cells.items()}
        member = book.members.get(values.get("member", ""))
        if member is not None:
            values.setdefault(SECTOR, member.sector)
        charge = finder.charge(example.on, values)
        if charge is None:
            message = "no levy block or rate covers this example"
            hint = f"give a block in force on {example.on}, or a rate for its values"
            remarks.error("failed-example", message, hint, place)
            continue
        levy = _levy(charge, example.net_pence, values)
        if isinstance(levy, str):
            remarks.error("failed-example", levy, 'write it in quotes: "1234.50"', place)
        elif levy != example.levy_micropence:
            stated, given = format_line_levy(example.levy_micropence), format_line_levy(levy)
            message = f"the rules give a levy of {given}, not {stated}"
            hint = "correct the example or the rate"
            remarks.error("failed-example", message, hint, place, "levy", stated)


def _check_cells(
    book: Book,
    framework: Framework,
    example: Example,
    place: tuple[str | int, ...],
    remarks: Remarks,
) -> bool:
    """Whether the further cells of an example are columns that somebody reads."""
    own = [name for block in framework.levy for name in (*block.by, *columns_of(block))]
    names = (*TARGETS, SECTOR, *kept_columns(book).values(), *own)
    known = {fold(name): name for name in names}
    unknown = [name for name in example.cells if fold(name) not in known]
    for name in unknown:
        hint = nearest_hint(name, tuple(known.values()), "")
        message = f"{name!r} is no column that a line has"
        remarks.error("unknown-key", message, hint, place, name)
    return not unknown


def _levy(charge: Charge, net_pence: int, values: Mapping[str, str]) -> int | str:
    """The line's levy in micropence, rounded to four places as shown; or why there is none."""
    base_pence = 0
    for name in charge.base:
        if name == NET:
            base_pence += net_pence
            continue
        try:
            base_pence += parse_pounds(values.get(name, ""))
        except ValueError:
            return f"the levy is charged on {name!r}, and the example gives no amount for it"
    if charge.rate_ppm is not None:
        exact = line_levy(base_pence, charge.rate_ppm)
    else:
        block = charge.block
        exact = banded_levy(block.bands, block.mode or "marginal", base_pence)
    return _to_four_places(exact, charge)


def _to_four_places(exact_micropence: int, charge: Charge) -> int:
    """Half-up, or cut toward zero where the rule truncates."""
    if charge.block.rounding == "truncate":
        return line_sum((exact_micropence,), "truncate")
    return half_up(exact_micropence, MICROPENCE_PER_FOURTH_PLACE) * MICROPENCE_PER_FOURTH_PLACE
