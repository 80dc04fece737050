"""`levytool scheme`: brokerage schemes and the money in them."""

from typing import Annotated, Any

import typer

from levytool.cli import output
from levytool.cli.acted import show_act
from levytool.cli.context import asked_of, office, pence_of
from levytool.cli.options import (
    Amount,
    AsAt,
    DryRun,
    Format,
    KnownOn,
    Output,
    Reference,
    Vat,
    Yes,
)
from levytool.problems import UsageError

app = typer.Typer(help="Members' brokerage schemes, from proposal to close.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="S", help="the scheme's code")]
MONEY = (
    *("scheme", "state", "budget", "committed", "match_funding", "drawn", "remaining"),
    *("match_funding_owed", "status"),
)


@app.command("list", epilog="Example: levytool scheme list --known-on 2025-09-30")
def list_(
    ctx: typer.Context,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List schemes with their budget, money and places."""
    from levytool.desk.brokerage.list_schemes import list_schemes

    with office(ctx) as desk:
        rows = list_schemes(desk, asked_of(as_at, known_on))
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("scheme", "members", "state", "committed", "drawn", "remaining"),
        title="Schemes",
        empty="no schemes yet",
    )


@app.command(epilog="Example: levytool scheme show GROUNDWORK")
def show(ctx: typer.Context, code: Code, output_format: Format = None, to: Output = None) -> None:
    """Show one scheme."""
    from levytool.desk.brokerage.list_schemes import show_scheme

    with office(ctx) as desk:
        title, rows = show_scheme(desk, code)
    output.show_rows(rows, output_format, to, title=title)


@app.command(
    epilog="Example: levytool scheme propose GROUNDWORK --member ALDER,BIRCH "
    '--title "Estate wardens" --budget 24000 --places 3'
)
def propose(
    ctx: typer.Context,
    code: Code,
    member: Annotated[
        str, typer.Option(metavar="M[,M…]", help="the members whose pots may pay for it")
    ],
    title: Annotated[str, typer.Option(help="what the scheme is called")],
    budget: Annotated[str, typer.Option(metavar="POUNDS", help="what members may commit in all")],
    places: Annotated[int, typer.Option(help="the places it offers")],
    area: Annotated[str, typer.Option(help="the ONS code of its place")] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Propose a scheme; it takes money once another user approves it."""
    from levytool.desk.brokerage.propose_scheme import propose_scheme

    with office(ctx, dry_run=dry_run) as desk:
        row = propose_scheme(
            desk,
            code,
            members=member.split(","),
            title=title,
            budget_pence=pence_of(budget, "--budget"),
            places=places,
            area=area,
        )
    show_act(row, output_format, to, title="Proposed")


@app.command(epilog="Example: levytool scheme approve GROUNDWORK")
def approve(
    ctx: typer.Context,
    code: Code,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Approve a scheme that another user proposed."""
    from levytool.desk.brokerage.propose_scheme import approve_scheme

    with office(ctx, dry_run=dry_run) as desk:
        row = approve_scheme(desk, code)
    show_act(row, output_format, to, title="Approved")


@app.command(epilog="Example: levytool scheme commit GROUNDWORK --member ALDER --amount=4000")
def commit(
    ctx: typer.Context,
    code: Code,
    member: Annotated[str, typer.Option(metavar="M", help="whose pot gives")],
    amount: Amount,
    reference: Reference = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Commit money of a member's pot; above the book's four_eyes_over it takes two users."""
    from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme

    pence = pence_of(amount, "--amount")
    with office(ctx, dry_run=dry_run) as desk:
        row = commit_to_scheme(desk, code, member, pence, reference)
    show_act(row, output_format, to, columns=("member", "amount", *MONEY), title="Committed")
    _warn_of_same(row)


@app.command(epilog='Example: levytool scheme fund GROUNDWORK --funder "City Trust" --amount=6000')
def fund(
    ctx: typer.Context,
    code: Code,
    funder: Annotated[str, typer.Option(metavar="NAME", help="who gives")],
    amount: Amount,
    reference: Reference = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record match funding that was agreed; it can be drawn once the bank line has come."""
    from levytool.desk.brokerage.fund_scheme import fund_scheme

    pence = pence_of(amount, "--amount")
    with office(ctx, dry_run=dry_run) as desk:
        row = fund_scheme(desk, code, funder, pence, reference)
    show_act(row, output_format, to, columns=("funder", "amount", *MONEY), title="Agreed")
    _warn_of_same(row)


@app.command(
    epilog='Example: levytool scheme draw GROUNDWORK --amount=1000 --payee "Firstcoach CIC" '
    "--reference FC-17 (or, where that was wrong: scheme draw GROUNDWORK --reference FC-17 "
    '--reverse --reason "it was 100")'
)
def draw(
    ctx: typer.Context,
    code: Code,
    reference: Annotated[
        str, typer.Option(metavar="TEXT", help="what it pays for; the same again does nothing")
    ],
    amount: Annotated[
        str | None,
        typer.Option(metavar="POUNDS", help="pounds and pence: --amount=1250.00"),
    ] = None,
    payee: Annotated[str, typer.Option(metavar="NAME", help="who is to be paid")] = "",
    vat: Vat = "0",
    reverse: Annotated[
        bool, typer.Option("--reverse", help="take back what the bank has not paid")
    ] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="why it is taken back")] = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Draw a scheme's money down: the amount without VAT, shared among its sources.

    With --reverse what was drawn under the reference is taken back whole, until the bank has paid
    it or the scheme is closed: each source has its share again.
    """
    from levytool.desk.bank.take_back_draw import take_back_draw
    from levytool.desk.brokerage.draw_scheme import draw_scheme

    drawing = amount is not None or bool(payee) or vat != "0"
    if reverse == drawing or (reason and not reverse):
        raise UsageError("give --amount and --payee, or --reverse and --reason, one of the two")
    with office(ctx, dry_run=dry_run) as desk:
        if reverse:
            row = take_back_draw(desk, code, reference, reason)
        else:
            net, tax = pence_of(amount, "--amount"), pence_of(vat, "--vat")
            row = draw_scheme(
                desk, code, net_pence=net, payee=payee, reference=reference, vat_pence=tax
            )
    columns = ("payee", "amount", "vat", *MONEY)
    show_act(row, output_format, to, columns=columns, title="Taken back" if reverse else "Drawn")
    if drawing and row["taken_back"]:
        output.say("it was taken back since; to draw it anew, give another --reference")


@app.command(epilog="Example: levytool scheme close GROUNDWORK")
def close(
    ctx: typer.Context,
    code: Code,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Close a scheme; its rest goes back to the cohorts and funders it came from."""
    from levytool.desk.brokerage.close_scheme import close_scheme

    with office(ctx, dry_run=dry_run) as desk:
        row = close_scheme(desk, code)
    show_act(row, output_format, to, columns=MONEY, title="Closed")
    for party, pounds in row["to_pots"].items():
        output.say(f"{_shown(pounds)} back to the pot of {party}")
    for party, pounds in row["to_funders"].items():
        output.say(
            f"{_shown(pounds)} owed back to {party}: pay it and identify the line with "
            "levytool bank identify LINE --as payment"
        )
    for party, pounds in row["not_received"].items():
        output.say(f"{_shown(pounds)} agreed by {party} and not received is owed no more")
    _say_in_post(row)


def _say_in_post(row: dict[str, Any]) -> None:
    from levytool.text import counted

    if row["in_post"]:
        output.say(
            f"{counted(row['in_post'], 'participant is', 'participants are')} still in post, and "
            "may leave, work and qualify all the same; nobody new can start: levytool participant "
            f"list --scheme {row['scheme']}"
        )


def _warn_of_same(row: dict[str, Any]) -> None:
    if row["same_before"]:
        output.warn(
            f"you gave the same command today, and each counts, {_shown(row['amount'])} every "
            "time; with the same --reference a repeat does nothing. What is too much goes back "
            f"when the scheme is closed: levytool scheme close {row['scheme']}"
        )


def _shown(pounds: str) -> str:
    from levytool.money import display_pence, parse_pounds

    return display_pence(parse_pounds(pounds))
