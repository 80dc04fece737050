"""Which months are closed: the latest of the closings and reopenings that were acted, and all that
lie before books that an opening file began; and who acted, when and why."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from levytool.acting import is_same_person
from levytool.ledger.journal import acts
from levytool.ledger.journal.acts import StoredAct
from levytool.ledger.journal.opened import opened_until
from levytool.periods import Month

CLOSE = "period close"
REOPEN = "period reopen"


@dataclass(frozen=True, slots=True)
class ClosedMonths(Container[Month]):
    """The months that take no posting: those that were closed, and every one up to the cut-off."""

    closed: frozenset[Month]
    until: Month | None = None

    def __contains__(self, month: object) -> bool:
        if not isinstance(month, Month):
            return False
        return month in self.closed or (self.until is not None and month <= self.until)

    def __bool__(self) -> bool:
        return bool(self.closed) or self.until is not None


@dataclass(frozen=True, slots=True)
class MonthAct:
    """A closing of a month, or its reopening by two persons: `user` did it, `proposed_by` had asked
    for it. One whose `status` is proposed waits for its second person. Moments are in UTC.
    """

    month: Month
    act: str
    status: str
    at: str
    user: str
    reason: str = ""
    proposed_by: str = ""
    proposed_at: str = ""


def month_acts(connection: Connection) -> tuple[MonthAct, ...]:
    """Every closing and reopening in the order they were done, and then what still waits for its
    second person; a proposal that another one's reopening overtook is history for nobody."""
    stored = (*acts.acts_of(connection, CLOSE), *acts.acts_of(connection, REOPEN))
    waiting: dict[str, list[StoredAct]] = {}
    told = []
    for act in sorted(stored, key=lambda act: act.id):
        proposals = waiting.setdefault(act.subject, [])
        if act.state == acts.PROPOSED:
            proposals.append(act)
            continue
        told.append(_told(act, _carried_out(act, proposals)))
        proposals.clear()
    return (*told, *(_told(act) for proposals in waiting.values() for act in proposals))


def _carried_out(act: StoredAct, proposals: Iterable[StoredAct]) -> StoredAct | None:
    """The proposal that an act carried out; acts that do not name it are older than the naming."""
    named = act.facts.get(acts.CARRIES_OUT)
    asked = acts.asked_facts(act.facts)
    found = (
        one
        for one in proposals
        if one.id == named
        or (named is None and one.facts == asked and not is_same_person(one.user, act.user))
    )
    return max(found, key=lambda one: one.id, default=None)


def _told(act: StoredAct, proposal: StoredAct | None = None) -> MonthAct:
    return MonthAct(
        Month.parse(act.subject),
        "close" if act.act == CLOSE else "reopen",
        act.state,
        _moment(act),
        act.user,
        act.facts.get("reason", ""),
        proposal.user if proposal else "",
        _moment(proposal) if proposal else "",
    )


def _moment(act: StoredAct) -> str:
    return f"{act.at[:19]}Z"


def closed_months(connection: Connection) -> ClosedMonths:
    """The months that take no posting."""
    rows = connection.execute(
        text(
            "SELECT subject, act FROM act WHERE act IN (:close, :reopen) AND state = 'done' "
            "ORDER BY id"
        ),
        {"close": CLOSE, "reopen": REOPEN},
    )
    latest: dict[str, str] = {str(subject): str(act) for subject, act in rows}
    closed = frozenset(Month.parse(subject) for subject, act in latest.items() if act == CLOSE)
    return ClosedMonths(closed, opened_until(connection))
