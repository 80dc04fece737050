"""`levytool bank` from the command line: what it prints where, and its exit codes."""

import json
import re

import pytest

from levytool.cli.main import run_with
from tests.bank.exports import day, export
from tests.cli.test_output import at_terminal
from tests.desk.banked import received_book

SPEND = "Invoice,Date,Member,Net,Contractor,Framework\nF1,05/03/2014,SALIX,10000,BROOKS,REGEN\n"


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """A folder with a ledger that holds INV-000001 of £120.00, and march.csv that pays it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    monkeypatch.setenv("LEVYTOOL_USER", "ann")
    (tmp_path / "book.toml").write_text(received_book(), encoding="utf-8")
    (tmp_path / "spend.csv").write_text(SPEND, encoding="utf-8")
    lines = [(day(20), 12_000, "BROOKS , INV-000001"), (day(21), 5_000, "LEVY")]
    (tmp_path / "march.csv").write_text(export(lines, newest_first=True), encoding="utf-8")
    for arguments in (
        ["init"],
        ["book", "apply", "book.toml", "--yes"],
        ["spend", "import", "spend.csv", "--accept"],
    ):
        assert run_with(arguments) == 0, capsys.readouterr().err
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def levytool(here, capsys):
    """Runs a command line; gives its exit code, its JSON (or None) and its messages."""

    def run(*arguments, json_wanted=True):
        code = run_with([*arguments, *(["-O", "json"] if json_wanted else [])])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err

    return run


def test_an_import_prints_what_the_contract_says(levytool):
    code, told, said = levytool("bank", "import", "march.csv")
    assert code == 0
    assert list(told)[:8] == [
        "file",
        "sha256",
        "status",
        "format",
        "account",
        "rows",
        "net",
        "statements",
    ]
    assert (told["file"], told["status"], told["format"]) == ("march.csv", "imported", "csv")
    assert (told["account"], told["rows"], told["net"]) == ("main", 2, "170.00")
    assert told["statements"] == [
        {
            "account": None,
            "opening": "0.00",
            "closing": "170.00",
            "entries": 2,
            "net": "170.00",
            "proves": True,
        }
    ]
    assert [match["documents"] for match in told["matched"]] == [
        [{"number": "INV-000001", "amount": "120.00"}]
    ]
    assert "2 new lines, 0 seen before, 1 matched" in said


def test_the_same_statement_again_says_that_nothing_is_new(levytool, capsys):
    levytool("bank", "import", "march.csv")
    assert levytool("bank", "import", "march.csv")[1]["status"] == "seen-before"
    assert run_with(["bank", "import", "march.csv"]) == 0
    printed = capsys.readouterr()
    said = "march.csv: seen before, nothing is new; it brought 2 lines then\n"
    waiting = "next: levytool reconcile bank: 1 receipt waits to be placed\n"
    assert (printed.out, printed.err) == ("", said + waiting)


def test_a_statement_seen_before_points_nowhere_once_all_receipts_are_placed(levytool, capsys):
    levytool("bank", "import", "march.csv")
    for line in levytool("bank", "list", "--open")[1]:
        kind = ("charge",) if line["amount"].startswith("-") else ("receipt", "--party", "BROOKS")
        levytool("bank", "identify", line["line"], "--as", *kind)
    (receipt,) = levytool("bank", "list", "--open")[1]
    assert receipt["state"] == "unallocated"
    assert "1 receipt waits" in levytool("bank", "import", "march.csv")[2]
    levytool("bank", "identify", receipt["line"], "--as", "interest", "--instead")
    assert levytool("bank", "list", "--open")[1] == []
    assert "reconcile bank" not in levytool("bank", "import", "march.csv")[2]


def test_a_statement_that_does_not_prove_exits_3_and_names_the_place(levytool, here):
    path = here / "march.csv"
    path.write_text(path.read_text().replace("170.00", "171.00"))
    code, told, said = levytool("bank", "import", "march.csv")
    assert (code, told["status"]) == (3, "rejected")
    assert [item["code"] for item in told["problems"]] == ["balance-differs"]
    assert "error: march.csv:2 [Balance]: " in said
    assert said.endswith("\nnothing of march.csv was stored\n")
    assert levytool("bank", "list")[1] == []


def test_another_currency_exits_3_and_is_named(levytool, here):
    (here / "euro.csv").write_text("Date,Memo,Amount,Currency\n01/03/2014,x,1.00,EUR\n")
    code, told, said = levytool("bank", "import", "euro.csv")
    assert (code, told["status"]) == (3, "rejected")
    assert "EUR" in said


def test_a_file_that_is_no_csv_exits_3_and_says_what_it_is(levytool, here):
    (here / "march.ofx").write_text("OFXHEADER:100\n")
    code, _told, said = levytool("bank", "import", "march.ofx")
    assert code == 3
    assert "OFX" in said
    assert "fetch the statement again" in said


def test_a_dry_run_stores_nothing(levytool):
    code, told, _said = levytool("bank", "import", "march.csv", "--dry-run")
    assert (code, told["status"], told["lines"]) == (0, "dry-run", {"new": 2, "seen": 0})
    assert levytool("bank", "list")[1] == []


def test_a_receipt_from_import_to_refund(levytool):
    levytool("bank", "import", "march.csv", "--no-match")
    assert levytool("bank", "identify", "B-000002", "--as", "receipt", "--party", "BROOKS")[0] == 0
    code, (row,), said = levytool("bank", "allocate", "B-000002", "INV-000001", "--amount=30.00")
    assert (code, row["documents"], row["unallocated"]) == (0, ["INV-000001"], "20.00")
    assert "INV-000001: £30.00" in said
    code, (row,), _said = levytool("bank", "unallocate", "B-000002")
    assert (code, row["unallocated"]) == (0, "50.00")
    code, (row,), _said = levytool("bank", "refund", "B-000002", "--amount=5.00")
    assert (code, row["unallocated"]) == (0, "45.00")
    code, rows, _said = levytool("bank", "allocate")
    assert [(row["line"], row["state"]) for row in rows] == [("B-000001", "explained")]
    code, rows, _said = levytool("bank", "list", "--open", "--period", "2014-03")
    assert [row["line"] for row in rows] == ["B-000002"]
    assert levytool("bank", "list", "--account", "reserve")[0] == 2


def test_the_list_shows_what_is_open_of_each_line_on_a_narrow_terminal_too(
    levytool, capsys, monkeypatch
):
    levytool("bank", "import", "march.csv", "--no-match")
    levytool("bank", "identify", "B-000002", "--as", "receipt", "--party", "BROOKS",
             "--amount=20.00")  # fmt: skip
    run_with(["bank", "list", "--open"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[-1] == "open"
    assert [line.split()[-1] for line in printed[2:]] == ["120.00", "50.00"]
    terminal = at_terminal(monkeypatch)
    run_with(["bank", "list", "--open"])
    shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert "part-identified" in shown and " open" in shown and " 50.00" in shown


def test_the_list_says_that_a_refund_is_noted(levytool, capsys):
    levytool("bank", "import", "march.csv", "--no-match")
    levytool("bank", "identify", "B-000002", "--as", "receipt", "--party", "BROOKS")
    levytool("bank", "refund", "B-000002")
    run_with(["bank", "list"])
    assert "refund 50.00" in capsys.readouterr().out
    run_with(["bank", "list", "-O", "csv"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].endswith(",unallocated,refunded")
    assert printed[2].endswith(",receipt,BROOKS,,0.00,50.00")
    assert [row["documents"] for row in levytool("bank", "list")[1]] == [[], []]


def test_a_line_is_made_unknown_again(levytool):
    levytool("bank", "import", "march.csv", "--no-match")
    levytool("bank", "identify", "B-000002", "--as", "receipt", "--party", "BROOKS")
    code, (row,), _said = levytool("bank", "identify", "B-000002", "--as", "unknown")
    assert (code, row["state"]) == (0, "unidentified")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["identify", "B-000002", "--as", "unknown", "--party", "BROOKS"], 2, "of no party"),
        (["identify", "B-000009", "--as", "interest"], 2, "there is no bank line B-000009"),
        (["identify", "B-000002", "--as", "gift"], 2, "none of: receipt"),
        (["allocate", "B-000002", "INV-000009"], 2, "there is no document INV-000009"),
        (["allocate", "B-000002", "INV-000001", "--amount=50.01"], 4, "has £50.00 left"),
        (["refund", "B-000002"], 4, "£0.00 of B-000002 is an unallocated receipt"),
        (["identify", "B-000002", "--as", "refund", "--party", "BROOKS"], 4, "money in"),
        (["identify", "B-000002", "--as", "interest", "--amount=x"], 2, "--amount"),
        (["import", "march.csv", "--account", "savings"], 2, "it has: main"),
    ],
)
def test_refusals_are_one_line_with_the_contracts_exit_code(levytool, arguments, code, said):
    levytool("bank", "import", "march.csv", "--no-match")
    exit_code, told, message = levytool("bank", *arguments)
    assert (exit_code, told) == (code, None)
    assert message.startswith("error: ")
    assert said in message
    assert message.count("\n") == 1


def test_a_person_reads_tables_and_what_comes_next(levytool, capsys):
    run_with(["bank", "import", "march.csv"])
    printed = capsys.readouterr()
    assert "INV-000001 120.00" in printed.out
    assert printed.err.endswith("next: levytool bank list --open\n")
