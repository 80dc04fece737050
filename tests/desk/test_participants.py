"""Participants as an officer records them: what is refused, what is said twice (domain §3.7)."""

from datetime import date

import pytest

from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.list_participants import list_participants, show_participant
from levytool.desk.brokerage.list_schemes import list_schemes, show_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.record_participant import (
    leave,
    milestone,
    qualify,
    refer,
    start,
    withdraw,
    work,
)
from levytool.desk.tracing.explain import explain
from levytool.ledger.journal.as_known import AsKnown
from levytool.problems import RuleRefused, UsageError
from tests.desk.consortium import tried
from tests.desk.recruiting import recruit
from tests.desk.tracing import assert_whole

TODAY = "2014-10-15"


def day(month, number):
    return date(2014, month, number)


@pytest.fixture
def desk(books):
    """An officer in books with an approved scheme of two places, and one only proposed."""
    made = books()
    for code in ("WORK", "LATER"):
        propose_scheme(
            *(made.office("ann", "2014-03-01"), code),
            members=["SALIX"], title=code.title(), budget_pence=100_000, places=2,
        )  # fmt: skip
    approve_scheme(made.office("bob", "2014-03-01"), "WORK")
    return made.office("ann", TODAY)


def referred(desk, *references, on=None):
    for reference in references:
        refer(desk, reference, "WORK", on or day(4, 1))


def filled(desk, asked=None):
    rows = list_schemes(desk, asked) if asked else list_schemes(desk)
    return {row["scheme"]: row["filled"] for row in rows}["WORK"]


def test_a_participant_from_referral_to_next_role(desk):
    refer(desk, "p-0001", "work", day(4, 1), "Long term unemployed")
    start(desk, "P-0001", day(4, 7), 30, "key worker")
    milestone(desk, "P-0001", "First 13 weeks", day(7, 7))
    qualify(desk, "P-0001", "NVQ Level 2", day(9, 1))
    leave(desk, "P-0001", day(9, 30), "next-role", completed=True, next_role="employment")
    row = work(desk, "P-0001", day(10, 1), None, 35)
    assert row == {
        "record": "PR-000006",
        "step": "worked",
        "day": "2014-10-01",
        "participant": "P-0001",
        "scheme": "WORK",
        "state": "completed",
        "referred": "2014-04-01",
        "started": "2014-04-07",
        "hours": 30,
        "mentor": "key-worker",
        "left": "2014-09-30",
        "reason": "next-role",
        "completed": True,
        "next_role": "employment",
        "milestones": 1,
        "qualifications": 1,
        "weeks_sustained": 27,
        "weeks_in_work": 27,
        "status": "done",
    }
    told, records = show_participant(desk, "P-0001")
    assert told == ("P-0001 is completed at WORK: 27 weeks in work without a break, 27 in all")
    assert [one["step"] for one in records] == [
        *("referred", "started", "milestone", "qualified", "left", "worked")
    ]
    assert records[0]["target_group"] == "long-term-unemployed"
    assert (records[0]["recorded"], records[0]["by"]) == (TODAY, "ann")
    assert "target_group" not in list_participants(desk)[0]


def test_filled_follows_starts_and_early_leavers_as_at_a_day_and_as_known(desk):
    referred(desk, "P-1", "P-2")
    start(desk, "P-1", day(5, 1), 30)
    start(desk, "P-2", day(6, 2), 30)
    leave(desk, "P-1", day(8, 29), "moved-away")
    assert filled(desk) == 1
    assert filled(desk, AsKnown(as_at=day(5, 31))) == 1
    assert filled(desk, AsKnown(as_at=day(6, 30))) == 2
    assert filled(desk, AsKnown(known_on=day(10, 14))) == 0
    assert show_scheme(desk, "WORK")[1][0]["filled"] == 1


