"""One entry (`Ntry`) of a camt message as a line: its sign, day, texts and references.

A batch is one entry: its transactions' names and remittance texts are all in the line's texts, so
that the documents they name are found. An entry that is not booked is no entry yet.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from xml.etree.ElementTree import Element

from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import GBP, StatementLine
from levytool.problems import Problem

_NO_REFERENCE = frozenset({"NOTPROVIDED", "NONREF", "NOT PROVIDED"})
_TRUE = frozenset({"true", "1"})
_PIECES_OF_REFERENCE = frozenset({"EndToEndId", "Nb", "Ref"})
REVERSAL = "reversal"
"""Stands first in the text of an entry that the bank marks as the reversal of another."""


@cache
def local_name(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


class EntryReader:
    """Reads entries in order; keeps what is wrong with them, their currency, and what waits."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._currency = ""
        self._read = 0
        self._waiting = 0

    def take_currency(self) -> str:
        """The currency of the entries since it was last asked: one that is not sterling, if any."""
        currency, self._currency = self._currency, ""
        return currency

    def warnings(self) -> Iterator[Problem]:
        """Entries that are announced, but not booked."""
        if self._waiting:
            yield Problem(
                "not-booked",
                f"{self._waiting:,} entries are not booked yet and were left out",
                "import the statement that has them as booked",
                file=self.file,
            )

    def read(self, entry: Element) -> StatementLine | None:
        """The line of an entry; None for one that is not booked, or wrong, with the reason kept."""
        self._read += 1
        amount: Element | None = None
        side = status = booked = valued = own_reference = further = ""
        reversed_ = False
        texts = _Texts()
        for child in entry:
            match local_name(child.tag):
                case "Amt":
                    amount = child
                case "CdtDbtInd":
                    side = _text(child)
                case "RvslInd":
                    reversed_ = _text(child) in _TRUE
                case "Sts":
                    status = _text(child) or _text_below(child)
                case "BookgDt":
                    booked = _text_below(child)
                case "ValDt":
                    valued = _text_below(child)
                case "AcctSvcrRef":
                    own_reference = _text(child)
                case "AddtlNtryInf":
                    further = _text(child)
                case "NtryDtls":
                    texts.read(child)
        if status not in ("", "BOOK"):
            self._waiting += 1
            return None
        pence = self._pence(amount, side)
        day = self._day(booked or valued)
        if pence is None or day is None:
            return None
        description = texts.description((side == "CRDT") != reversed_, further)
        if reversed_:
            description = f"{REVERSAL}, {description}" if description else REVERSAL
        reference = " ".join(texts.references)
        servicer = own_reference or texts.only_servicer_reference
        return StatementLine(
            self._read, day, pence, description, reference, "" if _is_none(servicer) else servicer
        )

    def _pence(self, amount: Element | None, side: str) -> int | None:
        """The signed pence. The mark tells the way the money goes now, of a reversal too."""
        text = "" if amount is None else _text(amount)
        if amount is not None and amount.get("Ccy", GBP) != GBP:
            self._currency = amount.get("Ccy", "")
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
            self._refuse(
                "not-a-date" if text else "missing",
                "BookgDt",
                text,
                "the entry's booking date cannot be read",
            )
        return day

    def _refuse(self, code: str, column: str, value: str, message: str) -> None:
        self.problems.append(
            Problem(code, message, FETCH_AGAIN, self.file, self._read, column, value)
        )


class _Texts:
    """What the transactions of an entry say, each thing once, in order."""

    def __init__(self) -> None:
        self._payers: dict[str, None] = {}
        self._payees: dict[str, None] = {}
        self._remittances: dict[str, None] = {}
        self.references: dict[str, None] = {}
        self._servicer: list[str] = []

    @property
    def only_servicer_reference(self) -> str:
        """The bank's reference of the entry's one transaction; '' where there are several."""
        return self._servicer[0] if len(self._servicer) == 1 else ""

    def description(self, from_payer: bool, further: str) -> str:
        """The other party, what it wrote, and what the bank adds."""
        names = (self._payers or self._payees) if from_payer else (self._payees or self._payers)
        pieces = {**names, **self._remittances}
        if further and not any(further in piece for piece in pieces):
            pieces[further] = None
        return ", ".join(pieces)

    def read(self, details: Element) -> None:
        """Take in the transactions of `NtryDtls`."""
        for transaction in details:
            if local_name(transaction.tag) != "TxDtls":
                continue
            for part in transaction:
                match local_name(part.tag):
                    case "Refs":
                        self._read_references(part)
                    case "RltdPties":
                        self._read_parties(part)
                    case "RmtInf":
                        self._read_remittance(part)
                    case "AddtlTxInf":
                        _keep(self._remittances, _text(part))

    def _read_references(self, references: Element) -> None:
        for item in references:
            match local_name(item.tag):
                case "EndToEndId":
                    _keep(self.references, _text(item))
                case "AcctSvcrRef":
                    self._servicer.append(_text(item))

    def _read_parties(self, parties: Element) -> None:
        for party in parties:
            into = {"Dbtr": self._payers, "Cdtr": self._payees}.get(local_name(party.tag))
            if into is None:
                continue
            # Since version 8 the party stands in a `Pty` of its own.
            name = next((item for item in party.iter() if local_name(item.tag) == "Nm"), None)
            if name is not None:
                _keep(into, _text(name))

    def _read_remittance(self, remittance: Element) -> None:
        words = [_text(item) for item in remittance if local_name(item.tag) == "Ustrd"]
        _keep(self._remittances, " ".join(words))
        for item in remittance:
            if local_name(item.tag) == "Strd":
                for piece in item.iter():
                    if local_name(piece.tag) in _PIECES_OF_REFERENCE:
                        _keep(self.references, _text(piece))


def _keep(into: dict[str, None], text: str) -> None:
    if text and not _is_none(text):
        into[text] = None


def _is_none(text: str) -> bool:
    return text.upper() in _NO_REFERENCE


def _text(element: Element) -> str:
    return " ".join((element.text or "").split())


def _text_below(element: Element) -> str:
    """The text of the first element below that has one: `Sts/Cd`, `BookgDt/Dt` or `DtTm`."""
    return next((text for item in element if (text := _text(item))), "")


@cache
def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
