"""Saying what a bank line is: what was in suspense (2900) goes where it belongs (domain §3.5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.book.names import Names, PartyNames, fold
from levytool.book.records import Book, Contractor, Member
from levytool.desk.bank.list_bank import Told, line_rows, open_pence
from levytool.desk.bank.refund_receipt import refund_of_payment, refund_paid_by
from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import positive_pence, unknown, words
from levytool.desk.levy.allocating import reverse_entries
from levytool.desk.office import Office
from levytool.journal import Entry
from levytool.ledger.bank import bank_lines, contras
from levytool.ledger.bank.bank_lines import (
    Identified,
    StoredBankLine,
    get_standing_line,
    identifications,
)
from levytool.ledger.bank.creditors import payee_named
from levytool.ledger.bank.receipts import unallocated
from levytool.ledger.documents.allocations import cash_allocated
from levytool.ledger.funds.schemes import (
    FUNDER,
    NewSchemeMovement,
    SourceFunds,
    add_scheme_movements,
    funds_by_scheme,
)
from levytool.ledger.journal.balances import balances, credit_balances
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import display_pence, format_pence
from levytool.problems import RuleRefused, UsageError
from levytool.rules.dates import act_date
from levytool.rules.postings import (
    Occasion,
    bank_charged,
    interest_received,
    lines_set_against,
    match_funding_received,
    payment_identified,
    receipt_identified,
    vat_paid,
)


class LineKind(StrEnum):
    """What a bank line can be (contract, `bank identify`)."""

    RECEIPT = bank_lines.RECEIPT
    PAYMENT = bank_lines.PAYMENT
    MATCH_FUNDING = bank_lines.MATCH_FUNDING
    VAT = bank_lines.VAT
    CHARGE = bank_lines.CHARGE
    INTEREST = bank_lines.INTEREST
    REFUND = bank_lines.REFUND
    CONTRA = contras.CONTRA


UNKNOWN = "unknown"
"""Stands for no kind: what a line was said to be is taken back (`unidentify_line`)."""

MONEY_IN = frozenset({LineKind.RECEIPT, LineKind.MATCH_FUNDING, LineKind.INTEREST})
MONEY_OUT = frozenset({LineKind.REFUND})
_OTHER_WAY = {
    LineKind.RECEIPT: "money back to a payer is --as refund, once its receipt is unallocated",
    LineKind.MATCH_FUNDING: "match funding paid back is --as payment",
    LineKind.INTEREST: "interest paid is --as charge",
    LineKind.REFUND: "money in from a payer is --as receipt",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What an officer says a line is. `amount_pence` None: all of it that is unidentified.

    `against` is the number of the line that a contra is set against.
    """

    kind: LineKind
    party: str = ""
    scheme: str = ""
    amount_pence: int | None = None
    instead: bool = False
    against: str = ""

    @property
    def subject(self) -> str:
        """What the line is of beside its party: a scheme, or the line it is set against."""
        return self.scheme or self.against


def said_of(
    kind: str,
    party: str,
    scheme: str,
    amount_pence: int | None,
    *,
    instead: bool,
    against: str = "",
) -> Said:
    """What an officer says, from the words of the command line. Raises UsageError."""
    try:
        known = LineKind(kind)
    except ValueError as error:
        known_kinds = ", ".join((*LineKind, UNKNOWN))
        raise UsageError(f"--as {kind!r} is none of: {known_kinds}") from error
    if (known is LineKind.CONTRA) != bool(against):
        raise UsageError(
            "--as contra sets two lines against each other, and --against names the other: "
            "levytool bank identify B-000002 --as contra --against B-000001"
        )
    if against and (party or scheme):
        raise UsageError("--as contra is of no party and of no scheme")
    number = bank_lines.line_number(bank_lines.line_id_of(against)) if against else ""
    return Said(known, party, scheme, amount_pence, instead, number)


