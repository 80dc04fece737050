"""Each member's levy from billed to released, and its pot (contract, `pot list`)."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.office import Office
from levytool.journal import Kind
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.reports.flows import Flow, flows, levied_frameworks, settled_by_member
from levytool.money import format_pence
from levytool.rules.surplus import Surplus, surplus

BILLED = Account.LEVY_BILLED_NOT_RECEIVED.value
FUND = Account.LEVY_FUND.value
PROVISION = Account.OPPORTUNITY_PROVISION.value
POT = Account.BROKERAGE_POT.value
SCHEME = Account.SCHEME_FUNDS.value
DEBTORS = Account.LEVY_DEBTORS.value
RETAINED = Account.LEVY_RETAINED.value
LAPSED = Account.LAPSED_FUNDS.value


@dataclass(slots=True)
class PotFigures:
    """One member's figures in pence. `fund_pence` is 2100; the last four are balances.

    Billed, received, retained, released, drawn and expired are cumulative, net of what was
    reversed or given back.
    """

    billed_pence: int = 0
    received_pence: int = 0
    retained_pence: int = 0
    released_pence: int = 0
    drawn_pence: int = 0
    expired_pence: int = 0
    fund_pence: int = 0
    provision_pence: int = 0
    pot_pence: int = 0
    committed_pence: int = 0


def pot_figures(connection: Connection, book: Book, asked: AsKnown = NOW) -> dict[str, PotFigures]:
    """The figures of every member of the book, and of every other that has any, in order."""
    accounts = (
        Account.LEVY_BILLED_NOT_RECEIVED,
        Account.LEVY_FUND,
        Account.OPPORTUNITY_PROVISION,
        Account.BROKERAGE_POT,
        Account.SCHEME_FUNDS,
    )
    found = defaultdict(PotFigures, {code: PotFigures() for code in book.members})
    for flow in flows(connection, accounts, asked):
        _count(found, flow, flow.debit_account, flow.debit_dimension, flow.credit_account, -1)
        _count(found, flow, flow.credit_account, flow.credit_dimension, flow.debit_account, 1)
    for member, pence in settled_by_member(connection, asked).items():
        found[member].received_pence += pence
    return dict(sorted(found.items()))


def _count(
    found: defaultdict[str, PotFigures],
    flow: Flow,
    account: str,
    dimension: str,
    other: str,
    sign: int,
) -> None:
    """Count one side of a flow: `sign` is 1 where `account` was credited from `other`."""
    pence = sign * flow.pence
    if account == SCHEME:
        _count_scheme(found, flow, dimension, pence)
        return
    if account not in (BILLED, FUND, PROVISION, POT):
        return
    figures = found[dimension]
    if account == FUND:
        figures.fund_pence += pence
        figures.retained_pence -= pence if other == RETAINED else 0
        figures.released_pence -= pence if other == POT else 0
    elif account == PROVISION:
        figures.provision_pence += pence
    elif account == POT:
        figures.pot_pence += pence
        figures.expired_pence -= pence if other == LAPSED else 0
    if flow.kind == Kind.DOCUMENT and account in (BILLED, FUND):
        # A zero document moves levy from member to member: billed and settled at once.
        figures.billed_pence += pence if other in (DEBTORS, account) else 0
        figures.received_pence += pence if other == account else 0


def _count_scheme(
    found: defaultdict[str, PotFigures], flow: Flow, dimension: str, pence: int
) -> None:
    source = dimension.partition("/")[2]
    if source not in found:
        return
    found[source].committed_pence += pence
    found[source].drawn_pence -= pence if flow.kind == Kind.DRAWDOWN else 0


def reserves(connection: Connection, book: Book, asked: AsKnown = NOW) -> dict[str, int]:
    """Each member's reserve: the sum of those of the frameworks where it has levied spend."""
    kept = {code: framework.reserve_pence for code, framework in book.frameworks.items()}
    if not any(kept.values()):
        return {}
    levied = levied_frameworks(connection, asked)
    return {member: sum(kept[code] for code in codes) for member, codes in levied.items()}


def list_pots(office: Office, asked: AsKnown = NOW) -> list[dict[str, Any]]:
    """Every member's pot, in order of code, as the books stand or stood."""
    with office.reading() as connection:
        book = book_in_force(connection, asked)
        kept = reserves(connection, book, asked)
        figures = pot_figures(connection, book, asked)
    return [
        _row(member, found, surplus(found.fund_pence, kept.get(member, 0)))
        for member, found in figures.items()
    ]


def _row(member: str, figures: PotFigures, beyond: Surplus) -> dict[str, Any]:
    return {
        "member": member,
        "billed": format_pence(figures.billed_pence),
        "received": format_pence(figures.received_pence),
        "retained": format_pence(figures.retained_pence),
        "provision": format_pence(figures.provision_pence),
        "surplus": format_pence(beyond.surplus_pence),
        "deficit": format_pence(beyond.deficit_pence),
        "released": format_pence(figures.released_pence),
        "pot": format_pence(figures.pot_pence),
        "committed": format_pence(figures.committed_pence),
        "drawn": format_pence(figures.drawn_pence),
        "expired": format_pence(figures.expired_pence),
    }