def test_more_starts_than_places_are_refused_until_somebody_leaves_early(desk):
    referred(desk, "P-1", "P-2", "P-3")
    start(desk, "P-1", day(5, 1), 30)
    start(desk, "P-2", day(5, 1), 30)
    with pytest.raises(RuleRefused, match="2 places, and all are filled"):
        start(desk, "P-3", day(5, 6), 30)
    leave(desk, "P-1", day(5, 30), "personal")
    start(desk, "P-3", day(6, 2), 30)
    with pytest.raises(RuleRefused, match="2 places, and all are filled"):
        withdraw(desk, "P-1", "wrong-person")
    assert filled(desk) == 2


def test_places_are_held_on_every_day_from_a_start_on(desk):
    referred(desk, "P-1", "P-2", "P-3")
    start(desk, "P-1", day(5, 1), 30)
    start(desk, "P-2", day(5, 1), 30)
    left = leave(desk, "P-1", day(5, 30), "personal")
    with pytest.raises(RuleRefused, match="2 places, and all are filled on 2014-05-12"):
        start(desk, "P-3", day(5, 12), 30)
    with pytest.raises(RuleRefused, match="2 places, and all are filled on 2014-05-01"):
        start(desk, "P-3", day(4, 1), 30)
    start(desk, "P-3", day(5, 30), 30)
    leave(desk, "P-3", day(6, 30), "personal")
    with pytest.raises(RuleRefused, match="2 places, and all are filled on 2014-05-30"):
        withdraw(desk, "P-1", "wrong-day", left["record"])


def test_one_week_is_told_as_one(desk):
    referred(desk, "P-1")
    work(desk, "P-1", day(9, 1), day(9, 7), 16)
    told = show_participant(desk, "P-1")[0]
    assert told == "P-1 is referred at WORK: 1 week in work without a break, 1 in all"


def test_a_completed_place_stays_filled(desk):
    referred(desk, "P-1", "P-2", "P-3")
    start(desk, "P-1", day(4, 7), 30)
    leave(desk, "P-1", day(9, 30), "end-of-placement", completed=True)
    start(desk, "P-2", day(4, 7), 30)
    with pytest.raises(RuleRefused, match="all are filled"):
        start(desk, "P-3", day(10, 1), 30)


def test_everything_given_twice_is_done_once_and_says_so(desk):
    acts = [
        lambda: refer(desk, "P-1", "WORK", day(4, 1), "neet"),
        lambda: start(desk, "P-1", day(4, 7), 30, "coach"),
        lambda: milestone(desk, "P-1", "Halfway", day(6, 2)),
        lambda: qualify(desk, "P-1", "CSCS card", day(6, 2)),
        lambda: leave(desk, "P-1", day(6, 30), "other"),
        lambda: work(desk, "P-1", day(7, 1), day(7, 4), 8),
        lambda: withdraw(desk, "P-1", "entered-twice"),
    ]
    for act in acts:
        assert act()["status"] == "done"
        assert act()["status"] == "done-before"
    assert len(show_participant(desk, "P-1")[1]) == len(acts)


def test_a_referral_repeated_on_another_day_without_a_day_is_the_same(desk, books):
    refer(desk, "P-1", "WORK")
    later = books().office("ann", "2014-11-03")
    assert refer(later, "P-1", "WORK")["status"] == "done-before"
    with pytest.raises(RuleRefused, match="has been referred already, on 2014-10-15"):
        refer(later, "P-1", "WORK", day(11, 3))


def test_a_spell_that_runs_is_ended_by_saying_it_with_its_last_day(desk):
    referred(desk, "P-1")
    assert work(desk, "P-1", day(9, 1), None, 16)["weeks_sustained"] == 6
    assert work(desk, "P-1", day(9, 1), day(9, 14), 16)["weeks_sustained"] == 2


