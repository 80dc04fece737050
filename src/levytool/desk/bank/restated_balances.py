"""The closing balances of a statement file that no line of it carries into the books, as its import
keeps them (read again by `ledger.bank.files_told`)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from levytool.bank.statement import BankStatement
from levytool.ledger.bank.bank_lines import NewBankLine


def restated_by(
    account: str, statements: Sequence[BankStatement], fresh: Sequence[NewBankLine]
) -> list[dict[str, Any]]:
    """The closing balances that no new line carries into the books, with their days: an earlier
    file, of a report without balances perhaps, brought the line that they stand after."""
    rows = {line.row for line in fresh}
    return [
        {"account": account, "on": last.booked.isoformat(), "pence": pence}
        for statement in statements
        for last, pence in zip(statement.lines[-1:], statement.balances_after[-1:], strict=True)
        if pence is not None and last.row not in rows
    ]


def stated_later(account: str, statements: Sequence[BankStatement]) -> list[dict[str, Any]]:
    """The closing balances of days after the last line of their statement (`after`), which has all
    that the bank booked up to then; of one without lines too. None where another page goes on."""
    found = []
    openings = Counter(statement.opening_pence for statement in statements)
    for statement in statements:
        own = statement.opening_pence == statement.closing_pence
        if openings[statement.closing_pence] > own:
            continue
        last = statement.lines[-1].booked if statement.lines else None
        on, pence = statement.until, statement.closing_pence
        if on is not None and pence is not None and (last is None or last < on):
            after = None if last is None else last.isoformat()
            told = {"account": account, "on": on.isoformat(), "pence": pence, "after": after}
            found.append(told)
    return found
