"""`levytool explain`: where a figure comes from."""

from typing import TYPE_CHECKING, Annotated

import typer

from levytool.cli import output
from levytool.cli.context import office
from levytool.cli.options import Format, Output

if TYPE_CHECKING:
    from levytool.desk.audit.trace import Trace


def explain(
    ctx: typer.Context,
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REF",
            help="R-000001/17, R-000001, INV-000001, B-000001, O-000001, E-000001, "
            "MEMBER/2025-09 or a scheme's code",
        ),
    ],
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Trace a figure to what made it: file row, rule, levy, document, receipt, pot, scheme."""
    from levytool.desk.audit.explain import explain as trace_of

    with office(ctx) as desk:
        trace = trace_of(desk, reference)
    if output.is_json(output_format):
        output.show_object(trace.as_json(), output_format, to)
    else:
        output.show_tree(_lines(trace), to)


def _lines(trace: "Trace", depth: int = 0) -> list[tuple[int, str, str, str]]:
    """The tree as (depth, heading, name, text) rows: a heading, then its facts, then what stands
    behind it."""
    from levytool.desk.audit.trace import Pounds

    heading = " ".join(part for part in (trace.what, trace.reference) if part)
    rows = [(depth, heading, "", "")]
    rows += [
        (depth, "", name.replace("_", " "), text.shown() if isinstance(text, Pounds) else text)
        for name, text in trace.facts
    ]
    for behind in trace.behind:
        rows += _lines(behind, depth + 1)
    return rows
