"""Statements written out: one to the screen or a file, or one for each with a manifest."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import typer

from levytool.cli import output
from levytool.cli.context import begun_period_of, known_day, office
from levytool.cli.folders import require_folder
from levytool.cli.statement_pool import written_together
from levytool.desk.month_end import statements
from levytool.desk.office import Office
from levytool.money import format_pence
from levytool.periods import Period
from levytool.problems import UsageError
from levytool.statements import words
from levytool.statements.forms import ENDINGS, Form, Written, written
from levytool.statements.sections import Statement
from levytool.text import counted

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a `statement` command was called with."""

    period: str | None
    known_on: str | None
    form: Form
    to: Path | None
    code: str | None = None
    into: Path | None = None
    everyone: bool = False
    final: bool = False
    issued: str | None = None
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.into is not None:
            require_folder(self.into)
        else:
            output.require_file(self.form, self.to)


def write_wanted(ctx: typer.Context, kind: str, wanted: Wanted) -> None:
    """One statement of a kind, or with --all one for each. Raises UsageError."""
    if (
        wanted.everyone != (wanted.code is None)
        or wanted.everyone != (wanted.into is not None)
        or (wanted.everyone and wanted.to)
    ):
        raise UsageError(f"name one {kind}, or say --all with --into DIR and without -o")
    known_on = known_day(wanted.known_on)
    of_kind = statements.KINDS[kind]
    with office(ctx) as desk:
        period = begun_period_of(desk, wanted.period or "", known_on)
        if wanted.into is None:
            told = of_kind.statement(desk, wanted.code or "", period, known_on)
            _say_if_running(desk, told)
            show_statement(told, wanted.form, wanted.to)
            return
        count = of_kind.count(desk, period, known_on)
        every = iter(of_kind.statements(desk, period, known_on))
        first = list(islice(every, 1))
        for told in first:
            _say_if_running(desk, told)
        every = chain(first, every)
        write_statements(every, count, kind, period, wanted.form, wanted.into)


def write_consortium(ctx: typer.Context, wanted: Wanted) -> None:
    """The consortium's own statement."""
    known_on = known_day(wanted.known_on)
    with office(ctx) as desk:
        period = begun_period_of(desk, wanted.period or "", known_on)
        told = statements.consortium(desk, period, known_on)
        _say_if_running(desk, told)
        show_statement(told, wanted.form, wanted.to)


def _say_if_running(desk: Office, told: Statement) -> None:
    """Say of a period that is not over as of which day it is told."""
    if told.period.last.last_day > desk.acting.today:
        output.say(
            f"{told.period} is not over: this is as at {words.day_words(told.as_at)}; "
            f"it can be issued from {words.day_words(told.period.last.plus(1).first_day)} on"
        )


def show_statement(statement: Statement, form: Form, to: Path | None) -> str:
    """One statement, on standard output or into a file; gives the SHA-256 of what was written."""
    found = written(statement, form)
    if found.remark:
        output.warn(found.remark)
    if isinstance(found.data, str):
        output.show_text(found.data, to)
    else:
        output.show_bytes(found.data, to)
    return hashlib.sha256(found.raw).hexdigest()


def write_statements(
    every: Iterable[Statement], count: int, kind: str, period: Period, form: Form, into: Path
) -> None:
    """A file for each statement, and last the manifest: file, SHA-256 and balances of each.

    The folder is made where it is missing. A file is written whole and then put in its place.
    """
    into.mkdir(parents=True, exist_ok=True)
    entries: list[dict[str, Any]] = []
    with output.progress(f"statements of {period}") as report:
        for statement, found in written_together(every, form):
            entries.append(_entry(statement, found, kind, form, into))
            if found.remark:
                output.warn(f"{statement.subject.code}: {found.remark}")
            if report:
                report(len(entries), count)
    manifest = json.dumps({"period": str(period), "statements": entries}, indent=1) + "\n"
    _put(into / MANIFEST, manifest.encode())
    output.say(f"{into}: {counted(len(entries), 'statement')} and {MANIFEST}")


def _entry(
    statement: Statement, found: Written, kind: str, form: Form, into: Path
) -> dict[str, Any]:
    """Put one statement into its file, and say what the manifest has of it."""
    code = statement.subject.code
    name = f"{code}-{statement.period}.{ENDINGS.get(form, form)}"
    data = found.raw
    _put(into / name, data)
    balances = {
        figure.key: format_pence(figure.pence)
        for figure in statement.key_figures
        if figure.key in ("opening_balance", "closing_balance")
    }
    return {kind: code, "file": name, "sha256": hashlib.sha256(data).hexdigest(), **balances}


def _put(place: Path, data: bytes) -> None:
    waiting = place.with_name(place.name + ".part")
    waiting.write_bytes(data)
    waiting.replace(place)
