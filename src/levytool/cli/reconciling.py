"""`levytool reconcile spend`: declarations beside the members' own ledgers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from levytool.cli import output
from levytool.cli.context import office, period_of
from levytool.cli.options import Format, Output, OutputFormat, RequiredPeriodText
from levytool.cli.reconcile import app
from levytool.problems import DifferencesFound

if TYPE_CHECKING:
    from levytool.reconcile.spend import SpendReconciliation

COLUMNS = (
    "id",
    "reason",
    "member",
    "contractor",
    "invoice",
    "date",
    "declared",
    "recorded",
    "net_difference",
    "levy_effect",
    "status",
)


@app.command("spend", epilog="Example: levytool reconcile spend --period 2025-09 --member ALDER")
def of_spend(
    ctx: typer.Context,
    period: RequiredPeriodText,
    member: Annotated[str | None, typer.Option(help="one member's part")] = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Lay declarations beside the members' own ledgers: what agrees, what differs, and why."""
    from levytool.desk.reconcile.reconcile_spend import reconcile_spend
    from levytool.reconcile.spend import as_json, difference_rows

    with office(ctx) as desk:
        found = reconcile_spend(desk, period_of(desk, period), member)
    if output.is_json(output_format):
        output.show_object(as_json(found), output_format, to)
    else:
        columns = None if output_format is OutputFormat.CSV else COLUMNS
        rows = difference_rows(found)
        output.show_rows(rows, output_format, to, columns=columns, title="Differences", empty="")
    for words in _summary(found):
        output.say(words)
    if found.waiting:
        raise DifferencesFound(f"{len(found.waiting):,} differences wait for an explanation")


def _summary(found: "SpendReconciliation") -> Iterator[str]:
    """What an officer wants to know first."""
    from levytool.reconcile.spend import as_json

    told: dict[str, Any] = as_json(found)
    yield (
        f"declared {told['declared']['net']} in {told['declared']['count']:,} lines, recorded "
        f"{told['recorded']['net']} in {told['recorded']['count']:,}"
    )
    yield f"matched {told['matched']['count']:,}: {told['matched']['net']} declared"
    for key, words in (("undeclared", "undeclared"), ("over_declared", "over-declared")):
        part = told[key]
        yield f"{words} {part['count']:,}: {part['net']}, levy {part['levy']}"
    if found.suggestions:
        yield f"{len(found.suggestions):,} suggestions: see levytool reconcile review, or -O json"
    if found.differences:
        yield "next: levytool reconcile decide ID --accept, or levytool reconcile review"
