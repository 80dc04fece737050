"""`levytool export`: what the finance system gets, and what is published."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import refusal_told
from levytool.cli.context import office, period_of
from levytool.cli.options import DryRun, Format, Output, PeriodText, RequiredPeriodText, Yes
from levytool.problems import UsageError

app = typer.Typer(help="Files for the finance system, and open data.", no_args_is_help=True)

Into = Annotated[Path, typer.Option("--into", metavar="DIR", help="the folder to write into")]
Again = Annotated[
    str | None,
    typer.Option("--again", metavar="NUMBER", help="write this export once more: X-000001"),
]


def _export(
    ctx: typer.Context,
    kind: str,
    period: str | None,
    into: Path,
    again: str | None,
    dry_run: bool,
    output_format: Format,
    to: Output,
) -> None:
    from levytool.cli.export_files import place_for, show_export
    from levytool.desk.month_end.export_entries import export_again, export_entries

    if (period is None) == (again is None):
        raise UsageError("say --period for what is new, or --again for an export made before")
    free = partial(place_for, into)
    with office(ctx, dry_run=dry_run) as desk, refusal_told(output_format, to):
        if again is not None:
            exported = export_again(desk, kind, again, free)
        else:
            exported = export_entries(desk, kind, period_of(desk, period or ""), free)
    show_export(exported, into, output_format, to, dry_run=dry_run)


def _command(kind: str) -> Callable[..., None]:
    """The command that exports to one finance system: they differ in nothing but the files."""

    def export(
        ctx: typer.Context,
        into: Into,
        period: PeriodText = None,
        again: Again = None,
        dry_run: DryRun = False,
        _yes: Yes = False,
        output_format: Format = None,
        to: Output = None,
    ) -> None:
        _export(ctx, kind, period, into, again, dry_run, output_format, to)

    return export


SYSTEMS = {
    "xero-journal": (
        "xero-2025-09",
        "Every entry that Xero has not been given, as manual journals in CSV, 300 lines a file.",
    ),
    "xero-invoices": (
        "invoices-2025-09",
        "Levy invoices and credit notes as Xero's sales invoices; xero-journal then has the rest.",
    ),
    "sage": (
        "sage-2025-09",
        "Every entry as Sage 50's audit-trail transactions: SI, SC, SA, SP, JD and JC.",
    ),
    "gl07": (
        "gl07-2025-09",
        "Every entry as records of fixed width for Unit4's GL07, or in the book's gl07_columns.",
    ),
    "hledger": ("hledger-2025-09", "Every entry as a journal that hledger reads."),
    "beancount": ("bean-2025-09", "Every entry as a ledger that beancount reads."),
}
"""Each system that books are exported to: a folder for the example, and what is written."""

for _kind, (_folder, _says) in SYSTEMS.items():
    _example = f"Example: levytool export {_kind} --period 2025-09 --into {_folder}"
    app.command(_kind, help=_says, epilog=_example)(_command(_kind))


@app.command("open-data", epilog="Example: levytool export open-data --period FY2025 --into open")
def open_data(
    ctx: typer.Context,
    period: RequiredPeriodText,
    into: Into,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Accepted spend by contractor and month: an OCDS 1.1 release package, and CSV."""
    from levytool.cli.export_files import place_for, show_export
    from levytool.desk.month_end.export_open_data import export_open_data

    with office(ctx, dry_run=dry_run) as desk:
        exported = export_open_data(desk, period_of(desk, period), partial(place_for, into))
    show_export(exported, into, output_format, to, dry_run=dry_run)


@app.command("list", epilog="Example: levytool export list -O csv")
def list_made(ctx: typer.Context, output_format: Format = None, to: Output = None) -> None:
    """List the exports that were made, with the SHA-256 of each one's manifest."""
    from levytool.desk.month_end.export_entries import list_exports

    with office(ctx) as desk:
        rows = list_exports(desk)
    columns = None if output.is_json(output_format) or not rows else tuple(rows[0])[:-1]
    output.show_rows(
        rows, output_format, to, columns=columns, title="Exports", empty="none made yet"
    )
