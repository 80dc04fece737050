"""Storing an opening: its entries, and each sub-ledger's part of what they bring (domain §3.5)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.acting import Acting
from levytool.book.records import Book
from levytool.journal import Entry, Kind, Leg, balances
from levytool.ledger.bank import bank_lines
from levytool.ledger.bank.bank_lines import Identified, NewBankLine
from levytool.ledger.documents import allocations, documents
from levytool.ledger.documents.allocations import Allocated, Share
from levytool.ledger.documents.documents import OF_OPENING, NewDocument
from levytool.ledger.funds import opportunities as stored_opportunities
from levytool.ledger.funds import pots, schemes
from levytool.ledger.funds.pots import NewPotMovement, movements_of
from levytool.ledger.funds.schemes import NewScheme, NewSchemeMovement
from levytool.ledger.journal import acts, opened
from levytool.ledger.journal.opened import SpendBrought
from levytool.ledger.journal.posting import post
from levytool.rules.brokerage import format_key
from levytool.rules.opening.figures import (
    Opening,
    OpeningBank,
    OpeningDocument,
    OpeningReceipt,
    OpeningScheme,
    funded_on,
    opening_balances,
)
from levytool.rules.postings import (
    Occasion,
    opening_document,
    opening_paid,
    receipt_identified,
)
from levytool.rules.postings import opening_balances as balances_posted
from levytool.rules.vat import vat_rate_ppm

BROUGHT = Kind.OPENING.value
"""The kind of what an opening file brings into a sub-ledger."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A bank line that stands for money brought, and whose receipt it is, where anybody's."""

    new: NewBankLine
    payer: str
    is_balance: bool


def store_opening(
    connection: Connection,
    acting: Acting,
    book: Book,
    opening: Opening,
    file_id: int,
    sha256: str,
) -> dict[str, int]:
    """Post an opening that balances and store what it brings; gives the line of each thing.

    The first entry brings the balances; each document, what was paid of it, and each receipt of a
    known payer have one of their own after it.
    """
    on = Occasion(opening.as_at, facts_digest=sha256)
    raised = [_raised(on, one, book) for one in opening.documents]
    paid = [(one, _paid(on, one, book)) for one in opening.documents if one.paid_pence]
    lines = [line for bank in opening.bank for line in _bank_lines(opening, bank)]
    first_line = bank_lines.allot_lines(connection, len(lines))
    receipts = [
        (number, line, _identified(on, number, line))
        for number, line in enumerate(lines, first_line)
        if line.payer
    ]
    own = [*raised, *(entry for _one, entry in paid), *(entry for _n, _line, entry in receipts)]
    first = balances_posted(
        on._replace(narrative="Balances brought in by the opening file"),
        _beside(opening_balances(opening, book), own),
    )
    ids = list(post(connection, acting, [first, *own]).ids)
    of_paid, of_receipts = len(raised) + 1, len(raised) + len(paid) + 1
    _store_documents(connection, book, opening.documents, ids[1:of_paid])
    _store_paid(connection, book, [one for one, _entry in paid], ids[of_paid:of_receipts])
    _store_bank(connection, file_id, first_line, lines, receipts, ids[0], ids[of_receipts:])
    _store_work(connection, acting, opening, ids[0])
    return dict(_rows(opening))


def _beside(debit_pence: dict[Leg, int], own: Sequence[Entry]) -> dict[Leg, int]:
    """What is left to bring beside the entries that documents and receipts have of their own."""
    left = Counter(debit_pence)
    for entry in own:
        left.subtract(balances(entry.transfers))
    return {
        leg: pence
        for leg, pence in left.items()
        if pence and leg.account is not Account.OPENING_BALANCES
    }


def _levy(document: OpeningDocument, book: Book) -> Account:
    if funded_on(book, document) == "billed":
        return Account.LEVY_FUND
    return Account.LEVY_BILLED_NOT_RECEIVED


