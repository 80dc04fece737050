"""`levytool explain`: where a figure comes from, and what became of it."""

from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.context import office
from levytool.cli.options import Format, Output


def explain(
    ctx: typer.Context,
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REF",
            help="R-000001/17, R-000001, M-000001/9, INV-000001, B-000001, O-000001, E-000001, "
            "D-4F0K2M9XW1HT (a difference), PAY-000001, SALIX/2025-09 (a cohort), "
            "WARDENS (a scheme), WARDENS/D-1 (a drawdown), P-0001 (a participant), PR-000001, "
            "2200/SALIX (a balance), 2200 (all of it), X-000001 (an export), "
            "statement:SALIX:2025-09:levy.billed, returns.csv:17 (a row), "
            "returns.csv, provision:REGEN/SALIX, rule:REGEN/2012-04-01, book:1, or the code of a "
            "member, contractor or framework",
        ),
    ],
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Trace a figure both ways: to the row, rule and rate it comes from, to the pot and the
    drawdown it became."""
    from levytool.desk.tracing.explain import explain as trace_of

    with office(ctx) as desk:
        trace = trace_of(desk, reference)
    if output.is_json(output_format):
        output.show_object(trace.as_json(), to)
        return
    from levytool.cli.tree import tree

    output.show_tree(tree(trace), to)
