"""`levytool reconcile`: what the books say beside what others say."""

from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.context import office
from levytool.cli.options import Format, Output
from levytool.problems import DifferencesFound, Problem

app = typer.Typer(help="Lay the books beside what others say of the same.", no_args_is_help=True)


@app.command("ledger", epilog="Example: levytool reconcile ledger --account 2910")
def of_ledger(
    ctx: typer.Context,
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="CODE", help="the open items of one control account"),
    ] = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Prove every control account: the journal beside its items, and the entries that differ."""
    from levytool.desk.audit.reconcile_ledger import account_items, reconcile_ledger

    with office(ctx) as desk:
        if account is not None:
            rows = account_items(desk, account)
            output.show_rows(rows, output_format, to, title=f"Items of {account}")
            return
        rows = reconcile_ledger(desk)
    columns = tuple(rows[0])[:-1]
    output.show_rows(rows, output_format, to, columns=columns, title="Control accounts")
    _refuse_differences(rows)


def _refuse_differences(rows: list[dict[str, object]]) -> None:
    """One line for each entry that its items do not bear out."""
    problems = tuple(
        Problem(
            "control-differs",
            f"{found['entry']} posts {found['ledger']} to {row['account']} "
            f"{found['dimension']}".rstrip()
            + f", its items say {found['items']}",
            f"see: levytool explain {found['entry']}",
        )
        for row in rows
        for found in row["differences"]  # type: ignore[attr-defined]
    )
    if problems:
        raise DifferencesFound("the journal is not what its items say", problems)
    output.say("every control account is the sum of its items")
