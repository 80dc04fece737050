"""What `reconcile bank` shows: one table of what is matched, suggested and open."""

import re
from pathlib import Path

from levytool.cli import output
from levytool.cli.options import OutputFormat
from levytool.desk.bank.reconcile_bank import BankReconciliation
from levytool.problems import DifferencesFound
from levytool.rules.document_numbers import document_numbers
from levytool.text import counted

COLUMNS = ("state", "receipt", "rule", "party", "amount", "documents", "unallocated", "days")


def show_bank(
    found: BankReconciliation, output_format: OutputFormat | None, to: Path | None
) -> None:
    """Show it; raises DifferencesFound where something is open (exit 5)."""
    if output.is_json(output_format):
        output.show_object(found.as_json(), to)
    else:
        rows = _rows(found)
        output.show_rows(
            rows,
            output_format,
            to,
            columns=COLUMNS,
            essential=("state", "receipt", "party", "amount", "documents"),
            title="Bank",
            empty="nothing to reconcile",
        )
    if any(match["state"] == "certain" for match in found.matched):
        output.say("next: levytool reconcile bank --apply")
    for row in found.open_receipts:
        if not row["party"] and _of_the_bank(row["text"]):
            output.say(f"next: levytool bank identify {row['receipt']} --as interest")
    if found.is_open:
        raise DifferencesFound(
            f"{counted(len(found.open_receipts), 'receipt')} and "
            f"{counted(len(found.open_documents), 'document')} open; take up a suggestion "
            f"or place a receipt with: levytool bank allocate LINE "
            "DOCUMENT"
        )
    output.say("every receipt is placed and every document settled")


def _of_the_bank(text: str) -> bool:
    """Whether a receipt calls itself interest, and names no document that it may be paid on."""
    return re.search(r"\binterest\b", text, re.IGNORECASE) is not None and not document_numbers(
        text
    )


def _rows(found: BankReconciliation) -> list[output.Row]:
    matched = [
        match
        | {"documents": [f"{item['number']} {item['amount']}" for item in match["documents"]]}
        | {"amount": "", "days": ""}
        for match in (*found.matched, *found.suggestions)
    ]
    receipts = [
        {
            "state": "open",
            "receipt": row["receipt"],
            "rule": "",
            "party": row["party"] or row["text"],
            "amount": row["open"],
            "documents": [],
            "unallocated": "",
            "days": row["days"],
        }
        for row in found.open_receipts
    ]
    documents = [
        {
            "state": "unpaid",
            "receipt": "",
            "rule": "",
            "party": row["payer"],
            "amount": row["outstanding"],
            "documents": [row["number"]],
            "unallocated": "",
            "days": row["days_overdue"],
        }
        for row in found.open_documents
    ]
    return [*matched, *receipts, *documents]
