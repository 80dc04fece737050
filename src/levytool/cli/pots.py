"""`levytool pot`: members' ring-fenced surplus."""

from typing import TYPE_CHECKING, Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import show_act
from levytool.cli.context import asked_of, office, pence_of, period_of
from levytool.cli.options import (
    Amount,
    AsAt,
    DryRun,
    Format,
    KnownOn,
    Output,
    Reference,
    RequiredPeriodText,
    Yes,
)
from levytool.money import display_pence
from levytool.periods import Month

if TYPE_CHECKING:
    from levytool.desk.brokerage.release_surplus import LeftInFunds

app = typer.Typer(help="Release surplus to members' pots and list them.", no_args_is_help=True)


@app.command("list", epilog="Example: levytool pot list --as-at 2025-09-30 --known-on 2025-10-05")
def list_(
    ctx: typer.Context,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List each member's levy from billed to released, its pot, and what schemes hold of it."""
    from levytool.desk.brokerage.list_pots import list_pots

    with office(ctx) as desk:
        rows = list_pots(desk, asked_of(as_at, known_on))
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("member", "received", "released", "pot", "committed", "drawn"),
        title="Pots",
        empty="the book has no members",
    )


@app.command(epilog="Example: levytool pot release --period 2025-09")
def release(
    ctx: typer.Context,
    period: RequiredPeriodText,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Move every member's whole surplus, as at the end of the period, to its pot.

    Surplus, deficit and pot are as at the date of the row. What came in after it waits for the
    release of a later period. Part million: the cost of spend not yet enough for a whole place.
    Held back: how much of it stays in the fund till it is, on frameworks that provide "exact".
    """
    from levytool.desk.brokerage.release_surplus import left_in_funds, release_surplus

    with office(ctx, dry_run=dry_run) as desk:
        month = period_of(desk, period).last
        rows = release_surplus(desk, month)
        nothing = all(row["released"] == "0.00" for row in rows)
        left = left_in_funds(desk, month) if nothing else None
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("member", "released", "held_back", "part_million", "surplus", "pot"),
        title="Released",
        empty="the book has no members",
    )
    if nothing:
        output.say(_nothing_released(month, left))


def _nothing_released(period: Month, left: "LeftInFunds | None") -> str:
    """That nothing was left to release, and why the funds hold surplus all the same."""
    reasons = []
    if left is not None and left.later_pence:
        release = f"levytool pot release --period {left.month}"
        later = display_pence(left.later_pence)
        reasons.append(f"{later} became surplus after {period.last_day}: {release}")
    if left is not None and left.held_back_pence:
        held = display_pence(left.held_back_pence)
        reasons.append(f'{held} is held back for parts of places (provide = "exact")')
    if left is not None and left.used_pence:
        used = display_pence(left.used_pence)
        reasons.append(f"what is dated after {period.last_day} has used {used} of what was")
    return "; ".join(["nothing was left to release", *reasons])


@app.command(epilog="Example: levytool pot transfer --from ALDER --to BIRCH --amount=1250.00")
def transfer(
    ctx: typer.Context,
    from_member: Annotated[str, typer.Option("--from", metavar="M", help="whose pot gives")],
    to_member: Annotated[str, typer.Option("--to", metavar="M", help="whose pot receives")],
    amount: Amount,
    reference: Reference = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Move money from one member's pot to another's; a second user's same call carries it out."""
    from levytool.desk.brokerage.transfer_pot import transfer_pot

    pence = pence_of(amount, "--amount")
    with office(ctx, dry_run=dry_run) as desk:
        row = transfer_pot(desk, from_member, to_member, pence, reference)
    show_act(row, output_format, to, title="Transfer")
