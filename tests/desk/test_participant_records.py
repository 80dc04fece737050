"""Participants' records in the ledger: added to, withdrawn, never altered unseen."""

from datetime import date

import pytest
from sqlalchemy import text

from levytool.desk.audit.check_books import check_books
from levytool.ledger.funds.participants import (
    WITHDRAWN,
    add_record,
    records_that_count,
    scheme_outcomes,
    stored_records,
)
from levytool.ledger.journal.as_known import AsKnown
from levytool.rules.outcomes import Outcomes, Record, Step

REFERRED = Record("P-0001", "WORK", Step.REFERRED, date(2014, 3, 3), target_group="neet")
STARTED = Record("P-0001", "WORK", Step.STARTED, date(2014, 4, 7), hours=30, role="coach")
WORKED = Record(*("P-0001", "WORK", Step.WORKED, date(2014, 9, 1), date(2014, 9, 30)), hours=16)


def _record(books, record, today="2014-10-01", withdraws=None):
    office = books.office(today=today)
    with office.writing() as connection:
        return add_record(connection, office.acting, record, withdraws)


@pytest.fixture
def recorded(books):
    """Books with one participant of three records."""
    made = books()
    for record in (REFERRED, STARTED, WORKED):
        _record(made, record)
    return made


def test_records_come_back_as_they_were_stored_with_who_and_when(recorded):
    with recorded.reading() as connection:
        found = stored_records(connection)
    assert [one.record for one in found] == [REFERRED, STARTED, WORKED]
    assert [one.number for one in found] == ["PR-000001", "PR-000002", "PR-000003"]
    assert {(one.posted[:10], one.posted_by) for one in found} == {("2014-10-01", "ann")}
    recorded.prove()


def test_a_record_counts_from_its_own_day_and_is_known_from_the_day_it_was_recorded(recorded):
    with recorded.reading() as connection:
        early = records_that_count(connection, asked=AsKnown(as_at=date(2014, 4, 6)))
        unknown = records_that_count(connection, asked=AsKnown(known_on=date(2014, 9, 30)))
        outcomes = scheme_outcomes(connection, date(2014, 4, 6), AsKnown(date(2014, 4, 6)))
    assert [one.record for one in early] == [REFERRED]
    assert unknown == []
    assert (outcomes["WORK"].referred, outcomes["WORK"].filled) == (1, 0)


def test_a_withdrawn_record_counts_no_more_and_what_was_known_before_stays(recorded):
    withdrawal = STARTED._replace(step=WITHDRAWN, reason="wrong-day")
    _record(recorded, withdrawal, "2014-10-05", withdraws=2)
    with recorded.reading() as connection:
        assert [one.id for one in records_that_count(connection)] == [1, 3]
        before = AsKnown(known_on=date(2014, 10, 4))
        assert [one.id for one in records_that_count(connection, asked=before)] == [1, 2, 3]
        at_start = AsKnown(as_at=date(2014, 4, 30))
        assert [one.id for one in records_that_count(connection, asked=at_start)] == [1]
        assert scheme_outcomes(connection, date(2014, 10, 5))["WORK"].started == 0


def test_a_scheme_without_records_has_no_figures(books):
    with books().reading() as connection:
        assert scheme_outcomes(connection, date(2014, 10, 1)).get("WORK", Outcomes()).filled == 0


def _failed(books):
    return [check.name for check in check_books(books.office()) if not check.ok]


def test_the_database_refuses_to_change_or_delete_a_record(recorded):
    for change in ("UPDATE participant_record SET hours = 1", "DELETE FROM participant_record"):
        with (
            pytest.raises(Exception, match="append-only"),
            recorded.office().writing() as connection,
        ):
            connection.execute(text(change))


@pytest.mark.parametrize(
    "change",
    [
        *(
            f"UPDATE participant_record SET {field} WHERE id = 2"
            for field in (
                *("participant = 'P-0002'", "scheme = 'OTHER'", "step = 'left'", "day = day + 1"),
                *("until = '2014-05-01'", "hours = 31", "title = 'x'", "role = 'tutor'"),
                *("reason = 'x'", "target_group = 'neet'", "completed = 1", "withdraws = 1"),
                *("entry_id = 1", "id = 9"),
            )
        ),
        "DELETE FROM participant_record WHERE id = 2",
        "DELETE FROM participant_record WHERE id = 3",
    ],
)
def test_check_finds_what_was_altered_in_a_record(recorded, change):
    assert _failed(recorded) == []
    with recorded.office().writing() as connection:
        for act in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER participant_record_refuses_{act}"))
        connection.execute(text(change))
    assert _failed(recorded) == ["participants = as recorded"]
