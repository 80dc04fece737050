"""`return correct` and `return amend` from the command line: what is shown, asked and stored."""

import io
import json
import sys
from pathlib import Path

import pytest

from levytool.cli.main import run_with
from levytool.money import parse_pounds
from tests.desk.correcting import Returns, received_text

BEFORE = "Invoice,Date,Member,Net\nA1,2014-03-05,SALIX,1000.00\nA2,2014-03-06,ALDER,500.00\n"
AFTER = "Invoice,Date,Member,Net\nA1,2014-03-05,SALIX,1250.00\nA3,2014-03-07,ALDER,500.00\n"
TOLD = (
    "R-000001 to R-000002: 1 changed, 1 removed, 1 added; net £1,500.00 to £1,750.00 (+£250.00); "
    "levy £15.00 to £17.50 (+£2.50); it posts on 2014-03-31"
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command on 10 April 2014 where R-000001 is accepted; gives exit code and both
    outputs."""
    books = Returns(tmp_path, received_text())
    (tmp_path / "before.csv").write_text(BEFORE)
    (tmp_path / "after.csv").write_text(AFTER)
    books.ledger.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEVYTOOL_LEDGER", "books.db")
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    monkeypatch.setenv("LEVYTOOL_USER", "ann")

    def call(words, answer=None):
        capsys.readouterr()
        typed = io.StringIO(answer or "")
        typed.isatty = lambda: answer is not None
        monkeypatch.setattr(sys, "stdin", typed)
        code = run_with(words.split())
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    assert call("spend import before.csv --contractor BROOKS --framework REGEN --accept")[0] == 0
    return call


def states(run):
    rows = json.loads(run("return list -O json")[1])
    return {row["return"]: row["state"] for row in rows if row["return"]}


def test_json_is_the_new_return_as_return_list_has_it(run):
    code, out, err = run("return correct R-000001 after.csv --yes -O json")
    assert code == 0
    [row] = json.loads(out)
    listed = json.loads(run("return list -O json")[1])
    assert row in listed
    assert (row["return"], row["documents"]) == ("R-000002", ["INV-000002"])
    assert TOLD in err
    assert "credit note CN-000001 to BROOKS: £18.00" in err


def test_the_lines_that_differ_stand_before_the_return(run):
    code, out, _err = run("return correct R-000001 after.csv --dry-run")
    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    assert [row[0] for row in rows[2:5]] == ["changed", "removed", "added"]
    assert rows[2][-2:] == ["250.00", "2.5000"]
    assert rows[-1][0] == "R-000002"
    assert states(run) == {"R-000001": "accepted"}


def test_without_a_terminal_it_needs_yes(run):
    code, out, err = run("return correct R-000001 after.csv")
    assert (code, out) == (2, "")
    assert "--yes" in err
    assert states(run) == {"R-000001": "accepted"}


def test_at_a_terminal_it_is_shown_before_it_is_asked_for(run):
    code, out, err = run("return correct R-000001 after.csv", answer="n\n")
    assert code == 0
    assert "changed" in out
    assert err.index("1 changed") < err.index("[y/N]") < err.index("nothing was changed")
    assert states(run) == {"R-000001": "accepted"}
    code, _out, err = run("return correct R-000001 after.csv", answer="y\n")
    assert (code, "nothing was changed" in err) == (0, False)
    assert states(run) == {"R-000001": "corrected", "R-000002": "accepted"}


def test_the_same_again_says_that_nothing_was_done(run):
    run("return correct R-000001 after.csv --yes")
    code, out, err = run("return correct R-000001 after.csv --yes -O json")
    assert (code, json.loads(out)[0]["return"]) == (0, "R-000002")
    assert "after.csv corrected R-000001 before\nnothing was done now" in err


def test_a_nil_return_may_take_its_place(run):
    code, _out, err = run("return nil --contractor BROOKS --framework REGEN --period 2014-03")
    assert code == 4
    assert "levytool return correct R-000001 --nil" in err
    assert run("return correct R-000001 --nil --yes")[0] == 0
    assert states(run) == {"R-000001": "corrected", "R-000002": "nil"}
    lines = json.loads(run("spend list -O json")[1])
    assert lines == []
    assert len(json.loads(run("spend list --return R-000001 -O json")[1])) == 2


def test_a_file_or_nil_and_not_both(run):
    for words in ("return correct R-000001 --yes", "return correct R-000001 after.csv --nil --yes"):
        code, _out, err = run(words)
        assert (code, "--nil" in err) == (2, True)


def test_a_bad_file_is_refused_row_by_row(run):
    Path("bad.csv").write_text(
        AFTER.replace("SALIX", "NOBODY").replace("500.00", "x"), encoding="utf-8"
    )
    code, out, err = run("return correct R-000001 bad.csv --yes")
    assert (code, out) == (3, "")
    assert err.count("error: bad.csv:") == 2


@pytest.mark.parametrize("how", ["--yes", "--dry-run"])
def test_a_row_of_another_contractor_is_refused_and_nothing_is_corrected(run, how):
    rows = AFTER.replace("\n", ",BROOKS\n").replace("Net,BROOKS", "Net,Contractor")
    Path("beech.csv").write_text(rows.replace("00,BROOKS", "00,BEECH", 1), encoding="utf-8")
    code, out, err = run(f"return correct R-000001 beech.csv {how}")
    assert (code, out) == (3, "")
    refused = [line for line in err.splitlines() if line.startswith("error: beech.csv")]
    assert len(refused) == 1
    assert "beech.csv:2 [Contractor]: " in refused[0]
    assert "and R-000001 is BROOKS's ('BEECH'); keep only BROOKS's rows of REGEN" in refused[0]
    assert states(run) == {"R-000001": "accepted"}


def test_many_rows_of_another_contractor_are_told_once_with_their_number(run):
    rows = "".join(f"B{n},2014-03-07,ALDER,500.00,Beech & Co\n" for n in range(9))
    rows = "Invoice,Date,Member,Net,Contractor\nA1,2014-03-05,SALIX,1250.00,\n" + rows
    Path("two.csv").write_text(rows, encoding="utf-8")
    code, _out, err = run("return correct R-000001 two.csv --yes")
    assert code == 3
    assert err.count("error: two.csv:") == 1
    assert "and so are 8 further rows down to row 11" in err


def test_a_row_is_amended_in_a_file_that_corrects(run):
    code, out, err = run("return amend R-000001 --row 2 --net=1250.00 --into new.csv -O json")
    assert code == 0
    assert [(row["line"], row["net"]) for row in json.loads(out)] == [
        ("was", "1000.00"),
        ("is", "1250.00"),
    ]
    assert "levytool return correct R-000001 new.csv" in err
    assert run("return correct R-000001 new.csv --yes")[0] == 0
    lines = json.loads(run("spend list -O json")[1])
    assert [line["net"] for line in lines] == ["1250.00", "500.00"]


def test_amending_needs_something_to_change(run):
    for words in ("--row 2 --into new.csv", "--row 2 --drop --net=1 --into new.csv"):
        assert run(f"return amend R-000001 {words}")[0] == 2


def test_a_big_credit_is_proposed_by_one_and_done_by_another(run, monkeypatch):
    Path("big.csv").write_text(
        "Invoice,Date,Member,Net\nB1,2014-02-05,SALIX,600000.00\n", encoding="utf-8"
    )
    run("spend import big.csv --contractor BROOKS --framework REGEN --accept")
    code, out, err = run("return correct R-000002 --nil --yes -O json")
    assert (code, json.loads(out)[0]["return"]) == (0, "R-000002")
    assert "proposed" in err
    assert run("return correct R-000002 --nil --yes")[0] == 4
    monkeypatch.setenv("LEVYTOOL_USER", "bob")
    assert run("return correct R-000002 --nil --yes")[0] == 0
    assert states(run)["R-000003"] == "nil"


def test_what_is_due_still_counts_a_return_until_its_correction(run, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-06-10")
    assert run("period close 2014-03")[0] == 0
    run("return correct R-000001 --nil --yes")
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-07-10")
    book = received_text(opportunities="unit_cost = [{ from = 2012-04-01, cost = '1.00' }]")
    Path("book.toml").write_text(book, encoding="utf-8")
    assert run("book apply book.toml --yes")[0] == 0
    spent = {
        day: sum(
            parse_pounds(row["spend"])
            for row in json.loads(run(f"opportunity due {day} -O json")[1])["rows"]
        )
        for day in ("--as-at 2014-03-31", "--as-at 2014-04-29", "--as-at 2014-06-30", "")
    }
    assert list(spent.values()) == [150_000, 150_000, 0, 0]
