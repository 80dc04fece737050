"""Sage 50's audit-trail import (domain §3.10): one row a posting, every amount positive.

Levy documents are SI and SC of their payer, receipts set against documents SA, and SP where that is
taken back; whatever else moves a payer's debt is an SI or SC without VAT. All of these move 1100,
Sage's debtors control, by themselves. Everything that leaves the debtors alone is JD and JC. Tax on
SI and SC goes to Sage's own VAT account, which 2500 stands for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from levytool.accounts import Account
from levytool.book.records import Book
from levytool.book.toml import quoted
from levytool.exports.batch import (
    Batch,
    ExportFile,
    JournalLine,
    Written,
    account_code,
    account_name,
    cannot_say,
    day_first,
    journal_lines,
    shortened,
    too_long_codes,
    turnover_pence,
)
from levytool.exports.csv_text import Cell, amount, csv_text, words
from levytool.exports.tax_codes import SAGE, no_tax_code, tax_code
from levytool.journal import Leg, Transfer
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.reports.finance_exports import PostedEntry
from levytool.problems import Problem
from levytool.rules.vat import vat_by_line

HEADER = (
    *("Type", "Account Reference", "Nominal A/C Ref", "Department Code", "Date"),
    *("Reference", "Details", "Net Amount", "Tax Code", "Tax Amount"),
)
LONGEST_REFERENCE = 8
"""Characters of a customer's account reference in Sage 50."""

LONGEST_NOMINAL = 8
LONGEST_DETAILS = 60
NO_DEPARTMENT = "0"
CHARGES = frozenset({"SI", "SP"})
"""The types that add to a payer's debt."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One posting. `leg` gives the nominal account and the department, `payer` the customer."""

    type: str
    leg: Leg
    net_pence: int
    tax_code: str
    tax_pence: int = 0
    payer: str = ""


@dataclass(slots=True)
class _Reading:
    """The postings of one entry as they are found, and what of it Sage cannot say."""

    batch: Batch
    posted: PostedEntry
    problems: list[Problem] = field(default_factory=list)

    @property
    def outside(self) -> str:
        return tax_code(self.batch.settings, SAGE, None)

    def rows(self) -> list[_Row]:
        """The entry's postings: what moves a debt first, then the journal."""
        transfers = self.posted.entry.transfers
        code = tax_code(self.batch.settings, SAGE, self._rate_ppm)
        if not code and any(map(_moves_debt, transfers)):
            self.problems.append(no_tax_code(self.posted, self._rate_ppm))
        charges = [item for item in transfers if _is_charge(item)]
        others = [item for item in transfers if _moves_debt(item) and not _is_charge(item)]
        found = self._with_vat(
            [*self._debts(charges, code, is_charge=True), *self._debts(others, code, False)]
        )
        for line in journal_lines(item for item in transfers if not _moves_debt(item)):
            kind = "JD" if line.pence > 0 else "JC"
            found.append(_Row(kind, line.leg, abs(line.pence), self.outside))
        return found

    @property
    def _rate_ppm(self) -> int | None:
        return self.posted.document.vat_rate_ppm if self.posted.document else None

    def _debts(self, transfers: Sequence[Transfer], code: str, is_charge: bool) -> list[_Row]:
        """What debits (or credits) payers: documents, receipts, and the rest."""
        rows: list[_Row] = []
        for item in transfers:
            debtor, other = (item.debit, item.credit) if is_charge else (item.credit, item.debit)
            if other.account is Account.LEVY_DEBTORS:
                message = f"it moves a debt from {other.dimension} to {debtor.dimension}"
                hint = "enter it in Sage by hand, and take another format for this period"
                self.problems.append(cannot_say(self.posted, message, hint))
            elif item.amount_pence and not self._is_vat(other):
                kind = _debt_type(other.account, is_charge)
                rows.append(_Row(kind, other, item.amount_pence, code, 0, debtor.dimension))
        return rows

    def _is_vat(self, leg: Leg) -> bool:
        """Whether what moves a debt against the leg is a document's VAT."""
        return self.posted.document is not None and leg.account is Account.VAT_CONTROL

    def _with_vat(self, rows: list[_Row]) -> list[_Row]:
        """The rows with the document's VAT on them; a credit's is taken off."""
        vat_pence = sum(
            item.amount_pence if _is_charge(item) else -item.amount_pence
            for item in self.posted.entry.transfers
            if _moves_debt(item) and (self._is_vat(item.debit) or self._is_vat(item.credit))
        )
        if not rows:
            if vat_pence:
                message = "it charges VAT on nothing"
                hint = "enter it in Sage by hand, and take another format for this period"
                self.problems.append(cannot_say(self.posted, message, hint))
            return []
        signs = [1 if row.type in CHARGES else -1 for row in rows]
        nets = [sign * row.net_pence for sign, row in zip(signs, rows, strict=True)]
        shares = vat_by_line(nets, self._rate_ppm, vat_pence)
        return [
            replace(row, tax_pence=sign * share)
            for row, sign, share in zip(rows, signs, shares, strict=True)
        ]


