"""`statement --final`, `--issued`, `list` and `verify`: what they print and how they end."""

import json

import pytest

from levytool.cli import statement_pool
from levytool.cli.main import run_with
from levytool.ledger.reports.issued_statements import issued_statements, kept_value
from levytool.statements.forms import form_hashes
from levytool.statements.kept import statement_kept
from tests.desk.consortium import Books


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """Gives a `statement` command its words, as a user; gives exit code, output and errors."""
    books = Books(tmp_path)
    books.spend(("2014-03-31", "SALIX", "120000.00"), today="2014-03-31")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")

    def called(*words, user="ann", noun="statement"):
        monkeypatch.setenv("LEVYTOOL_USER", user)
        code = run_with(["--ledger", books.ledger.place, noun, *words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    called.books = books
    yield called
    books.ledger.close()


MARCH = ("--period", "2014-03")


def _issue(say, *words):
    say("member", "SALIX", *MARCH, "--final", user="ann")
    return say("member", "SALIX", *MARCH, "--final", *words, user="bob")


def test_a_statement_is_proposed_issued_and_done_before(say):
    code, out, err = say("member", "SALIX", *MARCH, "--final", "-O", "json")
    told = json.loads(out)
    assert (code, told["status"], told["prepared_by"], told["number"]) == (
        0,
        "proposed",
        "ann",
        None,
    )
    assert err.startswith("proposed: ")
    code, out, err = say("member", "SALIX", *MARCH, "--final", "-O", "json", user="bob")
    told = json.loads(out)
    assert (code, told["status"], told["number"], told["approved_by"]) == (
        *(0, "final", "ST-000001"),
        "bob",
    )
    assert err.startswith("ST-000001 is issued") and "still open: 2014-03" in err
    code, again, err = say("member", "SALIX", *MARCH, "--final", "-O", "json", user="bob")
    assert (code, again) == (0, out)
    assert "issued before" in err


def test_one_user_alone_ends_in_4(say):
    say("member", "SALIX", *MARCH, "--final")
    code, out, err = say("member", "SALIX", *MARCH, "--final")
    assert (code, out) == (4, "")
    assert "second person" in err


def test_issued_writes_the_same_file_again(say, tmp_path):
    _issue(say, "--format", "pdf", "-o", "one.pdf")
    code, _out, err = say("member", "--issued", "ST-000001", "--format", "pdf", "-o", "two.pdf")
    assert (code, err) == (0, "")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_form_that_this_version_writes_otherwise_is_said(say, monkeypatch):
    _issue(say)
    with monkeypatch.context() as patched:
        patched.setattr("levytool.statements.render_text.heading", lambda title: ["", title])
        code, _out, err = say("member", "--issued", "ST-000001")
    assert code == 0
    assert "another version of levytool wrote its text" in err


@pytest.mark.parametrize("form", ["text", "html", "pdf", "xlsx", "csv", "json"])
def test_verify_knows_a_file_in_every_form(say, form):
    _issue(say, "--format", form, "-o", "file")
    code, out, err = say("verify", "file", "-O", "json")
    told = json.loads(out)
    assert (code, told["statement"], told["form"], told["as_issued"]) == (
        0,
        "ST-000001",
        form,
        True,
    )
    assert told["books_agree"] and told["differences"] == []
    assert "the books still agree" in err


def test_verify_names_the_consortiums_own_statement_without_a_code(say):
    for user in ("ann", "bob"):
        say("consortium", *MARCH, "--final", "-o", "whole", user=user)
    code, _out, err = say("verify", "whole")
    assert code == 0 and "whole is ST-000001 (consortium) as it was issued" in err


def test_verify_ends_in_5_where_file_or_books_differ_and_in_3_for_anything_else(say, tmp_path):
    _issue(say, "-o", "file")
    (tmp_path / "changed").write_text((tmp_path / "file").read_text().replace("1,200", "1,300"))
    code, _out, err = say("verify", "changed")
    assert code == 5
    assert "changed is not ST-000001 (member SALIX) as it was issued" in err
    (tmp_path / "other").write_text("nothing of ours")
    assert say("verify", "other")[0] == 3
    assert say("verify", "missing")[0] == 2
    say.books.spend(("2014-03-31", "SALIX", "5000.00"))
    code, told, _err = say("verify", "file", "-O", "plain")
    assert code == 5 and "days_overdue" not in told and "_" not in told
    assert "Open documents: INV-" in told and ", Open " in told
    code, out, err = say("verify", "file", "-O", "csv")
    assert code == 5
    assert "levy.billed,1200.00,1250.00,50.00" in out.splitlines()
    assert "the books now tell" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("member", "SALIX"), "say --period"),
        (("member", "SALIX", *MARCH, "--dry-run"), "--dry-run goes with --final"),
        (("member", "SALIX", *MARCH, "--final", "--known-on", "2014-04-01"), "--known-on"),
        (("member", *MARCH, "--final"), "name one member"),
        (("member", "SALIX", *MARCH, "--final", "--into", "there"), "go together"),
        (("member", "SALIX", *MARCH, "--issued", "ST-000001"), "only say its --format"),
        (("member", "--issued", "ST-000009"), "there is no issued statement"),
        (("member", "SALYX", *MARCH, "--final"), "SALIX"),
    ],
)
def test_what_does_not_go_together_ends_in_2(say, words, said):
    code, out, err = say(*words)
    assert (code, out) == (2, "")
    assert said in err


