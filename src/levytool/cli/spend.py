"""`levytool spend`: what contractors declare."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.context import office, optional_period, reporting_period_of
from levytool.cli.form_of_file import csv_to_write
from levytool.cli.options import (
    DryRun,
    Format,
    Output,
    PeriodText,
    Yes,
    files_to_read,
    is_for_people,
)

app = typer.Typer(help="Import contractors' spend and list its lines.", no_args_is_help=True)


class Repeated(StrEnum):
    """What becomes of equal lines within one file."""

    KEEP = "keep"
    REJECT = "reject"


class FileRole(StrEnum):
    """Whose account of the spend a file is."""

    DECLARATION = "declaration"
    MEMBER_LEDGER = "member-ledger"


@app.command(
    "import",
    epilog="Example: levytool spend import brooks-2025-09.csv --layout brooks-monthly --accept",
)
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", exists=True, dir_okay=False, callback=files_to_read),
    ],
    layout: Annotated[str | None, typer.Option(help="a layout of the book")] = None,
    framework: Annotated[str | None, typer.Option(help="the framework of every line")] = None,
    contractor: Annotated[str | None, typer.Option(help="the contractor of every line")] = None,
    member: Annotated[str | None, typer.Option(help="the member of every line")] = None,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="MONTH|QUARTER", help="every line's reporting period: 2025-09, 2025-Q3"
        ),
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="accept what was staged")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="store the good rows of a file with bad ones")
    ] = False,
    add_parties: Annotated[
        bool, typer.Option("--add-parties", help="add unknown members and contractors to the book")
    ] = False,
    errors: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="write the refused rows here, to mend", callback=csv_to_write
        ),
    ] = None,
    supplement: Annotated[
        bool, typer.Option("--supplement", help="late lines, beside an accepted return")
    ] = False,
    repeated: Annotated[Repeated, typer.Option(help="equal lines within one file")] = Repeated.KEEP,
    role: Annotated[
        FileRole, typer.Option("--as", help="contractors' declarations, or members' own ledgers")
    ] = FileRole.DECLARATION,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Read files of spend (CSV, TSV, XLSX, XLS), check every row, and stage or accept returns.

    By bands the levy is charged on acceptance: of a staged return each line's alone is shown.
    """
    from levytool.cli.importing import import_files
    from levytool.desk.spend.import_outcome import ImportOptions

    options = ImportOptions(
        layout=layout,
        framework=framework,
        contractor=contractor,
        member=member,
        period=reporting_period_of(period) if period else None,
        accept=accept,
        partial=partial,
        add_parties=add_parties,
        supplement=supplement,
        reject_repeated=repeated is Repeated.REJECT,
        errors=errors,
        role=role.value,
    )
    with office(ctx, dry_run=dry_run) as desk:
        import_files(desk, files, options, output_format, to)


@app.command("list", epilog="Example: levytool spend list --member ALDER --period 2025-09")
def list_(
    ctx: typer.Context,
    return_number: Annotated[
        str | None, typer.Option("--return", metavar="R", help="one return's lines: R-000001")
    ] = None,
    member: Annotated[str | None, typer.Option(help="one member's lines")] = None,
    period: PeriodText = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List declaration lines with their rate, exact levy and share of the document."""
    from levytool.desk.quarters import with_quarters
    from levytool.desk.spend.list_spend import list_spend

    with office(ctx) as desk:
        rows = list_spend(
            desk,
            return_number=return_number,
            member=member,
            period=optional_period(desk, period),
        )
        if is_for_people(output_format):
            rows = with_quarters(desk, rows)
        output.show_rows(
            rows,
            output_format,
            to,
            essential=("return", "date", "member", "contractor", "invoice", "net", "levy"),
            title="Spend",
            empty="no lines yet",
        )


@app.command(epilog="Example: levytool spend ledgers -O csv")
def ledgers(ctx: typer.Context, output_format: Format = None, to: Output = None) -> None:
    """List the files of members' own purchase ledgers, withdrawn ones too."""
    from levytool.desk.spend.member_ledgers import list_ledgers

    with office(ctx) as desk:
        rows = list_ledgers(desk)
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("ledger", "file", "state", "lines", "net"),
        title="Members' ledgers",
        empty="no ledgers yet",
    )


@app.command(epilog='Example: levytool spend withdraw M-000004 --reason "wrong month"')
def withdraw(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="M", help="a member's ledger: M-000004")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="why it is taken back")] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Take a wrong file of a member's ledger back: its lines count no longer, and the file may be
    imported again."""
    from levytool.desk.spend.ledger_of_closed import taken_back
    from levytool.desk.spend.member_ledgers import withdraw_ledger

    with office(ctx, dry_run=dry_run) as desk:
        (row,) = withdraw_ledger(desk, number, reason)
    columns = [name for name in row if not name.startswith("closed")]
    output.show_rows([row], output_format, to, columns=columns, title="Members' ledgers")
    if words := taken_back(row["closed_lines"], row["closed"]):
        output.warn(words)
