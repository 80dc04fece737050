"""`levytool statement list` and `verify`: what was issued, and whether a file is that."""

from pathlib import Path
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.context import known_day, office
from levytool.cli.options import Format, KnownOn, Output, is_for_people
from levytool.cli.statements import app as app
from levytool.problems import DifferencesFound, Problem, UsageError
from levytool.text import counted

NOT_ON_SCREEN = ("hash", "follows")


@app.command("list", epilog="Example: levytool statement list -O csv")
def list_issued(
    ctx: typer.Context, known_on: KnownOn = None, output_format: Format = None, to: Output = None
) -> None:
    """List the statements that were issued, with who prepared and who approved each."""
    from levytool.desk.month_end.issue_statement import list_statements

    with office(ctx) as desk:
        rows = list_statements(desk, known_day(known_on))
    columns = None
    if rows and (output_format is None or output_format.value in ("table", "plain", "markdown")):
        columns = tuple(key for key in rows[0] if key not in NOT_ON_SCREEN)
    output.show_rows(
        rows, output_format, to, columns=columns, title="Issued statements", empty="none issued yet"
    )


@app.command(epilog="Example: levytool statement verify alder-2025-09.pdf")
def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a statement in any of its forms")],
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Say whether a file is byte for byte what was issued, and whether the books still agree."""
    from levytool.desk.month_end.verify_statement import verify_statement

    if not file.is_file():
        raise UsageError(f"there is no file {file}; name a statement's file")
    with office(ctx) as desk:
        found = verify_statement(desk, file.name, file.read_bytes())
    if output.is_json(output_format):
        output.show_object(found.as_json(), to)
    elif found.differences:
        rows = [one.as_json() for one in found.differences]
        if is_for_people(output_format):
            words = [one.words for one in found.differences]
            rows = [row | {"figure": said} for row, said in zip(rows, words, strict=True)]
        output.show_rows(rows, output_format, to, title="Told differently now")
    whose = f"{found.made.proposed.kind} {found.made.proposed.code}".rstrip()
    own = f"{found.made.number} ({whose})"
    if found.is_as_issued:
        output.say(f"{file} is {own} as it was issued on {found.made.issued_at[:10]}")
    wrong = [] if not found.damage else [f"{found.damage}; see: levytool check"]
    if not found.form:
        again = f"levytool statement {found.made.proposed.kind} --issued {found.made.number}"
        wrong.append(f"{file} is not {own} as it was issued; write that with: {again}")
    if found.differences:
        count = len(found.differences)
        wrong.append(f"the books now tell {counted(count, 'figure')} of {own} differently")
    if wrong:
        raise DifferencesFound(
            "what was issued stands; later changes are prior-period lines in the next statement",
            tuple(Problem("statement-differs", words) for words in wrong),
        )
    output.say("the books still agree with it")
