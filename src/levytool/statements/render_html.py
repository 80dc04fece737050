"""A statement as one HTML page that needs nothing else: no script, no request, prints on A4."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from markupsafe import Markup

from levytool.statements import words
from levytool.statements.chart import waterfall
from levytool.statements.colour import dark_palette, light_palette
from levytool.statements.figures import figures
from levytool.statements.pages import environment
from levytool.statements.values import MemberStatement, SpendLine

DOCUMENTS_SHOWN = 40
"""Open documents that the page lists, longest overdue first; CSV and JSON have them all."""


@dataclass(frozen=True, slots=True)
class LotSpend:
    """The lines of one lot."""

    lot: str
    title: str
    lines: tuple[SpendLine, ...]


@dataclass(frozen=True, slots=True)
class FrameworkSpend:
    """A framework's lots with what their lines sum to, in pence."""

    framework: str
    title: str
    lots: tuple[LotSpend, ...]
    spend_pence: int
    levy_pence: int
    billed_pence: int
    received_pence: int
    outstanding_pence: int


def render_html(statement: MemberStatement) -> str:
    """The page. Every text is escaped; colours come from the book's accent, made readable."""
    steps = words.levy_steps(statement.levy)
    accent = statement.issuer.accent
    return (
        environment()
        .get_template("member.html.j2")
        .render(
            s=statement,
            foot=f"{statement.recipient.code} · {statement.period} · {statement.status}",
            light=light_palette(accent),
            dark=dark_palette(accent),
            chart=Markup(waterfall(steps, "From levy to surplus")),
            steps=steps,
            spend=spend_by_framework(statement.spend),
            documents=statement.open_documents[:DOCUMENTS_SHOWN],
            further_documents=max(0, len(statement.open_documents) - DOCUMENTS_SHOWN),
            hash=figures(statement)["hash"],
        )
    )


def spend_by_framework(lines: Iterable[SpendLine]) -> tuple[FrameworkSpend, ...]:
    """Lines, which stand in order of framework and lot, gathered with their sums."""
    found = []
    for code, group in groupby(lines, key=attrgetter("framework")):
        own = tuple(group)
        lots = tuple(
            LotSpend(lot, (of_lot := tuple(in_lot))[0].lot_title, of_lot)
            for lot, in_lot in groupby(own, key=attrgetter("lot"))
        )
        found.append(
            FrameworkSpend(
                code,
                own[0].framework_title,
                lots,
                sum(line.spend_pence for line in own),
                sum(line.levy_pence for line in own),
                sum(line.billed_pence for line in own),
                sum(line.received_pence for line in own),
                sum(line.outstanding_pence for line in own),
            )
        )
    return tuple(found)
