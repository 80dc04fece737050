"""`levytool reconcile`: what the books say beside what others say."""

from pathlib import Path
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import refusal_told
from levytool.cli.context import office, optional_period
from levytool.cli.options import DryRun, Format, Output, PeriodText, Yes, files_to_read
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
    """Prove every control account: the journal beside its items, the bank beside its statements;
    and the books: levy of lines and documents beside what was posted, debits beside credits,
    entries beside the whole links of their chain."""
    from levytool.desk.audit.books_beside import books_beside
    from levytool.desk.audit.reconcile_ledger import (
        account_items,
        banks_beside,
        banks_in_doubt,
        reconcile_ledger,
    )

    with office(ctx) as desk:
        if account is not None:
            rows = account_items(desk, account)
            output.show_rows(rows, output_format, to, title=f"Items of {account}")
            return
        rows = reconcile_ledger(desk)
        banks, missing = banks_beside(desk)
        doubts = banks_in_doubt(desk)
        with output.progress("proving the books") as report:
            books, unproved = books_beside(desk, report)
    columns = tuple(rows[0])[:-1]
    shown = rows + banks + books
    output.show_rows(shown, output_format, to, columns=columns, title="Control accounts")
    for doubt in doubts:
        output.warn(str(doubt))
    _refuse_differences(rows, unproved, missing)


@app.command("bank", epilog="Example: levytool reconcile bank --account main --period 2025-05")
def of_bank(
    ctx: typer.Context,
    account: Annotated[str | None, typer.Option(metavar="A", help="one bank account")] = None,
    period: PeriodText = None,
    remittance: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            callback=files_to_read,
            help="a payer's advice: CSV of the documents and amounts that one receipt is for",
        ),
    ] = None,
    receipt: Annotated[
        str,
        typer.Option(metavar="LINE", help="the receipt of the advice, where amounts do not tell"),
    ] = "",
    apply: Annotated[
        bool, typer.Option("--apply", help="allocate what the rules are certain of")
    ] = False,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Lay receipts beside documents: what is matched and by which rule, what is open, its age.

    Without --apply it only shows. Suggestions are never applied: take one up with bank allocate.
    """
    from levytool.cli.reconciling_bank import show_bank
    from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank

    with office(ctx, dry_run=dry_run) as desk, refusal_told(output_format, to):
        asked = Asked(account, optional_period(desk, period), remittance, receipt)
        found = reconcile_bank(desk, asked, apply=apply)
    show_bank(found, asked, output_format, to)


def _refuse_differences(
    rows: list[dict[str, object]], unproved: list[Problem], missing: list[Problem]
) -> None:
    """One line for each entry that its items do not bear out, each proof of the books that fails
    and each bank that says otherwise."""
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
    if problems or unproved or missing:
        said = "the bank says otherwise"
        if problems or unproved:
            said = "the books do not prove" if unproved else "the journal is not what its items say"
        raise DifferencesFound(said, (*problems, *unproved, *missing))
    output.say("every control account is the sum of its items, and the books prove")
