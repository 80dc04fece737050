"""The manifest of an export: every file with its SHA-256, and how it all adds up."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from levytool.accounts import Account
from levytool.exports.batch import (
    Batch,
    ExportFile,
    account_code,
    account_name,
    journal_lines,
)
from levytool.ledger.reports.finance_exports import PostedEntry, Turnover
from levytool.money import format_pence

NOTHING = Turnover(0, 0)


def batch_turnover(entries: Iterable[PostedEntry]) -> dict[Account, Turnover]:
    """What entries debit and credit each account."""
    sums: dict[Account, Turnover] = {}
    for posted in entries:
        for line in journal_lines(posted.entry.transfers):
            debit, credit = sums.get(line.leg.account, NOTHING)
            sums[line.leg.account] = Turnover(
                debit + max(0, line.pence), credit + max(0, -line.pence)
            )
    return sums


def file_row(file: ExportFile) -> dict[str, Any]:
    """A file as scripts read it."""
    return {
        "file": file.name,
        "sha256": hashlib.sha256(file.text.encode()).hexdigest(),
        "entries": file.entries,
        "lines": file.lines,
        "debit": format_pence(file.debit_pence),
        "credit": format_pence(file.credit_pence),
    }


def manifest_text(
    batch: Batch,
    system: str,
    files: Iterable[ExportFile],
    of_period: Mapping[Account, Turnover],
    before: Mapping[Account, Turnover],
) -> str:
    """The manifest as JSON.

    `accounts` is the proof: the movement of the period is what the system had before, what is in
    these files, and what is left for it (`xero-invoices` leaves the rest to `xero-journal`).
    """
    here = batch_turnover(batch.entries)
    rows = []
    for account in sorted({*of_period, *here}):
        whole = of_period.get(account, NOTHING).movement_pence
        given = before.get(account, NOTHING).movement_pence
        own = here.get(account, NOTHING)
        rows.append(
            {
                "account": account.value,
                "name": account_name(account),
                "code": account_code(batch.settings, account),
                "debit": format_pence(own.debit_pence),
                "credit": format_pence(own.credit_pence),
                "movement": format_pence(own.movement_pence),
                "exported_before": format_pence(given),
                "left": format_pence(whole - given - own.movement_pence),
                "trial_balance": format_pence(whole),
            }
        )
    value = {
        "export": batch.number,
        "kind": batch.kind,
        "system": system,
        "period": str(batch.period),
        "entries": len(batch.entries),
        "files": [file_row(file) for file in files],
        "accounts": rows,
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
