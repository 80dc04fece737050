"""Committing a member's pot to a scheme: oldest cohort first, never more than is available."""

from typing import Any

from sqlalchemy import Connection

from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.available import refuse_unavailable
from levytool.desk.brokerage.list_schemes import acted_row, get_scheme, refuse_unless_approved
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import code_of, positive_pence
from levytool.desk.office import Office
from levytool.journal import Kind
from levytool.ledger.funds import schemes
from levytool.ledger.funds.pots import add_pot_movements, cohorts_by_member, movements_of
from levytool.ledger.funds.schemes import NewSchemeMovement, StoredScheme, funds_by_scheme
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import display_pence, format_pence
from levytool.problems import RuleRefused
from levytool.rules.brokerage import Cohort, commit
from levytool.rules.dates import act_date
from levytool.rules.postings import Occasion, committed


def commit_to_scheme(
    office: Office, scheme: str, member: str, pence: int, reference: str = ""
) -> dict[str, Any]:
    """Commit money of a member's pot; above the book's `four_eyes_over` by two people.

    `same_before`: the user did the same today, without a reference that tells the two apart.
    Raises UsageError for an unknown scheme or member; RuleRefused for a scheme that is not
    approved, a member that is not in it, more than its budget, or more than is available.
    """
    positive_pence(pence, "--amount")
    with office.writing() as connection:
        book = book_in_force(connection)
        stored = get_scheme(connection, scheme)
        code = code_of(book, "member", member)
        asked = Asked(schemes.COMMIT, stored.code, {"member": code, "pence": pence}, reference)
        if four_eyes.done_already(connection, asked):
            return _row(connection, asked, Status.DONE_BEFORE)
        _refuse(connection, stored, code, pence)
        pot = cohorts_by_member(connection).get(code, ())
        refuse_unavailable(connection, book, code, pot, pence)
        proposal = None
        if pence > book.consortium.four_eyes_over_pence:
            proposal = four_eyes.agreed_proposal(connection, office.acting, asked)
            if proposal is None:
                return _row(connection, asked, Status.PROPOSED)
        entry_id = _post(connection, office, stored, code, pot, pence, reference)
        again = four_eyes.done_today(connection, office.acting, asked)
        four_eyes.record_done(
            connection, office.acting, asked, entry_id=entry_id, proposal=proposal
        )
        return _row(connection, asked, Status.DONE, same_before=again)


def _refuse(connection: Connection, stored: StoredScheme, member: str, pence: int) -> None:
    refuse_unless_approved(stored, "commitment")
    if member not in stored.members:
        raise RuleRefused(
            f"{member} is not in scheme {stored.code} ({', '.join(stored.members)}); "
            "propose a scheme that names it"
        )
    funds = funds_by_scheme(connection).get(stored.code, ())
    so_far = sum(source.put_pence for source in funds if source.source_kind == schemes.MEMBER)
    if so_far + pence > stored.budget_pence:
        raise RuleRefused(
            f"{stored.code} has a budget of {display_pence(stored.budget_pence)} and "
            f"{display_pence(so_far)} committed to it; commit no more than "
            f"{display_pence(max(0, stored.budget_pence - so_far))}"
        )


def _post(
    connection: Connection,
    office: Office,
    stored: StoredScheme,
    member: str,
    pot: tuple[Cohort, ...],
    pence: int,
    reference: str,
) -> int:
    effective = act_date(office.acting.today, closed_months(connection))
    entry = committed(Occasion(effective), stored.code, member, pence)
    entry_id = post(connection, office.acting, [entry]).first_id
    taken = commit(pot, pence).taken
    rows = movements_of(taken, member, Kind.COMMITMENT, entry_id, out=True, scheme=stored.code)
    add_pot_movements(connection, rows)
    movement = NewSchemeMovement(
        stored.code, schemes.MEMBER, member, "commit", pence, 0, "", reference, entry_id
    )
    schemes.add_scheme_movements(connection, [movement])
    return entry_id


def _row(
    connection: Connection, asked: Asked, status: Status, *, same_before: bool = False
) -> dict[str, Any]:
    row = acted_row(connection, asked.subject, status)
    amount = format_pence(asked.facts["pence"])
    given = {"member": asked.facts["member"], "amount": amount}
    return {**given, **row, "same_before": same_before}
