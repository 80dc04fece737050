"""Taking a scheme's drawdown back, while the bank has not paid it (domain §3.5).

A correction is a reversal: each source has its share again, as if it had never been drawn, and the
right amount is drawn under another reference. It stands here since only the bank's lines and the
payment runs say what is paid.
"""

import shlex
from typing import Any

from sqlalchemy import Connection

from levytool.book.names import PartyNames
from levytool.desk.bank.unpaid import require_unpaid
from levytool.desk.brokerage.draw_scheme import drawn_row
from levytool.desk.brokerage.list_schemes import get_scheme
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import unknown, words
from levytool.desk.levy.allocating import reverse_entries
from levytool.desk.office import Office
from levytool.ledger.funds import schemes
from levytool.ledger.funds.schemes import StoredScheme
from levytool.ledger.journal import acts
from levytool.ledger.journal.acts import StoredAct
from levytool.problems import RuleRefused, UsageError


def take_back_draw(office: Office, scheme: str, reference: str, reason: str) -> dict[str, Any]:
    """Reverse a drawdown exactly: each source's share to it, the VAT beside it, the debt.

    Doing it twice does it once. Raises UsageError where nothing was drawn under the reference, with
    the nearest; RuleRefused where it was drawn from another scheme, where the bank has paid it or a
    payment run holds it, and once the scheme is closed.
    """
    reference, reason = words(reference, "--reference"), words(reason, "--reason")
    with office.writing() as connection:
        stored = get_scheme(connection, scheme)
        drawn = _drawn(connection, stored.code, reference)
        status = Status.DONE_BEFORE
        if acts.done_before(connection, schemes.TAKE_BACK, reference) is None:
            _require_open(stored, reference)
            gross_pence = drawn.facts["net_pence"] + drawn.facts["vat_pence"]
            what = f"{reference} of {stored.code}"
            require_unpaid(connection, what, drawn.facts["payee"], gross_pence)
            _reverse(connection, office, drawn, reason)
            status = Status.DONE
        asked = Asked(schemes.DRAW, stored.code, drawn.facts, reference)
        return drawn_row(connection, asked, status)


def _drawn(connection: Connection, scheme: str, reference: str) -> StoredAct:
    found = acts.done_before(connection, schemes.DRAW, reference)
    if found is None:
        drawn = acts.acts_of(connection, schemes.DRAW, scheme)
        names = PartyNames((act.reference, ()) for act in drawn)
        raise UsageError(
            unknown(f"drawdown of {scheme}", reference, names, "levytool bank payable")
        )
    if found.subject != scheme:
        raise RuleRefused(
            f"{reference} is a drawdown of {found.subject}: levytool scheme draw {found.subject} "
            f"--reference {shlex.quote(reference)} --reverse --reason …"
        )
    return found


def _require_open(stored: StoredScheme, reference: str) -> None:
    if stored.state == "closed":
        raise RuleRefused(
            f"{stored.code} is closed and what was left of it has gone back to its sources, so "
            f"{reference} stands (see: levytool scheme show {stored.code})"
        )


def _reverse(connection: Connection, office: Office, drawn: StoredAct, reason: str) -> None:
    assert drawn.entry_id is not None
    entry_id = reverse_entries(connection, office.acting, [drawn.entry_id])[drawn.entry_id]
    schemes.restore_drawn(connection, drawn.entry_id, entry_id)
    acts.record(
        connection,
        office.acting,
        schemes.TAKE_BACK,
        drawn.subject,
        {"entry": drawn.entry_id, "reason": reason},
        reference=drawn.reference,
        entry_id=entry_id,
    )
