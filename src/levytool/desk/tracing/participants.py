"""Participants and their records: what a scheme's outcomes are counted from."""

import re
from collections.abc import Iterable

from levytool.desk.tracing.entry import PostedThing
from levytool.desk.tracing.thing import Form, OpenBooks, Parts, Thing, once, refs
from levytool.desk.tracing.trace import Facts, told
from levytool.ledger.funds.participants import (
    StoredRecord,
    record_number,
    records_that_count,
    stored_records,
)
from levytool.ledger.journal.entries import entry_number
from levytool.problems import UsageError
from levytool.rules.outcomes import NO_OUTCOMES, Participant, outcomes_by_scheme, participants_of
from levytool.text import counted


def of_scheme(books: OpenBooks, scheme: str) -> Facts:
    """The programme figures of a scheme, as facts; none where nobody was referred."""
    found = outcomes_by_scheme(_everyone(books)).get(scheme, NO_OUTCOMES)
    if not found.referred:
        return ()
    return told(
        filled=found.filled,
        referred=found.referred,
        started=found.started,
        completed=found.completed,
        left_early=found.left_early,
        progressed=found.progressed,
    )


def referred_to(books: OpenBooks, scheme: str) -> Iterable[Parts]:
    """Everybody that a scheme's outcomes count."""
    yield from refs("participants", *(o.reference for o in _everyone(books) if o.scheme == scheme))


def entry_became(_books: OpenBooks, entry: PostedThing) -> Iterable[Parts]:
    """The record that an entry without transfers stands for."""
    return refs("records", entry.stored.reference)


def _everyone(books: OpenBooks) -> list[Participant]:
    return once(books, "participants", lambda: _read(books))


def _read(books: OpenBooks) -> list[Participant]:
    records = (one.record for one in records_that_count(books.connection))
    return participants_of(records, books.today)


def _find_record(books: OpenBooks, match: re.Match[str]) -> Thing:
    number = int(match[1])
    every = stored_records(books.connection)
    by_id = {one.id: one for one in every}
    if number not in by_id:
        raise UsageError(
            f"there is no record {match[0]}; see: levytool participant list, participant show REF"
        )
    stored, record = by_id[number], by_id[number].record
    withdrawn = next((one.number for one in every if one.withdraws == number), "")
    facts = told(
        participant=record.participant,
        scheme=record.scheme,
        step=record.step,
        day=record.day,
        until=record.until,
        hours=record.hours,
        title=record.title,
        role=record.role,
        reason=record.reason,
        target_group=record.target_group,
        completed="yes" if record.completed else "",
        withdraws=record_number(stored.withdraws) if stored.withdraws else "",
        withdrawn_by=withdrawn,
        recorded=f"{stored.posted[:10]} by {stored.posted_by}",
    )
    return Thing(
        "participant's record",
        stored.number,
        f"{record.participant} in {record.scheme}: {record.step}, {record.day}",
        facts,
        because=lambda: refs("posted as", entry_number(stored.entry_id)),
        became=lambda: refs("counted for", "" if withdrawn else _counted_for(stored)),
    )


def _counted_for(stored: StoredRecord) -> str:
    return "" if stored.withdraws else stored.record.participant


def _find_participant(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    wanted = match[0].upper()
    for one in _everyone(books):
        if one.reference == wanted:
            return _participant(books, one)
    return None


def _participant(books: OpenBooks, one: Participant) -> Thing:
    records = [stored.number for stored in records_that_count(books.connection, one.reference)]
    weeks = counted(one.longest_days // 7, "week")
    return Thing(
        "participant",
        one.reference,
        f"{one.state} at {one.scheme}, {weeks} in work without a break",
        told(
            scheme=one.scheme,
            state=one.state,
            referred=one.referred,
            started=one.started,
            left=one.left,
            next_role=one.next_role,
            weeks_in_work=one.days_in_work // 7,
        ),
        because=lambda: refs("recorded by", *records),
        became=lambda: refs("counted in", one.scheme),
    )


FORMS = (
    Form("PR-000001", "a record of a participant", r"PR-(\d+)", _find_record),
    Form("P-0001", "a participant", r"[A-Z0-9-]*\d[A-Z0-9-]*", _find_participant),
)
