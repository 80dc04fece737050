"""Reading an opening file: from TOML to an `Opening`, with everything wrong in one pass.

It is read as the book is, by `book.table`, and stands on this floor because what it says is values
of the rules. Parties are recognised by code, name or alias. Whether it balances is
`rules.opening.checks`'s.
"""

from dataclasses import replace

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


def read_opening(text: str, file: str, book: Book) -> tuple[Opening | None, tuple[Problem, ...]]:
    """The opening that the TOML `text` says, and its problems; no opening where there are any."""
    findings = Findings(file)
    top = read_toml(text.removeprefix("\ufeff"), findings)
    if top is None:
        return None, tuple(findings.problems)
    names = Names(book)

    def tables(key: str) -> list[OpeningTable]:
        return [OpeningTable(table, names) for table in top.tables(key)]

    as_at = top.required_day("as_at", "write the day the closing papers are of, as 2025-03-31")
    totals, rows = _trial_balance(top)
    opening = Opening(
        as_at=as_at,
        trial_balance=totals,
        documents=tuple(_document(one) for one in tables("documents")),
        bank=tuple(_bank(one, book) for one in tables("bank")),
        receipts=tuple(_receipt(one, book) for one in tables("receipts")),
        pots=tuple(_pot(one) for one in tables("pots")),
        provisions=tuple(read_provision(one, book) for one in tables("provisions")),
        schemes=tuple(read_scheme(one) for one in tables("schemes")),
        balances=tuple(_balance(one) for one in tables("balances")),
        spend=tuple(read_spend(one) for one in tables("spend")),
        account_rows=rows,
        row=findings.places.row_of_path(("trial_balance",)) or 1,
    )
    top.close()
    if not findings.problems:
        found = (*opening_problems(opening, book), *obligation_problems(opening, book))
        findings.problems += [replace(problem, file=file) for problem in found]
    placed = [replace(problem, row=problem.row or 1) for problem in findings.problems]
    problems = tuple(sorted(placed, key=lambda problem: problem.row or 1))
    return (None if problems else opening), problems


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
            account, pence = _account(accounts, code, code), accounts.pence(code) or 0
            if account is not None:
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
    of = one.dimension(CHART[account].dimension if account else "")
    debit, credit = table.pence("debit"), table.pence("credit")
    if ("debit" in table.raw) == ("credit" in table.raw):
        hint = 'write debit = "…" or credit = "…"'
        table.add("missing-key", "a balance has either a debit or a credit", hint)
    table.close()
    return OpeningBalance(
        account or Account.OPENING_BALANCES, of, (debit or 0) - (credit or 0), one.row
    )
