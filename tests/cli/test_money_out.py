"""`opportunity`, `pot` and `scheme` from the command line: keys, messages and exit codes."""

import csv
import io
import json

import pytest

from levytool.cli.main import run_with
from tests.desk.consortium import Books, book_text

POT_FIGURES = ("billed", "received", "retained", "provision", "surplus", "deficit", "released")
POT_COLUMNS = ["member", *POT_FIGURES, "pot", "committed", "drawn", "expired"]
SCHEME_FIGURES = ("budget", "committed", "match_funding", "drawn", "remaining", "places", "filled")
SCHEME_KEYS = ["scheme", "members", "area", "state", *SCHEME_FIGURES, "match_funding_owed"]
DUE_FIGURES = ("spend", "due_exact", "due", "delivered", "verified", "outstanding", "carried")
DUE_KEYS = ["scope", "framework", "member", "call_off", "contractor", *DUE_FIGURES]
PROPOSE = "scheme propose WARDENS --member SALIX,ALDER --title Wardens --budget 24000 --places 3"
COMMIT = "scheme commit WARDENS --member SALIX --amount"
RECORD = (
    "opportunity record --framework REGEN --member SALIX --contractor BROOKS "
    "--type apprenticeship --starts 2014-05-01 --weeks 52"
)


class Tool:
    """levytool as a script calls it."""

    def __init__(self, monkeypatch, capsys):
        self.monkeypatch = monkeypatch
        self.capsys = capsys
        self.said = ""

    def run(self, words, user="ann"):
        """One command by one user; gives the exit code, standard output and standard error."""
        self.monkeypatch.setenv("LEVYTOOL_USER", user)
        self.capsys.readouterr()
        code = run_with(words.split() if isinstance(words, str) else words)
        printed = self.capsys.readouterr()
        self.said = printed.err
        return code, printed.out, printed.err

    def json(self, words, user="ann"):
        """The document that a command that succeeds prints."""
        code, out, err = self.run(f"{words} -O json", user)
        assert code == 0, err
        return json.loads(out)

    def refused(self, words, user="ann"):
        """The exit code and the one line of a command that does not succeed."""
        code, out, err = self.run(words, user)
        assert out == ""
        assert err.startswith("error: ") and err.count("\n") == 1
        return code, err


@pytest.fixture
def tool(tmp_path, monkeypatch, capsys):
    """Books with £10,000 of levy for SALIX and £7,000 for ALDER, in March 2014."""
    books = Books(tmp_path, book_text())
    books.spend(("2014-03-31", "SALIX", "1000000.00"), ("2014-03-31", "ALDER", "700000.00"))
    books.ledger.close()
    monkeypatch.setenv("LEVYTOOL_LEDGER", str(tmp_path / "books.db"))
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    return Tool(monkeypatch, capsys)


@pytest.fixture
def approved(tool):
    """The same with both pots released and a scheme approved."""
    tool.json("pot release --period 2014-03")
    tool.json(PROPOSE)
    tool.json("scheme approve WARDENS", "bob")
    return tool


def test_a_proposer_in_capitals_is_no_second_person(tool):
    tool.json(PROPOSE)
    assert tool.refused("scheme approve WARDENS", "Ann")[0] == 4
    assert tool.json("scheme approve WARDENS", "bob")[0]["state"] == "approved"


def test_opportunities_due_are_an_object_of_rows(tool):
    found = tool.json("opportunity due")
    assert list(found) == ["rows", "rounding_difference"]
    assert [list(row) for row in found["rows"]] == [DUE_KEYS, DUE_KEYS]
    assert [(row["due_exact"], row["due"], row["carried"]) for row in found["rows"]] == [
        ("1.4", 1, "0.4"),
        ("2", 2, "0"),
    ]
    assert found["rounding_difference"] == 0
    assert tool.json("opportunity due --as-at 2014-03-30")["rows"] == []
    code, out, err = tool.run("opportunity due")
    assert (code, "REGEN" in out) == (0, True)
    assert "rounding difference across scopes: 0" in err


def test_a_place_goes_from_recorded_to_paid(tool):
    (recorded,) = tool.json(f"{RECORD} --hours 30 --evidence contract")
    assert (recorded["opportunity"], recorded["state"], recorded["status"]) == (
        "O-000001",
        "recorded",
        "done",
    )
    pay = "opportunity pay O-000001 --amount 2400.00 --payee Beech --reference p-1"
    assert tool.refused(pay)[0] == 4
    for same_person in ("ann", "ANN"):
        assert tool.refused("opportunity verify O-000001", same_person)[0] == 4
    assert tool.json("opportunity verify O-000001", "bob")[0]["state"] == "verified"
    assert tool.json(f"{pay} --vat 480 --dry-run")[0]["state"] == "paid"
    shown = tool.run(f"{pay} --vat 480 --dry-run")[1]
    assert all(text in shown for text in ("payee", "Beech", "amount", "2400.00", "vat", "480.00"))
    assert tool.json(f"{pay} --vat 480")[0]["status"] == "done"
    assert tool.json(f"{pay} --vat 480")[0]["status"] == "done-before"
    assert "done before; nothing was done now" in tool.said
    (listed,) = tool.json("opportunity list --member SALIX")
    assert listed["state"] == "paid"
    owed = [row for row in tool.json("ledger balances") if row["account"] == "2400"]
    assert [(row["dimension"], row["balance"]) for row in owed] == [("Beech", "-2880.00")]


