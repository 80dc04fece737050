"""A statement as one flat CSV table: every section's rows, under the names that the JSON uses.

`section` says what a row belongs to and `item` names a figure that stands alone; a column that a
section lacks is empty. Text that a spreadsheet could take for a formula is neutralised.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from levytool.statements.figures import AGEING_COLUMNS, Figures, figures
from levytool.statements.values import MemberStatement
from levytool.text import csv_cell

_SECTIONS = (
    "movements",
    "commitments",
    "cohorts",
    "opportunities",
    "schemes",
    "open_documents",
    "returns",
    "spend_by_framework",
    "earlier_periods",
)

COLUMNS = (
    *("section", "item", "value"),
    *("date", "kind", "reference", "narrative", "amount"),
    *("cohort", "age_months", "uncommitted", "committed", "lapses"),
    *("scope", "framework", "member", "lot", "call_off", "contractor", "period", "state", "spend"),
    *("rate", "levy", "billed", "received", "outstanding"),
    *("due_exact", "due", "delivered", "verified", "over_delivered", "carried"),
    *("part_million_cost", "scheme", "title", "members", "area", "budget", "drawn", "remaining"),
    *("all_committed", "all_drawn", "match_funding", "match_funding_received"),
    *("match_funding_returned", "places"),
    *("cost_per_place", "number", "payer", "days_overdue", "returned_on"),
    *(*AGEING_COLUMNS, "total"),
)
"""The columns, the same for every statement."""


def render_csv(statement: MemberStatement) -> str:
    """Header row first, then the figures that stand alone, then section by section."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _rows(figures(statement)):
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return stream.getvalue()


def _rows(said: Figures) -> Iterator[Figures]:
    for item, value in said.items():
        if not isinstance(value, list | dict):
            yield {"section": "statement", "item": item, "value": value}
    for moment, split in said["split"].items():
        yield from _named("split", split, f"{moment}_")
    to_date = said["levy"]["to_date"]
    yield from _named("levy", {k: v for k, v in said["levy"].items() if k != "to_date"})
    yield from _named("levy_to_date", to_date)
    for section in _SECTIONS:
        for row in said[section]:
            yield {"section": section, **row}
    ageing = said["ageing"]
    for payer in ageing["payers"]:
        yield {"section": "ageing", **payer}


def _named(section: str, values: Figures, before: str = "") -> Iterator[Figures]:
    for item, value in values.items():
        yield {"section": section, "item": f"{before}{item}", "value": value}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return csv_cell(", ".join(value))
    return csv_cell(str(value))
