"""What `spend import` says of each file: one JSON document, or a summary a person can read."""

from collections.abc import Sequence
from pathlib import Path

from levytool.cli import output
from levytool.cli.options import OutputFormat
from levytool.desk.import_spend import ImportOptions, ImportOutcome, import_spend
from levytool.desk.office import Office
from levytool.money import display_pence
from levytool.problems import InputRejected


def import_files(
    office: Office,
    files: Sequence[Path],
    options: ImportOptions,
    output_format: OutputFormat | None,
    to: Path | None,
) -> None:
    """Import files one after another; raises InputRejected when any of them was rejected."""
    outcomes = []
    for path in files:
        with output.progress(path.name) as report:
            outcomes.append(import_spend(office, path, options, report))
    if output.is_json(output_format):
        documents = [outcome.as_json() for outcome in outcomes]
        output.show_object(documents[0] if len(files) == 1 else documents, output_format, to)
    else:
        _show_returns(outcomes, output_format, to)
    for outcome in outcomes:
        _say(outcome)
    rejected = [outcome for outcome in outcomes if outcome.status == "rejected"]
    if rejected:
        problems = tuple(problem for outcome in rejected for problem in outcome.problems)
        raise InputRejected(_rejection(rejected), problems)


def _show_returns(
    outcomes: Sequence[ImportOutcome], output_format: OutputFormat | None, to: Path | None
) -> None:
    rows = [row for outcome in outcomes for row in outcome.as_json()["returns"]]
    if rows:
        output.show_rows(rows, output_format, to, title="Returns")


def _say(outcome: ImportOutcome) -> None:
    read_as = ", ".join(f"{target} from {header!r}" for target, header in outcome.columns.items())
    if read_as:
        how = f"layout {outcome.layout}" if outcome.layout else "columns recognised"
        output.say(f"{outcome.file}: {how}: {read_as}")
    if outcome.status == "rejected":
        return
    counts = (
        f"{outcome.read:,} rows read, {outcome.accepted:,} taken, {outcome.rejected:,} refused, "
        f"{outcome.skipped:,} skipped"
    )
    output.say(
        f"{outcome.file}: {outcome.status}: {counts}; net {display_pence(outcome.net_pence)}, "
        f"levy {display_pence(outcome.levy_pence)}"
    )
    for problem in outcome.problems:
        output.warn(f"refused: {problem}")
    for warning in outcome.warnings:
        output.warn(str(warning))
    if outcome.status == "staged":
        output.say(
            "next: levytool return accept "
            + " ".join(r.number for r in outcome.returns[:3])
            + (" …" if len(outcome.returns) > 3 else "")
        )


def _rejection(rejected: Sequence[ImportOutcome]) -> str:
    names = ", ".join(outcome.file for outcome in rejected)
    return (
        f"nothing of {names} was stored; mend the rows and import again, or take the good ones "
        "now with --partial --errors FILE.csv"
    )