def test_everyones_statements_are_issued_into_a_folder(say, tmp_path):
    words = ("member", "--all", *MARCH, "--final", "--into", "march", "--format", "csv")
    assert "3 proposed" in say(*words)[2]
    assert "3 issued" in say(*words, user="bob")[2]
    assert "3 issued before" in say(*words, user="bob")[2]
    listed = json.loads((tmp_path / "march" / "manifest.json").read_text())["statements"]
    for entry in listed:
        code, out, _err = say("verify", f"march/{entry['file']}", "-O", "json")
        assert (code, json.loads(out)["sha256"]) == (0, entry["sha256"])
    assert len(json.loads(say("list", "-O", "json")[1])) == 3


def test_everyones_are_prepared_though_one_was_already(say):
    words = ("member", "--all", *MARCH, "--final", "--into", "march")
    say("member", "SALIX", *MARCH, "--final")
    code, _out, err = say(*words)
    assert code == 0
    assert "2 proposed, issued once another user gives the same command: " in err
    assert "1 proposed by you before, still waiting for another user: SALIX\n" in err
    code, out, err = say(*words)
    assert (code, out) == (4, "")
    assert "ann prepared 3 statements; a second person must agree" in err
    assert "3 issued: " in say(*words, user="bob")[2]


def test_what_another_prepared_is_issued_and_the_rest_is_prepared(say):
    words = ("member", "--all", *MARCH, "--final", "--into", "march")
    say("member", "SALIX", *MARCH, "--final")
    err = say(*words, user="bob")[2]
    assert "1 issued: SALIX\n" in err and "2 proposed, issued once" in err
    err = say(*words, user="ann")[2]
    assert "2 issued: " in err and "1 issued before, nothing was done to them now: SALIX\n" in err


def test_months_that_could_never_be_issued_any_more_are_warned_of(say, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-06-10")
    later = ("member", "SALIX", "--period", "2014-05", "--final")
    err = say(*later)[2]
    assert err.startswith("warning: nothing of SALIX was ever issued, and the books tell of it")
    assert "2014-03 to 2014-04 cannot be; issue what is before 2014-05 first" in err
    everyone = ("member", "--all", "--period", "2014-04", "--final", "--into", "april")
    warned = [line for line in say(*everyone)[2].splitlines() if line.startswith("warning: ")]
    assert len(warned) == 1 and "once this is issued, 2014-03 cannot be" in warned[0]
    consortium = say("consortium", "--period", "2014-04", "--final")[2]
    assert "nothing of the consortium was ever issued" in consortium
    say("member", "SALIX", "--period", "2014-03..2014-05", "--final")
    assert "warning" not in say("member", "SALIX", "--period", "2014-03", "--final")[2]
    say("member", "SALIX", "--period", "2014-03", "--final", user="bob")
    assert "warning" not in say("member", "SALIX", "--period", "2014-04", "--final", user="bob")[2]


def test_many_processes_issue_what_one_would(say, monkeypatch):
    say("member", "--all", *MARCH, "--final", "--into", "proposed")
    monkeypatch.setattr(statement_pool, "WORTH_IT", 2)
    monkeypatch.setattr(statement_pool, "cores", lambda: 2)
    assert "3 issued" in say("member", "--all", *MARCH, "--final", "--into", "pool", user="bob")[2]
    with say.books.reading() as connection:
        for made in issued_statements(connection):
            assert made.forms == form_hashes(statement_kept(kept_value(connection, made.id)))


def test_the_list_names_what_was_issued(say):
    assert say("list", "-O", "json")[1] == "[]\n"
    _issue(say)
    (row,) = json.loads(say("list", "-O", "json")[1])
    assert row | {"hash": ""} == {
        "statement": "ST-000001", "kind": "member", "code": "SALIX", "period": "2014-03",
        "opening_balance": "0.00", "closing_balance": "0.00", "prepared_by": "ann",
        "approved_by": "bob", "issued": "2014-04-10", "follows": None, "hash": "",
    }  # fmt: skip
    assert (
        row["hash"] == json.loads(say("member", "--issued", "ST-000001", "-O", "json")[1])["hash"]
    )
    assert row["hash"] not in say("list", "-O", "plain")[1]
