"""Statements written out: one to the screen or a file, or one for each member with a manifest."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from levytool.cli import output
from levytool.desk.month_end.member_statement import member_statement, member_statements
from levytool.money import format_pence
from levytool.periods import Period
from levytool.statements.values import MemberStatement

if TYPE_CHECKING:
    from levytool.cli.statements import StatementFormat
    from levytool.desk.office import Office

MANIFEST = "manifest.json"
_ENDINGS = {"text": "txt"}


def show_statement(
    desk: "Office",
    member: str,
    period: Period,
    known_on: date | None,
    form: "StatementFormat",
    to: Path | None,
) -> None:
    """One member's statement, on standard output or into a file."""
    statement = member_statement(desk, member, period, known_on)
    output.show_text(_renderer(form)(statement), to)


def write_statements(
    desk: "Office", period: Period, known_on: date | None, form: "StatementFormat", into: Path
) -> None:
    """A file for each member, and last the manifest: file, SHA-256 and closing balance of each.

    The folder is made where it is missing. A file is written whole and then put in its place.
    """
    render = _renderer(form)
    into.mkdir(parents=True, exist_ok=True)
    entries = []
    for statement in member_statements(desk, period, known_on):
        code = statement.recipient.code
        name = f"{code}-{statement.period}.{_ENDINGS.get(form.value, form.value)}"
        data = render(statement).encode()
        _put(into / name, data)
        entries.append(
            {
                "member": code,
                "file": name,
                "sha256": hashlib.sha256(data).hexdigest(),
                "closing_balance": format_pence(statement.closing.total_pence),
            }
        )
    manifest = json.dumps({"period": str(period), "statements": entries}, indent=1) + "\n"
    _put(into / MANIFEST, manifest.encode())
    output.say(f"{into}: {len(entries)} statements and {MANIFEST}")


def _put(place: Path, data: bytes) -> None:
    waiting = place.with_name(place.name + ".part")
    waiting.write_bytes(data)
    waiting.replace(place)


def _renderer(form: "StatementFormat") -> Callable[[MemberStatement], str]:
    if form.value == "html":
        from levytool.statements.render_html import render_html

        return render_html
    from levytool.statements.render_csv import render_csv
    from levytool.statements.render_json import render_json
    from levytool.statements.render_text import render_text

    return {"text": render_text, "csv": render_csv, "json": render_json}[form.value]
