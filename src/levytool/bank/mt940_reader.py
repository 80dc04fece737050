"""Reading MT940 statements with mt-940, which takes the fields apart; nothing is taken on trust.

The library skips a tag that it does not know and lets one `:61:` overwrite another that has no
type, so entries are counted; and each statement must prove. It comes with the extra `bank`.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import date
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
    problems: list[Problem] = []
    for start, end in zip(starts, [*starts[1:], len(plain)], strict=True):
        block = plain[start:end]
        before = plain.count("\n", 0, start)
        rows = [before + block.count("\n", 0, m.start()) + 1 for m in _ENTRY.finditer(block)]
        try:
            # What follows the closing balance is of the statement, not of its last entry.
            parsed = mt940.parse_statements(
                _CLOSING_REMARK.sub(r"\g<balances>", block), options=mt940.Options.all()
            )
        except (RuntimeError, ValueError, ArithmeticError, AttributeError) as reason:
            message = f"the statement cannot be taken apart{_place_of(reason)}"
            problems.append(Problem("unreadable-file", message, FETCH_AGAIN, file, before + 1))
            continue
        for found in parsed:
            reader = _Statement(found, rows, before + 1, file)
            statements.append(reader.read())
            problems += reader.problems
    return statements, problems


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
        )

    def _currency(self, facts: Mapping[str, Any]) -> str:
        """What the balances are in; one that is not sterling stands for all."""
        named = {
            (facts[name].amount.currency or "").upper()
            for name in (*_OPENING, *_CLOSING)
            if facts.get(name) is not None
        }
        return next(iter(sorted(named - {"", GBP})), GBP)

    def _balances(self, facts: Mapping[str, Any], after: int) -> list[StatedBalance]:
        """Its two balances. With one of them alone it is not whole: both are mandatory."""
        stated = [any(facts.get(name) is not None for name in of) for of in (_OPENING, _CLOSING)]
        if any(stated) and not all(stated):
            missing = "closing" if stated[0] else "opening"
            message = f"the statement has no {missing} balance, so it is not whole"
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
