"""Tracing money: entries, pots and their cohorts, schemes, opportunities, bank lines."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection

from levytool.accounts import CHART, Account
from levytool.book.records import Book
from levytool.desk.audit.explain_levy import explain_document
from levytool.desk.audit.trace import Trace, pounds, told
from levytool.desk.brokerage.list_pots import reserves
from levytool.desk.brokerage.release_surplus import part_million_cost
from levytool.journal import Leg
from levytool.ledger.acts import StoredAct, acts_of
from levytool.ledger.allocations import cash_allocated
from levytool.ledger.as_known import AsKnown
from levytool.ledger.bank_lines import get_line, identifications
from levytool.ledger.entries import entries_by_id, entry_number
from levytool.ledger.explained import (
    FundMovement,
    PotPosting,
    fund_movements,
    last_release,
    posted_entry,
    pot_postings,
)
from levytool.ledger.opportunities import PAY, VERIFY, get_opportunity
from levytool.ledger.schemes import find_schemes, funds_by_scheme
from levytool.periods import Month
from levytool.problems import UsageError
from levytool.rules.postings import Kind

_FED_BY = {
    Kind.ALLOCATION.value: "levy received",
    Kind.SET_OFF.value: "levy settled by credit",
    Kind.DOCUMENT.value: "levy billed",
    Kind.PROVISION.value: "set aside for opportunities",
    Kind.OPPORTUNITY_PAID.value: "opportunities paid, beyond what was set aside",
}


def explain_entry(connection: Connection, book: Book, reference: str) -> Trace:
    """A journal entry: its transfers and, where it moved a pot, the cohorts and what fed them."""
    number = int(reference.removeprefix("E-"))
    entry = posted_entry(connection, number)
    transfers = entries_by_id(connection, [number])[number].transfers
    moved = [
        Trace(
            "transfer",
            "",
            told(
                debit=_leg(item.debit), credit=_leg(item.credit), amount=pounds(item.amount_pence)
            ),
        )
        for item in transfers
    ]
    facts = told(
        kind=entry.kind,
        narrative=entry.narrative,
        effective=entry.effective,
        posted=entry.posted,
        by=entry.posted_by,
        reporting_period=entry.reporting_period,
        reference=entry.reference,
        reverses=entry_number(entry.reverses) if entry.reverses else "",
        hash=entry.hash,
    )
    behind = [*moved]
    for posting in pot_postings(connection, entry_id=number):
        behind.append(_pot_movement(posting))
        if posting.kind == Kind.RELEASE.value:
            behind.append(_what_fed(connection, book, posting))
    if entry.reference.startswith(("INV-", "CN-")):
        behind.append(explain_document(connection, book, entry.reference))
    return Trace("entry", entry_number(number), facts, tuple(behind))


def _leg(leg: Leg) -> str:
    name = f"{leg.account.value} {CHART[leg.account].name}"
    return f"{name} {leg.dimension}" if leg.dimension else name


def _pot_movement(posting: PotPosting) -> Trace:
    return Trace(
        "pot movement",
        f"{posting.member}/{posting.cohort}",
        told(
            kind=posting.kind,
            date=posting.effective,
            amount=pounds(posting.amount_pence),
            scheme=posting.scheme,
        ),
    )


def _what_fed(connection: Connection, book: Book, release: PotPosting) -> Trace:
    """What came into the levy fund and went out of it between two releases, and what stayed."""
    member = release.member
    before = last_release(connection, member, release.entry_id)
    movements = fund_movements(connection, member, before, release.entry_id)
    since = sum(item.amount_pence for item in movements)
    earlier = fund_movements(connection, member, 0, before + 1)
    carried = sum(item.amount_pence for item in earlier)
    left = carried + since - release.amount_pence
    facts = [("in all", pounds(since))]
    if before:
        facts.insert(0, (f"left in the fund by {entry_number(before)}", pounds(carried)))
    facts += [("released", pounds(release.amount_pence)), ("left in the fund", pounds(left))]
    return Trace(
        f"levy fund of {member} since " + (entry_number(before) if before else "the beginning"),
        "",
        (*facts, *_why_left(connection, book, release, left)),
        tuple(_fed(kind, list(items)) for kind, items in _by_kind(movements)),
    )


def _why_left(
    connection: Connection, book: Book, release: PotPosting, left_pence: int
) -> tuple[tuple[str, str], ...]:
    """The reserve and the part-million that a release left, where they make up what is left.

    They don't where the book or the spend has changed since, or levy came in after the month.
    """
    period = posted_entry(connection, release.entry_id).reporting_period
    if not left_pence or period is None:
        return ()
    end = Month.parse(period).last_day
    reserve = reserves(connection, book, AsKnown(end)).get(release.member, 0)
    held_back = part_million_cost(connection, book, end, exact_only=True).get(release.member, 0)
    if reserve + held_back != left_pence:
        return ()
    parts = (("of it the reserve", reserve), ("of it held back for a part-million", held_back))
    return tuple((name, pounds(pence)) for name, pence in parts if pence)


def _by_kind(movements: Iterable[FundMovement]) -> list[tuple[str, list[FundMovement]]]:
    groups: dict[str, list[FundMovement]] = {}
    for item in movements:
        groups.setdefault(item.kind, []).append(item)
    return list(groups.items())


def _fed(kind: str, movements: list[FundMovement]) -> Trace:
    total = sum(item.amount_pence for item in movements)
    facts = [("in all, retained share taken off", pounds(total))]
    facts += [(item.reference or "-", pounds(item.amount_pence)) for item in movements]
    return Trace(_FED_BY.get(kind, kind), "", tuple(facts))


def explain_cohort(connection: Connection, book: Book, reference: str) -> Trace:
    """A cohort of a member's pot: every movement of it, and the release that made it."""
    member, _slash, cohort = reference.partition("/")
    if member not in book.members:
        raise UsageError(f"the book has no member {member}; see: levytool book show")
    postings = pot_postings(connection, member=member, cohort=cohort)
    if not postings:
        raise UsageError(f"{member} has no cohort {cohort}; see: levytool pot list")
    behind = [_pot_movement(posting) for posting in postings]
    behind += [
        _what_fed(connection, book, posting)
        for posting in postings
        if posting.kind == Kind.RELEASE.value
    ]
    left = sum(posting.amount_pence for posting in postings)
    return Trace("cohort", reference, told(left=pounds(left)), tuple(behind))


