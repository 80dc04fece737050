"""A list of decisions: all that is wrong in it in one pass, at its column; nothing is stored."""

import csv
import io
import json

import pytest

from levytool.cli.main import run_with
from levytool.desk.reconcile.decisions import list_decisions
from tests.desk.reconciling import reconcile, record


@pytest.fixture
def books(spending):
    """BROOKS declares A1 and A2; SALIX has B8, and A2 dearer."""
    made = spending()
    made.accepted({}, {"Invoice": "A2", "Net": "40.00"})
    record(made, {"Invoice": "B8", "Net": "900.00"}, {"Invoice": "A2", "Net": "46.00"})
    return made


@pytest.fixture
def refused(books, tmp_path, capsys):
    """What comes of a list of these rows, each a dict by column: exit code and problems."""

    def decide(*rows):
        columns = "id", "decision", "match", "note", "decided_reason"
        told = io.StringIO()
        writer = csv.DictWriter(told, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / "list.csv"
        path.write_text(told.getvalue(), "utf-8")
        command = "reconcile", "decide", "--from", str(path), "-O", "json"
        code = run_with(["--ledger", str(books.path), *command])
        return code, json.loads(capsys.readouterr().out)

    return decide


def ids(books):
    return {row["reason"]: row["id"] for row in reconcile(books)["differences"]}


def test_one_row_at_odds_with_another_is_refused_and_names_both(books, refused):
    known_as = ids(books)["undeclared"]
    code, told = refused(
        {"id": known_as, "decision": "accept"},
        {"id": ids(books)["amount"], "decision": "accept"},
        {"id": known_as.lower(), "decision": "reject"},
    )
    assert code == 3
    assert told[0]["problems"] == [
        {
            "row": 4,
            "column": "decision",
            "value": "",
            "code": "unknown-decision",
            "message": f"{known_as} is accept in row 2 and reject in row 4; only one of them can "
            "be meant: leave the other blank",
        }
    ]
    assert list_decisions(books.office()) == []


def test_the_same_thing_joined_with_two_others_is_at_odds(books, refused):
    known_as = ids(books)["undeclared"]
    code, told = refused(
        {"id": known_as, "decision": "match", "match": "R-000001/1"},
        {"id": known_as, "decision": "match", "match": "R-000001/2"},
    )
    (problem,) = told[0]["problems"]
    assert (code, problem["row"]) == (3, 3)
    assert "is match R-000001/1 in row 2 and match R-000001/2 in row 3" in problem["message"]


def test_the_same_said_twice_and_a_note_beside_it_are_taken(books, refused):
    known_as = ids(books)["undeclared"]
    code, told = refused(
        {"id": known_as, "decision": "accept"},
        {"id": known_as, "decision": "note", "note": "asked them"},
        {"id": known_as, "decision": "accept"},
    )
    assert (code, {row["status"] for row in told}) == (0, {"done", "done-before"})


def test_all_that_is_wrong_is_told_in_one_pass_each_at_its_column(books, refused):
    found = ids(books)
    code, told = refused(
        {"id": found["undeclared"], "decision": "approve"},
        {"id": found["over-declared"], "decision": "accept", "decided_reason": "doppelt"},
        {"id": "D-000000000000", "decision": "accept"},
        {"id": found["amount"], "decision": "note"},
        {"id": found["undeclared"], "decision": "match", "match": "D-111111111111"},
        {"id": found["undeclared"], "decision": "hold", "decided_reason": "because"},
    )
    places = [(row["row"], row["column"]) for row in told[0]["problems"]]
    assert (code, places) == (
        3,
        [
            (2, "decision"),
            (3, "decided_reason"),
            (4, "id"),
            (5, "note"),
            (6, "match"),
            (7, "decision"),
            (7, "decided_reason"),
        ],
    )
    assert told[0]["problems"][0]["value"] == "approve"
    assert "'doppelt' is no reason" in told[0]["problems"][1]["message"]
    assert list_decisions(books.office()) == []
