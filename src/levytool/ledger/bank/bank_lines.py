"""Bank lines as imported, and what each was found to be.

`amount_pence` of a line is signed (money in is positive); amounts identified are magnitudes in the
line's own direction, and a negative one takes an identification back.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.bank.files_told import file_formats
from levytool.ledger.bank.withdrawals import standing, withdrawn_by
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.database.days import day_of
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.periods import Period
from levytool.problems import RuleRefused, UsageError

RECEIPT = "receipt"
PAYMENT = "payment"
MATCH_FUNDING = "match-funding"
VAT = "vat"
CHARGE = "charge"
INTEREST = "interest"
REFUND = "refund"

_quoted = json.encoder.encode_basestring
"""A JSON string: a digest is over JSON, written by hand since there are so many."""


class LineContent(NamedTuple):
    """What a bank says of a line. By it a line is known when it comes again."""

    booked: date
    amount_pence: int
    description: str
    reference: str
    servicer_reference: str = ""


class KnownLine(NamedTuple):
    """A line that an earlier file brought, with the format of that file; 0 stands for the id of one
    that is not stored yet."""

    content: LineContent
    format: str
    line_id: int = 0


class NewBankLine(NamedTuple):
    """A line about to be stored: as `bank.statement.StatementLine` has it, with its account in the
    book and the balance that the bank states after it."""

    row: int
    booked: date
    amount_pence: int
    description: str
    reference: str
    servicer_reference: str
    account: str
    balance_pence: int | None

    @property
    def content(self) -> LineContent:
        """What the bank says of it."""
        return LineContent(*self[1:6])

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all the bank said of it: the entry that posts the line carries it.

        A line without the bank's own reference has the digest that it had before there were any.
        """
        row, booked, pence, description, reference, servicer, account, stated = self
        balance = "null" if stated is None else stated
        own = f",{_quoted(servicer)}" if servicer else ""
        told = (
            f'[{row},{_quoted(account)},"{booked.isoformat()}","{pence}",'
            f"{_quoted(description)},{_quoted(reference)},{balance}{own}]"
        )
        return sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredBankLine:
    """A line as stored; `effective` is the day it was posted on."""

    id: int
    row: int
    account: str
    booked: date
    amount_pence: int
    balance_pence: int | None
    description: str
    reference: str
    entry_id: int
    effective: date

    @property
    def number(self) -> str:
        return line_number(self.id)

    @property
    def text(self) -> str:
        """What the payer or the bank wrote: where document numbers are looked for."""
        return f"{self.description} | {self.reference}"


@dataclass(frozen=True, slots=True)
class Identified:
    """What a part of a line is found to be and has not been taken back: `amount_pence` > 0."""

    bank_line_id: int
    kind: str
    party: str
    subject: str
    amount_pence: int
    entry_id: int


def line_number(line_id: int) -> str:
    """How a bank line is called: `B-000001`."""
    return series.numbered("B", line_id)


def line_id_of(number: str) -> int:
    """The id behind `B-000001`. Raises UsageError for anything else."""
    return series.number_in(number, "B", "a bank line", "levytool bank list")


def allot_lines(connection: Connection, count: int) -> int:
    """The first of `count` bank line ids."""
    return series.allot(connection, "bank_line", count)


_LINE_COLUMNS = (
    "id",
    "file_id",
    "row_no",
    "account",
    "booked",
    "amount_pence",
    "balance_pence",
    "description",
    "reference",
    "entry_id",
    "servicer_reference",
)


def store_lines(
    connection: Connection,
    file_id: int,
    first_id: int,
    lines: Sequence[NewBankLine],
    entry_ids: Iterable[int],
) -> None:
    """Store lines under ids allotted beforehand, each with the entry that posts it."""
    days = {day: day.isoformat() for day in {line.booked for line in lines}}
    rows = []
    for line_id, (line, entry_id) in enumerate(zip(lines, entry_ids, strict=True), first_id):
        row, booked, pence, description, reference, servicer, account, balance = line
        stated = (account, days[booked], pence, balance, description, reference)
        rows.append((line_id, file_id, row, *stated, entry_id, servicer))
    insert_rows(connection, "bank_line", _LINE_COLUMNS, rows)


