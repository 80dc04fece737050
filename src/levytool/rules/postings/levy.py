"""What a levy document, its settlement and its write-off post (domain §3.5).

Net amounts are pence by member, negative on a credit note. In received mode the levy waits in 2000
until it is paid; in billed mode it is in the levy fund (2100) at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from levytool.accounts import Account
from levytool.book.records import FundedOn
from levytool.journal import Entry, Kind, Leg, Transfer, transfer
from levytool.rules.postings.occasion import (
    Occasion,
    between_codes,
    entry,
    per_code,
    within_codes,
)
from levytool.rules.receipts import retained_pence

VAT = Leg(Account.VAT_CONTROL)


@dataclass(frozen=True, slots=True)
class Settled:
    """The net of one document that a settlement moves from 2000 to 2100, and what is retained.

    Both by member, negative for a credit note; `rules.receipts` works them out. `framework` is the
    document's, by which 4100 is kept.
    """

    framework: str
    net_pence: Mapping[str, int]
    retained_pence: Mapping[str, int] = field(default_factory=dict)

    def transfers(self) -> tuple[Transfer, ...]:
        """2000 to 2100 for each member, and the retained share of it on to 4100."""
        billed, fund = Account.LEVY_BILLED_NOT_RECEIVED, Account.LEVY_FUND
        retained = Leg(Account.LEVY_RETAINED, self.framework)
        return (
            *within_codes(billed, fund, self.net_pence),
            *per_code(fund, retained, self.retained_pence),
        )


def document_accepted(
    on: Occasion,
    payer: str,
    framework: str,
    net_pence: Mapping[str, int],
    vat_pence: int,
    funded_on: FundedOn,
    retained_ppm: int = 0,
) -> Entry:
    """An accepted return's document: 1100 to 2000 (billed mode: 2100) by member, and 2500.

    A zero document leaves the payer alone and posts its members' shares member to member. In billed
    mode the retained share (`retained_ppm`) goes to 4100 with it; in received mode that waits for
    the receipt. A full credit note is this with every amount negated.
    """
    debtor = Leg(Account.LEVY_DEBTORS, payer)
    levy = Account.LEVY_FUND if funded_on == "billed" else Account.LEVY_BILLED_NOT_RECEIVED
    if sum(net_pence.values()):
        shares = per_code(levy, debtor, {code: -pence for code, pence in net_pence.items()})
    else:
        shares = between_codes(levy, net_pence)
    retained: tuple[Transfer, ...] = ()
    if funded_on == "billed" and retained_ppm:
        kept = {code: retained_pence(retained_ppm, pence, 0) for code, pence in net_pence.items()}
        retained = per_code(Account.LEVY_FUND, Leg(Account.LEVY_RETAINED, framework), kept)
    vat = transfer(debtor, VAT, vat_pence)
    narrative = f"Levy of {payer} on {framework}"
    return entry(on, Kind.DOCUMENT, narrative, "", shares, vat, retained)


def default_charged(
    on: Occasion, payer: str, framework: str, net_pence: int, vat_pence: int
) -> Entry:
    """A default charge for a missing return: 1100 to 2050 and 2500. It never funds a pot."""
    debtor = Leg(Account.LEVY_DEBTORS, payer)
    net = transfer(debtor, Leg(Account.DEFAULT_CHARGES, framework), net_pence)
    vat = transfer(debtor, VAT, vat_pence)
    narrative = f"Default charge to {payer} on {framework}"
    return entry(on, Kind.DEFAULT_CHARGE, narrative, "", net, vat)


def receipt_allocated(
    on: Occasion, payer: str, gross_pence: int, settled: Settled | None = None
) -> Entry:
    """A payer's receipt set against a document: 2910 to 1100, and 2000 to 2100 with its share.

    `settled` is None in billed mode and for a default charge. `gross_pence` is negative for a
    credit note that the payer took off its payment.
    """
    cash = transfer(
        Leg(Account.UNALLOCATED_RECEIPTS, payer), Leg(Account.LEVY_DEBTORS, payer), gross_pence
    )
    moves = settled.transfers() if settled else ()
    return entry(on, Kind.ALLOCATION, f"Receipt of {payer} allocated", "", cash, moves)


def documents_settled(on: Occasion, payer: str, *documents: Settled) -> Entry:
    """Documents settled without cash: 2000 and 2100 move for each, inversely for credit notes.

    For a credit note set against an invoice of the same payer. It also suits a zero document in
    received mode, which nobody will ever pay.
    """
    moves = (document.transfers() for document in documents)
    return entry(on, Kind.SET_OFF, f"Documents of {payer} set against each other", "", *moves)


def written_off(
    on: Occasion,
    payer: str,
    framework: str,
    open_net_pence: Mapping[str, int],
    open_vat_pence: int,
    funded_on: FundedOn,
    retained_pence: Mapping[str, int] | None = None,
) -> Entry:
    """What is open on a document written off: 2000 net to 1100, and 6200 its VAT until relief.

    In billed mode 2100 bears the net less `retained_pence` (by member), which 4100 bears since it
    was retained on billing; in received mode nothing was, so leave it out.
    """
    debtor = Leg(Account.LEVY_DEBTORS, payer)
    kept = retained_pence or {}
    borne = {code: pence - kept.get(code, 0) for code, pence in open_net_pence.items()}
    levy = Account.LEVY_FUND if funded_on == "billed" else Account.LEVY_BILLED_NOT_RECEIVED
    shares = per_code(levy, debtor, borne)
    share = transfer(Leg(Account.LEVY_RETAINED, framework), debtor, sum(kept.values()))
    vat = transfer(Leg(Account.BAD_DEBTS), debtor, open_vat_pence)
    return entry(on, Kind.WRITE_OFF, f"Debt of {payer} written off", "", shares, share, vat)


def vat_relieved(on: Occasion, payer: str, pence: int) -> Entry:
    """Bad-debt relief on VAT that was written off: HMRC bears it, 2500 to 6200."""
    moves = transfer(VAT, Leg(Account.BAD_DEBTS), pence)
    return entry(on, Kind.VAT_RELIEF, f"VAT relief on the debt of {payer}", "", moves)


def late_interest_charged(on: Occasion, payer: str, pence: int) -> Entry:
    """Interest on a late document: 1100 to 4200. No member has a share in it, and no VAT is due."""
    moves = transfer(Leg(Account.LEVY_DEBTORS, payer), Leg(Account.OTHER_INCOME), pence)
    return entry(on, Kind.LATE_INTEREST, f"Interest of {payer}", "", moves)


def late_interest_written_off(on: Occasion, payer: str, pence: int) -> Entry:
    """Interest that will not be paid: income that never came, 4200 to 1100."""
    moves = transfer(Leg(Account.OTHER_INCOME), Leg(Account.LEVY_DEBTORS, payer), pence)
    return entry(on, Kind.WRITE_OFF, f"Interest of {payer} written off", "", moves)
