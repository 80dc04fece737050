"""Gathering what the month's reconciliation is filed with, all from one state of the books."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.accounts import CHART, Account
from levytool.desk.audit.check_books import check_books
from levytool.desk.audit.reconcile_ledger import prove_account, told_account, told_balance
from levytool.desk.bank.reconcile_bank import Asked as AskedOfBank
from levytool.desk.bank.reconcile_bank import BankReconciliation, reconcile_bank
from levytool.desk.book_in_force import book_in_force
from levytool.desk.issuer import issuer_of
from levytool.desk.month_end.close_period import totals_kept
from levytool.desk.month_end.judgements import judgements
from levytool.desk.month_end.obstacles import not_compared, obstacles, unproved
from levytool.desk.office import Office
from levytool.desk.reconcile.reconcile_spend import match_books, reconcile_part
from levytool.ledger.bank.bank_balances import bank_balances
from levytool.ledger.journal.closing import closed_months, month_acts
from levytool.ledger.proofs.control_accounts import CONTROL_ACCOUNTS
from levytool.money import parse_pounds
from levytool.periods import Month, Period
from levytool.problems import Problem
from levytool.reconcile.report import (
    CLOSED,
    CertainMatch,
    Control,
    MonthState,
    OpenLine,
    ReconciliationReport,
    UnpaidDocument,
    items_of,
    spend_sums,
)
from levytool.reconcile.since_closing import moved, totals_of
from levytool.reconcile.spend import Asked, Findings

NOT_ENDED = "not ended"


def reconciliation_report(office: Office, period: Period) -> ReconciliationReport:
    """The three reconciliations of a period, what was decided, and how far its closing is."""
    with office.reading() as connection:
        # Every part reads this one snapshot.
        looking = replace(office, trial=connection)
        book = book_in_force(connection)
        matched = match_books(connection)
        found = reconcile_part(connection, Asked(period), matched)
        differences, suggestions = items_of(found)
        bank = reconcile_bank(looking, AskedOfBank())
        unsound = unproved(check_books(looking))
        return ReconciliationReport(
            issuer=issuer_of(book),
            period=period,
            names=tuple(sorted((one.code, one.name) for one in book.contractors.values())),
            spend=spend_sums(found),
            differences=differences,
            suggestions=suggestions,
            judgements=tuple(judgements(connection, matched, found)),
            certain=tuple(_certain(bank)),
            receipts=_lines(bank.open_receipts, "receipt", period.last.last_day),
            payments=_lines(bank.open_payments, "payment", period.last.last_day),
            documents=tuple(_documents(bank, period.last.last_day)),
            controls=tuple(_controls(connection)),
            months=tuple(
                month_state(connection, looking, month, matched, unsound)
                for month in period.months()
            ),
        )


def _certain(bank: BankReconciliation) -> Iterator[CertainMatch]:
    for row in bank.matched:
        if row["state"] == "certain":
            yield CertainMatch(
                row["receipt"],
                row["rule"],
                row["party"],
                tuple(item["number"] for item in row["documents"]),
                sum(parse_pounds(item["amount"]) for item in row["documents"]),
            )


def _lines(rows: Iterable[Mapping[str, Any]], name: str, until: date) -> tuple[OpenLine, ...]:
    return tuple(
        OpenLine(
            row[name],
            row["account"],
            day,
            row.get("party") or "",
            row["text"],
            parse_pounds(row["open"]),
            max(0, (until - day).days),
        )
        for row in rows
        for day in (date.fromisoformat(row["date"]),)
    )


def _documents(bank: BankReconciliation, until: date) -> Iterator[UnpaidDocument]:
    for row in bank.open_documents:
        day, due = date.fromisoformat(row["date"]), date.fromisoformat(row["due"])
        yield UnpaidDocument(
            row["number"],
            row["kind"],
            row["payer"],
            day,
            due,
            parse_pounds(row["outstanding"]) * (1 if row["kind"] == "invoice" else -1),
            max(0, (until - due).days),
        )


def _controls(connection: Connection) -> Iterator[Control]:
    for control in CONTROL_ACCOUNTS:
        proof = prove_account(connection, control)
        yield Control(
            control.account.value,
            CHART[Account(control.account)].name,
            control.items,
            proof.posted_pence,
            proof.items_pence,
            len(proof.open_items),
            len(proof.differences),
        )
    for bank in bank_balances(connection):
        yield Control(
            Account.BANK.value,
            told_account(bank),
            told_balance(bank),
            bank.books_pence,
            bank.stated_pence,
            0,
            1 if bank.missing_pence else 0,
        )


def month_state(
    connection: Connection, office: Office, month: Month, matched: Findings, unsound: list[Problem]
) -> MonthState:
    """Whether a month is closed, and what has changed there since, or if not what its closing waits
    for; and who acted on it. Of months before these books nothing was filed here."""
    acted = tuple(act for act in month_acts(connection) if act.month == month)
    without = not_compared(connection, month, matched)
    is_closed = month in closed_months(connection)
    closings = [act for act in acted if act.act == "close"]
    if is_closed and not closings:
        return MonthState(month, CLOSED, not_compared=without, acts=acted)
    book = book_in_force(connection)
    in_the_way = tuple(obstacles(connection, office, book, month, matched, own_lines=is_closed))
    if is_closed:
        now = totals_of(reconcile_part(connection, Asked(Period(month, month)), matched))
        return MonthState(
            month,
            CLOSED,
            closings[-1].user,
            closings[-1].at,
            in_the_way,
            without,
            acted,
            moved(totals_kept(connection, month), now),
        )
    return MonthState(
        month,
        "open" if month.last_day < office.acting.today else NOT_ENDED,
        in_the_way=(*in_the_way, *unsound),
        not_compared=without,
        acts=acted,
    )
