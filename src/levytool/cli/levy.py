"""`levytool levy`: the documents that charge the levy."""

import typer

from levytool.cli import output
from levytool.cli.context import office, optional_period
from levytool.cli.options import Format, Output, PeriodText

app = typer.Typer(help="Levy invoices and credit notes.", no_args_is_help=True)


@app.callback()
def _levy() -> None:
    """Levy invoices and credit notes."""


@app.command(epilog="Example: levytool levy documents --period 2025-09 -O csv")
def documents(
    ctx: typer.Context,
    period: PeriodText = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List levy invoices and credit notes with what is received and outstanding."""
    from levytool.desk.list_documents import list_documents

    with office(ctx) as desk:
        rows = list_documents(desk, optional_period(desk, period))
        output.show_rows(rows, output_format, to, title="Documents", empty="no documents yet")
