"""What becomes of a scheme's participants: referred, started, progressed, in work for how long.

Domain §3.7: a participant is a pseudonymous reference with records, each of which holds for a day.
Everything here is worked out from those records as at a day, in whatever order they come.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import starmap
from typing import Literal, NamedTuple

from levytool.rules.bank_holidays import is_working_day

SUSTAINED_WEEKS = (13, 26, 52)
"""The weeks of continuous work that domain §2 calls sustainment."""

SMALLEST_CELL = 5
"""A target group of fewer is never told by itself (domain §3.7)."""

LONGEST_HOLIDAY = 7
"""More days than any weekend has with the bank holidays beside it."""

TARGET_GROUPS = ("ex-offender", "long-term-unemployed", "neet", "other")
"""Whom schemes are for (domain §1). Which of them somebody is may be left open."""
NEXT_ROLES = (
    *("employment", "self-employment", "apprenticeship", "education", "training"),
    "volunteering",
)
LEAVING_REASONS = (
    *("end-of-placement", "next-role", "personal", "moved-away", "dismissed", "lost-contact"),
    "other",
)
MENTORS = ("supervisor", "colleague", "coach", "key-worker", "tutor", "volunteer")
"""Who may mentor a participant: the role, never the name."""

ParticipantState = Literal["referred", "in-post", "completed", "left-early"]


class Step(StrEnum):
    """What a record says of a participant."""

    REFERRED = "referred"
    STARTED = "started"
    MILESTONE = "milestone"
    QUALIFIED = "qualified"
    WORKED = "worked"
    LEFT = "left"


class Record(NamedTuple):
    """One record of a participant. What its step does not say is '' or None.

    `day` is the day it holds for, of a spell of work the first one; `until` a spell's last day,
    None while it runs. `hours` are hours a week, 0 for a start without a job. `role` is the
    mentor's for a start, the next role for a leaver. `completed`: the leaver had done what the
    scheme is for.
    """

    participant: str
    scheme: str
    step: str
    day: date
    until: date | None = None
    hours: int | None = None
    title: str = ""
    role: str = ""
    reason: str = ""
    target_group: str = ""
    completed: bool = False


class Spell(NamedTuple):
    """Work from a first to a last day, both included; no last day while it runs."""

    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """What the records say of one participant as at a day.

    `longest_days` is the longest continuous spell of work, `days_in_work` all days in work.
    """

    reference: str
    scheme: str
    target_group: str
    referred: date
    started: date | None
    hours: int | None
    mentor: str
    left: date | None
    reason: str
    completed: bool
    next_role: str
    milestones: int
    qualifications: int
    longest_days: int
    days_in_work: int

    @property
    def state(self) -> ParticipantState:
        """How far they have come."""
        if self.started is None:
            return "referred"
        if self.left is None:
            return "in-post"
        return "completed" if self.completed else "left-early"

    def is_sustained(self, weeks: int) -> bool:
        """Whether they were in work for so many weeks without a break."""
        return self.longest_days >= 7 * weeks


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The programme figures of a scheme (domain §3.7), each a number of participants but
    `qualifications`. `sustained` goes by `SUSTAINED_WEEKS`.

    `target_groups` counts referrals by group, as `told_groups` lets them be told.
    """

    referred: int = 0
    started: int = 0
    in_post: int = 0
    completed: int = 0
    progressed: int = 0
    qualifications: int = 0
    sustained: tuple[int, ...] = (0,) * len(SUSTAINED_WEEKS)
    next_roles: tuple[tuple[str, int], ...] = ()
    target_groups: tuple[tuple[str, int], ...] = ()

    @property
    def filled(self) -> int:
        """Places taken up: an early leaver frees the place, one who completed has filled it."""
        return self.in_post + self.completed

    @property
    def left_early(self) -> int:
        return self.started - self.filled


NO_OUTCOMES = Outcomes()
"""The figures of a scheme that nobody was referred to."""


def worked_runs(spells: Iterable[Spell], day: date) -> list[tuple[date, date]]:
    """Unbroken runs of work up to `day`, first and last day of each, in order.

    Spells that overlap or touch are one run, and so are those with no working day between them:
    who leaves on a Friday and begins on Monday was not out of work. A spell that runs is ended by
    another of the same first day that has an end.
    """
    known = [spell for spell in spells if spell.first <= day]
    ended = {spell.first for spell in known if spell.last is not None}
    runs: list[tuple[date, date]] = []
    for first, last in sorted(
        (spell.first, min(spell.last or day, day))
        for spell in known
        if spell.last is not None or spell.first not in ended
    ):
        if runs and _goes_on(runs[-1][1], first):
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs


def _goes_on(last: date, first: date) -> bool:
    """Whether no working day lies after the last day of one spell and before the next one's."""
    between = (first - last).days - 1
    return between <= LONGEST_HOLIDAY and not any(
        is_working_day(last + timedelta(days=days)) for days in range(1, between + 1)
    )


def participants_of(records: Iterable[Record], day: date) -> list[Participant]:
    """Every participant referred by `day`, in order of reference, as at that day."""
    own: dict[str, list[Record]] = {}
    for record in records:
        if record.day <= day:
            own.setdefault(record.participant, []).append(record)
    found = (_participant(history, day) for _reference, history in sorted(own.items()))
    return [participant for participant in found if participant is not None]


def _participant(history: list[Record], day: date) -> Participant | None:
    """One participant. None before the referral.

    The scheme's own job, from the start to the day of leaving, is a spell of work as any other:
    participants are employed in it (domain §1). A start with no hours is one without a job.
    """
    by_step: dict[str, list[Record]] = {}
    for record in history:
        by_step.setdefault(record.step, []).append(record)
    if Step.REFERRED not in by_step:
        return None
    referral = by_step[Step.REFERRED][0]
    start = next(iter(by_step.get(Step.STARTED, ())), None)
    leaving = next(iter(by_step.get(Step.LEFT, ())), None)
    spells = [Spell(record.day, record.until) for record in by_step.get(Step.WORKED, ())]
    runs = worked_runs(spells, day)
    if start is not None and start.hours:
        runs += worked_runs([Spell(start.day, leaving.day if leaving else None)], day)
    lengths = [(last - first).days + 1 for first, last in worked_runs(starmap(Spell, runs), day)]
    return Participant(
        referral.participant,
        referral.scheme,
        referral.target_group,
        referral.day,
        start.day if start else None,
        start.hours if start else None,
        start.role if start else "",
        leaving.day if leaving else None,
        leaving.reason if leaving else "",
        bool(leaving and leaving.completed),
        leaving.role if leaving else "",
        len(by_step.get(Step.MILESTONE, ())),
        len(by_step.get(Step.QUALIFIED, ())),
        max(lengths, default=0),
        sum(lengths),
    )


def outcomes_by_scheme(participants: Iterable[Participant]) -> dict[str, Outcomes]:
    """The programme figures of every scheme that somebody was referred to."""
    own: dict[str, list[Participant]] = {}
    for participant in participants:
        own.setdefault(participant.scheme, []).append(participant)
    return {scheme: _outcomes(everyone) for scheme, everyone in sorted(own.items())}


def _outcomes(everyone: Sequence[Participant]) -> Outcomes:
    states = Counter(one.state for one in everyone)
    roles = Counter(one.next_role for one in everyone if one.next_role)
    return Outcomes(
        referred=len(everyone),
        started=len(everyone) - states["referred"],
        in_post=states["in-post"],
        completed=states["completed"],
        progressed=roles.total(),
        qualifications=sum(one.qualifications for one in everyone),
        sustained=tuple(
            sum(one.is_sustained(weeks) for one in everyone) for weeks in SUSTAINED_WEEKS
        ),
        next_roles=tuple((role, roles[role]) for role in NEXT_ROLES if role in roles),
        target_groups=told_groups(Counter(one.target_group for one in everyone)),
    )


def told_groups(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Target groups that may be told with the number of their people, in the order of their names;
    last all others together, under ''. `counts` has under '' whose group was not said.

    A group of fewer than five goes to the others. Since everybody's number is told too, the others
    could be worked out from it: while they are fewer than five the smallest group joins them.
    """
    told = {group: count for group, count in counts.items() if group and count >= SMALLEST_CELL}
    others = sum(counts.values()) - sum(told.values())
    while told and 0 < others < SMALLEST_CELL:
        smallest = min(told, key=lambda group: (told[group], group))
        others += told.pop(smallest)
    found = tuple(sorted(told.items()))
    return (*found, ("", others)) if found and others else found
