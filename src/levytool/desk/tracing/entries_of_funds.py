"""Entries of the levy funds, the pots and the schemes: what made them and what came of them.

A levy fund is one sum of money. A release takes the whole surplus of it as at a month's end, so
its parts are all that came into the fund and went out of it since the release before, what that
one left, and what this one leaves: they add up to what was released. What was posted before it and
is dated after that month waits for a later release, as the rule has it (domain §3.5).
"""

from collections.abc import Iterable
from datetime import date

from levytool.accounts import Account
from levytool.desk.brokerage.list_pots import reserves
from levytool.desk.brokerage.obligations import described
from levytool.desk.brokerage.release_surplus import part_million_cost
from levytool.desk.tracing.entry import PostedThing
from levytool.desk.tracing.payees import payments_of
from levytool.desk.tracing.thing import OpenBooks, Part, Parts, once, parts_of, refs, rest, total
from levytool.desk.tracing.trace import Facts, told
from levytool.journal import Kind
from levytool.ledger.funds.schemes import TAKE_BACK
from levytool.ledger.journal.acts import acts_of
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs import traced_money
from levytool.ledger.proofs.traced_money import FundPosting, Release
from levytool.money import display_pence
from levytool.periods import Month
from levytool.rules.brokerage import Cohort, commit, format_key, parse_key, remaining
from levytool.rules.opportunities import ScopeKey

FUND = Account.LEVY_FUND
POT = Account.BROKERAGE_POT


def fund_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """Where what an entry brought into levy funds went: into each member's next release."""
    parts = []
    day = date.fromisoformat(entry.stored.effective)
    for member, pence in entry.moved(FUND).items():
        release = next(
            (
                one.entry_id
                for one in _releases_of(books, member)
                if one.entry_id > entry.number and one.until >= day
            ),
            None,
        )
        ref = entry_number(release) if release else f"{FUND.value}/{member}"
        parts.append(
            Part(ref, pence, f"{member}'s levy fund" + ("" if release else ", unreleased"))
        )
    yield from parts_of("in the levy fund until the next release", parts, total(parts))


def retained(entry: PostedThing) -> Iterable[Parts]:
    """What an entry retained for running costs, framework by framework."""
    kept = entry.moved(Account.LEVY_RETAINED)
    parts = [Part(f"{Account.LEVY_RETAINED.value}/{code}", p) for code, p in kept.items()]
    yield from parts_of("retained for running costs", parts, total(parts))


