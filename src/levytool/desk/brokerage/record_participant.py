"""What became of a participant, as an officer records it (domain §3.7).

Nothing is edited: what was wrong is withdrawn, and recorded anew. A record given twice is one.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.desk.brokerage.list_participants import (
    get_participant,
    participant_row,
    reference_of,
)
from levytool.desk.brokerage.list_schemes import get_scheme, refuse_unless_approved
from levytool.desk.four_eyes import Status
from levytool.desk.given import words
from levytool.desk.office import Office
from levytool.ledger.database import series
from levytool.ledger.funds import participants
from levytool.ledger.funds.participants import (
    StoredRecord,
    add_record,
    records_that_count,
    stored_records,
)
from levytool.problems import RuleRefused, UsageError
from levytool.rules.outcomes import (
    LEAVING_REASONS,
    MENTORS,
    NEXT_ROLES,
    TARGET_GROUPS,
    Record,
    Step,
)
from levytool.rules.participants import contradicts, history_fault, overfull_day
from levytool.rules.pseudonyms import title_fault
from levytool.text import counted

WITHDRAWAL_REASONS = ("wrong-day", "wrong-person", "wrong-detail", "entered-twice", "other")
"""Why a record is withdrawn: a kind, so that nothing is written about a person."""

HOURS_IN_A_WEEK = 7 * 24


def refer(
    office: Office, reference: str, scheme: str, on: date | None = None, target_group: str = ""
) -> dict[str, Any]:
    """Record that somebody was referred to a scheme, today where no day is given.

    Raises UsageError for a reference that may tell who it is, an unknown scheme or group;
    RuleRefused for a scheme that is not approved, and for a participant of another one.
    """
    new = reference_of(reference)
    group = one_of(target_group, TARGET_GROUPS, "--target-group") if target_group else ""
    day = _come(office, on or office.acting.today, "--on")
    with office.writing() as connection:
        stored = get_scheme(connection, scheme)
        record = Record(new, stored.code, Step.REFERRED, day, target_group=group)
        for found in records_that_count(connection, new):
            same = record if on else record._replace(day=found.record.day)
            if found.record == same:
                return _row(connection, office, found.record, found.number, Status.DONE_BEFORE)
        refuse_unless_approved(stored, "participants")
        return _recorded(connection, office, record)


def start(office: Office, reference: str, on: date, hours: int, mentor: str = "") -> dict[str, Any]:
    """Record the first day in the scheme, the hours a week of its post (0 where it gives none), and
    the mentor's role.

    Raises RuleRefused before the referral, and where all places of the scheme are filled.
    """
    role = one_of(mentor, MENTORS, "--mentor") if mentor else ""
    return _record(office, reference, Step.STARTED, on, hours=_hours(hours, 0), role=role)


def milestone(office: Office, reference: str, title: str, on: date) -> dict[str, Any]:
    """Record an interim step. Raises UsageError for a title that may tell of a person."""
    return _record(office, reference, Step.MILESTONE, on, title=_title(title))


def qualify(office: Office, reference: str, title: str, on: date) -> dict[str, Any]:
    """Record a qualification gained. Raises UsageError for a title that may tell of a person."""
    return _record(office, reference, Step.QUALIFIED, on, title=_title(title))


def work(
    office: Office, reference: str, first: date, last: date | None, hours: int
) -> dict[str, Any]:
    """Record a spell of work beside or after the scheme's own. One that runs has no last day; the
    same with a last day ends it. Raises RuleRefused where one of that first day has ended."""
    if last is not None and last < first:
        raise UsageError(f"--to {last} is before --from {first}; give the spell's last day")
    if last is not None:
        _come(office, last, "--to")
    span: dict[str, Any] = {"until": last, "hours": _hours(hours)}
    return _record(office, reference, Step.WORKED, first, "--from", **span)


def leave(
    office: Office,
    reference: str,
    on: date,
    reason: str,
    *,
    completed: bool = False,
    next_role: str = "",
) -> dict[str, Any]:
    """Record the last day in post, why, whether the scheme was completed, and what came next.

    Raises UsageError for a next role that is not said; RuleRefused before the start.
    """
    why = one_of(reason, LEAVING_REASONS, "--reason")
    role = one_of(next_role, NEXT_ROLES, "--next-role") if next_role else ""
    if why == "next-role" and not role:
        raise UsageError(
            f"--reason {why} is counted as progress by what the role is; add --next-role with one "
            f"of {', '.join(NEXT_ROLES)}"
        )
    said: dict[str, Any] = {"reason": why, "role": role, "completed": completed}
    return _record(office, reference, Step.LEFT, on, **said)


def withdraw(office: Office, reference: str, reason: str, number: str = "") -> dict[str, Any]:
    """Take back a record by its number, else the one stored last; once it is taken back, nothing.

    Raises UsageError for a record that is not theirs; RuleRefused where what is left could not
    stand by itself.
    """
    why = one_of(reason, WITHDRAWAL_REASONS, "--reason")
    with office.writing() as connection:
        code = get_participant(connection, reference)
        every = stored_records(connection, code)
        wanted = _named(code, every, number)
        for done in every:
            if done.withdraws == wanted.id or (done is wanted and wanted.withdraws is not None):
                return _row(connection, office, done.record, done.number, Status.DONE_BEFORE)
        kept = [one for one in records_that_count(connection, code) if one.id != wanted.id]
        fault = history_fault(one.record for one in kept)
        if fault is not None:
            raise RuleRefused(
                f"without {wanted.number} {code} {fault.message}; withdraw first what came after it"
            )
        taken_back = wanted.record._replace(step=participants.WITHDRAWN, reason=why)
        withdrawal = add_record(connection, office.acting, taken_back, wanted.id)
        _refuse_overfull(connection, wanted.record)
        return _row(connection, office, taken_back, withdrawal, Status.DONE)


def one_of(given: str, known: Collection[str], option: str) -> str:
    """A kind out of a list, however its words are parted. Raises UsageError with all of them."""
    found = "-".join(given.replace("-", " ").casefold().split())
    if found not in known:
        raise UsageError(f"{option} is {given!r}; write one of {', '.join(known)}")
    return found


def _record(
    office: Office, reference: str, step: Step, day: date, option: str = "--on", **said: Any
) -> dict[str, Any]:
    """Record a step of somebody who was referred before."""
    _come(office, day, option)
    with office.writing() as connection:
        code = get_participant(connection, reference)
        history = records_that_count(connection, code)
        scheme = next((one.record.scheme for one in history), "")
        record = Record(code, scheme, step, day)._replace(**said)
        for found in history:
            if found.record == record:
                return _row(connection, office, record, found.number, Status.DONE_BEFORE)
        if step == Step.STARTED and scheme:
            refuse_unless_approved(get_scheme(connection, scheme), "new starts")
        return _recorded(connection, office, record)


def _recorded(connection: Connection, office: Office, record: Record) -> dict[str, Any]:
    """Store a record that can stand beside the others of its participant."""
    history = records_that_count(connection, record.participant)
    fault = history_fault((*(one.record for one in history), record))
    if fault is not None:
        raise RuleRefused(f"{record.participant} {fault.message}; {fault.hint}")
    for one in history:
        if contradicts(one.record, record):
            raise RuleRefused(
                f"{record.participant} has work from {record.day} already, to {one.record.until}; "
                f"withdraw that first: levytool participant withdraw {record.participant} "
                f"--record {one.number} --reason wrong-day"
            )
    number = add_record(connection, office.acting, record)
    if record.step == Step.STARTED:
        _refuse_overfull(connection, record)
    return _row(connection, office, record, number, Status.DONE)


def _refuse_overfull(connection: Connection, changed: Record) -> None:
    """Raise RuleRefused where, on any day from that of a changed record on, more places are filled
    than the scheme has; nothing is stored."""
    scheme = changed.scheme
    places = get_scheme(connection, scheme).places
    every = (one.record for one in records_that_count(connection))
    own = (record for record in every if record.scheme == scheme)
    day = overfull_day(own, places, changed.day)
    if day is not None:
        raise RuleRefused(
            f"{scheme} has {counted(places, 'place')}, and all are filled on {day}; a place is "
            f"free once somebody has left early: levytool participant list --scheme {scheme} "
            f"--as-at {day}"
        )


def _row(
    connection: Connection, office: Office, record: Record, number: str, status: Status
) -> dict[str, Any]:
    row = participant_row(connection, record.participant, record.scheme, office.acting.today)
    said = {"record": number, "step": str(record.step), "day": record.day.isoformat()}
    return {**said, **row, "status": status.value}


def _named(code: str, every: Iterable[StoredRecord], number: str) -> StoredRecord:
    by_id = {one.id: one for one in every}
    if not number:
        return by_id[max(by_id)]
    see = f"levytool participant show {code}"
    wanted = series.number_in(number, participants.SERIES, "a record", see)
    if wanted not in by_id:
        raise UsageError(f"{number} is no record of {code}; see: {see}")
    return by_id[wanted]


def _come(office: Office, day: date, option: str) -> date:
    if day > office.acting.today:
        raise RuleRefused(f"{option} {day} is a day to come; record it once it has come")
    return day


def _hours(hours: int, fewest: int = 1) -> int:
    if not fewest <= hours <= HOURS_IN_A_WEEK:
        raise UsageError(f"--hours is {hours}; give the hours a week, such as 30")
    return hours


def _title(title: str) -> str:
    found = words(title, "--title")
    fault = title_fault(found)
    if fault:
        raise UsageError(f"--title {fault}; name the step or the qualification, never a person")
    return found
