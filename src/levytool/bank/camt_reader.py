"""Reading camt.052, camt.053 and camt.054 (ISO 20022), whatever version they are of.

Elements are known by their local names, so that the namespace does not matter, and the file is
read as a stream: one entry at a time.
"""

from functools import partial
from pathlib import Path
from xml.parsers.expat import ExpatError

from levytool.bank.camt_entry import ENTRY_FACTS, EntryReader, first
from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import GBP, BankStatement, StatedBalance, StatementLine
from levytool.bank.xml_paths import Facts, Node, UnsafeXml, read_xml
from levytool.problems import Problem

MESSAGES = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}
_ENVELOPES = ("Document", "BizMsgEnvlp/Document", "")
"""Where messages begin: in a document, in the envelope that some banks put around it, or alone."""

_STATEMENT_FACTS = {
    "Id": "number",
    "Acct/Id/IBAN": "account",
    "Acct/Id/Othr/Id": "account",
    "Acct/Ccy": "currency",
}
_BALANCE_FACTS = {"Tp/CdOrPrtry/Cd": "code", "Amt": "amount", "CdtDbtInd": "side"}
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), "CLBD", "ITBD"


def read_camt(path: Path) -> tuple[str, list[BankStatement], list[Problem], list[Problem]]:
    """The message's name, its statements, what is wrong and what is worth a look.

    The name is '' where the file is XML, but none of these messages.
    """
    reader = _Reader(path.name)
    try:
        reader.read(path)
    except UnsafeXml:
        problem = Problem(
            "unsafe-xml",
            "the file declares a document type or entities, as no bank's statement does: it could "
            "read other files or fill the memory",
            "do not open it; fetch the statement from the bank itself",
            file=path.name,
        )
        return "", [], [problem], []
    except ExpatError as reason:
        problem = Problem(
            "unreadable-file", f"it is no well-formed XML: {reason}", FETCH_AGAIN, file=path.name
        )
        return "", [], [problem], []
    return reader.message, reader.statements, reader.problems, reader.warnings


class _Reader:
    """One pass over a file: facts are kept until the end of what they belong to completes it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.message = ""
        self.statements: list[BankStatement] = []
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._entries = EntryReader(file)
        self._facts: Facts = {}
        self._of_statement: Facts = {}
        self._currencies: dict[str, None] = {}
        self._lines: list[StatementLine] = []
        self._balances: dict[str, list[int]] = {}

    def read(self, path: Path) -> None:
        read_xml(path, self._wanted(), self._in_currency)
        self.problems += self._entries.problems
        self.warnings += self._entries.warnings()

    def _wanted(self) -> Node:
        root = Node()
        for envelope in _ENVELOPES:
            for element, (message, statement) in MESSAGES.items():
                place = root.at(f"{envelope}/{element}".lstrip("/"))
                place.ends = partial(self._end_message, message)
                place = place.at(statement)
                place.want(_STATEMENT_FACTS, self._of_statement)
                place.ends = self._end_statement
                entry, balance = place.at("Ntry"), place.at("Bal")
                entry.want(ENTRY_FACTS, self._facts)
                entry.ends = self._end_entry
                balance.want(_BALANCE_FACTS, self._facts)
                balance.ends = self._end_balance
        return root

    def _in_currency(self, currency: str) -> None:
        if currency != GBP:
            self._currencies[currency] = None

    def _end_message(self, message: str) -> None:
        self.message = message

    def _end_entry(self) -> None:
        line = self._entries.read(self._facts)
        if line is not None:
            self._lines.append(line)
        self._facts.clear()

    def _end_balance(self) -> None:
        code, text = (first(self._facts, name) for name in ("code", "amount"))
        sign = -1 if first(self._facts, "side") == "DBIT" else 1
        pence = exact_pence(text)
        if pence is not None:
            self._balances.setdefault(code, []).append(sign * pence)
        elif code in (*_OPENING, _CLOSING, _INTERIM):
            message = f"the balance {code} is no amount in pounds and pence"
            problem = Problem("not-a-number", message, FETCH_AGAIN, self.file, None, "Bal", text)
            self.problems.append(problem)
        self._facts.clear()

    def _end_statement(self) -> None:
        if named := first(self._of_statement, "currency"):
            self._in_currency(named)
        number, account = (first(self._of_statement, name) for name in ("number", "account"))
        # The first currency that is not sterling stands for all: any has the file refused.
        currency = next(iter(self._currencies), GBP)
        lines = tuple(self._lines)
        self.statements.append(BankStatement(account, lines, self._ends(), currency, number))
        self._of_statement.clear()
        self._currencies, self._lines, self._balances = {}, [], {}

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
