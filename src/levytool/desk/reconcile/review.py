"""What a review steps through: every difference and suggestion that waits, with its lines."""

from dataclasses import dataclass

from levytool.desk.office import Office
from levytool.desk.reconcile.reconcile_spend import matched_part
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.spend.member_ledgers import ledger_number
from levytool.ledger.spend.returns import return_number
from levytool.money import display_pence
from levytool.periods import Period
from levytool.reconcile.spend import Findings
from levytool.reconcile.spend_told import effect_words
from levytool.rules.matching.decisions import Decision
from levytool.rules.matching.lines import Lines, SpendLine


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to decide: its id, what it is, a line of text for each line of either side, the
    lines themselves, and what was said of it before."""

    id: str
    title: str
    lines: tuple[str, ...]
    of: frozenset[SpendLine]
    before: Decision | None


@dataclass(frozen=True, slots=True)
class Review:
    """What waits, and the books as they were matched."""

    waiting: tuple[Waiting, ...]
    matched: Findings


def start_review(office: Office, period: Period, member: str | None = None) -> Review:
    """Everything that waits for a person in a period, suggestions after the differences.

    Raises UsageError for a member that the book does not have.
    """
    _asked, matched, found = matched_part(office, period, member)
    differences = (
        Waiting(
            item.id,
            f"{item.reason}: {item.lines[0].member}, {item.lines[0].contractor}, "
            f"{display_pence(item.net_difference_pence)}, "
            f"levy effect {effect_words(item.levy_effect_micropence)}"
            + (f"; its invoice is matched for {item.matched_for}" if item.matched_for else ""),
            _told(item.declared, item.recorded),
            frozenset(item.lines),
            item.decision,
        )
        for item in found.waiting
    )
    suggestions = (
        Waiting(
            item.id,
            f"suggestion: {item.why}",
            _told(item.declared, item.recorded),
            frozenset((*item.declared, *item.recorded)),
            matched.decisions.get(item.id),
        )
        for item in found.suggestions
    )
    return Review((*differences, *suggestions), matched)


def closed_in(office: Office, period: Period) -> list[str]:
    """The months of a period that are closed: decisions there post nothing and leave them so."""
    with office.reading() as connection:
        closed = closed_months(connection)
        return [str(month) for month in period.months() if month in closed]


def _told(declared: Lines, recorded: Lines) -> tuple[str, ...]:
    return tuple(
        f"{side}  {numbered(line.number)}/{line.line_no}  {line.date}  "
        f"{line.invoice or 'no invoice'}  {display_pence(line.net_pence)}  "
        f"{line.framework or 'no framework'}  {line.call_off}  {line.description}".rstrip()
        for side, lines, numbered in (
            ("declared", declared, return_number),
            ("recorded", recorded, ledger_number),
        )
        for line in lines
    )
