"""`levytool reconcile spend`: declarations beside the members' own ledgers."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import refusal_told
from levytool.cli.context import begun_period_of, office
from levytool.cli.form_of_file import form_of
from levytool.cli.options import (
    DryRun,
    Format,
    Output,
    OutputFormat,
    RequiredPeriodText,
    Yes,
)
from levytool.cli.reconcile import app as app
from levytool.money import display_pence
from levytool.problems import DifferencesFound, UsageError
from levytool.text import counted

if TYPE_CHECKING:
    from levytool.reconcile.spend import Difference, SpendReconciliation

COLUMNS = (
    "id",
    "reason",
    "member",
    "contractor",
    "invoice",
    "date",
    "declared",
    "recorded",
    "net_difference",
    "levy_effect",
    "status",
)


@app.command("spend", epilog="Example: levytool reconcile spend --period 2025-09 --member ALDER")
def of_spend(
    ctx: typer.Context,
    period: RequiredPeriodText,
    member: Annotated[str | None, typer.Option(help="one member's part")] = None,
    matches: Annotated[
        bool, typer.Option("--matches", help="what was joined, and by which rule, instead")
    ] = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Lay declarations beside the members' own ledgers: what agrees, what differs, and why."""
    show = _show_matches if matches else _show_differences
    show(ctx, period, member, output_format, to)


def _show_differences(
    ctx: typer.Context,
    period: str,
    member: str | None,
    output_format: OutputFormat | None,
    to: Path | None,
) -> None:
    from levytool.desk.reconcile.reconcile_spend import reconcile_spend
    from levytool.reconcile.spend_told import as_json, difference_rows, summary

    with office(ctx) as desk:
        found = reconcile_spend(desk, begun_period_of(desk, period), member)
    if output.is_json(output_format):
        output.show_document(as_json(found), to)
    else:
        columns = None if output_format is OutputFormat.CSV else COLUMNS
        rows = difference_rows(found, every=columns is None)
        output.show_rows(
            rows,
            output_format,
            to,
            columns=columns,
            essential=("id", "reason", "member", "contractor", "net_difference", "status"),
            title="Differences",
            empty="",
        )
    for words in summary(found):
        output.say(words)
    _refuse_waiting(found)


def _show_matches(
    ctx: typer.Context,
    period: str,
    member: str | None,
    output_format: OutputFormat | None,
    to: Path | None,
) -> None:
    from levytool.desk.reconcile.reconcile_spend import matches_in
    from levytool.reconcile.spend_told import joined_json

    with office(ctx) as desk:
        joined, settled = matches_in(desk, begun_period_of(desk, period), member)
    rows = [joined_json(item) for item in joined]
    output.show_rows(rows, output_format, to, title="Matches", empty="")
    output.say(
        f"{counted(settled, 'further pair says', 'further pairs say')} the same on both sides, "
        "once each"
    )
    if joined:
        output.say("to take a match apart: levytool reconcile decide ID --reject")


def _refuse_waiting(found: "SpendReconciliation") -> None:
    """Say that differences wait for an explanation, else that members wait to be compared."""
    from levytool.periods import Month, Period

    late = [item for item in found.left_out if found.waits_for_ledger(item)]
    count, without = len(found.waiting), len({item.lines[0].member for item in late})
    if count:
        wait = counted(count, "difference waits", "differences wait")
        raise DifferencesFound(f"{wait} for an explanation{_within_tolerance(found)}")
    if without:
        who = counted(without, "member")
        days = [item.declared[0].ledger_month for item in late]
        months = Period(Month.parse(min(days)), Month.parse(max(days)))
        said = f"{who} sent no ledger of {months}"
        if not found.recorded.lines and months.first in found.period:
            said = f"no member's ledger of {months} was imported"
        raise DifferencesFound(
            f"{said}; import it, then reconcile: levytool spend import FILE --as member-ledger"
        )


def _within_tolerance(found: "SpendReconciliation") -> str:
    """How many of what waits keep a month open, where that is not all, and how many a closed month
    has above the tolerance."""
    waiting, above, kept = found.waiting, found.above_tolerance, found.keeping_open
    if len(kept) == len(waiting):
        return ""
    tolerance = f"the tolerance of {display_pence(found.tolerance_pence)}"
    if not above:
        keep = "it keeps" if len(waiting) == 1 else "they keep"
        return f"; within {tolerance} {keep} no month open"
    told = ""
    if kept:
        keep = "keeps" if len(kept) == 1 else "keep"
        told, tolerance = f"; {len(kept):,} of them {keep} the month open, above {tolerance}", "it"
    if len(kept) == len(above):
        return told
    ids = {item.id for item in kept}
    late = [item for item in above if item.id not in ids]
    return f"{told}{_in_closed_months(found, late, tolerance)}"


def _in_closed_months(
    found: "SpendReconciliation", late: Sequence["Difference"], tolerance: str
) -> str:
    """How many differences above the tolerance a month has that is closed, and what that means."""
    if not late:
        return ""
    who = "it" if len(found.waiting) == 1 else f"{len(late):,} of them"
    are = "is" if len(late) == 1 else "are"
    months = sorted({month for item in late for month in found.months_of(item)})
    closed = "is" if len(months) == 1 else "are"
    return (
        f"; {who} {are} above {tolerance} in {', '.join(months)}, which {closed} closed all the "
        "same: what puts it right posts in an open month"
    )


