"""What `spend import` is told, and what became of a file: the JSON of the contract."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from levytool.intake.options import Role
from levytool.ledger.spend.returns import StoredReturn, other_files_of
from levytool.money import format_pence, parse_pounds
from levytool.periods import Month, Period
from levytool.problems import Problem

Status = Literal["staged", "accepted", "rejected", "seen-before", "dry-run"]
SAME_FILE = "same-file"
"""The warning that the same file came in before, as something else."""

CLOSED_MONTH = "closed-month"
"""The warning that lines of a member's ledger are of closed months."""

FORETOLD = frozenset({"period-closed", SAME_FILE, CLOSED_MONTH})
"""Warnings of how the books stood when a file came in: where it would post, and what else they
had of it."""

ROW_COUNTS = ("read", "accepted", "rejected", "skipped", "repeated", "rounded")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What `spend import` was told beside the file. A `period` of several months is a quarter."""

    layout: str | None = None
    framework: str | None = None
    contractor: str | None = None
    member: str | None = None
    period: Month | Period | None = None
    accept: bool = False
    partial: bool = False
    add_parties: bool = False
    supplement: bool = False
    reject_repeated: bool = False
    errors: Path | None = None
    corrects: str = ""
    role: Role = "declaration"

    @property
    def kept_under(self) -> Month | None:
        """The month that returns of the period are kept under; a quarter's is its last."""
        return self.period.last if isinstance(self.period, Period) else self.period

    def constants(self) -> str:
        """What makes the same content another import: everything that changes what it says."""
        told = {
            "layout": self.layout,
            "framework": self.framework,
            "contractor": self.contractor,
            "member": self.member,
            "period": str(self.kept_under) if self.kept_under else None,
            "corrects": self.corrects,
        }
        return json.dumps({key: value for key, value in told.items() if value}, sort_keys=True)


@dataclass(frozen=True, slots=True)
class SharedReturn:
    """A return with all its lines, and how many of them other files, by name, had staged before:
    a return is one, and is accepted whole. `doubted` is what was warned of those lines then: that
    they may be billed twice."""

    number: str
    lines: int
    of_others: tuple[tuple[str, int], ...]
    doubted: tuple[Problem, ...] = ()


@dataclass(slots=True)
class ImportOutcome:
    """What became of one file, and what the command line says of it.

    `errors_file` is where the refused rows were written, if they were; `ledger` the number of a
    member's own ledger (`M-000004`), '' for declarations. `days_outside` are the days of rows that
    lie outside the period they are declared for, of those too that the books refused;
    `accepted_now` the returns that a file seen before had staged and that are accepted now;
    `shared` those of its returns that other files' lines are in too; `says_again` what has lines
    that it says again and can be dropped, each with whether it is for another period; `not_read`
    are the headers of columns that nothing is read from.
    """

    file: str
    sha256: str
    status: Status
    layout: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    repeated: int = 0
    rounded: int = 0
    net_pence: int = 0
    levy_pence: int = 0
    stated_total_pence: int | None = None
    returns: list[StoredReturn] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    errors_file: Path | None = None
    ledger: str = ""
    days_outside: list[str] = field(default_factory=list)
    accepted_now: tuple[str, ...] = ()
    shared: tuple[SharedReturn, ...] = ()
    says_again: dict[str, bool] = field(default_factory=dict)
    not_read: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on (contract, *Importing spend*)."""
        total = self.stated_total_pence
        ledger = {"ledger": self.ledger} if self.ledger else {}
        return {
            "file": self.file,
            "sha256": self.sha256,
            "status": self.status,
            "layout": self.layout,
            "columns": self.columns,
            "rows": {name: getattr(self, name) for name in ROW_COUNTS},
            "net": format_pence(self.net_pence),
            "levy": format_pence(self.levy_pence),
            "stated_total": None if total is None else format_pence(total),
            "returns": [_return_json(item) for item in self.returns],
            "problems": [item.as_json() for item in self.problems],
            "warnings": [item.as_json() for item in self.warnings],
            **ledger,
        }


def shared_returns(
    connection: Connection, file_id: int, stored: Iterable[StoredReturn]
) -> tuple[SharedReturn, ...]:
    """Those of the returns that have lines of other files than this one."""
    found = []
    for item in stored:
        others = other_files_of(connection, item.id, file_id)
        if others:
            of_others = tuple((file, len(rows)) for file, _outcome, rows in others)
            doubted = tuple(problem for other in others for problem in _doubted(*other))
            found.append(SharedReturn(item.number, item.lines, of_others, doubted))
    return tuple(found)


def _doubted(file: str, outcome: str, rows: Collection[int]) -> Iterator[Problem]:
    """What was warned of these rows of a file: invoices that were declared before."""
    for told in json.loads(outcome)["warnings"]:
        if told["code"] == "duplicate-invoice" and told["row"] in rows:
            yield problem_of(told, file)


def seen_before(file: str, told: Mapping[str, Any], returns: list[StoredReturn]) -> ImportOutcome:
    """What is said of a file that was imported before: what was said then, and its returns now.

    What was `FORETOLD` may be otherwise now: that is left out.
    """
    total = told["stated_total"]
    return ImportOutcome(
        file=file,
        sha256=told["sha256"],
        status="seen-before",
        layout=told["layout"],
        columns=told["columns"],
        net_pence=parse_pounds(told["net"]),
        levy_pence=parse_pounds(told["levy"]),
        stated_total_pence=None if total is None else parse_pounds(total),
        returns=returns,
        problems=[problem_of(item, file) for item in told["problems"]],
        warnings=[
            problem_of(item, file) for item in told["warnings"] if item["code"] not in FORETOLD
        ],
        ledger=told.get("ledger", ""),
        **{name: told["rows"][name] for name in ROW_COUNTS},
    )


def _return_json(stored: StoredReturn) -> dict[str, Any]:
    return {
        "return": stored.number,
        "contractor": stored.contractor,
        "framework": stored.framework,
        "period": str(stored.period),
        "lines": stored.lines,
        "net": format_pence(stored.net_pence),
        "levy": format_pence(stored.levy_pence),
        "state": stored.state,
    }


def problem_of(told: Mapping[str, Any], file: str) -> Problem:
    """A problem as it was stored: its hint is part of the message."""
    return Problem(
        code=told["code"],
        message=told["message"],
        file=file,
        row=told["row"],
        column=told["column"] or "",
        value=told["value"],
    )
