"""`levytool reconcile bank` from the command line: its JSON, its table, its exit codes."""

import json

import pytest

from levytool.cli.main import run_with
from tests.bank.exports import day
from tests.bank.renderers import camt
from tests.desk.banked import received_book

SPEND = "Invoice,Date,Member,Net,Contractor,Framework\nF1,05/03/2014,SALIX,10000,BROOKS,REGEN\n"
LINES = [(day(20), 12_000, "BROOKS ROOFING", "levy", "R-1"), (day(21), 500, "WHO", "x", "R-2")]


@pytest.fixture
def levytool(tmp_path, monkeypatch, capsys):
    """Runs a command line in a folder whose ledger holds INV-000001 of £120.00, paid by name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    monkeypatch.setenv("LEVYTOOL_USER", "ann")
    (tmp_path / "book.toml").write_text(received_book(), encoding="utf-8")
    (tmp_path / "spend.csv").write_text(SPEND, encoding="utf-8")
    (tmp_path / "march.txt").write_text(camt(LINES), encoding="utf-8")

    def run(*arguments, json_wanted=True):
        code = run_with([*arguments, *(["-O", "json"] if json_wanted else [])])
        printed = capsys.readouterr()
        return (
            code,
            json.loads(printed.out) if json_wanted and printed.out else printed.out,
            printed.err,
        )

    for arguments in (
        ["init"],
        ["book", "apply", "book.toml", "--yes"],
        ["spend", "import", "spend.csv", "--accept"],
        ["bank", "import", "march.txt"],
    ):
        assert run(*arguments, json_wanted=False)[0] == 0
    return run


def test_it_prints_what_the_contract_says_and_exits_5_while_something_is_open(levytool):
    code, told, said = levytool("reconcile", "bank")
    assert code == 5
    keys = ["matched", "open_receipts", "open_documents", "suggestions", "open_payments"]
    assert list(told) == keys
    (match,) = told["matched"]
    assert (match["receipt"], match["rule"]) == ("B-000001", "amount")
    assert match["documents"] == [{"number": "INV-000001", "amount": "120.00"}]
    assert [(row["receipt"], row["days"]) for row in told["open_receipts"]] == [("B-000002", 20)]
    assert told["open_documents"] == told["suggestions"] == []
    assert said == (
        "error: 1 receipt certain but not applied: levytool reconcile bank --apply; 1 receipt "
        "open: take up a suggestion, or levytool bank allocate LINE DOCUMENT\n"
    )


def test_what_is_settled_exits_0(levytool):
    assert levytool("reconcile", "bank", "--apply", "--dry-run")[0] == 5
    levytool("reconcile", "bank", "--apply")
    levytool("bank", "identify", "B-000002", "--as", "interest")
    code, told, said = levytool("reconcile", "bank")
    assert (code, [row["state"] for row in told["matched"]]) == (0, ["allocated"])
    assert "every receipt is placed" in said


def test_what_is_certain_is_not_placed_before_it_is_applied(levytool):
    levytool("bank", "identify", "B-000002", "--as", "interest")
    code, told, said = levytool("reconcile", "bank")
    assert (code, [row["state"] for row in told["matched"]]) == (5, ["certain"])
    assert said == ("error: 1 receipt certain but not applied: levytool reconcile bank --apply\n")
    assert "nobody has said what £120.00 of B-000001 is" in _close(levytool)
    assert levytool("reconcile", "bank", "--apply")[0] == 0
    assert "B-0000" not in _close(levytool)


def test_an_advice_is_given_again_to_apply_it(levytool, tmp_path):
    (tmp_path / "advice.csv").write_text("Invoice,Amount\nINV-000001,120.00\n", encoding="utf-8")
    code, _told, said = levytool("reconcile", "bank", "--remittance", "advice.csv")
    assert code == 5
    assert "not applied: levytool reconcile bank --remittance advice.csv --apply;" in said


def _close(levytool):
    """What is said as March is closed; money of the tests is in the way, and nothing else."""
    code, _told, said = levytool("period", "close", "2014-03", "--dry-run", json_wanted=False)
    assert code == (4 if "nobody has said" in said else 0)
    return said


def test_money_out_that_nobody_has_identified_is_shown_with_its_age(levytool, tmp_path):
    charge = [(day(28), -750, "THE BANK", "ACCOUNT CHARGES", "R-3")]
    (tmp_path / "april.txt").write_text(camt(charge, 12_500), encoding="utf-8")
    levytool("bank", "import", "april.txt", json_wanted=False)
    levytool("reconcile", "bank", "--apply")
    levytool("bank", "identify", "B-000002", "--as", "interest")
    code, shown, said = levytool("reconcile", "bank", json_wanted=False)
    assert (code, "B-000003" in _close(levytool)) == (5, True)
    (row,) = (line.split() for line in shown.splitlines() if "B-000003" in line)
    assert (row[0], row[-2:]) == ("open", ["-7.50", "13"])
    assert said.endswith("error: 1 payment not identified\n")
    told = levytool("reconcile", "bank")[1]
    assert [row["payment"] for row in told["open_payments"]] == ["B-000003"]
    levytool("bank", "identify", "B-000003", "--as", "charge", json_wanted=False)
    code, shown, _said = levytool("reconcile", "bank", json_wanted=False)
    assert (code, "B-000003" in shown) == (0, False)


@pytest.fixture
def waiting(levytool, tmp_path):
    """Every receipt placed; INV-000002 of £60.00 and CN-000001 of £12.00 are due on 8 May."""
    levytool("reconcile", "bank", "--apply")
    levytool("bank", "identify", "B-000002", "--as", "interest")
    for number, net in enumerate(("5000", "-1000")):
        row = f"W{number},06/03/2014,ALDER,{net},BROOKS,REGEN"
        (tmp_path / f"w{number}.csv").write_text(SPEND.splitlines()[0] + "\n" + row + "\n")
        told = levytool("spend", "import", f"w{number}.csv", "--accept", "--supplement")
        assert told[0] == 0, told
    return levytool


def test_a_document_that_is_not_due_is_no_difference(waiting):
    code, told, said = waiting("reconcile", "bank")
    assert (code, [row["days_overdue"] for row in told["open_documents"]]) == (0, [0, 0])
    assert "every receipt is placed; 2 documents open, none due before 2014-05-08" in said


def test_what_is_due_is_chased_and_a_credit_is_given(waiting, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-05-13")
    code, _told, said = waiting("reconcile", "bank")
    assert code == 5
    assert said == (
        "error: 1 document overdue: chase the payer of INV-000002; 1 credit note not given: "
        "levytool bank allocate CN-000001 INVOICE\n"
    )


def test_a_credit_that_is_not_given_yet_is_money_the_other_way(waiting):
    _code, printed, _said = waiting("reconcile", "bank", json_wanted=False)
    rows = [line.split() for line in printed.splitlines()[-2:]]
    assert rows == [
        ["unpaid", "BROOKS", "60.00", "INV-000002", "0"],
        ["credit", "BROOKS", "-12.00", "CN-000001", "0"],
    ]
    (_invoice, note) = waiting("reconcile", "bank")[1]["open_documents"]
    assert (note["kind"], note["outstanding"]) == ("credit-note", "12.00")


def test_a_person_reads_one_table(levytool):
    code, printed, _said = levytool("reconcile", "bank", json_wanted=False)
    assert code == 5
    assert printed.splitlines()[2].split()[:4] == ["certain", "B-000001", "amount", "BROOKS"]


def test_columns_of_another_export_are_named(levytool, tmp_path):
    (tmp_path / "odd.csv").write_text("When;What;Sum\n22/03/2014;THEM;3.00\n", encoding="utf-8")
    code, told, _said = levytool("bank", "import", "odd.csv")
    assert (code, [item["code"] for item in told["problems"]]) == (3, ["no-header"])
    named = "date=When,description=What,amount=Sum"
    code, told, _said = levytool("bank", "import", "odd.csv", "--columns", named)
    assert (code, told["format"], told["lines"]) == (0, "csv", {"new": 1, "seen": 0})
    assert levytool("bank", "import", "odd.csv", "--columns", "when=1")[0] == 2


def test_a_few_pence_are_given_up_by_two(levytool, tmp_path, monkeypatch):
    few = [(day(25), 11_999, "BROOKS", "short", "R-3")]
    (tmp_path / "more.txt").write_text(camt(few, 12_500), encoding="utf-8")
    levytool("bank", "import", "more.txt")
    command = ["bank", "allocate", "B-000003", "INV-000001", "--write-off-difference"]
    assert levytool(*command)[0] == 0
    assert levytool(*command)[0] == 4
    monkeypatch.setenv("LEVYTOOL_USER", "tom")
    assert levytool(*command)[0] == 0
    _code, (document,), _said = levytool("levy", "documents")
    assert (document["outstanding"], document["written_off"]) == ("0.00", "0.01")


def test_interest_of_the_bank_is_identified_not_allocated(levytool, tmp_path):
    lines = [
        (day(22), 312, "CREDIT INTEREST", "", "R-3"),
        (day(23), 400, "INTEREST ON INV-000001", "", ""),
    ]
    (tmp_path / "april.txt").write_text(camt(lines), encoding="utf-8")
    assert levytool("bank", "import", "april.txt")[0] == 0
    said = levytool("reconcile", "bank")[2]
    assert said.count("--as interest") == 1
    assert "next: levytool bank identify B-000003 --as interest" in said
