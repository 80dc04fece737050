"""Creditors (2400) item by item, and the payment runs that pay them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.acting import Acting
from levytool.ledger.bank import bank_lines
from levytool.ledger.database import series
from levytool.ledger.database.days import day_of
from levytool.ledger.journal import acts
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.entries import last_entry
from levytool.rules.payments import Paid, open_items

RUN_ACT = "bank payments"
WITHDRAW_ACT = "bank payments withdrawn"
RUN_SERIES = "payment_run"

_REFERENCE = re.compile(r"(?<![a-z])pay[\W_]*([0-9]{6})[\W_]+([0-9]+)(?![a-z0-9])", re.IGNORECASE)


class CreditorItem(NamedTuple):
    """What one entry owes a payee, or pays it (negative), in pence; `kind` is the entry's."""

    entry_id: int
    day: date
    payee: str
    kind: str
    reference: str
    narrative: str
    pence: int


def creditor_items(connection: Connection, asked: AsKnown = NOW) -> list[CreditorItem]:
    """Everything that stands on 2400 by effective date, in order; what was reversed is left out."""
    leg = (
        "SELECT entry_id, {side}_dimension AS payee, {sign}amount_pence AS pence "
        f"FROM journal_transfer WHERE {{side}}_account = '{Account.CREDITORS.value}'"
    )
    legs = f"{leg.format(side='credit', sign='')} UNION ALL {leg.format(side='debit', sign='-')}"
    rows = connection.execute(
        text(
            "SELECT e.id, e.effective, l.payee, e.kind, e.reference, e.narrative, "
            f"CAST(SUM(l.pence) AS BIGINT) FROM journal_entry e JOIN ({legs}) l "
            f"ON l.entry_id = e.id WHERE e.reverses IS NULL AND {asked.entry()} "
            "AND NOT EXISTS (SELECT 1 FROM journal_entry r WHERE r.reverses = e.id "
            f"AND {asked.entry('r')}) "
            "GROUP BY e.id, e.effective, l.payee, e.kind, e.reference, e.narrative "
            "ORDER BY e.effective, e.id, l.payee"
        )
    )
    return [CreditorItem(row[0], day_of(row[1]), *row[2:]) for row in rows]


def still_owed(items: Sequence[CreditorItem]) -> list[tuple[CreditorItem, int]]:
    """What is owed, of every payee, with the pence of each item that are open: payments settle a
    payee's oldest first. What was paid beyond all items is left out."""
    owed: dict[str, list[CreditorItem]] = {}
    paid: dict[str, int] = {}
    for item in items:
        if item.pence > 0:
            owed.setdefault(item.payee, []).append(item)
        else:
            paid[item.payee] = paid.get(item.payee, 0) - item.pence
    return [
        pair
        for payee in sorted(owed)
        for pair in zip(
            owed[payee],
            open_items([item.pence for item in owed[payee]], paid.get(payee, 0)),
            strict=True,
        )
    ]


def bank_payments(connection: Connection, asked: AsKnown = NOW) -> list[Paid]:
    """What the bank has paid to payees, as it stands or stood, in the order it was identified."""
    out = {
        row[0]
        for row in connection.execute(text("SELECT id FROM bank_line WHERE amount_pence < 0"))
    }
    kinds = (bank_lines.PAYMENT, bank_lines.REFUND)
    found = bank_lines.identifications(connection, asked=asked)
    return [
        Paid(item.party, item.amount_pence, item.entry_id)
        for item in sorted(found, key=lambda one: one.entry_id)
        if item.kind in kinds and item.bank_line_id in out
    ]


@dataclass(frozen=True, slots=True)
class RunPayment:
    """One payment of a run: `reference` is what the bank line carries, at most 18 characters."""

    payee: str
    pence: int
    reference: str
    purpose: str


@dataclass(frozen=True, slots=True)
class PaymentRun:
    """A run as recorded (`PAY-000001`); `after` is the last entry of the journal before it.

    `withdrawn` are the references of payments that were never sent to the bank.
    """

    number: str
    at: str
    by: str
    after: int
    payments: tuple[RunPayment, ...]
    withdrawn: frozenset[str] = frozenset()


def payment_runs(connection: Connection, asked: AsKnown = NOW) -> list[PaymentRun]:
    """Every run, in order, as it stands or stood."""
    withdrawn: dict[str, set[str]] = {}
    for act in acts.acts_of(connection, WITHDRAW_ACT, asked=asked):
        withdrawn.setdefault(act.subject, set()).update(act.facts["references"])
    return [
        PaymentRun(
            act.subject,
            act.at,
            act.user,
            act.facts["after"],
            tuple(RunPayment(*payment) for payment in act.facts["payments"]),
            frozenset(withdrawn.get(act.subject, ())),
        )
        for act in acts.acts_of(connection, RUN_ACT, asked=asked)
    ]


def record_run(
    connection: Connection, acting: Acting, payments: Sequence[tuple[str, int, str]]
) -> PaymentRun:
    """Store a run of payments of (payee, pence, purpose), each with a reference of its own."""
    number = series.numbered("PAY", series.allot(connection, RUN_SERIES))
    after = last_entry(connection)
    told = tuple(
        RunPayment(payee, pence, f"{number}-{place}", purpose)
        for place, (payee, pence, purpose) in enumerate(payments, 1)
    )
    facts = {
        "after": after,
        "payments": [[item.payee, item.pence, item.reference, item.purpose] for item in told],
    }
    acts.record(connection, acting, RUN_ACT, number, facts)
    return PaymentRun(number, acting.posted, acting.user, after, told)


def references_in(words: str) -> frozenset[str]:
    """The references of runs' payments that a bank line's text quotes."""
    return frozenset(f"PAY-{match[1]}-{int(match[2])}" for match in _REFERENCE.finditer(words))


def payee_named(connection: Connection, words: str) -> str:
    """The payee of the run's payment that a bank line's text names; '' where it names none."""
    found = references_in(words)
    payees = {
        payment.payee
        for run in payment_runs(connection)
        for payment in run.payments
        if payment.reference in found
    }
    return payees.pop() if len(payees) == 1 else ""
