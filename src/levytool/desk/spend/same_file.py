"""The same file in the books as something else already: for another party or month, or in the other
role. It is another import (contract), so it is stored, and warned of."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from levytool.desk.spend.import_outcome import SAME_FILE, ImportOptions, ImportOutcome
from levytool.desk.spend.imported_before import DECLARATION, MEMBER_LEDGER
from levytool.ledger.spend import member_ledgers, returns
from levytool.ledger.spend.returns import StoredReturn
from levytool.money import format_pence
from levytool.problems import Problem
from levytool.text import counted

STANDING = (returns.STAGED, *returns.IN_FORCE)
"""The states of returns that say something still."""

NAMED = 3
"""How many members of a ledger are named."""


def came_in_otherwise(
    connection: Connection, outcome: ImportOutcome, options: ImportOptions, *, dry_run: bool
) -> list[Problem]:
    """Warnings that the same lines are in the books as something else already, where what they
    made then still stands.

    Another sheet of the same workbook is not the same lines: its rows and sum tell.
    """
    found: list[Problem] = []
    for told in _same_lines(connection, outcome, DECLARATION):
        numbers = [returns.return_id_of(item["return"]) for item in told["returns"]]
        standing = returns.find_returns(connection, ids=numbers, states=STANDING)
        if options.role == DECLARATION:
            found += [_declared_otherwise(stored, outcome) for stored in standing]
        elif standing and outcome.ledger:
            found.append(_declared_too(standing, outcome, dry_run=dry_run))
    for told in _same_lines(connection, outcome, MEMBER_LEDGER):
        if told.get("ledger"):
            # A ledger that was withdrawn took its file with it.
            members = member_ledgers.members_of(
                connection, member_ledgers.ledger_id_of(told["ledger"])
            )
            found.append(_recorded_otherwise(told["ledger"], members, outcome))
    return found


def stands(connection: Connection, number: str) -> bool:
    """Whether the return, or the ledger, that the same file made before still says something."""
    if number.startswith("M-"):
        return member_ledgers.get_ledger(connection, number).state == member_ledgers.LIVE
    return returns.get_return(connection, number).state in STANDING


def _same_lines(
    connection: Connection, outcome: ImportOutcome, role: str
) -> Iterator[dict[str, Any]]:
    """What was said of each file with these lines that came in in a role."""
    for earlier in returns.live_files(connection, outcome.sha256, role):
        told = json.loads(earlier.outcome)
        same = told["net"] == format_pence(outcome.net_pence)
        if same and told["rows"]["read"] == outcome.read:
            yield told


def _declared_otherwise(stored: StoredReturn, outcome: ImportOutcome) -> Problem:
    drop = f"levytool return reject {stored.number}"
    if stored.state != returns.STAGED:
        drop = f"levytool return correct {stored.number} --nil"
    return Problem(
        code=SAME_FILE,
        message=f"the same file came in before, for {stored.contractor} on "
        f"{stored.framework}, {stored.period}",
        hint=f"if that was wrong: {drop}",
        file=outcome.file,
        value=stored.number,
    )


def _declared_too(
    standing: list[StoredReturn], outcome: ImportOutcome, *, dry_run: bool
) -> Problem:
    """A return that comes in as a member's ledger too: it is laid beside itself."""
    first, more = standing[0], len(standing) - 1
    further = f", and {counted(more, 'further return')}" if more else ""
    drop = ", leave it out" if dry_run else f": levytool spend withdraw {outcome.ledger}"
    return Problem(
        code=SAME_FILE,
        message=f"the same file came in before, as what {first.contractor} declared on "
        f"{first.framework}, {first.period}{further}: lines beside themselves always agree",
        hint=f"if this is no member's own ledger{drop}",
        file=outcome.file,
        value=first.number,
    )


def _recorded_otherwise(number: str, members: list[str], outcome: ImportOutcome) -> Problem:
    more = f" and {len(members) - NAMED:,} more" if len(members) > NAMED else ""
    return Problem(
        code=SAME_FILE,
        message=f"the same file came in before, as a ledger of {', '.join(members[:NAMED])}{more}",
        hint=f"if that was wrong: levytool spend withdraw {number}",
        file=outcome.file,
        value=number,
    )
