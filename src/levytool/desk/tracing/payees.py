"""Creditors (2400): what is owed to a payee, what paid it, and the payment runs.

Money to a payee is not told apart: what was paid settles the oldest item first, as the list of
creditors has it.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from levytool.accounts import Account
from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, parts_of, rest, total
from levytool.desk.tracing.trace import pounds, told
from levytool.ledger.bank.bank_lines import identifications, line_number
from levytool.ledger.bank.creditors import PaymentRun, RunPayment, creditor_items, payment_runs
from levytool.ledger.database.series import numbered
from levytool.ledger.journal.entries import entry_number
from levytool.money import display_pence
from levytool.problems import UsageError
from levytool.text import counted


class Settled(NamedTuple):
    """What of an item one payment paid."""

    item: int
    payment: int
    pence: int


def settled(books: OpenBooks, payee: str) -> list[Settled]:
    """Which payments paid which items of a payee, by entry: the oldest items first."""
    owed: list[list[int]] = []
    paid: list[list[int]] = []
    for one in creditor_items(books.connection):
        if one.payee == payee:
            (owed if one.pence > 0 else paid).append([one.entry_id, abs(one.pence)])
    found = []
    for item in owed:
        while item[1] and paid:
            part = min(item[1], paid[0][1])
            found.append(Settled(item[0], paid[0][0], part))
            item[1] -= part
            paid[0][1] -= part
            if not paid[0][1]:
                paid.pop(0)
    return found


def paid_by(books: OpenBooks, payment: int, payee: str) -> tuple[Parts, ...]:
    """What a payment paid, and what of it nothing was owed for."""
    paid = sum(-one.pence for one in creditor_items(books.connection)
               if (one.entry_id, one.payee) == (payment, payee))  # fmt: skip
    parts = [
        Part(entry_number(one.item), one.pence)
        for one in settled(books, payee)
        if one.payment == payment
    ]
    whole = (*parts, *rest(paid - total(parts), "beyond what was owed"))
    return parts_of(f"owed to {payee}", whole, paid, "levytool bank payable")


def payments_of(books: OpenBooks, item: int) -> Iterable[Parts]:
    """What paid an item, payee by payee, and what of it is still owed. Payments go by the bank
    line that made them."""
    lines = {one.entry_id: line_number(one.bank_line_id)
             for one in identifications(books.connection)}  # fmt: skip
    owed = {one.payee: one.pence for one in creditor_items(books.connection)
            if one.entry_id == item and one.pence > 0}  # fmt: skip
    for payee, pence in owed.items():
        parts = [
            Part(lines.get(one.payment, entry_number(one.payment)), one.pence)
            for one in settled(books, payee)
            if one.item == item
        ]
        whole = (*parts, *rest(pence - total(parts), f"still owed to {payee}"))
        yield from parts_of("paid by", whole, pence, "levytool bank payable")


def _find_run(books: OpenBooks, match: re.Match[str]) -> Thing:
    number = numbered("PAY", int(match[1]))
    for run in payment_runs(books.connection):
        if run.number == number:
            return _run(run, int(match[2]) if match[2] else None)
    raise UsageError(f"there is no payment run {number}; see: levytool bank payments --list")


def _run(run: PaymentRun, place: int | None) -> Thing:
    if place is not None:
        if not 0 < place <= len(run.payments):
            raise UsageError(
                f"{run.number} has {counted(len(run.payments), 'payment')}, not {place}"
            )
        return _payment(run, run.payments[place - 1])
    sums = sum(payment.pence for payment in run.payments)
    parts = [Part(payment.reference, payment.pence) for payment in run.payments]
    facts = told(made=f"{run.at[:10]} by {run.by}", payments=len(run.payments), amount=pounds(sums))
    title = (
        f"{counted(len(run.payments), 'payment')}, {display_pence(sums)}, made "
        f"{run.at[:10]} by {run.by}"
    )
    return Thing(
        "payment run", run.number, title, facts,
        became=lambda: parts_of("payments", parts, sums, "levytool bank payments --list"),
    )  # fmt: skip


def _payment(run: PaymentRun, payment: RunPayment) -> Thing:
    account = f"{Account.CREDITORS.value}/{payment.payee}"
    state = "withdrawn" if payment.reference in run.withdrawn else "instructed"
    return Thing(
        "payment",
        payment.reference,
        f"{display_pence(payment.pence)} to {payment.payee}, {state}: {payment.purpose}",
        told(payee=payment.payee, amount=pounds(payment.pence), state=state,
             purpose=payment.purpose, instructed=f"{run.at[:10]} by {run.by}"),
        because=lambda: parts_of("owed on", [Part(account, note="as at now")]),
        became=lambda: parts_of("of the run", [Part(run.number)]),
    )  # fmt: skip


FORMS = (
    Form("PAY-000001", "a payment run, or a payment of it (PAY-000001-1)",
         r"PAY-(\d+)(?:-(\d+))?", _find_run),
)  # fmt: skip