def release_because(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The whole surplus of the fund: see the module."""
    for member, released in entry.moved(POT).items():
        releases = [o for o in _releases_of(books, member) if o.entry_id <= entry.number]
        (*_, before, this) = (_FIRST, *releases)
        posted = traced_money.fund_postings(books.connection, member, entry.number)
        taken = {one for one in posted if _is_for(one, before)}
        since = [one for one in posted if _is_for(one, this) and one not in taken]
        carried = sum(one.pence for one in taken)
        left = carried + sum(one.pence for one in since) - released
        known_as = entry_number(before.entry_id)
        parts = [Part(known_as, carried, "left in the fund by")] if carried else []
        parts += rest(-left, _why_left(books, entry, member, left))
        parts += [Part(entry_number(one.entry_id), one.pence) for one in since]
        ever = f"since {known_as}" if before is not _FIRST else "so far"
        yield from parts_of(f"levy fund of {member} {ever}, the whole surplus of it", parts,
                            released, "levytool ledger journal")  # fmt: skip


_FIRST = Release(0, date.min)
"""What stands before a member's first release."""


def _is_for(posting: FundPosting, release: Release) -> bool:
    """Whether a release had a posting before it: posted by then, and dated in its month or before.
    A release before it counts in any case."""
    dated = posting.effective <= release.until or posting.kind == Kind.RELEASE
    return posting.entry_id <= release.entry_id and dated


def _releases_of(books: OpenBooks, member: str) -> list[Release]:
    return once(
        books,
        f"releases of {member}",
        lambda: traced_money.releases_of(books.connection, member),
    )


def _why_left(books: OpenBooks, entry: PostedThing, member: str, left: int) -> str:
    """What a release left, and of it the reserve and the part-million where they make it up.

    They don't where the book or the spend has changed since, or the fund answered for a credit
    that is dated after the month.
    """
    period = entry.stored.reporting_period
    if not left or period is None:
        return "left in the fund"
    end = Month.parse(period).last_day
    reserve = reserves(books.connection, books.book, AsKnown(end)).get(member, 0)
    held_back = part_million_cost(books.connection, books.book, end, exact_only=True)
    parts = {"the reserve": reserve, "held back for a part-million": held_back.get(member, 0)}
    if sum(parts.values()) != left:
        return "left in the fund"
    said = " and ".join(f"{display_pence(p)} {name}" for name, p in parts.items() if p)
    return f"left in the fund: {said}"


def cohorts_moved(books: OpenBooks, entry: PostedThing, sign: int) -> Iterable[Parts]:
    """Cohorts that an entry took from (-1) or put into (1), with the pence of each."""
    parts = [
        Part(f"{one.member}/{one.cohort}", sign * one.pence)
        for member in entry.moved(POT)
        for one in traced_money.pot_parts(books.connection, member, entry_id=entry.number)
        if one.pence * sign > 0
    ]
    heading = "out of these cohorts, oldest first" if sign < 0 else "into these cohorts"
    yield from parts_of(heading, parts, total(parts))


def taken_from_cohorts(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The cohorts that an entry took from, with the pence of each."""
    return cohorts_moved(books, entry, -1)


def put_into_cohorts(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The cohorts that an entry put money into, with the pence of each."""
    return cohorts_moved(books, entry, 1)


def sources_of(entry: PostedThing, sign: int) -> Iterable[Parts]:
    """The sources of schemes' money that an entry took from (-1) or put into (1)."""
    moved = entry.moved(Account.SCHEME_FUNDS)
    parts = [Part(source, sign * pence) for source, pence in moved.items() if pence * sign > 0]
    heading = "borne by" if sign < 0 else "put into the scheme for"
    yield from parts_of(heading, parts, total(parts))


def put_into_scheme(_books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The sources of schemes' money that an entry put into."""
    return sources_of(entry, 1)


def scheme_closed_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """Where the rest of a closed scheme went: to cohorts and to funders."""
    yield from put_into_cohorts(books, entry)
    for account, heading in (
        (Account.CREDITORS, "owed back to the funder"),
        (Account.MATCH_FUNDING_DEBTORS, "never received"),
    ):
        parts = [Part(f"{account.value}/{name}", p) for name, p in entry.moved(account).items()]
        yield from parts_of(heading, parts, total(parts))
    yield from payments_of(books, entry.number)


def taken_from_scheme(_books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The sources of schemes' money that an entry took from."""
    return sources_of(entry, -1)


def drawdown_because(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The shares of the sources and, of each member's, the cohorts: the oldest money first, as if
    what was taken back had never been drawn."""
    yield from sources_of(entry, -1)
    undone = _taken_back(books, entry.stored.reference)
    for source, pence in entry.moved(Account.SCHEME_FUNDS).items():
        scheme, _slash, member = source.partition("/")
        own = [one for one in traced_money.scheme_parts(books.connection, scheme)
               if one.source == member and one.source_kind == "member"]  # fmt: skip
        if not own:
            continue
        drawn = sum(-one.pence for one in own if one.kind == "draw"
                    and one.entry_id < entry.number and one.entry_id not in undone)  # fmt: skip
        taken = [
            Cohort(parse_key(one.cohort)[0], -one.pence, parse_key(one.cohort)[1])
            for one in traced_money.pot_parts(books.connection, member)
            if one.scheme == scheme and one.kind == Kind.COMMITMENT and one.entry_id < entry.number
        ]
        used = commit(remaining(taken, drawn), -pence).taken
        parts = [Part(f"{member}/{format_key(cohort.key)}", cohort.pence) for cohort in used]
        yield from parts_of(f"{member}'s share, from the oldest money committed", parts, -pence)
    vat = sum(-pence for pence in entry.moved(Account.VAT_CONTROL).values())
    yield from parts_of("recoverable VAT beside it", rest(vat, "VAT"), vat)


def _taken_back(books: OpenBooks, scheme: str) -> set[int | None]:
    """The entries of a scheme's drawdowns that were taken back, and those that took them back."""
    found = acts_of(books.connection, TAKE_BACK, scheme)
    return {number for act in found for number in (act.entry_id, act.facts["entry"])}


def why_taken_back(books: OpenBooks, entry: PostedThing) -> Facts:
    """Of a drawdown, who took it back and why; of what took one back, why."""
    for act in acts_of(books.connection, TAKE_BACK, entry.stored.reference):
        if act.facts["entry"] == entry.number:
            return told(taken_back=f"{act.at[:10]} by {act.user}: {act.facts['reason']}")
        if act.entry_id == entry.number:
            return told(why=act.facts["reason"])
    return ()


def provision_because(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The obligations whose places due have changed, and what was set aside for each."""
    return _obligations(books, entry, "for opportunities due")


def _obligations(books: OpenBooks, entry: PostedThing, heading: str) -> Iterable[Parts]:
    parts = []
    framework = entry.stored.reference.partition("/")[0]
    for codes in traced_money.obligations_of(books.connection, framework, entry.number):
        pence = sum(
            one.pence
            for one in traced_money.provision_parts(books.connection, *codes)
            if one.entry_id == entry.number
        )
        parts.append(Part(f"provision:{described(ScopeKey(*codes))}", pence))
    yield from parts_of(heading, parts, total(parts))


def provision_became(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The layers of provision that an entry moved."""
    framework = entry.stored.reference.partition("/")[0]
    parts = [
        Part(f"provision:{described(ScopeKey(*codes))}#{one.layer}", one.pence)
        for codes in traced_money.obligations_of(books.connection, framework, entry.number)
        for one in traced_money.provision_parts(books.connection, *codes)
        if one.entry_id == entry.number
    ]
    yield from parts_of("layers of the provision", parts, total(parts))


def place_of(_books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The place that an entry paid for, which its reference names, and who bore the cost."""
    yield from refs("paid for", entry.stored.reference)
    borne = {
        f"{account.value}/{member}": -pence
        for account in (Account.OPPORTUNITY_PROVISION, FUND)
        for member, pence in entry.moved(account).items()
    }
    vat = sum(-pence for pence in entry.moved(Account.VAT_CONTROL).values())
    parts = [Part(ref, pence) for ref, pence in borne.items()]
    whole = [*parts, *rest(vat, "recoverable VAT")]
    yield from parts_of("borne by", whole, total(whole))
