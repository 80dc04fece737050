"""Reading a bank's CSV export: rows of text in, statements and everything wrong with them out.

Rows may run newest first or oldest first: their dates tell, and within a day the running balance
does. Where there is one it proves that no row is missing. A bank's `CR` is money in and its `DR`
money out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from levytool.bank.csv_columns import ColumnNames, Columns, find_columns, fold_words
from levytool.bank.proof import FETCH_AGAIN, wrong_currency
from levytool.bank.statement import GBP, BankStatement, StatedBalance, StatementLine
from levytool.intake.amounts import LARGEST_PENCE, is_blank_amount, parse_amount
from levytool.intake.dates import parse_date
from levytool.money import display_pence
from levytool.problems import Problem

_BALANCE_LABELS = frozenset({
    "opening balance", "closing balance", "start balance", "end balance", "starting balance",
    "ending balance", "previous balance", "final balance", "balance brought forward",
    "balance carried forward", "brought forward", "carried forward", "balance b f",
    "balance c f", "balance bf", "balance cf", "b f", "c f", "opening ledger balance",
    "closing ledger balance", "balance",
})  # fmt: skip
_TOTALS = frozenset({"total", "totals", "subtotal", "subtotals"})
_OF_TOTALS = _TOTALS | {
    "amount", "amounts", "and", "credit", "credits", "debit", "debits", "deposits", "for", "grand",
    "in", "money", "of", "out", "paid", "payments", "period", "receipts", "sub", "transactions",
    "withdrawals",
}  # fmt: skip
"""What a row of totals may say: a payee may be called `Total Gas & Power`."""
_SIDED = re.compile(r"(?P<amount>.*[0-9)])\s*(?P<side>CR|DR|OD|C|D)\s*", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"(?P<day>.*?\S)[T\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?")
_OUT = frozenset({"dr", "d", "od", "debit", "out"})
_IN = frozenset({"cr", "c", "credit", "in"})
_SYMBOLS = {"€": "EUR", "$": "USD"}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that was understood. `amount_pence` is None for one that only states a balance."""

    number: int
    booked: date | None
    amount_pence: int | None
    balance_pence: int | None
    description: str = ""
    reference: str = ""
    servicer_reference: str = ""


def read_csv(
    rows: Sequence[Sequence[str]], name: str, names: ColumnNames | None = None
) -> tuple[tuple[BankStatement, ...], tuple[Problem, ...]]:
    """The statements of a CSV export, one an account, and every problem in one pass."""
    columns = find_columns(rows, names)
    if columns is None:
        problem = Problem(
            "no-header",
            "no row names the columns of a bank statement",
            "export it with its header: a date, a description, and an amount or money in and out; "
            "or say which column is which: --columns date=…,amount=…,description=…",
            file=name,
        )
        return (), (problem,)
    reader = _Reader(columns, rows, name)
    by_account = reader.read()
    statements = tuple(
        _in_order(account, found, reader.currency) for account, found in by_account.items()
    )
    broken = [problem for item in statements for problem in reader.balance_problems(item)]
    return statements, tuple(sorted([*reader.problems, *broken], key=lambda p: p.row or 0))


