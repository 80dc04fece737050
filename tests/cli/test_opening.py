"""`ledger open` from the command line: what it prints, its exit codes, and doing it twice."""

import pytest

from tests.cli.shell import Shell
from tests.desk.opening import BOOK, FILE, altered, as_toml


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """Runs commands in May 2014, in a folder with an opening file."""
    made = Shell(tmp_path, monkeypatch, capsys, BOOK)
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-05-09")
    (tmp_path / "opening.toml").write_text(as_toml(FILE), encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(
        as_toml(altered(("pots", 0, "balance", "4000.01"))), encoding="utf-8"
    )
    return lambda words: made.run(*words.split())


def test_opening_prints_the_balances_and_says_where_the_books_begin(shell):
    tried = shell("ledger open opening.toml --dry-run -O json")
    assert tried.code == 0
    assert "would begin after 2014-03\ndry run: nothing was stored" in tried.err
    assert shell("ledger balances -O json").json == []
    done = shell("ledger open opening.toml --yes -O json")
    assert (done.code, done.json) == (0, tried.json)
    assert shell("ledger balances -O json").json == done.json
    assert shell("check").code == 0


def test_opening_twice_does_nothing_the_second_time(shell):
    first = shell("ledger open opening.toml -O json")
    again = shell("ledger open opening.toml -O json")
    assert (again.code, again.json) == (0, first.json)
    assert "nothing was done now" in again.err


def test_a_wrong_file_is_told_by_its_line(shell):
    ran = shell("ledger open wrong.toml --dry-run")
    assert ran.code == 3
    assert any(line.startswith("error: wrong.toml:") and "£0.01" in line for line in ran.errors)


def test_another_file_is_refused_by_the_books(shell):
    shell("ledger open opening.toml")
    ran = shell("ledger open wrong.toml")
    assert ran.code == 4
    assert "levytool init" in ran.errors[0]


def test_the_last_month_before_the_books_is_listed_as_closed(shell):
    shell("ledger open opening.toml")
    for line in shell("bank list --open -O json").json:
        if line["state"] == "unidentified":
            shell(f"bank identify {line['line']} --as receipt --party BROOKS")
    listed = shell("period status -O json").json
    assert listed[0] == {
        "period": "2014-03",
        "state": "closed",
        "returns": 0,
        "staged": 0,
        "missing": 0,
        "unexplained": 0,
        "unexplained_earlier": 0,
        "differences": 0,
        "not_compared": [],
        "missing_ledgers": [],
        "never_compared": {
            "count": 0,
            "net": "0.00",
            "accepted": {"count": 0, "net": "0.00"},
        },
        "left_in_joins": [],
        "bank_differs": [],
        "acts": [],
    }
    assert [row["state"] for row in listed[1:]] == ["open"] * (len(listed) - 1)


def test_a_line_of_the_opening_is_not_withdrawn_whatever_it_was_found_to_be(shell):
    """Nothing that it says to do first would help."""
    shell("ledger open opening.toml")
    lines = shell("bank list -O json").json
    assert {line["state"] for line in lines} > {"unidentified"}
    for line in lines:
        ran = shell(f"bank withdraw {line['line']} --reason wrong")
        assert (ran.code, "is of the opening balances" in ran.errors[0]) == (4, True)
    assert shell("bank withdraw --file opening.toml --reason wrong").code == 2
