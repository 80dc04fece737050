"""What any statement must hold, whatever its format: sterling, and balances that follow.

A CSV export proves its running balances row by row in its own reader, which can name the row.
"""

from collections.abc import Iterator, Sequence

from levytool.bank.statement import GBP, BalanceBreak, BankStatement
from levytool.money import display_pence, format_pence
from levytool.problems import Problem

FETCH_AGAIN = "fetch the statement again from the bank, whole and unedited"


def wrong_currency(named: str, file: str, row: int | None = None, column: str = "") -> Problem:
    """The refusal of a file that is not in sterling, naming what it is in."""
    return Problem(
        "wrong-currency",
        f"the file is in {named}; the books are kept in sterling ({GBP})",
        "import the statement of a sterling account",
        file,
        row,
        column,
        named,
    )


def statement_problems(statements: Sequence[BankStatement], file: str) -> Iterator[Problem]:
    """Each currency that is not sterling, once, and each statement that does not prove."""
    others = dict.fromkeys(item.currency for item in statements if item.currency != GBP)
    for named in others:
        yield wrong_currency(named, file)
    for statement in statements:
        for broken in statement.breaks():
            yield _unproved(statement, broken, file)


def _unproved(statement: BankStatement, broken: BalanceBreak, file: str) -> Problem:
    def shown(pence: int) -> str:
        if statement.currency == GBP:
            return display_pence(pence)
        return f"{statement.currency} {format_pence(pence)}"

    name = " ".join(part for part in (statement.number, statement.account) if part)
    return Problem(
        "balance-differs",
        f"statement {name or 'without a number'}: opening {shown(broken.before.pence)} and the "
        f"entries lead to {shown(broken.expected_pence)}, the closing balance is "
        f"{shown(broken.stated.pence)}: {shown(abs(broken.stated.pence - broken.expected_pence))} "
        "apart",
        FETCH_AGAIN,
        file=file,
    )


def without_repeats(
    statements: Sequence[BankStatement], file: str
) -> tuple[list[BankStatement], list[Problem]]:
    """The statements of a file, one that stands there twice only once, with a warning.

    Banks mark copies of a statement by nothing but its number: account, number, balances and
    entries must all be the same, and what the bank calls each entry.
    """
    kept: list[BankStatement] = []
    warnings: list[Problem] = []
    if len(statements) < 2:
        return [*statements], warnings
    seen = set()
    for statement in statements:
        entries = [
            (line.booked, line.amount_pence, line.description, line.servicer_reference)
            for line in statement.lines
        ]
        ends = (statement.opening_pence, statement.closing_pence)
        key = (statement.account, statement.number, ends, tuple(entries))
        if statement.number and entries and key in seen:
            message = f"statement {statement.number} stands in the file twice; it is read once"
            hint = "nothing to do, unless the bank really gave two statements one number"
            warnings.append(Problem("statement-repeated", message, hint, file=file))
            continue
        seen.add(key)
        kept.append(statement)
    return kept, warnings