@dataclass(slots=True)
class _Reader:
    """One pass over the rows below the header."""

    columns: Columns
    rows: Sequence[Sequence[str]]
    name: str
    problems: list[Problem] = field(default_factory=list)
    currency: str = GBP
    sides_by_type: bool = False
    complete: bool = False

    def read(self) -> dict[str, list[_Row]]:
        """The rows that were understood, by the account they name, in file order."""
        self._other_currency(self.columns.currency_named, self.columns.header_row)
        self.sides_by_type = self._type_gives_side()
        width = len(self.columns.headers)
        self.complete = any(len(cells) >= width for _number, cells in self._data_rows())
        found: dict[str, list[_Row]] = {}
        for number, cells in self._data_rows():
            row = self._read_row(number, cells)
            if row is not None:
                found.setdefault(self._account(cells), []).append(row)
        return found

    def balance_problems(self, statement: BankStatement) -> Iterator[Problem]:
        """The balances that do not follow from those before.

        Nothing is said where a row between them was refused: that alone breaks the chain.
        """
        refused = {problem.row for problem in self.problems if problem.row is not None}
        for broken in statement.breaks():
            stated = broken.stated
            first, last = sorted((broken.before.row, stated.row))
            if not refused.isdisjoint(range(first, last + 1)):
                continue
            yield self._problem(
                "balance-differs",
                stated.row,
                self.columns.balance,
                display_pence(stated.pence),
                "the entries up to here lead to a balance of "
                f"{display_pence(broken.expected_pence)}",
                FETCH_AGAIN,
            )

    def _data_rows(self) -> Iterator[tuple[int, list[str]]]:
        below = self.columns.header_row
        for number, cells in enumerate(self.rows[below:], below + 1):
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed) and tuple(trimmed) != self.columns.headers:
                yield number, trimmed

    def _cell(self, cells: Sequence[str], column: int | None) -> str:
        return cells[column] if column is not None and column < len(cells) else ""

    def _text(self, cells: Sequence[str], columns: Iterable[int]) -> str:
        return " ".join(" ".join(self._cell(cells, column) for column in columns).split())

    def _type_gives_side(self) -> bool:
        """Whether the type says nothing but credit or debit: then it gives the amount's sign."""
        if self.columns.side is not None or self.columns.type is None:
            return False
        types = {
            fold_words(self._cell(cells, self.columns.type)) for _number, cells in self._data_rows()
        }
        types.discard("")
        return bool(types) and types <= _OUT | _IN

    def _read_row(self, number: int, cells: Sequence[str]) -> _Row | None:
        columns = self.columns
        labels = {fold_words(cell) for cell in cells} - {""}
        description = self._text(cells, columns.descriptions)
        day = self._cell(cells, columns.date)
        if self._only_states_a_balance(cells, labels, fold_words(description)):
            return self._balance_row(number, cells, day)
        if not day and _is_total(labels, fold_words(description)):
            return None
        self._check_width(number, cells)
        self._other_currency(self._cell(cells, columns.currency), number)
        booked = self._date(number, day)
        amount = self._entry_amount(number, cells)
        balance = self._money(number, cells, columns.balance)
        if booked is None or amount is None:
            return None
        reference = self._text(cells, columns.references)
        own = self._cell(cells, columns.servicer_reference)
        return _Row(number, booked, amount, balance, description, reference, own)

    def _only_states_a_balance(
        self, cells: Sequence[str], labels: set[str], description: str
    ) -> bool:
        """Whether a row is no entry: it is labelled so, and its amount is the balance or none.

        `Balance` alone may also be what a payer wrote, so with an amount it is an entry.
        """
        if labels.isdisjoint(_BALANCE_LABELS) or description not in _BALANCE_LABELS | {""}:
            return False
        columns = self.columns
        balance = self._cell(cells, columns.balance)
        amounts = {
            cell
            for column in (columns.amount, columns.paid_in, columns.paid_out)
            if not is_blank_amount(cell := self._cell(cells, column))
        }
        return not amounts or ("balance" not in labels and (not balance or amounts == {balance}))

    def _balance_row(self, number: int, cells: Sequence[str], day: str) -> _Row | None:
        columns = self.columns
        booked = _day_of(day)
        for column in (columns.balance, columns.amount, columns.paid_in, columns.paid_out):
            pence = self._money(number, cells, column)
            if pence is not None:
                drawn = column == columns.paid_out and column != columns.balance
                return _Row(number, booked, None, -abs(pence) if drawn else pence)
        return None

    def _check_width(self, number: int, cells: Sequence[str]) -> None:
        columns, width = self.columns, len(self.columns.headers)
        needed = max(
            (at for at in (columns.balance, *columns.descriptions[:1]) if at is not None),
            default=-1,
        )
        if len(cells) < width and (self.complete or len(cells) <= needed):
            # Some banks leave blank cells off every row, but no text and no balance; off one row
            # alone, it was cut.
            message = f"the row has {len(cells)} of {width} cells: it is cut off"
            last = cells[-1]
            self.problems.append(
                self._problem("ragged-row", number, None, last, message, FETCH_AGAIN)
            )
        beyond = next((cell for cell in cells[width:] if cell), "")
        if beyond:
            self.problems.append(
                self._problem(
                    "ragged-row",
                    number,
                    None,
                    beyond,
                    "the row has more cells than the header names",
                    "put a text that holds a comma in quotation marks, or export the file again",
                )
            )

    def _date(self, number: int, text: str) -> date | None:
        booked = _day_of(text)
        if booked is None:
            self._refuse(
                "not-a-date" if text else "missing",
                number,
                self.columns.date,
                text,
                "the entry's date cannot be read" if text else "the entry has no date",
                "write it day first, such as 31/03/2014",
            )
        return booked

    def _entry_amount(self, number: int, cells: Sequence[str]) -> int | None:
        """The signed amount of an entry; None where it cannot be told, with the reason noted."""
        columns = self.columns
        known = len(self.problems)
        if columns.amount is not None:
            amount = self._money(number, cells, columns.amount)
            side = columns.type if self.sides_by_type else columns.side
            told = fold_words(self._cell(cells, side))
            if amount is not None and told in _OUT | _IN:
                amount = -abs(amount) if told in _OUT else abs(amount)
        else:
            paid_in = self._money(number, cells, columns.paid_in)
            paid_out = self._money(number, cells, columns.paid_out)
            if paid_in and paid_out:
                out = self._cell(cells, columns.paid_out)
                text = f"{self._cell(cells, columns.paid_in)} in, {out} out"
                hint = "an entry is one or the other: mend the row, or export the file again"
                self._refuse(
                    "not-a-number", number, columns.paid_in, text, "money in and money out", hint
                )
                return None
            told_any = [pence for pence in (paid_in, paid_out) if pence is not None]
            # Some banks give money out with its sign, some without.
            amount = (paid_in or 0) - abs(paid_out or 0) if told_any else None
        if amount is None and len(self.problems) == known:
            hint = "give the entry its amount, or export the file again"
            candidates = (columns.amount, columns.paid_in, columns.paid_out)
            column = next(c for c in candidates if c is not None)
            self._refuse("missing", number, column, "", "the entry has no amount", hint)
        return amount

    def _money(self, number: int, cells: Sequence[str], column: int | None) -> int | None:
        """The pence of a cell; None for a blank one, and for a bad one, which is noted."""
        text = self._cell(cells, column)
        if is_blank_amount(text):
            return None
        if (symbol := next((s for s in _SYMBOLS if s in text), None)) is not None:
            self._other_currency(_SYMBOLS[symbol], number)
            return None
        match = _SIDED.fullmatch(text)
        amount = parse_amount(match["amount"] if match else text)
        if amount is None or amount.exact_pence is not None or (match and amount.pence < 0):
            self._refuse(
                "not-a-number",
                number,
                column,
                text,
                "this is no amount in pounds and pence",
                "write it as 1234.50",
            )
            return None
        if abs(amount.pence) > LARGEST_PENCE:
            most = display_pence(LARGEST_PENCE)
            self._refuse("too-large", number, column, text, f"more than {most}", FETCH_AGAIN)
            return None
        out = match is not None and match["side"].casefold() in _OUT
        return -amount.pence if out else amount.pence

    def _account(self, cells: Sequence[str]) -> str:
        columns = (self.columns.sort_code, self.columns.account)
        # Banks put an apostrophe before, so that a spreadsheet takes the digits for text.
        parts = [self._cell(cells, column).strip().removeprefix("'") for column in columns]
        return " ".join(" ".join(parts).split())

    def _other_currency(self, named: str, number: int) -> None:
        """Note the first row of a currency that is not sterling."""
        named = named.upper()
        if named in ("", GBP, "£", self.currency):
            return
        self.currency = named
        column = self.columns.currency
        header = "" if column is None else self.columns.headers[column]
        self.problems.append(wrong_currency(named, self.name, number, header))

    def _refuse(
        self, code: str, row: int, column: int | None, value: str, message: str, hint: str
    ) -> None:
        self.problems.append(self._problem(code, row, column, value, message, hint))

    def _problem(
        self, code: str, row: int, column: int | None, value: str, message: str, hint: str
    ) -> Problem:
        headers = self.columns.headers
        header = ""
        if column is not None:  # which a person may have numbered beyond the last
            header = headers[column] if column < len(headers) else f"column {column + 1}"
        return Problem(code, message, hint, self.name, row, header, value)


