"""`levytool statement`: what members are sent."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from levytool.cli.context import office, optional_day, period_of
from levytool.cli.options import KnownOn, Output, RequiredPeriodText
from levytool.problems import UsageError

app = typer.Typer(help="Statements of pots, levy and schemes.", no_args_is_help=True)


class StatementFormat(StrEnum):
    """The forms a statement comes in."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


@app.callback()
def _statement() -> None:
    """Statements of pots, levy and schemes."""


@app.command(
    epilog="Example: levytool statement member ALDER --period 2025-09 --known-on 2025-10-31 "
    "--format html -o alder.html"
)
def member(
    ctx: typer.Context,
    period: RequiredPeriodText,
    code: Annotated[
        str | None, typer.Argument(metavar="[M]", help="the member's code, name or alias")
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="one for each member, --into DIR")
    ] = False,
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="the folder that --all writes into")
    ] = None,
    known_on: KnownOn = None,
    output_format: Annotated[
        StatementFormat,
        typer.Option("--format", "--output-format", "-O", help="the form it is written in"),
    ] = StatementFormat.TEXT,
    to: Output = None,
) -> None:
    """A member's brokerage statement: balance, levy, spend, debts, opportunities and schemes."""
    from levytool.cli.statement_files import show_statement, write_statements
    from levytool.desk.month_end.member_statement import member_statement
    from levytool.statements.member import member_in_sections

    known = optional_day(known_on, "--known-on")
    if everyone != (code is None) or everyone != (into is not None) or (everyone and to):
        raise UsageError("name one member, or say --all with --into DIR and without -o")
    with office(ctx) as desk:
        wanted = period_of(desk, period)
        if into is None:
            told = member_statement(desk, code or "", wanted, known)
            show_statement(member_in_sections(told), output_format.value, to)
        else:
            write_statements(desk, wanted, known, output_format.value, into)
