"""The sections of a statement that tell of pots and schemes."""

from collections.abc import Iterable, Sequence

from levytool.statements import words
from levytool.statements.parts_outcomes import outcome_notes, outcome_tables
from levytool.statements.sections import (
    BalanceChart,
    Column,
    Grid,
    Named,
    Place,
    Section,
    Table,
    Value,
)
from levytool.statements.values import CohortLine, MonthEnd, Movement, SchemeLine, Split

_MOVEMENT_COLUMNS = (
    Column("date", "Date", "day"),
    Column("kind", "Kind", place="data"),
    Column("narrative", "Movement", place="name"),
    Column("reference", "Entry", place="small"),
    Column("amount", "Amount", "money", sums=True),
)


def balance_section(
    opening: Split,
    closing: Split,
    movements: Sequence[Movement],
    commitments: Sequence[Movement],
    month_ends: Sequence[MonthEnd],
    cohorts: Sequence[CohortLine],
    follows: str = "",
) -> Section:
    """What moved a member's balance, month by month, and how old what is left of it is."""
    return Section(
        "movements",
        "Movements of the balance",
        (
            movements_table(
                "From the opening to the closing balance",
                movements,
                brought=(as_issued("Opening balance", follows), opening.total_pence),
                total="Closing balance",
            ),
            Table(
                "commitments",
                "Committed to schemes: money that moved within the balance",
                _MOVEMENT_COLUMNS,
                _movement_rows(commitments),
                "Commitments",
                total="Committed, less what came back",
            ),
            _split(opening, closing),
            *balance_by_month(month_ends),
            _cohorts(cohorts),
        ),
    )


def movements_table(
    caption: str,
    movements: Iterable[Movement],
    brought: tuple[str, int],
    total: str,
    key: str = "movements",
) -> Table:
    """Movements from a balance that is `brought` forward to the one that is called `total`."""
    return Table(
        key,
        caption,
        _MOVEMENT_COLUMNS,
        _movement_rows(movements),
        key.capitalize(),
        brought=brought,
        total=total,
    )


def _movement_rows(movements: Iterable[Movement]) -> tuple[tuple[Value, ...], ...]:
    return tuple(
        (item.day, kind_of(item), words.movement_words(item), item.reference, item.amount_pence)
        for item in movements
    )


def as_issued(label: str, follows: str) -> str:
    """What an opening balance is called, where it is the closing one of an issued statement too."""
    return f"{label}, as issued in {follows}" if follows else label


def kind_of(item: Movement) -> str:
    """What scripts know a movement's kind by."""
    return "prior-period" if item.is_prior else item.kind


def _split(opening: Split, closing: Split) -> Grid:
    return Grid(
        "split",
        "How the balance is held",
        "Held",
        (
            Column("opening.{}", "At opening", "money", sums=True),
            Column("closing.{}", "At closing", "money", sums=True),
        ),
        (
            Named(
                "uncommitted",
                "Uncommitted, in the pot",
                (opening.uncommitted_pence, closing.uncommitted_pence),
            ),
            Named(
                "committed",
                "Committed to schemes",
                (opening.committed_pence, closing.committed_pence),
            ),
        ),
        "Held",
        total="Balance",
    )


def balance_by_month(month_ends: Sequence[MonthEnd]) -> tuple[BalanceChart | Table, ...]:
    """A chart and its figures; of no balance at all only files have them."""
    parts = [(m.month, m.split.uncommitted_pence, m.split.committed_pence) for m in month_ends]
    is_any = any(free or bound for _, free, bound in parts)
    chart = BalanceChart(
        "Balance at the end of each month",
        ("Uncommitted, in the pot", "Committed to schemes"),
        tuple(parts),
    )
    table = Table(
        "balance_by_month",
        "The balance month by month",
        (
            Column("month", "Month", "month", "name"),
            Column("uncommitted", "Uncommitted", "money"),
            Column("committed", "Committed", "money"),
            Column("balance", "Balance", "money", of="uncommitted + committed"),
        ),
        tuple((month, free, bound, free + bound) for month, free, bound in parts),
        "Balance by month",
        on_page=is_any,
    )
    return (chart, table) if is_any else (table,)


def _cohorts(cohorts: Sequence[CohortLine]) -> Table:
    any_lapse = any(item.lapses for item in cohorts)
    return Table(
        "cohorts",
        "The closing balance by age",
        (
            Column("cohort", "Released", "month", "name"),
            Column("age_months", "Age", "months"),
            Column("uncommitted", "Uncommitted", "money", sums=True),
            Column("committed", "Committed", "money", sums=True),
            Column("lapses", "Lapses", "month", "column" if any_lapse else "data", blank="–"),
        ),
        tuple(
            (c.entered, c.age_months, c.uncommitted_pence, c.committed_pence, c.lapses)
            for c in cohorts
        ),
        "Age",
        total="Closing balance",
    )


def schemes_section(schemes: Sequence[SchemeLine], caption: str, *, whole: bool = False) -> Section:
    """Schemes with a member's part in each and the whole of each beside it, or just the `whole`."""
    all_place: Place = "data" if whole else "small"
    columns = (
        Column("scheme", "Scheme code", place="data"),
        Column("title", "Scheme", place="name"),
        Column("state", "State", place="small"),
        Column("members", "Members", "texts", "data"),
        Column("area", "Area", place="data"),
        Column("budget", "Budget", "money", sums=True),
        Column("committed", "Committed", "money", sums=True),
        Column("all_committed", "Committed by all", "money", all_place, suffix=" in all"),
        Column("drawn", "Drawn", "money", sums=True),
        Column("all_drawn", "Drawn in all", "money", all_place, suffix=" in all"),
        Column("remaining", "Remaining", "money", sums=True),
        Column("match_funding", "Match funding", "money", sums=True),
        Column(
            "match_funding_received", "Match funding received", "money", "small", suffix=" received"
        ),
        Column(
            *("match_funding_returned", "Match funding given back", "money", "small"),
            suffix=" given back",
            seldom=True,
        ),
        Column("places", "Places", "count", sums=True),
        Column("cost_per_place", "Cost per place", "money", "small", suffix=" each"),
        Column("filled", "Places filled", "count", "small", suffix=" filled"),
    )
    table = Table(
        "schemes", caption, columns, tuple(map(_scheme_row, schemes)), "Schemes", total="All"
    )
    parts = (table, *outcome_tables(schemes))
    return Section("schemes", "Schemes", parts, after=outcome_notes(schemes))


def _scheme_row(item: SchemeLine) -> tuple[Value, ...]:
    return (
        item.scheme,
        item.title,
        item.state,
        item.members,
        item.area,
        item.budget_pence,
        item.committed_pence,
        item.all_committed_pence,
        item.drawn_pence,
        item.all_drawn_pence,
        item.remaining_pence,
        item.match_agreed_pence,
        item.match_received_pence,
        item.match_returned_pence,
        item.places,
        item.cost_per_place_pence,
        item.outcomes.filled,
    )
