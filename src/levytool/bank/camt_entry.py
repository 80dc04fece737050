"""One entry (`Ntry`) of a camt message as a line: its sign, day, texts and references.

A batch is one entry: its transactions' names and remittance texts are all in the line's texts, so
that the documents they name are found. An entry that is not booked is no entry yet.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import StatementLine
from levytool.problems import Problem

_TRANSACTION = "NtryDtls/TxDtls"
ENTRY_FACTS = {
    "Amt": "amount",
    "CdtDbtInd": "side",
    "RvslInd": "reversed",
    "Sts": "status",
    "Sts/Cd": "status",
    "BookgDt/Dt": "booked",
    "BookgDt/DtTm": "booked",
    "ValDt/Dt": "valued",
    "ValDt/DtTm": "valued",
    "AcctSvcrRef": "own reference",
    "AddtlNtryInf": "further",
    f"{_TRANSACTION}/Refs/EndToEndId": "reference",
    f"{_TRANSACTION}/Refs/AcctSvcrRef": "transaction's own reference",
    f"{_TRANSACTION}/RltdPties/Dbtr/Nm": "payer",
    f"{_TRANSACTION}/RltdPties/Dbtr/Pty/Nm": "payer",
    f"{_TRANSACTION}/RltdPties/Cdtr/Nm": "payee",
    f"{_TRANSACTION}/RltdPties/Cdtr/Pty/Nm": "payee",
    f"{_TRANSACTION}/RmtInf/Ustrd": "remittance",
    f"{_TRANSACTION}/RmtInf/Strd/RfrdDocInf/Nb": "reference",
    f"{_TRANSACTION}/RmtInf/Strd/CdtrRefInf/Ref": "reference",
    f"{_TRANSACTION}/AddtlTxInf": "remittance",
}
"""Where an entry says what. Since version 8 a party and a status stand one element deeper."""

_NO_REFERENCE = frozenset({"NOTPROVIDED", "NONREF", "NOT PROVIDED"})
_TRUE = frozenset({"true", "1"})
REVERSAL = "reversal"
"""Stands first in the text of an entry that the bank marks as the reversal of another."""

Facts = Mapping[str, Sequence[str]]


class EntryReader:
    """Reads entries in order; keeps what is wrong with them, and how many are not booked yet."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._read = 0
        self._waiting = 0

    def warnings(self) -> Iterator[Problem]:
        """Entries that are announced, but not booked."""
        if self._waiting:
            yield Problem(
                "not-booked",
                f"{self._waiting:,} entries are not booked yet and were left out",
                "import the statement that has them as booked",
                file=self.file,
            )

    def read(self, facts: Facts) -> StatementLine | None:
        """The line of an entry; None for one that is not booked, or wrong, with the reason kept."""
        self._read += 1
        if "status" in facts and facts["status"][0] != "BOOK":
            self._waiting += 1
            return None
        reversed_ = "reversed" in facts and facts["reversed"][0] in _TRUE
        side = first(facts, "side")
        pence = self._pence(first(facts, "amount"), side)
        day = self._day(first(facts, "booked") or first(facts, "valued"))
        if pence is None or day is None:
            return None
        description = _description(facts, (side == "CRDT") != reversed_)
        if reversed_:
            description = f"{REVERSAL}, {description}" if description else REVERSAL
        references = dict.fromkeys(filter(_is_said, facts.get("reference", ())))
        own = _own_reference(facts)
        return StatementLine(self._read, day, pence, description, " ".join(references), own)

    def _pence(self, text: str, side: str) -> int | None:
        """The signed pence. The mark tells the way the money goes now, of a reversal too."""
        pence = exact_pence(text)
        if pence is None or pence < 0:
            self._refuse("not-a-number", "Amt", text, "this is no amount in pounds and pence")
            return None
        if side not in ("CRDT", "DBIT"):
            self._refuse("missing", "CdtDbtInd", side, "the entry is neither credit nor debit")
            return None
        return pence if side == "CRDT" else -pence

    def _day(self, text: str) -> date | None:
        day = _iso_day(text[:10])
        if day is None:
            code = "not-a-date" if text else "missing"
            self._refuse(code, "BookgDt", text, "the entry's booking date cannot be read")
        return day

    def _refuse(self, code: str, column: str, value: str, message: str) -> None:
        self.problems.append(
            Problem(code, message, FETCH_AGAIN, self.file, self._read, column, value)
        )


def first(facts: Facts, name: str) -> str:
    """The first text of a fact; '' where nothing was said."""
    return facts[name][0] if name in facts else ""


def _is_said(text: str) -> bool:
    return text.upper() not in _NO_REFERENCE


def _own_reference(facts: Facts) -> str:
    """What the bank calls the entry, or its only transaction; '' where it does not."""
    own = facts.get("own reference") or facts.get("transaction's own reference") or ()
    return own[0] if len(own) == 1 and _is_said(own[0]) else ""


def _description(facts: Facts, from_payer: bool) -> str:
    """The other party, what it wrote, and what the bank adds; each thing once."""
    names = ("payer", "payee") if from_payer else ("payee", "payer")
    other = next((facts[name] for name in names if name in facts), ())
    pieces = dict.fromkeys(other)
    if "remittance" in facts:
        pieces[" ".join(dict.fromkeys(facts["remittance"]))] = None
    further = first(facts, "further")
    if further and not any(further in piece for piece in pieces):
        pieces[further] = None
    return " ".join(", ".join(pieces).split())


@cache
def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
