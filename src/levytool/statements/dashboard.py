"""The consortium at a glance: figures of today, each with the command that explains it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from levytool.money import display_pence
from levytool.periods import Month, Period
from levytool.problems import Problem
from levytool.reconcile.spend_told import not_compared_words
from levytool.rules.matching.reasons import MemberMonth
from levytool.statements import words
from levytool.statements.parts_balance import balance_by_month
from levytool.statements.sections import Column, PlacesChart, Section, Table, Value
from levytool.statements.values import Issuer, LevyFigures, SchemeLine
from levytool.statements.values_parties import ConsortiumStatement, PotLine
from levytool.text import sentence

OBSTACLES_SHOWN = 25
"""What the page lists of all that stands in the way."""

_HOW = Column("command", "Explained by", place="small")


@dataclass(frozen=True, slots=True)
class OverdueReturn:
    """A return that is due and has not come; `period` as a person names it."""

    contractor: str
    contractor_name: str
    framework: str
    period: str
    due: date
    days_overdue: int


@dataclass(frozen=True, slots=True)
class OpenMonth:
    """The oldest open month and what keeps it so; `closes_on` where it has not ended."""

    month: Month
    in_the_way: tuple[Problem, ...] = ()
    not_compared: tuple[MemberMonth, ...] = ()
    closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What the page shows. `own` covers the financial year so far; `today` is the officer's day."""

    today: date
    own: ConsortiumStatement
    overdue: tuple[OverdueReturn, ...]
    open_month: OpenMonth | None

    @property
    def issuer(self) -> Issuer:
        return self.own.told.issuer


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure at the head of the page: where on the page it is told in full, and the command."""

    label: str
    figure: str
    panel: str
    command: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the page with the commands that explain what stands in it."""

    section: Section
    commands: tuple[str, ...]


def headlines(told: Dashboard) -> tuple[Headline, ...]:
    """What an officer looks for first."""
    own, flow = told.own, told.own.levy.period
    due = sum(line.due for line in own.opportunities)
    delivered = sum((line.delivered for line in own.opportunities), Fraction(0))
    found = told.open_month
    return (
        Headline(
            "Levy billed this year",
            display_pence(flow.billed_pence),
            "levy",
            _consortium(told),
        ),
        Headline(
            "Levy received this year",
            display_pence(flow.received_pence),
            "levy",
            _consortium(told),
        ),
        Headline("Returns overdue", f"{len(told.overdue):,}", "returns", "return due"),
        Headline(
            "Members’ pots", display_pence(own.closing.total_pence), "pots", _consortium(told)
        ),
        Headline(
            "Opportunities delivered",
            f"{words.exact_words(delivered)} of {due:,} due",
            "opportunities",
            _consortium(told),
        ),
        Headline(
            f"Keeps {found.month} open" if found else "Months open",
            f"{len(found.in_the_way):,}" if found else "0",
            "closing",
            f"period close {found.month} --dry-run" if found else "period status",
        ),
    )


def _consortium(told: Dashboard) -> str:
    """The statement that has every sum of the page."""
    return f"statement consortium --period {told.own.told.period}"


def panels(told: Dashboard) -> tuple[Panel, ...]:
    """The page's sections, what wants doing first."""
    return (_closing(told), _returns(told), _levy(told), _pots(told), _places(told), _schemes(told))


def _closing(told: Dashboard) -> Panel:
    found = told.open_month
    if found is None:
        nothing = "No month with anything in it is open."
        return Panel(Section("closing", "Closing", (), nothing=nothing), ("period status",))
    table = Table(
        "in_the_way",
        f"{found.month} is the oldest open month",
        (
            Column("what", "What stands in the way", place="name"),
            Column("next", "What to do", place="small"),
        ),
        tuple((problem.message, problem.hint) for problem in found.in_the_way[:OBSTACLES_SHOWN]),
        "In the way",
    )
    notes = []
    if more := len(found.in_the_way[OBSTACLES_SHOWN:]):
        notes.append(f"{more:,} more: levytool period close {found.month} --dry-run")
    if found.closes_on:
        notes.append(f"{found.month} has not ended; it can be closed from {found.closes_on} on.")
    if found.not_compared:
        notes.append(sentence(not_compared_words(found.not_compared)))
    return Panel(
        Section(
            "closing",
            f"What keeps {words.month_words(found.month)} open",
            (table,),
            after=tuple(notes),
            nothing="" if found.closes_on else f"Nothing: {found.month} can be closed.",
        ),
        (
            "period status",
            f"reconcile report --period {found.month}",
            f"period close {found.month} --dry-run",
        ),
    )


def _returns(told: Dashboard) -> Panel:
    owed: dict[tuple[str, str, str], list[OverdueReturn]] = defaultdict(list)
    for item in told.overdue:
        owed[item.contractor, item.framework, item.contractor_name].append(item)
    table = Table(
        "overdue_returns",
        "By contractor and framework, longest overdue first",
        (
            Column("contractor_name", "Contractor", place="name"),
            Column("contractor", "Code", place="small"),
            Column("framework", "Framework", place="small"),
            Column("returns", "Returns", "count", sums=True),
            Column("oldest", "Oldest"),
            Column("due", "Was due", "day"),
            Column("days_overdue", "Days overdue", "count"),
        ),
        tuple(
            sorted(
                (
                    (name, contractor, framework, len(own), *_oldest(own))
                    for (contractor, framework, name), own in owed.items()
                ),
                key=lambda row: (row[5], row[1], row[2]),
            )
        ),
        "Returns",
        total="All",
    )
    section = Section("returns", "Returns overdue", (table,), nothing="No return is overdue.")
    return Panel(section, ("return due", "return list"))


