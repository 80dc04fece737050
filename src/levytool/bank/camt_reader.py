"""Reading camt.052, camt.053 and camt.054 (ISO 20022), whatever version they are of.

Elements are known by their local names, so that the namespace does not matter. The file is read as
a stream: one entry at a time stands in memory. A document type declaration, with which external
entities and XML bombs begin, is refused before anything is read.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers import expat

from levytool.bank.camt_entry import EntryReader, local_name
from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import GBP, BankStatement, StatedBalance, StatementLine
from levytool.problems import Problem

MESSAGES = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
_STATEMENTS = frozenset({"Rpt", "Stmt", "Ntfctn"})
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), "CLBD", "ITBD"
_BLOCK_BYTES = 1 << 16


class _Declared(Exception):
    """The file declares a document type."""


class _RootReached(Exception):
    """The root element begins: what may declare a type lies behind."""


def read_camt(path: Path) -> tuple[str, list[BankStatement], list[Problem], list[Problem]]:
    """The message's name, its statements, what is wrong and what is worth a look.

    The name is '' where the file is XML, but none of these messages.
    """
    try:
        _refuse_declarations(path)
        reader = _Reader(path.name)
        reader.read(path)
    except _Declared:
        problem = Problem(
            "unsafe-xml",
            "the file declares a document type or entities, as no bank's statement does: it could "
            "read other files or fill the memory",
            "do not open it; fetch the statement from the bank itself",
            file=path.name,
        )
        return "", [], [problem], []
    except (ParseError, expat.ExpatError) as reason:
        problem = Problem(
            "unreadable-file", f"it is no well-formed XML: {reason}", FETCH_AGAIN, file=path.name
        )
        return "", [], [problem], []
    return reader.message, reader.statements, reader.problems, reader.warnings


def _refuse_declarations(path: Path) -> None:
    """Raises _Declared for a document type declaration: it can only stand before the root."""

    def declared(*_facts: object) -> None:
        raise _Declared

    def reached(*_facts: object) -> None:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = reached
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK_BYTES):
                parser.Parse(block)
            parser.Parse(b"", True)
        except _RootReached:
            return


class _Reader:
    """One pass over a file's elements."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.message = ""
        self.statements: list[BankStatement] = []
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._entries = EntryReader(file)
        self._lines: list[StatementLine] = []

    def read(self, path: Path) -> None:
        for _event, element in iterparse(path, events=("end",)):
            name = local_name(element.tag)
            if name == "Ntry":
                line = self._entries.read(element)
                if line is not None:
                    self._lines.append(line)
                element.clear()
            elif name in _STATEMENTS:
                self.statements.append(self._statement(element))
                self._lines = []
                element.clear()
            elif name in MESSAGES:
                self.message = MESSAGES[name]
        self.problems += self._entries.problems
        self.warnings += self._entries.warnings()

    def _statement(self, element: Element) -> BankStatement:
        facts = dict(_facts(element))
        named = [facts.get("currency", ""), self._entries.take_currency()]
        named += [currency for _code, _text, currency, _sign in _balances(element)]
        return BankStatement(
            account=facts.get("account", ""),
            lines=tuple(self._lines),
            balances=self._ends(element),
            # One that is not sterling stands for all: each would have the file refused.
            currency=next((name for name in named if name not in ("", GBP)), GBP),
            number=facts.get("number", ""),
        )

    def _ends(self, element: Element) -> tuple[StatedBalance, ...]:
        """The booked balances before and after the entries.

        A page of a longer statement states interim ones: the first is its opening balance where
        there is no other, the last its closing one.
        """
        stated: dict[str, list[int]] = {}
        for code, text, _currency, sign in _balances(element):
            pence = exact_pence(text)
            if pence is not None:
                stated.setdefault(code, []).append(sign * pence)
            elif code in (*_OPENING, _CLOSING, _INTERIM):
                hint = FETCH_AGAIN
                message = f"the balance {code} is no amount in pounds and pence"
                self.problems.append(
                    Problem("not-a-number", message, hint, self.file, None, "Bal", text)
                )
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
            ends.append(StatedBalance(len(self._lines), closing, 0))
        return tuple(ends)


def _facts(element: Element) -> Iterator[tuple[str, str]]:
    """The account, its currency, and what the bank calls the statement."""
    for child in element:
        name = local_name(child.tag)
        if name == "Id":
            yield "number", (child.text or "").strip()
        elif name == "Acct":
            for fact in child:
                if local_name(fact.tag) == "Ccy":
                    yield "currency", (fact.text or "").strip()
                elif local_name(fact.tag) == "Id":
                    told = [
                        (item.text or "").strip()
                        for item in fact.iter()
                        if local_name(item.tag) in ("IBAN", "Id") and (item.text or "").strip()
                    ]
                    yield "account", next(iter(told), "")


def _balances(element: Element) -> Iterator[tuple[str, str, str, int]]:
    """Each balance: its code, amount, currency, and -1 where the account is overdrawn."""
    for child in element:
        if local_name(child.tag) != "Bal":
            continue
        code = text = currency = ""
        sign = 1
        for fact in child.iter():
            name = local_name(fact.tag)
            if name == "Cd" and not code:
                code = (fact.text or "").strip()
            elif name == "Amt" and not text:
                text, currency = (fact.text or "").strip(), fact.get("Ccy", "")
            elif name == "CdtDbtInd":
                sign = -1 if (fact.text or "").strip() == "DBIT" else 1
        yield code, text, currency, sign
