"""Reading OFX 1 (SGML, where elements need not end) and OFX 2 (XML) with one tolerant reader.

Only the elements of a statement are looked at, and nothing within a comment. Nothing is expanded: a
declaration of entities is refused.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import GBP, BankStatement, StatedBalance, StatementLine
from levytool.problems import Problem
from levytool.text import counted

OFX = "ofx"

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<\?[^>]*+>?"
    r"|<!\[CDATA\[(?P<literal>.*?)(?:\]\]>|\Z)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z0-9._]++)[^<>]*+>(?P<text>[^<]*+)"
    r"|(?P<more>[^<]++|<)",
    re.DOTALL,
)
"""No piece of the text is looked at again and again, whatever is left open in it."""
_DECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DAY = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_STATEMENTS = frozenset({"STMTRS", "CCSTMTRS"})
_ACCOUNTS = frozenset({"BANKACCTFROM", "CCACCTFROM"})
_ENTRY, _BALANCE = "STMTTRN", "LEDGERBAL"
_FOREIGN = "CURRENCY"
"""An amount that is not in the account's currency; one that was converted is `ORIGCURRENCY`."""


def read_ofx(text: str, file: str) -> tuple[list[BankStatement], list[Problem], list[Problem]]:
    """The statements of an OFX file, what is wrong with it, and what to look at."""
    declared = _DECLARED.search(text)
    if declared is not None:
        problem = Problem(
            "unsafe-xml",
            "the file declares a document type or entities, as no bank's statement does",
            "do not open it; fetch the statement from the bank itself",
            file,
            text.count("\n", 0, declared.start()) + 1,
        )
        return [], [problem], []
    reader = _Reader(file)
    for row, name, value in _elements(text):
        reader.take(row, name, value)
    reader.close()
    repeated = [told for one in reader.statements for told in _repeated(one, file)]
    return reader.statements, reader.problems, repeated


def _elements(text: str) -> Iterator[tuple[int, str, str]]:
    """Row, name and value of each element that begins, and `/NAME` of each that is closed."""
    row, counted = 1, 0
    name, texts = "", [""]
    for match in _TOKEN.finditer(text):
        if match["name"] is None:
            literal = match["literal"]
            texts.append(html.unescape(match["more"] or "") if literal is None else literal)
            continue
        if name:
            yield row, name, " ".join("".join(texts).split())
        row += text.count("\n", counted, match.start())
        counted = match.start()
        name, texts = match["end"] + match["name"].upper(), [html.unescape(match["text"])]
    if name:
        yield row, name, " ".join("".join(texts).split())


@dataclass(slots=True)
class _Draft:
    """A statement as far as it has been read."""

    currency: str = GBP
    account: list[str] = field(default_factory=list)
    lines: list[StatementLine] = field(default_factory=list)
    balance: str = ""
    range_ends: str = ""
    balance_of: str = ""


