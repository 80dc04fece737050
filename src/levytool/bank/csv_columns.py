"""Which columns of a bank's CSV export are which, found from their headers.

UK banks differ in words, not in kind: a date, a text, one signed amount or two columns for money
in and out, perhaps a running balance, the account, the currency, a credit/debit mark.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levytool.bank.statement import GBP
from levytool.intake.amounts import is_blank_amount, parse_amount
from levytool.intake.dates import parse_date
from levytool.problems import UsageError

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
        "merchant description",
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
    "servicer_reference": ("transaction id", "bank transaction id", "unique id", "fitid"),
}  # fmt: skip
_RANKS = {
    name: (target, rank) for target, names in _NAMES.items() for rank, name in enumerate(names)
}
TARGETS = tuple(_NAMES)
"""What a column can be named to be: `bank import --columns date=Booked,amount=Sum`."""

_HEADERLESS = ("date", "description", "amount", "balance")
"""The columns of an export without a header, as HSBC makes it; the balance may be missing."""
_TRIED_ROWS = 5
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
    servicer_reference: int | None
    currency_named: str


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Which columns a person says are which: a header, or a number from 1, by target."""

    by_target: Mapping[str, str]


def parse_column_names(text: str) -> ColumnNames:
    """`date=Booked,paid_in=In,paid_out=Out`. Raises UsageError for what it cannot mean."""
    given: dict[str, str] = {}
    for part in text.split(","):
        target, equals, header = (piece.strip() for piece in part.partition("="))
        target = target.replace("-", "_")
        if not (equals and header) or target not in _NAMES or target in given:
            raise UsageError(
                f"--columns {part.strip()!r}: write TARGET=HEADER, each target once, of: "
                f"{', '.join(TARGETS)}"
            )
        given[target] = header
    if "date" not in given or not given.keys() & {"amount", "paid_in", "paid_out"}:
        raise UsageError("--columns names a date, and an amount or paid_in and paid_out")
    return ColumnNames(given)


def fold_words(text: str) -> str:
    """A header or a label as words: letters only, case folded, single spaces."""
    return " ".join(re.findall(r"[a-z]+", text.casefold()))


def find_columns(rows: Sequence[Sequence[str]], names: ColumnNames | None = None) -> Columns | None:
    """The columns by the topmost row that names a date and an amount; None without one.

    `names` are a person's own. Rows that begin at once with a date, a text and an amount have no
    header.
    """
    if names is not None:
        return _named_columns(rows, names)
    for number, row in enumerate(rows[:SEARCHED_ROWS], 1):
        columns = _columns_of(row, number, rows[number : number + _TRIED_ROWS])
        if columns is not None:
            return columns
    return _headerless(rows)


def _columns_of(row: Sequence[str], number: int, below: Sequence[Sequence[str]]) -> Columns | None:
    found: dict[str, list[tuple[int, int]]] = {}
    named = GBP
    for index, header in enumerate(row):
        target, rank, currency = _target_of(header.strip())
        if target:
            found.setdefault(target, []).append((rank, index))
        if currency:
            named = currency
    if "side" in found and not found.keys() & {"amount", "paid_in", "paid_out"}:
        # `Debit/Credit` may head the amounts themselves.
        side = min(found["side"])[1]
        if any(len(cells) > side and parse_amount(cells[side]) for cells in below):
            found["amount"] = found.pop("side")
    if "date" not in found or not found.keys() & {"amount", "paid_in", "paid_out"}:
        return None
    indexes = {
        target: [index for _rank, index in sorted(ranked)] for target, ranked in found.items()
    }
    return _columns(indexes, number, row, named)


def _named_columns(rows: Sequence[Sequence[str]], names: ColumnNames) -> Columns | None:
    """The columns a person named, by the row that has all the headers; by number, the rows from
    the first that has a date."""
    numbers = {
        target: int(header) - 1
        for target, header in names.by_target.items()
        if header.isdecimal() and int(header) > 0
    }
    wanted = {
        target: " ".join(header.casefold().split())
        for target, header in names.by_target.items()
        if target not in numbers
    }
    for number, row in enumerate(rows[:SEARCHED_ROWS], 1):
        folded = [" ".join(cell.casefold().split()) for cell in row]
        if wanted and all(header in folded for header in wanted.values()):
            places = {target: folded.index(header) for target, header in wanted.items()}
            return _columns({t: [i] for t, i in (places | numbers).items()}, number, row, GBP)
        date_at = numbers.get("date", 0)
        if not wanted and len(row) > date_at and parse_date(row[date_at].strip()):
            return _columns({t: [i] for t, i in numbers.items()}, number - 1, _numbered(row), GBP)
    return None


def _headerless(rows: Sequence[Sequence[str]]) -> Columns | None:
    first = [row for row in rows[:SEARCHED_ROWS] if any(row)][:_TRIED_ROWS]
    if not first or not all(_is_entry(row) for row in first):
        return None
    width = len(first[0])
    places = {target: [index] for index, target in enumerate(_HEADERLESS[:width])}
    return _columns(places, rows.index(first[0]), _numbered(first[0]), GBP)


def _is_entry(row: Sequence[str]) -> bool:
    if len(row) not in (len(_HEADERLESS) - 1, len(_HEADERLESS)):
        return False
    day, _text, amount, *balance = (cell.strip() for cell in row)
    if parse_date(day) is None or parse_amount(amount) is None:
        return False
    return all(is_blank_amount(cell) or parse_amount(cell) is not None for cell in balance)


def _numbered(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"column {index}" for index in range(1, len(row) + 1))


def _columns(
    found: Mapping[str, Sequence[int]], header_row: int, headers: Sequence[str], currency: str
) -> Columns:
    """Columns from the places of each target, best first."""

    def best(target: str) -> int | None:
        return found[target][0] if target in found else None

    amount = best("amount")
    return Columns(
        header_row=header_row,
        headers=tuple(cell.strip() for cell in headers),
        date=found["date"][0],
        amount=amount,
        # Where one signed amount says it all, columns for in and out only repeat it.
        paid_in=best("paid_in") if amount is None else None,
        paid_out=best("paid_out") if amount is None else None,
        balance=best("balance"),
        descriptions=tuple(sorted(found.get("description", ()))),
        references=tuple(sorted(found.get("reference", ()))),
        account=best("account"),
        sort_code=best("sort_code"),
        currency=best("currency"),
        side=best("side"),
        type=best("type"),
        servicer_reference=best("servicer_reference"),
        currency_named=currency,
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
