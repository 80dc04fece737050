"""Importing a bank statement: proved, posted to 1200 line by line, and matched to documents."""

import json
from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from levytool.bank.camt_reader import CamtBegun
from levytool.bank.csv_columns import ColumnNames
from levytool.bank.ofx_reader import OFX
from levytool.bank.reading import file_digest, read_statement_file
from levytool.bank.statement import BankStatement, StatementFile
from levytool.book.records import BankAccount
from levytool.desk.bank.balances_told import balances_of, of_another_account, told_after_import
from levytool.desk.bank.bank_accounts import account_named, accounts_of
from levytool.desk.bank.expected_payments import expected_payments
from levytool.desk.bank.match_receipts import Match, match_by_number
from levytool.desk.bank.new_lines import NewLines, new_lines
from levytool.desk.bank.overlapping import in_booked_order, repeated_lines
from levytool.desk.bank.parts_of_a_day import openings_of
from levytool.desk.bank.pay_creditors import waiting_payments
from levytool.desk.bank.perhaps_held import perhaps_held
from levytool.desk.bank.statement_spans import spans_of
from levytool.desk.book_in_force import book_in_force
from levytool.desk.levy.allocating import Allocating
from levytool.desk.office import Office
from levytool.ledger.bank import bank_lines
from levytool.ledger.bank.bank_lines import NewBankLine, StoredBankLine
from levytool.ledger.bank.files_told import SPANS
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.opened import opened_until
from levytool.ledger.journal.posting import post
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import StoredFile
from levytool.money import display_pence, format_pence
from levytool.periods import Month
from levytool.problems import Problem
from levytool.processes import collector_at_rest
from levytool.rules.dates import bank_date
from levytool.rules.document_numbers import may_name_documents
from levytool.rules.postings import Occasion, bank_line
from levytool.text import counted

Status = Literal["imported", "rejected", "seen-before", "dry-run"]

BANK = "bank"
"""The role under which a statement is remembered. Its content counts once, whatever account it was
imported into: money cannot arrive twice."""

_LINES_AT_ONCE = 4_096
"""So few that what is made of them, entry by entry, keeps its place in the processor's cache."""


@dataclass(slots=True)
class BankImport:
    """What became of a statement file. `seen` are lines that an earlier file brought already,
    `payments` new ones that payment runs wait for."""

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
    payments: list[dict[str, Any]] = field(default_factory=list)
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
            "payments": self.payments,
            "problems": [item.as_json() for item in self.problems],
            "warnings": [item.as_json() for item in self.warnings],
        }


