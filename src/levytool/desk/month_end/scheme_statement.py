"""Gathering a scheme's statement: its money by source, and what was drawn of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.desk.brokerage.list_schemes import get_scheme
from levytool.desk.month_end.carried import issued_before, of_prior_period, since
from levytool.desk.month_end.payers import banked_later
from levytool.desk.month_end.snapshot import Snapshot, snapshot
from levytool.desk.month_end.told import told_to
from levytool.desk.office import Office
from levytool.journal import Kind
from levytool.ledger.bank.bank_lines import MATCH_FUNDING
from levytool.ledger.bank.creditors import creditor_items, still_owed
from levytool.ledger.funds.schemes import SourceFunds, StoredScheme
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.reports.drawdowns import draws
from levytool.ledger.reports.statement_facts import SCHEME_FUNDS, BalanceChange
from levytool.periods import Period
from levytool.problems import UsageError
from levytool.statements.balance import entry_movements
from levytool.statements.carried import closing_pence
from levytool.statements.schemes import whole_scheme
from levytool.statements.values import Recipient
from levytool.statements.values_parties import (
    CommittedCohort,
    DrawLine,
    SchemeStatement,
    SourceLine,
)
from levytool.statements.values_payer import BankedLater

SCHEME_ACCOUNT = (Account.SCHEME_FUNDS,)


def scheme_statement(
    office: Office, scheme: str, period: Period, known_on: date | None = None
) -> SchemeStatement:
    """The statement of one scheme; where it was proposed after the period, with nothing in it but
    what was recorded of its participants for days before.

    Raises UsageError for an unknown one, with the nearest, and for one that was not known yet.
    """
    with office.reading() as connection:
        now = get_scheme(connection, scheme)
        if known_on is not None and known_on < now.proposed_on:
            raise UsageError(
                f"{now.code} was not known yet on {known_on}; it was proposed on "
                f"{now.proposed_on}: name that day or a later one"
            )
        facts = snapshot(connection, period, known_on, office.acting.today)
        for stored in facts.schemes:
            if stored.code == now.code:
                return _statement(connection, facts, stored)
        plan = replace(now, members=(), area="", budget_pence=0, places=0)
        empty = _statement(connection, facts, plan)
        told = replace(empty.scheme, state="not proposed yet")
        return replace(empty, scheme=told, proposed_later=now.proposed_on, banked=())


def scheme_statements(
    office: Office, period: Period, known_on: date | None = None
) -> Iterator[SchemeStatement]:
    """The statement of every scheme proposed by then, in order of code, all of one snapshot."""
    with office.reading() as connection:
        facts = snapshot(connection, period, known_on, office.acting.today)
        for stored in facts.schemes:
            yield _statement(connection, facts, stored)


def _statement(connection: Connection, facts: Snapshot, stored: StoredScheme) -> SchemeStatement:
    code = stored.code
    sources = facts.funds.get(code, ())
    own = [
        change
        for change in facts.changes
        if change.account == SCHEME_FUNDS and change.dimension.partition("/")[0] == code
    ]
    closing = sum(source.balance_pence for source in sources)
    opening, late = closing - sum(change.pence for change in own), list[BalanceChange]()
    before = issued_before(connection, "scheme", code, facts.period, facts.asked)
    if before is not None:
        opening = closing_pence(before.kept)
        changes = before.late(connection, facts.asked, SCHEME_ACCOUNT)
        late = [c for c in changes if c.dimension.partition("/")[0] == code]
    drawn = tuple(
        DrawLine(
            *(item.day, entry_number(item.entry_id), item.payee, item.reference, item.source),
            item.amount_pence,
        )
        for item in draws(connection, code, facts.period, facts.asked, since(before))
    )
    return SchemeStatement(
        told=told_to(facts, Recipient(code, stored.title), before),
        scheme=whole_scheme(stored, sources, facts.outcomes),
        opening_pence=opening,
        closing_pence=closing,
        movements=of_prior_period(entry_movements(late)) + entry_movements(own),
        sources=_sources(code, sources, own, late, drawn),
        names={member.code: member.name for member in facts.book.members.values()},
        cohorts=tuple(
            CommittedCohort(member, cohort.month, cohort.pence)
            for member, cohorts in sorted(facts.committed.get(code, {}).items())
            for cohort in cohorts
        ),
        draws=drawn,
        banked=tuple(
            BankedLater(item.booked, item.entered, item.amount_pence)
            for item in banked_later(connection, facts, MATCH_FUNDING)
            if item.subject == code
        ),
        owed_back=_owed_back(connection, facts, code),
    )


def _owed_back(connection: Connection, facts: Snapshot, code: str) -> dict[str, int]:
    """By funder, what closing the scheme left owed to it and the bank had not paid by then."""
    return {
        item.payee: pence
        for item, pence in still_owed(creditor_items(connection, facts.asked))
        if pence and item.kind == Kind.SCHEME_CLOSED.value and item.reference == code
    }


def _sources(
    scheme: str,
    sources: Iterable[SourceFunds],
    own: Iterable[BalanceChange],
    late: Iterable[BalanceChange],
    drawn: Iterable[DrawLine],
) -> tuple[SourceLine, ...]:
    """Each source's money to date, and what moved it in the period: drawn as the drawdowns say."""
    moved: dict[str, Counter[str]] = {}
    for change in own:
        moved.setdefault(change.dimension, Counter())[_MOVED.get(change.kind, "other")] += (
            change.pence
        )
    for change in late:
        moved.setdefault(change.dimension, Counter())["other"] += change.pence
    for item in drawn:
        pence = item.amount_pence
        moved.setdefault(f"{scheme}/{item.source}", Counter()).update(drew=-pence, other=pence)
    return tuple(_source(item, moved.get(f"{scheme}/{item.source}", Counter())) for item in sources)


_MOVED = {
    Kind.COMMITMENT.value: "put in",
    Kind.MATCH_FUNDING_AGREED.value: "put in",
    Kind.SCHEME_CLOSED.value: "gave back",
}
"""What a source's balance is said to have moved by, by the kind of entry."""


def _source(item: SourceFunds, moved: Counter[str]) -> SourceLine:
    # What never came is released by the entry that closes the scheme, and by nothing else.
    let_go = -item.released_pence if moved["gave back"] else 0
    return SourceLine(
        *(item.source, item.source_kind, item.put_pence, item.drawn_pence, item.given_back_pence),
        *(item.drawable_pence, item.owed_pence, item.released_pence),
        opening_pence=item.balance_pence - moved.total(),
        put_in_pence=moved["put in"],
        drew_pence=moved["drew"],
        gave_back_pence=moved["gave back"] - let_go,
        let_go_pence=let_go,
        other_pence=moved["other"],
    )
