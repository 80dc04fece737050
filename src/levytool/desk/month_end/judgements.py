"""What people decided about a period's lines, all of it, and what became of each decision."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from levytool.desk.reconcile.decisions import decisions_made
from levytool.ledger.spend.line_months import MonthsOfLine, months_of_keys
from levytool.reconcile.report import Judgement
from levytool.reconcile.spend import Asked, Findings, SpendReconciliation
from levytool.rules.matching.decisions import (
    DIFFERENCE,
    NOTE,
    OPEN,
    REJECT,
    STATUS,
    SUGGESTION,
    UNDO,
    Decision,
    Print,
    in_force,
)
from levytool.rules.matching.lines import SpendLine


def judgements(
    connection: Connection, matched: Findings, found: SpendReconciliation
) -> Iterator[Judgement]:
    """Every decision about lines of the period, in the order they were made: those too that were
    taken back, and of lines that match now or are there no more."""
    made = decisions_made(connection)
    told = _Told(connection, matched, found, [decision for decision, _stands in made])
    subjects = {decision.subject for decision, _stands in made if told.is_asked(decision)}
    chosen = [item for item in made if item[0].subject in subjects]
    later: dict[str, list[Decision]] = {}
    became: list[str] = []
    for decision, _stands in reversed(chosen):
        since = later.setdefault(decision.subject, [])
        became.append(_followed(decision, since) or told.now(decision))
        since.insert(0, decision)
    for (decision, stands), now in zip(chosen, reversed(became), strict=True):
        yield Judgement(
            decision.subject,
            f"{decision.at[:19]}Z",
            decision.user,
            decision.verb,
            decision.reason,
            decision.note,
            stands,
            now,
        )


def _followed(decision: Decision, since: Sequence[Decision]) -> str:
    """What a later word on the same made of a decision; a note goes with it and leaves it so."""
    for later in since:
        if later.verb != NOTE:
            how = "since" if decision.verb == UNDO else "instead"
            act = "taken back" if later.verb == UNDO else f"{STATUS[later.verb]} {how}"
            return f"{act} by {later.user}, {later.at[:10]}"
    return "see the note after it" if since else ""


class _Told:
    """The books of a period, as far as they say what became of a decision."""

    def __init__(
        self,
        connection: Connection,
        matched: Findings,
        found: SpendReconciliation,
        made: Sequence[Decision],
    ) -> None:
        self._matched, self._standing = matched, in_force(made)
        self._asked = Asked(found.period)
        self._status = {item.id: item.status for item in found.differences}
        self._status |= {item.id: OPEN for item in found.suggestions}
        self._lines = tuple({told: line for line, told in side.items()} for side in matched.prints)
        self._months = tuple(
            months_of_keys(
                connection,
                (
                    (told.member, told.key_hash)
                    for decision in made
                    for told in _sides(decision)[side]
                    if told not in self._lines[side]
                ),
                declared=side == 0,
            )
            for side in (0, 1)
        )

    def is_asked(self, decision: Decision) -> bool:
        """Whether a decision is about lines of the period, or was when they were there."""
        if decision.subject in self._status:
            return True
        return any(
            self._asked.has(line)
            if line is not None
            else any(month in self._asked.period for month in self._other(side, told).latest)
            for side, told, line in self._of(decision)
        )

    def now(self, last: Decision) -> str:
        """What the last word on something has come to."""
        decision = self._standing.get(last.subject, last)
        status = self._status.get(decision.subject)
        if status is not None:
            lapsed = status == OPEN and decision.verb not in (NOTE, UNDO)
            return f"{OPEN} again: its lines are not what they were" if lapsed else status
        if gone := self._gone(decision):
            return gone
        if decision.verb == REJECT and self._is_apart(decision):
            return STATUS[REJECT]
        if alone := self._alone(decision):
            return f"{OPEN}: {', '.join(alone)}"
        if decision.subject.startswith(SUGGESTION):
            return "suggested no more"
        return "no difference now: its lines match"

    def _is_apart(self, decision: Decision) -> bool:
        """Whether a rejection still keeps lines apart."""
        if decision.subject.startswith(SUGGESTION):
            return True
        return any(rejected == decision for rejected, *_lines in self._matched.rejected)

    def _gone(self, decision: Decision) -> str:
        of = [
            line is not None or self._is_settled(side, told)
            for side, told, line in self._of(decision)
        ]
        if all(of):
            return ""
        if any(of):
            return "no difference now: not all its lines are in force"
        return "no difference now: its lines are not in force"

    def _is_settled(self, side: int, told: Print) -> bool:
        """Whether a line that matching did not look at is in force: it looks at all or none of
        those that say the same."""
        looked_at = told._replace(occurrence=0) in self._lines[side]
        return not looked_at and bool(self._other(side, told).in_force)

    def _alone(self, decision: Decision) -> list[str]:
        """The ids that lines of a decision wait under, each by itself."""
        alone = []
        for side, _told, line in self._of(decision):
            open_ = self._matched.open.recorded if side else self._matched.open.declared
            if line is not None and line in open_:
                lines = ((), (line,)) if side else ((line,), ())
                alone.append(self._matched.identity(DIFFERENCE, *lines))
        return alone

    def _of(self, decision: Decision) -> Iterator[tuple[int, Print, SpendLine | None]]:
        for side, prints in enumerate(_sides(decision)):
            for told in prints:
                yield side, told, self._lines[side].get(told)

    def _other(self, side: int, told: Print) -> MonthsOfLine:
        """The months of a line that matching did not look at."""
        return self._months[side][told.member, told.key_hash]


def _sides(decision: Decision) -> tuple[tuple[Print, ...], tuple[Print, ...]]:
    return decision.declared, decision.recorded
