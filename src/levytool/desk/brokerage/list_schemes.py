"""Brokerage schemes as rows (contract, `scheme list`), and finding the one an officer names."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from levytool.book.names import PartyNames
from levytool.desk.four_eyes import Status
from levytool.desk.given import unknown
from levytool.desk.office import Office
from levytool.ledger.funds.participants import places_filled
from levytool.ledger.funds.schemes import (
    FUNDER,
    MEMBER,
    SourceFunds,
    StoredScheme,
    find_schemes,
    funds_by_scheme,
)
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.money import format_pence
from levytool.problems import RuleRefused, UsageError


def list_schemes(office: Office, asked: AsKnown = NOW) -> list[dict[str, Any]]:
    """Every scheme, in order of code, as the books stand or stood."""
    with office.reading() as connection:
        funds = funds_by_scheme(connection, asked)
        filled = places_filled(connection, asked)
        found = find_schemes(connection, asked)
    return [
        scheme_row(stored, funds.get(stored.code, ()), filled.get(stored.code, 0))
        for stored in found
    ]


def show_scheme(office: Office, code: str) -> tuple[str, list[dict[str, Any]]]:
    """One scheme: its title and its row. Raises UsageError where there is none of that code."""
    with office.reading() as connection:
        stored = get_scheme(connection, code)
        row = _row_now(connection, stored)
    return stored.title, [row]


def get_scheme(connection: Connection, code: str) -> StoredScheme:
    """The scheme of that code. Raises UsageError with the nearest ones."""
    wanted = code.strip().upper()
    by_code = {stored.code: stored for stored in find_schemes(connection)}
    if wanted in by_code:
        return by_code[wanted]
    names = PartyNames((stored.code, (stored.title,)) for stored in by_code.values())
    raise UsageError(unknown("scheme", code, names, "levytool scheme list"))


def refuse_unless_approved(stored: StoredScheme, what: str) -> None:
    """Raise RuleRefused where a scheme takes no money: before its approval and after its end."""
    if stored.state == "proposed":
        raise RuleRefused(
            f"{stored.code} is not approved and takes no {what} yet; another user than "
            f"{stored.proposed_by} approves it: levytool scheme approve {stored.code}"
        )
    if stored.state == "closed":
        raise RuleRefused(f"{stored.code} is closed and takes no {what}; propose a new scheme")


def scheme_row(stored: StoredScheme, funds: Iterable[SourceFunds], filled: int) -> dict[str, Any]:
    """One scheme as scripts read it.

    `committed` and `match_funding` are what was put in, in all, `drawn` what was drawn, and
    `remaining` what may still be drawn: of match funding, what has been received. What of it has
    not is `match_funding_owed`; both together are what the books hold (2300). `filled` are the
    places taken up, without those that an early leaver freed.
    """
    sources = list(funds)

    def put(kind: str) -> int:
        return sum(source.put_pence for source in sources if source.source_kind == kind)

    return {
        "scheme": stored.code,
        "members": list(stored.members),
        "area": stored.area,
        "state": stored.state,
        "budget": format_pence(stored.budget_pence),
        "committed": format_pence(put(MEMBER)),
        "match_funding": format_pence(put(FUNDER)),
        "drawn": format_pence(sum(source.drawn_pence for source in sources)),
        "remaining": format_pence(sum(source.drawable_pence for source in sources)),
        "places": stored.places,
        "filled": filled,
        "match_funding_owed": format_pence(sum(source.owed_pence for source in sources)),
    }


def acted_row(connection: Connection, code: str, status: Status) -> dict[str, Any]:
    """A scheme after an act on it, with what became of the act."""
    return {**_row_now(connection, get_scheme(connection, code)), "status": status.value}


def _row_now(connection: Connection, stored: StoredScheme) -> dict[str, Any]:
    funds = funds_by_scheme(connection).get(stored.code, ())
    return scheme_row(stored, funds, places_filled(connection).get(stored.code, 0))
