"""A member's ledger posts nothing, so it may come, or be taken back, when its month is closed; but
not without a word."""

import json

import pytest

from levytool.cli.main import run_with
from levytool.desk.month_end.close_period import close_period, reopen_period
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.imported_before import imported_before
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.periods import Month
from tests.desk.reconciling import record
from tests.desk.spending import Spending, book_of

FEBRUARY, MARCH = Month(2014, 2), Month(2014, 3)
TO_DO = (
    "; what is unexplained there now: levytool period status; to open the month: levytool period "
    "reopen {} --reason WHY"
)


@pytest.fixture
def closed(tmp_path):
    """March closed with what was declared and recorded of it."""
    books = Spending(tmp_path, book_of())
    books.accepted({})
    record(books, {})
    assert close_period(books.office(), MARCH)["state"] == "closed"
    return books


def test_a_ledger_with_lines_of_a_closed_month_says_so(closed):
    late = closed.file({"Invoice": "Z9"}, {"Invoice": "Z8", "Date": "2014-04-02"}, name="late.csv")
    outcome = record(closed, path=late)
    assert [str(one) for one in outcome.warnings] == [
        "late.csv: 1 line is of 2014-03, which is closed: nothing is posted there, and what was "
        "filed did not have it" + TO_DO.format("2014-03")
    ]
    assert outcome.as_json()["warnings"][0]["code"] == "closed-month"
    assert record(closed, {"Invoice": "Z7", "Date": "2014-04-02"}).warnings == []


def test_it_is_not_said_again_of_the_same_file_nor_of_a_month_opened_again(closed):
    late = closed.file({"Invoice": "Z9"})
    record(closed, path=late)
    told = ImportOptions(role="member-ledger")
    assert imported_before(closed.office(), late, told).warnings == []
    reopen_period(closed.office("ann"), MARCH, "late")
    reopen_period(closed.office("ben"), MARCH, "late")
    assert record(closed, {"Invoice": "Z8"}).warnings == []
    assert withdraw_ledger(closed.office(), "M-000001", "wrong")[0]["closed"] == []


def test_several_closed_months_are_named_together(closed):
    assert close_period(closed.office(), FEBRUARY)["state"] == "closed"
    days = ({"Invoice": f"Z{n}", "Date": day} for n, day in enumerate(("2014-02-03", "2014-03-03")))
    (warning,) = record(closed, *days).warnings
    assert warning.message.startswith("2 lines are of 2014-02, 2014-03, which are closed: ")
    assert warning.hint.endswith("to open a month: levytool period reopen 2014-02 --reason WHY")


def test_what_is_taken_back_of_a_closed_month_is_told(closed, capsys):
    words = (
        "1 line is of 2014-03, which is closed: nothing is posted there, but what was filed may "
        "have had it" + TO_DO.format("2014-03")
    )
    command = ["--ledger", str(closed.path), "spend", "withdraw", "M-000001"]
    for option in (["--dry-run"], ["-O", "csv"]):
        assert run_with([*command, *option]) == 0
        out, err = capsys.readouterr()
        assert words in err and "closed" not in out
    assert run_with([*command, "-O", "json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)[0]["closed"], err) == ([], "")
