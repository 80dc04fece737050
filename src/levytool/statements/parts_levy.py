"""The sections of a statement that tell of levy: its way to the pot, spend, debts and returns."""

from collections.abc import Iterable, Sequence

from levytool.statements import words
from levytool.statements.sections import (
    Column,
    FlowChart,
    Grid,
    Named,
    Node,
    Place,
    Section,
    Table,
    Value,
)
from levytool.statements.values import (
    AgedPayer,
    EarlierSpend,
    LevyFigures,
    LevyFlow,
    OpenDocument,
    ReturnNote,
    SpendLine,
    Split,
)

AGEING_KEYS = ("current", "1-30", "31-60", "61-90", "90+")
DOCUMENTS_SHOWN = 40
"""Open documents that a page lists, longest overdue first; the other forms have them all."""

RETURNS_SHOWN = 60
"""Returns that a page lists; the other forms have them all."""

PENCE_OF_ROUNDING = 100
"""Levy and billed that differ by less than this differ by the rounding of invoices, or look so."""

FLOWS = (
    ("billed", "Billed", "billed_pence", False),
    ("received", "Received", "received_pence", False),
    ("written_off", "Written off", "written_off_pence", True),
    ("funded", "Reached the levy fund", "funded_pence", False),
    ("retained", "Retained for running costs", "retained_pence", False),
    ("provision", "Set aside for opportunities", "provided_pence", False),
    ("opportunity_overruns", "Opportunities cost more (less: minus)", "overruns_pence", True),
    ("released", "Surplus released to the pot", "released_pence", False),
    ("other", "Brought in, and other movements", "other_pence", True),
)
"""The figures of the levy's way: key, label, the field of `LevyFlow`, whether seldom."""


def levy_section(levy: LevyFigures, flow: FlowChart | None, basis_note: str) -> Section:
    """The levy's way to the pot: a waterfall of its own beside the balance (domain §3.5)."""
    told = [("{}", "This period", levy.period), ("to_date.{}", "To date", levy.to_date)]
    if levy.prior != LevyFlow():
        told.insert(1, ("prior_periods.{}", words.PRIOR_PERIODS, levy.prior))
    figures = Grid(
        "levy",
        "Levy in this period, and since the books began",
        "Levy",
        tuple(Column(path, label, "money") for path, label, _flow in told),
        tuple(
            Named(key, label, tuple(getattr(flow, of) for _path, _label, flow in told), seldom)
            for key, label, of, seldom in FLOWS
        ),
        "Levy",
    )
    steps = words.levy_steps(levy)
    fund = Table(
        "levy_fund",
        "The levy fund, from opening to closing",
        (
            Column("step", "Levy fund", place="name"),
            Column("amount", "Amount", "money", sums=True),
        ),
        tuple((step.label, step.amount_pence) for step in steps if step.role != "level"),
        "Levy fund",
        brought=(steps[0].label, levy.fund_opening_pence),
        total=steps[-1].label,
    )
    return Section(
        "levy",
        "From levy to surplus to schemes",
        (*([flow] if flow else []), figures, fund, _held(levy), _at_closing(levy)),
        notes=(basis_note,),
        after=tuple(filter(None, [words.fund_words(levy)])),
    )


def _held(levy: LevyFigures) -> Grid:
    return Grid(
        "levy",
        "Held beside the balance",
        "What",
        (Column("{}_opening", "At opening", "money"), Column("{}_closing", "At closing", "money")),
        (
            Named(
                "unpaid",
                "Levy billed, not yet received",
                (levy.unpaid_opening_pence, levy.unpaid_closing_pence),
            ),
            Named("fund", "Levy fund", (levy.fund_opening_pence, levy.fund_closing_pence)),
            Named(
                "provision",
                "Provision for opportunities due",
                (levy.provision_opening_pence, levy.provision_closing_pence),
            ),
        ),
        "Held beside",
    )


def _at_closing(levy: LevyFigures) -> Grid:
    return Grid(
        "levy",
        "What the levy fund has beyond its reserve, or lacks",
        "At closing",
        (Column("{}", "Amount", "money"),),
        (
            Named("reserve", "Kept in reserve", (levy.reserve_pence,)),
            Named("surplus", "Surplus not yet released", (levy.surplus_pence,)),
            Named("deficit", "Deficit carried", (levy.deficit_pence,)),
        ),
        "Surplus",
    )


