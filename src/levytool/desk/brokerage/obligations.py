"""Spend by what it obliges to: the basis of opportunities due, their provision and payment."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from levytool.book.records import Book, OpportunityRule
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.spend.accepted_spend import scoped_spend
from levytool.rules.opportunities import ScopeKey, scope_key


def opportunity_rules(book: Book) -> dict[str, OpportunityRule]:
    """The rule of each framework that owes opportunities."""
    return {
        code: framework.opportunities
        for code, framework in book.frameworks.items()
        if framework.opportunities is not None
    }


def spend_by_key(
    connection: Connection, frameworks: Collection[str], asked: AsKnown = NOW
) -> dict[ScopeKey, int]:
    """Cumulative levyable spend of accepted returns, in pence by every code there is."""
    return {
        ScopeKey(spend.framework, spend.member, spend.call_off, spend.contractor): spend.base_pence
        for spend in scoped_spend(connection, "call-off", frameworks, asked)
    }


def bearers_by_obligation(
    rules: Mapping[str, OpportunityRule], spend_pence: Mapping[ScopeKey, int]
) -> dict[ScopeKey, dict[str, int]]:
    """The spend of each obligation by member, in pence: what its cost is shared out by."""
    found: dict[ScopeKey, dict[str, int]] = {}
    for key, pence in spend_pence.items():
        scope = rules[key.framework].scope
        obligation = scope_key(scope, key.framework, key.member, key.call_off, key.contractor)
        members = found.setdefault(obligation, {})
        members[key.member] = members.get(key.member, 0) + pence
    return found


def described(obligation: ScopeKey) -> str:
    """An obligation in one word: `REGEN/SALIX`."""
    codes = (obligation.framework, obligation.member, obligation.call_off, obligation.contractor)
    return "/".join(code for code in codes if code)
