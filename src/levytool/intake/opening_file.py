"""Reading an opening file: from TOML to an `Opening`, with everything wrong in one pass.

It is read as the book is, by `book.table`, and stands on this floor because what it says is values
of the rules. Parties are recognised by code, name or alias. Whether it balances is
`rules.opening.checks`'s.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TypeVar

from levytool.accounts import CHART, Account
from levytool.book.names import Names
from levytool.book.read import read_toml
from levytool.book.records import Book
from levytool.book.table import Findings, Table
from levytool.intake.opening_tables import OpeningTable
from levytool.intake.opening_work import read_provision, read_scheme, read_spend
from levytool.problems import Problem
from levytool.rules.opening.checks import opening_problems
from levytool.rules.opening.figures import (
    DETAILED,
    Opening,
    OpeningBalance,
    OpeningBank,
    OpeningDocument,
    OpeningPot,
    OpeningReceipt,
)
from levytool.rules.opening.obligations import obligation_problems

_NOT_BROUGHT = {
    Account.OPENING_BALANCES: "state it in [trial_balance] alone",
    Account.DEFAULT_CHARGES: "reverse default charges before the closing, or put them into 3000",
    Account.LEVY_DEBTORS: "list the open [[documents]]",
}


_BROUGHT_BY = {
    "documents": {Account.LEVY_DEBTORS, Account.LEVY_BILLED_NOT_RECEIVED},
    "bank": {Account.BANK},
    "receipts": {Account.SUSPENSE, Account.UNALLOCATED_RECEIPTS},
    "pots": {Account.BROKERAGE_POT},
    "provisions": {Account.OPPORTUNITY_PROVISION},
    "schemes": {Account.SCHEME_FUNDS, Account.MATCH_FUNDING_DEBTORS},
    "balances": set(Account) - DETAILED,
}
"""The accounts that each table gives details of."""

_NO_DAY = date(9999, 11, 30)
"""Stands where `as_at` cannot be read: a month's last day, after every other."""

T = TypeVar("T")


def read_opening(text: str, file: str, book: Book) -> tuple[Opening | None, tuple[Problem, ...]]:
    """What the TOML `text` brings, as far as it can be read, and everything wrong with it; no
    opening where it is no TOML."""
    findings = Findings(file)
    top = read_toml(text.removeprefix("\ufeff"), findings)
    if top is None:
        return None, tuple(findings.problems)
    opening = _Reading(top, Names(book), findings).opening(book)
    top.close()
    found = (*opening_problems(opening, book), *obligation_problems(opening, book))
    findings.problems += [replace(problem, file=file) for problem in found]
    placed = [replace(problem, row=problem.row or 1) for problem in findings.problems]
    return opening, tuple(sorted(placed, key=lambda problem: problem.row or 1))


class _Reading:
    """One file on its way: what is sound of it, and which keys and accounts are not clear."""

    def __init__(self, top: Table, names: Names, findings: Findings) -> None:
        self._top, self._names, self._findings = top, names, findings
        self._unclear: set[str] = set()
        self._accounts: set[Account] = set()

    def opening(self, book: Book) -> Opening:
        """All that can be read. What a table lacks is noted, and the table left out."""
        hint = "write the day the closing papers are of, as 2025-03-31"
        [as_at] = self._noting("as_at", lambda: self._top.required_day("as_at", hint)) or [_NO_DAY]
        [(totals, rows)] = self._noting(
            "trial_balance", lambda: _trial_balance(self._top), always=True
        )
        if "trial_balance" in self._unclear:
            self._accounts |= set(Account) - rows.keys()
        return Opening(
            as_at=as_at,
            trial_balance=totals,
            documents=self._tables("documents", _document),
            bank=self._tables("bank", lambda one: _bank(one, book)),
            receipts=self._tables("receipts", lambda one: _receipt(one, book)),
            pots=self._tables("pots", _pot),
            provisions=self._tables("provisions", lambda one: read_provision(one, book)),
            schemes=self._tables("schemes", read_scheme),
            balances=self._tables("balances", _balance),
            spend=self._tables("spend", read_spend),
            account_rows=rows,
            row=self._findings.places.row_of_path(("trial_balance",)) or 1,
            unclear=frozenset(self._unclear),
            unclear_accounts=frozenset(self._accounts),
        )

    def _tables(self, key: str, read: Callable[[OpeningTable], T]) -> tuple[T, ...]:
        found: list[T] = []
        before = len(self._findings.problems)
        tables = self._top.tables(key)
        if len(self._findings.problems) > before:
            self._leave_out(key)
        for table in tables:
            one = OpeningTable(table, self._names)
            found += self._noting(key, partial(read, one))
        return tuple(found)

    def _noting(self, key: str, read: Callable[[], T], *, always: bool = False) -> list[T]:
        """What `read` gives; none (but `always`) where it finds a problem, and `key` is unclear."""
        before = len(self._findings.problems)
        one = read()
        if len(self._findings.problems) == before:
            return [one]
        self._leave_out(key)
        return [one] if always else []

    def _leave_out(self, key: str) -> None:
        self._unclear.add(key)
        self._accounts |= _BROUGHT_BY.get(key, set())