def _is_total(labels: set[str], description: str) -> bool:
    """Whether a row without a date says of itself that it is a total, and nothing else."""
    words = set(description.split())
    return words <= _OF_TOTALS and any(
        not _TOTALS.isdisjoint(said := label.split()) and _OF_TOTALS.issuperset(said)
        for label in labels
    )


def _day_of(text: str) -> date | None:
    """A booking date, with the time of day that some banks add left out."""
    match = _TIME_OF_DAY.fullmatch(text)
    return parse_date(match["day"] if match else text)


def _in_order(account: str, rows: Sequence[_Row], currency: str) -> BankStatement:
    """The statement in the order of booking: the order of the rows in which the balances prove.

    Dates that run one way say which; within a day the rows may run the other way all the same, and
    dates that go to and fro only say which way to try first. Where no order proves, the one with
    the fewest breaks tells most about what is wrong.
    """
    dates = [row.booked for row in rows if row.booked is not None]
    newest_first = bool(dates) and dates[0] > dates[-1]
    ways = [rows[::-1], rows] if newest_first else [rows, rows[::-1]]
    if len(dates) == len(rows):
        by_day: list[Sequence[_Row]] = [sorted(way, key=_booked) for way in ways]
        one_way = dates in (sorted(dates), sorted(dates, reverse=True))
        ways = by_day if one_way else ways + by_day
    statements = [_statement(account, way, currency) for way in ways]
    return min(statements, key=lambda statement: sum(1 for _ in statement.breaks()))


def _booked(row: _Row) -> date:
    assert row.booked is not None  # asked only where every row is dated
    return row.booked


def _statement(account: str, rows: Iterable[_Row], currency: str) -> BankStatement:
    lines: list[StatementLine] = []
    balances: list[StatedBalance] = []
    for row in rows:
        if row.amount_pence is not None and row.booked is not None:
            lines.append(
                StatementLine(
                    row.number,
                    row.booked,
                    row.amount_pence,
                    row.description,
                    row.reference,
                    row.servicer_reference,
                )
            )
        if row.balance_pence is not None:
            balances.append(StatedBalance(len(lines), row.balance_pence, row.number))
    return BankStatement(account, tuple(lines), tuple(balances), currency)
