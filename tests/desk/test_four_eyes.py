"""Two people for one act, and one act for one reference."""

import pytest

from levytool.acting import Acting
from levytool.desk import four_eyes
from levytool.desk.four_eyes import Asked
from levytool.desk.office import Office
from levytool.ledger.database.opening import create_ledger
from levytool.ledger.journal import acts
from levytool.problems import RuleRefused
from tests.desk.consortium import acting

ASKED = Asked("pot transfer", "A", {"to": "B", "pence": 5})


@pytest.fixture
def office(tmp_path):
    ledger, _made = create_ledger(str(tmp_path / "books.db"))
    yield Office(ledger, acting("ann"))
    ledger.close()


def ask(office, user, asked=ASKED):
    """What a call makes of itself: done, proposed or done before."""
    who: Acting = acting(user)
    with office.writing() as connection:
        if four_eyes.done_already(connection, asked):
            return "done-before"
        proposal = four_eyes.agreed_proposal(connection, who, asked)
        if proposal is None:
            return "proposed"
        four_eyes.record_done(connection, who, asked, proposal=proposal)
        return f"done, {proposal.user} proposed"


def test_the_same_call_by_a_second_user_carries_the_proposal_out(office):
    assert ask(office, "ann") == "proposed"
    assert ask(office, "bob") == "done, ann proposed"


def test_nobody_agrees_to_what_they_proposed(office):
    ask(office, "ann")
    with pytest.raises(RuleRefused, match="ann proposed this; a second person must agree"):
        ask(office, "ann")
    assert ask(office, "bob") == "done, ann proposed"


def test_another_spelling_of_a_name_is_no_second_person(office):
    ask(office, "ann")
    with pytest.raises(RuleRefused, match="ann proposed this; a second person must agree"):
        ask(office, "ANN")


def test_a_proposal_is_carried_out_once(office):
    ask(office, "ann")
    ask(office, "bob")
    assert ask(office, "bob") == "proposed"
    assert ask(office, "ann") == "done, bob proposed"


def test_other_facts_are_another_proposal(office):
    ask(office, "ann")
    other = Asked(ASKED.act, ASKED.subject, {"to": "B", "pence": 6})
    assert ask(office, "bob", other) == "proposed"
    assert ask(office, "bob") == "done, ann proposed"
    assert ask(office, "ann", other) == "done, bob proposed"


def test_a_proposal_sent_twice_under_one_reference_is_one_proposal(office):
    asked = Asked(ASKED.act, ASKED.subject, ASKED.facts, "t-1")
    assert [ask(office, "ann", asked), ask(office, "ann", asked)] == ["proposed", "proposed"]
    with office.reading() as connection:
        assert len(acts.acts_of(connection, ASKED.act)) == 1
    assert ask(office, "bob", asked) == "done, ann proposed"
    assert [ask(office, "ann", asked), ask(office, "bob", asked)] == ["done-before"] * 2


def test_two_equal_acts_under_two_references_are_two(office):
    first = Asked(ASKED.act, ASKED.subject, ASKED.facts, "t-1")
    second = Asked(ASKED.act, ASKED.subject, ASKED.facts, "t-2")
    assert [ask(office, "ann", first), ask(office, "ann", second)] == ["proposed", "proposed"]
    assert ask(office, "bob", first) == "done, ann proposed"
    assert ask(office, "bob", second) == "done, ann proposed"


def test_agreeing_without_the_reference_keeps_it_as_the_key(office):
    asked = Asked(ASKED.act, ASKED.subject, ASKED.facts, "t-1")
    ask(office, "ann", asked)
    assert ask(office, "bob") == "done, ann proposed"
    assert ask(office, "ann", asked) == "done-before"


def test_a_reference_that_belongs_to_something_else_is_refused(office):
    asked = Asked(ASKED.act, ASKED.subject, ASKED.facts, "t-1")
    ask(office, "ann", asked)
    ask(office, "bob", asked)
    for other in (
        Asked(ASKED.act, ASKED.subject, {"to": "B", "pence": 6}, "t-1"),
        Asked(ASKED.act, "C", ASKED.facts, "t-1"),
    ):
        with pytest.raises(RuleRefused, match="the reference t-1 belongs to another pot transfer"):
            ask(office, "ann", other)
    assert ask(office, "ann", Asked("scheme commit", "C", {}, "t-1")) == "proposed"
