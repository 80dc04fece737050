"""Much that stands in a month's way, as people read it: the first of each kind, then a count."""

from collections.abc import Sequence

from levytool.desk.month_end.obstacles import Obstacle
from levytool.money import display_pence
from levytool.periods import Month
from levytool.problems import Problem

FIRST = 5
"""How many of a kind are told one by one before the rest is counted."""

_KINDS = {
    "staged-return": ("returns that are only staged", "levytool return list --period {month}"),
    "return-missing": ("returns that have not come", "levytool return due --period {month}"),
    "not-identified": ("bank lines not identified", "levytool bank list --open"),
    "difference-open": ("differences not explained", "levytool reconcile spend --period {month}"),
}
"""What the rest of a kind is called, and what lists them all."""


def first_of_each(problems: Sequence[Problem], month: Month) -> tuple[Problem, ...]:
    """The first few of each kind, in order, and each kind's rest as one: how many, their net, and
    the command that lists them all. Differences are of a kind by reason. What is no more than a
    few, or of no such kind, stays as it is."""
    by_kind: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        reason = problem.reason if isinstance(problem, Obstacle) else ""
        by_kind.setdefault((problem.code, reason), []).append(problem)
    told: list[Problem] = []
    for (code, reason), found in by_kind.items():
        # One more is told itself: a line that says so would be no shorter.
        if code not in _KINDS or len(found) <= FIRST + 1:
            told += found
            continue
        told += [*found[:FIRST], _rest(code, reason, found[FIRST:], month)]
    return tuple(told)


def _rest(code: str, reason: str, found: Sequence[Problem], month: Month) -> Problem:
    noun, command = _KINDS[code]
    amounts = [item.pence for item in found if isinstance(item, Obstacle)]
    pence = [amount for amount in amounts if amount is not None]
    net = f", {display_pence(sum(pence))} net" if pence else ""
    of = f" ({reason})" if reason else ""
    return Problem(
        code, f"and {len(found):,} more {noun}{of}{net}", f"all: {command.format(month=month)}"
    )
