"""The tables of an opening file about work under way: spend, places, provision and schemes."""

from levytool.book.records import Book
from levytool.book.table import CODE
from levytool.intake.opening_tables import OpeningTable
from levytool.rules.opening.figures import (
    OpeningCommitment,
    OpeningMatch,
    OpeningProvision,
    OpeningScheme,
    OpeningSpend,
)
from levytool.rules.opportunities import ScopeKey
from levytool.rules.provision import Layer

MOST_PLACES = 1_000_000


def read_spend(one: OpeningTable) -> OpeningSpend:
    """Cumulative spend by framework, member, call-off and contractor, with its places."""
    table = one.table
    key = ScopeKey(
        one.party("framework"),
        one.party("member"),
        table.text("call_off").strip(),
        one.party("contractor"),
    )
    spend = OpeningSpend(
        key,
        one.amount("spend", signed=True),
        delivered=table.integer("delivered", 0, 0, MOST_PLACES),
        verified=table.integer("verified", 0, 0, MOST_PLACES),
        row=one.row,
    )
    table.close()
    return spend


def read_provision(one: OpeningTable, book: Book) -> OpeningProvision:
    """The layers of one obligation, named by just the codes that its framework's scope uses."""
    table = one.table
    framework = one.party("framework")
    rule = book.frameworks[framework].opportunities if framework in book.frameworks else None
    if framework and rule is None:
        hint = "give it an opportunities table in the book, or leave this out"
        table.add("not-sensible", f"{framework} owes no opportunities", hint, "framework")
    scope = rule.scope if rule else "framework-member"
    if rule is None:
        # Which codes name it, and who bears its layers, follows from what the framework owes.
        for key in ("member", "contractor", "call_off", "layers"):
            table.get(key)
        one.amount("balance")
        table.close()
        return OpeningProvision(ScopeKey(framework, "", "", ""), 0, (), one.row)
    member = one.party("member") if scope in ("framework-member", "call-off") else ""
    contractor = one.party("contractor") if scope in ("contractor", "call-off") else ""
    call_off = table.text("call_off").strip() if scope == "call-off" else ""
    layers = tuple(
        _layer(number, inner, member) for number, inner in enumerate(one.inner("layers"), 1)
    )
    provision = OpeningProvision(
        ScopeKey(framework, member, call_off, contractor), one.amount("balance"), layers, one.row
    )
    table.close()
    return provision


def _layer(number: int, one: OpeningTable, member: str) -> Layer:
    """One layer; what each member bears of it is asked only where no single member does."""
    places = one.table.integer("places", 0, 1, MOST_PLACES)
    cost = one.amount("unit_cost")
    by_member = {member: places * cost} if member else one.by_member("members")
    one.table.close()
    return Layer(number, places, cost, tuple(sorted(by_member.items())))


def read_scheme(one: OpeningTable) -> OpeningScheme:
    """A scheme with its money by source."""
    table = one.table
    members = []
    for position, name in enumerate(table.texts("members")):
        code = one.names.members.recognise(name)
        if code is None:
            path = (*table.path, "members", position)
            hint = "name members of the book"
            table.findings.add("unknown-member", "the book has no such member", hint, path, name)
        else:
            members.append(code)
    if "members" not in table.raw:
        table.missing("members", 'list them: members = ["SALIX"]')
    scheme = OpeningScheme(
        code=table.code("name the scheme"),
        title=table.required_text("title", "say what the scheme is"),
        members=tuple(dict.fromkeys(members)),
        area=table.text("area").strip(),
        budget_pence=one.amount("budget"),
        places=table.integer("places", 1, 1, MOST_PLACES),
        balance_pence=one.amount("balance"),
        commitments=tuple(_commitment(inner) for inner in one.inner("commitments")),
        match_funding=tuple(_match(inner) for inner in one.inner("match_funding")),
        row=one.row,
    )
    table.close()
    return scheme


def _commitment(one: OpeningTable) -> OpeningCommitment:
    commitment = OpeningCommitment(
        one.party("member"),
        one.amount("committed"),
        one.amount("drawn", 0),
        one.cohorts("cohorts"),
        one.row,
    )
    one.table.close()
    return commitment


def _match(one: OpeningTable) -> OpeningMatch:
    """Another funder's money. A member's comes from its pot, so a member is no funder."""
    funder = " ".join(one.table.required_text("funder", "name the funder").split())
    if CODE.fullmatch(funder) and funder in one.names.members:
        hint = "put its money among the commitments"
        one.table.add("not-sensible", f"{funder} is a member", hint, "funder", funder)
    match = OpeningMatch(
        funder,
        one.amount("agreed"),
        one.amount("received", 0),
        one.amount("drawn", 0),
        one.row,
    )
    one.table.close()
    return match
