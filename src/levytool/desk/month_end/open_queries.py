"""What is open between declarations and the members' own ledgers, as statements tell it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import Connection

from levytool.desk.reconcile.reconcile_spend import reconcile_part
from levytool.ledger.spend.covered import members_with_ledger
from levytool.periods import Month, Period
from levytool.reconcile.spend import Asked, Difference, Findings, SpendReconciliation
from levytool.rules.matching.reasons import REASONS, MemberMonth
from levytool.statements.values import Queries, QueryLine


def open_queries(
    connection: Connection,
    period: Period,
    known_on: date | None,
    members: Collection[str],
    matched: Findings | None = None,
) -> Mapping[str, Queries]:
    """Of each of the members what `reconcile spend` has waiting for the months of a period.

    The books are matched once for all of them, and not at all where none has a ledger of the
    period. `matched` where that is done already.
    """
    if known_on is not None:
        return dict.fromkeys(members, Queries("as known"))
    with_ledger = members_with_ledger(connection, period, members)
    if not with_ledger:
        return dict.fromkeys(members, Queries())
    only = next(iter(members)) if len(members) == 1 else None
    found = reconcile_part(connection, Asked(period, only), matched)
    waiting = _by_member(found)
    missing = sorted(found.no_ledger)
    return {
        code: _queries(waiting.get(code, ()), code, missing) if code in with_ledger else Queries()
        for code in members
    }


def _by_member(found: SpendReconciliation) -> Mapping[str, list[Difference]]:
    """The differences that wait, with every member that has a line of the period in them."""
    asked = Asked(found.period, found.member)
    by_member: dict[str, list[Difference]] = {}
    for item in found.waiting:
        for code in {line.member for line in item.lines if asked.has(line)}:
            by_member.setdefault(code, []).append(item)
    return by_member


def _queries(waiting: Iterable[Difference], code: str, missing: Collection[MemberMonth]) -> Queries:
    by_reason: dict[str, list[Difference]] = {}
    for item in waiting:
        by_reason.setdefault(item.reason, []).append(item)
    return Queries(
        "compared",
        tuple(
            QueryLine(
                reason,
                len(items),
                sum(item.net_difference_pence for item in items),
                sum(item.levy_effect_micropence or 0 for item in items),
                sum(item.levy_effect_micropence is None for item in items),
            )
            for reason, items in sorted(by_reason.items(), key=_in_order)
        ),
        tuple(Month.parse(month) for month, member in missing if member == code),
    )


def _in_order(pair: tuple[str, list[Difference]]) -> int:
    """By reason as reports list them; what a person joined for no reason of these comes last."""
    return REASONS.index(pair[0]) if pair[0] in REASONS else len(REASONS)
