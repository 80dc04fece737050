"""Reading a payer's remittance advice: the documents that one payment is for, and how much each.

A CSV with a column of document numbers and one of amounts; further columns do not matter. A credit
note that the payer took off is negative, or comes with its number alone telling so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from levytool.bank.csv_columns import fold_words
from levytool.intake.amounts import parse_amount
from levytool.intake.container import TextSheet, UnreadableFile, open_sheets
from levytool.problems import Problem
from levytool.rules.document_numbers import document_meant

_DOCUMENTS = frozenset({
    "document", "document number", "document no", "invoice", "invoice number", "invoice no",
    "inv no", "your invoice", "your reference", "reference", "our reference", "number", "ref",
})  # fmt: skip
_AMOUNTS = frozenset({
    "amount", "amount paid", "paid", "payment", "payment amount", "net amount", "value", "total",
    "gross", "gross amount",
})  # fmt: skip
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class RemittedLine:
    """One line of an advice; `pence` is negative for a credit note taken off.

    `document` is '' where the payer wrote a `reference` of its own.
    """

    row: int
    document: str
    pence: int
    reference: str = ""


def read_remittance(path: Path) -> tuple[list[RemittedLine], list[Problem]]:
    """The lines of an advice, and everything wrong with it in one pass."""
    try:
        rows = [
            [str(cell).strip() for cell in row]
            for sheet in open_sheets(path)
            if isinstance(sheet, TextSheet)
            for batch in sheet.batches(_ROWS_AT_ONCE)
            for row in batch.rows
        ]
    except UnreadableFile as reason:
        return [], [Problem("unreadable-file", reason.message, reason.hint, path.name, reason.row)]
    for number, row in enumerate(rows, 1):
        folded = [fold_words(cell) for cell in row]
        document = next((i for i, words in enumerate(folded) if words in _DOCUMENTS), None)
        amount = next((i for i, words in enumerate(folded) if words in _AMOUNTS), None)
        if document is not None and amount is not None:
            return _lines(rows, number, document, amount, path.name)
    hint = "give it a row of headers: Document, Amount"
    return [], [Problem("no-header", "no row names documents and amounts", hint, path.name)]


def _lines(
    rows: Sequence[Sequence[str]], header: int, document: int, amount: int, file: str
) -> tuple[list[RemittedLine], list[Problem]]:
    lines: list[RemittedLine] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, row in enumerate(rows[header:], header + 1):
        named = row[document] if document < len(row) else ""
        told = row[amount] if amount < len(row) else ""
        if not named or fold_words(named) in ("total", "totals"):
            continue
        meant = document_meant(named)
        money = parse_amount(told)
        if meant is not None and meant in seen:
            what = "the document stands there twice"
            hint = "write it as the document has it, such as INV-000001, once"
            problems.append(
                Problem(
                    "unknown-document", what, hint, file, number, rows[header - 1][document], named
                )
            )
        elif money is None or money.exact_pence is not None or not money.pence:
            what, hint = "this is no amount in pounds and pence", "write it as 1234.50"
            problems.append(
                Problem("not-a-number", what, hint, file, number, rows[header - 1][amount], told)
            )
        else:
            pence = -abs(money.pence) if meant and meant.startswith("CN-") else money.pence
            seen.add(meant or "")
            lines.append(RemittedLine(number, meant or "", pence, named))
    return lines, problems
