"""Waiving what an ended framework still owes in opportunities: 2110 goes back to 2100 (§3.5)."""

from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.obligations import described, opportunity_rules
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import code_of
from levytool.desk.office import Office
from levytool.ledger.funds import opportunities
from levytool.ledger.funds.opportunities import (
    PlaceCounts,
    place_counts,
    provision_layers,
    waived_obligations,
)
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import format_pence
from levytool.problems import RuleRefused, UsageError
from levytool.rules.dates import act_date
from levytool.rules.opportunities import ScopeKey, scope_key
from levytool.rules.postings import Occasion, obligation_waived
from levytool.rules.provision import ProvisionChange, waive


def waive_obligation(
    office: Office,
    framework: str,
    *,
    member: str = "",
    contractor: str = "",
    call_off: str = "",
) -> dict[str, Any]:
    """Give back the provision of places that an ended framework will not have; by two people.

    Places verified and not yet paid for stay provided. Raises UsageError unless the codes name one
    obligation of the framework, RuleRefused while it runs.
    """
    with office.writing() as connection:
        book = book_in_force(connection)
        key = _obligation(book, framework, member, contractor, call_off)
        ends = book.frameworks[key.framework].ends
        if ends is None or ends >= office.acting.today:
            when = f"ends {ends}" if ends else "has no end"
            raise RuleRefused(
                f"{key.framework} {when}; what it owes can be waived once it has ended"
            )
        layers = provision_layers(connection, [key.framework]).get(key, ())
        places = place_counts(connection, opportunity_rules(book)).get(key, PlaceCounts())
        change = waive(layers, places.verified - places.paid)
        asked = Asked(opportunities.WAIVE, described(key), key._asdict())
        if not change.changes and key in waived_obligations(connection):
            return _row(key, change, Status.DONE_BEFORE)
        proposal = four_eyes.agreed_proposal(connection, office.acting, asked)
        if proposal is None:
            return _row(key, change, Status.PROPOSED)
        entry_id = _post(connection, office, key, change)
        four_eyes.record_done(
            connection, office.acting, asked, entry_id=entry_id, proposal=proposal
        )
        return _row(key, change, Status.DONE)


def _obligation(
    book: Book, framework: str, member: str, contractor: str, call_off: str
) -> ScopeKey:
    code = code_of(book, "framework", framework)
    rule = book.frameworks[code].opportunities
    if rule is None:
        raise RuleRefused(f"{code} owes no opportunities; there is nothing to waive")
    given = {
        "--member": code_of(book, "member", member) if member else "",
        "--call-off": call_off.strip(),
        "--contractor": code_of(book, "contractor", contractor) if contractor else "",
    }
    key = scope_key(rule.scope, code, *given.values())
    counted = scope_key(rule.scope, code, *given)
    needed = [text for text in (counted.member, counted.call_off, counted.contractor) if text]
    missing = [option for option in needed if not given[option]]
    beside = [option for option, text in given.items() if text and option not in needed]
    if missing or beside:
        raise UsageError(
            f"{code} counts by {rule.scope}; give {' and '.join(needed) or 'no further code'}"
        )
    return key


def _post(
    connection: Connection, office: Office, key: ScopeKey, change: ProvisionChange
) -> int | None:
    if not change.changes:
        return None
    effective = act_date(office.acting.today, closed_months(connection))
    given_back = {member: -pence for member, pence in change.moves.items()}
    entry = obligation_waived(Occasion(effective, reference=described(key)), given_back)
    entry_id = post(connection, office.acting, [entry]).first_id
    rows = [
        opportunities.provision_row(key, layer, opportunities.WAIVED, entry_id)
        for layer in change.changes
    ]
    opportunities.add_provision(connection, rows)
    return entry_id


def _row(key: ScopeKey, change: ProvisionChange, status: Status) -> dict[str, Any]:
    return {
        "framework": key.framework,
        "member": key.member or None,
        "call_off": key.call_off or None,
        "contractor": key.contractor or None,
        "places": -change.places,
        "given_back": format_pence(-sum(change.moves.values())),
        "status": status.value,
    }
