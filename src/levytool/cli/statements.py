"""`levytool statement`: what members, contractors, schemes' partners and the board are sent."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from levytool.cli.form_of_file import form_of
from levytool.cli.options import DryRun, KnownOn, Output, PeriodText, Yes

app = typer.Typer(help="Statements of pots, levy and schemes.", no_args_is_help=True)


class StatementFormat(StrEnum):
    """The forms a statement comes in."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


Party = Annotated[str | None, typer.Argument(metavar="[CODE]", help="its code, name or alias")]
Everyone = Annotated[bool, typer.Option("--all", help="one for each, --into DIR")]
Into = Annotated[Path | None, typer.Option(metavar="DIR", help="the folder that --all writes into")]
Format = Annotated[
    StatementFormat,
    typer.Option(
        "--format",
        "--output-format",
        "-O",
        help="the form it is written in; else what a FILE's ending says",
        callback=form_of(*StatementFormat),
    ),
]
Final = Annotated[
    bool, typer.Option("--final", help="number it and keep it as issued; needs a second user")
]
IssuedNumber = Annotated[
    str | None, typer.Option("--issued", metavar="NUMBER", help="as it was issued: ST-000001")
]


@app.command(
    epilog="Example: levytool statement member ALDER --period 2025-09 --known-on 2025-10-31 "
    "--format pdf -o alder.pdf"
)
def member(
    ctx: typer.Context,
    period: PeriodText = None,
    code: Party = None,
    everyone: Everyone = False,
    into: Into = None,
    known_on: KnownOn = None,
    final: Final = False,
    issued: IssuedNumber = None,
    output_format: Format = StatementFormat.TEXT,
    to: Output = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
) -> None:
    """A member's brokerage statement: balance, levy, spend, debts, opportunities and schemes."""
    from levytool.cli.issuing import answer
    from levytool.cli.statement_files import Wanted

    asked = (final, issued, dry_run)
    wanted = Wanted(period, known_on, output_format.value, to, code, into, everyone, *asked)
    answer(ctx, "member", wanted)


@app.command(
    epilog="Example: levytool statement contractor ASHGILL --period 2025-Q3 --format xlsx "
    "-o ashgill.xlsx"
)
def contractor(
    ctx: typer.Context,
    period: PeriodText = None,
    code: Party = None,
    everyone: Everyone = False,
    into: Into = None,
    known_on: KnownOn = None,
    final: Final = False,
    issued: IssuedNumber = None,
    output_format: Format = StatementFormat.TEXT,
    to: Output = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
) -> None:
    """What a contractor declared, was charged, paid and owes, and the places it is to provide."""
    from levytool.cli.issuing import answer
    from levytool.cli.statement_files import Wanted

    asked = (final, issued, dry_run)
    wanted = Wanted(period, known_on, output_format.value, to, code, into, everyone, *asked)
    answer(ctx, "contractor", wanted)


@app.command(
    epilog="Example: levytool statement scheme SKILLS --period FY2025 --format html -o skills.html"
)
def scheme(
    ctx: typer.Context,
    period: PeriodText = None,
    code: Annotated[str | None, typer.Argument(metavar="[S]", help="the scheme's code")] = None,
    everyone: Everyone = False,
    into: Into = None,
    known_on: KnownOn = None,
    final: Final = False,
    issued: IssuedNumber = None,
    output_format: Format = StatementFormat.TEXT,
    to: Output = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
) -> None:
    """A scheme's budget, its money by source and cohort, and what was drawn and by whom borne."""
    from levytool.cli.issuing import answer
    from levytool.cli.statement_files import Wanted

    asked = (final, issued, dry_run)
    wanted = Wanted(period, known_on, output_format.value, to, code, into, everyone, *asked)
    answer(ctx, "scheme", wanted)


@app.command(
    epilog="Example: levytool statement consortium --period FY2025 --format pdf -o board.pdf"
)
def consortium(
    ctx: typer.Context,
    period: PeriodText = None,
    known_on: KnownOn = None,
    final: Final = False,
    issued: IssuedNumber = None,
    output_format: Format = StatementFormat.TEXT,
    to: Output = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
) -> None:
    """The sum over members: levy, pots, cash cover, debts, overdue returns, places and schemes."""
    from levytool.cli.issuing import answer
    from levytool.cli.statement_files import Wanted

    asked = (None, None, False, final, issued, dry_run)
    answer(ctx, "consortium", Wanted(period, known_on, output_format.value, to, *asked))
