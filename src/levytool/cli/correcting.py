"""What `return correct` shows: every line that differs, in pounds, before the new return."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from levytool.cli import output
from levytool.cli.import_remarks import said_once, summed_up
from levytool.cli.options import OutputFormat
from levytool.desk.four_eyes import Status
from levytool.desk.office import Office
from levytool.desk.returns.correct_return import (
    Correction,
    CorrectionOptions,
    correct_return,
    correct_to_nil,
)
from levytool.problems import InputRejected

_SAID = {
    Status.PROPOSED: "proposed: its credit note is over the book's four_eyes_over; it is done once "
    "another user gives the same command",
    Status.DONE_BEFORE: "nothing was done now",
}


def correct_and_show(
    desk: Office,
    number: str,
    file: Path | None,
    options: CorrectionOptions,
    output_format: OutputFormat | None,
    to: Path | None,
    *,
    yes: bool,
) -> None:
    """Correct a return by a file, or to nil without one. On a terminal it is shown and asked for;
    where nobody can be asked, `yes` or a dry run is needed (UsageError)."""
    question = f"Correct {number}?"
    asks = not (yes or desk.dry_run)
    if asks and not output.can_ask():
        output.confirm(question, yes=False)

    def correct(office: Office) -> Correction:
        with output.progress("correcting") as report:
            if file is None:
                return correct_to_nil(office, number, options.reason)
            try:
                return correct_return(office, number, file, options, report)
            except InputRejected as rejected:
                raise InputRejected(str(rejected), said_once(rejected.problems)) from None

    if asks and not _agreed(desk, correct, question, output_format, to):
        return
    told = correct(desk)
    if not asks:
        _show_differences(told, output_format, to)
    output.show_rows(told.rows, output_format, to, title="Correction")
    if not asks:
        _say(told)
    if told.status in _SAID:
        output.say(_SAID[told.status])


def _agreed(
    desk: Office,
    correct: Callable[[Office], Correction],
    question: str,
    output_format: OutputFormat | None,
    to: Path | None,
) -> bool:
    """Show what it would come to, and ask; what would change nothing needs no asking."""
    tried = correct(replace(desk, dry_run=True))
    _show_differences(tried, output_format, to)
    _say(tried)
    return tried.status is Status.DONE_BEFORE or output.confirm(question, yes=False)


def _show_differences(
    told: Correction, output_format: OutputFormat | None, to: Path | None
) -> None:
    """The lines that differ, before the row of the return; scripts read only that."""
    if to is None and output_format not in (OutputFormat.JSON, OutputFormat.CSV):
        output.show_rows(told.differences, output_format, title="Differences", empty="")


def _say(told: Correction) -> None:
    for line in told.said:
        output.say(line)
    for warning in summed_up(told.warnings, see=""):
        output.warn(warning)