@pytest.mark.parametrize("last", [day(9, 7), day(9, 21), None])
def test_a_spell_that_has_ended_ends_on_no_other_day_until_it_is_withdrawn(desk, last):
    referred(desk, "P-1")
    ended = work(desk, "P-1", day(9, 1), day(9, 14), 16)
    assert work(desk, "P-1", day(9, 8), day(9, 14), 8)["status"] == "done"
    said = (
        "P-1 has work from 2014-09-01 already, to 2014-09-14; withdraw that first: levytool "
        f"participant withdraw P-1 --record {ended['record']} --reason wrong-day"
    )
    with pytest.raises(RuleRefused) as refused:
        work(desk, "P-1", day(9, 1), last, 20)
    assert str(refused.value) == said
    assert work(desk, "P-1", day(9, 1), day(9, 14), 16)["status"] == "done-before"
    withdraw(desk, "P-1", "wrong-day", ended["record"])
    assert work(desk, "P-1", day(9, 1), last, 20)["status"] == "done"


def test_work_that_runs_is_counted_to_the_day_that_is_asked_and_to_no_day_to_come(desk):
    referred(desk, "P-1")
    work(desk, "P-1", day(9, 1), None, 16)
    for asked, weeks in (
        (AsKnown(as_at=day(9, 14)), 2),
        (AsKnown(as_at=date(2015, 9, 14)), 6),
        (AsKnown(known_on=day(10, 15)), 6),
    ):
        assert list_participants(desk, asked=asked)[0]["weeks_in_work"] == weeks
        assert f"{weeks} in all" in show_participant(desk, "P-1", asked)[0]


def test_a_withdrawn_record_counts_no_more_and_may_be_given_anew(desk):
    referred(desk, "P-1")
    start(desk, "P-1", day(4, 7), 30)
    leave(desk, "P-1", day(6, 30), "other")
    with pytest.raises(RuleRefused, match="without PR-000002 P-1 has not started"):
        withdraw(desk, "P-1", "wrong-day", "PR-000002")
    assert withdraw(desk, "P-1", "wrong-day", "pr-3")["state"] == "in-post"
    assert withdraw(desk, "P-1", "wrong-day", "PR-000002")["state"] == "referred"
    start(desk, "P-1", day(4, 14), 30)
    assert list_participants(desk)[0]["started"] == "2014-04-14"
    every = show_participant(desk, "P-1")[1]
    assert [one["withdrawn_by"] for one in every if one["withdrawn_by"]] == [
        "PR-000005",
        "PR-000004",
    ]


def test_all_of_a_participant_may_be_withdrawn_and_referred_anew(desk):
    referred(desk, "P-1")
    row = withdraw(desk, "P-1", "wrong-person")
    assert (row["participant"], row["state"], row["status"]) == ("P-1", None, "done")
    assert list_participants(desk) == []
    with pytest.raises(RuleRefused, match="has not been referred"):
        start(desk, "P-1", day(5, 1), 30)
    referred(desk, "P-1", on=day(5, 1))
    assert list_participants(desk)[0]["referred"] == "2014-05-01"


def test_what_the_rules_do_not_allow_is_refused(desk):
    with pytest.raises(RuleRefused, match="LATER is not approved"):
        refer(desk, "P-1", "LATER")
    referred(desk, "P-1")
    for act, said in (
        (lambda: start(desk, "P-1", day(3, 31), 30), "before the referral"),
        (lambda: leave(desk, "P-1", day(5, 1), "other"), "has not started"),
        (lambda: start(desk, "P-1", day(10, 16), 30), "a day to come"),
        (lambda: work(desk, "P-1", day(5, 1), day(12, 1), 8), "a day to come"),
        (lambda: refer(desk, "P-1", "WORK", day(4, 2)), "has been referred already"),
    ):
        with pytest.raises(RuleRefused, match=said):
            act()
    start(desk, "P-1", day(5, 1), 30)
    with pytest.raises(RuleRefused, match="before the start"):
        leave(desk, "P-1", day(4, 30), "other")
    with pytest.raises(RuleRefused, match="has started already"):
        start(desk, "P-1", day(5, 2), 30)
    assert len(show_participant(desk, "P-1")[1]) == 2


