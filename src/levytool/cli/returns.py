"""`levytool return`: contractors' returns, from staged to accepted."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from levytool.cli import output
from levytool.cli.acted import refusal_told
from levytool.cli.context import (
    asked_of,
    office,
    optional_period,
    period_of,
    reporting_period_of,
)
from levytool.cli.form_of_file import csv_to_write
from levytool.cli.options import (
    DryRun,
    Format,
    KnownOn,
    Output,
    OutputFormat,
    PeriodText,
    RequiredPeriodText,
    Yes,
    files_to_read,
    is_for_people,
)
from levytool.problems import UsageError

if TYPE_CHECKING:
    from levytool.desk.office import Office

app = typer.Typer(
    help="Contractors' returns: who owes one, and what became of it.", no_args_is_help=True
)


def _show(
    desk: "Office",
    rows: Sequence[dict[str, Any]],
    output_format: OutputFormat | None,
    to: Path | None,
    title: str,
    empty: str = "",
) -> None:
    """Print returns; a person reads the quarter of a quarterly one, a script its last month."""
    from levytool.desk.quarters import with_quarters

    shown = with_quarters(desk, rows) if is_for_people(output_format) else rows
    output.show_rows(shown, output_format, to, title=title, empty=empty)


@app.command("list", epilog="Example: levytool return list --period 2025-09 --known-on 2025-10-31")
def list_(
    ctx: typer.Context,
    period: PeriodText = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List returns with their state, spend, levy and documents, and those that are owed.

    Without --period: every return, and what is expected for every period that has ended. The levy
    of a staged return whose framework has bands is charged on acceptance.
    """
    from levytool.cli.import_remarks import by_bands
    from levytool.desk.quarters import with_quarters
    from levytool.desk.returns.list_returns import list_returns, with_days_overdue

    asked = asked_of(None, known_on)
    with office(ctx) as desk:
        rows = list_returns(desk, optional_period(desk, period), asked)
        if is_for_people(output_format):
            rows = with_days_overdue(rows, asked.day(desk.acting.today))
            rows = list(with_quarters(desk, rows, asked))
        output.show_rows(
            rows,
            output_format,
            to,
            essential=("return", "contractor", "framework", "period", "state", "due", "levy"),
            title="Returns",
            empty="no returns yet",
        )
        if is_for_people(output_format) and known_on is None:
            for line in by_bands(desk, rows):
                output.warn(line)


