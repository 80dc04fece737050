"""The section of a statement that tells of training and employment places (domain §3.4)."""

from collections.abc import Sequence

from levytool.statements import words
from levytool.statements.sections import Column, PlacesChart, Section, Table, Value
from levytool.statements.values import OpportunityLine

COLUMNS = (
    Column("scope", "Scope", place="data"),
    Column("framework", "Framework code", place="data"),
    Column("framework_title", "Framework", place="name"),
    Column("obligation", "Counted by", place="small"),
    Column("member", "Member code", place="data"),
    Column("call_off", "Call-off", place="data"),
    Column("contractor", "Contractor code", place="data"),
    Column("spend", "Spend", "money", sums=True),
    Column("due_exact", "Exactly due", "exact"),
    Column("due", "Due", "count", sums=True),
    Column("delivered", "Delivered", "count", sums=True),
    Column("verified", "Verified", "count", sums=True),
    Column("outstanding", "Outstanding", "count", sums=True),
    Column("over_delivered", "Over", "count", "data"),
    Column("carried", "Carried", "exact", blank="–"),
    Column("part_million_cost", "Part-million", "money", "data", sums=True),
)

BARS_SHOWN = 12
"""Obligations that the chart draws; the table has them all."""


def places_section(
    lines: Sequence[OpportunityLine],
    caption: str,
    after: tuple[str, ...] = (),
    total: str = "All obligations",
) -> Section:
    """Places due, exactly and whole, delivered, verified and carried, with a chart of them.

    `total` names what all lines together are; "" where their sum means nothing.
    """
    table = Table(
        "opportunities",
        caption,
        COLUMNS,
        tuple(map(_row, lines)),
        "Opportunities",
        total=total if len(lines) > 1 else "",
    )
    beyond = table.apart(
        "Delivered beyond what is due, and the cost of the part-million carried",
        {
            "framework_title": "name",
            "obligation": "small",
            "over_delivered": "column",
            "part_million_cost": "column",
        },
    )
    chart = PlacesChart(
        "Opportunities delivered against those due",
        tuple(
            (words.obligation_words(line), line.due_exact, line.due, line.delivered, line.verified)
            for line in lines[:BARS_SHOWN]
        ),
    )
    return Section(
        "opportunities",
        "Training and employment opportunities",
        (chart, table, beyond) if lines else (table,),
        after=after,
    )


def _row(line: OpportunityLine) -> tuple[Value, ...]:
    return (
        line.scope,
        line.framework,
        line.framework_title,
        words.obligation_words(line),
        line.member if line.scope in ("framework-member", "call-off") else "",
        line.call_off,
        line.contractor,
        line.spend_pence,
        line.due_exact,
        line.due,
        line.delivered,
        line.verified,
        line.outstanding,
        line.over_delivered,
        line.carried,
        line.part_million_pence,
    )
