"""An explanation as a tree for people: on a terminal in colour and as wide as it is, else plain."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from levytool.desk.tracing.trace import Pounds, pounds
from levytool.text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from levytool.desk.tracing.trace import Trace

LONGEST_NAME = 44
"""Columns that the name of a fact may take."""

WITH_FACTS = ("rule", "row", "cell")
"""What is told in full where it stands next to what was asked; all else by its title alone."""


def tree(trace: "Trace") -> Iterator["RenderableType"]:
    """The parts of an explanation from top to bottom."""
    yield _words((trace.ref, "bold cyan"), ("  ", ""), (trace.kind, "bold"))
    yield _words((trace.title, ""))
    if trace.facts:
        yield Padding(_facts(trace), (0, 0, 0, 2), expand=False)
    for heading, steps in (("because", trace.because), ("became", trace.became)):
        if steps:
            yield Text()
            root = Tree(Text(heading, style="bold"), guide_style="dim")
            for step in steps:
                _grow(root, step, 0)
            yield root


def _words(*parts: tuple[str, str]) -> Text:
    """Texts and their styles on one line: what comes out of a file is never obeyed."""
    return Text.assemble(*((printable(text), style) for text, style in parts))


def _facts(trace: "Trace") -> Table:
    """Names and texts side by side; a long text stays in its own column."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", max_width=LONGEST_NAME)
    table.add_column(overflow="fold")
    for name, text in trace.facts:
        told = text.shown() if isinstance(text, Pounds) else text
        table.add_row(_words((name, "")), _words((told, "")))
    return table


def _grow(above: Tree, heading: "Trace", depth: int) -> None:
    """What stands under one heading; a heading over a single thing shares its line."""
    steps = heading.because or heading.became
    only = len(steps) == 1 and not heading.more
    branch = above
    if not only:
        branch = above.add(_heading(heading))
    for step in steps:
        lead = _words((f"{heading.kind}  ", "dim")) if only else Text()
        grown = branch.add(Text.assemble(lead, _label(step)))
        if depth == 0 and only and step.kind in WITH_FACTS:
            grown.add(_facts(step))
        for inner in step.because or step.became:
            _grow(grown, inner, depth + 1)
    if heading.more:
        branch.add(_more(heading))


def _heading(heading: "Trace") -> Text:
    sum_told = "" if heading.pence is None else f": {pounds(heading.pence).shown()}"
    return _words((heading.kind, "dim"), (sum_told, "dim"))


def _label(step: "Trace") -> Text:
    amount = "" if step.pence is None else pounds(step.pence).shown()
    label = _words(
        (amount, "bold"),
        ("  " if amount else "", ""),
        (step.ref, "cyan"),
        ("  " if step.ref else "", ""),
        (step.title, ""),
        ("(told elsewhere)" if step.again else "", "dim"),
    )
    label.rstrip()
    return label


def _more(heading: "Trace") -> Text:
    told = f"and {heading.more:,} more"
    if heading.more_pence is not None:
        told += f", {pounds(heading.more_pence).shown()} in all"
    if heading.see:
        told += f": {heading.see}"
    return _words((told, "italic"))
