"""`levytool period`: closing months."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import refusal_told, show_act
from levytool.cli.cells import Row
from levytool.cli.context import month_of, office
from levytool.cli.options import DryRun, Format, Output, Yes
from levytool.problems import RuleRefused, UsageError
from levytool.text import counted

app = typer.Typer(help="Close months to posting, and open them again.", no_args_is_help=True)

MONTHS_TOLD = 6
"""Months that a sentence names before it counts the rest."""

MonthArgument = Annotated[str, typer.Argument(metavar="MONTH", help="the month: 2025-09")]


@app.command(epilog="Example: levytool period close 2025-09")
def close(
    ctx: typer.Context,
    month: MonthArgument,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Close a month: everyone has declared, money and differences are explained, the books prove;
    then nothing posts there again. What stands in the way is listed, all of it with -O json."""
    from levytool.cli.month_told import left_words, uncompared_words
    from levytool.desk.audit.reconcile_ledger import banks_in_doubt
    from levytool.desk.month_end.close_period import close_period
    from levytool.reconcile.spend_told import not_compared_words

    refused = refusal_told(output_format, to, period=month, state="open")
    with office(ctx, dry_run=dry_run) as desk, _first_told(month), refused:
        row = close_period(desk, month_of(month))
        doubts = banks_in_doubt(desk, month_of(month).last_day)
    show_act(row, output_format, to, columns=("period", "state", "status"))
    if row["not_compared"]:
        missing = [(one["period"], one["member"]) for one in row["missing_ledgers"]]
        members = not_compared_words(missing)
        output.say(f"{members}; {uncompared_words([row])}")
        output.say("next: levytool spend import FILE --as member-ledger")
    if words := left_words(row):
        output.say(words)
    if earlier := row["earlier_open"]:
        are = "is" if len(earlier) == 1 else "are"
        output.say(f"{', '.join(earlier)} {are} open still; see: levytool period status")
    for doubt in doubts:
        output.warn(str(doubt))


@contextmanager
def _first_told(month: str) -> Iterator[None]:
    """Of much that stands in the way people are told the first of each kind, and what lists all."""
    from levytool.desk.month_end.first_obstacles import first_of_each

    try:
        yield
    except RuleRefused as refusal:
        told = first_of_each(refusal.problems, month_of(month))
        if len(told) == len(refusal.problems):
            raise
        every = f"levytool period close {month} -O json"
        raise RuleRefused(f"{refusal}; all that stands in the way: {every}", told) from None


@app.command(epilog='Example: levytool period reopen 2025-09 --reason "late credit note" --yes')
def reopen(
    ctx: typer.Context,
    month: MonthArgument,
    reason: Annotated[str, typer.Option(help="why it is opened again")],
    dry_run: DryRun = False,
    yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Open a closed month again; a second user gives the same command to agree."""
    from levytool.desk.month_end.close_period import reopen_period

    if not output.confirm(f"Open {month} to posting again?", yes=yes or dry_run):
        raise UsageError(f"{month} stays closed")
    with office(ctx, dry_run=dry_run) as desk:
        row = reopen_period(desk, month_of(month), reason)
    show_act(row, output_format, to, columns=("period", "state", "status"))
    for other in row.get("proposed_otherwise", ()):
        command = shlex.join(("levytool", "period", "reopen", month, "--reason", other["reason"]))
        output.say(f"{other['user']} proposed it with another reason; to agree to that: {command}")


@app.command(epilog="Example: levytool period status 2025-09")
def status(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Argument(metavar="[MONTH]", help="this month alone, in full: 2025-09")
    ] = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List months: open or closed, their returns, what each still waits for, and who closed it or
    opened it again, when and why; one MONTH alone is told in full."""
    from levytool.cli.month_told import as_read, bank_words, left_words
    from levytool.desk.audit.reconcile_ledger import banks_in_doubt
    from levytool.desk.month_end.close_period import list_periods

    with office(ctx) as desk:
        rows, doubts = list_periods(desk), banks_in_doubt(desk)
    empty = "none yet"
    if month is not None:
        rows = [row for row in rows if row["period"] == str(month_of(month))]
        empty = f"nothing is known of {month}"
    told, essential = as_read(rows, output_format, in_full=month is not None)
    output.show_rows(told, output_format, to, essential=essential, title="Periods", empty=empty)
    apart = bank_words([row for row in rows if row["state"] == "open"])
    for words in (*_waiting(rows), *apart, *filter(None, map(left_words, rows))):
        output.say(words)
    for doubt in doubts:
        output.warn(str(doubt))


def _waiting(rows: Sequence[Row]) -> Iterator[str]:
    """What the list of months says beneath it."""
    late = {row["period"]: row["differences"] for row in rows if row["state"] == "closed"}
    if any(late.values()):
        yield (
            f"closed, with differences that nobody has explained: {_first_months(late)}; explain "
            "them, or put them right in an open month; to open one: levytool period reopen MONTH "
            "--reason WHY"
        )
    earlier = {row["period"]: row["unexplained_earlier"] for row in rows}
    if any(earlier.values()):
        yield (
            "bank lines of earlier months, unexplained, keep a month open too: "
            f"{_first_months(earlier)}; all: levytool bank list --open"
        )
    if without := [row for row in rows if row["not_compared"]]:
        from levytool.cli.month_told import uncompared_words

        yield (
            f"not compared, as no ledger of {_missing(without)} was imported: members with "
            "declared spend; "
            f"{uncompared_words(without)}; who: levytool reconcile spend --period "
            f"{without[0]['period']}"
        )
    for row in rows:
        for act in row["acts"]:
            if act["status"] == "proposed":
                words = ("period", "reopen", row["period"], "--reason", act["reason"], "--yes")
                yield (
                    f"{act['user']} proposed on {act['at'][:10]} to open {row['period']} again; "
                    f"another user agrees with: levytool {shlex.join(words)}"
                )


def _missing(rows: Sequence[Row]) -> str:
    """The month whose ledgers are not there, where that is one."""
    months = {one["period"] for row in rows for one in row["missing_ledgers"]}
    return min(months) if len(months) == 1 else "their months"


def _first_months(counts: dict[str, int]) -> str:
    """`2025-06 3, 2025-07 6`: the first months with a count, and how many more there are."""
    told = [f"{period} {count:,}" for period, count in counts.items() if count]
    more = len(told) - MONTHS_TOLD
    if more > 0:
        told[MONTHS_TOLD:] = [f"and {counted(more, 'later month')}"]
    return ", ".join(told)