def _of(on: Occasion, document: OpeningDocument) -> Occasion:
    return on._replace(reference=document.number, reporting_period=document.period)


def _raised(on: Occasion, one: OpeningDocument, book: Book) -> Entry:
    vat = one.sign * one.vat_pence
    return opening_document(_of(on, one), one.payer, _levy(one, book), one.levy(), vat)


def _paid(on: Occasion, one: OpeningDocument, book: Book) -> Entry:
    gross = one.sign * one.paid_pence
    return opening_paid(_of(on, one), one.payer, _levy(one, book), one.settled(), gross)


def _identified(on: Occasion, number: int, line: _Line) -> Entry:
    occasion = on._replace(reference=bank_lines.line_number(number))
    return receipt_identified(occasion, line.new.account, line.payer, line.new.amount_pence)


def _bank_lines(opening: Opening, bank: OpeningBank) -> Iterator[_Line]:
    """An account's balance as lines: the receipts that wait in it, after all the rest of it.

    So 1200 is the sum of bank lines from the first day on, a receipt is allocated or refunded as
    any other, and the next statement must begin where this one ended.
    """
    receipts = [one for one in opening.receipts if one.account == bank.account]
    held_pence = bank.balance_pence - sum(one.amount_pence for one in receipts)
    rest = OpeningReceipt(bank.account, "", held_pence, "Balance brought forward", bank.row)
    so_far = 0
    for one in (rest, *receipts):
        so_far += one.amount_pence
        if one.amount_pence:
            told = (one.row, opening.as_at, one.amount_pence, one.words, "", "")
            new = NewBankLine(*told, bank.account, so_far)
            yield _Line(new, one.payer, is_balance=one is rest)


def _store_documents(
    connection: Connection,
    book: Book,
    brought: Sequence[OpeningDocument],
    entry_ids: Sequence[int],
) -> None:
    rows = [
        NewDocument(
            one.kind,
            one.payer_kind,
            one.payer,
            OF_OPENING,
            one.framework,
            one.period,
            one.day,
            one.due,
            one.sign * one.net_pence,
            vat_rate_ppm(book.consortium.vat, one.day),
            one.sign * one.vat_pence,
        )
        for one in brought
    ]
    documents.store_documents(connection, rows, [one.number for one in brought], entry_ids)


def _store_paid(
    connection: Connection,
    book: Book,
    paid: Sequence[OpeningDocument],
    entry_ids: Sequence[int],
) -> None:
    """What was paid before: an allocation of no bank line that there is."""
    numbers = {stored.number: stored.id for stored in documents.find_documents(connection)}
    rows = []
    for one, entry_id in zip(paid, entry_ids, strict=True):
        retained = one.retained(book)
        shares = {
            code: Share(net, retained.get(code, 0)) for code, net in one.settled().items() if net
        }
        rows.append(
            Allocated(
                numbers[one.number],
                one.paid_pence,
                shares,
                entry_id,
                bank_line_id=allocations.BEFORE_OPENING,
            )
        )
    allocations.store_allocations(connection, rows)


def _store_bank(
    connection: Connection,
    file_id: int,
    first_line: int,
    lines: Sequence[_Line],
    receipts: Sequence[tuple[int, _Line, Entry]],
    first_entry: int,
    receipt_entries: Sequence[int],
) -> None:
    """The lines are all of the first entry; what they were found to be is known already."""
    new = [line.new for line in lines]
    bank_lines.store_lines(connection, file_id, first_line, new, [first_entry] * len(lines))
    found = [
        Identified(number, BROUGHT, "", "", abs(line.new.amount_pence), first_entry)
        for number, line in enumerate(lines, first_line)
        if line.is_balance
    ]
    found += [
        Identified(number, bank_lines.RECEIPT, line.payer, "", line.new.amount_pence, entry_id)
        for (number, line, _entry), entry_id in zip(receipts, receipt_entries, strict=True)
    ]
    bank_lines.store_identifications(connection, found)