def identify_line(office: Office, number: str, said: Said) -> Told:
    """Identify a bank line, or a part of it. Doing it twice does it once.

    `instead` first takes back what the line was said to be. Raises UsageError for a party or a
    scheme that is not there, RuleRefused where the books do not bear it.
    """
    with office.writing() as connection:
        line = get_standing_line(connection, number)
        book = book_in_force(connection)
        _check_direction(line, said.kind)
        other = get_standing_line(connection, said.against) if said.against else None
        party = _party(connection, book, line, said)
        standing = identifications(connection, line.id)
        if _says_so_already(line, standing, said, party):
            told = f"{line.number} is identified so already; nothing to do"
            return Told(line_rows(connection, number), (told,))
        freed: list[str] = []
        if said.instead and standing:
            freed = _set_against(standing)
            _take_back(connection, office, line, standing)
            standing = []
        pence = _amount(line, standing, said)
        days = [office.acting.today, line.effective]
        if other is not None:
            _check_other(connection, line, other, pence)
            days.append(other.effective)
        day = act_date(max(days), closed_months(connection))
        if said.kind is LineKind.REFUND:
            over_pence = book.consortium.four_eyes_over_pence
            refund_of_payment(connection, office.acting, party, pence, over_pence)
        _check_creditor(connection, line, said.kind, party, pence)
        on = Occasion(day, reference=line.number)
        entry = _posting(on, line, said, party, pence, other)
        entry_id = post(connection, office.acting, [entry]).first_id
        found = [Identified(line.id, said.kind, party, said.scheme, pence, entry_id)]
        if other is not None:
            found = contras.of_both(line, other, pence, entry_id)
            freed = [one for one in freed if one != other.number]
        bank_lines.store_identifications(connection, found)
        if said.kind is LineKind.MATCH_FUNDING:
            _receive(connection, line, found[0], 1)
        touched = [other.number] if other else []
        told_of = tuple(f"{one} is nobody's again" for one in freed)
        return Told(_rows(connection, [line.number, *touched, *freed]), told_of)


def unidentify_line(office: Office, number: str) -> Told:
    """Let a line be nobody's again: all that it was said to be is reversed, back to suspense.

    Doing it twice does it once. Raises RuleRefused where it is allocated, refunded or drawn on.
    """
    with office.writing() as connection:
        line = get_standing_line(connection, number)
        standing = identifications(connection, line.id)
        others = _set_against(standing)
        if not standing:
            told = f"{line.number} is nobody's; nothing to do"
        else:
            _take_back(connection, office, line, standing)
            told = (
                f"{line.number} is nobody's again: {display_pence(abs(line.amount_pence))} waits "
                "in suspense"
            )
            if others:
                told += f", and with it what was set against it: {', '.join(others)}"
        return Told(_rows(connection, [line.number, *others]), (told,))


def _check_direction(line: StoredBankLine, kind: LineKind) -> None:
    if line.amount_pence == 0:
        raise RuleRefused(f"{line.number} is of £0.00; there is nothing to identify")
    wrong = MONEY_OUT if line.amount_pence > 0 else MONEY_IN
    if kind in wrong:
        way = "in" if line.amount_pence > 0 else "out"
        raise RuleRefused(f"{line.number} is money {way}, no {kind}; {_OTHER_WAY[kind]}")


def _check_other(
    connection: Connection, line: StoredBankLine, other: StoredBankLine, pence: int
) -> None:
    """Of two lines set against each other one is money in and one out, and both are nobody's."""
    _check_direction(other, LineKind.CONTRA)
    if (line.amount_pence > 0) == (other.amount_pence > 0):
        way = "in" if line.amount_pence > 0 else "out"
        raise RuleRefused(
            f"{line.number} and {other.number} are both money {way}; money in is set against money "
            "out"
        )
    rest = open_pence(other, identifications(connection, other.id))
    if pence > rest:
        how = (
            f"set so much of it against the other with --amount {format_pence(rest)}"
            if rest
            else f"to take back what it was said to be: levytool bank identify {other.number} "
            f"--as {UNKNOWN}"
        )
        raise RuleRefused(
            f"{display_pence(rest)} of {other.number} is unidentified, not {display_pence(pence)}; "
            f"{how}"
        )


def _set_against(standing: list[Identified]) -> list[str]:
    """The numbers of the lines that a line is set against."""
    return sorted({item.subject for item in standing if item.kind == LineKind.CONTRA})


def _rows(connection: Connection, numbers: list[str]) -> list[dict[str, Any]]:
    return [row for number in numbers for row in line_rows(connection, number)]


def _contra(on: Occasion, line: StoredBankLine, other: StoredBankLine, pence: int) -> Entry:
    into, out = (line, other) if line.amount_pence > 0 else (other, line)
    told = f"{into.number} and {out.number} set against each other"
    return lines_set_against(on._replace(narrative=told), into.account, out.account, pence)


