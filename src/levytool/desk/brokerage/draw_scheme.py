"""Drawing a scheme's money down, borne by what remains of its sources (domain §3.5)."""

import shlex
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from levytool.desk import four_eyes
from levytool.desk.brokerage.list_schemes import acted_row, get_scheme, refuse_unless_approved
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import positive_pence, vat_of, words
from levytool.desk.office import Office
from levytool.ledger.funds import schemes
from levytool.ledger.funds.schemes import NewSchemeMovement, SourceFunds, funds_by_scheme
from levytool.ledger.journal.acts import done_before
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import display_pence, format_pence
from levytool.problems import RuleRefused
from levytool.rules.dates import act_date
from levytool.rules.drawdown import drawdown_problem, drawdown_shares
from levytool.rules.postings import Occasion, drawn_down


def draw_scheme(
    office: Office,
    scheme: str,
    *,
    net_pence: int,
    payee: str,
    reference: str,
    vat_pence: int = 0,
) -> dict[str, Any]:
    """Owe a payee from a scheme: `net_pence` from its sources, recoverable VAT beside it.

    The money moves when the bank line that pays it is identified. `taken_back`: it was done before
    and taken back since. Raises RuleRefused for a scheme that is not approved and for more than
    remains of commitments and received match funding.
    """
    reference = words(reference, "--reference")
    facts = {
        "net_pence": positive_pence(net_pence, "--amount"),
        "vat_pence": vat_of(vat_pence),
        "payee": words(payee, "--payee"),
    }
    with office.writing() as connection:
        stored = get_scheme(connection, scheme)
        asked = Asked(schemes.DRAW, stored.code, facts, reference)
        if _done_already(connection, asked):
            return drawn_row(connection, asked, Status.DONE_BEFORE)
        refuse_unless_approved(stored, "drawdown")
        sources = {s.source: s for s in funds_by_scheme(connection).get(stored.code, ())}
        shares = _shares(stored.code, net_pence, sources)
        entry_id = _post(connection, office, asked, sources, shares)
        four_eyes.record_done(connection, office.acting, asked, entry_id=entry_id)
        return drawn_row(connection, asked, Status.DONE)


def _done_already(connection: Connection, asked: Asked) -> bool:
    """Whether just this was drawn before. Raises RuleRefused where something else was, under this
    reference; from this scheme, with the way back while it stands."""
    try:
        return four_eyes.done_already(connection, asked) is not None
    except RuleRefused as refused:
        found = done_before(connection, schemes.DRAW, asked.reference)
        assert found is not None
        if found.subject != asked.subject or _is_taken_back(connection, asked):
            raise
        reference = shlex.quote(asked.reference)
        raise RuleRefused(
            f"{refused}. If that one was wrong and the bank has not paid it, take it back: "
            f"levytool scheme draw {asked.subject} --reference {reference} --reverse --reason …"
        ) from refused


def _is_taken_back(connection: Connection, asked: Asked) -> bool:
    return done_before(connection, schemes.TAKE_BACK, asked.reference) is not None


def _shares(scheme: str, net_pence: int, sources: Mapping[str, SourceFunds]) -> dict[str, int]:
    remaining = {source: funds.drawable_pence for source, funds in sources.items()}
    problem = drawdown_problem(scheme, net_pence, remaining)
    if problem is not None:
        owed = sum(funds.owed_pence for funds in sources.values())
        waiting = f" ({display_pence(owed)} of match funding is not received yet)" if owed else ""
        raise RuleRefused(f"{problem.message}{waiting}; {problem.hint}")
    return {
        source: share for source, share in drawdown_shares(net_pence, remaining).items() if share
    }


def _post(
    connection: Connection,
    office: Office,
    asked: Asked,
    sources: Mapping[str, SourceFunds],
    shares: Mapping[str, int],
) -> int:
    scheme, payee = asked.subject, asked.facts["payee"]
    occasion = Occasion(
        act_date(office.acting.today, closed_months(connection)),
        narrative=f"Drawdown of scheme {scheme} to {payee}: {asked.reference}",
    )
    entry = drawn_down(occasion, scheme, payee, shares, asked.facts["vat_pence"])
    entry_id = post(connection, office.acting, [entry]).first_id
    rows = [
        NewSchemeMovement(
            scheme,
            sources[source].source_kind,
            source,
            "draw",
            -share,
            0,
            payee,
            asked.reference,
            entry_id,
        )
        for source, share in shares.items()
    ]
    schemes.add_scheme_movements(connection, rows)
    return entry_id


def drawn_row(connection: Connection, asked: Asked, status: Status) -> dict[str, Any]:
    """A drawdown as scripts read it, with its scheme as it stands; whether it was taken back."""
    row = acted_row(connection, asked.subject, status)
    amount, vat = format_pence(asked.facts["net_pence"]), format_pence(asked.facts["vat_pence"])
    given = {"payee": asked.facts["payee"], "amount": amount, "vat": vat}
    return {**given, **row, "taken_back": _is_taken_back(connection, asked)}
