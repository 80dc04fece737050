"""What becomes of participants, by example and over every history (domain §3.7)."""

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.outcomes import (
    LEAVING_REASONS,
    NEXT_ROLES,
    SMALLEST_CELL,
    TARGET_GROUPS,
    Outcomes,
    Participant,
    Record,
    Spell,
    Step,
    outcomes_by_scheme,
    participants_of,
    told_groups,
    worked_runs,
)

FIRST = date(2025, 1, 1)
LAST = FIRST + timedelta(days=500)


def _on(days: int) -> date:
    return FIRST + timedelta(days=days)


def _record(who: str, step: Step, days: int, **said: object) -> Record:
    return Record(who, "GROUNDWORK", step, _on(days))._replace(**said)


def _only(records: list[Record], day: date = LAST) -> Participant:
    (found,) = participants_of(records, day)
    return found


def _figures(records: list[Record], day: date = LAST) -> Outcomes:
    return outcomes_by_scheme(participants_of(records, day)).get("GROUNDWORK", Outcomes())


def test_a_year_in_post_is_a_completed_place_and_a_sustained_one() -> None:
    records = [
        _record("P-1", Step.REFERRED, 0, target_group="neet"),
        _record("P-1", Step.STARTED, 7, hours=30, role="coach"),
        _record("P-1", Step.QUALIFIED, 200, title="Level 2"),
        _record("P-1", Step.LEFT, 370, reason="next-role", completed=True, role="employment"),
    ]
    found = _only(records)
    assert (found.state, found.longest_days, found.days_in_work) == ("completed", 364, 364)
    assert found.is_sustained(52) and not found.is_sustained(53)
    figures = _figures(records)
    assert (figures.referred, figures.started, figures.in_post) == (1, 1, 0)
    assert (figures.completed, figures.left_early, figures.filled) == (1, 0, 1)
    assert (figures.progressed, figures.qualifications) == (1, 1)
    assert figures.next_roles == (("employment", 1),)
    assert figures.sustained == (1, 1, 1)


def test_who_leaves_early_frees_the_place() -> None:
    records = [
        _record("P-1", Step.REFERRED, 0),
        _record("P-1", Step.STARTED, 0, hours=16),
        _record("P-1", Step.LEFT, 90, reason="personal"),
        _record("P-2", Step.REFERRED, 0),
        _record("P-2", Step.STARTED, 100, hours=16),
    ]
    at_start, at_end = _figures(records, _on(50)), _figures(records)
    assert (at_start.referred, at_start.started, at_start.filled) == (2, 1, 1)
    assert (at_end.started, at_end.in_post, at_end.left_early, at_end.filled) == (2, 1, 1, 1)
    assert at_end.progressed == 0 and at_end.sustained == (2, 1, 1)


def test_29_of_38_referred_progressed() -> None:
    records = []
    for number in range(38):
        records.append(_record(f"P-{number}", Step.REFERRED, 0))
        records.append(_record(f"P-{number}", Step.STARTED, 1, hours=16))
        if number < 29:
            role = "training" if number < 20 else "volunteering"
            records.append(_record(f"P-{number}", Step.LEFT, 40, reason="next-role", role=role))
    found = _figures(records)
    assert (found.referred, found.progressed) == (38, 29)
    assert found.next_roles == (("training", 20), ("volunteering", 9))


def test_spells_that_touch_are_one_and_a_day_apart_are_two() -> None:
    spells = [Spell(_on(0), _on(9)), Spell(_on(10), _on(19)), Spell(_on(21), _on(25))]
    assert worked_runs(spells, LAST) == [(_on(0), _on(19)), (_on(21), _on(25))]


def test_a_weekend_or_bank_holidays_between_two_jobs_are_no_break() -> None:
    friday, monday, tuesday = date(2025, 4, 11), date(2025, 4, 14), date(2025, 4, 15)
    first = date(2025, 3, 3)
    assert worked_runs([Spell(first, friday), Spell(monday)], LAST) == [(first, LAST)]
    assert len(worked_runs([Spell(first, friday), Spell(tuesday)], LAST)) == 2
    maundy, after_easter = date(2025, 4, 17), date(2025, 4, 22)
    assert worked_runs([Spell(first, maundy), Spell(after_easter)], LAST) == [(first, LAST)]


def test_a_spell_that_runs_counts_to_the_day_that_is_asked_and_ends_when_it_is_told_to() -> None:
    running = Spell(_on(0))
    assert worked_runs([running], _on(30)) == [(_on(0), _on(30))]
    assert worked_runs([running, Spell(_on(0), _on(20))], _on(30)) == [(_on(0), _on(20))]
    assert worked_runs([running], _on(-1)) == []


def test_work_found_the_day_after_leaving_goes_on_with_the_schemes_own_job() -> None:
    records = [
        _record("P-1", Step.REFERRED, 0),
        _record("P-1", Step.STARTED, 0, hours=30),
        _record("P-1", Step.LEFT, 99, reason="next-role", role="employment"),
        _record("P-1", Step.WORKED, 100, until=_on(199), hours=35),
        _record("P-1", Step.WORKED, 300, until=_on(309), hours=35),
    ]
    found = _only(records)
    assert (found.longest_days, found.days_in_work) == (200, 210)


