"""A decision posts nothing, so it may be made of a month that is closed; but not without a word."""

import io
import json

from levytool.cli.main import run_with
from levytool.desk.month_end.close_period import close_period, reopen_period
from levytool.desk.reconcile.decide import Order, decide
from levytool.periods import Month
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import Spending, book_of

MARCH = Month(2014, 3)


def _filed(tmp_path):
    """March closed over a difference that somebody explained, and its id."""
    books = Spending(tmp_path, book_of())
    books.accepted({})
    record(books, {"Net": "105.00"})
    (row,) = reconcile(books)["differences"]
    decide(books.office(), [Order(row["id"], "accept", (), "one job")])
    assert close_period(books.office(), MARCH)["state"] == "closed"
    return books, row["id"]


def test_a_decision_of_a_closed_month_that_is_taken_back_is_told(tmp_path, capsys):
    books, known_as = _filed(tmp_path)
    command = ["--ledger", str(books.path)]
    undo = [*command, "reconcile", "decide", known_as, "--undo"]
    told = (
        f"2014-03 is closed and nothing is posted there, but {known_as} waits for an explanation "
        "there now: decide anew, or open the month: levytool period reopen 2014-03 --reason WHY"
    )
    for option in (["--dry-run"], []):
        assert run_with([*undo, *option]) == 0
        assert told in capsys.readouterr().err
    assert run_with([*command, "period", "status"]) == 0
    status = "closed, with differences that nobody has explained: 2014-03 1; explain them, or"
    assert status in capsys.readouterr().err
    assert run_with([*undo, "-O", "json"]) == 0
    out, err = capsys.readouterr()
    assert ("is closed" in err, json.loads(out)[0]["closed"]) == (False, [])


def test_what_matches_by_now_does_not_wait_once_its_acceptance_is_taken_back(tmp_path, capsys):
    books = Spending(tmp_path, book_of())
    books.accepted({})
    record(books, {"Date": "2014-04-02", "Net": "700.00", "Invoice": "Z1"})
    (row,) = reconcile(books)["differences"]
    decide(books.office(), [Order(row["id"], "accept", (), "agreed by phone")])
    close_period(books.office(), MARCH)
    record(books, {})
    undo = ["--ledger", str(books.path), "reconcile", "decide", row["id"], "--undo"]
    told = "2014-03 is closed and nothing is posted there, and nothing of this waits for"
    for option in ("--dry-run", "--yes"):
        assert run_with([*undo, option, "-O", "json"]) == 0
        out, err = capsys.readouterr()
        assert told in err and "reopen" not in err
        assert json.loads(out)[0]["waits"] == []


def test_a_match_of_a_closed_month_that_is_taken_back_names_what_waits(tmp_path, capsys):
    books = Spending(tmp_path, book_of())
    books.accepted({})
    record(books, {"Net": "700.00", "Invoice": "Z1"})
    ids = {row["reason"]: row["id"] for row in reconcile(books)["differences"]}
    joining = Order("R-000001/1", "match", (ids["undeclared"],), "one job")
    decide(books.office(), [joining])
    close_period(books.office(), MARCH)
    undo = ["--ledger", str(books.path), "reconcile", "decide", "R-000001/1", "--undo"]
    assert run_with([*undo, "-O", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)[0]["waits"] == [ids["over-declared"], ids["undeclared"]]
    assert "but 2 differences wait for an explanation there now" in err


def test_a_decision_made_of_a_closed_month_is_told(tmp_path, capsys):
    books, known_as = _filed(tmp_path)
    record(books, {"Invoice": "Z9"})
    late = next(d["id"] for d in reconcile(books)["differences"] if d["id"] != known_as)
    accept = ["--ledger", str(books.path), "reconcile", "decide", late, "--accept", "-O", "json"]
    assert run_with(accept) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)[0]["closed"] == ["2014-03"]
    assert "2014-03 is closed and nothing is posted there: what was filed did not have" in err
    reopen_period(books.office("ann"), MARCH, "late")
    reopen_period(books.office("ben"), MARCH, "late")
    assert run_with([*accept[:4], late, "--undo"]) == 0
    assert "closed" not in capsys.readouterr().err


def test_a_review_says_first_that_its_month_is_closed(tmp_path, capsys, monkeypatch):
    books, _known_as = _filed(tmp_path)
    record(books, {"Invoice": "Z9"}, {"Invoice": "Z8", "Date": "2014-04-02"})
    monkeypatch.setattr("sys.stdin", said := io.StringIO("quit\n"))
    monkeypatch.setattr("levytool.cli.output.is_terminal", lambda stream: stream is said)
    review = ["--ledger", str(books.path), "reconcile", "review", "--period"]
    assert run_with([*review, "2014-03..2014-04"]) == 0
    told = "closed, and what is decided posts nothing there: 2014-03\n"
    assert capsys.readouterr().err.startswith(told)
    assert run_with([*review, "2014-04"]) == 0
    assert "closed" not in capsys.readouterr().err


def test_a_note_or_another_month_has_nothing_to_do_with_what_is_closed(tmp_path):
    books, known_as = _filed(tmp_path)
    record(books, {"Invoice": "Z9", "Date": "2014-04-02"})
    (april,) = reconcile(books, "2014-04")["differences"]
    orders = [Order(known_as, "note", (), "seen"), Order(april["id"], "accept")]
    assert [row["closed"] for row in decide(books.office(), orders)] == [[], []]
