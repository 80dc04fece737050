"""`return` from the command line: lists, the chase list, excuses, formats and exit codes."""

import csv
import io
import json

import pytest

from levytool.cli.main import run_with
from tests.cli.shell import Shell
from tests.desk.consortium import Books, book_text

APPOINTED = "contractors = [{ code = 'BROOKS' }, { code = 'BEECH', from = 2014-03-01 }]"
CHARGING = "default_charge = true\n\n[[frameworks.levy]]"
EXCUSE = "return excuse --contractor BEECH --framework REGEN --period 2014-03 --reason storm"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command on 10 April 2014; gives the exit code, standard output and error."""
    book = book_text(opportunities=None, framework=APPOINTED)
    book = book.replace("starts = 2012-04-01", "starts = 2014-02-01")
    book = book.replace("name = 'Brooks", "email = 'brooks@brooks.example'\nname = 'Brooks")
    books = Books(tmp_path, book)
    books.spend(("2014-03-05", "SALIX", "100.00"))
    books.ledger.close()
    monkeypatch.setenv("LEVYTOOL_LEDGER", str(tmp_path / "books.db"))
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    monkeypatch.setenv("LEVYTOOL_USER", "ann")

    def call(words):
        capsys.readouterr()
        code = run_with(words.split())
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def test_the_list_shows_what_is_owed_with_null_for_the_return(run) -> None:
    code, out, err = run("return list -O json")
    assert (code, err) == (0, "")
    rows = json.loads(out)
    assert [(row["return"], row["contractor"], row["state"]) for row in rows] == [
        (None, "BROOKS", "overdue"),
        ("R-000001", "BROOKS", "accepted"),
        (None, "BEECH", "overdue"),
    ]
    assert [row["due"] for row in rows] == ["2014-03-07", "2014-04-07", "2014-04-07"]


def test_days_overdue_are_shown_to_people_only(run) -> None:
    _, plain, _ = run("return list -O plain")
    assert "days overdue" in plain.splitlines()[0]
    assert plain.splitlines()[2].endswith("34")
    _, as_csv, _ = run("return list -O csv")
    _, as_json, _ = run("return list -O json")
    assert as_csv.splitlines()[0].split(",") == list(json.loads(as_json)[0])


def test_a_quarter_that_no_return_has_is_told_what_to_name(run) -> None:
    nil = "return nil --contractor BEECH --framework REGEN --period"
    code, _, err = run(f"{nil} 2014-Q1")
    assert (code, err.count("error: ")) == (2, 1)
    assert "name one month, such as 2014-03" in err
    code, _, err = run(f"{nil} FY2013")
    assert code == 2
    assert "name a month, such as 2014-03, or where returns are quarterly a quarter" in err


def test_the_chase_list_is_fit_for_a_mail_merge(run) -> None:
    code, out, _ = run("return due --period 2014-02..2014-03 -O csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["contractor"] for row in rows] == ["BEECH", "BROOKS"]
    assert rows[1] == {
        "contractor": "BROOKS",
        "name": "Brooks Roofing Ltd",
        "email": "brooks@brooks.example",
        "framework": "REGEN",
        "title": "Regeneration works",
        "period": "2014-02",
        "due": "2014-03-07",
        "state": "overdue",
        "days_overdue": "34",
        "two_in_three_months": "no",
        "two_consecutive": "no",
    }


@pytest.mark.parametrize("form", ["table", "plain", "markdown", "json"])
def test_every_form_of_the_chase_list_names_who_owes(run, form) -> None:
    code, out, _ = run(f"return due -O {form}")
    assert code == 0
    assert "BEECH" in out and "BROOKS" in out


def test_a_chase_list_of_nobody_still_has_its_headings(run) -> None:
    code, out, _ = run("return due --period 2014-01 -O csv")
    assert code == 0
    assert out.startswith("contractor,name,email,framework,title,period,due,state,")
    assert out.count("\n") == 1
    code, out, err = run("return due --period 2014-01")
    assert (code, out, err) == (0, "", "nobody owes a return\n")


def test_an_excuse_is_stored_once_and_says_so_the_second_time(run) -> None:
    code, out, err = run(f"{EXCUSE} --dry-run -O json")
    assert (code, err, json.loads(out)[0]["state"]) == (
        0,
        "dry run: nothing was stored\n",
        "excused",
    )
    assert run("return list --period 2014-03 -O json")[1].count("excused") == 0
    _, first, said_first = run(f"{EXCUSE} -O json --yes")
    code, again, said_again = run(f"{EXCUSE} -O json")
    assert (code, first, said_first) == (0, again, "")
    assert said_again == "excused before (storm); nothing was done now\n"
    assert run("return list --period 2014-03 -O json")[1].count("excused") == 1


def test_why_a_return_is_excused_is_explained(run) -> None:
    run(EXCUSE)
    _, out, _ = run("explain R-000002")
    assert "storm" in out


def test_refusals_have_their_exit_codes(run) -> None:
    code, _, err = run(EXCUSE.replace("BEECH", "BROOKS"))
    assert code == 4
    assert err.startswith("error: R-000001 of BROOKS for REGEN, 2014-03 is accepted")
    assert run(EXCUSE.replace("2014-03", "2014-02"))[0] == 4
    assert run(EXCUSE.replace("REGEN", "NONE"))[0] == 2
    assert run(EXCUSE.removesuffix(" --reason storm"))[0] == 2
    assert run("return due --period spring")[0] == 2


def test_overdue_returns_are_charged_once_where_the_book_says_so(run, tmp_path) -> None:
    code, _, err = run("return charge-default --period 2014-03 --framework REGEN")
    assert code == 4 and "default_charge = true" in err
    code, out, err = run("return charge-default --period 2014-03")
    assert (code, out, err) == (0, "", "nothing is to be charged\n")
    book = tmp_path / "book.toml"
    book.write_text(run("book show")[1].replace("[[frameworks.levy]]", CHARGING, 1))
    assert run(f"book apply {book} --yes")[0] == 0
    charge = "return charge-default --period 2014-02..2014-03 -O json"
    assert len(json.loads(run(f"{charge} --dry-run")[1])) == 2
    first = run(charge)
    assert first[::2] == (0, "")
    assert [(row["payer"], row["net"]) for row in json.loads(first[1])] == [
        ("BROOKS", "500.00"),
        ("BEECH", "500.00"),
    ]
    assert run(charge)[1:] == (first[1], "charged before; nothing was done now\n")
    assert run("check")[0] == 0


def test_what_was_accepted_or_declared_before_is_said(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}))
    accept = ("return", "accept", "R-000001", "-O", "json")
    nil = ("return", "nil", "--contractor", "BEECH", "--framework", "REGEN", "--period", "2014-03")
    for words, said in ((accept, "accepted"), ((*nil, "-O", "json"), "declared")):
        first, second = shell.done(*words), shell.done(*words)
        assert first.out == second.out
        number = second.json[0]["return"]
        assert (first.err, second.err) == ("", f"{number}: {said} before; nothing was done now\n")
