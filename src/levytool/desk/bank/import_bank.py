"""Importing a bank statement: proved, posted to 1200 line by line, and matched to documents."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from levytool.bank.reading import read_statement_file
from levytool.bank.statement import BankStatement, StatementFile
from levytool.book.records import BankAccount
from levytool.desk.bank.bank_accounts import account_named, accounts_of
from levytool.desk.bank.match_receipts import Match, match_by_number
from levytool.desk.book_in_force import book_in_force
from levytool.desk.levy.allocating import Allocating
from levytool.desk.office import Office
from levytool.ledger import bank_lines, returns
from levytool.ledger.bank_lines import LineContent, NewBankLine, StoredBankLine
from levytool.ledger.closing import closed_months
from levytool.ledger.posting import post
from levytool.ledger.returns import StoredFile
from levytool.money import display_pence, format_pence
from levytool.problems import Problem
from levytool.rules.dates import bank_date
from levytool.rules.postings import Occasion, bank_line

Status = Literal["imported", "rejected", "seen-before", "dry-run"]

BANK = "bank"
"""The role under which a statement is remembered. Its content counts once, whatever account it was
imported into: money cannot arrive twice."""


@dataclass(slots=True)
class BankImport:
    """What became of a statement file. `seen` are lines that an earlier file brought already."""

    file: str
    sha256: str
    status: Status
    format: str = ""
    account: str = ""
    rows: int = 0
    net: str = "0.00"
    statements: list[dict[str, Any]] = field(default_factory=list)
    new: int = 0
    seen: int = 0
    matched: list[dict[str, Any]] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on (contract, `bank import`)."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "status": self.status,
            "format": self.format or None,
            "account": self.account or None,
            "rows": self.rows,
            "net": self.net,
            "statements": self.statements,
            "lines": {"new": self.new, "seen": self.seen},
            "matched": self.matched,
            "undecided": self.undecided,
            "problems": [_problem_json(item) for item in self.problems],
            "warnings": [_problem_json(item) for item in self.warnings],
        }


def _problem_json(problem: Problem) -> dict[str, Any]:
    message = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return {
        "row": problem.row,
        "column": problem.column or None,
        "value": problem.value,
        "code": problem.code,
        "message": message,
    }


def import_bank(
    office: Office, path: Path, account: str | None = None, *, match: bool = True
) -> BankImport:
    """Import a statement file: all of it or, where anything is wrong or does not prove, nothing.

    A line that an earlier file brought is left out: the same account, day, amount and texts, as
    often as they stand there. With `match`, receipts that name documents are allocated to them.
    Raises UsageError for an account that the book lacks, or where it must be named.
    """
    file = read_statement_file(path)
    with office.reading() as connection:
        consortium = book_in_force(connection).consortium
        known = account_named(consortium, account)
        earlier = returns.live_file(connection, file.sha256, BANK, "")
    if earlier is not None:
        return _seen_before(file, earlier)
    accounts, problems = accounts_of(file.statements, known, file.name)
    outcome = _outcome(file, accounts, [*file.problems, *problems])
    if outcome.problems:
        outcome.status = "rejected"
        return outcome
    with office.writing() as connection:
        # Someone else may have brought the same file since it was looked for.
        earlier = returns.live_file(connection, file.sha256, BANK, "")
        if earlier is not None:
            return _seen_before(file, earlier)
        _store(connection, office, file, accounts, outcome, match=match)
    if office.dry_run:
        outcome.status = "dry-run"
    return outcome


def _outcome(
    file: StatementFile, accounts: Sequence[BankAccount], problems: Sequence[Problem]
) -> BankImport:
    return BankImport(
        file=file.name,
        sha256=file.sha256,
        status="imported",
        format=file.format,
        account=", ".join(dict.fromkeys(account.name for account in accounts)),
        rows=file.rows,
        net=format_pence(file.net_pence),
        statements=[_summary(statement) for statement in file.statements],
        problems=list(problems),
    )


def _summary(statement: BankStatement) -> dict[str, Any]:
    opening, closing = statement.opening_pence, statement.closing_pence
    return {
        "account": statement.account or None,
        "opening": None if opening is None else format_pence(opening),
        "closing": None if closing is None else format_pence(closing),
        "entries": len(statement.lines),
        "net": format_pence(statement.net_pence),
        "proves": statement.proves,
    }


def _store(
    connection: Connection,
    office: Office,
    file: StatementFile,
    accounts: Sequence[BankAccount],
    outcome: BankImport,
    *,
    match: bool,
) -> None:
    new: list[NewBankLine] = []
    for statement, account in zip(file.statements, accounts, strict=True):
        fresh = _new_lines(connection, statement, account.name)
        # Two accounts of a file may be one in the book: their balances tell nothing of each other.
        if len(fresh) == len(statement.lines) and accounts.count(account) == 1:
            outcome.warnings += _gap(connection, file.name, statement, account.name)
        new += fresh
    outcome.new, outcome.seen = len(new), file.rows - len(new)
    file_id = returns.allot_file(connection)
    stored = _post_lines(connection, office, file_id, new)
    if match:
        matches, outcome.undecided = _match(connection, office, stored)
        outcome.matched = [item.as_json() for item in matches]
    told = {
        "sha256": file.sha256,
        "role": BANK,
        "constants": "",
        "name": file.name,
        "outcome": json.dumps(outcome.as_json(), ensure_ascii=False),
    }
    returns.add_file(connection, office.acting, file_id, told)


def _gap(
    connection: Connection, file: str, statement: BankStatement, account: str
) -> list[Problem]:
    """Tells of money between the statement and the one before; a later one may overlap it."""
    if not statement.lines or statement.opening_pence is None:
        return []
    last = bank_lines.last_line(connection, account, statement.lines[-1].booked)
    if last is None or last.balance_pence is None or last.booked > statement.lines[0].booked:
        return []
    missing_pence = abs(statement.opening_pence - last.balance_pence)
    if not missing_pence:
        return []
    message = (
        f"{display_pence(missing_pence)} lies between this and the last statement of {account}"
    )
    return [Problem("statement-gap", message, "import what is missing", file=file)]


def _new_lines(connection: Connection, statement: BankStatement, account: str) -> list[NewBankLine]:
    """The lines that no earlier file brought: equal ones count, since two can both be real."""
    contents = [
        LineContent(line.booked, line.amount_pence, line.description, line.reference)
        for line in statement.lines
    ]
    stored = bank_lines.stored_times(connection, account, contents)
    met: Counter[LineContent] = Counter()
    new = []
    for position, (line, content) in enumerate(zip(statement.lines, contents, strict=True)):
        met[content] += 1
        if met[content] > stored.get(content, 0):
            balance_pence = statement.balance_after(position)
            new.append(NewBankLine(line.row, account, content, balance_pence))
    return new


def _post_lines(
    connection: Connection, office: Office, file_id: int, new: Sequence[NewBankLine]
) -> list[StoredBankLine]:
    closed = closed_months(connection)
    first_id = bank_lines.allot_lines(connection, len(new))
    entries = [
        bank_line(
            Occasion(
                bank_date(line.content.booked, closed),
                reference=bank_lines.line_number(line_id),
                narrative=line.content.description,
                facts_digest=line.digest,
            ),
            line.account,
            line.content.amount_pence,
        )
        for line_id, line in enumerate(new, first_id)
    ]
    ids = post(connection, office.acting, entries).ids
    bank_lines.store_lines(connection, file_id, first_id, new, ids)
    return [
        StoredBankLine(
            line_id,
            line.row,
            line.account,
            line.content.booked,
            line.content.amount_pence,
            line.balance_pence,
            line.content.description,
            line.content.reference,
            entry_id,
            entry.effective,
        )
        for line_id, (line, entry, entry_id) in enumerate(
            zip(new, entries, ids, strict=True), first_id
        )
    ]


def _match(
    connection: Connection, office: Office, lines: Sequence[StoredBankLine]
) -> tuple[list[Match], list[str]]:
    """What an import explains by itself is dated as the bank line is, not as an officer's act."""
    allocating = Allocating(connection, office.acting, book_in_force(connection))
    waiting = [(line, abs(line.amount_pence)) for line in lines]
    found = match_by_number(connection, allocating, waiting, lambda line: line.effective)
    allocating.finish()
    return found


def _seen_before(file: StatementFile, earlier: StoredFile) -> BankImport:
    """The same file again: what it brought then, and nothing stored."""
    told = json.loads(earlier.outcome)
    return BankImport(
        file=file.name,
        sha256=file.sha256,
        status="seen-before",
        format=told["format"] or "",
        account=told["account"] or "",
        rows=told["rows"],
        net=told["net"],
        statements=told["statements"],
        seen=told["rows"],
        matched=told["matched"],
        undecided=told["undecided"],
    )
