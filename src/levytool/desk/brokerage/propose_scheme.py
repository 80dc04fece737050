"""Proposing a brokerage scheme, and its approval by a second person (domain §3.5)."""

import re
from collections.abc import Sequence
from typing import Any

from levytool.acting import is_same_person
from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_schemes import acted_row, get_scheme
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import code_of, positive_pence, words
from levytool.desk.office import Office
from levytool.ledger.funds import schemes
from levytool.ledger.funds.schemes import NewScheme, find_schemes
from levytool.problems import RuleRefused, UsageError

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")


def propose_scheme(
    office: Office,
    code: str,
    *,
    members: Sequence[str],
    title: str,
    budget_pence: int,
    places: int,
    area: str = "",
) -> dict[str, Any]:
    """Store a scheme for the pots of `members`; it takes money once it is approved.

    Raises UsageError for an unknown member, RuleRefused where the code has another scheme.
    """
    wanted = code.strip().upper()
    if not _CODE.fullmatch(wanted):
        raise UsageError(
            f"{code!r} is no code for a scheme; use up to 20 letters, digits and hyphens"
        )
    if places < 1:
        raise UsageError(f"--places is {places}; give the places that the scheme offers")
    with office.writing() as connection:
        book = book_in_force(connection)
        new = NewScheme(
            wanted,
            words(title, "--title"),
            tuple(dict.fromkeys(code_of(book, "member", member) for member in members)),
            area.strip(),
            positive_pence(budget_pence, "--budget"),
            places,
        )
        for stored in find_schemes(connection):
            if stored.code == wanted:
                same = NewScheme(*(getattr(stored, name) for name in NewScheme.__slots__))
                if same == new:
                    return acted_row(connection, wanted, Status.DONE_BEFORE)
                raise RuleRefused(f"{wanted} is another scheme ({stored.title}); take a new code")
        schemes.add_scheme(connection, office.acting, new)
        four_eyes.record_done(connection, office.acting, Asked(schemes.PROPOSE, wanted))
        return acted_row(connection, wanted, Status.DONE)


def approve_scheme(office: Office, code: str) -> dict[str, Any]:
    """Approve a proposed scheme. Raises RuleRefused for its proposer, and once it is closed."""
    with office.writing() as connection:
        stored = get_scheme(connection, code)
        if stored.state == "approved":
            return acted_row(connection, stored.code, Status.DONE_BEFORE)
        if stored.state == "closed":
            raise RuleRefused(f"{stored.code} is closed; propose a new scheme")
        if is_same_person(stored.proposed_by, office.acting.user):
            raise four_eyes.refused_alone(stored.proposed_by, f"proposed {stored.code}")
        four_eyes.record_done(connection, office.acting, Asked(schemes.APPROVE, stored.code))
        return acted_row(connection, stored.code, Status.DONE)