def test_a_closed_scheme_takes_nobody_new_and_goes_on_telling_of_outcomes(desk, books):
    referred(desk, "P-1", "P-2")
    start(desk, "P-1", day(5, 1), 30)
    close_scheme(books().office("ann", TODAY), "WORK")
    for act in (lambda: refer(desk, "P-3", "WORK"), lambda: start(desk, "P-2", day(5, 1), 30)):
        with pytest.raises(RuleRefused, match="WORK is closed"):
            act()
    leave(desk, "P-1", day(9, 30), "next-role", completed=True, next_role="training")
    assert work(desk, "P-1", day(10, 1), None, 16)["state"] == "completed"


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda desk: refer(desk, "Jane Doe", "WORK"), "pseudonymous: give one such as P-0001"),
        (lambda desk: refer(desk, "P-2", "WARK"), "did you mean WORK"),
        (lambda desk: refer(desk, "P-2", "WORK", None, "poor"), "--target-group is 'poor'"),
        (lambda desk: start(desk, "P-8", day(5, 1), 30), "no participant 'P-8'; "),
        (lambda desk: start(desk, "P-1", day(5, 1), -1), "--hours is -1"),
        (lambda desk: start(desk, "P-1", day(5, 1), 169), "--hours is 169"),
        (lambda desk: start(desk, "P-1", day(5, 1), 30, "Jane"), "--mentor is 'Jane'"),
        (lambda desk: milestone(desk, "P-1", " ", day(5, 1)), "--title is empty"),
        (lambda desk: qualify(desk, "P-1", "a@b.example", day(5, 1)), "never a person"),
        (lambda desk: leave(desk, "P-1", day(5, 1), "ill"), "--reason is 'ill'"),
        (lambda desk: work(desk, "P-1", day(5, 2), day(5, 1), 8), "is before --from"),
        (lambda desk: work(desk, "P-1", day(5, 1), None, 0), "--hours is 0"),
        (lambda desk: withdraw(desk, "P-1", "wrong-day", "PR-000009"), "no record of P-1"),
        (lambda desk: withdraw(desk, "P-1", "because"), "--reason is 'because'"),
    ],
)
def test_what_is_given_wrongly_is_told_with_what_to_give(desk, act, said):
    referred(desk, "P-1")
    with pytest.raises(UsageError) as error:
        act(desk)
    assert said in str(error.value)
    assert len(show_participant(desk, "P-1")[1]) == 1


def test_a_dry_run_says_the_same_and_stores_nothing(desk):
    told = refer(tried(desk), "P-1", "WORK", day(4, 1))
    assert list_participants(desk) == []
    assert refer(desk, "P-1", "WORK", day(4, 1)) == told


def test_outcomes_are_explained_down_to_the_records_they_are_counted_from(desk, books):
    made = books()
    propose_scheme(
        *(made.office("ann", "2014-03-01"), "WARD"),
        members=["SALIX"], title="Wardens", budget_pence=100_000, places=4,
    )  # fmt: skip
    approve_scheme(made.office("bob", "2014-03-01"), "WARD")
    recruit(made, "WARD")
    withdraw(desk, "P-03", "wrong-person", "PR-000020")
    seen = assert_whole(made)
    assert {"P-12", "PR-000001", "PR-000020", "WARD"} <= seen
    scheme = explain(desk, "WARD")
    assert dict(scheme.facts) | {"filled": "4", "referred": "12", "left early": "1"} == dict(
        scheme.facts
    )
    (people,) = [one for one in scheme.because if one.kind == "participants"]
    assert [one.ref for one in people.because][:2] == ["P-01", "P-02"]
    withdrawn = explain(desk, "pr-20")
    assert dict(withdrawn.facts)["withdrawn by"] == "PR-000023" and withdrawn.became == ()
    assert explain(desk, "p-03").because[0].because[0].ref == "PR-000003"
    with pytest.raises(UsageError, match="no record PR-99"):
        explain(desk, "PR-99")
