"""Closing a scheme: its rest goes back to the cohorts and funders it came from (domain §3.5)."""

from typing import Any

from sqlalchemy import Connection

from levytool.desk import four_eyes
from levytool.desk.brokerage.list_schemes import acted_row, get_scheme
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.office import Office
from levytool.journal import Kind
from levytool.ledger.funds import schemes
from levytool.ledger.funds.participants import scheme_outcomes
from levytool.ledger.funds.pots import (
    add_pot_movements,
    committed_cohorts,
    expired_keys,
    movements_of,
)
from levytool.ledger.funds.schemes import NewSchemeMovement, SourceFunds, funds_by_scheme
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import format_pence
from levytool.periods import Month
from levytool.rules.brokerage import placed_in_pot, pot_pence
from levytool.rules.dates import act_date
from levytool.rules.drawdown import Closing, MatchFunding
from levytool.rules.drawdown import close_scheme as rest_of
from levytool.rules.outcomes import NO_OUTCOMES
from levytool.rules.postings import Occasion, scheme_closed


def close_scheme(office: Office, code: str) -> dict[str, Any]:
    """Close a scheme and give back what is left. Closing it again does nothing.

    Beside the scheme's row: pounds back `to_pots` by member and `to_funders` by funder, and match
    funding `not_received`, that no funder owes any more; and how many participants are `in_post`.
    """
    with office.writing() as connection:
        stored = get_scheme(connection, code)
        if stored.state == "closed":
            return _row(connection, office, stored.code, Status.DONE_BEFORE, Closing({}, {}, {}))
        funds = funds_by_scheme(connection).get(stored.code, ())
        entry_id, rest = None, Closing({}, {}, {})
        if any(source.balance_pence for source in funds):
            rest = _rest(connection, stored.code, funds)
            entry_id = _give_back(connection, office, stored.code, rest)
        asked = Asked(schemes.CLOSE, stored.code)
        four_eyes.record_done(connection, office.acting, asked, entry_id=entry_id)
        return _row(connection, office, stored.code, Status.DONE, rest)


def _row(
    connection: Connection, office: Office, scheme: str, status: Status, rest: Closing
) -> dict[str, Any]:
    outcomes = scheme_outcomes(connection, office.acting.today).get(scheme, NO_OUTCOMES)
    return {
        **acted_row(connection, scheme, status),
        "to_pots": {m: format_pence(pot_pence(parts)) for m, parts in rest.to_pots.items()},
        "to_funders": {name: format_pence(p) for name, p in rest.to_funders.items()},
        "not_received": {name: format_pence(p) for name, p in rest.not_received.items()},
        "in_post": outcomes.in_post,
    }


def _rest(connection: Connection, scheme: str, funds: tuple[SourceFunds, ...]) -> Closing:
    members = {s.source: s for s in funds if s.source_kind == schemes.MEMBER}
    funders = {s.source: s for s in funds if s.source_kind == schemes.FUNDER}
    return rest_of(
        committed_cohorts(connection, scheme),
        {member: source.drawn_pence for member, source in members.items()},
        {
            funder: MatchFunding(source.put_pence, source.received_pence, source.drawn_pence)
            for funder, source in funders.items()
        },
    )


def _give_back(connection: Connection, office: Office, scheme: str, rest: Closing) -> int:
    effective = act_date(office.acting.today, closed_months(connection))
    entry = scheme_closed(
        Occasion(effective),
        scheme,
        {member: pot_pence(parts) for member, parts in rest.to_pots.items()},
        rest.not_received,
        rest.to_funders,
    )
    entry_id = post(connection, office.acting, [entry]).first_id
    month = Month.of(effective)
    rows = []
    for member, parts in rest.to_pots.items():
        placed = placed_in_pot(parts, month, expired_keys(connection, member))
        rows += movements_of(placed, member, Kind.SCHEME_CLOSED, entry_id, scheme=scheme)
    add_pot_movements(connection, rows)
    schemes.add_scheme_movements(connection, _movements(scheme, rest, entry_id))
    return entry_id


def _movements(scheme: str, rest: Closing, entry_id: int) -> list[NewSchemeMovement]:
    rows = [
        NewSchemeMovement(
            scheme, schemes.MEMBER, member, "close", -pot_pence(parts), 0, "", "", entry_id
        )
        for member, parts in rest.to_pots.items()
    ]
    for funder in sorted(rest.not_received.keys() | rest.to_funders.keys()):
        received = rest.to_funders.get(funder, 0)
        left = rest.not_received.get(funder, 0) + received
        rows.append(
            NewSchemeMovement(
                scheme, schemes.FUNDER, funder, "close", -left, -received, "", "", entry_id
            )
        )
    return rows
