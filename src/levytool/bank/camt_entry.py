"""One entry (`Ntry`) of a camt message as a line: its sign, day, texts and references.

A batch is one entry: its transactions' names and remittance texts are all in the line's texts, so
that the documents they name are found. An entry that is not booked is no entry yet.
"""

from datetime import date
from functools import cache
from xml.etree.ElementTree import Element

from levytool.bank.exact_amount import exact_pence
from levytool.bank.proof import FETCH_AGAIN
from levytool.bank.statement import GBP
from levytool.bank.xml_parts import local_name
from levytool.problems import Problem

_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NONREF", "NOT PROVIDED"})
_TRUE = frozenset({"true", "1"})
_PIECES_OF_REFERENCE = frozenset({"Nb", "Ref"})
REVERSAL = "reversal"
"""Stands first in the text of an entry that the bank marks as the reversal of another."""


EntryFacts = tuple[int, date, int, str, str, str]
"""What `StatementLine` takes, the row being the entry's place in its part of the file.

Plain, for it goes from process to process: a named tuple takes three times as long.
"""


class EntryReader:
    """Reads entries in order; what is wrong with them goes into `problems`.

    `waiting` are those that are announced, but not booked.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.read_so_far = 0
        self.waiting = 0

    def read(self, entry: Element, currencies: dict[str, None]) -> EntryFacts | None:
        """The facts of an entry; None for one that is not booked, or wrong, with the reason kept.

        A currency that is not sterling goes to `currencies`.
        """
        self.read_so_far += 1
        tags = _tags(entry.tag[: -len("Ntry")])
        amount = entry.find(tags.amount)
        note_currency(amount, currencies)
        if _below(entry, tags.status) not in ("", "BOOK"):
            self.waiting += 1
            return None
        side = entry.findtext(tags.side, "").strip()
        reversed_ = entry.findtext(tags.reversed, "").strip() in _TRUE
        pence = self._pence("" if amount is None else (amount.text or "").strip(), side)
        day = self._day(_below(entry, tags.booked) or _below(entry, tags.valued))
        if pence is None or day is None:
            return None
        texts = _Texts(tags)
        for details in entry.findall(tags.details):
            for transaction in details.findall(tags.transaction):
                texts.read(transaction)
        further = plain_text(entry.findtext(tags.further))
        description = texts.description((side == "CRDT") != reversed_, further)
        if reversed_:
            description = f"{REVERSAL}, {description}" if description else REVERSAL
        servicer = plain_text(entry.findtext(tags.own)) or texts.own_reference
        if servicer.upper() in _NO_REFERENCE:
            servicer = ""
        reference = " ".join(texts.references)
        return self.read_so_far, day, pence, description, reference, servicer

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
            Problem(code, message, FETCH_AGAIN, self.file, self.read_so_far, column, value)
        )


class _Tags:
    """The tags of an entry in one namespace, put together once."""

    def __init__(self, space: str) -> None:
        self.amount, self.side = f"{space}Amt", f"{space}CdtDbtInd"
        self.reversed, self.status = f"{space}RvslInd", f"{space}Sts"
        self.booked, self.valued = f"{space}BookgDt", f"{space}ValDt"
        self.own, self.further = f"{space}AcctSvcrRef", f"{space}AddtlNtryInf"
        self.details, self.transaction = f"{space}NtryDtls", f"{space}TxDtls"
        self.references, self.end_to_end = f"{space}Refs", f"{space}EndToEndId"
        self.parties, self.payer, self.payee = f"{space}RltdPties", f"{space}Dbtr", f"{space}Cdtr"
        self.party, self.name = f"{space}Pty", f"{space}Nm"
        self.remittance, self.words = f"{space}RmtInf", f"{space}Ustrd"
        self.structured, self.added = f"{space}Strd", f"{space}AddtlTxInf"


_tags = cache(_Tags)


class _Texts:
    """What the transactions of an entry say, each thing once, in order."""

    def __init__(self, tags: _Tags) -> None:
        self._tags = tags
        self._payers: dict[str, None] = {}
        self._payees: dict[str, None] = {}
        self._remittances: dict[str, None] = {}
        self._own: list[str] = []
        self.references: dict[str, None] = {}

    @property
    def own_reference(self) -> str:
        """The bank's reference of the entry's one transaction; '' where there are several."""
        return self._own[0] if len(self._own) == 1 else ""

    def description(self, from_payer: bool, further: str) -> str:
        """The other party, what it wrote, and what the bank adds."""
        names = (self._payers or self._payees) if from_payer else (self._payees or self._payers)
        pieces = {**names, **self._remittances}
        if further and not any(further in piece for piece in pieces):
            pieces[further] = None
        return ", ".join(pieces)

    def read(self, transaction: Element) -> None:
        """Take in one transaction (`TxDtls`)."""
        tags = self._tags
        references = transaction.find(tags.references)
        if references is not None:
            _keep(self.references, references.findtext(tags.end_to_end))
            if own := plain_text(references.findtext(tags.own)):
                self._own.append(own)
        parties = transaction.find(tags.parties)
        if parties is not None:
            self._keep_name(self._payers, parties.find(tags.payer))
            self._keep_name(self._payees, parties.find(tags.payee))
        remittance = transaction.find(tags.remittance)
        if remittance is not None:
            words = [item.text or "" for item in remittance.findall(tags.words)]
            _keep(self._remittances, " ".join(words))
            for item in remittance.findall(tags.structured):
                for piece in item.iter():
                    if local_name(piece) in _PIECES_OF_REFERENCE:
                        _keep(self.references, piece.text)
        _keep(self._remittances, transaction.findtext(tags.added))

    def _keep_name(self, into: dict[str, None], party: Element | None) -> None:
        """Keep a party's name, which since version 8 stands in a `Pty` of its own."""
        if party is not None:
            within = party.find(self._tags.party)
            _keep(into, (party if within is None else within).findtext(self._tags.name))


def note_currency(amount: Element | None, currencies: dict[str, None]) -> None:
    """Note the currency of an amount that is not in sterling."""
    if amount is not None and amount.get("Ccy", GBP) != GBP:
        currencies[amount.get("Ccy", "")] = None


def _keep(into: dict[str, None], text: str | None) -> None:
    if text and (plain := plain_text(text)).upper() not in _NO_REFERENCE:
        into[plain] = None


def plain_text(text: str | None) -> str:
    """A text with single spaces; '' where there is none."""
    return " ".join(text.split()) if text else ""


def _below(entry: Element, tag: str) -> str:
    """The text of an element, or of the first in it that has one: `Sts/Cd`, `BookgDt/DtTm`."""
    element = entry.find(tag)
    if element is None:
        return ""
    text: str = (element.text or "").strip()
    if text:
        return text
    return next((own for item in element if (own := (item.text or "").strip())), "")


@cache
def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
