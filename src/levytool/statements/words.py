"""How a statement words things for people: dates, kinds of movement, the steps of the levy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from levytool.book.records import FundedOn
from levytool.money import display_line_levy, display_pence
from levytool.periods import Month, Period
from levytool.rules.matching.reasons import reason_words
from levytool.rules.opportunities import format_exact
from levytool.statements.said import format_rates
from levytool.statements.sections import Column, Statement, Value
from levytool.statements.values import Issue, LevyFigures, Movement, OpportunityLine
from levytool.statements.values_payer import BankedLater
from levytool.text import counted

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_KINDS = {
    "release": "Surplus released",
    "drawdown": "Drawn by scheme",
    "transfer": "Transfer between pots",
    "expiry": "Lapsed",
    "lapsed-restored": "Lapsed money restored",
    "commitment": "Committed to scheme",
    "scheme-closed": "Returned by closed scheme",
    "opening": "Brought in",
    "reversal": "Reversal",
}

PRIOR_PERIODS = "Prior periods"
"""What changed of months that an issued statement told, after it was issued."""

HELD_BEFORE = "In the bank before these books"
"""What bank accounts held before their first lines, where no opening brought it in."""

AGEING_LABELS = ("Not yet due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the levy's waterfall: a level of the fund, or what came to it or left it."""

    label: str
    amount_pence: int
    role: Literal["level", "change", "release"]


def day_words(day: date) -> str:
    """`30 Sep 2025`."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def long_day_words(day: date) -> str:
    """`30 September 2025`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_words(month: Month) -> str:
    """`Sep 2025`."""
    return f"{_MONTHS[month.month - 1][:3]} {month.year}"


def period_words(period: Period) -> str:
    """`September 2025`, or `April 2025 to March 2026`."""
    first = f"{_MONTHS[period.first.month - 1]} {period.first.year}"
    last = f"{_MONTHS[period.last.month - 1]} {period.last.year}"
    return first if period.first == period.last else f"{first} to {last}"


def kind_words(kind: str) -> str:
    """What a kind of movement is called."""
    return _KINDS.get(kind, kind.replace("-", " ").capitalize())


def movement_words(item: Movement) -> str:
    """What a movement was: its own narrative, else what its kind is called."""
    told = item.narrative or kind_words(item.kind)
    return f"Prior period: {told}" if item.is_prior else told


def months_words(count: int) -> str:
    """`1 month`, `14 months`; `new` for none."""
    if not count:
        return "new"
    return counted(count, "month")