def test_a_wrong_amount_for_a_place_is_taken_back_and_paid_anew(tool):
    tool.json(RECORD)
    tool.json("opportunity verify O-000001", "bob")
    pay = "opportunity pay O-000001 --payee Beech --reference p-1 --amount"
    tool.json(f"{pay} 24000")
    code, err = tool.refused(f"{pay.replace('p-1', 'p-2')} 2400")
    assert code == 4 and "levytool opportunity pay O-000001 --reverse --reason …" in err
    back = "opportunity pay O-000001 --reverse --reason typo"
    assert tool.json(f"{back} --dry-run")[0]["status"] == "done"
    (row,) = tool.json(back)
    assert (row["payee"], row["amount"], row["state"]) == ("Beech", "24000.00", "verified")
    assert tool.json(back)[0]["status"] == "done-before"
    assert tool.json(f"{pay} 24000")[0]["status"] == "done-before"
    assert "taken back since; to pay for the place anew, give another --reference" in tool.said
    assert tool.json(f"{pay.replace('p-1', 'p-2')} 2400")[0]["state"] == "paid"
    owed = [row for row in tool.json("ledger balances") if row["account"] == "2400"]
    assert [(row["dimension"], row["balance"]) for row in owed] == [("Beech", "-2400.00")]


@pytest.mark.parametrize(
    "options",
    ["", "--payee Beech", "--amount 5", "--reverse", "--reverse --reason r --amount 5",
     "--amount 5 --payee Beech --reason r"],
)  # fmt: skip
def test_a_place_is_paid_for_or_the_payment_taken_back(tool, options):
    tool.json(RECORD)
    tool.json("opportunity verify O-000001", "bob")
    assert tool.refused(f"opportunity pay O-000001 {options}")[0] == 2


def test_a_short_place_is_warned_about(tool):
    code, _out, err = tool.run(RECORD.replace("52", "26"))
    assert (code, err) == (0, "warning: 26 weeks are too few to count towards what is due\n")


def test_over_delivery_is_said(tool):
    for _ in range(3):
        tool.json(RECORD)
    tool.json("opportunity due")
    assert tool.said == "REGEN/SALIX: 1 over-delivered\n"


def test_pots_have_the_contracts_columns_in_every_form(tool):
    rows = tool.json("pot list")
    assert [list(row) for row in rows] == [POT_COLUMNS] * 3
    code, out, _err = tool.run("pot list -O csv")
    assert (code, next(csv.reader(io.StringIO(out)))) == (0, POT_COLUMNS)
    assert list(csv.DictReader(io.StringIO(out))) == rows
    assert tool.json("pot list --known-on 2014-04-09")[2]["billed"] == "0.00"


def test_release_is_safe_to_repeat_and_says_so(tool):
    tried = tool.json("pot release --period 2014-03 --dry-run")
    rows = tool.json("pot release --period 2014-Q1")
    assert [(row["member"], row["released"]) for row in rows] == [
        ("ALDER", "4500.00"),
        ("BIRCH", "0.00"),
        ("SALIX", "5000.00"),
    ]
    assert tried == rows
    assert {row["released"] for row in tool.json("pot release --period 2014-03")} == {"0.00"}
    assert tool.said == "nothing was left to release\n"


def test_a_release_of_nothing_says_which_month_releases_what_came_later(tool):
    assert {row["released"] for row in tool.json("pot release --period 2014-02")} == {"0.00"}
    assert tool.said == (
        "nothing was left to release; £9,500.00 became surplus after 2014-02-28: "
        "levytool pot release --period 2014-04\n"
    )


def test_a_scheme_is_approved_by_another_user_before_it_takes_money(tool):
    tool.json("pot release --period 2014-03")
    (row,) = tool.json(PROPOSE)
    assert list(row) == [*SCHEME_KEYS, "status"]
    assert (row["state"], row["status"]) == ("proposed", "done")
    assert tool.refused(f"{COMMIT} 1000")[0] == 4
    code, err = tool.refused("scheme approve WARDENS")
    assert (code, "a second person must agree" in err) == (4, True)
    assert tool.json("scheme approve WARDENS", "bob")[0]["state"] == "approved"
    assert tool.json(f"{COMMIT} 1000")[0]["committed"] == "1000.00"
    (shown,) = tool.json("scheme show WARDENS")
    assert list(shown) == SCHEME_KEYS
    assert tool.json("scheme list") == [shown]


