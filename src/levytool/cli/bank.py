"""`levytool bank`: statements, what their lines are, and what receipts pay for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.context import asked_of, office, optional_period, pence_of
from levytool.cli.form_of_file import csv_to_write
from levytool.cli.options import (
    AsAt,
    DryRun,
    Format,
    KnownOn,
    Output,
    OutputFormat,
    PeriodText,
    Reference,
    Yes,
    files_to_read,
)
from levytool.money import format_pence, parse_pounds
from levytool.problems import UsageError

app = typer.Typer(
    help="Import bank statements, say what each line is, allocate receipts.", no_args_is_help=True
)

COLUMNS_ON_SCREEN = (
    "line", "date", "amount", "description", "state", "as", "party", "documents", "open",
)  # fmt: skip

COLUMNS = (
    "line", "date", "amount", "description", "state", "as", "party", "documents", "unallocated",
)  # fmt: skip

Line = Annotated[str, typer.Argument(metavar="LINE", help="a bank line: B-000001")]
PartAmount = Annotated[
    str | None, typer.Option("--amount", metavar="POUNDS", help="only that much: --amount=125.00")
]


@app.command("import", epilog="Example: levytool bank import 2025-09.csv --account main")
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, callback=files_to_read),
    ],
    account: Annotated[str | None, typer.Option(metavar="A", help="a bank account of the book")] = (
        None
    ),
    match: Annotated[
        bool, typer.Option("--match/--no-match", help="allocate receipts that name documents")
    ] = True,
    columns: Annotated[
        str,
        typer.Option(
            metavar="TARGET=HEADER,…",
            help="which columns of a CSV are which, by header or number: date=Booked,amount=4",
        ),
    ] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Import a statement: camt.052, 053 or 054, MT940, OFX, or a bank's CSV export.

    The content tells the format. Where balances are stated they must prove. Lines that came before
    are left out. Receipts that name documents are allocated to them. See docs/bank.md.
    """
    from levytool.bank.reading import reading_ahead

    with reading_ahead(file) as ahead:
        from levytool.cli.banking import import_file, named_columns

        names = named_columns(columns)
        with office(ctx, dry_run=dry_run) as desk:
            import_file(desk, file, account, match, names, ahead, output_format, to)


@app.command("list", epilog="Example: levytool bank list --open")
def list_(
    ctx: typer.Context,
    account: Annotated[str | None, typer.Option(metavar="A", help="one account's lines")] = None,
    period: PeriodText = None,
    only_open: Annotated[
        bool, typer.Option("--open", help="only lines that are not explained to the penny")
    ] = False,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="only lines that were taken back")
    ] = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List bank lines: what each is, what it paid for, and what nobody has explained."""
    from levytool.desk.bank.list_bank import list_bank

    with office(ctx) as desk:
        months = optional_period(desk, period)
        rows = list_bank(
            desk, account=account, period=months, only_open=only_open, withdrawn=withdrawn
        )
    _show_lines(rows, output_format, to, title="Bank", empty="no such bank lines")


@app.command(epilog="Example: levytool bank identify B-000007 --as receipt --party BEECH")
def identify(
    ctx: typer.Context,
    line: Line,
    kind: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="receipt, payment, match-funding, vat, charge (the bank's, or what the consortium "
            "costs to run: 6100), interest, refund, contra; or unknown",
        ),
    ],
    party: Annotated[
        str,
        typer.Option(metavar="P", help="payer, payee or funder; of a running cost who was paid"),
    ] = "",
    scheme: Annotated[str, typer.Option(metavar="S", help="what match funding is for")] = "",
    against: Annotated[
        str, typer.Option(metavar="LINE", help="of a contra: the line it is set against")
    ] = "",
    amount: PartAmount = None,
    instead: Annotated[
        bool, typer.Option("--instead", help="take back what the line was said to be before")
    ] = False,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Say what a bank line, or a part of it, is: it leaves suspense for where it belongs.

    `contra` sets money in against the same money out: what came from nobody in the book and went
    back, or moved between bank accounts. `unknown` takes back what a line was said to be: it waits
    in suspense again.
    """
    from levytool.desk.bank.identify_line import UNKNOWN, identify_line, said_of, unidentify_line

    said = None
    if kind != UNKNOWN:
        said = said_of(kind, party, scheme, _pence(amount), instead=instead, against=against)
    elif party or scheme or amount or against:
        raise UsageError("--as unknown is of the whole line, and of no party")
    with office(ctx, dry_run=dry_run) as desk:
        told = identify_line(desk, line, said) if said else unidentify_line(desk, line)
    _show(told.rows, told.said, output_format, to)


