"""A statement as `levytool statement` was asked for it: a draft, to be issued, or as issued."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from levytool.cli import output
from levytool.cli.context import office, period_of
from levytool.cli.statement_files import (
    Wanted,
    show_statement,
    write_consortium,
    write_statements,
    write_wanted,
)
from levytool.cli.statement_pool import hashed_together
from levytool.desk.four_eyes import Status
from levytool.desk.month_end.issue_statement import (
    Issued,
    issue_statement,
    issue_statements,
    issued_of,
)
from levytool.problems import UsageError

if TYPE_CHECKING:
    from levytool.desk.office import Office
    from levytool.periods import Period
    from levytool.statements.sections import Statement

CONSORTIUM = "consortium"


def answer(ctx: typer.Context, kind: str, wanted: Wanted) -> None:
    """Write what is wanted. Raises UsageError for what does not go together."""
    if wanted.issued is not None:
        _show_issued(ctx, kind, wanted)
    elif wanted.period is None:
        raise UsageError("say --period for its months, or --issued for one that was issued")
    elif wanted.final:
        _issue(ctx, kind, wanted)
    elif wanted.dry_run:
        raise UsageError("--dry-run goes with --final: nothing else is stored")
    elif kind == CONSORTIUM:
        write_consortium(ctx, wanted)
    else:
        write_wanted(ctx, kind, wanted)


def _show_issued(ctx: typer.Context, kind: str, wanted: Wanted) -> None:
    others = (wanted.period, wanted.known_on, wanted.into)
    if any(others) or wanted.final or wanted.everyone or wanted.dry_run:
        raise UsageError("--issued names one statement as it was issued; only say its --format")
    with office(ctx) as desk:
        kept, forms = issued_of(desk, kind, wanted.code, wanted.issued or "")
    sha256 = show_statement(kept, wanted.form, wanted.to)
    if sha256 != forms.get(wanted.form, sha256):
        output.warn(
            f"the figures are as issued, but another version of levytool wrote its {wanted.form}: "
            f"that file's SHA-256 is {forms[wanted.form]}"
        )


def _issue(ctx: typer.Context, kind: str, wanted: Wanted) -> None:
    if wanted.known_on is not None:
        raise UsageError("what is issued says what the books know now; leave out --known-on")
    if kind != CONSORTIUM and wanted.everyone != (wanted.code is None):
        raise UsageError(f"name one {kind}, or say --all with --into DIR")
    if wanted.everyone != (wanted.into is not None) or (wanted.everyone and wanted.to):
        raise UsageError("--all and --into DIR go together, without -o")
    with office(ctx, dry_run=wanted.dry_run) as desk:
        period = period_of(desk, wanted.period or "")
        if wanted.into is not None:
            _issue_all(desk, kind, period, wanted, wanted.into)
            return
        issued = issue_statement(desk, kind, wanted.code or "", period)
    show_statement(issued.statement, wanted.form, wanted.to)
    _say(issued)


def _issue_all(desk: "Office", kind: str, period: "Period", wanted: Wanted, into: Path) -> None:
    with output.progress(f"statements of {period}, in every form") as report:

        def hashed(finals: Sequence["Statement"]) -> Iterator[Mapping[str, str]]:
            for done, hashes in enumerate(hashed_together(finals), 1):
                yield hashes
                if report:
                    report(done, len(finals))

        every = issue_statements(desk, kind, period, hashed)
    write_statements(
        [issued.statement for issued in every], len(every), kind, period, wanted.form, into
    )
    for line in _told(every):
        output.say(line)
    for issued in every:
        _warn_left_out(issued)


def _told(every: Sequence[Issued]) -> Iterator[str]:
    """What became of each: how many they are, and whose."""
    for said, status, waits in _BECAME:
        codes = [
            issued.statement.subject.code
            for issued in every
            if (issued.status, issued.waits) == (status, waits)
        ]
        if codes:
            yield f"{len(codes)} {said}: {', '.join(codes)}"


_BECAME = (
    ("issued", Status.DONE, False),
    ("proposed, issued once another user gives the same command", Status.PROPOSED, False),
    ("proposed by you before, still waiting for another user", Status.PROPOSED, True),
    ("issued before, nothing was done to them now", Status.DONE_BEFORE, False),
)


def _warn_left_out(issued: Issued) -> None:
    if issued.left_out is None:
        return
    own = issued.statement
    last = own.period.first.plus(-1)
    left = f"{issued.left_out}" if issued.left_out == last else f"{issued.left_out} to {last}"
    output.warn(
        f"nothing of {own.subject.code or 'the consortium'} was ever issued, and the books tell of "
        f"it since {issued.left_out}: once this is issued, {left} cannot be; issue what is before "
        f"{own.period.first} first"
    )


def _say(issued: Issued) -> None:
    _warn_left_out(issued)
    told = issued.statement.issue
    number = told.number if told else ""
    if issued.status is Status.DONE_BEFORE:
        output.say(f"{number} was issued before and the books still agree; nothing was done now")
    elif issued.status is Status.PROPOSED:
        if issued.changed_since:
            output.say(f"its figures changed since {issued.changed_since} prepared it; look again")
        output.say("proposed: it is issued once another user gives the same command")
    else:
        output.say(f"{number} is issued")
    if issued.open_months:
        months = ", ".join(map(str, issued.open_months))
        output.say(
            f"still open: {months}; what is posted there from now on stands in the next statement "
            "as prior-period lines (close first with: levytool period close)"
        )
