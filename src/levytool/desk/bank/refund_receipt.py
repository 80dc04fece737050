"""Owing unallocated receipts back to their payer: 2910 to 2400, paid by a later bank line."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.desk import four_eyes
from levytool.desk.bank.list_bank import Told, line_rows
from levytool.desk.bank.pay_creditors import waiting_payments
from levytool.desk.book_in_force import book_in_force
from levytool.desk.four_eyes import Asked
from levytool.desk.given import positive_pence
from levytool.desk.levy.allocating import reverse_entries
from levytool.desk.office import Office
from levytool.ledger.bank.bank_lines import (
    REFUND,
    StoredBankLine,
    find_lines,
    get_standing_line,
    identifications,
)
from levytool.ledger.bank.creditors import creditor_items
from levytool.ledger.bank.receipts import (
    REFUND_ACT,
    REFUND_OF,
    REFUND_TAKEN_BACK,
    refunds,
    refunds_taken_back,
    unallocated,
)
from levytool.ledger.documents.allocations import cash_allocated
from levytool.ledger.journal import acts
from levytool.ledger.journal.acts import StoredAct
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import display_pence
from levytool.periods import Month
from levytool.problems import RuleRefused
from levytool.rules.dates import act_date
from levytool.rules.payments import open_items
from levytool.rules.postings import Occasion, overpayment_refunded


def refund_receipt(
    office: Office, number: str, amount_pence: int | None = None, reference: str = ""
) -> Told:
    """Owe what is left of a receipt back to its payer, all of it or that much.

    A refund above the book's `four_eyes_over` waits for a second user. Raises RuleRefused where
    less is left.
    """
    with office.writing() as connection:
        line = get_standing_line(connection, number)
        left = unallocated(connection, line.id).get(line.id, {})
        earlier = [item for item in refunds(connection) if item.line == line.number]
        payers = [payer for payer, pence in left.items() if pence > 0]
        if len(payers) > 1:
            raise RuleRefused(
                f"{line.number} holds money of {' and '.join(sorted(payers))}; allocate it, or "
                "identify the payment to one of them as its refund"
            )
        payer = payers[0] if payers else (earlier[-1].payer if earlier else "")
        pence = left.get(payer, 0) if amount_pence is None else amount_pence
        if not pence and earlier:
            said = f"{line.number} is refunded already; nothing to do"
            return Told(line_rows(connection, number), (said,))
        facts = {"party": payer, "amount_pence": pence}
        asked = Asked(REFUND_ACT, line.number, facts, reference)
        if amount_pence is not None:
            positive_pence(amount_pence, "--amount")
        done = four_eyes.done_already(connection, asked)
        if done is not None:
            gone = done.id in refunds_taken_back(connection)
            became = "was taken back; a new one takes another" if gone else "is done already"
            said = f"the refund under the reference {reference} {became}"
            return Told(line_rows(connection, number), (said,))
        _require(line, left, payer, pence)
        proposal = None
        if pence > book_in_force(connection).consortium.four_eyes_over_pence:
            proposal = four_eyes.agreed_proposal(connection, office.acting, asked)
            if proposal is None:
                said = (
                    f"proposed: a refund of {display_pence(pence)} to {payer}; a second user "
                    "carries it out with the same command"
                )
                return Told(line_rows(connection, number), (said,))
        day = record_refund(connection, office.acting, line, asked, proposal)
        said = (
            f"{display_pence(pence)} is owed back to {payer}; once the bank has paid it: levytool "
            f"bank identify LINE --as refund --party {payer}"
        )
        dated = _dated(day, office.acting.today, line)
        return Told(line_rows(connection, number), (dated, said))


def _dated(day: date, today: date, line: StoredBankLine) -> str:
    """In which period a refund falls, and why (domain §3.5, *Dates*)."""
    why = "the first day that is open"
    if day == line.effective:
        why = "the day of the bank line" + ("" if day == today else ", which is later")
    elif day == today:
        why = "the day it is done, not the day of the bank line"
    return f"dated {day}, {why}: it counts in {Month.of(day)}"


def record_refund(
    connection: Connection,
    acting: Acting,
    line: StoredBankLine,
    asked: Asked,
    proposal: StoredAct | None = None,
) -> date:
    """Post a refund of a receipt and record the act, in the caller's transaction; gives its day."""
    day = act_date(max(acting.today, line.effective), closed_months(connection))
    payer, pence = asked.facts["party"], asked.facts["amount_pence"]
    entry = overpayment_refunded(Occasion(day, reference=line.number), payer, pence)
    entry_id = post(connection, acting, [entry]).first_id
    four_eyes.record_done(connection, acting, asked, entry_id=entry_id, proposal=proposal)
    return day