def _party(connection: Connection, book: Book, line: StoredBankLine, said: Said) -> str:
    """The party as the books call it; '' where the kind has none and none was named.

    A payment or refund that names one of a payment run is to that one's payee.
    """
    if said.kind is LineKind.REFUND and not said.party:
        payee = payee_named(connection, line.text)
        return _payer(book, payee or _named(said, "whose it is"))
    if said.kind in (LineKind.RECEIPT, LineKind.REFUND):
        return _payer(book, _named(said, "whose it is"))
    if said.kind is LineKind.PAYMENT:
        if not said.party and (payee := payee_named(connection, line.text)):
            return payee
        return _known(
            _named(said, "who was paid"),
            [row.dimension for row in balances(connection) if row.account == Account.CREDITORS],
            "payee that is owed money",
        )
    if said.kind is LineKind.MATCH_FUNDING:
        if not said.scheme:
            raise UsageError("say which scheme the match funding is for: --scheme S")
        funders = _funders(connection, said.scheme)
        if not said.party and len(funders) == 1:
            return next(iter(funders))
        return _known(_named(said, "who funds it"), list(funders), "funder of that scheme")
    return " ".join(said.party.split())


def _named(said: Said, who: str) -> str:
    if not said.party.strip():
        raise UsageError(f"say {who}: --as {said.kind} --party P")
    return words(said.party, "--party")


_OF_NOBODY = (
    "money of nobody in the book waits until it has gone back, then: levytool bank identify LINE "
    "--as contra --against OTHER-LINE"
)


def _payer(book: Book, text: str) -> str:
    names = Names(book)
    found = {names.contractors.recognise(text), names.members.recognise(text)} - {None}
    if len(found) == 1:
        return str(found.pop())
    if found:
        raise UsageError(f"{text!r} is a member and a contractor; give the code of one of them")
    parties: list[Contractor | Member] = [*book.contractors.values(), *book.members.values()]
    payers = PartyNames((party.code, (party.name, *party.aliases)) for party in parties)
    told = unknown("payer", text, payers, "levytool book show")
    raise UsageError(f"{told}; {_OF_NOBODY}")


def _known(text: str, names: list[str], noun: str) -> str:
    """The name as the books have it, case and punctuation aside."""
    if text in names:
        return text
    alike = [name for name in dict.fromkeys(names) if fold(name) == fold(text)]
    if len(alike) != 1:
        there = ", ".join(repr(name) for name in dict.fromkeys(names)) or "nobody"
        raise UsageError(f"there is no {noun} {text!r}; the books have: {there}")
    return alike[0]


def _says_so_already(
    line: StoredBankLine, standing: list[Identified], said: Said, party: str
) -> bool:
    same = [
        item
        for item in standing
        if (item.kind, item.party, item.subject) == (said.kind, party, said.subject)
    ]
    if said.amount_pence is not None:
        return any(item.amount_pence == said.amount_pence for item in same)
    if said.instead:
        return len(same) == len(standing) > 0 and not open_pence(line, standing)
    return bool(same) and not open_pence(line, standing)


def _amount(line: StoredBankLine, standing: list[Identified], said: Said) -> int:
    rest = open_pence(line, standing)
    if not rest:
        known = " and ".join(
            f"{item.kind} of {item.party or item.subject}"
            if item.party or item.subject
            else item.kind
            for item in standing
        )
        raise RuleRefused(
            f"{line.number} is identified as {known}; to take that back add --instead"
        )
    pence = rest if said.amount_pence is None else positive_pence(said.amount_pence, "--amount")
    if pence > rest:
        raise RuleRefused(
            f"{display_pence(rest)} of {line.number} is unidentified, not {display_pence(pence)}"
        )
    return pence


def _check_creditor(
    connection: Connection, line: StoredBankLine, kind: LineKind, party: str, pence: int
) -> None:
    """A payment pairs with what was posted to 2400 before: a payee is never paid too much."""
    if kind is not LineKind.PAYMENT or line.amount_pence > 0:
        return
    owed = credit_balances(connection, Account.CREDITORS).get(party, 0)
    if pence > owed:
        raise RuleRefused(
            f"{party} is owed {display_pence(owed)}, not {display_pence(pence)}; record what the "
            "payment is for first, or identify a part of the line with --amount"
        )


