"""Journal entries: what each stands for, by its kind, and what followed from it."""

import re
from collections.abc import Iterable

from levytool.accounts import CHART
from levytool.desk.tracing import entries_of_funds as funds
from levytool.desk.tracing import entries_of_levy as levy
from levytool.desk.tracing.entry import Neighbours, PostedThing
from levytool.desk.tracing.files import opened_ref, opening_ref
from levytool.desk.tracing.participants import entry_became
from levytool.desk.tracing.thing import Form, OpenBooks, Parts, Thing, refs
from levytool.desk.tracing.trace import Facts, pounds, told
from levytool.desk.tracing.walk import LISTED
from levytool.journal import Kind, Leg
from levytool.ledger.funds.participants import RECORDED
from levytool.ledger.journal.entries import entries_by_id, entry_number
from levytool.ledger.proofs import traced
from levytool.ledger.proofs.explained import posted_entry
from levytool.money import display_pence
from levytool.text import counted


def _nothing(_books: OpenBooks, _entry: PostedThing) -> Iterable[Parts]:
    return ()


def _opened_from(books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The opening file, or its row of the document that the entry brought."""
    named = opened_ref(books, f"document {entry.stored.reference}")
    return refs("brought by", named or opening_ref(books))


BOTH_WAYS: dict[str, tuple[Neighbours, Neighbours]] = {
    Kind.DOCUMENT: (levy.of_reference, levy.document_became),
    Kind.DEFAULT_CHARGE: (levy.of_reference, levy.document_became),
    Kind.LATE_INTEREST: (levy.of_reference, levy.document_became),
    Kind.BANK_LINE: (levy.of_reference, levy.of_reference),
    Kind.RECEIPT: (levy.of_bank_line, levy.receipt_became),
    Kind.ALLOCATION: (levy.settled_because, levy.levy_became),
    Kind.SET_OFF: (levy.settled_because, levy.set_off_became),
    Kind.WRITE_OFF: (levy.settled_because, levy.levy_became),
    Kind.REFUND: (levy.of_bank_line, levy.owed_became),
    Kind.PAYMENT: (levy.payment_because, levy.accounts_became),
    Kind.PROVISION: (funds.provision_because, funds.provision_became),
    Kind.WAIVER: (funds.provision_because, funds.provision_became),
    Kind.OPPORTUNITY_PAID: (funds.place_of, levy.owed_became),
    Kind.RELEASE: (funds.release_because, funds.put_into_cohorts),
    Kind.COMMITMENT: (funds.taken_from_cohorts, funds.put_into_scheme),
    Kind.MATCH_FUNDING_AGREED: (_nothing, funds.put_into_scheme),
    Kind.MATCH_FUNDING_RECEIVED: (levy.of_bank_line, levy.match_funding_became),
    Kind.DRAWDOWN: (funds.drawdown_because, levy.owed_became),
    Kind.SCHEME_CLOSED: (funds.taken_from_scheme, funds.scheme_closed_became),
    Kind.POT_TRANSFER: (funds.taken_from_cohorts, funds.put_into_cohorts),
    Kind.EXPIRY: (funds.taken_from_cohorts, levy.accounts_became),
    Kind.LAPSED_RESTORED: (_nothing, funds.put_into_cohorts),
    Kind.VAT_PAID: (levy.of_bank_line, levy.accounts_became),
    Kind.BANK_CHARGE: (levy.of_bank_line, levy.accounts_became),
    Kind.INTEREST: (levy.of_bank_line, levy.accounts_became),
    Kind.CONTRA: (levy.contra_because, levy.accounts_became),
    Kind.OPENING: (_opened_from, levy.accounts_became),
    Kind.REVERSAL: (levy.reversal_because, levy.accounts_became),
    RECORDED: (_nothing, entry_became),
}
"""What made an entry of each kind, and what came of it."""


def _find(books: OpenBooks, match: re.Match[str]) -> Thing:
    return thing_of(books, int(match[1]))


def thing_of(books: OpenBooks, number: int) -> Thing:
    """The entry of that number. Raises UsageError when there is none."""
    stored = posted_entry(books.connection, number)
    entry = PostedThing(stored, entries_by_id(books.connection, [number])[number].transfers)
    because, became = BOTH_WAYS.get(stored.kind, (_nothing, levy.accounts_became))
    facts = told(
        kind=stored.kind,
        narrative=stored.narrative,
        effective=stored.effective,
        posted=stored.posted,
        by=stored.posted_by,
        reporting_period=stored.reporting_period,
        reference=stored.reference,
        hash=stored.hash,
    )
    if stored.kind in (Kind.DRAWDOWN, Kind.REVERSAL):
        facts += funds.why_taken_back(books, entry)
    moved = sum(item.amount_pence for item in entry.transfers)
    return Thing(
        stored.kind.replace("-", " "),
        entry_number(number),
        f"{stored.effective}, {stored.narrative}, {display_pence(moved)} moved",
        facts + _transfers(entry),
        because=lambda: because(books, entry),
        became=lambda: _became(books, entry, became),
    )


def _became(books: OpenBooks, entry: PostedThing, became: Neighbours) -> Iterable[Parts]:
    found = list(became(books, entry)) or list(levy.accounts_became(books, entry))
    yield from found
    document = traced.document_of_entry(books.connection, entry.number)
    if document and entry.stored.reverses is not None:
        yield from refs("is the posting of", document)
    back = traced.reversal_of(books.connection, entry.number)
    yield from refs("reversed by", entry_number(back) if back is not None else "")


def _transfers(entry: PostedThing) -> Facts:
    shown = entry.transfers[: LISTED[0]]
    facts = tuple(
        (f"from {_leg(item.debit)} to {_leg(item.credit)}", pounds(item.amount_pence))
        for item in shown
    )
    others = entry.transfers[len(shown) :]
    if others:
        moved = sum(item.amount_pence for item in others)
        facts += ((f"and {counted(len(others), 'more transfer')}", pounds(moved)),)
    return facts


def _leg(leg: Leg) -> str:
    name = f"{leg.account.value} {CHART[leg.account].name}"
    return f"{name} {leg.dimension}" if leg.dimension else name


FORMS = (Form("E-000012", "an entry of the journal: a release, a drawdown …", r"E-(\d+)", _find),)
