"""What a part of a camt file tells of one statement, and the statement its pieces make."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from xml.etree.ElementTree import Element

from levytool.bank.camt_entry import EntryFacts, EntryReader, note_currency, plain_text
from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import GBP, BankStatement, StatedBalance, StatementLine
from levytool.bank.xml_parts import local_name
from levytool.problems import Problem

_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), "CLBD", "ITBD"


@dataclass(slots=True)
class StatementPiece:
    """A statement, or as much of it as stands in one part of the file.

    `entries` have their rows within the part; `lines` are they once their place is known.
    """

    number: str = ""
    account: str = ""
    currencies: dict[str, None] = field(default_factory=dict)
    entries: list[EntryFacts] = field(default_factory=list)
    lines: list[StatementLine] = field(default_factory=list)
    balances: dict[str, list[int]] = field(default_factory=dict)
    until: date | None = None

    def read(self, statement: Element, entries: EntryReader) -> None:
        """Take in an element's children; what is wrong goes to the problems of `entries`."""
        entry = _tag(statement, "Ntry")
        for child in statement:
            if child.tag == entry:
                facts = entries.read(child, self.currencies)
                if facts is not None:
                    self.entries.append(facts)
                continue
            match local_name(child):
                case "Bal":
                    self._balance(child, entries)
                case "Id":
                    self.number = plain_text(child.text)
                case "Acct":
                    self._of_account(child)

    def stand_behind(self, before: int) -> None:
        """Make the entries lines: in the file, so many entries are before the part."""
        self.lines = [StatementLine(facts[0] + before, *facts[1:]) for facts in self.entries]
        self.entries = []

    def go_on(self, later: "StatementPiece") -> None:
        """Take in what the next part of the file tells of the same statement."""
        self.number, self.account = self.number or later.number, self.account or later.account
        self.currencies |= later.currencies
        self.until = later.until or self.until
        self.lines += later.lines
        for code, pence in later.balances.items():
            self.balances.setdefault(code, []).extend(pence)

    def statement(self) -> BankStatement:
        """The statement, once all its pieces are in."""
        # The first currency that is not sterling stands for all: any has the file refused.
        currency = next(iter(self.currencies), GBP)
        lines = tuple(self.lines)
        return BankStatement(self.account, lines, self._ends(), currency, self.number, self.until)

    def _of_account(self, account: Element) -> None:
        currency = _text(account, "Ccy")
        if currency not in ("", GBP):
            self.currencies = {currency: None, **self.currencies}
        named = _child(account, "Id")
        if named is not None:
            told = [item.text for item in named.iter() if local_name(item) in ("IBAN", "Id")]
            self.account = next(filter(None, map(plain_text, told)), "")

    def _balance(self, balance: Element, entries: EntryReader) -> None:
        code = next((item.text for item in balance.iter() if local_name(item) == "Cd"), "")
        code, text = plain_text(code), _text(balance, "Amt")
        sign = -1 if _text(balance, "CdtDbtInd") == "DBIT" else 1
        note_currency(_child(balance, "Amt"), self.currencies)
        pence = exact_pence(text)
        if pence is not None:
            self.balances.setdefault(code, []).append(sign * pence)
            if code == _CLOSING:
                self.until = _day(_child(balance, "Dt"))
        elif code in (*_OPENING, _CLOSING, _INTERIM):
            message = f"the balance {code} is no amount in pounds and pence"
            problem = Problem("not-a-number", message, FETCH_AGAIN, entries.file, None, "Bal", text)
            entries.problems.append(problem)

    def _ends(self) -> tuple[StatedBalance, ...]:
        """The booked balances before and after the entries.

        A page of a longer statement states interim ones: the first is its opening balance where
        there is no other, the last its closing one.
        """
        stated = self.balances
        interim = stated.get(_INTERIM, [])
        opening = next((stated[code][0] for code in _OPENING if code in stated), None)
        closing = stated[_CLOSING][-1] if _CLOSING in stated else None
        if opening is None and len(interim) > (closing is None):
            opening = interim[0]
        if closing is None and interim:
            closing = interim[-1]
        ends = []
        if opening is not None:
            ends.append(StatedBalance(0, opening, 0))
        if closing is not None:
            ends.append(StatedBalance(len(self.lines), closing, 0))
        return tuple(ends)


def _tag(beside: Element, name: str) -> str:
    """The tag of this name in an element's own namespace."""
    return beside.tag[: -len(local_name(beside))] + name


def _child(parent: Element, name: str) -> Element | None:
    return parent.find(_tag(parent, name))


def _day(told: Element | None) -> date | None:
    """The day of a balance, of which it may tell the time too; None where it is no day."""
    written = "" if told is None else _text(told, "Dt") or _text(told, "DtTm")
    with suppress(ValueError):
        return date.fromisoformat(written[:10])
    return None


def _text(parent: Element, name: str) -> str:
    child = _child(parent, name)
    return "" if child is None else plain_text(child.text)