def _posting(
    on: Occasion,
    line: StoredBankLine,
    said: Said,
    party: str,
    pence: int,
    other: StoredBankLine | None,
) -> Entry:
    """The entry of the identification. VAT, charges and payments may come back: then negative."""
    account = line.account
    paid = pence if line.amount_pence < 0 else -pence
    match said.kind:
        case LineKind.RECEIPT:
            return receipt_identified(on, account, party, pence)
        case LineKind.MATCH_FUNDING:
            return match_funding_received(on, said.scheme, party, account, pence)
        case LineKind.INTEREST:
            return interest_received(on, account, pence)
        case LineKind.VAT:
            return vat_paid(on, account, paid)
        case LineKind.CHARGE:
            return bank_charged(on, account, paid, party)
        case LineKind.PAYMENT | LineKind.REFUND:
            return payment_identified(on, account, party, paid)
        case LineKind.CONTRA:
            assert other is not None, "said_of names the other line of a contra"
            return _contra(on, line, other, pence)


def _funders(connection: Connection, scheme: str) -> dict[str, SourceFunds]:
    """The funders of a scheme. Raises UsageError for a scheme that no money was agreed for."""
    funds = funds_by_scheme(connection)
    if scheme not in funds:
        raise UsageError(f"no money was agreed for a scheme {scheme!r}; see: levytool scheme list")
    return {item.source: item for item in funds[scheme] if item.source_kind == FUNDER}


def _receive(connection: Connection, line: StoredBankLine, found: Identified, sign: int) -> None:
    """Match funding has arrived (or, negative, is taken back): so much more of it may be drawn."""
    funds = _funders(connection, found.subject)[found.party]
    if sign > 0 and found.amount_pence > funds.owed_pence:
        raise RuleRefused(
            f"{found.party} owes {display_pence(funds.owed_pence)} for {found.subject}, not "
            f"{display_pence(found.amount_pence)}; record what was agreed: levytool scheme fund"
        )
    if sign < 0 and found.amount_pence > funds.drawable_pence:
        raise RuleRefused(
            f"{found.subject} has drawn on what {found.party} paid by {line.number}; only "
            f"{display_pence(funds.drawable_pence)} of it is left"
        )
    movement = NewSchemeMovement(
        found.subject,
        FUNDER,
        found.party,
        "receive",
        0,
        sign * found.amount_pence,
        "",
        line.number,
        found.entry_id,
    )
    add_scheme_movements(connection, [movement])


def _take_back(
    connection: Connection, office: Office, line: StoredBankLine, standing: list[Identified]
) -> None:
    """Reverse what a line was said to be; its receipts must be unallocated and not refunded.

    A line that it was set against is nobody's again with it.
    """
    left = unallocated(connection, line.id).get(line.id, {})
    standing = contras.with_other_sides(connection, standing)
    for item in standing:
        if item.kind == LineKind.RECEIPT and left[item.party] < sum(
            other.amount_pence
            for other in standing
            if (other.kind, other.party) == (item.kind, item.party)
        ):
            raise _still_used(connection, line, item.party)
    numbers = reverse_entries(connection, office.acting, [item.entry_id for item in standing])
    reversed_ = [
        Identified(
            item.bank_line_id,
            item.kind,
            item.party,
            item.subject,
            item.amount_pence,
            numbers[item.entry_id],
        )
        for item in standing
    ]
    bank_lines.store_identifications(connection, reversed_, taken_back=True)
    for item in reversed_:
        if item.kind == LineKind.MATCH_FUNDING:
            _receive(connection, line, item, -1)


def _still_used(connection: Connection, line: StoredBankLine, payer: str) -> RuleRefused:
    """Why a payer's receipt cannot be taken back yet, and what to take back first."""
    paid = refund_paid_by(connection, line, payer)
    if paid and not cash_allocated(connection, line.id).get(line.id):
        return RuleRefused(
            f"what {line.number} gives back to {payer} is paid by {paid}; if that is not so: "
            f"levytool bank identify {paid} --as {UNKNOWN}, then levytool bank unallocate "
            f"{line.number}"
        )
    return RuleRefused(
        f"{line.number} is allocated or refunded as {payer}'s receipt; take that "
        f"back first: levytool bank unallocate {line.number}"
    )
