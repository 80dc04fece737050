"""Which records a participant may have: what was there before, and in what order (domain §3.7)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from levytool.rules.outcomes import Record, Step

ONCE = (Step.REFERRED, Step.STARTED, Step.LEFT)
"""Steps that a participant takes once: another one is a mistake, and the first is withdrawn."""


class Fault(NamedTuple):
    """Why records cannot stand together, in words that follow the reference, and what to do."""

    message: str
    hint: str


def history_fault(records: Iterable[Record]) -> Fault | None:
    """What is wrong with all the records of one participant, in any order; None where they hold.
    Of a step taken twice the one given first is told, whatever its day.

    A referral comes first, then the start, then the day of leaving. Milestones, qualifications and
    work count from the referral on, after leaving too: that is when most work is found.
    """
    given = list(records)
    history = sorted(given, key=lambda record: record.day)
    by_step = {step: [one for one in given if one.step == step] for step in ONCE}
    for step, found in by_step.items():
        if len(found) > 1:
            done = "been referred" if step == Step.REFERRED else step.value
            return Fault(f"has {done} already, on {found[0].day}", "withdraw that first")
    referred, started, left = (by_step[step] for step in ONCE)
    if not history:
        return None
    if not referred:
        return Fault("has not been referred to a scheme", "refer them first: participant refer")
    (referral,) = referred
    if any(one.scheme != referral.scheme for one in history):
        return Fault(
            f"belongs to {referral.scheme}", "give somebody in another scheme another reference"
        )
    if history[0].day < referral.day:
        early = history[0]
        did = "a milestone" if early.step == Step.MILESTONE else early.step
        return Fault(
            f"cannot have {did} on {early.day}, before the referral on {referral.day}",
            "look at the days",
        )
    return _leaving_fault(started, left)


def contradicts(ended: Record, new: Record) -> bool:
    """Whether a new spell of work begins on the day of one that has ended. Both would count, and
    a spell that was shortened would stay as long as it was."""
    same = ended.step == new.step == Step.WORKED and ended.day == new.day
    return same and ended.until is not None


def overfull_day(records: Iterable[Record], places: int, since: date) -> date | None:
    """The first day, from `since` on, at whose end more places of a scheme are filled than it has;
    None where there is none. `records` are the scheme's, each participant's without a fault.

    A start fills a place, and an early leaver frees it on the last day in post.
    """
    changes: Counter[date] = Counter()
    for one in records:
        if one.step == Step.STARTED:
            changes[max(one.day, since)] += 1
        elif one.step == Step.LEFT and not one.completed:
            changes[max(one.day, since)] -= 1
    filled = 0
    for day in sorted(changes):
        filled += changes[day]
        if filled > places:
            return day
    return None


def _leaving_fault(started: Sequence[Record], left: Sequence[Record]) -> Fault | None:
    if not left:
        return None
    if not started:
        return Fault(
            "has not started and cannot have left", "a referral that comes to nothing stays one"
        )
    if left[0].day < started[0].day:
        return Fault(
            f"cannot have left on {left[0].day}, before the start on {started[0].day}",
            "look at the days",
        )
    return None
