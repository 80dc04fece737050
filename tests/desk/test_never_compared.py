"""That a member sent no ledger, and how much was never compared, is told whatever was decided."""

import json

import pytest

from levytool.cli.main import run_with
from levytool.desk.month_end.close_period import close_period, list_periods
from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.periods import parse_period
from levytool.reconcile.report_sections import report_in_sections
from levytool.reconcile.spend_told import as_json, summary
from levytool.statements.forms import written
from tests.desk.reconciling import record

MONTH = parse_period("2014-03")
ALONE = {"count": 2, "net": "90.00", "accepted": {"count": 0, "net": "0.00"}}
ACCEPTED = {"count": 2, "net": "90.00", "accepted": {"count": 2, "net": "90.00"}}
WORDS = "2 of the over-declared, £90.00; of these accepted 2: £90.00"


@pytest.fixture
def books(spending):
    """BROOKS declares A1 for SALIX, and A2 and A3 for ALDER, of whom there is no ledger."""
    made = spending()
    made.accepted(
        {},
        {"Invoice": "A2", "Net": "40.00", "Member": "ALDER"},
        {"Invoice": "A3", "Net": "50.00", "Member": "ALDER"},
    )
    record(made, {})
    return made


@pytest.fixture
def listed(books, tmp_path, monkeypatch):
    """The list of the month, every row of it accepted, and what gives a command."""
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-06-01")

    def run(*words):
        return run_with(["--ledger", str(books.path), *words])

    path = tmp_path / "list.csv"
    assert run("reconcile", "spend", "--period", "2014-03", "-O", "csv", "-o", str(path)) == 5
    head, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([head, *(f"{row[:-2]},accept," for row in rows)]), "utf-8")
    return path, run


def test_who_accepts_what_was_never_compared_is_warned_once_a_member(listed, capsys):
    path, run = listed
    capsys.readouterr()
    assert run("reconcile", "decide", "--from", str(path)) == 0
    assert capsys.readouterr().err == (
        "warning: 2 accepted lines of ALDER were never compared: it sent no ledger of 2014-03; "
        "import it: levytool spend import FILE --as member-ledger\n"
    )
    assert run("reconcile", "decide", "--from", str(path)) == 0
    assert capsys.readouterr().err == ""


def test_one_line_accepted_by_itself_is_warned_of_too(listed, capsys):
    path, run = listed
    known_as = path.read_text("utf-8").splitlines()[1].split(",")[0]
    capsys.readouterr()
    assert run("reconcile", "decide", known_as, "--accept", "--note", "seen") == 0
    told = capsys.readouterr().err
    assert told.startswith("warning: 1 accepted line of ALDER was never compared: it sent no")


def test_what_a_ledger_was_there_for_is_accepted_without_a_warning(books):
    record(books, {"Invoice": "A2", "Net": "40.00", "Member": "ALDER"})
    (item,) = reconcile_spend(books.office(), MONTH).waiting
    (row,) = decide(books.office(), [Order(item.id, "accept")])
    assert (row["status"], row["never_compared"]) == ("done", None)
    assert reconcile_spend(books.office(), MONTH).left_out == []


def accept_all(books):
    orders = [Order(item.id, "accept") for item in reconcile_spend(books.office(), MONTH).left_out]
    decide(books.office(), orders)


def test_the_reconciliation_tells_it_before_and_after(books):
    assert as_json(reconcile_spend(books.office(), MONTH))["never_compared"] == ALONE
    accept_all(books)
    found = reconcile_spend(books.office(), MONTH)
    told = as_json(found)
    assert (told["not_compared"], told["never_compared"]) == (["ALDER"], ACCEPTED)
    rows = [(row["compared"], row["status"], row["waits"]) for row in told["differences"]]
    assert rows == [(False, "accepted", False)] * 2
    words = f"not compared, as no ledger of 2014-03 was imported: ALDER; {WORDS}"
    assert words in list(summary(found))


def test_closing_and_the_list_of_months_tell_it_after_all_was_accepted(books, capsys, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-06-01")
    accept_all(books)
    closed = close_period(books.office(dry_run=True), MONTH.first)
    assert (closed["state"], closed["not_compared"]) == ("closed", ("ALDER",))
    assert closed["never_compared"] == ACCEPTED
    row = {row["period"]: row for row in list_periods(books.office())}["2014-03"]
    assert (row["not_compared"], row["never_compared"]) == (["ALDER"], ACCEPTED)
    for command in ("status",), ("status", "2014-03"), ("close", "2014-03"):
        assert run_with(["--ledger", str(books.path), "period", *command]) == 0
        assert WORDS in capsys.readouterr().err


def test_without_any_ledger_all_that_is_declared_is_told(books):
    """Where nothing is matched at all the sums are the same."""
    withdraw_ledger(books.office(), "M-000001", "the wrong year")
    row = {row["period"]: row for row in list_periods(books.office())}["2014-03"]
    told = as_json(reconcile_spend(books.office(), MONTH))["never_compared"]
    assert row["never_compared"] == told == ALONE | {"count": 3, "net": "190.00"}


def test_the_report_that_is_filed_tells_it(books):
    accept_all(books)
    report = report_in_sections(reconciliation_report(books.office(), MONTH))
    text = " ".join(written(report, "text").data.split())
    assert (
        "Of the over-declared £90.00 in 2 lines is not compared: no ledger of 2014-03 was "
        "imported, though £90.00 of it in 2 lines is accepted."
    ) in text
    assert "Not compared, as no ledger of 2014-03 was imported: ALDER." in text
    told = json.loads(written(report, "json").data)
    assert {row["status"] for row in told["differences"]} == {"accepted, not compared"}


def test_a_line_rejected_without_a_ledger_waits_and_is_not_compared(books):
    first, second = reconcile_spend(books.office(), MONTH).left_out
    decide(books.office(), [Order(first.id, "reject", note="never built")])
    found = reconcile_spend(books.office(), MONTH)
    assert [item.id for item in found.waiting] == [first.id]
    assert [item.id for item in found.left_out] == [first.id, second.id]
