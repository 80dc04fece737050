"""Participants as rows, and finding the one an officer names.

A target group is shown with the record that says it, never in a list: told of several people it
would be told of fewer than five (domain §3.7).
"""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.book.names import PartyNames
from levytool.desk.brokerage.list_schemes import get_scheme
from levytool.desk.given import unknown
from levytool.desk.office import Office
from levytool.ledger.funds.participants import (
    StoredRecord,
    record_number,
    records_that_count,
    references,
    stored_records,
)
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.problems import UsageError
from levytool.rules.outcomes import Participant, participants_of
from levytool.rules.pseudonyms import EXAMPLE, reference_fault
from levytool.text import counted


def list_participants(
    office: Office, scheme: str | None = None, asked: AsKnown = NOW
) -> list[dict[str, Any]]:
    """Everybody referred, in order of reference, of one scheme where it is named, as the books
    stand or stood. Raises UsageError for an unknown scheme."""
    day = _last_day(office, asked)
    with office.reading() as connection:
        code = None if scheme is None else get_scheme(connection, scheme).code
        records = records_that_count(connection, asked=asked)
    found = participants_of((one.record for one in records), day)
    return [_row(one) for one in found if code in (None, one.scheme)]


def show_participant(
    office: Office, reference: str, asked: AsKnown = NOW
) -> tuple[str, list[dict[str, Any]]]:
    """One participant: how far they have come, and every record with who made it when.

    Raises UsageError where there is none of that reference, with the nearest.
    """
    with office.reading() as connection:
        code = get_participant(connection, reference)
        every = stored_records(connection, code, asked)
    taken_back = {one.withdraws: one.number for one in every}
    counts = [one.record for one in every if one.withdraws is None and one.id not in taken_back]
    day = _last_day(office, asked)
    told = [
        f"{one.reference} is {one.state} at {one.scheme}: "
        f"{counted(one.longest_days // 7, 'week')} in work without a break, "
        f"{one.days_in_work // 7} in all"
        for one in participants_of(counts, day)
    ]
    return "".join(told), [_record_row(one, taken_back.get(one.id, "")) for one in every]


def _last_day(office: Office, asked: AsKnown) -> date:
    """The last day that counts: work that runs is not counted on days to come."""
    day = asked.day(office.acting.today)
    return min(asked.as_at or day, day)


def participant_row(
    connection: Connection, reference: str, scheme: str, day: date
) -> dict[str, Any]:
    """One participant as scripts read it; all is empty where every record was withdrawn."""
    records = [one.record for one in records_that_count(connection, reference)]
    for found in participants_of(records, day):
        return _row(found)
    return dict.fromkeys(_KEYS) | {"participant": reference, "scheme": scheme}


def get_participant(connection: Connection, reference: str) -> str:
    """A reference that has records. Raises UsageError with the nearest ones."""
    wanted = reference.strip().upper()
    known = references(connection)
    if wanted in known:
        return wanted
    names = PartyNames((one, ()) for one in known)
    raise UsageError(unknown("participant", reference, names, "levytool participant list"))


def reference_of(written: str) -> str:
    """A pseudonymous reference in capital letters. Raises UsageError for one that may tell who it
    is of."""
    reference = written.strip()
    fault = reference_fault(reference)
    if fault:
        raise UsageError(
            f"{written!r} {fault}; references are pseudonymous: give one such as {EXAMPLE} and "
            "keep who that is elsewhere"
        )
    return reference.upper()


_KEYS = (
    *("participant", "scheme", "state", "referred", "started", "hours", "mentor", "left"),
    *("reason", "completed", "next_role", "milestones", "qualifications"),
    *("weeks_sustained", "weeks_in_work"),
)


def _row(one: Participant) -> dict[str, Any]:
    """`weeks_sustained` is the longest spell of work without a break, `weeks_in_work` all of it;
    whole weeks."""
    values = (
        *(one.reference, one.scheme, one.state, one.referred.isoformat(), _day(one.started)),
        *(one.hours, one.mentor or None, _day(one.left), one.reason or None, one.completed),
        *(one.next_role or None, one.milestones, one.qualifications),
        *(one.longest_days // 7, one.days_in_work // 7),
    )
    return dict(zip(_KEYS, values, strict=True))


def _record_row(one: StoredRecord, withdrawn_by: str) -> dict[str, Any]:
    record = one.record
    return {
        "record": one.number,
        "step": record.step,
        "day": record.day.isoformat(),
        "until": _day(record.until),
        "hours": record.hours,
        "title": record.title,
        "role": record.role,
        "reason": record.reason,
        "target_group": record.target_group,
        "completed": record.completed,
        "withdraws": record_number(one.withdraws) if one.withdraws else None,
        "withdrawn_by": withdrawn_by or None,
        "recorded": one.posted[:10],
        "by": one.posted_by,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
