"""Which columns of a bank's CSV export are which, found from their headers.

UK banks differ in words, not in kind: a date, a text, one signed amount or two columns for money
in and out, perhaps a running balance, the account, the currency, a credit/debit mark.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from levytool.bank.statement import GBP

SEARCHED_ROWS = 60
"""How far down the header is looked for: account details may stand above it."""

_NAMES: dict[str, tuple[str, ...]] = {
    "date": (
        "booking date", "posting date", "posted date", "post date", "date posted", "entry date",
        "date", "transaction date", "date of transaction", "completed date", "process date",
        "value date",
    ),
    "description": (
        "description", "transaction description", "details", "transaction details", "narrative",
        "transaction narrative", "memo", "counter party", "counterparty", "counter party name",
        "counterparty name", "name", "payee", "particulars", "additional details", "text",
    ),
    "reference": (
        "reference", "ref", "payment reference", "customer reference", "your reference",
        "transaction reference", "remittance", "remittance information", "notes",
        "notes and tags", "bank reference",
    ),
    "amount": ("amount", "value", "transaction amount", "transaction value", "net amount"),
    "paid_in": (
        "paid in", "money in", "credit", "credit amount", "credits", "amount credited",
        "receipts", "deposits", "in", "amount in", "paid in amount",
    ),
    "paid_out": (
        "paid out", "money out", "debit", "debit amount", "debits", "amount debited",
        "payments", "withdrawals", "withdrawn", "out", "amount out", "paid out amount",
    ),
    "balance": (
        "balance", "running balance", "account balance", "ledger balance", "balance after",
        "book balance",
    ),
    "account": (
        "account number", "account no", "account", "iban", "account id", "account identifier",
    ),
    "sort_code": ("sort code", "sortcode"),
    "currency": ("currency", "ccy", "account currency", "transaction currency"),
    "side": (
        "cr dr", "dr cr", "credit debit", "debit credit", "credit debit indicator",
        "debit credit indicator", "cr dr indicator", "dr cr indicator", "credit debit mark",
    ),
    "type": ("type", "transaction type", "trn type", "tran type"),
}  # fmt: skip
_RANKS = {
    name: (target, rank) for target, names in _NAMES.items() for rank, name in enumerate(names)
}
_OF_MONEY = frozenset({"amount", "paid_in", "paid_out", "balance"})
_STERLING_WORDS = frozenset({"gbp", "sterling", "pounds"})
_WITH_CURRENCY = re.compile(r"(.+?)[\s(\[]+([A-Z]{3})[)\]]?")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each thing stands in a row, None where the file has no such column.

    A text may be spread over several columns. `currency_named` is what the header of an amount
    says the amounts are in. `header_row` is numbered as a spreadsheet does.
    """

    header_row: int
    headers: tuple[str, ...]
    date: int
    amount: int | None
    paid_in: int | None
    paid_out: int | None
    balance: int | None
    descriptions: tuple[int, ...]
    references: tuple[int, ...]
    account: int | None
    sort_code: int | None
    currency: int | None
    side: int | None
    type: int | None
    currency_named: str


def fold_words(text: str) -> str:
    """A header or a label as words: letters only, case folded, single spaces."""
    return " ".join(re.findall(r"[a-z]+", text.casefold()))


def find_columns(rows: Sequence[Sequence[str]]) -> Columns | None:
    """The columns by the topmost row that names a date and an amount; None without one."""
    for number, row in enumerate(rows[:SEARCHED_ROWS], 1):
        columns = _columns_of(row, number)
        if columns is not None:
            return columns
    return None


def _columns_of(row: Sequence[str], number: int) -> Columns | None:
    found: dict[str, list[tuple[int, int]]] = {}
    named = GBP
    for index, header in enumerate(row):
        target, rank, currency = _target_of(header.strip())
        if target:
            found.setdefault(target, []).append((rank, index))
        if currency:
            named = currency
    if "date" not in found or not found.keys() & {"amount", "paid_in", "paid_out"}:
        return None

    def best(target: str) -> int | None:
        return min(found[target])[1] if target in found else None

    def every(target: str) -> tuple[int, ...]:
        return tuple(sorted(index for _rank, index in found.get(target, ())))

    amount = best("amount")
    return Columns(
        header_row=number,
        headers=tuple(cell.strip() for cell in row),
        date=min(found["date"])[1],
        amount=amount,
        # Where one signed amount says it all, columns for in and out only repeat it.
        paid_in=best("paid_in") if amount is None else None,
        paid_out=best("paid_out") if amount is None else None,
        balance=best("balance"),
        descriptions=every("description"),
        references=every("reference"),
        account=best("account"),
        sort_code=best("sort_code"),
        currency=best("currency"),
        side=best("side"),
        type=best("type"),
        currency_named=named,
    )


def _target_of(header: str) -> tuple[str, int, str]:
    """What a header names, how well, and the currency it adds: `Amount (EUR)`; '' for neither."""
    words = " ".join(word for word in fold_words(header).split() if word not in _STERLING_WORDS)
    if words in _RANKS:
        return *_RANKS[words], ""
    match = _WITH_CURRENCY.fullmatch(header)
    if match is not None:
        target, rank = _RANKS.get(fold_words(match[1]), ("", 0))
        if target in _OF_MONEY:
            return target, rank, match[2]
    return "", 0, ""
