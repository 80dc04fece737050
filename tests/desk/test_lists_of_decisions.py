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


def given_out(books, capsys, tmp_path):
    """The list as it goes out: its path and its rows."""
    path = tmp_path / "out.csv"
    words = "reconcile", "spend", "--period", "2014-03", "-O", "csv", "-o", str(path)
    run_with(["--ledger", str(books.path), *words])
    capsys.readouterr()
    with path.open(newline="", encoding="utf-8") as file:
        return path, list(csv.DictReader(file))


def come_back(books, path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return run_with(["--ledger", str(books.path), "reconcile", "decide", "--from", str(path)])


def test_a_new_note_without_a_decision_is_kept(books, capsys, tmp_path):
    path, rows = given_out(books, capsys, tmp_path)
    known_as, other = rows[0]["id"], rows[1]["id"]
    rows[0]["note"], rows[1]["decided_reason"] = "asked\nthem", "duplicate"
    assert come_back(books, path, rows) == 0
    made = [(row["id"], row["decision"], row["note"]) for row in list_decisions(books.office())]
    assert made == [(known_as, "note", "asked\nthem"), (other, "note", "")]
    found = {row["id"]: row for row in reconcile(books)["differences"]}
    assert (found[known_as]["status"], found[other]["decided_reason"]) == ("open", "duplicate")


def test_notes_that_the_list_went_out_with_say_nothing(books, capsys, tmp_path):
    path, rows = given_out(books, capsys, tmp_path)
    rows[0] |= {"decision": "accept", "note": "=1+1 asked\nthem"}
    rows[1]["note"] = "to be put right"
    assert come_back(books, path, rows) == 0
    path, rows = given_out(books, capsys, tmp_path)
    rows[0]["note"] = rows[0]["note"].replace("\n", "\r\n")
    before = books.dump()
    assert come_back(books, path, rows) == 0
    assert "nothing to decide" in capsys.readouterr().err
    assert books.dump() == before
    undo = ["--ledger", str(books.path), "reconcile", "decide", rows[0]["id"], "--undo"]
    assert run_with(undo) == 0
    before = books.dump()
    assert come_back(books, path, rows) == 0
    assert books.dump() == before


def test_a_note_of_something_that_is_not_there_is_refused_at_its_row(books, refused):
    code, told = refused({"id": "D-000000000000", "note": "asked them"})
    assert (code, told[0]["problems"][0]["row"], told[0]["problems"][0]["column"]) == (3, 2, "id")


@pytest.mark.parametrize("said", ["accept", "reject", "note", "undo", ""])
def test_ids_to_match_with_another_decision_are_refused(books, refused, said):
    found = ids(books)
    row = {"id": found["undeclared"], "decision": said, "match": found["over-declared"]}
    code, told = refused(row | {"note": "one job"})
    (problem,) = told[0]["problems"]
    assert (code, problem["row"], problem["column"]) == (3, 2, "match")
    assert problem["value"] == found["over-declared"]
    assert "write match in the column decision" in problem["message"]
    assert list_decisions(books.office()) == []


@pytest.mark.parametrize("mark", [";", "; ", ", ", ",", " "])
def test_several_ids_to_match_are_parted_as_people_part_them(books, refused, mark):
    found = ids(books)
    both = mark.join([found["over-declared"], found["amount"]])
    row = {"id": found["undeclared"], "decision": "match", "match": both, "note": "one job"}
    code, told = refused(row)
    assert (code, told[0]["status"]) == (0, "done")
    (joined,) = reconcile(books)["differences"]
    assert (len(joined["declared"]), len(joined["recorded"])) == (2, 2)
