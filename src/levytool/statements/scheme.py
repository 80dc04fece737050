"""A scheme's statement, told in sections."""

from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.parts_balance import as_issued, movements_table
from levytool.statements.parts_outcomes import outcomes_section
from levytool.statements.sections import (
    Column,
    Figure,
    Grid,
    Named,
    Place,
    Section,
    Statement,
    Table,
    Value,
)
from levytool.statements.values_parties import SchemeStatement


def scheme_in_sections(own: SchemeStatement) -> Statement:
    """The statement as every form is written from it."""
    told, scheme = own.told, own.scheme
    return Statement(
        kind="scheme",
        title="Scheme statement",
        issuer=told.issuer,
        subject=told.recipient,
        period=told.period,
        as_at=told.as_at,
        known_on=told.known_on,
        status="draft",
        basis=told.basis,
        key_figures=(
            Figure("opening_balance", "Balance at opening", own.opening_pence),
            Figure("put_in", "Put in, to date", scheme.all_committed_pence + _agreed(own)),
            Figure("drawn", "Drawn, to date", scheme.all_drawn_pence),
            Figure("closing_balance", "Balance at closing", own.closing_pence),
        ),
        held=_held(own),
        sections=(
            *(_plan(own), outcomes_section(scheme)),
            *(_money(own), _drawn(own), _cohorts(own)),
        ),
    )


def _held(own: SchemeStatement) -> str:
    """How the scheme stands, or that it did not yet."""
    if own.proposed_later is not None:
        day = words.long_day_words(own.proposed_later)
        told = (
            "there is no money to tell, only what was recorded of its participants."
            if own.scheme.outcomes.referred
            else "there is nothing to tell."
        )
        return f"The scheme was proposed on {day}, after this period: {told}"
    day = words.day_words(own.told.as_at)
    return f"At {day} the scheme is {own.scheme.state}.{_left(own)}"


def _agreed(own: SchemeStatement) -> int:
    return own.scheme.match_agreed_pence


def _left(own: SchemeStatement) -> str:
    """What may still be drawn, and what of match funding cannot be yet."""
    left, owed = own.scheme.remaining_pence, own.scheme.match_owed_pence
    said = f" {display_pence(left)} may still be drawn." if left else ""
    said += f" Of match funding agreed, {display_pence(owed)} has not come." if owed else ""
    return " ".join((said, *_owed_back(own)))


def _owed_back(own: SchemeStatement) -> tuple[str, ...]:
    """What closing gave back to funders, and the bank has not paid them."""
    return tuple(
        f"{display_pence(pence)} is owed back to {own.name(funder)}, and not paid yet."
        for funder, pence in own.owed_back.items()
    )


_NOT_PAID = "Of that, owed back to funders and not paid yet"
_SELDOM = ("match_funding_owed_back", "match_funding_released")


def _plan(own: SchemeStatement) -> Section:
    scheme = own.scheme
    never = sum(item.released_pence for item in own.sources)
    rows: tuple[tuple[str, str, Value], ...] = (
        ("budget", "Budget", scheme.budget_pence),
        ("committed", "Committed by members", scheme.all_committed_pence),
        ("match_funding", "Match funding agreed", scheme.match_agreed_pence),
        ("match_funding_received", "Match funding received", scheme.match_received_pence),
        ("match_funding_returned", "Match funding given back", scheme.match_returned_pence),
        ("match_funding_owed_back", _NOT_PAID, sum(own.owed_back.values())),
        ("match_funding_owed", "Match funding still to come", scheme.match_owed_pence),
        ("match_funding_released", "Match funding released: it never came", never),
        ("drawn", "Drawn", scheme.all_drawn_pence),
        ("remaining", "May still be drawn", scheme.remaining_pence),
    )
    money = Grid(
        "scheme_figures",
        "Budget and funding, to date",
        "Money",
        (Column("{}", "Amount", "money"),),
        tuple(Named(key, label, (value,), seldom=key in _SELDOM) for key, label, value in rows),
        "Budget",
    )
    places = Table(
        "places",
        "What the budget is for",
        (
            Column("members", "Member codes", "texts", "data"),
            Column("member_names", "Members", "texts", "name"),
            Column("area", "Area", blank="–"),
            Column("state", "State"),
            *((Column("proposed_on", "Proposed", "day"),) if own.proposed_later else ()),
            Column("places", "Places", "count"),
            Column("cost_per_place", "Cost per place", "money", blank="–"),
            Column("filled", "Filled", "count", blank="–"),
        ),
        (
            (
                *(scheme.members, tuple(map(own.name, scheme.members))),
                *(scheme.area or None, scheme.state),
                *((own.proposed_later,) if own.proposed_later else ()),
                *(scheme.places, scheme.cost_per_place_pence),
                # There are no places yet that those who began before could fill.
                None if own.proposed_later else scheme.outcomes.filled,
            ),
        ),
        "Places",
    )
    return Section("plan", "Budget and places", (money, places))


