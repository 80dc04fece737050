"""Whatever officers give, in whatever order: no place is filled twice, no act is done twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.desk.brokerage.list_participants import list_participants, show_participant
from levytool.desk.brokerage.list_schemes import show_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.record_participant import (
    leave,
    qualify,
    refer,
    start,
    withdraw,
    work,
)
from levytool.desk.office import Office
from levytool.ledger.funds.participants import (
    altered_records,
    records_that_count,
    scheme_outcomes,
)
from levytool.problems import RuleRefused, UsageError
from levytool.rules.outcomes import NO_OUTCOMES, outcomes_by_scheme, participants_of
from tests.desk.consortium import Books

FIRST = date(2014, 1, 6)
TODAY = "2014-10-15"
DAYS = st.integers(0, 8).map(lambda number: FIRST + timedelta(days=35 * number))
"""So few that they meet."""
WHO = st.sampled_from(("P-1", "P-2", "P-3", "P-4"))


def _leave(office: Office, who: str, day: date, completed: bool) -> dict[str, Any]:
    return leave(office, who, day, "other", completed=completed)


def _withdraw(office: Office, who: str, number: int) -> dict[str, Any]:
    return withdraw(office, who, "other", f"PR-{number}")


START = st.tuples(st.just(start), WHO, DAYS, st.sampled_from((0, 16)))
LEAVE = st.tuples(st.just(_leave), WHO, DAYS, st.booleans())
WITHDRAW = st.tuples(st.just(_withdraw), WHO, st.integers(1, 30))
ACTS = st.one_of(
    st.tuples(st.just(refer), WHO, st.sampled_from(("A", "B")), DAYS),
    START,
    st.tuples(st.just(qualify), WHO, st.just("Level 2"), DAYS),
    st.tuples(st.just(work), WHO, DAYS, st.one_of(st.none(), DAYS), st.just(8)),
    LEAVE,
    WITHDRAW,
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Books with two schemes, of one place and of two."""
    made = Books(tmp_path_factory.mktemp("books"))
    for places, code in enumerate(("A", "B"), 1):
        propose_scheme(
            *(made.office("ann", "2014-01-02"), code),
            members=["SALIX"], title=code, budget_pence=100_000, places=places,
        )  # fmt: skip
        approve_scheme(made.office("bob", "2014-01-02"), code)
    yield made
    made.ledger.close()


def _given(office: Office, act: tuple[Any, ...]) -> dict[str, Any] | None:
    """What an act gives; None where it is refused."""
    do, *rest = act
    try:
        row: dict[str, Any] = do(office, *rest)
    except (RuleRefused, UsageError):
        return None
    return row


@settings(max_examples=60)
@given(st.lists(ACTS, min_size=8, max_size=30))
def test_places_hold_and_a_repeat_is_done_before(books: Books, acts: list[tuple[Any, ...]]) -> None:
    office = books.office("ann", TODAY)
    with books.ledger.writing(dry_run=True) as connection:
        desk = replace(office, trial=connection)
        for who, code in (("P-1", "A"), ("P-2", "A"), ("P-3", "B")):
            refer(desk, who, code, FIRST)
        for act in acts:
            before = list_participants(desk)
            row = _given(desk, act)
            if row is None:
                assert list_participants(desk) == before
                continue
            assert _given(desk, act) == row | {"status": "done-before"}
        for code, places in (("A", 1), ("B", 2)):
            (row,) = show_scheme(desk, code)[1]
            assert 0 <= row["filled"] <= places
        records = [one.record for one in records_that_count(connection)]
        ended = [(one.participant, one.day) for one in records if one.until]
        assert len(ended) == len(set(ended))
        outcomes = scheme_outcomes(connection, date(2014, 10, 15))
        people = list_participants(desk)
        assert sum(one.referred for one in outcomes.values()) == len(people)
        for one in people:
            assert 0 <= one["weeks_sustained"] <= one["weeks_in_work"]
            assert show_participant(desk, one["participant"])[1]
        assert altered_records(connection) == []


@settings(max_examples=60)
@given(st.lists(st.one_of(START, LEAVE, WITHDRAW), min_size=12, max_size=24))
def test_on_no_day_are_more_places_filled_than_there_are(
    books: Books, acts: list[tuple[Any, ...]]
) -> None:
    office = books.office("ann", TODAY)
    with books.ledger.writing(dry_run=True) as connection:
        desk = replace(office, trial=connection)
        for who in ("P-1", "P-2", "P-3", "P-4"):
            refer(desk, who, "A", FIRST)
        for act in acts:
            _given(desk, act)
        records = [one.record for one in records_that_count(connection)]
        for day in {record.day for record in records}:
            outcomes = outcomes_by_scheme(participants_of(records, day))
            assert outcomes.get("A", NO_OUTCOMES).filled <= 1
