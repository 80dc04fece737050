"""The creditors' list, and payment runs: what is owed is instructed once and settled by the bank.

A run posts nothing. Its payments leave 2400 when the bank lines that make them are identified;
until then they wait, and no later run pays them again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.office import Office
from levytool.ledger.bank.creditors import (
    WITHDRAW_ACT,
    CreditorItem,
    PaymentRun,
    RunPayment,
    bank_payments,
    creditor_items,
    payment_runs,
    record_run,
    still_owed,
)
from levytool.ledger.journal import acts
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.money import format_pence
from levytool.problems import UsageError
from levytool.rules.payments import Instructed, not_yet_paid, payable_pence
from levytool.text import counted

WAITING, PAID, WITHDRAWN = "waiting", "paid", "withdrawn"

TOO_MUCH = "paid more than was owed"


@dataclass(frozen=True, slots=True)
class _Owed:
    """An item that is still open to a payee; negative where too much was paid."""

    payee: str
    day: date
    reference: str
    purpose: str
    amount_pence: int
    open_pence: int


@dataclass(frozen=True, slots=True)
class Paying:
    """What came of a run: its rows, and what there is to say. `number` '': nothing to pay."""

    number: str
    rows: list[dict[str, Any]]
    said: str


def list_payable(office: Office, asked: AsKnown = NOW) -> list[dict[str, Any]]:
    """What is owed to each payee, item by item, oldest first; the open amounts sum to 2400.

    `waiting` is what of it a payment run has instructed. A run posts nothing and has no effective
    date, so that with `as_at` it is not told.
    """
    with office.reading() as connection:
        book = book_in_force(connection, asked)
        waiting = {} if asked.as_at else _waiting(connection, asked)
        rows = []
        for item in _owed(creditor_items(connection, asked)):
            instructed = min(max(0, item.open_pence), waiting.get(item.payee, 0))
            waiting[item.payee] = waiting.get(item.payee, 0) - instructed
            rows.append(
                {
                    "payee": item.payee,
                    "name": payee_name(book, item.payee),
                    "date": item.day.isoformat(),
                    "reference": item.reference,
                    "for": item.purpose,
                    "amount": format_pence(item.amount_pence),
                    "open": format_pence(item.open_pence),
                    "waiting": None if asked.as_at else format_pence(instructed),
                }
            )
        return rows


def make_run(office: Office) -> Paying:
    """Record a run of all that is owed and not instructed yet, one payment a payee.

    Doing it twice pays once: the second call finds nothing left to instruct.
    """
    with office.writing() as connection:
        waiting = _waiting(connection)
        by_payee: dict[str, list[_Owed]] = {}
        for item in _owed(creditor_items(connection)):
            by_payee.setdefault(item.payee, []).append(item)
        payments = []
        for payee in sorted(by_payee):
            owed = sum(item.open_pence for item in by_payee[payee])
            pence = payable_pence(owed, waiting.get(payee, 0))
            if pence:
                payments.append((payee, pence, _purpose(by_payee[payee])))
        if not payments:
            return Paying("", [], _nothing_to_pay(waiting))
        run = record_run(connection, office.acting, payments)
        total = format_pence(sum(payment.pence for payment in run.payments))
        payees = counted(len(run.payments), "payee")
        said = f"{run.number}: {total} to {payees}; the bank lines that pay them settle it"
        return Paying(run.number, _run_rows(connection, [run]), said)


def _nothing_to_pay(waiting: Mapping[str, int]) -> str:
    """Why a run would be empty, and what earlier ones still wait for."""
    said = (
        "nothing is owed that no payment run has instructed, so no run is made and no file written"
    )
    pence = sum(waiting.values())
    if not pence:
        return said
    return f"{said}; {format_pence(pence)} waits for the bank, see: levytool bank payments"


def list_runs(office: Office, number: str = "") -> list[dict[str, Any]]:
    """The payments of every run, or of one, and which the bank has made. Raises UsageError."""
    with office.reading() as connection:
        runs = payment_runs(connection)
        return _run_rows(connection, [_named(runs, number)] if number else runs)


def withdraw(office: Office, number: str) -> Paying:
    """A run, or one payment of it, that was never sent: what waits of it is payable again.

    Doing it twice does it once. Raises UsageError where there is no such run or payment.
    """
    with office.writing() as connection:
        runs = payment_runs(connection)
        run = _named(runs, number)
        waits = _waits(connection, runs)
        wanted = [
            payment.reference
            for payment in run.payments
            if number.upper() in (run.number, payment.reference) and waits.get(payment.reference)
        ]
        if not wanted:
            said = f"nothing of {number.upper()} waits for the bank; nothing to do"
            return Paying(run.number, _run_rows(connection, [run]), said)
        acts.record(
            connection, office.acting, WITHDRAW_ACT, run.number, {"references": sorted(wanted)}
        )
        run = _named(payment_runs(connection), run.number)
        said = f"withdrawn: {', '.join(wanted)}; see that the bank does not pay them"
        return Paying(run.number, _run_rows(connection, [run]), said)


def waiting_payments(connection: Connection) -> list[RunPayment]:
    """The payments of every run that still wait for their bank line, in order."""
    runs = payment_runs(connection)
    waits = _waits(connection, runs)
    return [item for run in runs for item in run.payments if waits.get(item.reference)]


def _named(runs: Sequence[PaymentRun], number: str) -> PaymentRun:
    for run in runs:
        if number.upper() in (run.number, *(payment.reference for payment in run.payments)):
            return run
    raise UsageError(f"there is no payment run {number!r}; see: levytool bank payments")


def _owed(items: Sequence[CreditorItem]) -> list[_Owed]:
    """What is open by payee, in order; payments settle the oldest first."""
    found = [
        _Owed(item.payee, item.day, item.reference, item.narrative, item.pence, pence)
        for item, pence in still_owed(items)
        if pence
    ]
    balances = Counter[str]()
    for item in items:
        balances[item.payee] += item.pence
    last = {item.payee: item for item in items}
    for payee, pence in balances.items():
        if pence < 0:
            day, reference = last[payee].day, last[payee].reference
            found.append(_Owed(payee, day, reference, TOO_MUCH, pence, pence))
    return sorted(found, key=lambda item: item.payee)


def _waits(
    connection: Connection, runs: Sequence[PaymentRun], asked: AsKnown = NOW
) -> dict[str, bool]:
    """Whether each payment of the runs still waits for its bank line, by its reference."""
    live = [
        (run, payment)
        for run in runs
        for payment in run.payments
        if payment.reference not in run.withdrawn
    ]
    instructed = [Instructed(payment.payee, payment.pence, run.after) for run, payment in live]
    waits = not_yet_paid(instructed, bank_payments(connection, asked))
    return {payment.reference: wait for (_run, payment), wait in zip(live, waits, strict=True)}


def _waiting(connection: Connection, asked: AsKnown = NOW) -> dict[str, int]:
    """What of each payee's money runs have instructed and the bank has not paid yet."""
    runs = payment_runs(connection, asked)
    waits = _waits(connection, runs, asked)
    waiting: dict[str, int] = {}
    for run in runs:
        for payment in run.payments:
            if waits.get(payment.reference):
                waiting[payment.payee] = waiting.get(payment.payee, 0) + payment.pence
    return waiting


def _run_rows(connection: Connection, wanted: Sequence[PaymentRun]) -> list[dict[str, Any]]:
    book = book_in_force(connection)
    waits = _waits(connection, payment_runs(connection))
    return [
        {
            "run": run.number,
            "date": run.at[:10],
            "payee": payment.payee,
            "name": payee_name(book, payment.payee),
            "amount": format_pence(payment.pence),
            "reference": payment.reference,
            "for": payment.purpose,
            "state": _state(waits.get(payment.reference)),
        }
        for run in wanted
        for payment in run.payments
    ]


def _state(waits: bool | None) -> str:
    if waits is None:
        return WITHDRAWN
    return WAITING if waits else PAID


def _purpose(items: Sequence[_Owed]) -> str:
    return "; ".join(dict.fromkeys(item.reference or item.purpose for item in items))


def payee_name(book: Book, payee: str) -> str:
    """The name of a payee that is a party of the book, else the payee as it was written."""
    party = book.members.get(payee) or book.contractors.get(payee)
    return party.name if party else payee
