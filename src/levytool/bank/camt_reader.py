"""Reading camt.052, camt.053 and camt.054 (ISO 20022), whatever version they are of.

Elements are known by their local names, so that the namespace does not matter, and the file is
read as a stream: what is read of it is let go.
"""

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import ExpatError

from levytool.bank.camt_entry import EntryReader, text_of
from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import GBP, BankStatement, StatedBalance, StatementLine
from levytool.bank.xml_stream import UnsafeXml, local_name, read_growing
from levytool.problems import Problem

MESSAGES = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), "CLBD", "ITBD"


def read_camt(path: Path) -> tuple[str, list[BankStatement], list[Problem], list[Problem]]:
    """The message's name, its statements, what is wrong and what is worth a look.

    The name is '' where the file is XML, but none of these messages.
    """
    reader = _Reader(path.name)
    try:
        read_growing(path, reader.look)
    except UnsafeXml:
        problem = Problem(
            "unsafe-xml",
            "the file declares a document type or entities, as no bank's statement does: it could "
            "read other files or fill the memory",
            "do not open it; fetch the statement from the bank itself",
            file=path.name,
        )
        return "", [], [problem], []
    except (ParseError, ExpatError) as reason:
        problem = Problem(
            "unreadable-file", f"it is no well-formed XML: {reason}", FETCH_AGAIN, file=path.name
        )
        return "", [], [problem], []
    return reader.message, reader.statements, reader.problems, [*reader.entries.warnings()]


class _Reader:
    """One pass over a file: each child of a statement is read once it is whole, and removed."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.message = ""
        self.statements: list[BankStatement] = []
        self.problems: list[Problem] = []
        self.entries = EntryReader(file, self.problems)
        self._begin_statement()

    def _begin_statement(self) -> None:
        self._number = self._account = ""
        self._currencies: dict[str, None] = {}
        self._lines: list[StatementLine] = []
        self._balances: dict[str, list[int]] = {}

    def look(self, root: Element, whole: bool) -> None:
        """Read what has come since the last look; `whole` at the end of the file."""
        message = next((item for item in _upper(root) if local_name(item) in MESSAGES), None)
        if message is None:
            return
        self.message, name = MESSAGES[local_name(message)]
        for statement in list(message):
            ended = whole or statement is not message[-1]
            if local_name(statement) == name:
                self._take(statement, ended)
                if ended:
                    self._end_statement()
            if ended:
                message.remove(statement)

    def _take(self, statement: Element, ended: bool) -> None:
        count = len(statement) - (not ended)
        for child in statement[:count]:
            match local_name(child):
                case "Ntry":
                    self._in_currency(child)
                    line = self.entries.read(child)
                    if line is not None:
                        self._lines.append(line)
                case "Bal":
                    self._balance(child)
                case "Id":
                    self._number = text_of(child)
                case "Acct":
                    self._of_account(child)
        del statement[:count]

    def _in_currency(self, parent: Element) -> None:
        """Note the currency of an entry or balance that is not in sterling."""
        amount = _child(parent, "Amt")
        if amount is not None and amount.get("Ccy", GBP) != GBP:
            self._currencies[amount.get("Ccy", "")] = None

    def _of_account(self, account: Element) -> None:
        currency = text_of(_child(account, "Ccy"))
        if currency not in ("", GBP):
            self._currencies = {currency: None, **self._currencies}
        named = _child(account, "Id")
        if named is not None:
            told = [text_of(item) for item in named.iter() if local_name(item) in ("IBAN", "Id")]
            self._account = next(filter(None, told), "")

    def _balance(self, balance: Element) -> None:
        code = next((text_of(item) for item in balance.iter() if local_name(item) == "Cd"), "")
        text = text_of(_child(balance, "Amt"))
        sign = -1 if text_of(_child(balance, "CdtDbtInd")) == "DBIT" else 1
        self._in_currency(balance)
        pence = exact_pence(text)
        if pence is not None:
            self._balances.setdefault(code, []).append(sign * pence)
        elif code in (*_OPENING, _CLOSING, _INTERIM):
            message = f"the balance {code} is no amount in pounds and pence"
            problem = Problem("not-a-number", message, FETCH_AGAIN, self.file, None, "Bal", text)
            self.problems.append(problem)

    def _end_statement(self) -> None:
        # The first currency that is not sterling stands for all: any has the file refused.
        currency = next(iter(self._currencies), GBP)
        lines = tuple(self._lines)
        self.statements.append(
            BankStatement(self._account, lines, self._ends(), currency, self._number)
        )
        self._begin_statement()

    def _ends(self) -> tuple[StatedBalance, ...]:
        """The booked balances before and after the entries.

        A page of a longer statement states interim ones: the first is its opening balance where
        there is no other, the last its closing one.
        """
        stated = self._balances
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


def _upper(root: Element) -> list[Element]:
    """Where a message may stand: alone, in a document, or in the envelope some put around it."""
    found = [root]
    for element in found:
        if local_name(element) in ("Document", "BizMsgEnvlp"):
            found += element
    return found


def _child(parent: Element, name: str) -> Element | None:
    return parent.find(parent.tag[: -len(local_name(parent))] + name)
