"""`levytool opportunity`: training and employment places due, delivered and paid for."""

from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import show_act
from levytool.cli.context import asked_of, day_of, office, pence_of
from levytool.cli.options import (
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
from levytool.text import counted

app = typer.Typer(
    help="Two opportunities for every £1 million: due, delivered, paid.", no_args_is_help=True
)

Number = Annotated[str, typer.Argument(metavar="ID", help="its number: O-000001")]
CallOff = Annotated[str, typer.Option("--call-off", metavar="X", help="under which call-off")]
ContractorCode = Annotated[str, typer.Option("--contractor", metavar="C", help="by whom")]


@app.command(epilog="Example: levytool opportunity due --as-at 2025-09-30 --known-on 2025-10-05")
def due(
    ctx: typer.Context,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List what every scope owes and has had, and the rounding difference across scopes.

    Carried: the exact number less the whole places due. Rounding difference: how many more would be
    due if each framework's spend were counted in one sum and not by scope.
    """
    from levytool.desk.brokerage.opportunity_due import opportunity_due

    with office(ctx) as desk:
        found, remarks = opportunity_due(desk, asked_of(as_at, known_on))
    if output.is_json(output_format):
        output.show_object(found, to)
    else:
        rows = found["rows"]
        output.show_rows(
            rows,
            output_format,
            to,
            essential=("framework", "member", "spend", "due", "delivered", "outstanding"),
            title="Opportunities",
            empty="nothing owes any",
        )
        output.say(f"rounding difference across scopes: {found['rounding_difference']}")
    for remark in remarks:
        output.say(remark)


@app.command("list", epilog="Example: levytool opportunity list --member ALDER")
def list_(
    ctx: typer.Context,
    framework: Annotated[str | None, typer.Option(help="one framework's")] = None,
    member: Annotated[str | None, typer.Option(help="one member's")] = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List the places that were recorded, and how far each has come."""
    from levytool.desk.brokerage.list_opportunities import list_opportunities

    with office(ctx) as desk:
        rows = list_opportunities(desk, framework=framework, member=member)
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("opportunity", "framework", "member", "contractor", "starts", "state"),
        title="Opportunities",
        empty="none recorded yet",
    )


@app.command(
    epilog="Example: levytool opportunity record --framework ROOFS --member ALDER "
    "--contractor BEECH --type apprenticeship --starts 2025-09-01 --weeks 52"
)
def record(
    ctx: typer.Context,
    framework: Annotated[str, typer.Option(metavar="F", help="towards which framework")],
    member: Annotated[str, typer.Option(metavar="M", help="for which member")],
    type_: Annotated[
        str, typer.Option("--type", help="apprenticeship, job, work placement or training")
    ],
    starts: Annotated[str, typer.Option(metavar="DAY", help="its first day")],
    weeks: Annotated[int, typer.Option(help="its planned length")],
    contractor: ContractorCode = "",
    call_off: CallOff = "",
    hours: Annotated[int | None, typer.Option(help="its hours")] = None,
    evidence: Annotated[str, typer.Option(help="what shows it, and where that lies")] = "",
    reference: Reference = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Record a place that a contractor provides; another user verifies it."""
    from levytool.desk.brokerage.record_opportunity import Place, record_opportunity

    day = day_of(starts, "--starts")
    place = Place(framework, member, type_, day, weeks, contractor, call_off, hours, evidence)
    with office(ctx, dry_run=dry_run) as desk:
        row = record_opportunity(desk, place, reference)
    show_act(row, output_format, to, title="Recorded")
    if not row["counts"]:
        output.warn(
            f"{counted(weeks, 'week is', 'weeks are')} too few to count towards what is due"
        )


@app.command(epilog="Example: levytool opportunity verify O-000001")
def verify(
    ctx: typer.Context,
    number: Number,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Verify a place that another user recorded."""
    from levytool.desk.brokerage.record_opportunity import verify_opportunity

    with office(ctx, dry_run=dry_run) as desk:
        row = verify_opportunity(desk, number)
    show_act(row, output_format, to, title="Verified")


@app.command(
    epilog='Example: levytool opportunity pay O-000001 --amount=2500 --payee "Beech Roofing" '
    '(or, where that was wrong: opportunity pay O-000001 --reverse --reason "it was 2400")'
)
def pay(
    ctx: typer.Context,
    number: Number,
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
    reference: Reference = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Owe a payee for a verified place: the amount without VAT, from the provision.

    With --reverse what is owed is taken back whole, until the bank has paid it; then the place can
    be paid for anew.
    """
    from levytool.desk.bank.take_back_payment import take_back_payment
    from levytool.desk.brokerage.pay_opportunity import pay_opportunity

    owing = amount is not None or bool(payee or reference) or vat != "0"
    if reverse == owing or (reason and not reverse):
        raise UsageError("give --amount and --payee, or --reverse and --reason, one of the two")
    with office(ctx, dry_run=dry_run) as desk:
        if reverse:
            row = take_back_payment(desk, number, reason)
        else:
            net, tax = pence_of(amount, "--amount"), pence_of(vat, "--vat")
            row = pay_opportunity(
                desk, number, net_pence=net, payee=payee, vat_pence=tax, reference=reference
            )
    columns = ("opportunity", "framework", "member", "payee", "amount", "vat", "state", "status")
    show_act(row, output_format, to, columns=columns, title="Taken back" if reverse else "Paid for")
    if owing and row["state"] != "paid":
        output.say("it was taken back since; to pay for the place anew, give another --reference")


@app.command(epilog="Example: levytool opportunity waive --framework ROOFS --member ALDER")
def waive(
    ctx: typer.Context,
    framework: Annotated[str, typer.Option(metavar="F", help="the framework that has ended")],
    member: Annotated[str, typer.Option(metavar="M", help="whose obligation")] = "",
    contractor: ContractorCode = "",
    call_off: CallOff = "",
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Give back what an ended framework still provides for; a second user carries it out."""
    from levytool.desk.brokerage.waive_obligation import waive_obligation

    with office(ctx, dry_run=dry_run) as desk:
        row = waive_obligation(
            desk, framework, member=member, contractor=contractor, call_off=call_off
        )
    show_act(row, output_format, to, title="Waived")