def explain_scheme(connection: Connection, _book: Book, reference: str) -> Trace:
    """A scheme: its money by source, and what each member's commitment was taken from."""
    (scheme,) = (item for item in find_schemes(connection) if item.code == reference)
    sources = [
        Trace(
            source.source_kind,
            "",
            told(
                name=source.source,
                put_in=pounds(source.put_pence),
                drawn=pounds(source.drawn_pence),
                left=pounds(source.balance_pence),
            ),
            tuple(
                _pot_movement(posting)
                for posting in pot_postings(connection, member=source.source)
                if posting.scheme == reference
            ),
        )
        for source in funds_by_scheme(connection).get(reference, ())
    ]
    facts = told(
        title=scheme.title,
        members=", ".join(scheme.members),
        state=scheme.state,
        budget=pounds(scheme.budget_pence),
        places=scheme.places,
        proposed=f"{scheme.proposed_on} by {scheme.proposed_by}",
    )
    return Trace("scheme", reference, facts, tuple(sources))


def explain_opportunity(connection: Connection, _book: Book, reference: str) -> Trace:
    """An opportunity: who recorded, verified and paid for it."""
    place = get_opportunity(connection, reference)
    steps = [
        Trace(
            act,
            entry_number(done.entry_id) if done.entry_id else "",
            (
                *told(on=done.at[:10], by=done.user, state=done.state),
                *(_paid(connection, done) if act == PAY else ()),
            ),
        )
        for act in (VERIFY, PAY)
        for done in acts_of(connection, act, place.number)
    ]
    facts = told(
        framework=place.framework,
        member=place.member,
        contractor=place.contractor,
        call_off=place.call_off,
        type=place.type,
        starts=place.starts,
        weeks=place.weeks,
        recorded=f"{place.recorded_on} by {place.recorded_by}",
    )
    return Trace("opportunity", place.number, facts, tuple(steps))


def _paid(connection: Connection, act: StoredAct) -> tuple[tuple[str, str], ...]:
    """What a payment for a place came to, and what the provision and the levy funds bore of it."""
    moved: dict[tuple[Account, Account], int] = defaultdict(int)
    if act.entry_id is not None:
        for item in entries_by_id(connection, [act.entry_id])[act.entry_id].transfers:
            moved[item.debit.account, item.credit.account] += item.amount_pence
    borne = (
        ("from provision", Account.OPPORTUNITY_PROVISION, Account.CREDITORS),
        ("charged to levy fund", Account.LEVY_FUND, Account.CREDITORS),
        ("saved, back to levy fund", Account.OPPORTUNITY_PROVISION, Account.LEVY_FUND),
    )
    return (
        *told(
            payee=act.facts["payee"],
            net=pounds(act.facts["net_pence"]),
            vat=pounds(act.facts["vat_pence"]),
        ),
        *(
            (name, pounds(pence))
            for name, debit, credit in borne
            if (pence := moved[debit, credit])
        ),
    )


def explain_bank_line(connection: Connection, _book: Book, reference: str) -> Trace:
    """A bank line: what it was found to be, and the documents it paid."""
    line = get_line(connection, reference)
    found = [
        Trace(
            "identified",
            entry_number(item.entry_id),
            told(
                what=item.kind,
                party=item.party,
                subject=item.subject,
                amount=pounds(item.amount_pence),
            ),
        )
        for item in identifications(connection, line.id)
    ]
    paid = [
        Trace("allocated", number, told(payer=payer, amount=pounds(pence)))
        for (number, payer), pence in cash_allocated(connection, line.id).get(line.id, {}).items()
    ]
    facts = told(
        account=line.account,
        booked=line.booked,
        amount=pounds(line.amount_pence),
        description=line.description,
        bank_reference=line.reference,
        row=line.row,
    )
    return Trace("bank line", line.number, facts, (*found, *paid))
