"""A statement as plain text of at most 80 columns."""

from collections.abc import Callable

from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.figures import figures, format_rates
from levytool.statements.text_layout import heading, pairs, table, wrapped
from levytool.statements.values import LevyFlow, MemberStatement

Lines = list[str]


def render_text(statement: MemberStatement) -> str:
    """Key figures first, then section by section; sections with nothing to say are left out."""
    lines = [*_head(statement), *_key_figures(statement)]
    for section in _SECTIONS:
        lines += section(statement)
    lines += ["", *wrapped(f"SHA-256 of the figures: {figures(statement)['hash']}")]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(statement: MemberStatement) -> Lines:
    recipient = statement.recipient
    return [
        *wrapped(statement.issuer.name),
        *wrapped(f"Brokerage statement, {words.period_words(statement.period)}"),
        *wrapped(f"{recipient.name} ({recipient.code})"),
        "",
        *wrapped(f"{statement.status.capitalize()}. {words.basis_of_dates(statement)}"),
        *wrapped(words.basis_words(statement)),
        "",
    ]


def _key_figures(statement: MemberStatement) -> Lines:
    return pairs(
        [
            ("Opening balance", display_pence(statement.opening.total_pence)),
            ("Surplus released", display_pence(statement.released_pence)),
            ("Drawn by schemes", display_pence(-statement.drawn_pence)),
            ("Closing balance", display_pence(statement.closing.total_pence)),
            ("  uncommitted, in the pot", display_pence(statement.closing.uncommitted_pence)),
            ("  committed to schemes", display_pence(statement.closing.committed_pence)),
        ]
    )


def _movements(statement: MemberStatement) -> Lines:
    rows = [("Opening balance", "", display_pence(statement.opening.total_pence))]
    rows += [
        (
            words.movement_words(item),
            words.day_words(item.day),
            display_pence(item.amount_pence),
        )
        for item in statement.movements
    ]
    rows.append(("Closing balance", "", display_pence(statement.closing.total_pence)))
    return [*heading("Movements"), *table(("Movement", "Date", "Amount"), rows)]


def _commitments(statement: MemberStatement) -> Lines:
    if not statement.commitments:
        return []
    rows = [
        (words.movement_words(item), words.day_words(item.day), display_pence(item.amount_pence))
        for item in statement.commitments
    ]
    title = "Commitments (these move money within the balance)"
    return [*heading(title), *table(("Commitment", "Date", "Amount"), rows)]


def _cohorts(statement: MemberStatement) -> Lines:
    if not statement.cohorts:
        return []
    rows = [
        (
            f"Released {words.month_words(item.entered)} ({words.months_words(item.age_months)})"
            + (f", lapses {words.month_words(item.lapses)}" if item.lapses else ""),
            display_pence(item.uncommitted_pence),
            display_pence(item.committed_pence),
        )
        for item in statement.cohorts
    ]
    return [*heading("Balance by age"), *table(("Cohort", "Uncommitted", "Committed"), rows)]


def _levy(statement: MemberStatement) -> Lines:
    levy = statement.levy
    rows: list[tuple[str, Callable[[LevyFlow], int]]] = [
        ("Billed", lambda flow: flow.billed_pence),
        ("Received", lambda flow: flow.received_pence),
        ("Written off", lambda flow: flow.written_off_pence),
        ("Retained for running costs", lambda flow: flow.retained_pence),
        ("Set aside for opportunities", lambda flow: flow.provided_pence),
        ("Surplus released", lambda flow: flow.released_pence),
    ]
    cells = [
        (label, display_pence(of(levy.period)), display_pence(of(levy.to_date)))
        for label, of in rows
    ]
    steps = [(step.label, display_pence(step.amount_pence)) for step in words.levy_steps(levy)]
    held = [
        ("Levy billed and not yet received", display_pence(levy.unpaid_closing_pence)),
        ("Held for opportunities due", display_pence(levy.provision_closing_pence)),
        ("Kept in reserve", display_pence(levy.reserve_pence)),
        ("Surplus not yet released", display_pence(levy.surplus_pence)),
        ("Deficit carried", display_pence(levy.deficit_pence)),
    ]
    return [
        *heading("Levy"),
        *table(("", "This period", "To date"), cells),
        *heading("From levy to surplus"),
        *pairs(steps),
        *heading("Held at closing, beside the balance"),
        *pairs(held),
    ]


