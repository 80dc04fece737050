"""What `spend import` says of each file: one JSON document, or a summary a person can read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from levytool.cli import output
from levytool.cli.options import OutputFormat
from levytool.desk.office import Office
from levytool.desk.spend.import_outcome import ImportOptions, ImportOutcome
from levytool.desk.spend.imported_before import MEMBER_LEDGER, imported_before
from levytool.money import display_pence
from levytool.problems import InputRejected, LevytoolError, Problem

WARNED_EACH = 5
"""Warnings of one code that are shown one by one; of more, the first few and their number."""

SHOWN_OF_MANY = 3

WHOLE_FILE = frozenset({"no-header", "unreadable-file"})
"""Problems that leave no row to take with `--partial`."""


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
        output.show_object(documents[0] if len(files) == 1 else documents, output_format, to)
    else:
        _show_returns(outcomes, output_format, to)
    for outcome in outcomes:
        _say(outcome)
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
    outcomes: Sequence[ImportOutcome], output_format: OutputFormat | None, to: Path | None
) -> None:
    new = [outcome for outcome in outcomes if outcome.status != "seen-before"]
    rows = [row for outcome in new for row in outcome.as_json()["returns"]]
    if rows:
        output.show_rows(rows, output_format, to, title="Returns")


def _say(outcome: ImportOutcome) -> None:
    read_as = ", ".join(f"{target} from {header!r}" for target, header in outcome.columns.items())
    if read_as:
        how = f"layout {outcome.layout}" if outcome.layout else "columns recognised"
        output.say(f"{outcome.file}: {how}: {read_as}")
    if outcome.status != "rejected":
        counts = (
            f"{outcome.read:,} rows read, {outcome.accepted:,} taken, {outcome.rejected:,} "
            f"refused, {outcome.skipped:,} skipped"
        )
        levy = f", levy {display_pence(outcome.levy_pence)}" if not outcome.ledger else ""
        known_as = f" as {outcome.ledger}" if outcome.ledger else ""
        output.say(
            f"{outcome.file}: {outcome.status}{known_as}: {counts}; net "
            f"{display_pence(outcome.net_pence)}{levy}"
        )
        for problem in said_once(outcome.problems):
            output.warn(f"refused: {problem}")
    for warning in summed_up(outcome.warnings):
        output.warn(warning)
    if outcome.errors_file is not None:
        what = "mend the refused rows in" if outcome.accepted else "see the rows with problems in"
        then = " and import it" if outcome.accepted else ", and mend them in the file itself"
        output.say(f"next: {what} {outcome.errors_file}{then}")
    if outcome.status == "staged":
        output.say(
            "next: levytool return accept "
            + " ".join(r.number for r in outcome.returns[:3])
            + (" …" if len(outcome.returns) > 3 else "")
        )


def summed_up(warnings: Sequence[Problem]) -> Iterator[str]:
    """Every warning, or of a code with many the first few and how many there are."""
    counts = Counter(warning.code for warning in warnings)
    met: Counter[str] = Counter()
    for warning in warnings:
        met[warning.code] += 1
        if counts[warning.code] <= WARNED_EACH or met[warning.code] <= SHOWN_OF_MANY:
            yield str(warning)
        elif met[warning.code] == SHOWN_OF_MANY + 1:
            yield f"{warning.code}: {counts[warning.code]:,} rows in all; see -O json"


def said_once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems for a person: a contractor without an appointment once, with how many rows it has.

    A file of a contractor whom the book does not appoint has it in every row.
    """
    rows: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.code == "not-appointed":
            rows.setdefault(_unappointed(problem), []).append(problem)
    said = []
    for problem in problems:
        alike = rows.get(_unappointed(problem)) if problem.code == "not-appointed" else None
        if alike and len(alike) > 1:
            if problem is not alike[0]:
                continue
            more = f", nor on {len(alike) - 1:,} further rows down to row {alike[-1].row}"
            problem = replace(problem, message=problem.message + more)
        said.append(problem)
    return tuple(said)


def _unappointed(problem: Problem) -> tuple[str, str]:
    """Who is not appointed to what, in which file: the message without its day."""
    return problem.file, problem.message.rpartition(" on ")[0]


def _rejection(rejected: Sequence[ImportOutcome]) -> str:
    names = ", ".join(outcome.file for outcome in rejected)
    if all(problem.code in WHOLE_FILE for outcome in rejected for problem in outcome.problems):
        return f"nothing of {names} was stored; mend the file or its layout, and import it again"
    return (
        f"nothing of {names} was stored; mend the rows and import again, or take the good ones "
        "now with --partial --errors FILE.csv"
    )
