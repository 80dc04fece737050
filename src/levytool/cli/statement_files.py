"""Statements written out: one to the screen or a file, or one for each member with a manifest."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from levytool.cli import output
from levytool.desk.month_end.member_statement import member_statements
from levytool.money import format_pence
from levytool.periods import Period
from levytool.statements.forms import ENDINGS, Form, written
from levytool.statements.member import member_in_sections
from levytool.statements.sections import Statement

if TYPE_CHECKING:
    from levytool.desk.office import Office

MANIFEST = "manifest.json"


def show_statement(statement: Statement, form: Form, to: Path | None) -> None:
    """One statement, on standard output or into a file."""
    found = written(statement, form)
    if found.remark:
        output.warn(found.remark)
    if isinstance(found.data, str):
        output.show_text(found.data, to)
    else:
        output.show_bytes(found.data, to)


def write_statements(
    desk: "Office", period: Period, known_on: date | None, form: Form, into: Path
) -> None:
    """A file for each member, and last the manifest: file, SHA-256 and balances of each.

    The folder is made where it is missing. A file is written whole and then put in its place.
    """
    into.mkdir(parents=True, exist_ok=True)
    entries = []
    for told in member_statements(desk, period, known_on):
        code = told.recipient.code
        name = f"{code}-{told.period}.{ENDINGS.get(form, form)}"
        data = written(member_in_sections(told), form).raw
        _put(into / name, data)
        entries.append(
            {
                "member": code,
                "file": name,
                "sha256": hashlib.sha256(data).hexdigest(),
                "opening_balance": format_pence(told.opening.total_pence),
                "closing_balance": format_pence(told.closing.total_pence),
            }
        )
    manifest = json.dumps({"period": str(period), "statements": entries}, indent=1) + "\n"
    _put(into / MANIFEST, manifest.encode())
    output.say(f"{into}: {len(entries)} statements and {MANIFEST}")


def _put(place: Path, data: bytes) -> None:
    waiting = place.with_name(place.name + ".part")
    waiting.write_bytes(data)
    waiting.replace(place)