def _trial_balance(top: Table) -> tuple[dict[Account, int], dict[Account, int]]:
    """Each account's total, debit positive, and the line it stands on."""
    table = top.table("trial_balance")
    if table is None:
        top.missing("trial_balance", 'write [trial_balance] with debit = { "1200" = "…" }')
        return {}, {}
    totals: dict[Account, int] = {}
    rows: dict[Account, int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        accounts = table.table(side)
        if accounts is None:
            continue
        for code in accounts.raw:
            account, pence = _account(accounts, code, code), accounts.pence(code)
            if account is not None and pence is not None:
                totals[account] = totals.get(account, 0) + sign * pence
                rows[account] = top.findings.places.row_of_path((*accounts.path, code)) or 1
    table.close()
    return totals, rows


def _account(table: Table, key: str, code: str) -> Account | None:
    if code in set(Account):
        return Account(code)
    there = ", ".join(account.value for account in Account)
    table.add("unknown-account", "no such account", f"write one of {there}", key, code)
    return None


def _document(one: OpeningTable) -> OpeningDocument:
    table = one.table
    payer, payer_kind = one.payer()
    day = table.required_day("date", "write the day it was raised")
    document = OpeningDocument(
        number=table.required_text("number", "write the number it was sent under").strip().upper(),
        kind=table.choice("kind", ("invoice", "credit-note"), "invoice"),
        payer_kind=payer_kind,
        payer=payer,
        framework=one.party("framework"),
        period=one.month("period"),
        day=day,
        due=table.required_day("due", "write the day it is due"),
        net_pence=one.amount("net"),
        vat_pence=one.amount("vat", 0),
        paid_pence=one.amount("paid", 0),
        members=one.by_member("members"),
        row=one.row,
    )
    table.close()
    return document


def _bank_account(one: OpeningTable, book: Book) -> str:
    """The account named, as the book has it; the only one where none is."""
    there = [account.name for account in book.consortium.bank_accounts] or ["main"]
    said = one.table.text("account", there[0] if len(there) == 1 else "")
    for name in there:
        if name.casefold() == said.strip().casefold():
            return name
    hint = "write one of " + ", ".join(there)
    one.table.add("unknown-account", "the book has no such bank account", hint, "account", said)
    return ""


def _bank(one: OpeningTable, book: Book) -> OpeningBank:
    bank = OpeningBank(_bank_account(one, book), one.amount("balance", signed=True), one.row)
    one.table.close()
    return bank


def _receipt(one: OpeningTable, book: Book) -> OpeningReceipt:
    payer = one.payer()[0] if "payer" in one.table.raw else ""
    receipt = OpeningReceipt(
        account=_bank_account(one, book),
        payer=payer,
        amount_pence=one.amount("amount", signed=not payer),
        words=" ".join(one.table.text("text").split()),
        row=one.row,
    )
    one.table.close()
    return receipt


def _pot(one: OpeningTable) -> OpeningPot:
    pot = OpeningPot(one.party("member"), one.amount("balance"), one.cohorts("cohorts"), one.row)
    one.table.close()
    return pot


def _balance(one: OpeningTable) -> OpeningBalance:
    table = one.table
    code = table.required_text("account", 'write the account, such as "2100"')
    account = _account(table, "account", code) if code.strip() else None
    if account in _NOT_BROUGHT:
        message = f"{account.value} {CHART[account].name} is not brought by a balance"
        table.add("not-sensible", message, _NOT_BROUGHT[account], "account", code)
    # Of no account nobody can say what it is kept by.
    of = one.dimension(CHART[account].dimension) if account else table.text("of")
    debit, credit = table.pence("debit"), table.pence("credit")
    if ("debit" in table.raw) == ("credit" in table.raw):
        hint = 'write debit = "…" or credit = "…"'
        table.add("missing-key", "a balance has either a debit or a credit", hint)
    table.close()
    return OpeningBalance(
        account or Account.OPENING_BALANCES, of, (debit or 0) - (credit or 0), one.row
    )
