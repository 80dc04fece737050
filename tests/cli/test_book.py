"""`levytool book` from the command line: what it prints where, and its exit codes."""

import json

import pytest

from levytool.cli.main import run_with
from tests.book.marked import whole

WRONG = whole().replace("1%", "150%")


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """An empty folder with a ledger and two books, one of them wrong."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.toml").write_text(whole(), encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(WRONG, encoding="utf-8")
    assert run_with(["init"]) == 0
    capsys.readouterr()
    return tmp_path


def test_a_sound_book_is_said_to_be_so(here, capsys):
    assert run_with(["book", "check", "book.toml"]) == 0
    assert "nothing is wrong" in capsys.readouterr().err


def test_what_follows_from_what_a_book_leaves_out_is_noted(here, capsys):
    for verb in ("check", "plan", "apply"):
        assert run_with(["book", verb, "book.toml", *(["--yes"] if verb == "apply" else [])]) == 0
        told = capsys.readouterr().err
        assert "note: book.toml:1: nothing is said of VAT, so none is charged on the levy" in told
        assert "REGEN has no opportunities rule, so no opportunity ever falls due on it" in told
    assert run_with(["opportunity", "due"]) == 0
    told = capsys.readouterr().err
    assert "no framework of the book has an opportunities rule" in told
    assert "no spend" not in told


def test_a_draft_says_what_to_fill_in(here, capsys):
    (here / "spend.csv").write_text(
        "Date,Net,Member,Contractor\n2025-05-01,1.00,Alder,Beech\n", encoding="utf-8"
    )
    assert run_with(["book", "draft", "spend.csv", "-o", "first.toml"]) == 0
    told = capsys.readouterr().err
    assert "next: fill in first.toml: the consortium's name, VAT and bank account" in told
    assert "levytool book check first.toml" in told
    assert run_with(["book", "check", "first.toml"]) == 0


LAWFUL = whole().replace("2012-04-01", "2025-04-01")
LATER = """
[[frameworks.levy]]
from = 2025-10-01
payer = "contractor"
rate = "2%"
"""


def test_a_change_of_past_days_is_told_beside_the_book_in_force(here, capsys, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2025-10-02")
    (here / "book.toml").write_text(LAWFUL, encoding="utf-8")
    (here / "later.toml").write_text(LAWFUL + LATER, encoding="utf-8")
    assert run_with(["book", "apply", "book.toml", "--yes"]) == 0
    capsys.readouterr()
    assert run_with(["book", "check", "later.toml"]) == 0
    told = capsys.readouterr().err
    row = (LAWFUL + LATER).splitlines().index("from = 2025-10-01")
    assert f"later.toml:{row}: REGEN: the levy changes for past days, from 2025-10-01" in told
    assert "no errors: it can be applied; 1 thing is worth a look" in told
    assert "nothing is wrong" not in told
    assert run_with(["book", "check", "later.toml", "-O", "json"]) == 0
    (remark,) = json.loads(capsys.readouterr().out)
    assert (remark["severity"], remark["code"], remark["row"]) == (
        "warning",
        "procurement-act",
        row,
    )
    monkeypatch.setenv("LEVYTOOL_TODAY", "2025-10-01")
    assert run_with(["book", "check", "later.toml"]) == 0
    assert "nothing is wrong" in capsys.readouterr().err


def test_a_book_is_checked_without_a_ledger_and_makes_none(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.toml").write_text(LAWFUL + LATER, encoding="utf-8")
    assert run_with(["book", "check", "book.toml"]) == 0
    assert "nothing is wrong" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["book.toml"]


def test_a_file_that_no_book_can_be_drafted_from_is_told_once(here, capsys):
    (here / "no.csv").write_text("%PDF-1.7", encoding="utf-8")
    assert run_with(["book", "draft", "no.csv"]) == 3
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("error: no.csv")


@pytest.mark.parametrize("place", ["book.toml", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_book_is_checked_where_no_ledger_can_be_opened(here, capsys, place):
    assert run_with(["--ledger", place, "book", "check", "book.toml"]) == 0
    assert "nothing is wrong" in capsys.readouterr().err


def test_errors_come_one_to_a_line_on_standard_error(here, capsys):
    assert run_with(["book", "check", "wrong.toml"]) == 3
    printed = capsys.readouterr()
    row = WRONG.splitlines().index('rate = "150%"') + 1
    assert printed.err == (
        f"error: wrong.toml:{row} [rate]: the rate is over 100% ('150%'); write 100% or less\n"
    )
    assert printed.out == ""


def test_json_has_every_remark_and_nothing_else_on_standard_output(here, capsys):
    assert run_with(["book", "check", "wrong.toml", "-O", "json"]) == 3
    (remark,) = json.loads(capsys.readouterr().out)
    assert (remark["severity"], remark["code"], remark["value"]) == (
        "error",
        "rate-over-100",
        "150%",
    )


def test_applying_without_a_terminal_needs_yes(here, capsys):
    assert run_with(["book", "apply", "book.toml"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert run_with(["book", "apply", "book.toml", "--yes"]) == 0
    assert "in force now" in capsys.readouterr().err
    assert run_with(["book", "apply", "book.toml"]) == 0
    assert "in force already" in capsys.readouterr().err


def test_a_dry_run_says_the_same_and_stores_nothing(here, capsys):
    assert run_with(["book", "apply", "book.toml", "--dry-run", "-O", "json"]) == 0
    tried = capsys.readouterr().out
    assert run_with(["book", "show"]) == 2
    capsys.readouterr()
    assert run_with(["book", "apply", "book.toml", "--yes", "-O", "json"]) == 0
    assert capsys.readouterr().out == tried


def test_a_wrong_book_is_neither_planned_nor_applied(here):
    assert run_with(["book", "plan", "wrong.toml"]) == 3
    assert run_with(["book", "apply", "wrong.toml", "--yes"]) == 3


def test_the_book_in_force_is_shown_as_it_was_written(here, capsys):
    run_with(["book", "apply", "book.toml", "--yes"])
    capsys.readouterr()
    assert run_with(["book", "show"]) == 0
    assert capsys.readouterr().out == whole()
    assert run_with(["book", "show", "-o", "again.toml"]) == 0
    assert (here / "again.toml").read_text(encoding="utf-8") == whole()


def test_a_plan_has_a_row_for_each_change(here, capsys):
    run_with(["book", "apply", "book.toml", "--yes"])
    (here / "book.toml").write_text(whole().replace("Salix Homes", "Salix"), encoding="utf-8")
    capsys.readouterr()
    assert run_with(["book", "plan", "book.toml", "-O", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "change": "changed",
            "kind": "member",
            "code": "SALIX",
            "what": 'name "Salix Homes" → "Salix"',
        }
    ]


def test_a_drafted_book_is_one_that_can_be_applied(here, capsys):
    (here / "spend.csv").write_text(
        "Invoice Date,Client,Supplier,Framework,Lot,Net\n"
        "02/05/2013,Salix Homes,Brooks Roofing Ltd,Regen,1,100.00\n",
        encoding="utf-8",
    )
    options = ["--rate", "0.5%", "--payer", "member"]
    assert run_with(["book", "draft", "spend.csv", *options, "-o", "draft.toml"]) == 0
    assert run_with(["book", "apply", "draft.toml", "--yes"]) == 0
    assert run_with(["spend", "import", "spend.csv"]) == 0
    assert "0.50" in capsys.readouterr().out


def test_a_draft_with_a_wrong_option_is_a_wrong_call(here, capsys):
    (here / "spend.csv").write_text("Date,Client,Net\n02/05/2013,A,1\n", encoding="utf-8")
    assert run_with(["book", "draft", "spend.csv", "--payer", "supplier"]) == 2
    assert "contractor or member" in capsys.readouterr().err
    assert run_with(["book", "draft", "spend.csv", "--rate", "200%"]) == 2
    assert "over 100%" in capsys.readouterr().err