def take_back_refunds(
    connection: Connection, acting: Acting, line: StoredBankLine
) -> tuple[str, ...]:
    """Reverse the refunds of a receipt that are not paid, the newest first, in the caller's
    transaction; gives what there is to say of each. One that is paid stands."""
    said = []
    to_be_paid = waiting_payments(connection)
    for item in reversed([item for item in refunds(connection) if item.line == line.number]):
        told = f"the refund of {display_pence(item.amount_pence)} to {item.payer}"
        waiting = [payment for payment in to_be_paid if payment.payee == item.payer]
        owed = _owed(connection, item.payer)
        if item.amount_pence > owed:
            said.append(f"{told} is paid: it stands")
        elif item.amount_pence > owed - sum(payment.pence for payment in waiting):
            last = waiting[-1].reference
            said.append(f"{told} waits in a payment run: levytool bank payments --withdraw {last}")
        else:
            numbers = reverse_entries(connection, acting, [item.entry_id])
            facts = {
                "party": item.payer,
                "amount_pence": item.amount_pence,
                REFUND_OF: item.act_id,
            }
            entry_id = numbers[item.entry_id]
            acts.record(
                connection, acting, REFUND_TAKEN_BACK, line.number, facts, entry_id=entry_id
            )
            said.append(f"{told} is taken back: it is owed no longer")
    return tuple(said)


def refund_paid_by(connection: Connection, line: StoredBankLine, payer: str) -> str:
    """The bank line that last paid the payer back, where no refund of this receipt is open; ''."""
    own = [item.amount_pence for item in refunds(connection) if item.line == line.number]
    if not own or _owed(connection, payer) >= min(own):
        return ""
    lines = {item.id: item.number for item in find_lines(connection) if item.amount_pence < 0}
    paid = [
        lines[item.bank_line_id]
        for item in identifications(connection)
        if item.party == payer and item.bank_line_id in lines
    ]
    return paid[-1] if paid else ""


def refund_of_payment(
    connection: Connection, acting: Acting, payer: str, pence: int, four_eyes_over_pence: int
) -> None:
    """See that a payment to a payer has a refund to pay: what was not recorded is, now.

    The rest comes from the payer's oldest receipts. Raises RuleRefused where too little is left
    of them, or where recording it needs a second person.
    """
    missing = pence - _owed(connection, payer)
    if missing <= 0:
        return
    left = unallocated(connection)
    held = _held(left, payer)
    if sum(held.values()) < missing:
        raise RuleRefused(
            f"{display_pence(sum(held.values()))} is left of {payer}'s receipts, not "
            f"{display_pence(missing)}; {_to_be_freed(connection, payer, pence)}"
        )
    if missing > four_eyes_over_pence:
        raise RuleRefused(
            f"a refund of {display_pence(missing)} needs a second person: record it first with "
            f"levytool bank refund, on the receipt it gives back"
        )
    for line in find_lines(connection):
        part = min(missing, held.get(line.id, 0))
        if part > 0:
            facts = {"party": payer, "amount_pence": part}
            record_refund(connection, acting, line, Asked(REFUND_ACT, line.number, facts))
            missing -= part


def _to_be_freed(connection: Connection, payer: str, pence: int) -> str:
    """What to do where a payer is paid back, or its receipt bounced, and nothing is left of its
    receipts: the receipt of just this amount is named, else the latest of those allocated."""
    paid = {
        number
        for number, by_document in cash_allocated(connection).items()
        if any(payer == whose for _document, whose in by_document)
    }
    lines = [line for line in find_lines(connection) if line.id in paid]
    alike = [line.number for line in lines if line.amount_pence == pence]
    first = (
        "if the bank took a receipt back, take back what it paid first: levytool bank unallocate"
    )
    if len(alike) == 1:
        return f"{first} {alike[0]}, then this again"
    if not lines:
        return "see: levytool bank list --open"
    found = ", ".join(alike[-3:] or [line.number for line in lines[-3:]])
    verb = "is" if len((alike or lines)[-3:]) == 1 else "are"
    return f"{first} LINE, then this ({found} {verb} {payer}'s and allocated)"


def _held(left: Mapping[int, Mapping[str, int]], payer: str) -> dict[int, int]:
    return {
        number: pence for number, by_payer in left.items() if (pence := by_payer.get(payer, 0)) > 0
    }


def _owed(connection: Connection, payer: str) -> int:
    """Refunds to the payer that were recorded and that no bank line has paid yet.

    What was paid as a refund settles refunds; any other payment what is owed the payer longest, by
    whatever name, as `creditors.still_owed` has it.
    """
    own = [item for item in creditor_items(connection) if item.payee == payer]
    recorded = {item.entry_id for item in refunds(connection) if item.payer == payer}
    paid = sum(
        item.amount_pence
        for item in identifications(connection)
        if item.kind == REFUND and item.party == payer
    )
    owed = {item.entry_id: item.pence for item in own if item.pence > 0}
    as_refunds = {entry: pence for entry, pence in owed.items() if entry in recorded}
    left = open_items([*as_refunds.values()], paid)
    settled = sum(as_refunds.values()) - sum(left)
    owed |= zip(as_refunds, left, strict=True)
    otherwise = -sum(item.pence for item in own if item.pence < 0) - settled
    rest = zip(owed, open_items([*owed.values()], otherwise), strict=True)
    return sum(pence for entry, pence in rest if entry in recorded)


def _require(line: StoredBankLine, left: Mapping[str, int], payer: str, pence: int) -> None:
    if not payer or pence <= 0 or pence > left.get(payer, 0):
        raise RuleRefused(
            f"{display_pence(left.get(payer, 0))} of {line.number} is an unallocated receipt"
            + (f", not {display_pence(pence)}" if pence else "")
            + "; only that can be refunded (see: levytool bank list --open)"
        )
