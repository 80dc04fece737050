"""`levytool levy`: the documents that charge the levy, and the VAT on them."""

from typing import Annotated

import typer

from levytool.cli import output
from levytool.cli.acted import show_act
from levytool.cli.context import (
    asked_of,
    begun_period_of,
    known_day,
    office,
    optional_day,
    optional_period,
    pence_of,
)
from levytool.cli.form_of_file import form_of
from levytool.cli.options import (
    AsAt,
    DocumentFormat,
    DryRun,
    Format,
    KnownOn,
    Output,
    PeriodText,
    RequiredPeriodText,
    Yes,
    is_for_people,
)
from levytool.money import format_pence
from levytool.problems import UsageError

app = typer.Typer(help="Levy invoices and credit notes.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="INV-000001 or CN-000001")]


@app.callback()
def _levy() -> None:
    """Levy invoices and credit notes."""


@app.command(
    epilog="Example: levytool levy documents --period 2025-09 --known-on 2025-10-31 -O csv"
)
def documents(
    ctx: typer.Context,
    period: PeriodText = None,
    as_at: AsAt = None,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List levy invoices and credit notes with what is received and outstanding."""
    from levytool.desk.levy.list_documents import list_documents
    from levytool.desk.quarters import with_quarters

    asked = asked_of(as_at, known_on)
    with office(ctx) as desk:
        rows = list_documents(desk, optional_period(desk, period), asked)
        if is_for_people(output_format):
            rows = list(with_quarters(desk, rows, asked))
        output.show_rows(
            rows,
            output_format,
            to,
            essential=("number", "payer", "due", "gross", "outstanding"),
            title="Documents",
            empty="no documents yet",
        )


@app.command(epilog="Example: levytool levy document INV-000012 --format pdf -o INV-000012.pdf")
def document(
    ctx: typer.Context,
    number: Number,
    output_format: Annotated[
        DocumentFormat,
        typer.Option(
            "--format",
            "--output-format",
            "-O",
            help="the form it is written in; else what a FILE's ending says",
            callback=form_of(*DocumentFormat),
        ),
    ] = DocumentFormat.TEXT,
    to: Output = None,
) -> None:
    """An invoice or credit note as it is sent, with all that HMRC asks of one and how to pay."""
    from levytool.cli.documents import write_document
    from levytool.desk.levy.show_document import show_document

    with office(ctx) as desk:
        found = show_document(desk, number)
    write_document(found, output_format, to)


@app.command(
    "write-off",
    epilog='Example: levytool levy write-off INV-000012 --reason "payer in liquidation" '
    '(or, once it pays: levy write-off INV-000012 --reverse --reason "a dividend came")',
)
def write_off(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="why it will not be paid, or may")],
    amount: Annotated[
        str | None,
        typer.Option(metavar="POUNDS", help="only that much, VAT included: --amount=125.00"),
    ] = None,
    reverse: Annotated[
        bool, typer.Option("--reverse", help="take back all that is written off of it")
    ] = False,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Write off what is open on an invoice; a second user's same call carries it out.

    With --reverse the write-off is taken back by two people, and the invoice may be paid again.
    """
    from levytool.desk.levy.take_back_write_off import take_back_write_off
    from levytool.desk.levy.write_off import write_off as write_it_off

    if reverse and amount is not None:
        raise UsageError("--reverse takes back all that is written off; leave --amount out")
    pence = None if amount is None else pence_of(amount, "--amount")
    with office(ctx, dry_run=dry_run) as desk:
        if reverse:
            row = take_back_write_off(desk, number, reason)
        else:
            row = write_it_off(desk, number, pence, reason)
    show_act(row, output_format, to, title="Taken back" if reverse else "Written off")


@app.command("vat-relief", epilog="Example: levytool levy vat-relief INV-000012")
def vat_relief(
    ctx: typer.Context,
    number: Number,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Claim back the VAT of an invoice that is written off, six months after it was due.

    HMRC's VAT Notice 700/18: from six months to four years and six months after the later of the
    due date and the supply. `levy vat` has it as input on bad debts.
    """
    from levytool.desk.levy.relieve_vat import relieve_vat

    with office(ctx, dry_run=dry_run) as desk:
        row = relieve_vat(desk, number)
    show_act(row, output_format, to, title="VAT relief")


@app.command(epilog="Example: levytool levy awards --framework ROOFS")
def awards(
    ctx: typer.Context,
    framework: Annotated[str | None, typer.Option(help="one framework's call-offs")] = None,
    member: Annotated[str | None, typer.Option(help="one member's call-offs")] = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """List call-offs: award value beside levied spend, and the levy on either.

    Awards stand in the book: call_offs = [{ code, member, contractor, award }] in a framework. The
    levy on an award is at the rate in force when the call-off starts.
    """
    from levytool.desk.levy.list_awards import list_awards

    with office(ctx) as desk:
        rows = list_awards(desk, framework, member)
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("call_off", "member", "contractor", "award", "spend", "levy_on_spend"),
        title="Awards",
        empty="no call-offs yet",
    )


@app.command(epilog="Example: levytool levy interest --to 2025-09-30 --charge")
def interest(
    ctx: typer.Context,
    to_day: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="the last day of it; today else")
    ] = None,
    payer: Annotated[str | None, typer.Option(help="one payer's documents")] = None,
    charge: Annotated[bool, typer.Option("--charge", help="raise an invoice for each")] = False,
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Interest on documents paid late, at the book's late_interest: simple, by the day.

    What was charged before is left out. With --charge each document's interest becomes an invoice
    outside the scope of VAT; `levy credit-interest` takes one back.
    """
    from levytool.desk.levy.charge_interest import charge_interest, list_interest
    from levytool.desk.quarters import with_quarters

    last = optional_day(to_day, "--to")
    with office(ctx, dry_run=dry_run) as desk:
        rows = (charge_interest if charge else list_interest)(desk, last, payer)
        if is_for_people(output_format):
            rows = list(with_quarters(desk, rows))
        today = desk.acting.today
    empty = "no interest is to be charged"
    output.show_rows(
        rows,
        output_format,
        to,
        essential=("number", "payer", "due", "outstanding", "interest"),
        title="Interest",
        empty=empty,
    )
    if rows and last is not None and last > today:
        output.say(f"a forecast: what it comes to by {last} if nothing is paid until then")


@app.command(
    "credit-interest",
    epilog='Example: levytool levy credit-interest INV-000031 --reason "the delay was ours"',
)
def credit_interest(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="why it is not due")],
    dry_run: DryRun = False,
    _yes: Yes = False,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """Take an invoice of interest back in full; its days may be charged again."""
    from levytool.desk.levy.charge_interest import credit_interest as credit_it

    with office(ctx, dry_run=dry_run) as desk:
        row = credit_it(desk, number, reason)
    show_act(row, output_format, to, title="Credited")


@app.command(epilog="Example: levytool levy vat --period 2025-Q2 --known-on 2025-08-07")
def vat(
    ctx: typer.Context,
    period: RequiredPeriodText,
    known_on: KnownOn = None,
    output_format: Format = None,
    to: Output = None,
) -> None:
    """The VAT of a period: output by rate and tax point, input recovered, what was paid over."""
    from levytool.desk.levy.vat_summary import vat_figures, vat_rows, vat_summary

    known = known_day(known_on)
    with office(ctx) as desk:
        summary = vat_summary(desk, begun_period_of(desk, period, known), known)
    if output.is_json(output_format):
        output.show_object(vat_figures(summary), to)
    else:
        output.show_rows(vat_rows(summary), output_format, to, title="VAT")
        payable = summary.output_pence - summary.input_pence
        output.say(f"payable for {summary.period} by tax point: {format_pence(payable)}")