def exact_words(number: Fraction) -> str:
    """A count of places: the whole decimal where that is short, else its first four places."""
    text = format_exact(number)
    if "/" not in text and len(text.partition(".")[2]) <= 4:
        return text
    sign = "-" if number < 0 else ""
    whole, part = divmod(abs(number.numerator) * 10_000 // number.denominator, 10_000)
    return f"{sign}{whole}.{part:04d}…"


def obligation_words(line: OpportunityLine) -> str:
    """What an obligation is counted by: codes, and whether other members' spend is in it."""
    codes = [code for code in (line.framework, line.call_off, line.contractor) if code]
    wide = ("framework", "contractor")
    return " · ".join([*codes, "all members"] if line.scope in wide else codes)


_COUNTED = {
    "framework": "of all members and contractors together",
    "framework-member": "for each member, all contractors together",
    "call-off": "for each call-off",
}


def shared_words(whole: OpportunityLine) -> str:
    """What a framework owes in all, of which a contractor is told its share."""
    delivered, outstanding = exact_words(whole.delivered), exact_words(whole.outstanding)
    carried = "" if whole.carried is None else f", {exact_words(whole.carried)} carried"
    return (
        f"{whole.framework} counts places {_COUNTED[whole.scope]}: in all {whole.due:,} due, "
        f"{delivered} delivered, {outstanding} outstanding{carried}. Whole places due are "
        "shared out to contractors by their spend, so a contractor’s due may be above or below its "
        "own exact figure, and what it delivered counts for all."
    )


ROUNDED = (
    "Levy is rounded once over all lines, what is billed on each invoice: they may differ by pence."
)
"""Why levy and billed are not the same to the penny (domain §3.2)."""


def dated_later(days: Iterable[date], period: Period) -> tuple[str, ...]:
    """What is said of documents, by their own dates, that are dated after the period they count in:
    those of returns that came, or were corrected, while a month of it was still open."""
    last = period.last.last_day
    count = sum(day > last for day in days)
    if not count:
        return ()
    return (
        f"{counted(count, 'of these documents is', 'of these documents are')} dated after "
        f"{day_words(last)}: a document is dated the day it is raised, and counts in the month its "
        "return is booked in. So a return that came or was corrected later is in these figures.",
    )


def banked_later(banked: Iterable[BankedLater], what: str) -> tuple[str, ...]:
    """What is said of money, `what` it is, that the bank had and that is in no figure yet."""
    return tuple(
        f"{what} of {display_pence(item.amount_pence)} was in the bank on {day_words(item.booked)} "
        f"and entered on {day_words(item.entered)}: it counts from that day, and is in no figure "
        "here."
        for item in banked
    )


def who_pays(frameworks: tuple[str, ...]) -> tuple[str, ...]:
    """What a contractor's page says of frameworks whose levy it does not pay."""
    if not frameworks:
        return ()
    return (
        f"The levy of {', '.join(frameworks)} is invoiced to members: what is outstanding of it is "
        "theirs to pay, not the contractor’s.",
    )


def basis_words(basis: FundedOn) -> str:
    """What makes levy into surplus, in a sentence."""
    if basis == "billed":
        return "Pots are funded by levy billed, whether or not it has been paid."
    return "Pots are funded by levy received: only levy that has been paid can become surplus."


def basis_of_dates(statement: Statement) -> str:
    """As at which day, as known on which, and by whom it was issued, in a sentence or two."""
    dates = f"As at {long_day_words(statement.as_at)}, by effective date"
    if statement.known_on is not None:
        dates += f", as the books stood on {long_day_words(statement.known_on)}"
    return f"{dates}.{_issue_words(statement.issue)}{_issued_as_words(statement)}"


def status_words(statement: Statement) -> str:
    """`Draft`, `Proposed`, or `Final ST-000001`."""
    number = statement.issue.number if statement.issue else ""
    return f"{statement.status.capitalize()} {number}".rstrip()


def _issue_words(issue: Issue | None) -> str:
    """Who prepared and who approved it, in a sentence; '' for a draft."""
    if issue is None:
        return ""
    prepared = f" Prepared by {issue.prepared_by} on {long_day_words(issue.prepared_on)}"
    if issue.issued_on is None:
        return f"{prepared}; it waits for a second person to approve it."
    return (
        f"{prepared}; approved by {issue.approved_by} and issued on "
        f"{long_day_words(issue.issued_on)}."
    )


def _issued_as_words(statement: Statement) -> str:
    """What a draft says of the statement that was issued for its period; '' where none was."""
    if not statement.issued_as:
        return ""
    return (
        f" {statement.issued_as} was issued for this period and stands; this draft tells it anew."
    )


def fund_words(levy: LevyFigures) -> str:
    """What the levy fund has beyond its reserve, or lacks; '' where it is even."""
    if levy.fund_closing_pence < 0:
        short = display_pence(levy.deficit_pence)
        return (
            f"The levy fund is {short} short, and the pot answers for it. Nothing is released "
            "until later levy has made that good."
        )
    if levy.deficit_pence:
        return (
            f"The levy fund is {display_pence(levy.deficit_pence)} below its reserve. Nothing is "
            "released until later levy has made that good."
        )
    if levy.surplus_pence:
        return f"{display_pence(levy.surplus_pence)} of the levy fund is surplus not yet released."
    return ""


def return_words(state: str) -> str:
    """What became of a return."""
    known = {
        "missing": "Missing",
        "expected": "Not due yet",
        "staged": "Not yet accepted",
        "late": "Came late",
        "nil": "Nil: no business",
    }
    return known.get(state, state.capitalize())


def opportunity_words(overruns_pence: int) -> str:
    """What it is called that places cost more, or less, than was set aside for them."""
    return f"Opportunities cost {'less' if overruns_pence < 0 else 'more'}"


def levy_steps(levy: LevyFigures) -> tuple[Step, ...]:
    """The levy fund from opening to closing; steps that are seldom needed only when they move."""
    flow = levy.period
    always = {"Retained for running costs": -flow.retained_pence}
    seldom = {
        opportunity_words(flow.overruns_pence): -flow.overruns_pence,
        "Written off": -flow.fund_written_off_pence,
        "Other movements": flow.other_pence,
    }
    prior = levy.prior_fund_pence
    changes = [
        *([Step(PRIOR_PERIODS, prior, "change")] if prior else []),
        Step("Levy into the fund", flow.funded_pence, "change"),
        *(Step(label, pence, "change") for label, pence in always.items()),
        Step("Set aside for opportunities", -flow.provided_pence, "change"),
        *(Step(label, pence, "change") for label, pence in seldom.items() if pence),
        Step("Surplus released to the pot", -flow.released_pence, "release"),
    ]
    return (
        Step("Levy fund at opening", levy.fund_opening_pence, "level"),
        *changes,
        Step("Levy fund at closing", levy.fund_closing_pence, "level"),
    )


def value_words(value: Value, column: Column) -> str:
    """A value as a page shows it; `''` where there is none."""
    match value:
        case None:
            return column.blank
        case int() if column.kind == "money":
            return display_pence(value)
        case int() if column.kind == "levy":
            return display_line_levy(value)
        case int() if column.kind == "overdue":
            return f"{value:,}" if value > 0 else column.blank
        case int() if column.kind == "months":
            return months_words(value)
        case int():
            return f"{value:,}"
        case Fraction():
            return exact_words(value)
        case Month():
            return month_words(value)
        case date():
            return day_words(value)
        case tuple() if column.kind == "rates":
            return format_rates(value) or column.blank
        case tuple():
            return ", ".join(map(str, value))
        case str() if column.kind == "return-state":
            return return_words(value)
        case str() if column.kind == "reason":
            return reason_words(value)
    return value
