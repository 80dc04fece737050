"""Which records of a participant may stand together, and what tells who they are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.outcomes import NO_OUTCOMES, Record, Step, outcomes_by_scheme, participants_of
from levytool.rules.participants import history_fault, overfull_day
from levytool.rules.pseudonyms import reference_fault, title_fault

DAY = date(2025, 6, 2)


def _record(step: Step, days: int = 0, scheme: str = "WORK") -> Record:
    return Record("P-0001", scheme, step, DAY + timedelta(days=days))


WHOLE = (
    _record(Step.REFERRED),
    _record(Step.STARTED, 3),
    _record(Step.MILESTONE, 5),
    _record(Step.LEFT, 9),
    _record(Step.QUALIFIED, 20),
    _record(Step.WORKED, 30),
)


@given(st.permutations(WHOLE))
def test_a_whole_history_holds_in_any_order(records: list[Record]) -> None:
    assert history_fault(records) is None


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([_record(Step.STARTED)], "has not been referred"),
        ([*WHOLE[:2], _record(Step.STARTED, 4)], "has started already, on 2025-06-05"),
        ([*WHOLE[:2], _record(Step.STARTED, 1)], "has started already, on 2025-06-05"),
        ([_record(Step.REFERRED), _record(Step.REFERRED, 1)], "has been referred already"),
        ([_record(Step.REFERRED), _record(Step.STARTED, -1)], "before the referral on 2025-06-02"),
        ([_record(Step.REFERRED), _record(Step.WORKED, -9)], "before the referral on 2025-06-02"),
        ([_record(Step.REFERRED), _record(Step.MILESTONE, -1)], "cannot have a milestone on"),
        ([_record(Step.REFERRED), _record(Step.LEFT, 1)], "has not started"),
        ([*WHOLE[:2], _record(Step.LEFT, 2)], "before the start on 2025-06-05"),
        ([_record(Step.REFERRED), _record(Step.STARTED, 1, "OTHER")], "belongs to WORK"),
    ],
)
def test_records_that_cannot_stand_together_are_told(records: list[Record], said: str) -> None:
    fault = history_fault(records)
    assert fault is not None and said in fault.message and fault.hint


def test_nothing_recorded_is_no_fault() -> None:
    assert history_fault([]) is None


HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 30), st.one_of(st.none(), st.integers(0, 20)), st.booleans(), st.booleans()
    ),
    max_size=6,
)


@given(HISTORIES, st.integers(1, 3), st.integers(0, 55))
def test_the_first_overfull_day_is_the_first_that_counts_more_filled_than_places(
    drawn: list[tuple[int, int | None, bool, bool]], places: int, since: int
) -> None:
    records = []
    for number, (start, stay, completed, started) in enumerate(drawn):
        own = [_record(Step.REFERRED)]
        own += [_record(Step.STARTED, start)] if started else []
        if started and stay is not None:
            own.append(_record(Step.LEFT, start + stay)._replace(completed=completed))
        records += [one._replace(participant=f"P-{number}") for one in own]
    days = [DAY + timedelta(days=number) for number in range(since, 56)]
    counted = [(day, outcomes_by_scheme(participants_of(records, day))) for day in days]
    over = [day for day, by in counted if by.get("WORK", NO_OUTCOMES).filled > places]
    assert overfull_day(records, places, days[0]) == (over[0] if over else None)


@pytest.mark.parametrize(
    "reference", ["P-0001", "p-0001", "NS-000123", "ABC17", "0042", "P-010203", "99999999"]
)
def test_a_pseudonymous_reference_is_taken(reference: str) -> None:
    assert reference_fault(reference) == ""


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("JANE DOE 1", "no reference"),
        ("JANE@EXAMPLE1", "no reference"),
        ("", "no reference"),
        ("P-000000000000000000001", "number of a person"),
        ("JANE", "no reference"),
        ("JANE-DOE", "no reference"),
        ("JANE1", "no reference"),
        ("SMITH-85", "no reference"),
        ("AB12345C", "no reference"),
        ("P-1-2", "no reference"),
        ("-1", "no reference"),
        ("P-", "no reference"),
        ("P--1", "no reference"),
        ("P-0001\n", "no reference"),
        ("Ł-0001", "no reference"),
        ("ſ-0001", "no reference"),
        ("P-٠٠٠١", "no reference"),
        ("QQ123456C", "National Insurance"),
        ("QQ-12-34-56-C", "National Insurance"),
        ("QQ123456", "National Insurance"),
        ("12-03-1985", "date of birth"),
        ("P-1985-03-12", "date of birth"),
        ("12-MAR-85", "date of birth"),
        ("P-12031985", "date of birth"),
        ("19850312", "date of birth"),
        ("120385", "date of birth"),
        ("4857773456", "number of a person"),
    ],
)
def test_a_reference_that_tells_who_it_is_is_not_taken(reference: str, said: str) -> None:
    assert said in reference_fault(reference)


@given(st.text(st.sampled_from("AbZ-019 ŁßſK²٣."), max_size=12))
def test_a_reference_is_three_letters_at_most_and_then_digits(reference: str) -> None:
    letters = reference.rstrip("0123456789")
    if reference_fault(reference) == "":
        assert reference.isascii() and 1 <= len(reference) - len(letters) <= 8
        assert letters == "" or letters.removesuffix("-").isalpha()
        assert len(letters.removesuffix("-")) <= 3


@pytest.mark.parametrize(
    "title",
    [
        *("NVQ Level 2, warehousing", "CSCS card", "First 13 weeks", "QCF 601/1234/5"),
        *("Weeks 14-26 of 52", "NVQ 2 2014-2015", "BS 7671:2018"),
    ],
)
def test_a_title_of_a_qualification_is_taken(title: str) -> None:
    assert title_fault(title) == ""


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("n" * 61, "is 61 long"),
        ("Write to jane@example.org", "address"),
        ("Course of qq 12 34 56 c", "National Insurance"),
        ("Born 12 March 1985", "date of birth"),
        ("07700 900123", "telephone"),
        ("Rang 07700900123", "telephone"),
        ("Rang (0161) 496-0123", "telephone"),
        ("+44 (0)7700 900 123", "telephone"),
        ("Rang 7700.900.123", "telephone"),
        ("Rang 07700–900–123", "telephone"),
    ],
)
def test_a_title_that_tells_of_a_person_is_not_taken(title: str, said: str) -> None:
    assert said in title_fault(title)
