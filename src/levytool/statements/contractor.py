"""A contractor's statement, told in sections."""

from collections.abc import Iterator
from datetime import date

from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.parts_levy import ageing_section, returns_section, spend_section
from levytool.statements.parts_payer import (
    account_movements,
    documents_section,
    owed_grid,
    paid_later,
)
from levytool.statements.parts_places import places_section
from levytool.statements.sections import Column, Figure, Grid, Named, Section, Statement
from levytool.statements.values_parties import ContractorStatement


def contractor_in_sections(own: ContractorStatement) -> Statement:
    """The statement as every form is written from it."""
    told, account = own.told, own.account
    billed = sum(line.billed_pence for line in own.spend)
    return Statement(
        kind="contractor",
        title="Contractor statement",
        issuer=told.issuer,
        subject=told.recipient,
        period=told.period,
        as_at=told.as_at,
        known_on=told.known_on,
        status="draft",
        basis=told.basis,
        key_figures=(
            Figure("opening_balance", "Owed at opening", account.opening.total_pence),
            Figure("spend", "Spend declared", sum(line.spend_pence for line in own.spend)),
            Figure("billed", "Levy on it, before VAT", billed),
            Figure("closing_balance", "Owed at closing", account.closing.total_pence),
        ),
        held=_held(own),
        sections=(
            _account(own),
            documents_section(account.documents, told.period),
            ageing_section(
                *(own.aged_payers, own.open_documents, "Open documents by days past due, with VAT"),
                empty="No levy document that this contractor pays is open.",
                after=words.dated_later(_days_of_others(own), told.period),
            ),
            spend_section(own.spend, own.earlier, "member", words.who_pays(own.members_pay)),
            returns_section(own.returns, "Every return of the period", "Returns", of_one=True),
            places_section(
                own.opportunities,
                "Due on all spend to date, and what was provided",
                tuple(map(words.shared_words, own.shared)),
            ),
        ),
    )


def _held(own: ContractorStatement) -> str:
    closing = own.account.closing
    waiting, back = closing.unallocated_pence, closing.owed_back_pence
    parts = []
    if waiting:
        parts.append(f"{display_pence(waiting)} of what was paid is not yet set against a document")
    if back:
        parts.append(f"{display_pence(back)} is owed back to the contractor and not paid yet")
    if not parts:
        return ""
    taken = "and is" if len(parts) == 1 else "; both are"
    said = " and ".join(parts) + (", " if len(parts) == 1 else "") + taken
    return f"At {words.day_words(own.told.as_at)} {said} taken off what is owed."


def _days_of_others(own: ContractorStatement) -> Iterator[date]:
    """The dates of open documents that are not told of in the list of documents."""
    listed = {document.number for document in own.account.documents}
    return (item.day for item in own.open_documents if item.number not in listed)


def _account(own: ContractorStatement) -> Section:
    account = own.account
    waiting = tuple(one.unallocated_pence for one in (account.opening, account.closing))
    unallocated = Grid(
        "unallocated",
        "Paid, and not yet set against a document",
        "Receipts",
        (Column("opening", "At opening", "money"), Column("closing", "At closing", "money")),
        (Named("", "Not yet allocated", waiting),),
        "Unallocated",
        on_page=False,
    )
    movements = account_movements(account, own.told.follows)
    parts = (movements, owed_grid(account, "contractor"), unallocated)
    return Section("movements", "Account", parts, after=paid_later(account))
