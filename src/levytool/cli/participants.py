"""`levytool participant`: what became of the people in schemes, by pseudonymous references."""

from typing import Annotated, Any

import typer

from levytool.cli import output
from levytool.cli.acted import show_act
from levytool.cli.context import asked_of, day_of, office, optional_day
from levytool.cli.options import AsAt, DryRun, Format, KnownOn, Output, Yes

app = typer.Typer(
    help="Scheme participants by pseudonymous references: starts, qualifications, work, leavers.",
    no_args_is_help=True,
)

Ref = Annotated[
    str,
    typer.Argument(
        metavar="REF",
        help="a reference that names nobody, such as P-0001: up to 3 letters, then up to 8 digits",
    ),
]
On = Annotated[str, typer.Option("--on", metavar="DAY", help="the day it happened")]
Hours = Annotated[int, typer.Option("--hours", metavar="N", help="hours a week")]
Title = Annotated[
    str,
    typer.Option("--title", metavar="T", help="what it is, up to 60 characters; name no person"),
]
SHOWN = ("record", "participant", "scheme", "step", "day", "state", "weeks_sustained", "status")


@app.command(
    epilog="Example: levytool participant refer P-0001 --scheme GROUNDWORK --on 2025-09-01"
)
def refer(
    ctx: typer.Context,
    ref: Ref,
    scheme: Annotated[str, typer.Option(metavar="S", help="to which scheme")],
    on: Annotated[str | None, typer.Option(metavar="DAY", help="the day; today if absent")] = None,
    target_group: Annotated[
        str, typer.Option(metavar="G", help="ex-offender, long-term-unemployed, neet or other")
    ] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record that somebody was referred to a scheme. Who that is, is kept elsewhere.

    The target group may be left out; it is told only of five or more together.
    """
    from levytool.desk.brokerage import record_participant

    day = optional_day(on, "--on")
    with office(ctx, dry_run=dry_run) as desk:
        row = record_participant.refer(desk, ref, scheme, day, target_group)
    _show(row, output_format, to, "Referred")


@app.command(
    epilog="Example: levytool participant start P-0001 --on 2025-09-15 --hours 30 --mentor coach"
)
def start(
    ctx: typer.Context,
    ref: Ref,
    on: On,
    hours: Annotated[
        int, typer.Option("--hours", metavar="N", help="hours a week; 0 if the scheme gives no job")
    ],
    mentor: Annotated[
        str,
        typer.Option(
            metavar="ROLE", help="supervisor, colleague, coach, key-worker, tutor or volunteer"
        ),
    ] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record the first day in the scheme, which fills one of its places.

    Its post counts as work from that day to the day of leaving.
    """
    from levytool.desk.brokerage import record_participant

    with office(ctx, dry_run=dry_run) as desk:
        row = record_participant.start(desk, ref, day_of(on, "--on"), hours, mentor)
    _show(row, output_format, to, "Started")


@app.command(
    epilog='Example: levytool participant milestone P-0001 --title "First 13 weeks" --on 2025-12-15'
)
def milestone(
    ctx: typer.Context,
    ref: Ref,
    title: Title,
    on: On,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record an interim step."""
    from levytool.desk.brokerage import record_participant

    with office(ctx, dry_run=dry_run) as desk:
        row = record_participant.milestone(desk, ref, title, day_of(on, "--on"))
    _show(row, output_format, to, "Reached")


@app.command(
    epilog='Example: levytool participant qualify P-0001 --title "NVQ Level 2" --on 2026-05-29'
)
def qualify(
    ctx: typer.Context,
    ref: Ref,
    title: Title,
    on: On,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record a qualification gained."""
    from levytool.desk.brokerage import record_participant

    with office(ctx, dry_run=dry_run) as desk:
        row = record_participant.qualify(desk, ref, title, day_of(on, "--on"))
    _show(row, output_format, to, "Qualified")


@app.command(epilog="Example: levytool participant work P-0001 --from 2026-09-14 --hours 35")
def work(
    ctx: typer.Context,
    ref: Ref,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="its first day")],
    hours: Hours,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="its last day; leave it out till then")
    ] = None,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record a spell of work outside the scheme's own post, which is counted from start to leaving.

    One that still runs is ended by the same command with --to; to end it on another day, withdraw
    its end first.
    """
    from levytool.desk.brokerage import record_participant

    days = day_of(first, "--from"), optional_day(last, "--to")
    with office(ctx, dry_run=dry_run) as desk:
        row = record_participant.work(desk, ref, *days, hours)
    _show(row, output_format, to, "In work")


@app.command(
    epilog="Example: levytool participant leave P-0001 --on 2026-09-11 --reason next-role "
    "--completed --next-role employment"
)
def leave(
    ctx: typer.Context,
    ref: Ref,
    on: Annotated[str, typer.Option(metavar="DAY", help="the last day in post")],
    reason: Annotated[
        str,
        typer.Option(
            metavar="R",
            help="end-of-placement, next-role, personal, moved-away, dismissed, lost-contact "
            "or other",
        ),
    ],
    completed: Annotated[
        bool, typer.Option("--completed", help="they did all that the scheme is for")
    ] = False,
    next_role: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="employment, self-employment, apprenticeship, education, training or volunteering",
        ),
    ] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record the last day in post. An early leaver frees the place; a next role is progress.

    --reason next-role takes --next-role with it.
    """
    from levytool.desk.brokerage import record_participant

    day = day_of(on, "--on")
    with office(ctx, dry_run=dry_run) as desk:
        row = record_participant.leave(
            desk, ref, day, reason, completed=completed, next_role=next_role
        )
    _show(row, output_format, to, "Left")


