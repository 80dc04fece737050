"""What provision, surplus, pots and schemes post (domain §3.5). Amounts are pence by code."""

from collections.abc import Mapping

from levytool.accounts import Account
from levytool.journal import Entry, Kind, Leg, transfer
from levytool.rules.postings.occasion import (
    Occasion,
    entry,
    per_code,
    scheme_leg,
    within_codes,
)
from levytool.rules.provision import PlacePayment


def provision_changed(on: Occasion, moves_pence: Mapping[str, int]) -> Entry:
    """Opportunities newly due set aside, 2100 to 2110 by member; negative where due fell."""
    moves = within_codes(Account.LEVY_FUND, Account.OPPORTUNITY_PROVISION, moves_pence)
    return entry(on, Kind.PROVISION, "Provision for opportunities due", "", moves)


def obligation_waived(on: Occasion, given_back_pence: Mapping[str, int]) -> Entry:
    """What a waiver after the framework's end gives back, 2110 to 2100 by member."""
    moves = within_codes(Account.OPPORTUNITY_PROVISION, Account.LEVY_FUND, given_back_pence)
    return entry(on, Kind.WAIVER, "Obligation waived after the framework's end", "", moves)


def opportunity_paid(on: Occasion, payee: str, payment: PlacePayment, vat_pence: int = 0) -> Entry:
    """An opportunity paid for: 2110 and 2500 to 2400; a saving to 2100, an overrun from it.

    `vat_pence` is the recoverable VAT, beside the net cost that `payment` met.
    """
    creditor = Leg(Account.CREDITORS, payee)
    return entry(
        on,
        Kind.OPPORTUNITY_PAID,
        f"Opportunity paid to {payee}",
        "",
        per_code(Account.OPPORTUNITY_PROVISION, creditor, payment.from_provision),
        per_code(Account.LEVY_FUND, creditor, payment.charged),
        within_codes(Account.OPPORTUNITY_PROVISION, Account.LEVY_FUND, payment.saved),
        transfer(Leg(Account.VAT_CONTROL), creditor, vat_pence),
    )


def surplus_released(on: Occasion, member: str, pence: int) -> Entry:
    """A member's surplus released to its pot, 2100 to 2200: a new cohort, or more of one."""
    moves = within_codes(Account.LEVY_FUND, Account.BROKERAGE_POT, {member: pence})
    return entry(on, Kind.RELEASE, f"Surplus of {member} released to its pot", "", moves)


def committed(on: Occasion, scheme: str, member: str, pence: int) -> Entry:
    """Money of a member's pot committed to a scheme, 2200 to 2300."""
    moves = transfer(Leg(Account.BROKERAGE_POT, member), scheme_leg(scheme, member), pence)
    return entry(on, Kind.COMMITMENT, f"{member} committed to scheme {scheme}", scheme, moves)


def match_funding_agreed(on: Occasion, scheme: str, funder: str, pence: int) -> Entry:
    """Another funder's money promised to a scheme, 1300 to 2300."""
    moves = transfer(Leg(Account.MATCH_FUNDING_DEBTORS, funder), scheme_leg(scheme, funder), pence)
    narrative = f"Match funding of {funder} agreed for scheme {scheme}"
    return entry(on, Kind.MATCH_FUNDING_AGREED, narrative, scheme, moves)


def match_funding_received(
    on: Occasion, scheme: str, funder: str, bank_account: str, pence: int
) -> Entry:
    """A bank line found to be a funder's payment, 2900 to 1300."""
    moves = transfer(
        Leg(Account.SUSPENSE, bank_account), Leg(Account.MATCH_FUNDING_DEBTORS, funder), pence
    )
    narrative = f"Match funding of {funder} received for scheme {scheme}"
    return entry(on, Kind.MATCH_FUNDING_RECEIVED, narrative, scheme, moves)


def drawn_down(
    on: Occasion, scheme: str, payee: str, net_pence: Mapping[str, int], vat_pence: int = 0
) -> Entry:
    """A drawdown borne by its sources, 2300 of each (and 2500 recoverable VAT) to 2400."""
    creditor = Leg(Account.CREDITORS, payee)
    borne = [
        item
        for source in sorted(net_pence)
        for item in transfer(scheme_leg(scheme, source), creditor, net_pence[source])
    ]
    vat = transfer(Leg(Account.VAT_CONTROL), creditor, vat_pence)
    narrative = f"Drawdown of scheme {scheme} to {payee}"
    return entry(on, Kind.DRAWDOWN, narrative, scheme, borne, vat)


def scheme_closed(
    on: Occasion,
    scheme: str,
    to_pots_pence: Mapping[str, int],
    not_received_pence: Mapping[str, int],
    to_funders_pence: Mapping[str, int],
) -> Entry:
    """A closed scheme's rest: 2300 to each member's 2200, and for each funder to 1300 what was
    never received and to 2400 what was."""
    backs = (
        (Account.BROKERAGE_POT, to_pots_pence),
        (Account.MATCH_FUNDING_DEBTORS, not_received_pence),
        (Account.CREDITORS, to_funders_pence),
    )
    moves = [
        item
        for account, pence in backs
        for source in sorted(pence)
        for item in transfer(scheme_leg(scheme, source), Leg(account, source), pence[source])
    ]
    return entry(on, Kind.SCHEME_CLOSED, f"Scheme {scheme} closed", scheme, moves)


def pot_transferred(on: Occasion, from_member: str, to_member: str, pence: int) -> Entry:
    """Money of one member's pot given to another's, 2200 to 2200; its cohorts keep their dates."""
    pot = Account.BROKERAGE_POT
    moves = transfer(Leg(pot, from_member), Leg(pot, to_member), pence)
    narrative = f"Pot of {from_member} transferred to {to_member}"
    return entry(on, Kind.POT_TRANSFER, narrative, "", moves)


def pot_expired(on: Occasion, member: str, pence: int) -> Entry:
    """What lapses of a pot, 2200 to 5100. A nil expiry has no transfer; record it all the same."""
    moves = within_codes(Account.BROKERAGE_POT, Account.LAPSED_FUNDS, {member: pence})
    return entry(on, Kind.EXPIRY, f"Uncommitted money of {member} lapsed", "", moves)


def lapsed_restored(on: Occasion, member: str, pence: int) -> Entry:
    """Lapsed money given back to its member's pot, 5100 to 2200, by a second person's act."""
    moves = within_codes(Account.LAPSED_FUNDS, Account.BROKERAGE_POT, {member: pence})
    return entry(on, Kind.LAPSED_RESTORED, f"Lapsed money of {member} restored", "", moves)
