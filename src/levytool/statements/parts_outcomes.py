"""What a statement tells of a scheme's participants: the programme figures of domain §3.7.

They are told of all participants together. Nothing of a single one stands in a statement.
"""

from collections.abc import Sequence

from levytool.money import half_up
from levytool.rules.outcomes import SUSTAINED_WEEKS
from levytool.statements.sections import Column, Section, Table, Value
from levytool.statements.values import SchemeLine

NOBODY = "No participants are recorded."
SUSTAINED = (
    "In work without a break: the scheme’s own post from start to leaving, and any other work."
)
TOGETHER = "Groups of fewer than five are told together with others, or not at all."
OTHERS = "Others, or not said"

_SCHEME = (Column("scheme", "Scheme code", place="data"), Column("title", "Scheme", place="name"))


def outcome_tables(schemes: Sequence[SchemeLine]) -> tuple[Table, ...]:
    """How far participants have come, how long they were in work, and what came next."""
    told = [item for item in schemes if item.outcomes.referred]
    return (_progress(told), _sustainment(told), _next_roles(told))


def outcome_notes(schemes: Sequence[SchemeLine]) -> tuple[str, ...]:
    """The share of all referred that progressed; that there are none, where none is recorded."""
    referred = sum(item.outcomes.referred for item in schemes)
    progressed = sum(item.outcomes.progressed for item in schemes)
    if not referred:
        return (NOBODY,) if schemes else ()
    percent = half_up(100 * progressed, referred)
    return (f"{progressed:,} of {referred:,} referred progressed to a next role ({percent}%).",)


def outcomes_section(scheme: SchemeLine) -> Section:
    """One scheme's participants, with the target groups that may be told."""
    groups = Table(
        "target_groups",
        "Referred by target group",
        (Column("group", "Target group", place="name"), _count("referred", "Referred")),
        tuple((group or OTHERS, count) for group, count in scheme.outcomes.target_groups),
        "Target groups",
        total="All",
    )
    tables = (*outcome_tables((scheme,)), groups)
    told = (*outcome_notes((scheme,)), SUSTAINED, *((TOGETHER,) if groups.rows else ()))
    after = told if scheme.outcomes.referred else ()
    return Section("outcomes", "Participants and outcomes", tables, after=after, nothing=NOBODY)


def _count(key: str, label: str) -> Column:
    return Column(key, label, "count", sums=True)


def _progress(schemes: Sequence[SchemeLine]) -> Table:
    columns = (
        *_SCHEME,
        _count("referred", "Referred"),
        _count("started", "Started"),
        _count("in_post", "In post"),
        _count("completed", "Completed"),
        _count("left_early", "Left early"),
        _count("progressed", "Progressed"),
    )
    rows = tuple(map(_progress_row, schemes))
    return Table("outcomes", "Participants, to date", columns, rows, "Outcomes", total="All")


def _progress_row(item: SchemeLine) -> tuple[Value, ...]:
    own = item.outcomes
    return (
        *(item.scheme, item.title, own.referred, own.started, own.in_post),
        *(own.completed, own.left_early, own.progressed),
    )


def _sustainment(schemes: Sequence[SchemeLine]) -> Table:
    columns = (
        *_SCHEME,
        *(_count(f"sustained_{weeks}", f"{weeks} weeks") for weeks in SUSTAINED_WEEKS),
        _count("qualifications", "Qualifications"),
    )
    rows = tuple(map(_sustainment_row, schemes))
    caption = "Participants in work without a break, and qualifications gained"
    return Table("sustainment", caption, columns, rows, "Sustainment", total="All")


def _sustainment_row(item: SchemeLine) -> tuple[Value, ...]:
    own = item.outcomes
    return (item.scheme, item.title, *own.sustained, own.qualifications)


def _next_roles(schemes: Sequence[SchemeLine]) -> Table:
    columns = (
        *_SCHEME,
        Column("next_role", "Next role", place="small"),
        _count("participants", "Participants"),
    )
    rows = tuple(
        (item.scheme, item.title, role, count)
        for item in schemes
        for role, count in item.outcomes.next_roles
    )
    return Table("next_roles", "Next roles of those who progressed", columns, rows, "Next roles")