@app.command(
    epilog="Example: levytool participant withdraw P-0001 --record PR-000003 --reason wrong-day"
)
def withdraw(
    ctx: typer.Context,
    ref: Ref,
    reason: Annotated[
        str,
        typer.Option(
            metavar="R", help="wrong-day, wrong-person, wrong-detail, entered-twice or other"
        ),
    ],
    record: Annotated[
        str, typer.Option(metavar="ID", help="which: PR-000003; the one stored last if absent")
    ] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Take back a record that was wrong. It stays in the books, and counts no more."""
    from levytool.desk.brokerage import record_participant

    with office(ctx, dry_run=dry_run) as desk:
        row = record_participant.withdraw(desk, ref, reason, record)
    _show(row, output_format, to, "Withdrawn")


@app.command("list", epilog="Example: levytool participant list --scheme GROUNDWORK")
def list_(
    ctx: typer.Context,
    scheme: Annotated[str | None, typer.Option(metavar="S", help="one scheme's")] = None,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List participants, how far they have come, and their whole weeks in work.

    Weeks sustained: the longest spell without a break; weeks in work: all of them.
    """
    from levytool.desk.brokerage.list_participants import list_participants

    with office(ctx) as desk:
        rows = list_participants(desk, scheme, asked_of(as_at, known_on))
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("participant", "scheme", "state", "started", "left", "weeks_sustained"),
        title="Participants",
        empty="no participants recorded yet",
    )


@app.command(epilog="Example: levytool participant show P-0001")
def show(
    ctx: typer.Context,
    ref: Ref,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Show every record of one participant, those withdrawn too."""
    from levytool.desk.brokerage.list_participants import show_participant

    with office(ctx) as desk:
        told, rows = show_participant(desk, ref, asked_of(as_at, known_on))
    output.show_rows(
        rows, output_format, to, essential=("record", "step", "day", "until"), title=ref.upper()
    )
    if told:
        output.say(told)


def _show(row: dict[str, Any], output_format: Format, to: Output, title: str) -> None:
    show_act(row, output_format, to, columns=SHOWN, title=title)