class _Reader:
    """Elements in, statements out. Values belong to the aggregate that was opened last."""

    def __init__(self, file: str) -> None:
        self.statements: list[BankStatement] = []
        self.problems: list[Problem] = []
        self._file = file
        self._draft: _Draft | None = None
        self._entry: dict[str, str] | None = None
        self._row = 0
        self._within = ""

    def take(self, row: int, name: str, value: str) -> None:
        """One element, in order."""
        if name in _STATEMENTS:
            self.end()
            self._draft, self._within = _Draft(), ""
        elif name.removeprefix("/") in _STATEMENTS:
            self.end()
        elif self._draft is not None:
            self._take_within(self._draft, row, name, value)

    def _take_within(self, draft: _Draft, row: int, name: str, value: str) -> None:
        if name in (_ENTRY, "/" + _ENTRY, "/BANKTRANLIST"):
            self._end_entry(draft)
            if name == _ENTRY:
                self._entry, self._row = {}, row
        elif self._entry is not None:
            if value or name == _FOREIGN:
                self._entry.setdefault(name, value)
        elif name in _ACCOUNTS or name.endswith("BAL"):
            self._within = name
        elif name == "/" + self._within:
            self._within = ""
        elif name == "CURDEF":
            draft.currency = value.upper()
        elif self._within in _ACCOUNTS and name in ("BANKID", "ACCTID"):
            draft.account.append(value)
        elif name == "DTEND":
            draft.range_ends = value
        elif self._within == _BALANCE and name == "BALAMT":
            draft.balance = value
        elif self._within == _BALANCE and name == "DTASOF":
            draft.balance_of = value

    def close(self) -> None:
        """The file ends. What is open then was cut off: SGML too closes its aggregates."""
        if self._draft is None:
            return
        self._entry = None
        self.end()
        message = "the file is cut off: its last statement does not end"
        self._refuse("unreadable-file", 0, "", "", message)

    def end(self) -> None:
        """The statement that was being read is whole."""
        draft, self._draft = self._draft, None
        if draft is None:
            return
        self._end_entry(draft)
        balances: tuple[StatedBalance, ...] = ()
        if draft.balance:
            pence = exact_pence(draft.balance)
            if pence is None:
                self._refuse("not-a-number", 0, "BALAMT", draft.balance, "this is no balance")
            else:
                balances = (StatedBalance(len(draft.lines), pence, 0),)
        account = " ".join(draft.account)
        told = BankStatement(account, tuple(draft.lines), balances, draft.currency or GBP)
        self.statements.append(replace(told, until=_later(draft)))

    def _end_entry(self, draft: _Draft) -> None:
        entry, self._entry = self._entry, None
        if entry is None:
            return
        if "CORRECTFITID" in entry:
            self._refuse(
                "correction",
                self._row,
                "CORRECTFITID",
                entry["CORRECTFITID"],
                "the entry takes the place of one that came before; the books keep both apart",
            )
        pence = exact_pence(entry.get("TRNAMT", ""))
        if pence is None:
            told = entry.get("TRNAMT", "")
            message = "this is no amount in pounds and pence"
            self._refuse("not-a-number" if told else "missing", self._row, "TRNAMT", told, message)
        day = _day_of(entry.get("DTPOSTED", ""))
        if day is None:
            told = entry.get("DTPOSTED", "")
            message = "the entry's date cannot be read"
            self._refuse("not-a-date" if told else "missing", self._row, "DTPOSTED", told, message)
        other = entry.get("CURSYM", GBP).upper()
        if other != GBP and _FOREIGN in entry:
            draft.currency = other
        if pence is not None and day is not None:
            draft.lines.append(_line(self._row, day, pence, entry))

    def _refuse(self, code: str, row: int, column: str, value: str, message: str) -> None:
        place = row or None
        self.problems.append(Problem(code, message, FETCH_AGAIN, self._file, place, column, value))


def _later(draft: _Draft) -> date | None:
    """The day of a balance that is later than what the statement has: that of the download."""
    day, range_ends = _day_of(draft.balance_of), _day_of(draft.range_ends)
    days = [line.booked for line in draft.lines] + ([range_ends] if range_ends else [])
    return day if day and days and day > max(days) else None


def _line(row: int, day: date, pence: int, entry: dict[str, str]) -> StatementLine:
    texts = dict.fromkeys(entry[name] for name in ("NAME", "MEMO") if entry.get(name))
    references = dict.fromkeys(entry[name] for name in ("CHECKNUM", "REFNUM") if entry.get(name))
    return StatementLine(
        row, day, pence, ", ".join(texts), " ".join(references), entry.get("FITID", "")
    )


def _repeated(statement: BankStatement, file: str) -> Iterator[Problem]:
    """How many entries have the FITID of an earlier one: it should name one entry alone."""
    earlier: dict[str, set[tuple[object, ...]]] = {}
    repeats: list[StatementLine] = []
    alike = 0
    for line in statement.lines:
        if not line.servicer_reference:
            continue
        same = earlier.setdefault(line.servicer_reference, set())
        if same:
            repeats.append(line)
            alike += line[1:] in same
        same.add(line[1:])
    if repeats:
        told = counted(len(repeats), "entry has", "entries have")
        message = (
            f"{told} the FITID of an earlier one, which should name one alone; alike in all: "
            f"{alike}; each is taken"
        )
        hint = (
            "look at levytool bank list; what the bank did not move twice is taken back with "
            "levytool bank withdraw"
        )
        first = repeats[0]
        yield Problem(
            "reference-repeated", message, hint, file, first.row, "FITID", first.servicer_reference
        )


def _day_of(text: str) -> date | None:
    match = _DAY.match(text)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