@collector_at_rest()
def import_bank(
    office: Office,
    path: Path,
    account: str | None = None,
    *,
    match: bool = True,
    names: ColumnNames | None = None,
    ahead: CamtBegun | None = None,
) -> BankImport:
    """Import a statement file: all of it or, where anything is wrong or does not prove, nothing.

    A line that an earlier file brought is left out (`recognise_lines`). With `match`, receipts
    that name documents are allocated to them. `names` are the columns of a CSV export; `ahead` is
    what was read of a large file already.
    Raises UsageError for an account that the book lacks, or where it must be named.
    """
    sha256 = file_digest(path)
    with office.reading() as connection:
        consortium = book_in_force(connection).consortium
        known = account_named(consortium, account)
        earlier = returns.live_file(connection, sha256, BANK, "")
    asked_for = known[0].name if account is not None else ""
    if earlier is not None:
        return _seen_before(path.name, earlier, asked_for)
    file = read_statement_file(path, names, sha256, ahead)
    accounts, problems = accounts_of(file.statements, known, file.name)
    outcome = _outcome(file, accounts, [*file.problems, *problems])
    if outcome.problems:
        outcome.status = "rejected"
        return outcome
    with office.writing() as connection:
        # Someone else may have brought the same file since it was looked for.
        earlier = returns.live_file(connection, file.sha256, BANK, "")
        if earlier is not None:
            return _seen_before(file.name, earlier, asked_for)
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
        warnings=list(file.warnings),
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
    by_account: list[tuple[list[BankStatement], NewLines]] = []
    spans: list[dict[str, Any]] = []
    names = dict.fromkeys(account.name for account in accounts)
    stood, gapped = balances_of(connection, names), set[str]()
    opened = opened_until(connection)
    for account in dict.fromkeys(accounts):
        told = [
            statement
            for statement, its_account in zip(file.statements, accounts, strict=True)
            if its_account == account
        ]
        own = in_booked_order(told)
        again = repeated_lines(own, file.format)
        lines = _told_once(own, again, account.name)
        outcome.warnings += _overlap(file.name, account.name, again)
        fresh = new_lines(connection, file, lines, own, again, account.name)
        outcome.warnings += fresh.warnings
        all_new = len(fresh.lines) == len(lines)
        gaps = _gaps(connection, file.name, own, again, account.name, all_new=all_new)
        if gaps:
            gapped.add(account.name)
        outcome.warnings += gaps
        # An OFX balance of a later day, that of the download, is none of its lines'.
        stating = [one for one in told if file.format != OFX or one.until is None]
        spans += spans_of(account.name, stating, None if opened is None else opened.last_day)
        new += fresh.lines
        by_account.append((own, fresh))
    outcome.warnings += _yet_to_come(file.name, new, office.acting.today)
    outcome.new, outcome.seen = len(new), file.rows - len(new)
    file_id = returns.allot_file(connection)
    waiting = waiting_payments(connection)
    stored = _post_lines(connection, office, file_id, new, {item.pence for item in waiting})
    outcome.payments = expected_payments(book_in_force(connection), waiting, stored)
    for own, fresh in by_account:
        outcome.warnings += perhaps_held(connection, file, file_id, own, fresh)
    if match:
        matches, undecided = _match(connection, office, stored)
        outcome.matched = [item.as_json() for item in matches if not item.unplaced]
        outcome.undecided = [*undecided, *(item.unplaced for item in matches if item.unplaced)]
    facts = {
        "sha256": file.sha256,
        "role": BANK,
        "constants": "",
        "name": file.name,
        "outcome": json.dumps(outcome.as_json() | {SPANS: spans}, ensure_ascii=False),
    }
    returns.add_file(connection, office.acting, file_id, facts)
    outcome.warnings += told_after_import(connection, file.name, names, stood, gapped)


def _gaps(
    connection: Connection,
    file: str,
    statements: Sequence[BankStatement],
    again: Collection[int],
    account: str,
    *,
    all_new: bool,
) -> list[Problem]:
    """Tells of money between an account's statements, which are in the order they were booked; one
    that overlaps earlier ones has none.

    `again` are the places of statements that overlap others of the file; `all_new` says that none
    of their lines came in an earlier file.
    """
    told = [(n, item) for n, item in enumerate(statements) if item.opening_pence is not None]
    closing_pence = _closing_before(connection, told[0][1], account) if told and all_new else None
    warnings = []
    for place, statement in told:
        missing_pence = 0
        overlaps = place in again
        if closing_pence is not None and statement.opening_pence is not None and not overlaps:
            missing_pence = abs(statement.opening_pence - closing_pence)
        if missing_pence:
            message = (
                f"{display_pence(missing_pence)} lies between this and the last statement of "
                f"{account}"
            )
            hint = f"import what is missing; {of_another_account(file)}"
            warnings.append(Problem("statement-gap", message, hint, file=file))
        closing_pence = statement.closing_pence
    return warnings


def _closing_before(connection: Connection, statement: BankStatement, account: str) -> int | None:
    """The balance that the books' last day before a statement ends with; a later one may overlap.

    Statements of one day may have come in any order: where the statement begins with any balance of
    that day, or one of them begins with its own closing, there is nothing between them; else the
    day ends with the balance that none of them begins with.
    """
    last = bank_lines.last_line(connection, account, statement.lines[-1].booked)
    if last is None or last.booked > statement.lines[0].booked:
        return None
    day = bank_lines.lines_of_days(connection, account, last.booked, last.booked)
    stated = [line.balance_pence for line in day if line.balance_pence is not None]
    if statement.opening_pence in stated:
        return statement.opening_pence
    files = bank_lines.file_of_lines(connection, account, last.booked, last.booked)
    begun, _beside = openings_of(day, files)
    if last.booked == statement.lines[-1].booked and statement.closing_pence in begun:
        return statement.opening_pence
    ends = list(Counter(stated) - Counter(begun))
    return ends[0] if len(ends) == 1 else last.balance_pence


