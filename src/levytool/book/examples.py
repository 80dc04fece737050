"""Checking a framework's examples against the levy rules, which the caller brings along.

The rules stand above the book, so the book cannot call them itself: `desk.book.check_book` hands in
`rules.examples.example_levy`.
"""

from collections.abc import Callable, Mapping

from levytool.book.check_levy import SECTOR, columns_of, kept_columns
from levytool.book.lines import Path
from levytool.book.read_layouts import TARGETS
from levytool.book.records import Book, Example, Framework, fold
from levytool.book.remarks import Remarks
from levytool.book.table import nearest_hint
from levytool.money import format_line_levy

ExampleLevy = Callable[[Framework, Example, Mapping[str, str]], int | str | None]
"""The levy in micropence on an example, given each member's sector; None where no rule covers it,
and the name of the column where an amount is missing."""


def check_examples(
    book: Book, framework: Framework, example_levy: ExampleLevy, remarks: Remarks
) -> None:
    """Each example must give the levy it states, to four places of a pound."""
    sectors = {code: member.sector for code, member in book.members.items()}
    for position, example in enumerate(framework.examples):
        place = ("frameworks", framework.code, "examples", position)
        if not _check_cells(book, framework, example, place, remarks):
            continue
        levy = example_levy(framework, example, sectors)
        if levy is None:
            message = "no levy block or rate covers this example"
            hint = f"give a block in force on {example.on}, or a rate for its values"
            remarks.error("failed-example", message, hint, place)
        elif isinstance(levy, str):
            message = f"the levy is charged on {levy!r}, and the example gives no amount for it"
            hint = f'add its amount in quotes: "{levy}" = "1234.50"'
            remarks.error("failed-example", message, hint, place)
        elif levy != example.levy_micropence:
            stated, given = format_line_levy(example.levy_micropence), format_line_levy(levy)
            message = f"the rules give a levy of {given}, not {stated}"
            hint = "correct the example or the rate"
            remarks.error("failed-example", message, hint, place, "levy", stated)


def _check_cells(
    book: Book, framework: Framework, example: Example, place: Path, remarks: Remarks
) -> bool:
    """Whether the further cells of an example are all columns that somebody reads."""
    own = [name for block in framework.levy for name in (*block.by, *columns_of(block))]
    names = (*TARGETS, SECTOR, *kept_columns(book).values(), *own)
    known = {fold(name): name for name in names}
    unknown = [name for name in example.cells if fold(name) not in known]
    for name in unknown:
        hint = nearest_hint(name, tuple(known.values()), "")
        message = f"{name!r} is no column that a line has"
        remarks.error("unknown-key", message, hint, place, name)
    return not unknown