def test_a_large_commitment_is_proposed_by_one_user_and_posted_by_another(approved):
    commit = f"{COMMIT} 5000.00 --reference c-1"
    approved.json(f"{COMMIT} 0.01")
    code, err = approved.refused(f"{COMMIT} 5000.01")
    assert (code, "£4,999.99 available" in err) == (4, True)
    approved.json("pot transfer --from ALDER --to SALIX --amount 0.02 --reference t-1")
    approved.json("pot transfer --from ALDER --to SALIX --amount 0.02 --reference t-1", "bob")
    large = commit.replace("5000.00", "5000.01")
    assert approved.json(large)[0]["status"] == "proposed"
    assert "once another user gives the same command" in approved.said
    assert approved.refused(f"{COMMIT} 5000.01")[0] == 4
    assert approved.json(large, "bob")[0]["committed"] == "5000.02"
    assert approved.json(large, "bob")[0]["status"] == "done-before"
    assert approved.json(large)[0]["status"] == "done-before"


def test_money_goes_in_out_and_back(approved):
    approved.json(f"{COMMIT}=3000")
    approved.json("scheme fund WARDENS --funder Trust --amount 9")
    draw = "scheme draw WARDENS --payee Coach --reference FC-17 --amount"
    assert approved.refused(f"{draw} 3000.01")[0] == 4
    assert approved.json(f"{draw} 1000 --vat 200")[0]["remaining"] == "2000.00"
    assert approved.json("scheme show WARDENS")[0]["match_funding_owed"] == "9.00"
    assert approved.json(f"{draw} 1000 --vat 200")[0]["status"] == "done-before"
    assert approved.refused(f"{draw} 2000")[0] == 4
    (closed,) = approved.json("scheme close WARDENS")
    assert (closed["state"], closed["drawn"], closed["remaining"]) == ("closed", "1000.00", "0.00")
    assert approved.said == (
        "£2,000.00 back to the pot of SALIX\n"
        "£9.00 agreed by Trust and not received is owed no more\n"
    )
    assert approved.json("scheme close WARDENS")[0]["status"] == "done-before"
    row = approved.json("pot list")[2]
    assert (row["pot"], row["committed"], row["drawn"]) == ("4000.00", "0.00", "1000.00")


def test_closing_a_scheme_tells_who_is_still_in_post(approved):
    for reference in ("P-01", "P-02", "P-03"):
        (row,) = approved.json(f"participant refer {reference} --scheme WARDENS")
    day = row["day"]
    (row,) = approved.json("scheme close WARDENS --dry-run")
    assert row["in_post"] == 0 and "in post" not in approved.said
    for reference in ("P-01", "P-02"):
        approved.json(f"participant start {reference} --on {day} --hours 30")
    (row,) = approved.json("scheme close WARDENS")
    assert row["in_post"] == 2
    assert "2 participants are still in post, and may leave, work and qualify" in approved.said
    approved.json(f"participant leave P-01 --on {day} --reason moved-away")
    assert approved.json("scheme close WARDENS")[0]["in_post"] == 1
    assert "1 participant is still in post" in approved.said


def test_a_wrong_drawdown_is_taken_back_and_the_right_one_drawn(approved):
    approved.json(f"{COMMIT}=3000")
    draw = "scheme draw WARDENS --payee Coach --reference FC-17 --amount"
    approved.json(f"{draw} 1000 --vat 200")
    back = "scheme draw WARDENS --reference FC-17 --reverse --reason typo"
    code, err = approved.refused(f"{draw} 100")
    assert code == 4 and f"levytool {back.removesuffix('typo')}…" in err
    assert approved.json(f"{back} --dry-run")[0]["status"] == "done"
    (row,) = approved.json(back)
    assert (row["payee"], row["amount"], row["vat"]) == ("Coach", "1000.00", "200.00")
    assert (row["drawn"], row["remaining"], row["taken_back"]) == ("0.00", "3000.00", True)
    (again,) = approved.json(back)
    assert (again["status"], list(again)) == ("done-before", list(row))
    assert "done before; nothing was done now" in approved.said
    assert approved.json(f"{draw} 1000 --vat 200")[0]["status"] == "done-before"
    assert "taken back since; to draw it anew, give another --reference" in approved.said
    (right,) = approved.json(f"{draw.replace('17', '18')} 100")
    assert (right["drawn"], right["taken_back"]) == ("100.00", False)
    assert approved.json("pot list")[2]["drawn"] == "100.00"
    owed = [row for row in approved.json("ledger balances") if row["account"] == "2400"]
    assert [(row["dimension"], row["balance"]) for row in owed] == [("Coach", "-100.00")]


