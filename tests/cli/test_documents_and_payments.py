"""`levy document`, `levy write-off`, `levy vat`, `bank payable` and `bank payments` as commands."""

import csv
import json

import pytest

from levytool.cli.main import run_with
from tests.bank.exports import day, export
from tests.desk.consortium import book_text

SPEND = "Invoice,Date,Member,Net,Contractor,Framework\nF1,05/03/2014,SALIX,1000000,BROOKS,REGEN\n"


@pytest.fixture
def levytool(tmp_path, monkeypatch, capsys):
    """Runs a command line in a folder whose ledger holds INV-000001 of £12,000.00.

    Gives its exit code, what it printed and its messages. `user` acts; ann by default.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    (tmp_path / "book.toml").write_text(book_text(), encoding="utf-8")
    (tmp_path / "spend.csv").write_text(SPEND, encoding="utf-8")

    def run(*arguments, user="ann"):
        monkeypatch.setenv("LEVYTOOL_USER", user)
        code = run_with(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    assert run("init")[0] == run("book", "apply", "book.toml", "--yes")[0] == 0
    assert run("spend", "import", "spend.csv", "--accept")[0] == 0
    return run


def told(answer):
    """The JSON of a command that succeeded."""
    code, out, err = answer
    assert code == 0, err
    return json.loads(out)


def owe(levytool):
    """Owe Beech Roofing £2,400.00, VAT included, for a place."""
    place = ["--framework", "REGEN", "--member", "SALIX", "--starts", "2014-05-01"]
    kind = ["--type", "job", "--weeks", "52"]
    assert levytool("opportunity", "record", *place, *kind)[0] == 0
    assert levytool("opportunity", "verify", "O-000001", user="ben")[0] == 0
    paid = ["--amount=2000.00", "--vat=400.00", "--payee", "Beech Roofing"]
    assert levytool("opportunity", "pay", "O-000001", *paid)[0] == 0


@pytest.mark.parametrize("flag", ["--format", "-O", "--output-format"])
def test_a_document_comes_in_every_form(levytool, flag):
    assert told(levytool("levy", "document", "INV-000001", flag, "json"))["gross"] == "12000.00"
    assert "£12,000.00" in levytool("levy", "document", "INV-000001", flag, "text")[1]
    assert "£12,000.00" in levytool("levy", "document", "INV-000001", flag, "html")[1]


def test_a_pdf_goes_into_a_file_whole(levytool, tmp_path):
    code, out, err = levytool("levy", "document", "INV-000001", "-O", "pdf", "-o", "one.pdf")
    assert (code, out) == (0, "")
    assert "lacks the consortium's vat_number" in err
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF")
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_pdf_never_fills_a_screen(levytool, monkeypatch):
    monkeypatch.setattr("levytool.cli.output.is_terminal", lambda stream: True)
    code, _out, err = levytool("levy", "document", "INV-000001", "-O", "pdf")
    assert (code, "-o FILE" in err) == (2, True)


def test_an_unknown_document_exits_2(levytool):
    assert levytool("levy", "document", "INV-000009")[0] == 2
    assert levytool("levy", "document", "INV-000001", "--format", "doc")[0] == 2


def test_a_write_off_is_proposed_and_then_carried_out(levytool):
    call = ["levy", "write-off", "INV-000001", "--reason", "in liquidation"]
    assert told(levytool(*call, "-O", "json"))[0]["status"] == "proposed"
    code, _out, err = levytool(*call)
    assert code == 4
    assert "second person" in err
    row = told(levytool(*call, "-O", "json", user="ben"))[0]
    assert (row["status"], row["outstanding"], row["written_off"]) == ("done", "0.00", "12000.00")
    assert told(levytool(*call, "-O", "json"))[0]["status"] == "done-before"
    assert levytool("check")[0] == 0
    assert "written off" in levytool("explain", "INV-000001")[1]


def test_a_write_off_needs_its_reason_and_an_amount_that_is_one(levytool):
    assert levytool("levy", "write-off", "INV-000001")[0] == 2
    call = ["levy", "write-off", "INV-000001", "--reason", "why"]
    assert levytool(*call, "--amount=x")[0] == 2
    assert levytool(*call, "--amount=12000.01")[0] == 4


def test_vat_is_one_object_in_json_and_lines_elsewhere(levytool):
    owe(levytool)
    found = told(levytool("levy", "vat", "--period", "2014-Q2", "-O", "json"))
    assert found["output"] == [{"rate": "20%", "documents": 1, "net": "10000.00", "vat": "2000.00"}]
    assert (found["input_vat"], found["payable"]) == ("400.00", "1600.00")
    rows = list(
        csv.DictReader(levytool("levy", "vat", "--period", "2014-Q2", "-O", "csv")[1].splitlines())
    )
    assert rows[-1] == {
        "line": "balance of 2500 at the closing",
        "documents": "",
        "net": "",
        "vat": "1600.00",
    }


def test_a_payment_run_is_made_written_settled_and_never_made_twice(levytool, tmp_path):
    owe(levytool)
    assert told(levytool("bank", "payable", "-O", "json"))[0]["open"] == "2400.00"
    tried = told(levytool("bank", "payments", "--into", "run.csv", "--dry-run", "-O", "json"))
    assert not (tmp_path / "run.csv").exists()
    made = told(levytool("bank", "payments", "--into", "run.csv", "-O", "json"))
    assert made == tried
    rows = list(csv.DictReader((tmp_path / "run.csv").read_text().splitlines()))
    assert rows == [
        {
            "payee": "Beech Roofing",
            "name": "Beech Roofing",
            "amount": "2400.00",
            "reference": "PAY-000001-1",
            "for": "O-000001",
        }
    ]
    code, out, err = levytool("bank", "payments", "--into", "again.csv")
    assert (code, out, err.splitlines()) == (
        0,
        "",
        [
            "nothing is owed that no payment run has instructed, so no run is made and no file "
            "written; 2400.00 waits for the bank, see: levytool bank payments"
        ],
    )
    code, out, err = levytool("bank", "payments", "--into", "again.csv", "-O", "json")
    assert (code, json.loads(out), "no run is made" in err) == (0, [], True)
    assert not (tmp_path / "again.csv").exists()
    assert levytool("bank", "payments", "--run", "PAY-000001", "--into", "again.csv")[0] == 0
    assert (tmp_path / "again.csv").read_text() == (tmp_path / "run.csv").read_text()
    lines = [(day(20), -240_000, "BEECH PAY-000001-1")]
    (tmp_path / "bank.csv").write_text(export(lines), encoding="utf-8")
    assert levytool("bank", "import", "bank.csv")[0] == 0
    assert levytool("bank", "identify", "B-000001", "--as", "payment")[0] == 0
    assert told(levytool("bank", "payments", "-O", "json"))[0]["state"] == "paid"
    assert told(levytool("bank", "payable", "-O", "json")) == []
    assert "waits" not in levytool("bank", "payments", "--into", "more.csv")[2]


def test_a_run_that_was_never_sent_is_withdrawn(levytool, tmp_path):
    owe(levytool)
    assert levytool("bank", "payments", "--into", "nowhere/run.csv")[0] == 2
    assert told(levytool("bank", "payments", "-O", "json")) == []
    assert levytool("bank", "payments", "--into", "run.csv")[0] == 0
    assert levytool("bank", "payments", "--withdraw", "PAY-000001", "--into", "x.csv")[0] == 2
    rows = told(levytool("bank", "payments", "--withdraw", "PAY-000001", "-O", "json"))
    assert rows[0]["state"] == "withdrawn"
    again = told(levytool("bank", "payments", "--into", "run.csv", "-O", "json"))
    assert again[0]["reference"] == "PAY-000002-1"
    assert levytool("bank", "payments", "--run", "PAY-000009")[0] == 2
