"""`levytool book`: the book that the ledger is kept by."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import refusal_told
from levytool.cli.context import office, office_if_any
from levytool.cli.form_of_file import meant_by
from levytool.cli.options import DryRun, Format, Output, OutputFormat, Yes, files_to_read
from levytool.text import counted

if TYPE_CHECKING:
    from levytool.book.remarks import BookCheck
    from levytool.desk.book.apply_book import Planned

app = typer.Typer(
    help="Check, plan and apply the book: members, contractors, frameworks, layouts.",
    no_args_is_help=True,
)

BookFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="the book, in TOML")
]


@app.command(epilog="Example: levytool book check book.toml")
def check(
    ctx: typer.Context, file: BookFile, output_format: Format = None, to: Output = None
) -> None:
    """Find everything wrong with a book, its examples included, each with its line.

    Warnings are worth a look and keep nothing from being applied: gaps, rates that nothing meets,
    what the Procurement Act 2023 says of a levy. Notes say what follows from what the book leaves
    out: no VAT, no opportunities. No ledger is needed; where there is one, levy that
    the book in force had otherwise for past days is told.
    """
    from levytool.desk.book.apply_book import check_file
    from levytool.problems import InputRejected

    with office_if_any(ctx) as desk:
        found = check_file(file, desk)
    if output.is_json(output_format):
        output.show_rows(_remarks(found), output_format, to)
    for warning in found.warnings:
        output.warn(str(warning))
    if found.errors:
        raise InputRejected("", found.errors)
    for note in found.notes:
        output.say(f"note: {note}")
    output.say(f"{file}: {_verdict(len(found.warnings))}")


@app.command(epilog="Example: levytool book plan book.toml")
def plan(
    ctx: typer.Context, file: BookFile, output_format: Format = None, to: Output = None
) -> None:
    """Show what applying a book would change, and what would keep it from being applied."""
    from levytool.desk.book.apply_book import plan_book

    with office(ctx) as desk:
        planned = plan_book(desk, file)
    _show(planned, output_format, to)
    for refusal in planned.refusals:
        output.warn(f"it would be refused: {refusal}")


@app.command(epilog="Example: levytool book apply book.toml --yes")
def apply(
    ctx: typer.Context,
    file: BookFile,
    dry_run: DryRun = False,
    yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Put a book in force, having shown what it changes."""
    from levytool.desk.book.apply_book import apply_book, plan_book

    # Where nobody is asked, the book is in force before anything is printed: a reader of our
    # output that goes away (`| head`) must not decide what is stored.
    with office(ctx, dry_run=dry_run) as desk:
        with refusal_told(output_format, to):
            planned = plan_book(desk, file)
        asks = not (yes or dry_run or planned.in_force)
        if asks:
            _show(planned, output_format, to)
            if not output.confirm(f"Put {file} in force?", yes=yes):
                return
        with refusal_told(None if asks else output_format, to):
            apply_book(desk, file)
    if not asks:
        _show(planned, output_format, to)
    output.say(f"{file}: {_outcome(planned, dry_run=dry_run)}")


@app.command(epilog="Example: levytool book show -o book.toml")
def show(ctx: typer.Context, to: Output = None) -> None:
    """Print the book in force, as TOML."""
    from levytool.desk.book.apply_book import show_book

    meant_by(to, ("toml",))
    with office(ctx) as desk:
        output.show_text(show_book(desk), to)


@app.command(epilog="Example: levytool book draft spend.csv --rate 1% -o book.toml")
def draft(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            exists=True,
            dir_okay=False,
            callback=files_to_read,
            help="files of spend",
        ),
    ],
    framework: Annotated[
        str | None, typer.Option(metavar="CODE", help="the framework of every line")
    ] = None,
    rate: Annotated[str, typer.Option(help="the levy")] = "1%",
    payer: Annotated[str, typer.Option(help="who pays it: contractor or member")] = "contractor",
    to: Output = None,
) -> None:
    """Write a first book from data files: their members, contractors, frameworks and lots.

    What no file says stands in it as lines that begin with #, each with a word on what it does:
    VAT, the bank account, opportunities. Left as they are, no VAT is charged and none falls due.
    """
    from levytool.desk.book.draft_from_files import draft_from_files

    meant_by(to, ("toml",))
    output.show_text(draft_from_files(files, framework, rate, payer), to)
    where = to or "the book"
    output.say(
        f"next: fill in {where}: the consortium's name, VAT and bank account, each framework's "
        "dates, contractors and opportunities (lines that begin with # wait for it); then: "
        f"levytool book check {to or 'book.toml'}"
    )


def _verdict(warnings: int) -> str:
    if not warnings:
        return "nothing is wrong with it"
    worth = counted(warnings, "thing is", "things are")
    return f"no errors: it can be applied; {worth} worth a look"


def _outcome(planned: "Planned", *, dry_run: bool) -> str:
    if planned.in_force:
        return "in force already"
    return "would be in force" if dry_run else "in force now"


def _show(planned: "Planned", output_format: OutputFormat | None, to: Path | None) -> None:
    """The changes as a table, the warnings beside it."""
    rows = [
        {"change": row.change, "kind": row.kind, "code": row.code, "what": row.what}
        for row in planned.rows
    ]
    empty = "no party, rule or layout changes"
    output.show_rows(rows, output_format, to, title="Changes", empty=empty)
    for warning in planned.warnings:
        output.warn(str(warning))
    for note in planned.notes:
        output.say(f"note: {note}")


def _remarks(found: "BookCheck") -> list[dict[str, str | int | None]]:
    """Errors and warnings as rows."""
    return [
        {
            "severity": severity,
            "code": problem.code,
            "row": problem.row,
            "column": problem.column,
            "value": problem.value,
            "message": problem.message,
            "hint": problem.hint,
        }
        for severity, problems in (("error", found.errors), ("warning", found.warnings))
        for problem in problems
    ]
