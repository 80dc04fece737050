"""`levytool ledger`: balances and the journal behind every figure."""

from pathlib import Path
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import refusal_told
from levytool.cli.context import asked_of, office, optional_period
from levytool.cli.options import (
    AsAt,
    DryRun,
    Format,
    KnownOn,
    Output,
    OutputFormat,
    PeriodText,
    Yes,
    is_for_people,
)
from levytool.text import counted

OpeningPath = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="the balances, in TOML")
]
_OPENED = {
    "opened": "these books begin after {}",
    "dry-run": "these books would begin after {}",
    "seen-before": "it opened these books before, after {}; nothing was done now",
}

app = typer.Typer(help="Balances and the journal behind every figure.", no_args_is_help=True)


@app.command(epilog="Example: levytool ledger balances --as-at 2025-09-30 --known-on 2025-10-05")
def balances(
    ctx: typer.Context,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List every account's balance by the dimension it is kept by.

    What people read ends with the total and leaves out what is nil; JSON and CSV have every account
    that was ever posted to, and no total.
    """
    from levytool.desk.audit.read_ledger import list_balances, trial_balance

    asked, left_out = asked_of(as_at, known_on), 0
    with office(ctx) as desk:
        if is_for_people(output_format):
            rows, left_out = trial_balance(desk, asked)
        else:
            rows = list_balances(desk, asked)
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("account", "dimension", "debit", "credit", "balance"),
        title="Balances",
        empty="nothing posted yet",
    )
    if left_out:
        output.say(f"{counted(left_out, 'balance')} of nil left out; see: -O csv")


@app.command("open", epilog="Example: levytool ledger open opening.toml --dry-run")
def open_file(
    ctx: typer.Context,
    file: OpeningPath,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Start in the middle: bring last closing's balances, as docs/starting-in-the-middle.md says.

    It takes a ledger without postings. The month of the balances and all before it are closed.
    """
    from levytool.desk.month_end.open_books import open_books

    with office(ctx, dry_run=dry_run) as desk, refusal_told(output_format, to):
        opened = open_books(desk, file)
    output.show_rows(opened.rows, output_format, to, title="Balances", empty="nothing is brought")
    output.say(f"{file.name}: {_OPENED[opened.status].format(opened.until)}")


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
            rows,
            output_format,
            to,
            columns=columns,
            essential=("entry", "effective", "account", "dimension", "debit", "credit"),
            title="Journal",
            empty="nothing posted yet",
        )
