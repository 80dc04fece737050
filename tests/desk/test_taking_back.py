"""Taking back the last word on a difference: what stood before it stands again, once."""

import json

import pytest

from levytool.cli.main import run_with
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.decisions import list_decisions
from levytool.desk.reconcile.sitting import begin_sitting, decide_in, standing_in, take_back_in
from levytool.periods import parse_period
from tests.desk.reconciling import reconcile, record


@pytest.fixture
def books(spending):
    """BROOKS declares A1 and A2; SALIX has B8 and B9, which nobody declared."""
    made = spending()
    made.accepted({}, {"Invoice": "A2", "Net": "4000.00"})
    record(made, {"Invoice": "B8", "Net": "900.00"}, {"Invoice": "B9", "Net": "700.00"})
    return made


def by_invoice(books):
    return {row["invoice"]: row for row in reconcile(books)["differences"]}


def say(books, known_as, verb, *others, note="", wholly=False):
    return decide(books.office(), [Order(known_as, verb, others, note, wholly=wholly)])[0]


def state(books, invoice):
    row = by_invoice(books)[invoice]
    return row["status"], row["note"]


def test_a_rejection_stands_again_when_the_match_after_it_is_taken_back(books):
    found = by_invoice(books)
    known_as = found["B8"]["id"]
    say(books, known_as, "reject", note="they are to declare it")
    say(books, known_as, "match", found["A1"]["id"])
    told = say(books, known_as, "undo")
    assert told["restored"] == {"decision": "reject", "note": "they are to declare it"}
    assert state(books, "B8") == ("rejected", "they are to declare it")
    assert state(books, "A1") == ("open", "")


def test_a_match_stands_again_when_its_acceptance_is_taken_back(books):
    found = by_invoice(books)
    known_as = found["B8"]["id"]
    say(books, known_as, "match", found["A1"]["id"], note="one job")
    say(books, known_as, "accept", note="agreed")
    say(books, known_as, "undo")
    assert [(row["status"], row["note"]) for row in by_invoice(books).values()].count(
        ("matched", "one job")
    ) == 1


def test_said_twice_it_takes_back_one_word_and_says_so(books):
    known_as = by_invoice(books)["B8"]["id"]
    for verb in ("note", "reject", "accept"):
        say(books, known_as, verb, note="asked them")
    assert say(books, known_as, "undo")["status"] == "done"
    before = books.dump()
    again = say(books, known_as, "undo")
    assert (again["status"], again["restored"]["decision"]) == ("done-before", "reject")
    assert books.dump() == before
    say(books, known_as, "accept", note="after all")
    assert say(books, known_as, "undo")["restored"]["decision"] == "reject"
    assert say(books, known_as, "undo", wholly=True)["restored"] is None
    assert state(books, "B8") == ("open", "")
    assert say(books, known_as, "undo", wholly=True)["status"] == "done-before"


def test_a_note_is_taken_back_from_what_it_was_said_of(books):
    known_as = by_invoice(books)["B8"]["id"]
    say(books, known_as, "accept", note="one job")
    say(books, known_as, "note", note="no, two")
    say(books, known_as, "undo")
    assert state(books, "B8") == ("accepted", "one job")


def test_a_join_is_not_given_back_over_a_later_one(books):
    found = by_invoice(books)
    first, later = found["B8"]["id"], found["B9"]["id"]
    say(books, first, "match", found["A1"]["id"], note="one job")
    say(books, first, "accept")
    say(books, later, "match", "R-000001/1", note="this one")
    assert say(books, first, "undo")["restored"] == {"decision": "note", "note": "one job"}
    assert by_invoice(books)["B8"]["status"] == "open"
    joined = [row for row in reconcile(books)["differences"] if row["id"] == later]
    assert [(row["declared"], row["status"]) for row in joined] == [(["R-000001/1"], "matched")]


def test_a_review_and_the_command_take_back_the_same(books):
    known_as = by_invoice(books)["B8"]["id"]
    sitting = begin_sitting(books.office(), parse_period("2014-03"))
    for verb in ("note", "reject"):
        before = standing_in(sitting, known_as)
        sitting = decide_in(books.office(), sitting, Order(known_as, verb, (), verb))
    take_back_in(books.office(), sitting, known_as, before)
    assert state(books, "B8") == ("open", "note")
    assert say(books, known_as, "undo")["restored"] is None
    assert state(books, "B8") == ("open", "")


def test_the_command_says_what_stands_again_and_how_to_take_back_all(books, capsys, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    known_as = by_invoice(books)["B8"]["id"]
    say(books, known_as, "reject", note="they are to declare it")
    say(books, known_as, "accept")
    command = ["--ledger", str(books.path), "reconcile", "decide", known_as, "--undo"]
    for stands in (
        "again (they are to declare it), as before",
        "as before (they are to declare it): the last word was taken back already",
    ):
        assert run_with([*command, "-O", "json"]) == 0
        out, err = capsys.readouterr()
        assert err == (
            f"{known_as} is rejected {stands}; to take back all that was decided about it: "
            f"levytool reconcile decide {known_as} --undo --all\n"
        )
        assert json.loads(out)[0]["restored"]["decision"] == "reject"
    assert run_with([*command, "--all"]) == 0
    assert state(books, "B8") == ("open", "")
    assert [row["decision"] for row in list_decisions(books.office()) if row["stands"]] == []
    assert run_with([*command[:-1], "--accept", "--all"]) == 2
