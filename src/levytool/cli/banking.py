"""What `bank import` says of a file, and what `bank payments` writes into one."""

from pathlib import Path

from levytool.bank.camt_reader import CamtBegun
from levytool.bank.csv_columns import ColumnNames, parse_column_names
from levytool.cli import output
from levytool.cli.options import OutputFormat
from levytool.desk.bank.import_bank import BankImport, import_bank
from levytool.desk.bank.list_bank import open_receipts
from levytool.desk.bank.match_receipts import TO_DECIDE
from levytool.desk.bank.pay_creditors import list_runs, make_run, withdraw
from levytool.desk.office import Office
from levytool.problems import InputRejected
from levytool.text import counted


def named_columns(text: str) -> ColumnNames | None:
    """What `--columns` says; None where it says nothing. Raises UsageError."""
    return parse_column_names(text) if text else None


def import_file(
    office: Office,
    path: Path,
    account: str | None,
    match: bool,
    names: ColumnNames | None,
    ahead: CamtBegun | None,
    output_format: OutputFormat | None,
    to: Path | None,
) -> None:
    """Import a statement file; raises InputRejected when it was refused."""
    outcome = import_bank(office, path, account, match=match, names=names, ahead=ahead)
    if output.is_json(output_format):
        output.show_object(outcome.as_json(), to)
    elif outcome.matched and outcome.status != "seen-before":
        output.show_rows(_matched_rows(outcome), output_format, to, title="Matched")
    _say(outcome)
    if outcome.status != "rejected" and not outcome.new:
        _say_what_waits(office)
    if outcome.status == "rejected":
        # A bank's statement is not for us to mend: each problem says what to do.
        raise InputRejected(f"nothing of {outcome.file} was stored", tuple(outcome.problems))


def _matched_rows(outcome: BankImport) -> list[output.Row]:
    return [
        match | {"documents": [f"{item['number']} {item['amount']}" for item in match["documents"]]}
        for match in outcome.matched
    ]


def _say(outcome: BankImport) -> None:
    if outcome.status == "seen-before":
        lines = _lines(outcome.seen)
        output.say(f"{outcome.file}: seen before, nothing is new; it brought {lines} then")
        for warning in outcome.warnings:
            output.warn(str(warning))
        return
    for statement in outcome.statements:
        if statement["proves"]:
            balances = f"opening {statement['opening']}, closing {statement['closing']}: proved"
        else:
            balances = "no balance stated" if statement["proves"] is None else "not proved"
            if statement["proves"] is None and statement["closing"] is not None:
                balances = f"closing {statement['closing']}, with no other balance to prove it by"
        name = statement["account"] or outcome.account
        output.say(
            f"{name}: {counted(statement['entries'], 'entry')}, net {statement['net']}; {balances}"
        )
    if outcome.status == "rejected":
        return
    counts = f"{_lines(outcome.new, 'new ')}, {outcome.seen:,} seen before"
    output.say(f"{outcome.file}: {outcome.status}: {counts}, {len(outcome.matched):,} matched")
    for warning in outcome.warnings:
        output.warn(str(warning))
    for remark in outcome.undecided:
        output.warn(f"{remark}; {TO_DECIDE}")
    for item in outcome.payments:
        output.say(
            f"{item['line']} is payment {item['reference']} to {item['payee']}, by "
            f"{item['rule']}: {item['command']}"
        )
    if outcome.status == "imported" and outcome.new > len(outcome.matched):
        output.say("next: levytool bank list --open")


def _say_what_waits(office: Office) -> None:
    """Receipts that came before what they pay: only reconciling places them, no further import;
    it says of which the rules are certain."""
    waiting = open_receipts(office)
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        what = f"{counted(waiting, 'receipt')} {verb} to be placed"
        output.say(f"next: levytool reconcile bank: {what}")


def _lines(count: int, kind: str = "") -> str:
    return counted(count, f"{kind}line")


RUN_COLUMNS = ("payee", "name", "amount", "reference", "for")


def pay(
    office: Office,
    into: Path | None,
    run: str | None,
    withdrawn: str | None,
    output_format: OutputFormat | None,
    to: Path | None,
) -> None:
    """List runs, make one, write its file (once more), or withdraw what was never sent.

    The file is written once the run is recorded: should that fail, `--run` writes it again.
    """
    said, empty = "", "no payment runs"
    if withdrawn:
        done = withdraw(office, withdrawn)
        rows, said = done.rows, done.said
    elif into and not run:
        done = make_run(office)
        rows, said, empty = done.rows, done.said, ""
    else:
        rows = list_runs(office, run or "")
    if into and rows and not office.dry_run:
        output.show_rows(rows, OutputFormat.CSV, into, columns=RUN_COLUMNS)
        said += f"; {into} is written" if said else f"{into} is written once more"
    output.show_rows(rows, output_format, to, title="Payment runs", empty=empty)
    if said:
        output.say(said)