def flow_chart(levy: LevyFigures, opening: Split, closing: Split, moved: Sequence[tuple[str, int]]
               ) -> FlowChart | None:  # fmt: skip
    """The levy fund's and the balance's own changes as one flow; None where nothing flowed.

    `moved` are the balance's movements beside the release, by kind: what came is positive. What
    would be negative on one side stands on the other, so both sides always come to the same; what
    a picture has no sign for is then said by its name.
    """
    flow = levy.period
    of_fund = (
        (levy.fund_opening_pence, "Levy fund at opening", "Short at opening"),
        (levy.prior_fund_pence, words.PRIOR_PERIODS, words.PRIOR_PERIODS),
        (flow.funded_pence, "Levy into the fund", "Levy taken back"),
        (flow.other_pence, "Brought in", "Taken out"),
        (-flow.retained_pence, "Given back by running costs", "Retained for running costs"),
        (-flow.provided_pence, "Set free from opportunities", "Set aside for opportunities"),
        (-flow.overruns_pence, words.opportunity_words(-1), words.opportunity_words(1)),
        (-flow.fund_written_off_pence, "Write-off taken back", "Written off"),
        (-levy.fund_closing_pence, "Short at closing", "Levy fund at closing"),
    )
    fund = [(came if pence > 0 else went, pence) for pence, came, went in of_fund]
    balance = [
        ("Balance at opening", opening.total_pence),
        *moved,
        ("Committed to schemes", -closing.committed_pence),
        ("Uncommitted, in the pot", -closing.uncommitted_pence),
    ]
    if flow.released_pence < 0 or not any(pence for _, pence in (*fund, *balance)):
        return None
    return FlowChart(
        "From levy to surplus to schemes",
        _nodes(fund, 1),
        _nodes(fund, -1),
        Node("Surplus released", flow.released_pence),
        _nodes(balance, 1),
        _nodes(balance, -1),
    )


def _nodes(parts: Iterable[tuple[str, int]], sign: int) -> tuple[Node, ...]:
    return tuple(Node(label, sign * pence) for label, pence in parts if sign * pence > 0)


def _spend_columns(by: str) -> tuple[Column, ...]:
    return (
        Column("framework", "Framework code", place="data"),
        Column("framework_title", "Framework", place="group"),
        Column("lot", "Lot", place="data"),
        Column("lot_name", "Lot title", place="group"),
        Column("member", "Member code", place="data"),
        Column("contractor", "Contractor code", place="data"),
        Column("party", by.capitalize(), place="name"),
        Column("call_off", "Call-off", place="small"),
        Column("spend", "Spend", "money", sums=True),
        Column("rate", "Rate", "rates", blank="bands"),
        Column("levy", "Levy", "money", sums=True),
        Column("billed", "Billed", "money", sums=True),
        Column("received", "Received", "money", sums=True),
        Column("written_off", "Written off", "money", "data", sums=True),
        Column(
            *("outstanding", "Outstanding", "money"),
            sums=True,
            of="billed - received - written_off",
        ),
    )


def spend_section(
    lines: Sequence[SpendLine],
    earlier: Iterable[EarlierSpend],
    by: str = "contractor",
    after: tuple[str, ...] = (),
) -> Section:
    """Spend by framework, lot, call-off and contractor, or member, and the levy on it."""
    table = Table(
        "spend_by_framework",
        f"By framework, lot, call-off and {by}; amounts before VAT",
        _spend_columns(by),
        tuple(_spend_row(line, by) for line in lines),
        "Spend",
        total="All spend",
        empty="No spend was accepted in this period.",
    )
    written_off = table.apart(
        "Of this, written off",
        {"party": "name", "call_off": "small", "framework": "small", "written_off": "column"},
    )
    parts = (table, written_off, _earlier(earlier))
    if any(0 < abs(line.levy_pence - line.billed_pence) < PENCE_OF_ROUNDING for line in lines):
        after = (words.ROUNDED, *after)
    return Section("spend", "Spend and the levy on it", parts, after=after, nothing=table.empty)


