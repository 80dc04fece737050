"""`levytool ledger`: balances and the journal behind every figure."""

import typer

from levytool.cli import output
from levytool.cli.context import asked_of, office, optional_period
from levytool.cli.options import AsAt, Format, KnownOn, Output, OutputFormat, PeriodText

app = typer.Typer(help="Balances and the journal behind every figure.", no_args_is_help=True)


@app.command(epilog="Example: levytool ledger balances --as-at 2025-09-30 --known-on 2025-10-05")
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
        rows = list_balances(desk, asked_of(as_at, known_on))
        output.show_rows(rows, output_format, to, title="Balances", empty="nothing posted yet")


@app.command(epilog="Example: levytool ledger journal --period 2025-09 -O csv -o journal.csv")
def journal(
    ctx: typer.Context,
    period: PeriodText = None,
    as_at: AsAt = None,
    known_on: KnownOn = None,
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
        rows = list_journal(desk, optional_period(desk, period), asked_of(as_at, known_on))
        output.show_rows(
            rows, output_format, to, columns=columns, title="Journal", empty="nothing posted yet"
        )
