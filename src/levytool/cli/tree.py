"""An explanation as a tree for people: on a terminal in colour and as wide as it is, else plain."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from levytool.desk.tracing.trace import Pounds, pounds

if TYPE_CHECKING:
    from rich.console import RenderableType

    from levytool.desk.tracing.trace import Trace

LONGEST_NAME = 44
"""Columns that the name of a fact may take."""

WITH_FACTS = ("rule", "row", "cell")
"""What is told in full where it stands next to what was asked; all else by its title alone."""


def tree(trace: "Trace") -> Iterator["RenderableType"]:
    """The parts of an explanation from top to bottom."""
    yield Text.assemble((trace.ref, "bold cyan"), "  ", (trace.kind, "bold"))
    yield Text(trace.title)
    if trace.facts:
        yield Padding(_facts(trace), (0, 0, 0, 2), expand=False)
    for heading, steps in (("because", trace.because), ("became", trace.became)):
        if steps:
            yield Text()
            root = Tree(Text(heading, style="bold"), guide_style="dim")
            for step in steps:
                _grow(root, step, 0)
            yield root


def _facts(trace: "Trace") -> Table:
    """Names and texts side by side; a long text stays in its own column."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", max_width=LONGEST_NAME)
    table.add_column(overflow="fold")
    for name, text in trace.facts:
        table.add_row(Text(name), Text(text.shown() if isinstance(text, Pounds) else text))
    return table


def _grow(above: Tree, heading: "Trace", depth: int) -> None:
    """What stands under one heading; a heading over a single thing shares its line."""
    steps = heading.because or heading.became
    only = len(steps) == 1 and not heading.more
    branch = above
    if not only:
        branch = above.add(_heading(heading))
    for step in steps:
        lead = Text.assemble((f"{heading.kind}  ", "dim")) if only else Text()
        grown = branch.add(Text.assemble(lead, _label(step)))
        if depth == 0 and only and step.kind in WITH_FACTS:
            grown.add(_facts(step))
        for inner in step.because or step.became:
            _grow(grown, inner, depth + 1)
    if heading.more:
        branch.add(_more(heading))


def _heading(heading: "Trace") -> Text:
    label = Text(heading.kind, style="dim")
    if heading.pence is not None:
        label.append(f": {pounds(heading.pence).shown()}")
    return label


def _label(step: "Trace") -> Text:
    label = Text()
    if step.pence is not None:
        label.append(pounds(step.pence).shown(), style="bold")
        label.append("  ")
    if step.ref:
        label.append(step.ref, style="cyan")
        label.append("  ")
    label.append(step.title)
    if step.again:
        label.append("(told elsewhere)", style="dim")
    label.rstrip()
    return label


def _more(heading: "Trace") -> Text:
    label = Text(f"and {heading.more:,} more", style="italic")
    if heading.more_pence is not None:
        label.append(f", {pounds(heading.more_pence).shown()} in all")
    if heading.see:
        label.append(f": {heading.see}")
    return label