def _told_once(
    statements: Sequence[BankStatement], again: Mapping[int, Container[int]], account: str
) -> list[NewBankLine]:
    """The lines of an account, statement by statement, without those that overlaps repeat."""
    return [
        NewBankLine(*line, account, pence)
        for place, statement in enumerate(statements)
        for position, (line, pence) in enumerate(
            zip(statement.lines, statement.balances_after, strict=True)
        )
        if position not in again.get(place, ())
    ]


def _overlap(file: str, account: str, again: Mapping[int, Sized]) -> list[Problem]:
    """Says how many lines stand in more than one statement of the file."""
    count = sum(map(len, again.values()))
    if not count:
        return []
    message = (
        f"{counted(count, f'line of {account} stands', f'lines of {account} stand')} in more than "
        "one statement of the file: taken once"
    )
    hint = "look at levytool bank list if two payments of one day and amount were meant"
    return [Problem("statement-overlap", message, hint, file=file)]


def _yet_to_come(file: str, new: Iterable[NewBankLine], today: date) -> list[Problem]:
    """Says how many lines are booked after today: perhaps day and month are the wrong way round."""
    days = [line.booked for line in new if line.booked > today]
    if not days:
        return []
    message = f"{counted(len(days), 'line')} booked after today, the last on {max(days)}"
    hint = "look whether the bank writes the day or the month first"
    return [Problem("date-to-come", message, hint, file=file)]


def _post_lines(
    connection: Connection,
    office: Office,
    file_id: int,
    new: Sequence[NewBankLine],
    due_pence: Container[int],
) -> list[StoredBankLine]:
    """Post and store the lines, a run at a time; what is given back is looked at again.

    Those are the ones that name documents or pay what is due: of a large statement, few.
    """
    closed = closed_months(connection)
    posted = {booked: bank_date(booked, closed) for booked in {line.booked for line in new}}
    days = {booked: (day, _own_month(booked, day)) for booked, day in posted.items()}
    runs = (new[first : first + _LINES_AT_ONCE] for first in range(0, len(new), _LINES_AT_ONCE))
    return [
        line
        for run in runs
        for line in _post_run(connection, office, file_id, run, days, due_pence)
    ]


def _own_month(booked: date, posted: date) -> Month | None:
    """The month of a line that came after it was closed: the tag of its entry in a later one."""
    month = Month.of(booked)
    return None if month == Month.of(posted) else month


def _post_run(
    connection: Connection,
    office: Office,
    file_id: int,
    new: Sequence[NewBankLine],
    days: Mapping[date, tuple[date, Month | None]],
    due_pence: Container[int],
) -> list[StoredBankLine]:
    first_id = bank_lines.allot_lines(connection, len(new))
    entries = [
        bank_line(
            # By position: a statement has a hundred thousand of them.
            Occasion(
                days[line.booked][0],
                bank_lines.line_number(line_id),
                days[line.booked][1],
                line.description,
                line.digest,
            ),
            line.account,
            line.amount_pence,
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
            line.booked,
            line.amount_pence,
            line.balance_pence,
            line.description,
            line.reference,
            entry_id,
            days[line.booked][0],
        )
        for line_id, (line, entry_id) in enumerate(zip(new, ids, strict=True), first_id)
        if may_name_documents(f"{line.description}|{line.reference}")
        or -line.amount_pence in due_pence
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


def _seen_before(name: str, earlier: StoredFile, asked_for: str) -> BankImport:
    """The same file again: what it brought then, and nothing stored; it stays in the account that
    it came into, whichever is `asked_for` now."""
    told = json.loads(earlier.outcome)
    warnings = []
    if asked_for and told["account"] != asked_for:
        message = f"it came into {told['account']}, and nothing of it into {asked_for}"
        hint = f"{of_another_account(earlier.name)}, and import it again with --account {asked_for}"
        warnings.append(Problem("other-account", message, hint, file=name))
    return BankImport(
        file=name,
        sha256=told["sha256"],
        status="seen-before",
        format=told["format"] or "",
        account=told["account"] or "",
        rows=told["rows"],
        net=told["net"],
        statements=told["statements"],
        seen=told["rows"],
        matched=told["matched"],
        undecided=told["undecided"],
        warnings=warnings,
    )
