"""A payer's remittance advice beside what the books have: no line of it goes without a word.

It is followed, or refused line by line with what to do instead. What it says otherwise than it was
used, and what of the payment it does not speak of, is remarked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from levytool.bank.remittance import RemittedLine
from levytool.ledger.documents.documents import StoredDocument
from levytool.money import display_pence, format_pence
from levytool.problems import InputRejected, Problem
from levytool.rules.matching.advices import MISTYPED, OF_ADVICES, OWN_REFERENCE
from levytool.rules.matching.open_items import (
    OpenReceipt,
    Placed,
    ReceiptMatch,
    ReceiptMatching,
    Remitted,
)

ANOTHER = "it may mean another document"


@dataclass(frozen=True, slots=True)
class OfLine:
    """What is known of the bank line of a receipt, in pence: `held` is what of it each payer has
    that is set against nothing, `nobodys` what nobody has identified, `whole` all of it."""

    held: Mapping[str, int]
    nobodys: int
    whole: int


@dataclass(frozen=True, slots=True)
class Advised:
    """An advice and the receipt that it is of."""

    file: str
    lines: Sequence[RemittedLine]
    receipt: OpenReceipt
    line: OfLine
    documents: Mapping[str, StoredDocument]

    @property
    def remitted(self) -> Remitted:
        """As the rules read it."""
        return {self.receipt.number: [(line.document, line.pence) for line in self.lines]}

    def remarks(self, found: ReceiptMatching) -> tuple[str, ...]:
        """What there is to say of the advice beside the match it made.

        Raises InputRejected, with a problem for each line that has one, where it made none.
        """
        match = self._by_advice(found.matches)
        if match is not None:
            return (*self._read_otherwise(match), *self._not_spoken_of(match))
        if misfits := list(misfits_of(self.file, self.lines, self.documents)):
            raise refused(self.file, misfits)
        match = self._by_advice(found.suggestions)
        if len({self._payer(line) for line in self.lines}) > 1:
            raise refused(self.file, list(self._of_several(match)))
        if match is not None:
            return (self._only_suggested(match), *self._not_spoken_of(match))
        raise refused(self.file, list(self._taken_by_others(found.matches)))

    def _by_advice(self, matches: Iterable[ReceiptMatch]) -> ReceiptMatch | None:
        of_it = (match for match in matches if match.receipt == self.receipt.number)
        return next((match for match in of_it if match.rule in OF_ADVICES), None)

    def _payer(self, line: RemittedLine) -> str:
        return self.documents[line.document].payer

    def _read_otherwise(self, match: ReceiptMatch) -> Iterator[str]:
        """The lines that a match follows otherwise than as they are written."""
        for line in self.lines:
            if (line.document, line.pence) not in match.documents:
                wrong = misfit_of(line, self.documents) or (ANOTHER, "")
                yield (
                    f"{self.file}:{line.row}: {line.reference} {format_pence(line.pence)} is not "
                    f"placed as it is written: {wrong[0]}; by {match.rule} {match.receipt} goes to "
                    f"{_told(match)}"
                )

    def _not_spoken_of(self, match: ReceiptMatch) -> Iterator[str]:
        total = sum(line.pence for line in self.lines)
        if total < self.receipt.pence:
            open_, left = display_pence(self.receipt.pence), display_pence(match.left_pence)
            yield (
                f"{self.file} is for {display_pence(total)}, but {open_} of {match.receipt} is not "
                f"allocated: {left} stays {match.payer}'s, on no document; ask the payer what it "
                "is for"
            )

    def _only_suggested(self, match: ReceiptMatch) -> str:
        receipt, whose = self.receipt, " or ".join(sorted(self.receipt.payers))
        if receipt.disputed:
            why = "a person has parted it or taken back what it was, or it went back, it seems"
        elif not receipt.may_be(match.payer):
            why = f"it is {whose}'s, as far as is known, and the documents are {match.payer}'s"
        elif match.rule in (MISTYPED, OWN_REFERENCE):
            why = "what is written may mean one document or another"
        else:
            why = "a number one slip away has just that much open"
        how = ", then ".join(_allocations(match.receipt, match.documents))
        return (
            f"{self.file} is not followed by itself on {match.receipt}: {why}; look, and if "
            f"it is meant so: {how}"
        )

    def _of_several(self, perhaps: ReceiptMatch | None) -> Iterator[Problem]:
        """Documents of several payers: whose money it is a person says, who may part the line.

        `perhaps` is what one payer could mean by it, had it mistyped the other's numbers.
        """
        lines = sorted(self.lines, key=lambda line: (self._payer(line), line.pence > 0, line.row))
        by_payer = {payer: list(group) for payer, group in groupby(lines, self._payer)}
        for (payer, its), first in zip(by_payer.items(), self._parting(by_payer), strict=True):
            others = " and ".join(other for other in by_payer if other != payer)
            message = f"it is {payer}'s, and the advice names documents of {others} too"
            if perhaps is not None and perhaps.payer != payer:
                message += f"; or {perhaps.payer} mistyped it, and means {_told(perhaps)}"
            placed = [(line.document, line.pence) for line in its]
            for place, command in enumerate(_allocations(self.receipt.number, placed)):
                how = f"{first}, then {command}" if first and not place else command
                yield Problem(
                    "several-payers",
                    message,
                    how if self._can_be_parted(by_payer) else _NOT_PARTED,
                    self.file,
                    its[place].row,
                    "",
                    its[place].reference,
                )

    def _can_be_parted(self, by_payer: Mapping[str, Sequence[RemittedLine]]) -> bool:
        return all(sum(line.pence for line in its) > 0 for its in by_payer.values())

    def _parting(self, by_payer: Mapping[str, Sequence[RemittedLine]]) -> Iterator[str]:
        """For each payer, what gives it its part of the line; '' where it has it."""
        line, number = self.line, self.receipt.number
        parts = {payer: sum(each.pence for each in its) for payer, its in by_payer.items()}
        wanted = {payer: max(0, part - line.held.get(payer, 0)) for payer, part in parts.items()}
        instead = sum(wanted.values()) > line.nobodys
        if instead:
            wanted = parts
        for place, (payer, pence) in enumerate(wanted.items()):
            identify = (
                f"levytool bank identify {number} --as receipt --party {payer} "
                f"--amount {format_pence(pence)}"
            )
            if not pence:
                yield ""
            elif not instead or place:
                yield identify
            elif self.receipt.pence < line.whole:
                yield (
                    f"first free all of the line, levytool bank unallocate {number}, then "
                    f"{identify} --instead"
                )
            else:
                yield f"{identify} --instead"

    def _taken_by_others(self, matches: Iterable[ReceiptMatch]) -> Iterator[Problem]:
        """Documents that other receipts pay for certain before this one could."""
        by_document = {number: match for match in matches for number, _pence in match.documents}
        number = self.receipt.number
        commands = _allocations(number, self.remitted[number])
        how = f"ask the payer; if the advice is right, place it first: {', then '.join(commands)}"
        for line in self.lines:
            match = by_document.get(line.document)
            told = f"{match.receipt} pays it, by {match.rule}" if match else "it stands beside that"
            yield Problem("document-taken", told, how, self.file, line.row, "", line.reference)


_NOT_PARTED = (
    "one payer's credit note cannot pay another's invoice: ask the payer for an advice of each"
)


def misfits_of(
    file: str, lines: Iterable[RemittedLine], documents: Mapping[str, StoredDocument]
) -> Iterator[Problem]:
    """The lines of an advice that are not as the books have them."""
    for line in lines:
        told = misfit_of(line, documents)
        if told is not None:
            yield Problem("unknown-document", *told, file, line.row, "", line.reference)


def misfit_of(
    line: RemittedLine, documents: Mapping[str, StoredDocument]
) -> tuple[str, str] | None:
    """What is wrong with a line of an advice, and what to do; None where it fits."""
    if not line.document:
        return "this is no document number", "write it as the document has it, as INV-000001"
    document = documents.get(line.document)
    if document is None:
        return "there is no such document", "see: levytool levy documents"
    open_pence = document.sign * document.outstanding_pence
    shown = display_pence(open_pence)
    if abs(line.pence) > abs(open_pence) or line.pence * open_pence <= 0:
        return f"{shown} is open on it, not {display_pence(line.pence)}", "ask the payer"
    if line.pence < 0 and line.pence != open_pence:
        return f"a credit note comes off whole, {shown}", "allocate the receipt by hand"
    return None


def refused(file: str, problems: Sequence[Problem]) -> InputRejected:
    """Why nothing of an advice was used."""
    return InputRejected(f"nothing of {file} was used", tuple(problems))


def _allocations(receipt: str, placed: Iterable[Placed]) -> list[str]:
    """The commands that place a receipt so. A credit note comes first: it is part of the money."""
    return [
        f"levytool bank allocate {receipt} {number}"
        + (f" --amount {format_pence(pence)}" if pence > 0 else "")
        for number, pence in sorted(placed, key=lambda one: one[1] > 0)
    ]


def _told(match: ReceiptMatch) -> str:
    return ", ".join(f"{number} {format_pence(pence)}" for number, pence in match.documents)
