"""`levytool ledger`: balances and the journal behind every figure."""

import typer

from levytool.cli import output
from levytool.cli.context import office, optional_day, optional_period
from levytool.cli.options import AsAt, Format, KnownOn, Output, OutputFormat, PeriodText

app = typer.Typer(help="Balances and the journal behind every figure.", no_args_is_help=True)


@app.command(epilog="Example: levytool ledger balances --as-at 2025-09-30")
def balances(
    ctx: typer.Context,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List every account's balance by the dimension it is kept by."""
    from levytool.desk.audit.read_ledger import list_balances

    with office(ctx) as desk:
        rows = list_balances(
            desk,
            as_at=optional_day(as_at, "--as-at"),
            known_on=optional_day(known_on, "--known-on"),
        )
        output.show_rows(rows, output_format, to, title="Balances", empty="nothing posted yet")


@app.command(epilog="Example: levytool ledger journal --period 2025-09 -O csv -o journal.csv")
def journal(
    ctx: typer.Context,
    period: PeriodText = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List postings: two rows a transfer, debit and credit, with the entry's hash."""
    from levytool.desk.audit.read_ledger import list_journal

    columns: tuple[str, ...] | None = (
        *("entry", "effective", "kind", "narrative"),
        *("account", "dimension", "debit", "credit"),
    )
    if output_format is OutputFormat.CSV:
        columns = None  # a file has room for all of them
    with office(ctx) as desk:
        rows = list_journal(desk, optional_period(desk, period))
        output.show_rows(
            rows, output_format, to, columns=columns, title="Journal", empty="nothing posted yet"
        )