def _store_work(connection: Connection, acting: Acting, opening: Opening, entry_id: int) -> None:
    """Pots, provision, schemes and spend: all of the first entry."""
    moved = [
        movement
        for pot in opening.pots
        for movement in movements_of(pot.cohorts, pot.member, Kind.OPENING, entry_id)
    ]
    money: list[NewSchemeMovement] = []
    for scheme in opening.schemes:
        _store_scheme(connection, replace(acting, today=opening.as_at), scheme, entry_id)
        moved += _committed(scheme, entry_id)
        money += _scheme_money(scheme, entry_id)
    pots.add_pot_movements(connection, moved)
    schemes.add_scheme_movements(connection, money)
    provision = [
        stored_opportunities.provision_row(one.key, layer, BROUGHT, entry_id)
        for one in opening.provisions
        for layer in one.layers
    ]
    stored_opportunities.add_provision(connection, provision)
    spend = [
        SpendBrought(one.row, *one.key, one.base_pence, one.delivered, one.verified, entry_id)
        for one in opening.spend
    ]
    opened.add_spend(connection, spend)


def _store_scheme(
    connection: Connection, acting: Acting, scheme: OpeningScheme, entry_id: int
) -> None:
    """A scheme that was approved in the books before, dated by the cut-off."""
    new = NewScheme(
        scheme.code,
        scheme.title,
        scheme.members,
        scheme.area,
        scheme.budget_pence,
        scheme.places,
    )
    schemes.add_scheme(connection, acting, new)
    acts.record(connection, acting, schemes.APPROVE, scheme.code, entry_id=entry_id)


def _committed(scheme: OpeningScheme, entry_id: int) -> Iterator[NewPotMovement]:
    """What a scheme took from pots before: in under its cohorts and out again at once, so that a
    closed scheme's rest finds its way back."""
    for one in scheme.commitments:
        yield from movements_of(one.cohorts, one.member, Kind.OPENING, entry_id)
        yield from movements_of(
            one.cohorts, one.member, Kind.COMMITMENT, entry_id, out=True, scheme=scheme.code
        )


def _scheme_money(scheme: OpeningScheme, entry_id: int) -> Iterator[NewSchemeMovement]:
    """What was put in, received and drawn before, by source."""
    code = scheme.code
    words = ("", BROUGHT, entry_id)
    for one in scheme.commitments:
        source = (code, schemes.MEMBER, one.member)
        yield NewSchemeMovement(*source, "commit", one.committed_pence, 0, *words)
        if one.drawn_pence:
            yield NewSchemeMovement(*source, "draw", -one.drawn_pence, 0, *words)
    for match in scheme.match_funding:
        source = (code, schemes.FUNDER, match.funder)
        yield NewSchemeMovement(*source, "agree", match.agreed_pence, 0, *words)
        if match.received_pence:
            yield NewSchemeMovement(*source, "receive", 0, match.received_pence, *words)
        if match.drawn_pence:
            yield NewSchemeMovement(*source, "draw", -match.drawn_pence, 0, *words)


def _rows(opening: Opening) -> Iterator[tuple[str, int]]:
    """Each thing that was brought and its line in the file, as `explain` asks for it."""
    for document in opening.documents:
        yield f"document {document.number}", document.row
    for scheme in opening.schemes:
        yield f"scheme {scheme.code}", scheme.row
        for one in scheme.commitments:
            yield f"scheme {scheme.code}/{one.member}", one.row
            for cohort in one.cohorts:
                yield f"pot {one.member}/{format_key(cohort.key)}", one.row
        for match in scheme.match_funding:
            yield f"scheme {scheme.code}/{match.funder}", match.row
    for pot in opening.pots:  # last: where a cohort is held and committed, its row is the pot's
        for cohort in pot.cohorts:
            yield f"pot {pot.member}/{format_key(cohort.key)}", pot.row
    for spend in opening.spend:
        yield f"spend {'/'.join(filter(None, spend.key))}", spend.row
