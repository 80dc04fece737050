"""What `reconcile bank` shows: one table of what is matched, suggested and open."""

import re
import shlex
from pathlib import Path

from levytool.cli import output
from levytool.cli.options import OutputFormat
from levytool.desk.bank.reconcile_bank import Asked, BankReconciliation
from levytool.ledger.documents.documents import INVOICE
from levytool.problems import DifferencesFound
from levytool.rules.document_numbers import document_numbers
from levytool.text import counted

COLUMNS = ("state", "receipt", "rule", "party", "amount", "documents", "unallocated", "days")


NAMED = 3
"""How many of the documents that are overdue, and of the payments, messages name."""


def show_bank(
    found: BankReconciliation, asked: Asked, output_format: OutputFormat | None, to: Path | None
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
    for remark in found.remarks:
        output.warn(remark)
    for row in found.open_receipts:
        if not row["party"] and _of_the_bank(row["text"]):
            output.say(f"next: levytool bank identify {row['receipt']} --as interest")
    for row in found.open_payments[:NAMED]:
        output.say(f"next: {row['command']}; {row['because']}")
    if found.is_open:
        raise DifferencesFound("; ".join(_waiting(found, asked)))
    if found.open_documents:
        first = min(row["due"] for row in found.open_documents)
        many = counted(len(found.open_documents), "document")
        output.say(f"every receipt is placed; {many} open, none due before {first}")
    else:
        output.say("every receipt is placed and every document settled")


def _waiting(found: BankReconciliation, asked: Asked) -> list[str]:
    """What waits for somebody, each with what to do."""
    receipts = len(found.open_receipts)
    debts = [row["number"] for row in found.due_documents if row["kind"] == INVOICE]
    credits = [row["number"] for row in found.due_documents if row["kind"] != INVOICE]
    told = []
    if found.certain:
        told.append(
            f"{counted(len(found.certain), 'receipt')} certain but not applied: {_apply(asked)}"
        )
    if receipts:
        told.append(
            f"{counted(receipts, 'receipt')} open: take up a suggestion, or levytool bank "
            "allocate LINE DOCUMENT"
        )
    if found.open_payments:
        told.append(f"{counted(len(found.open_payments), 'payment')} not identified")
    if debts:
        more = f" and {len(debts) - NAMED} more" if len(debts) > NAMED else ""
        told.append(
            f"{counted(len(debts), 'document')} overdue: chase the payer of "
            f"{', '.join(debts[:NAMED])}{more}"
        )
    if credits:
        told.append(
            f"{counted(len(credits), 'credit note')} not given: levytool bank allocate "
            f"{credits[0]} INVOICE"
        )
    return told


def _apply(asked: Asked) -> str:
    """The command that applies what is certain: an advice has to be given again."""
    command = ["levytool", "reconcile", "bank"]
    if asked.remittance:
        command += ["--remittance", str(asked.remittance)]
    if asked.receipt:
        command += ["--receipt", asked.receipt]
    return shlex.join((*command, "--apply"))


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
    payments = [
        {
            "state": "open",
            "receipt": row["payment"],
            "rule": "",
            "party": row["text"],
            "amount": row["open"],
            "documents": [],
            "unallocated": "",
            "days": row["days"],
        }
        for row in found.open_payments
    ]
    documents = [
        {
            "state": "unpaid" if row["kind"] == INVOICE else "credit",
            "receipt": "",
            "rule": "",
            "party": row["payer"],
            "amount": row["outstanding"] if row["kind"] == INVOICE else f"-{row['outstanding']}",
            "documents": [row["number"]],
            "unallocated": "",
            "days": row["days_overdue"],
        }
        for row in found.open_documents
    ]
    return [*matched, *receipts, *payments, *documents]