@pytest.mark.parametrize(
    "options",
    ["", "--payee Coach", "--amount 5", "--reverse", "--reverse --reason r --amount 5",
     "--reverse --reason r --vat 1", "--amount 5 --payee Coach --reason r"],
)  # fmt: skip
def test_a_scheme_is_drawn_or_a_drawdown_taken_back(approved, options):
    approved.json(f"{COMMIT}=3000")
    code, err = approved.refused(f"scheme draw WARDENS --reference R {options}")
    assert code == 2 and any(said in err for said in ("one of the two", "is empty", "--amount"))


def test_the_same_again_without_a_reference_counts_and_is_warned_about(approved):
    fund = "scheme fund WARDENS --funder Trust --amount=300"
    for give, key, after in (
        (f"{COMMIT}=50", "committed", "100.00"),
        (fund, "match_funding", "600.00"),
    ):
        approved.json(give)
        assert approved.said == ""
        assert approved.json(give)[0][key] == after
        assert "you gave the same command today, and each counts" in approved.said
        assert "levytool scheme close WARDENS" in approved.said
        for silent in (f"{give}.01", f"{give} --reference f-1", f"{give} --reference f-2"):
            approved.json(silent)
            assert approved.said == ""
        assert approved.json(f"{give} --reference f-2")[0]["status"] == "done-before"
    approved.monkeypatch.setenv("LEVYTOOL_TODAY", "2014-05-02")
    approved.json(fund)
    assert approved.said == ""


def test_a_close_says_what_is_owed_back_to_a_funder(approved, tmp_path):
    approved.json("scheme fund WARDENS --funder Trust --amount 9")
    bank = tmp_path / "bank.csv"
    bank.write_text("Date,Description,Amount\n2014-04-10,Trust,9.00\n", encoding="utf-8")
    approved.json(f"bank import {bank}")
    found = approved.run("bank identify B-000001 --as match-funding --party Trust --scheme WARDENS")
    assert found[0] == 0, found
    code, out, err = approved.run("scheme close WARDENS")
    assert (code, "closed" in out) == (0, True)
    assert err == (
        "£9.00 owed back to Trust: pay it and identify the line with "
        "levytool bank identify LINE --as payment\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (f"{COMMIT} ten", "--amount: 'ten' is not an amount in pounds and pence"),
        (f"{COMMIT} 1.005", "--amount: '1.005' is not an amount"),
        (f"{COMMIT}=-5", "--amount is -£5.00; give more than £0.00"),
        (COMMIT.replace("SALIX", "SALX") + " 5", "no member 'SALX'; did you mean SALIX?"),
        (COMMIT.replace("WARDENS", "WARDNS") + " 5", "no scheme 'WARDNS'; did you mean WARDENS?"),
        (
            "scheme show NOTHING",
            "no scheme 'NOTHING'; there is only WARDENS; see: levytool scheme list",
        ),
        ("pot release --period soon", "'soon' is not a period"),
        ("pot list --as-at soon", "--as-at 'soon' is not a day"),
        ("opportunity verify O-9", "there is no opportunity O-9"),
        (RECORD.replace("2014-05-01", "May"), "--starts 'May' is not a day"),
    ],
)
def test_what_is_written_wrongly_is_a_usage_error(approved, words, said):
    code, err = approved.refused(words)
    assert code == 2
    assert said in err


def test_an_ended_framework_is_waived_by_two_users(tool, tmp_path):
    ended = book_text(framework="ends = 2014-03-31")
    (tmp_path / "book.toml").write_text(ended, encoding="utf-8")
    waive = "opportunity waive --framework REGEN --member SALIX"
    assert tool.refused(waive)[0] == 4
    tool.json(f"book apply {tmp_path / 'book.toml'} --yes")
    assert tool.json(waive)[0]["status"] == "proposed"
    assert tool.refused(waive)[0] == 4
    assert tool.json(waive, "bob")[0]["given_back"] == "5000.00"
    assert tool.json("pot list")[2]["provision"] == "0.00"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("--payee Coach", "--amount is missing; how much is to be paid: --amount=1250.00"),
        ("--amount 5", "--payee is empty; write it out"),
    ],
)
@pytest.mark.parametrize(
    "act", ["scheme draw WARDENS --reference R", "opportunity pay O-000001"], ids=["draw", "pay"]
)
def test_what_is_missing_of_a_payment_is_named(approved, act, given, missing):
    code, err = approved.refused(f"{act} {given}")
    assert code == 2
    assert missing in err