@app.command(epilog='Example: levytool reconcile decide D-4F0K2M9XW1HT --accept --note "not ours"')
def decide(
    ctx: typer.Context,
    known_as: Annotated[
        str | None, typer.Argument(metavar="ID", help="a difference or suggestion: D-…, S-…")
    ] = None,
    others: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID…]", help="with --match: further lines or differences"),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="it is explained; a suggestion: it is so")
    ] = False,
    reject: Annotated[
        bool, typer.Option("--reject", help="it must be put right; a match: take it apart")
    ] = False,
    match: Annotated[
        str | None, typer.Option("--match", metavar="ID", help="it belongs together with this")
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="why")] = "",
    reason: Annotated[
        str, typer.Option(metavar="REASON", help="what is behind it, if not what was found")
    ] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="take the last word back; what stood before stands again")
    ] = False,
    wholly: Annotated[
        bool, typer.Option("--all", help="with --undo: all that was decided about it")
    ] = False,
    from_file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE.csv", exists=True, help="a list, filled in"),
    ] = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Say what a difference is: accept, reject, join with another, note; or take that back."""
    from levytool.cli.deciding import (
        closed_decided,
        never_compared_accepted,
        orders_of,
        stands_again,
    )
    from levytool.desk.reconcile.unlike import decide_knowingly

    chosen = {"accept": accept, "reject": reject, "undo": undo, "match": match is not None}
    named = (() if match is None else (match,)) + tuple(others or ())
    with refusal_told(output_format, to):
        orders = orders_of(from_file, known_as, chosen, named, note, reason, wholly=wholly)
        with office(ctx, dry_run=dry_run) as desk:
            rows, unlike = decide_knowingly(desk, orders)
    columns = ("id", "decision", "note", "decided_by", "status")
    output.show_rows(
        rows, output_format, to, columns=columns, title="Decided", empty="nothing to decide"
    )
    for words in stands_again(rows):
        output.say(words)
    if words := closed_decided(rows):
        output.warn(words)
    for words in never_compared_accepted(rows):
        output.warn(words)
    for lines in unlike:
        take_back = f"levytool reconcile decide {lines.id} --undo"
        output.warn(f"joined, though {lines}; to take it back: {take_back}")


@app.command(epilog="Example: levytool reconcile review --period 2025-09 --member ALDER")
def review(
    ctx: typer.Context,
    period: RequiredPeriodText,
    member: Annotated[str | None, typer.Option(help="one member's part")] = None,
    screen: Annotated[
        bool, typer.Option("--screen", help="as a table with keys, all at once (extra tui)")
    ] = False,
    dry_run: DryRun = False,
    _yes: Yes = False,
) -> None:
    """Step through what is open, at the terminal: accept, reject, match, reason, note, undo.

    Without a terminal, fill in the list of `reconcile spend -O csv` for `decide --from`.
    """
    from levytool.cli.reviewing import review_on_screen, review_open
    from levytool.desk.reconcile.review import closed_in, start_review

    if not (output.can_draw() if screen else output.can_ask()):
        raise UsageError(
            "a review asks questions, and nobody is there to answer; fill in the list of: levytool "
            "reconcile spend -O csv, and give it to: levytool reconcile decide --from FILE.csv"
        )
    with office(ctx, dry_run=dry_run) as desk:
        asked = begun_period_of(desk, period)
        if closed := closed_in(desk, asked):
            output.say(f"closed, and what is decided posts nothing there: {', '.join(closed)}")
        if screen:
            review_on_screen(desk, asked, member)
        else:
            review_open(desk, start_review(desk, asked, member))


@app.command(epilog="Example: levytool reconcile decisions -O csv")
def decisions(ctx: typer.Context, output_format: Format = None, to: Output = None) -> None:
    """List every decision on differences: who said what when, those taken back too."""
    from levytool.desk.reconcile.decisions import list_decisions

    with office(ctx) as desk:
        rows = list_decisions(desk)
    output.show_rows(rows, output_format, to, title="Decisions", empty="no decisions yet")


class ReportFormat(StrEnum):
    """The forms that the report comes in."""

    TEXT = "text"
    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


@app.command(
    epilog="Example: levytool reconcile report --period 2025-09 --format html -o 2025-09.html"
)
def report(
    ctx: typer.Context,
    period: RequiredPeriodText,
    report_format: Annotated[
        ReportFormat,
        typer.Option(
            "--format",
            "--output-format",
            "-O",
            help="the form it is written in; else what a FILE's ending says",
            callback=form_of(*ReportFormat),
        ),
    ] = ReportFormat.TEXT,
    to: Output = None,
) -> None:
    """What is filed: levy at risk, every difference, who decided what, bank, accounts, closing."""
    from levytool.cli.statement_files import show_statement
    from levytool.desk.month_end.reconciliation_report import reconciliation_report
    from levytool.reconcile.report_sections import report_in_sections

    output.require_file(report_format, to)
    with office(ctx) as desk:
        told = reconciliation_report(desk, begun_period_of(desk, period))
    show_statement(report_in_sections(told), report_format.value, to)
