"""Bank lines that pay what a payment run waits for: told at import, and identified by a person."""

import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from levytool.book.names import fold
from levytool.book.records import Book
from levytool.desk.bank.pay_creditors import payee_name
from levytool.ledger.bank.bank_lines import StoredBankLine
from levytool.ledger.bank.creditors import RunPayment, references_in
from levytool.money import format_pence


def expected_payments(
    book: Book, waiting: Sequence[RunPayment], lines: Iterable[StoredBankLine]
) -> list[dict[str, Any]]:
    """Lines of money out that are just one payment that waits, each with the command that says so.

    By the payment's reference and its amount; or, where no reference is quoted, by its amount and
    the payee's name, when just one payment that waits has both.
    """
    by_pence: dict[int, list[RunPayment]] = {}
    for item in waiting:
        by_pence.setdefault(item.pence, []).append(item)
    found = []
    for line in lines:
        due = by_pence.get(-line.amount_pence)
        if not due:
            continue
        quoted = references_in(line.text)
        said = fold(line.text)
        fit = [
            item
            for item in due
            if item.reference in quoted
            or (not quoted and _is_named(said, item.payee, payee_name(book, item.payee)))
        ]
        if len(fit) == 1:
            party = "" if quoted else f" --party {shlex.quote(fit[0].payee)}"
            found.append(
                {
                    "line": line.number,
                    "reference": fit[0].reference,
                    "payee": fit[0].payee,
                    "amount": format_pence(fit[0].pence),
                    "rule": "reference" if quoted else "amount and name",
                    "command": f"levytool bank identify {line.number} --as payment{party}",
                }
            )
    return found


def _is_named(said: str, *names: str) -> bool:
    return any(fold(name) in said for name in names if fold(name))
