"""What `bank import` says of a file: one JSON document, or a summary a person can read."""

from pathlib import Path

from levytool.cli import output
from levytool.cli.options import OutputFormat
from levytool.desk.import_bank import BankImport, import_bank
from levytool.desk.office import Office
from levytool.problems import InputRejected


def import_file(
    office: Office,
    path: Path,
    account: str | None,
    match: bool,
    output_format: OutputFormat | None,
    to: Path | None,
) -> None:
    """Import a statement file; raises InputRejected when it was refused."""
    outcome = import_bank(office, path, account, match=match)
    if output.is_json(output_format):
        output.show_object(outcome.as_json(), output_format, to)
    elif outcome.matched:
        output.show_rows(_matched_rows(outcome), output_format, to, title="Matched")
    _say(outcome)
    if outcome.status == "rejected":
        raise InputRejected(
            f"nothing of {outcome.file} was stored; mend it and import it again",
            tuple(outcome.problems),
        )


def _matched_rows(outcome: BankImport) -> list[output.Row]:
    return [
        match | {"documents": [f"{item['number']} {item['amount']}" for item in match["documents"]]}
        for match in outcome.matched
    ]


def _say(outcome: BankImport) -> None:
    for statement in outcome.statements:
        if statement["proves"]:
            balances = f"opening {statement['opening']}, closing {statement['closing']}: proved"
        else:
            balances = "no balance stated" if statement["proves"] is None else "not proved"
        name = statement["account"] or outcome.account
        output.say(f"{name}: {statement['entries']:,} entries, net {statement['net']}; {balances}")
    if outcome.status == "rejected":
        return
    counts = f"{outcome.new:,} new lines, {outcome.seen:,} seen before"
    output.say(f"{outcome.file}: {outcome.status}: {counts}, {len(outcome.matched):,} matched")
    for remark in outcome.undecided:
        output.warn(f"{remark}; allocate it by hand: levytool bank allocate LINE DOCUMENT")
    if outcome.status == "imported" and outcome.new > len(outcome.matched):
        output.say("next: levytool bank list --open")