@app.command(epilog="Example: levytool bank allocate B-000007 INV-000012 INV-000015")
def allocate(
    ctx: typer.Context,
    line: Annotated[
        str,
        typer.Argument(metavar="[LINE]", help="a bank line, or a credit note to set off: B-000001"),
    ] = "",
    documents: Annotated[list[str] | None, typer.Argument(metavar="[DOCUMENT…]")] = None,
    amount: PartAmount = None,
    write_off_difference: Annotated[
        bool,
        typer.Option(
            "--write-off-difference",
            help="give up what little is left open, up to the book's match_tolerance (two people)",
        ),
    ] = False,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Set a receipt against documents of its payer, oldest first, as far as the money goes.

    Credit notes named with invoices come off the payment. Without documents, those that the
    line's text names; without a line, every receipt that names some and was never allocated.
    A credit note in the line's place is set against the invoices, and no cash moves.
    """
    from levytool.desk.bank.allocate_receipt import allocate_and_write_off, allocate_any

    allocating = allocate_and_write_off if write_off_difference else allocate_any
    with office(ctx, dry_run=dry_run) as desk:
        told = allocating(desk, line, documents or [], _pence(amount))
    _show(told.rows, told.said, output_format, to)


@app.command(epilog="Example: levytool bank unallocate B-000007 INV-000015")
def unallocate(
    ctx: typer.Context,
    line: Annotated[
        str,
        typer.Argument(metavar="LINE", help="a bank line, or a credit note that was set off"),
    ],
    documents: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DOCUMENT…]", help="only these; the word refund: only its refunds"),
    ] = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Take back what a receipt was allocated to, all of it or the documents named.

    What was to be refunded of it is owed no longer, unless the bank has paid it.
    """
    from levytool.desk.bank.unallocate_receipt import unallocate_any

    with office(ctx, dry_run=dry_run) as desk:
        told = unallocate_any(desk, line, documents or [])
    _show(told.rows, told.said, output_format, to)


@app.command(epilog="Example: levytool bank refund B-000007 --amount=20.00 --reference refund-1")
def refund(
    ctx: typer.Context,
    line: Line,
    amount: PartAmount = None,
    reference: Reference = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Owe what is left of a receipt back to its payer; a later bank line pays it.

    Above the book's four_eyes_over the first call proposes it and another user's carries it out.
    """
    from levytool.desk.bank.refund_receipt import refund_receipt

    with office(ctx, dry_run=dry_run) as desk:
        told = refund_receipt(desk, line, _pence(amount), reference)
    _show(told.rows, told.said, output_format, to)


@app.command(epilog='Example: levytool bank withdraw --file may.csv --reason "wrong account"')
def withdraw(
    ctx: typer.Context,
    lines: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LINE…]", help="lines of the bank: B-000001 B-000002"),
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="all lines of a statement, by its name or its SHA-256"),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="why they are taken back")] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Take back lines that should not have been imported: of another account, or come twice.

    They are reversed and count no longer. A file of which no line is left may be imported again.
    What a line was found to be is taken back first.
    """
    from levytool.desk.bank.withdraw_lines import withdraw_lines

    with office(ctx, dry_run=dry_run) as desk:
        told = withdraw_lines(desk, lines or [], reason, file=file)
    _show(told.rows, told.said, output_format, to, empty="no line was left to take back")


@app.command(epilog="Example: levytool bank payable --as-at 2025-09-30 --known-on 2025-10-05")
def payable(
    ctx: typer.Context,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List what is owed to each payee and what for, oldest first: the creditors of 2400."""
    from levytool.desk.bank.pay_creditors import list_payable

    with office(ctx) as desk:
        rows = list_payable(desk, asked_of(as_at, known_on))
    output.show_rows(rows, output_format, to, title="Creditors", empty="nobody is owed anything")


@app.command(epilog="Example: levytool bank payments --into run.csv")
def payments(
    ctx: typer.Context,
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", callback=csv_to_write, help="make a run of all that is payable: its CSV"
        ),
    ] = None,
    run: Annotated[
        str | None, typer.Option(metavar="PAY", help="one run; with --into its file once more")
    ] = None,
    withdraw: Annotated[
        str | None,
        typer.Option(metavar="PAY", help="a run, or a payment of one, never sent"),
    ] = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List payment runs; with --into make one of all that is owed and in no run yet.

    Its payments wait for the bank lines that `bank identify LINE --as payment` finds to make them.
    """
    from levytool.cli.banking import pay

    if withdraw and (into or run):
        raise UsageError("--withdraw stands alone: it writes no file")
    with office(ctx, dry_run=dry_run) as desk:
        pay(desk, into, run, withdraw, output_format, to)


def _pence(amount: str | None) -> int | None:
    return None if amount is None else pence_of(amount, "--amount")


def _show(
    rows: Sequence[output.Row],
    said: Sequence[str],
    output_format: OutputFormat | None,
    to: Path | None,
    *,
    empty: str = "nothing was touched",
) -> None:
    if rows and "line" in rows[0]:
        _show_lines(rows, output_format, to)
    else:
        output.show_rows(rows, output_format, to, empty=empty)
    for message in said:
        output.say(message)


def _show_lines(
    rows: Sequence[output.Row],
    output_format: OutputFormat | None,
    to: Path | None,
    *,
    title: str = "",
    empty: str = "",
) -> None:
    """Bank lines; a person reads a refund beside the documents and what is open of a line, nobody's
    yet or not yet allocated, as one figure; a script each apart."""
    columns: Sequence[str] = COLUMNS
    if output_format is OutputFormat.CSV:
        columns = (*COLUMNS, "refunded")
    elif output_format is not OutputFormat.JSON:
        columns = COLUMNS_ON_SCREEN
        rows = list(map(_as_read, rows))
    output.show_rows(
        rows,
        output_format,
        to,
        columns=columns,
        essential=("line", "date", "amount", "description", "state", "open"),
        title=title,
        empty=empty,
    )


def _as_read(row: output.Row) -> output.Row:
    """A bank line as a person reads it."""
    open_pence = parse_pounds(row["unidentified"]) + parse_pounds(row["unallocated"])
    refund = [f"refund {row['refunded']}"] if row["refunded"] != "0.00" else []
    return {
        **row,
        "documents": [*row["documents"], *refund],
        "open": format_pence(open_pence) if open_pence else "",
    }