def _spend_row(line: SpendLine, by: str) -> tuple[Value, ...]:
    lot = f"Lot {line.lot}" if line.lot else ""
    return (
        line.framework,
        line.framework_title,
        line.lot,
        ", ".join(filter(None, (lot, line.lot_title))),
        line.member,
        line.contractor,
        line.contractor_name if by == "contractor" else line.member_name,
        line.call_off,
        line.spend_pence,
        line.rates_ppm,
        line.levy_pence,
        line.billed_pence,
        line.received_pence,
        line.written_off_pence,
        line.outstanding_pence,
    )


def _earlier(earlier: Iterable[EarlierSpend]) -> Table:
    return Table(
        "earlier_periods",
        "Of this, late returns and corrections of earlier periods",
        (
            Column("period", "Reporting period", "month", "name"),
            Column("framework", "Framework"),
            Column("spend", "Spend", "money", sums=True),
            Column("billed", "Billed", "money", sums=True),
        ),
        tuple((e.reporting_period, e.framework, e.spend_pence, e.billed_pence) for e in earlier),
        "Earlier periods",
        total="All earlier periods",
    )


def ageing_section(
    payers: Iterable[AgedPayer],
    documents: Sequence[OpenDocument],
    caption: str,
    empty: str = "No levy is outstanding.",
    after: tuple[str, ...] = (),
) -> Section:
    """Open levy documents by payer and age, and one by one."""
    ageing = Table(
        "ageing",
        caption,
        (
            Column("payer", "Payer code", place="data"),
            Column("payer_name", "Payer", place="name"),
            *(
                Column(key, label, "money", sums=True)
                for key, label in zip(AGEING_KEYS, words.AGEING_LABELS, strict=True)
            ),
            Column("total", "Total", "money", sums=True, of=" + ".join(AGEING_KEYS)),
        ),
        tuple((p.payer, p.payer_name, *p.aged.parts, p.aged.total_pence) for p in payers),
        "Ageing",
        total="All payers",
        nested="payers",
        empty=empty,
    )
    each = Table(
        "open_documents",
        "Open documents, longest overdue first",
        (
            Column("number", "Document", place="name"),
            Column("payer", "Payer", place="small"),
            Column("framework", "Framework", place="small"),
            Column("period", "For", "month"),
            Column("due", "Due", "day"),
            Column("days_overdue", "Days overdue", "overdue"),
            Column("outstanding", "Open", "money", sums=True),
            Column("date", "Date", "day", "data"),
        ),
        tuple(
            (
                *(d.number, d.payer, d.framework, d.reporting_period, d.due, d.days_overdue),
                *(d.outstanding_pence, d.day),
            )
            for d in documents
        ),
        "Open documents",
        total="All open documents",
        shown=DOCUMENTS_SHOWN,
    )
    return Section(
        "outstanding", "Levy outstanding", (ageing, each), after=after, nothing=ageing.empty
    )


def returns_section(
    notes: Iterable[ReturnNote],
    caption: str,
    title: str = "Returns missing or late",
    *,
    of_one: bool = False,
) -> Section:
    """Returns that are missing, wait to be accepted, or came late; or all of them.

    What can still change the figures comes first, since a page does not list them all. Those
    `of_one` contractor are called by their framework alone, and stay month by month.
    """
    contractor: Place = "data" if of_one else "name"
    framework: Place = "name" if of_one else "small"
    if not of_one:
        notes = sorted(notes, key=lambda note: note.state == "late")
    table = Table(
        "returns",
        caption,
        (
            Column("contractor", "Contractor code", place="data"),
            Column("contractor_name", "Contractor", place=contractor),
            Column("framework", "Framework", place=framework),
            Column("period", "For", "month"),
            Column("state", "State", "return-state"),
            Column("due", "Due", "day"),
            Column("returned_on", "Came", "day", blank="–"),
            Column("days_late", "Days late", "count"),
        ),
        tuple(
            (
                *(note.contractor, note.contractor_name, note.framework, note.reporting_period),
                *(note.state, note.due, note.returned_on, note.days_late),
            )
            for note in notes
        ),
        "Returns",
        shown=RETURNS_SHOWN,
    )
    return Section("returns", title, (table,))