def _oldest(owed: Iterable[OverdueReturn]) -> tuple[str, date, int]:
    """The period of the return that is longest overdue, when it was due, and for how many days."""
    first = min(owed, key=lambda item: item.due)
    return first.period, first.due, first.days_overdue


def _levy(told: Dashboard) -> Panel:
    own = told.own
    table = Table(
        "levy",
        f"From {words.period_words(own.told.period)}, and since the books began",
        (
            Column("step", "Levy", place="name"),
            Column("period", "This year", "money"),
            Column("to_date", "To date", "money"),
        ),
        tuple(_levy_rows(own.levy)),
        "Levy",
    )
    section = Section("levy", "Levy", (table,), notes=(words.basis_words(own.told.basis),))
    commands = (
        *(_consortium(told), f"levy documents --period {own.told.period}"),
        *(f"ledger journal --period {own.told.period}", "ledger balances"),
    )
    return Panel(section, commands)


def _levy_rows(levy: LevyFigures) -> Iterable[tuple[Value, ...]]:
    now, ever = levy.period, levy.to_date
    yield "Billed", now.billed_pence, ever.billed_pence
    yield "Received", now.received_pence, ever.received_pence
    yield "Written off", now.written_off_pence, ever.written_off_pence
    yield "Billed and not received", None, levy.unpaid_closing_pence
    yield "Retained for running costs", now.retained_pence, ever.retained_pence
    yield "Set aside for opportunities", now.provided_pence, ever.provided_pence
    yield "Released to pots", now.released_pence, ever.released_pence


def _pots(told: Dashboard) -> Panel:
    own = told.own
    table = Table(
        "pots",
        "What each member has, and the levy that has not reached its pot yet",
        (
            Column("member_name", "Member", place="name"),
            _HOW,
            Column("uncommitted", "In the pot", "money", sums=True),
            Column("committed", "Committed", "money", sums=True),
            Column("balance", "Balance", "money", sums=True),
            Column("unpaid", "Levy unpaid", "money", sums=True),
        ),
        tuple(
            (
                *(line.name, _how_of(line, own.told.period)),
                *(line.closing.uncommitted_pence, line.closing.committed_pence),
                *(line.closing.total_pence, line.unpaid_pence),
            )
            for line in own.pots
        ),
        "Pots",
        total="All members",
    )
    section = Section("pots", "Pots by member", (*balance_by_month(own.month_ends), table))
    return Panel(section, (_consortium(told), "pot list"))


def _how_of(line: PotLine, period: Period) -> str:
    """The command that shows what a member has, and each entry that it comes from."""
    return f"levytool statement member {line.member} --period {period}"


def _places(told: Dashboard) -> Panel:
    lines = told.own.opportunities
    table = Table(
        "opportunities",
        "Places due on all spend to date, and what contractors have delivered",
        (
            Column("framework_title", "Framework", place="name"),
            Column("framework", "Code", place="small"),
            Column("spend", "Spend", "money", sums=True),
            Column("due_exact", "Exactly due", "exact"),
            Column("due", "Due", "count", sums=True),
            Column("delivered", "Delivered", "count", sums=True),
            Column("verified", "Verified", "count", sums=True),
            Column("outstanding", "Outstanding", "count", sums=True),
        ),
        tuple(
            (
                *(line.framework_title, line.framework, line.spend_pence, line.due_exact),
                *(line.due, line.delivered, line.verified, line.outstanding),
            )
            for line in lines
        ),
        "Opportunities",
        total="All frameworks",
    )
    chart = PlacesChart(
        "Opportunities delivered against those due",
        tuple(
            (line.framework_title, line.due_exact, line.due, line.delivered, line.verified)
            for line in lines
        ),
    )
    section = Section(
        "opportunities",
        "Opportunities by framework",
        (chart, table) if lines else (),
        nothing="No spend has been declared on a framework that owes opportunities.",
    )
    return Panel(section, (_consortium(told), "opportunity due", "opportunity list"))


def _schemes(told: Dashboard) -> Panel:
    table = Table(
        "schemes",
        "Budget and money of every scheme, to date",
        (
            Column("title", "Scheme", place="name"),
            Column("state", "State", place="small"),
            _HOW,
            Column("budget", "Budget", "money", sums=True),
            Column("committed", "Committed", "money", sums=True),
            Column("match_funding", "Match funding", "money", sums=True),
            _part("match_funding_owed", "Match funding not received", " not received"),
            Column("drawn", "Drawn", "money", sums=True),
            _part("given_back", "Given back", " given back"),
            Column("remaining", "Remaining", "money", sums=True),
            Column("places", "Places", "count", sums=True),
            Column("filled", "Filled", "count", sums=True),
        ),
        tuple(
            (
                *(item.title, item.state, f"levytool scheme show {item.scheme}"),
                *(item.budget_pence, item.all_committed_pence, item.match_agreed_pence),
                *(item.match_owed_pence, item.drawn_pence, _given_back(item)),
                *(item.remaining_pence, item.places, item.outcomes.filled),
            )
            for item in told.own.schemes
        ),
        "Schemes",
        total="All schemes",
    )
    section = Section("schemes", "Schemes", (table,), nothing="There is no scheme yet.")
    return Panel(section, ("scheme list", _consortium(told)))


def _part(key: str, label: str, suffix: str) -> Column:
    """An amount in small print beneath another, left out where it is nil."""
    return Column(key, label, "money", "small", suffix=suffix, seldom=True)


def _given_back(item: SchemeLine) -> int:
    """What a scheme gave back as it closed: to pots, to funders, or as a debt that is no more."""
    put = item.all_committed_pence + item.match_agreed_pence
    return put - item.drawn_pence - item.match_owed_pence - item.remaining_pence
