"""What differs, summed by contractor, by reason and by what was decided, as the report has it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from levytool.money import display_pence
from levytool.reconcile.report import Item, ReconciliationReport, levy_pence
from levytool.rules.matching.decisions import OPEN
from levytool.rules.matching.reasons import OVER_DECLARED, REASONS, UNDECLARED
from levytool.statements.sections import Column, Section, Table, Value

_SUMS = (
    Column("differences", "Items", "count", sums=True),
    Column("waiting", "Waiting", "count", sums=True),
    Column("net_difference", "Difference", "money", sums=True),
)
_EFFECT = Column("levy_effect", "Levy effect", "levy", sums=True)


def reasons(told: ReconciliationReport) -> Section:
    """The differences by their reason, and again by what people said of them."""
    table = Table(
        "by_reason",
        "Differences by reason: recorded less declared, and the levy on it",
        (Column("reason", "Reason", "reason", place="name"), *_SUMS, _EFFECT),
        _summed(told.differences, lambda item: (item.reason,), _reason_order),
        "Reasons",
        total="All differences",
    )
    return Section("reasons", "By reason", (table, _by_decision(told)), after=tuple(_netted(told)))


def _netted(told: ReconciliationReport) -> Iterator[str]:
    """Which reasons have invoices and credits in one sum, and what each comes to."""
    for reason, sign, invoices, credits in (
        (UNDECLARED, 1, told.undeclared_invoices, told.undeclared_credits),
        (OVER_DECLARED, -1, told.over_declared_invoices, told.over_declared_credits),
    ):
        if credits:
            apart = ", ".join(
                f"{what} {len(items):,}: {display_pence(sign * sum(i.net_pence for i in items))}, "
                f"levy {display_pence(sign * levy_pence(items))}"
                for what, items in (("invoices", invoices), ("credits", credits))
            )
            yield f"Of the {reason}: {apart}."


def _by_decision(told: ReconciliationReport) -> Table:
    """What the reasons come to as people have decided; no row where nobody has."""
    is_decided = any(item.status != OPEN or item.decided_reason for item in told.differences)
    items = sorted(told.differences, key=lambda item: (item.standing, item.decided_reason))
    return Table(
        "by_decision",
        "The same by what was decided, and by the reason that people gave",
        (
            Column("reason", "Reason", "reason", place="name"),
            Column("status", "Status", place="small"),
            Column("decided_reason", "Reason given", place="small"),
            *_SUMS,
            _EFFECT,
        ),
        _summed(
            items if is_decided else (),
            lambda item: (item.reason, item.standing, item.decided_reason),
            _reason_order,
        ),
        "Decided",
        total="All differences",
    )


def _reason_order(row: tuple[Value, ...]) -> tuple[int, str]:
    reason = str(row[0])
    return (REASONS.index(reason) if reason in REASONS else len(REASONS), reason)


def contractors(told: ReconciliationReport) -> Section:
    """The differences by contractor, and what of them is undeclared. Where there are credits among
    it the words say that they are taken off: of the levy at risk only on their own invoices."""
    names = dict(told.names)
    undeclared = "Undeclared, credits off" if told.undeclared_credits else "Undeclared"

    def at_risk_first(row: tuple[Value, ...]) -> tuple[int, str]:
        levy = row[-1]
        return (-levy if isinstance(levy, int) else 0, str(row[1]))

    table = Table(
        "by_contractor",
        "Differences by contractor, most levy at risk first",
        (
            Column("contractor_name", "Contractor", place="name"),
            Column("contractor", "Code", place="small"),
            *_SUMS,
            replace(_EFFECT, place="data"),
            Column("undeclared", undeclared, "money", sums=True),
            Column("levy_at_risk", "Levy at risk", "levy", sums=True),
        ),
        _summed(
            told.differences,
            lambda item: (names.get(item.contractor, item.contractor), item.contractor),
            at_risk_first,
            with_undeclared=True,
        ),
        "Contractors",
        total="All contractors",
    )
    return Section("contractors", "By contractor", (table,), nothing="Nothing differs.")


def _summed(
    items: Iterable[Item],
    named: Callable[[Item], tuple[str, ...]],
    order: Callable[[tuple[Value, ...]], tuple[int, str]],
    *,
    with_undeclared: bool = False,
) -> tuple[tuple[Value, ...], ...]:
    """Items summed by what they are named, a row for each."""
    groups: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in items:
        groups[named(item)].append(item)
    rows: list[tuple[Value, ...]] = []
    for name, own in groups.items():
        lacking = [item for item in own if item.reason == UNDECLARED]
        waiting = sum(item.waits for item in own)
        net, levy = _net(own), _summed_levy(item.levy_micropence for item in own)
        at_risk = _summed_levy(item.at_risk_micropence for item in lacking)
        sums = (len(own), waiting, net, levy)
        rows.append((*name, *sums, *((_net(lacking), at_risk) if with_undeclared else ())))
    return tuple(sorted(rows, key=order))


def _net(items: Iterable[Item]) -> int:
    return sum(item.net_pence for item in items)


def _summed_levy(levies: Iterable[int | None]) -> int | None:
    """Levies in micropence, as far as a rate is known; None where it is for none of them."""
    of_all = list(levies)
    known = [levy for levy in of_all if levy is not None]
    return sum(known) if known or not of_all else None
