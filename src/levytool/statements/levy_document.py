"""A levy invoice or credit note as one immutable value, and as the words that its forms lay out.

HMRC's required content of a VAT invoice (VAT Regulations 1995, regulations 14 and 15C): number,
date and tax point, supplier with address and VAT number, customer with address, what was supplied,
and for each rate the net, the rate and the VAT. Of a credit note also its reason, and the number
and date of the invoice that it credits (VAT Notice 700, 18.2.1). Amounts are pence, positive in
either kind.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from levytool.book.records import BankAccount
from levytool.money import display_pence, format_pence, format_percent
from levytool.periods import Period
from levytool.statements import words
from levytool.statements.values import Issuer, Recipient
from levytool.text import counted

OUTSIDE_THE_SCOPE = "Outside the scope of VAT"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """The levy on one member's spend under one lot at one rate (None: by bands)."""

    member: str
    member_name: str
    lot: str
    lot_title: str
    spend_pence: int
    rate_ppm: int | None
    levy_pence: int


@dataclass(frozen=True, slots=True)
class CreditUse:
    """What became of a part of a credit note: set against `invoice`, or else taken off the payment
    that the bank booked on `paid_on`."""

    amount_pence: int
    invoice: str = ""
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class SetAgainst:
    """What was set against an invoice as it was raised: `credit_note`, or else a part of the
    payment that the bank booked on `paid_on`."""

    amount_pence: int
    credit_note: str = ""
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class CreditedInvoice:
    """An invoice that a credit note takes back, and its date."""

    number: str
    day: date


