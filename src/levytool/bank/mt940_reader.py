"""Reading MT940 statements with mt-940, which takes the fields apart; nothing is taken on trust.

The library skips a tag that it does not know and lets one `:61:` overwrite another that has no
type, so entries are counted. It takes an amount to end where its digits do, and 30 February for the
28th, so both are looked at before; and each statement must prove. It comes with the extra `bank`.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import GBP, BankStatement, StatedBalance, StatementLine
from levytool.extras import MissingExtra
from levytool.problems import Problem
from levytool.text import counted

MT940 = "mt940"

_UNSEEN = logging.NullHandler()
"""Takes what the library logs of a tag it cannot read: the problem says it."""

_STATEMENT = re.compile(r"^:20:", re.MULTILINE)
_ENTRY = re.compile(r"^:61:", re.MULTILINE)
_ENTRY_HEAD = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}| {4})?[A-Z]{1,3}[\n ]?"
    r"(?P<amount>[0-9,]+(?P<beyond>[^A-Z/\n]*))",
    re.IGNORECASE,
)
_AMOUNT_LENGTH = 15
_ENVELOPE = re.compile(r"^(?:\{|-\}).*$", re.MULTILINE)
_TEXT_BLOCK = "{4:"
_CLOSING_REMARK = re.compile(
    r"(?P<balances>^:6[245][FM]?:[^\n]*\n+)(?P<remark>:86:[^\n]*(?:\n(?![:\-{])[^\n]*)*)",
    re.MULTILINE,
)
_OPENING = ("final_opening_balance", "intermediate_opening_balance", "opening_balance")
_CLOSING = ("final_closing_balance", "intermediate_closing_balance", "closing_balance")
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF"})
_CODES = re.compile(
    r"(?:^|[/?\n ])(?:EREF|KREF|MREF|CRED|SVWZ|REMI|NAME|ORDP|BENM|EREF|RTRN|TRCD|PREF|IREF|"
    r"CSID|ADDR|ISDT)(?=[/+])[/+]*"
)


def read_mt940(text: str, file: str) -> tuple[list[BankStatement], list[Problem]]:
    """The statements of an MT940 file, with or without SWIFT's envelope, and what is wrong.

    Raises MissingExtra where the `bank` extra is not installed.
    """
    try:
        import mt940
    except ImportError as error:
        raise MissingExtra("reading MT940", "bank") from error
    logging.getLogger("mt940").addHandler(_UNSEEN)
    plain = _ENVELOPE.sub(lambda found: found[0].partition(_TEXT_BLOCK)[2], text)
    starts = [match.start() for match in _STATEMENT.finditer(plain)]
    statements: list[BankStatement] = []
    problems = list(_beginning_lost(plain, starts[0] if starts else len(plain), file))
    row, counted_to = 1, 0
    for start, end in pairwise([*starts, len(plain)]):
        row += plain.count("\n", counted_to, start)
        counted_to = start
        block = plain[start:end]
        heads = list(_heads(block, row))
        misread = [problem for at, head in heads for problem in _misread(head, file, at)]
        if misread:
            problems += misread
            continue  # what the library makes of the rest is not to be trusted
        try:
            # What follows the closing balance is of the statement, not of its last entry.
            parsed = mt940.parse_statements(
                _CLOSING_REMARK.sub(r"\g<balances>", block), options=mt940.Options.all()
            )
        except (RuntimeError, ValueError, ArithmeticError, AttributeError) as reason:
            message = f"the statement cannot be taken apart{_place_of(reason)}"
            problems.append(Problem("unreadable-file", message, FETCH_AGAIN, file, row))
            continue
        for found in parsed:
            reader = _Statement(found, [at for at, _head in heads], row, file)
            statements.append(reader.read())
            problems += reader.problems
    return statements, problems


def _beginning_lost(text: str, start: int, file: str) -> Iterator[Problem]:
    """An entry before the first statement is of one that lost its beginning."""
    lost = _ENTRY.search(text, 0, start)
    if lost is not None:
        row = text.count("\n", 0, lost.start()) + 1
        message = "the entry stands in no statement: the file lost its beginning"
        yield Problem("unreadable-file", message, FETCH_AGAIN, file, row, ":61:")


def _heads(block: str, row: int) -> Iterator[tuple[int, re.Match[str] | None]]:
    """Each entry of a statement that begins in this row: its own row, and what it begins with."""
    counted_to = 0
    for match in _ENTRY.finditer(block):
        row += block.count("\n", counted_to, match.start())
        counted_to = match.start()
        yield row, _ENTRY_HEAD.match(block, match.end())


def _misread(head: re.Match[str] | None, file: str, row: int) -> Iterator[Problem]:
    """What the library would take for something else. It refuses an entry without a head itself."""
    if head is None:
        return
    if head["beyond"].strip() or len(head["amount"].strip()) > _AMOUNT_LENGTH:
        message = "this is no amount in pounds and pence"
        yield Problem(
            "not-a-number", message, FETCH_AGAIN, file, row, ":61:", head["amount"].strip()
        )
    day = (head["entry"] or "").strip()
    if not _is_day(head["value"][:2] + day if day else head["value"]):
        message = "the entry's date cannot be read"
        yield Problem("not-a-date", message, FETCH_AGAIN, file, row, ":61:", day or head["value"])


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(f"20{text}")
    except ValueError:
        return False
    return True


def _place_of(reason: Exception) -> str:
    """What the library could not read, which it tells last; in words, or nothing."""
    read = reason.args[-1] if len(reason.args) > 1 else ""
    return f" at {read.splitlines()[0][:60]!r}" if isinstance(read, str) and read.strip() else ""


class _Statement:
    """One statement as the library took it apart."""

    def __init__(self, found: Any, rows: Sequence[int], row: int, file: str) -> None:
        self._found, self._rows, self._row, self._file = found, rows, row, file
        self.problems: list[Problem] = []

    def read(self) -> BankStatement:
        facts = self._found.data
        entries = [item for item in self._found.transactions if item.data.get("status")]
        if len(entries) != len(self._rows):
            self._refuse(
                self._row,
                ":61:",
                "",
                f"{counted(len(self._rows), 'entry stands', 'entries stand')} there, "
                f"{len(entries)} can "
                "be told apart",
            )
        lines = [
            line
            for row, entry in zip(self._rows, entries, strict=False)
            if (line := self._line(row, entry.data)) is not None
        ]
        number = facts.get("statement_number") or ""
        if facts.get("sequence_number"):
            number += f"/{facts['sequence_number']}"
        return BankStatement(
            account=(facts.get("account_identification") or "").strip(),
            lines=tuple(lines),
            balances=tuple(self._balances(facts, len(lines))),
            currency=self._currency(facts),
            number=number,
            until=self._until(facts),
        )

    def _until(self, facts: Mapping[str, Any]) -> date | None:
        """The day of its closing balance; a page's is none yet."""
        day = facts[_CLOSING[0]].date if facts.get(_CLOSING[0]) is not None else None
        return None if day is None else date(day.year, day.month, day.day)

    def _currency(self, facts: Mapping[str, Any]) -> str:
        """What the balances are in; one that is not sterling stands for all."""
        named = {
            (facts[name].amount.currency or "").upper()
            for name in (*_OPENING, *_CLOSING)
            if facts.get(name) is not None
        }
        return next(iter(sorted(named - {"", GBP})), GBP)

    def _balances(self, facts: Mapping[str, Any], after: int) -> list[StatedBalance]:
        """Its two balances. Without them both it is not whole: they are mandatory."""
        missing = [
            name
            for name, of in (("opening", _OPENING), ("closing", _CLOSING))
            if all(facts.get(each) is None for each in of)
        ]
        if missing:
            which = f"{missing[0]} balance" if len(missing) == 1 else "balances"
            message = f"the statement has no {which}, so it is not whole"
            self._refuse(self._row, "balance", "", message)
        found = []
        for names, position in ((_OPENING, 0), (_CLOSING, after)):
            balance = next((facts[name] for name in names if facts.get(name) is not None), None)
            if balance is None:
                continue
            pence = exact_pence(str(balance.amount.amount))
            if pence is None:
                told = str(balance.amount.amount)
                self._refuse(self._row, "balance", told, "the balance is no amount in pence")
            else:
                found.append(StatedBalance(position, pence, self._row))
        return found

    def _line(self, row: int, facts: Mapping[str, Any]) -> StatementLine | None:
        pence = exact_pence(str(facts["amount"].amount))
        if pence is None:
            told = str(facts["amount"].amount)
            self._refuse(row, ":61:", told, "this is no amount in pounds and pence")
            return None
        day = facts.get("entry_date") if isinstance(facts.get("entry_date"), date) else None
        day = day or facts["date"]
        description, reference = _texts(facts)
        if facts["status"].upper().startswith("R"):
            description = f"reversal, {description}" if description else "reversal"
        servicer = _said(facts.get("bank_reference"))
        return StatementLine(
            row, date(day.year, day.month, day.day), pence, description, reference, servicer
        )

    def _refuse(self, row: int, column: str, value: str, message: str) -> None:
        problem = Problem("unreadable-file", message, FETCH_AGAIN, self._file, row, column, value)
        self.problems.append(problem)


def _texts(facts: Mapping[str, Any]) -> tuple[str, str]:
    """What the other party is called and wrote, and the references given."""
    pieces = [facts.get("applicant_name"), facts.get("purpose"), facts.get("additional_purpose")]
    if not any(pieces):
        pieces = [facts.get("transaction_details")]
    pieces.append(facts.get("posting_text") if not any(pieces) else None)
    details = facts.get("extra_details")
    told = dict.fromkeys(_words(piece) for piece in (*pieces, details) if _words(piece))
    references = dict.fromkeys(
        _said(facts.get(name)) for name in ("customer_reference", "end_to_end_reference")
    )
    return ", ".join(told), " ".join(item for item in references if item)


def _words(text: str | None) -> str:
    """A text of `:86:` without its line ends and the codes that part a structured one."""
    return " ".join(_CODES.sub(" ", text or "").strip(" /").split())


def _said(reference: str | None) -> str:
    text = " ".join((reference or "").split())
    return "" if text.upper() in _NO_REFERENCE else text