def test_another_job_from_the_first_day_on_outlasts_the_schemes_own() -> None:
    records = [
        _record("P-1", Step.REFERRED, 0),
        _record("P-1", Step.STARTED, 0, hours=10),
        _record("P-1", Step.WORKED, 0, hours=10),
        _record("P-1", Step.LEFT, 50, reason="other"),
    ]
    assert _only(records, _on(99)).longest_days == 100


def test_a_start_without_a_job_fills_a_place_and_is_no_work() -> None:
    records = [_record("P-1", Step.REFERRED, 0), _record("P-1", Step.STARTED, 0, hours=0)]
    assert (_only(records).state, _only(records).days_in_work) == ("in-post", 0)
    assert _figures(records).filled == 1


def test_nobody_is_told_of_before_the_referral() -> None:
    assert participants_of([_record("P-1", Step.REFERRED, 10)], _on(9)) == []


def test_small_target_groups_are_told_together_and_cannot_be_worked_out() -> None:
    assert told_groups({"neet": 9, "ex-offender": 6}) == (("ex-offender", 6), ("neet", 9))
    assert told_groups({"neet": 9, "ex-offender": 3, "": 2}) == (("neet", 9), ("", 5))
    # Four others alone would be the four of one group: another group goes with them.
    assert told_groups({"neet": 9, "other": 7, "ex-offender": 4}) == (("neet", 9), ("", 11))
    assert told_groups({"neet": 9, "ex-offender": 1}) == ()
    assert told_groups({"": 12}) == ()
    assert told_groups({}) == ()


DAYS = st.integers(0, 400)
SPELLS = st.lists(st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 120))), max_size=5)


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Records of some participants as the rules let them stand together."""
    records = []
    for number in range(draw(st.integers(0, 6))):
        who, referred = f"P-{number}", draw(st.integers(0, 100))
        group = draw(st.sampled_from(("", *TARGET_GROUPS)))
        records.append(_record(who, Step.REFERRED, referred, target_group=group))
        if draw(st.booleans()):
            started = referred + draw(DAYS)
            records.append(_record(who, Step.STARTED, started, hours=16))
            if draw(st.booleans()):
                records.append(
                    _record(
                        *(who, Step.LEFT, started + draw(DAYS)),
                        reason=draw(st.sampled_from(LEAVING_REASONS)),
                        completed=draw(st.booleans()),
                        role=draw(st.sampled_from(("", *NEXT_ROLES))),
                    )
                )
        for first, length in draw(SPELLS):
            until = None if length is None else _on(referred + first + length)
            records.append(_record(who, Step.WORKED, referred + first, until=until, hours=8))
        for _ in range(draw(st.integers(0, 2))):
            records.append(_record(who, Step.QUALIFIED, referred + draw(DAYS), title="Level 2"))
    return records


@given(histories(), st.randoms(use_true_random=False), DAYS)
def test_the_order_of_records_does_not_matter(
    records: list[Record], random: object, days: int
) -> None:
    mixed = list(records)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert participants_of(mixed, _on(days)) == participants_of(records, _on(days))


@given(histories(), DAYS)
def test_figures_keep_their_order_and_add_up(records: list[Record], days: int) -> None:
    people = participants_of(records, _on(days))
    found = _figures(records, _on(days))
    assert 0 <= found.filled <= found.started <= found.referred == len(people)
    assert found.in_post + found.completed + found.left_early == found.started
    assert found.progressed == sum(count for _role, count in found.next_roles) <= found.started
    assert list(found.sustained) == sorted(found.sustained, reverse=True)
    assert all(count <= found.referred for count in found.sustained)
    for one in people:
        assert 0 <= one.longest_days <= one.days_in_work <= days + 1


@given(histories(), st.data())
def test_a_spell_may_be_split_at_any_day(records: list[Record], data: st.DataObject) -> None:
    whole = [one for one in records if one.until is not None and one.until > one.day]
    if not whole:
        return
    spell = data.draw(st.sampled_from(whole))
    assert spell.until is not None
    cut = spell.day + timedelta(days=data.draw(st.integers(0, (spell.until - spell.day).days - 1)))
    rest = spell._replace(day=cut + timedelta(days=1))
    # One that runs from the same day as the rest would be ended by it: that is another history.
    running = {one.day for one in records if one.step == Step.WORKED and one.until is None}
    if rest.day in running:
        return
    split = [one for one in records if one is not spell] + [spell._replace(until=cut), rest]
    for day in (LAST, cut, spell.day):
        assert _figures(split, day) == _figures(records, day)
        before, after = (participants_of(own, day) for own in (records, split))
        assert [one.days_in_work for one in before] == [one.days_in_work for one in after]


COUNTS = st.dictionaries(st.sampled_from(("", *TARGET_GROUPS)), st.integers(0, 12))


@given(COUNTS)
def test_no_small_group_is_told_nor_left_when_the_told_ones_are_taken_off(
    counts: dict[str, int],
) -> None:
    whole = sum(counts.values())
    told = dict(told_groups(counts))
    shown = {group: count for group, count in told.items() if group}
    assert all(counts[group] == count >= SMALLEST_CELL for group, count in shown.items())
    # A reader knows the whole and every figure told: the difference of any of them is no small
    # cell, unless nothing is told at all.
    for some in range(len(shown) + 1):
        for left_out in combinations(shown, some):
            rest = whole - sum(shown[group] for group in shown if group not in left_out)
            assert not shown or rest == 0 or rest >= SMALLEST_CELL
    hidden = Counter({group: count for group, count in counts.items() if group not in shown})
    assert told.get("", hidden.total()) == hidden.total()
