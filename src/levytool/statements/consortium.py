"""The consortium's own statement, told in sections: the sum over its members."""

from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.parts_balance import balance_by_month, schemes_section
from levytool.statements.parts_levy import (
    ageing_section,
    flow_chart,
    levy_section,
    returns_section,
    spend_section,
)
from levytool.statements.parts_places import places_section
from levytool.statements.parts_queries import all_queries
from levytool.statements.sections import Column, Figure, Section, Statement, Table, Value
from levytool.statements.values_parties import ConsortiumStatement, PotLine


def consortium_in_sections(own: ConsortiumStatement) -> Statement:
    """The statement as every form is written from it."""
    told = own.told
    cover = sum(line.amount_pence for line in own.cover)
    covered = (
        f"the bank covers what is owed and held, with {display_pence(cover)} over"
        if cover >= 0
        else f"the bank is {display_pence(-cover)} short of what is owed and held"
    )
    difference = f"Rounding difference across scopes: {own.rounding_difference}."
    return Statement(
        kind="consortium",
        title="Consortium statement",
        issuer=told.issuer,
        subject=told.recipient,
        period=told.period,
        as_at=told.as_at,
        known_on=told.known_on,
        status="draft",
        basis=told.basis,
        key_figures=(
            Figure("opening_balance", "Balances at opening", own.opening.total_pence),
            Figure("billed", "Levy billed", own.levy.period.billed_pence),
            Figure("received", "Levy received", own.levy.period.received_pence),
            Figure("closing_balance", "Balances at closing", own.closing.total_pence),
        ),
        held=f"At {words.day_words(told.as_at)} {covered}.",
        sections=(
            levy_section(
                own.levy,
                flow_chart(own.levy, own.opening, own.closing, own.moved),
                words.basis_words(told.basis),
            ),
            _pots(own),
            _cover(own),
            spend_section(own.spend, own.earlier, "member"),
            ageing_section(
                *(own.aged_payers, own.open_documents, "Open documents by days past due, with VAT"),
                after=words.dated_later((item.day for item in own.open_documents), told.period),
            ),
            returns_section(
                own.returns, "What is missing will change these figures", "Returns not in yet"
            ),
            places_section(own.opportunities, "By framework, to date", (difference,)),
            schemes_section(
                own.schemes,
                "All sources’ money, to date; what remains may still be drawn",
                whole=True,
            ),
            all_queries(own.queries, told.period),
        ),
    )


def _pots(own: ConsortiumStatement) -> Section:
    table = Table(
        "pots",
        "Each member’s balance, from opening to closing",
        (
            Column("member", "Member code", place="data"),
            Column("member_name", "Member", place="name"),
            Column("opening", "Opening", "money", sums=True),
            Column("released", "Released", "money", sums=True),
            Column("drawn", "Drawn", "money", sums=True),
            Column("other", "Other", "money", sums=True),
            Column(
                *("closing", "Closing", "money"), sums=True, of="opening + released + drawn + other"
            ),
            Column("uncommitted", "Uncommitted", "money", "data", sums=True),
            Column("committed", "Committed", "money", "data", sums=True),
            Column("unpaid", "Levy unpaid", "money", "data", sums=True),
            Column("fund", "Levy fund", "money", "data", sums=True),
            Column("provision", "Provision", "money", "data", sums=True),
        ),
        tuple(map(_pot_row, own.pots)),
        "Pots",
        total="All members",
    )
    held = table.apart(
        "What each balance is held as, and the levy beside it",
        {
            "member_name": "name",
            **dict.fromkeys(("uncommitted", "committed", "unpaid", "fund", "provision"), "column"),
        },
        every=True,
    )
    return Section("pots", "Pots by member", (*balance_by_month(own.month_ends), table, held))


def _pot_row(line: PotLine) -> tuple[Value, ...]:
    closing = line.closing
    return (
        *(line.member, line.name, line.opening_pence, line.released_pence, line.drawn_pence),
        *(line.other_pence, closing.total_pence, closing.uncommitted_pence),
        *(closing.committed_pence, line.unpaid_pence, line.fund_pence, line.provision_pence),
    )


def _cover(own: ConsortiumStatement) -> Section:
    table = Table(
        "cash_cover",
        "The bank against what is held for others",
        (
            Column("name", "Account", place="name"),
            Column("account", "Code", place="small"),
            Column("amount", "Amount", "money", sums=True),
        ),
        tuple((line.name, line.account, line.amount_pence) for line in own.cover),
        "Cash cover",
        total="Over, or short",
    )
    before = [line for line in own.cover if line.name == words.HELD_BEFORE]
    after = tuple(
        f"{display_pence(line.amount_pence)} was in the bank before its first line in these books: "
        "they do not say whose it is."
        for line in before
    )
    return Section("cash-cover", "Cash cover", (table,), after=after)