def _money(own: SchemeStatement) -> Section:
    movements = movements_table(
        "From the opening to the closing balance",
        own.movements,
        brought=(as_issued("Balance at opening", own.told.follows), own.opening_pence),
        total="Balance at closing",
    )
    parts = (movements, _by_source(own), *_to_date(own))
    after = (*_owed_back(own), *words.banked_later(own.banked, "Match funding"))
    return Section("money", "Money in and out", parts, after=after)


_SOURCE = (
    Column("source", "Source code", place="data"),
    Column("source_name", "Source", place="name"),
    Column("kind", "Kind", place="small"),
)


def _by_source(own: SchemeStatement) -> Table:
    """The same walk for each source."""
    other: Place = "column" if any(item.other_pence for item in own.sources) else "data"
    let_go: Place = "column" if any(item.let_go_pence for item in own.sources) else "data"
    return Table(
        "source_movements",
        "Each source’s money in the period",
        (
            *_SOURCE,
            Column("opening", "Opening", "money", sums=True),
            Column("put_in", "Put in", "money", sums=True),
            Column("drawn", "Drawn", "money", sums=True),
            Column("given_back", "Given back", "money", sums=True),
            Column("released", "Released", "money", let_go, sums=True),
            Column("other", "Other", "money", other, sums=True),
            Column(
                *("closing", "Closing", "money"),
                sums=True,
                of="opening + put_in + drawn + given_back + released + other",
            ),
        ),
        tuple(
            (
                *(item.source, own.name(item.source), item.kind),
                *(item.opening_pence, item.put_in_pence, item.drew_pence, item.gave_back_pence),
                *(item.let_go_pence, item.other_pence, item.closing_pence),
            )
            for item in own.sources
        ),
        "Source movements",
        total="All sources",
    )


def _to_date(own: SchemeStatement) -> tuple[Table, Table]:
    """What was put in, and what became of it: all is received or not, drawn, given back or left."""
    table = Table(
        "sources",
        "Each source’s money, to date; what is left of it may still be drawn",
        (
            *_SOURCE,
            Column("put_in", "Put in", "money", sums=True),
            Column("received", "Received", "money", sums=True),
            Column("drawn", "Drawn", "money", sums=True),
            Column("returned", "Given back", "money", sums=True),
            Column("left", "Left", "money", sums=True, of="received - drawn - returned"),
            Column("not_received", "Not received", "money", "data", sums=True),
            Column("still_to_come", "Still to come", "money", "data", sums=True),
            Column("released", "Released", "money", "data", sums=True),
        ),
        tuple(
            (
                *(item.source, own.name(item.source), item.kind, item.put_pence),
                *(item.received_pence, item.drawn_pence, item.returned_pence, item.left_pence),
                *(item.not_received_pence, item.owed_pence, item.released_pence),
            )
            for item in own.sources
        ),
        "Sources",
        total="All sources",
    )
    places: dict[str, Place] = {
        "source_name": "name",
        "kind": "small",
        "not_received": "column",
        "still_to_come": "column",
        "released": "column",
    }
    return table, table.apart("Put in and not received: still to come, or released", places)


def _drawn(own: SchemeStatement) -> Section:
    table = Table(
        "drawdowns",
        "By payee, and whose money bore it",
        (
            Column("payee", "Payee", place="name"),
            Column("reference", "Reference", place="small"),
            Column("entry", "Entry", place="small"),
            Column("date", "Date", "day"),
            Column("source", "Source code", place="data"),
            Column("source_name", "Borne by"),
            Column("amount", "Amount", "money", sums=True),
        ),
        tuple(
            (
                *(item.payee, item.words, item.reference, item.day),
                *(item.source, own.name(item.source), item.amount_pence),
            )
            for item in own.draws
        ),
        "Drawdowns",
        total="All drawdowns",
    )
    nothing = "Nothing was drawn in this period."
    return Section("drawdowns", "Drawdowns in the period", (table,), nothing=nothing)


def _cohorts(own: SchemeStatement) -> Section:
    table = Table(
        "commitments",
        "By member and the month its surplus was released, to date",
        (
            Column("member", "Member code", place="data"),
            Column("member_name", "Member", place="name"),
            Column("cohort", "Released", "month"),
            Column("amount", "Committed", "money", sums=True),
        ),
        tuple(
            (item.member, own.name(item.member), item.entered, item.pence) for item in own.cohorts
        ),
        "Commitments",
        total="All commitments",
    )
    return Section("commitments", "Commitments by cohort", (table,))