def _spend(statement: MemberStatement) -> Lines:
    if not statement.spend:
        return [*heading("Spend"), "No spend was accepted in this period."]
    columns = ("Spend", "Rate", "Levy", "Billed", "Received", "Outstanding")
    rows = [
        (
            " / ".join(
                part for part in (item.framework, item.lot, item.call_off, item.contractor) if part
            ),
            display_pence(item.spend_pence),
            format_rates(item.rates_ppm) or "bands",
            display_pence(item.levy_pence),
            display_pence(item.billed_pence),
            display_pence(item.received_pence),
            display_pence(item.outstanding_pence),
        )
        for item in statement.spend
    ]
    lines = [
        *heading("Spend by framework, lot, call-off and contractor"),
        *table(("Framework / lot / call-off / contractor", *columns), rows),
    ]
    for item in statement.earlier:
        lines += wrapped(
            f"Of this, {display_pence(item.spend_pence)} of spend and "
            f"{display_pence(item.billed_pence)} of levy on {item.framework} belong to "
            f"{words.month_words(item.reporting_period)}."
        )
    return lines


def _ageing(statement: MemberStatement) -> Lines:
    if not statement.aged_payers:
        return []
    rows = [
        (item.payer, *map(display_pence, (*item.aged.parts, item.aged.total_pence)))
        for item in statement.aged_payers
    ]
    total = statement.aged
    rows.append(("All", *map(display_pence, (*total.parts, total.total_pence))))
    lines = heading("Levy outstanding by age (this member's share, before VAT)")
    return [*lines, *table(("Payer", *words.AGEING_LABELS, "Total"), rows)]


def _returns(statement: MemberStatement) -> Lines:
    if not statement.returns:
        return []
    rows = [
        (
            f"{item.contractor_name} ({item.contractor}), {item.framework}",
            words.month_words(item.reporting_period),
            words.return_words(item.state),
        )
        for item in statement.returns
    ]
    lines = heading("Returns still to come or to be accepted")
    return [*lines, *table(("Contractor and framework", "For", "State"), rows)]


def _opportunities(statement: MemberStatement) -> Lines:
    if not statement.opportunities:
        return []
    rows = [
        (
            words.obligation_words(item),
            words.exact_words(item.due_exact),
            str(item.due),
            words.exact_words(item.delivered),
            words.exact_words(item.verified),
            words.exact_words(item.carried),
        )
        for item in statement.opportunities
    ]
    columns = ("Exactly due", "Due", "Delivered", "Verified", "Carried")
    return [*heading("Opportunities, to date"), *table(("Obligation", *columns), rows)]


def _schemes(statement: MemberStatement) -> Lines:
    if not statement.schemes:
        return []
    lines = heading("Schemes")
    for number, item in enumerate(statement.schemes):
        cost, returned = item.cost_per_place_pence, item.match_returned_pence
        lines += [""] if number else []
        lines += wrapped(f"{item.scheme}: {item.title} ({item.state})")
        lines += pairs(
            [
                ("  Budget", display_pence(item.budget_pence)),
                ("  Committed by this member", display_pence(item.committed_pence)),
                ("  Drawn of it", display_pence(item.drawn_pence)),
                ("  Remaining of it", display_pence(item.remaining_pence)),
                ("  Committed by all members", display_pence(item.all_committed_pence)),
                ("  Drawn in all", display_pence(item.all_drawn_pence)),
                ("  Match funding agreed", display_pence(item.match_agreed_pence)),
                ("  Match funding received", display_pence(item.match_received_pence)),
                *([("  Match funding returned", display_pence(returned))] if returned else []),
                ("  Places", str(item.places)),
                ("  Cost per place", "" if cost is None else display_pence(cost)),
            ]
        )
    return lines


_SECTIONS: tuple[Callable[[MemberStatement], Lines], ...] = (
    _movements,
    _commitments,
    _cohorts,
    _levy,
    _spend,
    _ageing,
    _returns,
    _opportunities,
    _schemes,
)