def _moves_debt(item: Transfer) -> bool:
    return Account.LEVY_DEBTORS in (item.debit.account, item.credit.account)


def _is_charge(item: Transfer) -> bool:
    return item.debit.account is Account.LEVY_DEBTORS


def _debt_type(other: Account, is_charge: bool) -> str:
    if other is Account.UNALLOCATED_RECEIPTS:
        return "SP" if is_charge else "SA"
    return "SI" if is_charge else "SC"


def write_sage(batch: Batch) -> Written:
    """Every entry, in one file: Sage has no limit to its rows."""
    cells: list[tuple[Cell, ...]] = []
    problems: list[Problem] = []
    lines: list[JournalLine] = []
    payers: dict[str, str] = {}
    for posted in batch.entries:
        reading = _Reading(batch, posted)
        for row in reading.rows():
            cells.append(_cells(batch, posted, row))
            lines.append(JournalLine(row.leg, row.net_pence))
            if row.payer:
                payers[row.payer] = _reference(batch, row.payer)
        problems += reading.problems
    problems += too_long_codes(lines, batch.settings, LONGEST_NOMINAL)
    problems += _too_long(batch.book, payers)
    if problems:
        return Written((), tuple(problems))
    moved = sum(turnover_pence(journal_lines(posted.entry.transfers)) for posted in batch.entries)
    text = csv_text(HEADER, cells)
    name, count = batch.file_name("csv"), len(batch.entries)
    return Written((ExportFile(name, text, count, len(cells), moved, moved),))


def _reference(batch: Batch, payer: str) -> str:
    return batch.settings.references.get(payer, payer)


def _too_long(book: Book, payers: Mapping[str, str]) -> Iterator[Problem]:
    """Customers' references that Sage has no room for, with the line of the book that gives each
    party of a long code one; what the book says already stands in it too."""
    long = [code for _payer, code in sorted(payers.items()) if len(code) > LONGEST_REFERENCE]
    if not long:
        return
    said = book.consortium.exports.references
    known = {payer: said.get(payer, payer) for payer in (*book.members, *book.contractors, *payers)}
    line = ", ".join(
        f"{payer} = {quoted(code)}" for payer, code in {**said, **short_references(known)}.items()
    )
    are = "is" if len(long) == 1 else "are"
    yield Problem(
        "cannot-say",
        f"{', '.join(long)} {are} longer than the {LONGEST_REFERENCE} characters of a customer in "
        "Sage",
        "write this, or Sage's own, under [consortium.exports] in the book, and apply it: "
        f"references = {{ {line} }}",
    )


def short_references(known_as: Mapping[str, str]) -> dict[str, str]:
    """A reference that Sage has room for, for each party known as something longer: the beginning
    of its code, with a number where another party has that. No two are alike."""
    taken = {code.upper() for code in known_as.values() if len(code) <= LONGEST_REFERENCE}
    found: dict[str, str] = {}
    for party, code in sorted(known_as.items()):
        if len(code) <= LONGEST_REFERENCE:
            continue
        plain = "".join(char for char in party if char.isalnum())
        short, number = plain[:LONGEST_REFERENCE], 1
        while short in taken:
            number += 1
            short = plain[: LONGEST_REFERENCE - len(str(number))] + str(number)
        found[party] = short
        taken.add(short)
    return found


def _cells(batch: Batch, posted: PostedEntry, row: _Row) -> tuple[Cell, ...]:
    entry, settings, document = posted.entry, batch.settings, posted.document
    invoiced = document if row.payer else None  # its date is the tax point
    reference = invoiced.number if invoiced else entry_number(posted.id)
    day = invoiced.day if invoiced else entry.effective
    about = row.leg.dimension or account_name(row.leg.account)
    return (
        Cell(row.type),
        words(_reference(batch, row.payer) if row.payer else ""),
        words(account_code(settings, row.leg.account)),
        words(settings.departments.get(row.leg.dimension, NO_DEPARTMENT)),
        Cell(day_first(day)),
        words(reference),
        words(shortened(f"{entry.narrative}: {about}", LONGEST_DETAILS)),
        amount(row.net_pence),
        words(row.tax_code),
        amount(row.tax_pence),
    )