@dataclass(frozen=True, slots=True)
class LevyDocument:
    """An invoice, or a credit note where `is_credit`. `credits` are the invoices it takes back, and
    `reason` is why, in the words of the person who asked for it ('': told by what it is).

    `takes_back` are the credit notes that an invoice takes back, `replaces` is what the document
    stands in the place of after a correction, and `set_against` what that set against it: all of
    its own making, so none of it changes later. What alone is told that came after it: the credit
    note that an invoice is `credited_by` in full, which leaves nothing to pay, and what it is then
    `replaced_by`.

    `day` is the tax point. `vat_rate_ppm` is None outside the scope, which 0 is not. A document
    without lines is a default charge, or interest on the document `interest_on`. `credit_uses` are
    what a credit note has been used up by, so far.
    """

    issuer: Issuer
    payer: Recipient
    number: str
    is_credit: bool
    day: date
    due: date
    return_number: str
    contractor_name: str
    framework: str
    framework_title: str
    period: Period
    lines: tuple[DocumentLine, ...]
    net_pence: int
    vat_rate_ppm: int | None
    vat_pence: int
    credits: tuple[CreditedInvoice, ...] = ()
    bank_account: BankAccount | None = None
    interest_on: str = ""
    credit_uses: tuple[CreditUse, ...] = ()
    takes_back: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    set_against: tuple[SetAgainst, ...] = ()
    credited_by: str = ""
    replaced_by: str = ""
    reason: str = ""

    @property
    def to_pay_pence(self) -> int:
        """What an invoice asks for: its total, less what was set against it as it was raised;
        nothing once it is credited in full."""
        if self.is_credit or self.credited_by:
            return 0
        return self.gross_pence - sum(item.amount_pence for item in self.set_against)

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence

    @property
    def unused_pence(self) -> int:
        """What of a credit note the payer may still take off."""
        return self.gross_pence - sum(use.amount_pence for use in self.credit_uses)

    @property
    def title(self) -> str:
        kind = "credit note" if self.is_credit else "invoice"
        return kind.capitalize() if self.vat_rate_ppm is None else f"VAT {kind}"

    @property
    def missing(self) -> tuple[str, ...]:
        """What the book lacks of a document that HMRC and the payer ask for."""
        account = self.bank_account
        lacks = {
            "the consortium's address": not self.issuer.address,
            "the consortium's vat_number": self.vat_rate_ppm is not None
            and not self.issuer.vat_number,
            f"the address of {self.payer.code}": not self.payer.address,
            "a bank account with sort code and number": self.to_pay_pence > 0
            and not (account and account.sort_code and account.number),
        }
        return tuple(what for what, lacking in lacks.items() if lacking)


Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Every word of a document's printed forms: text, HTML and PDF only lay them out.

    `rows` are cells under `headings`, the first with its small print behind it.
    """

    title: str
    number: str
    issuer: str
    issuer_lines: tuple[str, ...]
    payer: str
    payer_lines: tuple[str, ...]
    facts: Pairs
    description: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, str, str, str, str], ...]
    totals: Pairs
    key: Pairs
    payment_title: str
    payment: Pairs
    notes: tuple[str, ...]


def document_page(document: LevyDocument) -> DocumentPage:
    """A document in words."""
    issuer, payer = document.issuer, document.payer
    totals = _totals(document)
    date_box = ("Tax point", document.day) if _asks_nothing(document) else ("Due by", document.due)
    return DocumentPage(
        document.title,
        document.number,
        issuer.name,
        tuple(
            part
            for part in (
                ", ".join(issuer.address),
                issuer.email,
                f"VAT registration number {issuer.vat_number}" if issuer.vat_number else "",
            )
            if part
        ),
        payer.name,
        tuple(part for part in (", ".join(payer.address), f"Account {payer.code}") if part),
        _facts(document),
        _description(document),
        ("Levy on spend of", "Levyable spend", "Rate", "Levy"),
        tuple(_row(line) for line in document.lines),
        totals,
        ((date_box[0], words.day_words(date_box[1])), *_key(document, totals)),
        _payment_title(document),
        _payment(document),
        _notes(document),
    )


def _asks_nothing(document: LevyDocument) -> bool:
    """Whether nothing is to be paid: of a credit note, and of an invoice that was settled in full
    as it was raised or is credited since."""
    return document.is_credit or (bool(_less(document)) and not document.to_pay_pence)


def _totals(document: LevyDocument) -> Pairs:
    """Net, VAT and total; where something was set against it, that and what is left to pay."""
    rate = OUTSIDE_THE_SCOPE
    if document.vat_rate_ppm is not None:
        rate = f"VAT at {format_percent(document.vat_rate_ppm)}"
    label = "Total credited" if document.is_credit else "Total to pay"
    totals = [
        ("Net", display_pence(document.net_pence)),
        (rate, display_pence(document.vat_pence)),
        ("Total" if _less(document) else label, display_pence(document.gross_pence)),
    ]
    for of, pence in _less(document):
        totals.append((f"Less {of}", display_pence(-pence)))
    if _less(document):
        totals.append(("To pay", display_pence(document.to_pay_pence)))
    return tuple(totals)


def _key(document: LevyDocument, totals: Pairs) -> Pairs:
    """The totals that stand large: what was set against the total is left to the small table."""
    return (totals[2], totals[-1]) if _less(document) else totals


def _less(document: LevyDocument) -> tuple[tuple[str, int], ...]:
    """What comes off the total, in words, with its pence. A credit in full took back what was set
    against the invoice before."""
    if document.credited_by:
        return ((document.credited_by, document.gross_pence),)
    return tuple((_source(item), item.amount_pence) for item in document.set_against)


def _source(item: SetAgainst) -> str:
    """Where what was set against an invoice came from."""
    if item.paid_on is None:
        return item.credit_note
    return f"from your payment of {words.long_day_words(item.paid_on)}"


def _facts(document: LevyDocument) -> Pairs:
    terms, settled = (document.due - document.day).days, _asks_nothing(document)
    return tuple(
        pair
        for pair in (
            ("Number", document.number),
            ("Date and tax point", words.long_day_words(document.day)),
            ("Due", "" if settled else words.long_day_words(document.due)),
            ("Terms", "" if settled else f"{counted(terms, 'day')} from the date"),
            ("Credits", " and ".join(map(_dated, document.credits))),
            ("Reason", _reason(document)),
            ("Takes back", " and ".join(document.takes_back)),
            ("Replaces", " and ".join(document.replaces)),
            ("Credited by", document.credited_by),
            ("Replaced by", document.replaced_by),
            ("Return", document.return_number),
            ("Framework", f"{document.framework_title} ({document.framework})"),
            ("Period", words.period_words(document.period)),
        )
        if pair[1]
    )


def _dated(invoice: CreditedInvoice) -> str:
    return f"{invoice.number} of {words.long_day_words(invoice.day)}"


def _reason(document: LevyDocument) -> str:
    """Why a credit note was raised; '' for an invoice."""
    if not document.is_credit or document.reason:
        return document.reason
    period = words.period_words(document.period)
    if document.interest_on:
        return "The interest is no longer charged"
    if not document.lines:
        return f"The return for {period} is no longer missing"
    if document.credits:
        return f"Correction of the declared spend for {period}"
    return f"The levy on what {document.contractor_name} declared for {period} came to a credit"


def _description(document: LevyDocument) -> str:
    period = words.period_words(document.period)
    if document.interest_on:
        credit = "Credit of interest" if document.is_credit else "Interest"
        return f"{credit} for late payment of {document.interest_on}"
    if not document.lines:
        of = f"to {document.contractor_name} on {document.framework_title} for {period}"
        if document.is_credit:
            return f"Credit of the default charge {of}, which is no longer due"
        return f"Default charge {of}, whose return is missing"
    credit = "Credit of levy" if document.is_credit else "Levy"
    return (
        f"{credit} on spend with {document.contractor_name} under {document.framework_title}, "
        f"{period}"
    )


def _row(line: DocumentLine) -> tuple[str, str, str, str, str]:
    lot = f"Lot {line.lot}, {line.lot_title}" if line.lot_title else f"Lot {line.lot}"
    return (
        line.member_name,
        lot if line.lot else "",
        display_pence(line.spend_pence),
        "by bands" if line.rate_ppm is None else format_percent(line.rate_ppm),
        display_pence(line.levy_pence),
    )


def _payment_title(document: LevyDocument) -> str:
    if not document.is_credit:
        return "Nothing to pay" if _asks_nothing(document) else "How to pay"
    return "What to do with it" if document.unused_pence else "What became of it"


def _payment(document: LevyDocument) -> Pairs:
    account = document.bank_account
    if _asks_nothing(document) or account is None:
        return (("Reference", document.number),)
    return tuple(
        pair
        for pair in (
            ("Pay to", document.issuer.name),
            ("Sort code", account.sort_code),
            ("Account number", account.number),
            ("Payment reference", document.number),
        )
        if pair[1]
    )


def _notes(document: LevyDocument) -> tuple[str, ...]:
    notes = []
    if document.is_credit:
        notes.append(_use_words(document))
    elif document.credited_by:
        notes.append(_credited_words(document))
    elif _asks_nothing(document):
        notes.append(
            "Nothing is to be paid: this invoice was settled in full by what was set against it "
            "when it was raised."
        )
    else:
        what = f"{display_pence(document.to_pay_pence)} " if document.set_against else ""
        notes.append(
            f"Please pay {what}by {words.long_day_words(document.due)} and quote {document.number} "
            "alone, so that the payment finds this invoice."
        )
    if document.interest_on:
        notes.append(
            "Simple interest under the Late Payment of Commercial Debts (Interest) Act 1998, "
            "outside the scope of VAT."
        )
    elif document.vat_rate_ppm is None:
        notes.append("This levy is outside the scope of VAT: none is charged.")
    if document.lines:
        notes.append(
            "Levy is worked out on the exact total and shared out to the penny, so that a line may "
            "differ by a penny from its spend at its rate."
        )
    return tuple(notes)


def _credited_words(document: LevyDocument) -> str:
    """That an invoice was taken back, and where what was paid on it is."""
    said = f"Nothing is to be paid: this invoice was credited in full by {document.credited_by}"
    if document.replaced_by:
        return f"{said}, and {document.replaced_by} stands in its place, with what was paid on it."
    return (
        f"{said}. What was paid on it is yours to use: take it off a payment, or ask for it back."
    )


def _use_words(document: LevyDocument) -> str:
    """What the payer does with a credit, and of what is used up already what became of it."""
    used = " and ".join(
        f"{display_pence(use.amount_pence)} was "
        + (
            f"set against {use.invoice}"
            if use.paid_on is None
            else f"taken off your payment of {words.long_day_words(use.paid_on)}"
        )
        for use in document.credit_uses
    )
    if not document.unused_pence:
        return f"Nothing is left of this credit: {used}."
    take = (
        "off your next payment and quote both numbers, or ask for it to be set against an invoice."
    )
    if not used:
        return f"Take this credit {take}"
    left = display_pence(document.unused_pence)
    return f"Of this credit {used}. Take the {left} that is left {take}"


def document_figures(document: LevyDocument) -> dict[str, Any]:
    """A document as scripts read it."""
    account, rate_ppm = document.bank_account, document.vat_rate_ppm
    return {
        "number": document.number,
        "kind": "credit-note" if document.is_credit else "invoice",
        "date": document.day.isoformat(),
        "due": document.due.isoformat(),
        "issuer": {
            "name": document.issuer.name,
            "address": list(document.issuer.address),
            "email": document.issuer.email,
            "vat_number": document.issuer.vat_number,
        },
        "payer": {
            "code": document.payer.code,
            "name": document.payer.name,
            "address": list(document.payer.address),
        },
        "framework": document.framework,
        "framework_title": document.framework_title,
        "contractor": document.contractor_name,
        "period": str(document.period.last),
        "return": document.return_number,
        "credits": [one.number for one in document.credits],
        "credited_invoices": [
            {"number": one.number, "date": one.day.isoformat()} for one in document.credits
        ],
        "reason": _reason(document),
        "takes_back": list(document.takes_back),
        "replaces": list(document.replaces),
        "credited_by": document.credited_by,
        "replaced_by": document.replaced_by,
        "description": _description(document),
        "lines": [
            {
                "member": line.member,
                "member_name": line.member_name,
                "lot": line.lot,
                "lot_title": line.lot_title,
                "spend": format_pence(line.spend_pence),
                "rate": None if line.rate_ppm is None else format_percent(line.rate_ppm),
                "levy": format_pence(line.levy_pence),
            }
            for line in document.lines
        ],
        "net": format_pence(document.net_pence),
        "vat_rate": "outside the scope" if rate_ppm is None else format_percent(rate_ppm),
        "vat": format_pence(document.vat_pence),
        "gross": format_pence(document.gross_pence),
        "set_against": [
            {
                "amount": format_pence(item.amount_pence),
                "credit_note": item.credit_note,
                "paid_on": item.paid_on and item.paid_on.isoformat(),
            }
            for item in document.set_against
        ],
        "to_pay": format_pence(document.to_pay_pence),
        "payment": {
            "reference": document.number,
            "sort_code": account.sort_code if account else "",
            "account_number": account.number if account else "",
        },
    }