@app.command(epilog="Example: levytool return due --period 2025-09 -O csv -o chase.csv")
def due(
    ctx: typer.Context,
    period: PeriodText = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List who owes a return, with the contact to chase: a row for each, for a mail merge.

    A second missing return within three months, or in a row, is marked. Without --period: all that
    is owed for periods that have ended.
    """
    from levytool.desk.quarters import with_quarters
    from levytool.desk.returns.list_returns import CHASED, chase_list

    with office(ctx) as desk:
        rows = chase_list(desk, optional_period(desk, period))
        if is_for_people(output_format):
            rows = list(with_quarters(desk, rows))
    output.show_rows(
        rows,
        output_format,
        to,
        columns=CHASED,
        essential=("contractor", "framework", "period", "due", "state", "days_overdue"),
        title="Owed returns",
        empty="nobody owes a return",
    )


@app.command(epilog="Example: levytool return accept --period 2025-09 (or: return accept R-000001)")
def accept(
    ctx: typer.Context,
    numbers: Annotated[list[str] | None, typer.Argument(metavar="R…")] = None,
    period: PeriodText = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Accept staged returns: charge the levy, raise its documents and post them.

    A credit note over the book's four_eyes_over takes another user than who staged the return.
    """
    from levytool.cli.import_remarks import warned_before
    from levytool.desk.returns.settle_returns import accept_named

    if bool(numbers) == bool(period):
        raise UsageError("name returns (R-000001 …) or a --period, one of the two")
    with office(ctx, dry_run=dry_run) as desk:
        with output.progress("accepting") as report:
            accepted = accept_named(desk, numbers or [], optional_period(desk, period), report)
        _show(desk, accepted.rows, output_format, to, "Accepted", "nothing was staged there")
    for said in warned_before(accepted.warned):
        output.warn(said)
    if accepted.before:
        output.say(f"{', '.join(accepted.before)}: accepted before; nothing was done now")


@app.command(epilog='Example: levytool return reject R-000007 --reason "the wrong month"')
def reject(
    ctx: typer.Context,
    numbers: Annotated[list[str], typer.Argument(metavar="R…")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="why; explain tells it")] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Drop staged returns, or take excuses back; their files can be imported again."""
    from levytool.desk.returns.settle_returns import reject_return

    with office(ctx, dry_run=dry_run) as desk:
        rejected = reject_return(desk, *numbers, reason=reason)
        _show(desk, rejected.rows, output_format, to, "Rejected")
    if rejected.before:
        output.say(f"{', '.join(rejected.before)}: rejected before; nothing was done now")


@app.command(
    epilog="Example: levytool return nil --contractor BEECH --framework ROOFS --period 2025-09"
)
def nil(
    ctx: typer.Context,
    contractor: Annotated[str, typer.Option(help="who declares no business")],
    framework: Annotated[str, typer.Option(help="on which framework")],
    period: Annotated[
        str, typer.Option(metavar="MONTH|QUARTER", help="for which: 2025-09, 2025-Q3")
    ],
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record that a contractor declared no business for a month, or for a quarter."""
    from levytool.desk.returns.settle_returns import declare_nil

    with office(ctx, dry_run=dry_run) as desk:
        declared = declare_nil(desk, contractor, framework, reporting_period_of(period))
        _show(desk, declared.rows, output_format, to, "Nil return")
    if declared.before:
        output.say(f"{', '.join(declared.before)}: declared before; nothing was done now")


@app.command(
    epilog="Example: levytool return excuse --contractor BEECH --framework ROOFS --period 2025-09 "
    '--reason "works stopped for the winter"'
)
def excuse(
    ctx: typer.Context,
    contractor: Annotated[str, typer.Option(help="who need not send a return")],
    framework: Annotated[str, typer.Option(help="on which framework")],
    period: Annotated[
        str, typer.Option(metavar="MONTH|QUARTER", help="for which: 2025-09, 2025-Q3")
    ],
    reason: Annotated[str, typer.Option(help="why")],
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Excuse a contractor from a return, so that nobody is chased; `return reject` takes it back.

    A file or nil return that comes all the same is taken as ever.
    """
    from levytool.desk.returns.excuse_return import excuse_return

    with office(ctx, dry_run=dry_run) as desk:
        excused = excuse_return(desk, contractor, framework, reporting_period_of(period), reason)
        _show(desk, [excused.row], output_format, to, "Excused")
    if excused.before:
        output.say(f"excused before ({excused.before}); nothing was done now")


@app.command("charge-default", epilog="Example: levytool return charge-default --period 2025-09")
def charge_default(
    ctx: typer.Context,
    period: RequiredPeriodText,
    contractor: Annotated[str | None, typer.Option(help="this contractor alone")] = None,
    framework: Annotated[str | None, typer.Option(help="this framework alone")] = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Charge for overdue returns, on frameworks of the book that set default_charge.

    The higher of the average monthly charge over the six months before and £500, with VAT. A credit
    note reverses it once the return is accepted, declared nil or excused.
    """
    from levytool.desk.returns.charge_defaults import charge_defaults

    with office(ctx, dry_run=dry_run) as desk:
        charged = charge_defaults(desk, period_of(desk, period), contractor, framework)
    output.show_rows(
        charged.rows, output_format, to, title="Default charges", empty="nothing is to be charged"
    )
    if charged.rows and not charged.new:
        output.say("charged before; nothing was done now")


@app.command(
    epilog="Example: levytool return correct R-000003 ashgill-2025-04-again.csv --layout ashgill "
    '--reason "two invoices left out" --dry-run'
)
def correct(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="R")],
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            callback=files_to_read,
            help="the whole return anew",
        ),
    ] = None,
    nil: Annotated[bool, typer.Option("--nil", help="there was no business after all")] = False,
    reason: Annotated[str, typer.Option(help="why; it stands on the credit note")] = "",
    layout: Annotated[str | None, typer.Option(help="a layout of the book")] = None,
    member: Annotated[str | None, typer.Option(help="the member of every line")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Replace a return that is in force: show each line that differs, credit it in full, bill anew.

    Contractor, framework and period stay; a row that names another contractor or framework is
    refused. What was paid is set against the new documents, and what is left stays with the payer.
    A credit note over the book's four_eyes_over takes two users.
    """
    from levytool.cli.correcting import correct_and_show
    from levytool.desk.returns.correct_return import CorrectionOptions

    if nil == (file is not None):
        raise UsageError("name the FILE that the return is replaced by, or --nil, one of the two")
    options = CorrectionOptions(layout=layout, member=member, reason=reason)
    with office(ctx, dry_run=dry_run) as desk, refusal_told(output_format, to):
        correct_and_show(desk, number, file, options, output_format, to, yes=yes)


@app.command(
    epilog="Example: levytool return amend R-000003 --row 7 --net=1250.00 --into corrected.csv"
)
def amend(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="R")],
    into: Annotated[
        Path, typer.Option(metavar="FILE.csv", help="the file to write", callback=csv_to_write)
    ],
    row: Annotated[
        int | None, typer.Option(help="the row of its file, as spend list shows it")
    ] = None,
    line: Annotated[
        int | None, typer.Option(help="or its line in the return, where two files have the row")
    ] = None,
    net: Annotated[str | None, typer.Option(metavar="POUNDS", help="--net=-12.50")] = None,
    date: Annotated[str | None, typer.Option(metavar="DAY", help="the invoice's date")] = None,
    invoice: Annotated[str | None, typer.Option(help="its number")] = None,
    credits_: Annotated[
        str | None, typer.Option("--credits", help="the invoice that it credits")
    ] = None,
    member: Annotated[str | None, typer.Option(help="whose spend it is")] = None,
    lot: Annotated[str | None, typer.Option(help="the lot")] = None,
    call_off: Annotated[str | None, typer.Option(help="the call-off")] = None,
    description: Annotated[str | None, typer.Option(help="the description")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="leave the line out")] = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Write the corrected file of a return, one line changed, for return correct to read."""
    from levytool.desk.returns.amend_return import HEADERS, amend_return

    given = (date, invoice, credits_, member, lot, call_off, description, net)
    changes = {key: value for key, value in zip(HEADERS, given, strict=True) if value is not None}
    if drop == bool(changes):
        raise UsageError(
            "say what to change (--net, --date, --member …), or --drop, one of the two"
        )
    with office(ctx) as desk:
        rows = amend_return(desk, number, row, changes, into, line)
    output.show_rows(rows, output_format, to, title="Amended")
    output.say(f"next: levytool return correct {number} {into} --dry-run")