def known_lines(connection: Connection, account: str, first: date, last: date) -> list[KnownLine]:
    """The account's lines that were booked in these days, in the order they came; one that is
    withdrawn may come again."""
    query = text(
        "SELECT booked, amount_pence, description, reference, servicer_reference, file_id, id "
        "FROM bank_line b WHERE account = :account AND booked BETWEEN :first AND :last "
        f"AND {standing(connection)} ORDER BY id"
    )
    days = {"first": first.isoformat(), "last": last.isoformat()}
    rows = connection.execute(query, {"account": account, **days}).all()
    formats = file_formats(connection) if rows else {}
    return [
        KnownLine(LineContent(day_of(row[0]), *row[1:5]), formats.get(row[5], ""), row[6])
        for row in rows
    ]


_SELECT = (
    "SELECT b.id, b.row_no, b.account, b.booked, b.amount_pence, b.balance_pence, b.description, "
    "b.reference, b.entry_id, e.effective FROM bank_line b JOIN journal_entry e "
    "ON e.id = b.entry_id"
)


def _stored(row: Sequence[Any]) -> StoredBankLine:
    values = (*row[:3], day_of(row[3]), *row[4:9], day_of(row[9]))
    return StoredBankLine(*values)


def find_lines(
    connection: Connection,
    *,
    account: str | None = None,
    booked: Period | None = None,
    files: Iterable[int] | None = None,
    withdrawn: bool = False,
) -> list[StoredBankLine]:
    """Bank lines, all or of an account, of the months they were booked in or of files, in order:
    those that stand, or those that are `withdrawn`."""
    stand = standing(connection)
    where = [f"NOT ({stand})" if withdrawn else stand]
    values: dict[str, str] = {}
    if account is not None:
        where.append("b.account = :account")
        values["account"] = account
    if booked is not None:
        where.append("b.booked BETWEEN :first AND :last")
        values["first"] = booked.first.first_day.isoformat()
        values["last"] = booked.last.last_day.isoformat()
    if files is not None:
        where.append(f"b.file_id IN ({', '.join(map(str, files)) or '0'})")
    query = text(f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY b.id")
    return [_stored(row) for row in connection.execute(query, values)]


def last_line(connection: Connection, account: str, until: date) -> StoredBankLine | None:
    """The account's last line that was booked by that day; None where there is none."""
    query = text(
        f"{_SELECT} WHERE b.account = :account AND b.booked <= :until "
        f"AND {standing(connection)} ORDER BY b.booked DESC, b.id DESC LIMIT 1"
    )
    row = connection.execute(query, {"account": account, "until": until.isoformat()}).first()
    return None if row is None else _stored(row)


def lines_of_days(
    connection: Connection, account: str, first: date, last: date, asked: AsKnown = NOW
) -> list[StoredBankLine]:
    """The account's lines booked on these days and known then, in the order they came in."""
    query = text(
        f"{_SELECT} WHERE b.account = :account AND b.booked BETWEEN :first AND :last "
        f"AND {asked.known('e.posted')} AND {standing(connection, asked)} ORDER BY b.id"
    )
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return [_stored(row) for row in connection.execute(query, {"account": account, **days})]


def file_of_lines(connection: Connection, account: str, first: date, last: date) -> dict[int, int]:
    """The number of the file that each line of an account came in, of those booked these days."""
    query = text(
        "SELECT id, file_id FROM bank_line "
        "WHERE account = :account AND booked BETWEEN :first AND :last"
    )
    days = {"first": first.isoformat(), "last": last.isoformat()}
    rows = connection.execute(query, {"account": account, **days})
    return {int(line_id): int(file_id) for line_id, file_id in rows}


def ids_by_row(connection: Connection, file_id: int) -> dict[int, int]:
    """The id of each line that a file brought, by its row there."""
    query = text("SELECT row_no, id FROM bank_line WHERE file_id = :file")
    return {int(row): int(line_id) for row, line_id in connection.execute(query, {"file": file_id})}


def get_line(connection: Connection, number: str) -> StoredBankLine:
    """The bank line of that number, withdrawn or not. Raises UsageError when there is none."""
    line_id = line_id_of(number)
    row = connection.execute(text(f"{_SELECT} WHERE b.id = :id"), {"id": line_id}).first()
    if row is None:
        raise UsageError(f"there is no bank line {line_number(line_id)}; see: levytool bank list")
    return _stored(row)


def get_standing_line(connection: Connection, number: str) -> StoredBankLine:
    """The bank line of that number, to do something with it.

    Raises UsageError when there is none, RuleRefused when it is withdrawn.
    """
    line = get_line(connection, number)
    if line.id in withdrawn_by(connection):
        raise RuleRefused(f"{line.number} is withdrawn; if it is the bank's, import its file again")
    return line


def store_identifications(
    connection: Connection, identified: Sequence[Identified], taken_back: bool = False
) -> None:
    """Store what lines were found to be; `taken_back` stores the opposite."""
    first_id = series.allot(connection, "bank_identification", len(identified))
    sign = -1 if taken_back else 1
    insert_rows(
        connection,
        "bank_identification",
        ("id", "bank_line_id", "kind", "party", "subject", "amount_pence", "entry_id"),
        [
            (
                number,
                item.bank_line_id,
                item.kind,
                item.party,
                item.subject,
                sign * item.amount_pence,
                item.entry_id,
            )
            for number, item in enumerate(identified, first_id)
        ],
    )


def identifications(
    connection: Connection, line_id: int | None = None, asked: AsKnown = NOW
) -> list[Identified]:
    """What lines (or one) are found to be, without what was taken back, in order."""
    where = "" if line_id is None else "AND i.bank_line_id = :line"
    rows = connection.execute(
        text(
            "SELECT i.bank_line_id, i.kind, i.party, i.subject, i.amount_pence, i.entry_id "
            "FROM bank_identification i JOIN journal_entry m ON m.id = i.entry_id "
            f"WHERE i.amount_pence > 0 AND {asked.entry('m')} AND NOT EXISTS "
            "(SELECT 1 FROM bank_identification t JOIN journal_entry e ON e.id = t.entry_id "
            "WHERE t.bank_line_id = i.bank_line_id AND e.reverses = i.entry_id "
            f"AND {asked.entry()}) "
            f"{where} ORDER BY i.id"
        ),
        {} if line_id is None else {"line": line_id},
    )
    return [Identified(*row) for row in rows]


def identified_by_line(
    connection: Connection, line_id: int | None = None
) -> dict[int, list[Identified]]:
    """The same by line; a line of which nothing is known is not in it."""
    found: dict[int, list[Identified]] = {}
    for item in identifications(connection, line_id):
        found.setdefault(item.bank_line_id, []).append(item)
    return found


class FoundLater(NamedTuple):
    """Money that was in the bank on a day, `booked`, and counts from a later one, `entered`."""

    party: str
    subject: str
    booked: date
    entered: date
    amount_pence: int


def found_later(
    connection: Connection, kind: str, until: date, asked: AsKnown = NOW
) -> list[FoundLater]:
    """Money in that the bank had by a day, `until`, and that counts as one kind's after it: what
    was identified later, and not taken back. What that party had of a line by then is left out."""
    rows = connection.execute(
        text(
            "SELECT i.party, i.subject, b.booked, m.effective, CAST(SUM(i.amount_pence) AS BIGINT) "
            "FROM bank_identification i JOIN bank_line b ON b.id = i.bank_line_id "
            "JOIN journal_entry m ON m.id = i.entry_id "
            "WHERE i.kind = :kind AND i.amount_pence > 0 AND b.amount_pence > 0 "
            f"AND b.booked <= :until AND m.effective > :until AND {asked.entry('m')} "
            "AND NOT EXISTS (SELECT 1 FROM bank_identification t "
            "JOIN journal_entry e ON e.id = t.entry_id WHERE t.bank_line_id = i.bank_line_id "
            f"AND e.reverses = i.entry_id AND {asked.entry()}) "
            "AND NOT EXISTS (SELECT 1 FROM bank_identification p "
            "JOIN journal_entry q ON q.id = p.entry_id WHERE p.bank_line_id = i.bank_line_id "
            "AND p.kind = i.kind AND p.party = i.party AND p.subject = i.subject "
            "AND q.effective <= :until) "
            "GROUP BY i.party, i.subject, b.booked, m.effective "
            "ORDER BY b.booked, m.effective, i.party, i.subject"
        ),
        {"kind": kind, "until": until.isoformat()},
    )
    return [
        FoundLater(party, subject, day_of(booked), day_of(entered), pence)
        for party, subject, booked, entered, pence in rows
    ]


def lines_unknown_again(connection: Connection) -> frozenset[int]:
    """The ids of lines that were said to be something, all of which was taken back."""
    query = text(
        "SELECT bank_line_id FROM bank_identification GROUP BY bank_line_id "
        "HAVING SUM(amount_pence) = 0"
    )
    return frozenset(connection.scalars(query))


def receipts_not_identified(connection: Connection) -> list[int]:
    """The ids of receipts of which a part, or all, is nobody's yet."""
    query = text(
        "SELECT id FROM bank_line WHERE amount_pence > COALESCE((SELECT SUM(i.amount_pence) "
        "FROM bank_identification i WHERE i.bank_line_id = bank_line.id), 0) AND amount_pence > 0"
    )
    return list(connection.scalars(query))
