"""What `spend import` says of each file: one JSON document, or a summary a person can read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from levytool.cli import output
from levytool.cli.import_remarks import (
    SHOWN_OF_MANY,
    by_bands,
    came_in_as,
    next_step,
    refused_again,
    remarks,
    said_once,
    summed_up,
)
from levytool.cli.options import (
    OutputFormat,
    is_for_people,
)
from levytool.desk.office import Office
from levytool.desk.spend.import_outcome import ImportOptions, ImportOutcome
from levytool.desk.spend.imported_before import MEMBER_LEDGER, imported_before
from levytool.money import display_pence
from levytool.problems import InputRejected, LevytoolError
from levytool.text import counted

WHOLE_FILE = frozenset({"no-header", "unreadable-file"})
"""Problems that leave no row to take with `--partial`."""

IN_THE_BOOKS = frozenset({"already-declared", "return-exists"})
"""Problems that lie in the books, not in the rows."""


def import_files(
    office: Office,
    files: Sequence[Path],
    options: ImportOptions,
    output_format: OutputFormat | None,
    to: Path | None,
) -> None:
    """Import files one after another; raises InputRejected when any of them was rejected.

    What keeps one file from being imported keeps those after it; what was done before is shown.
    """
    outcomes: list[ImportOutcome] = []
    refusal: LevytoolError | None = None
    with office.trying_several() as desk:
        for path in files:
            own = replace(options, errors=_errors_file(options.errors, outcomes))
            try:
                outcomes.append(imported_before(desk, path, own) or _import(desk, path, own))
            except LevytoolError as error:
                refusal = error
                break
    if output.is_json(output_format) and outcomes:
        documents = [outcome.as_json() for outcome in outcomes]
        output.show_object(documents[0] if len(files) == 1 else documents, to)
    else:
        _show_returns(office, outcomes, output_format, to)
    for outcome in outcomes:
        _say(office, outcome, options)
    if refusal is not None:
        raise refusal
    rejected = [outcome for outcome in outcomes if outcome.status == "rejected"]
    if rejected:
        problems = tuple(problem for outcome in rejected for problem in outcome.problems)
        raise InputRejected(_rejection(rejected), said_once(problems))


def _import(office: Office, path: Path, options: ImportOptions) -> ImportOutcome:
    # Heavy: not for a file seen before.
    if options.role == MEMBER_LEDGER:
        from levytool.desk.spend.import_ledger import import_ledger as import_file
    else:
        from levytool.desk.spend.import_spend import import_spend as import_file

    with output.progress(path.name) as report:
        return import_file(office, path, options, report)


def _errors_file(errors: Path | None, outcomes: Sequence[ImportOutcome]) -> Path | None:
    """Where a file's refused rows go: headers differ, so a second file has a file of its own."""
    written = sum(outcome.errors_file is not None for outcome in outcomes)
    if errors is None or not written:
        return errors
    return errors.with_stem(f"{errors.stem}-{written + 1}")


def _show_returns(
    office: Office,
    outcomes: Sequence[ImportOutcome],
    output_format: OutputFormat | None,
    to: Path | None,
) -> None:
    from levytool.desk.quarters import with_quarters

    new = [outcome for outcome in outcomes if outcome.status != "seen-before"]
    rows = [row for outcome in new for row in outcome.as_json()["returns"]]
    if rows and is_for_people(output_format):
        rows = list(with_quarters(office, rows))
    if rows:
        output.show_rows(rows, output_format, to, title="Returns")


def _say(office: Office, outcome: ImportOutcome, options: ImportOptions) -> None:
    dry_run = office.dry_run
    read_as = ", ".join(f"{target} from {header!r}" for target, header in outcome.columns.items())
    if read_as:
        how = f"layout {outcome.layout}" if outcome.layout else "columns recognised"
        left = f"; not read: {', '.join(map(repr, outcome.not_read))}" if outcome.not_read else ""
        output.say(f"{outcome.file}: {how}: {read_as}{left}")
    if outcome.status != "rejected":
        counts = (
            f"{counted(outcome.read, 'row')} read, {outcome.accepted:,} taken, "
            f"{outcome.rejected:,} "
            f"refused, {outcome.skipped:,} skipped"
        )
        levy = f", levy {display_pence(outcome.levy_pence)}" if not outcome.ledger else ""
        known_as = f" as {outcome.ledger}" if outcome.ledger else ""
        output.say(
            f"{outcome.file}: {outcome.status}{known_as}: {counts}; net "
            f"{display_pence(outcome.net_pence)}{levy}"
        )
        if outcome.status == "seen-before":
            output.say(came_in_as(outcome, dry_run=dry_run))
        for problem in said_once(outcome.problems):
            output.warn(f"refused: {problem}")
        if outcome.status == "seen-before" and outcome.problems and options.errors is None:
            output.say(refused_again(outcome))
    for warning in summed_up(outcome.warnings):
        output.warn(warning)
    for remark in remarks(outcome, options):
        output.warn(remark)
    _say_by_bands(office, outcome)
    if outcome.errors_file is not None:
        what = "mend the refused rows in" if outcome.accepted else "see the rows with problems in"
        then = " and import it" if outcome.accepted else ", and mend them in the file itself"
        step = f"{what} {outcome.errors_file}{then}"
        output.say(f"the real run would say: {step}" if dry_run else f"next: {step}")
    if outcome.status == "staged":
        output.say(next_step(outcome))


def _say_by_bands(office: Office, outcome: ImportOutcome) -> None:
    if outcome.status == "rejected" or outcome.ledger:
        return
    rows = outcome.as_json()["returns"]
    told = (
        by_bands(office, rows, f"spend import {outcome.file} … --accept --dry-run")
        if office.dry_run
        else by_bands(office, rows)
    )
    for line in told:
        output.warn(line)


def _rejection(rejected: Sequence[ImportOutcome]) -> str:
    names = ", ".join(outcome.file for outcome in rejected)
    said = f"nothing of {names} was stored"
    codes = {problem.code for outcome in rejected for problem in outcome.problems}
    if codes <= WHOLE_FILE:
        return f"{said}; mend the file or its layout, and import it again"
    some_good = any(out.rejected > len({p.row for p in out.problems}) for out in rejected)
    again = {number: other for out in rejected for number, other in out.says_again.items()}
    if again and (some_good or not all(again.values())):
        return said + _in_the_place_of(again, some_good)
    if some_good:
        return (
            f"{said}; mend the rows and import again, or take the good ones now with --partial "
            "--errors FILE.csv"
        )
    return said if codes <= IN_THE_BOOKS else f"{said}; mend the rows and import again"


def _in_the_place_of(again: Mapping[str, bool], some_good: bool) -> str:
    """What to do about a file with lines that are staged, or in a ledger, already: it comes in
    instead, or what is new of it beside them, unless they are for another month."""
    numbers = list(again)[:SHOWN_OF_MANY]
    more = " …" if len(again) > len(numbers) else ""
    if numbers[0].startswith("M-"):
        drop = ", ".join(f"levytool spend withdraw {number}" for number in numbers)
    else:
        drop = f"levytool return reject {' '.join(numbers)}"
    place, it = ", ".join(numbers), "it" if len(again) == 1 else "them"
    said = f"; to put it in the place of {place}{more}: {drop}{more}, and import it again"
    if some_good and not any(again.values()):
        said += f"; to take the rows that are new beside {it}: --partial --errors FILE.csv"
    return said
