"""The report's section about closing: which months are closed, and what has changed there since."""

from levytool.money import display_pence
from levytool.reconcile.report import MonthState, ReconciliationReport
from levytool.reconcile.since_closing import WORDS
from levytool.reconcile.spend_told import members_of, not_compared_words
from levytool.statements.sections import Column, Section, Table
from levytool.text import counted, sentence

OBSTACLES_SHOWN = 400
"""What stands in the way that a page lists; the other forms have it all."""


def months_section(told: ReconciliationReport) -> Section:
    """Whether the months are closed, what stands in the way, and what closed ones have come to."""
    states = Table(
        "months",
        "Whether the months are closed",
        (
            Column("period", "Month", "month", place="name"),
            Column("state", "State"),
            Column("closed_by", "Closed by"),
            Column("closed_at", "Closed at (UTC)"),
            Column("in_the_way", "In the way", "count"),
            Column("not_compared", "Members without a ledger", "texts", place="data"),
        ),
        tuple(
            (
                *(item.month, item.state, item.closed_by, item.closed_at),
                *(len(item.in_the_way), members_of(item.not_compared)),
            )
            for item in told.months
        ),
        "Months",
    )
    in_the_way = Table(
        "in_the_way",
        "What stands in the way of closing; of a closed month, what is unexplained there now",
        (
            Column("what", "What", place="name"),
            Column("period", "Month", "month", "group" if len(told.months) > 1 else "data"),
            Column("next", "What to do", place="small"),
            Column("code", "Kind", place="data"),
        ),
        tuple(
            (problem.message, month.month, problem.hint, problem.code)
            for month in told.months
            for problem in month.in_the_way
        ),
        "In the way",
        shown=OBSTACLES_SHOWN,
    )
    without = tuple(
        sentence(not_compared_words(month.not_compared))
        for month in told.months
        if month.not_compared
    )
    tables = states, _closings(told), _since(told), in_the_way
    changed = tuple(_changed(month) for month in told.months if month.has_changed)
    return Section("months", "Closing", tables, after=(*changed, *without))


def _changed(month: MonthState) -> str:
    """`Since 2026-04 was closed: levy at risk £75.00 → £78.00; 2 things stand in its way now.`"""
    told = [
        f"{WORDS[item.what][0].lower()}{WORDS[item.what][1:]} {display_pence(item.closing.pence)} "
        f"→ {display_pence(item.now.pence)}"
        for item in month.since
    ]
    if count := len(month.in_the_way):
        told.append(f"{counted(count, 'thing stands', 'things stand')} in its way now")
    return f"Since {month.month} was closed: {'; '.join(told)}."


def _since(told: ReconciliationReport) -> Table:
    return Table(
        "since_closing",
        "What came to another sum since the month was closed",
        (
            Column("period", "Month", "month", "group" if len(told.months) > 1 else "data"),
            Column("what", "What", place="name"),
            Column("closing_lines", "Lines then", "count"),
            Column("closing", "At closing", "money"),
            Column("now_lines", "Lines now", "count"),
            Column("now", "Now", "money"),
            Column("change", "Change", "money", of="now - closing"),
        ),
        tuple(
            (
                *(month.month, WORDS[item.what], *item.closing, *item.now),
                item.now.pence - item.closing.pence,
            )
            for month in told.months
            for item in month.since
        ),
        "Since closing",
    )


def _closings(told: ReconciliationReport) -> Table:
    return Table(
        "closings",
        "Who closed the months and opened them again, who asked for that, when (UTC) and why",
        (
            Column("period", "Month", "month", place="name"),
            Column("act", "Act"),
            Column("status", "Status", place="small"),
            Column("user", "By"),
            Column("at", "At", place="small"),
            Column("proposed_by", "Proposed by"),
            Column("proposed_at", "Proposed at", place="small"),
            Column("reason", "Why"),
        ),
        tuple(
            (
                *(act.month, act.act, act.status, act.user, act.at),
                *(act.proposed_by, act.proposed_at, act.reason),
            )
            for month in told.months
            for act in month.acts
        ),
        "Closings",
    )
