"""Who closed a month, who opened it again, when and why, and who agreed to that."""

import csv
import io
import json

import pytest

from levytool.cli.main import run_with
from levytool.desk.month_end.close_period import close_period, list_periods, reopen_period
from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.returns.settle_returns import declare_nil
from levytool.ledger.journal import acts
from levytool.ledger.journal.closing import REOPEN
from levytool.periods import Month, parse_period
from levytool.reconcile.report_sections import report_in_sections
from levytool.statements.forms import written
from tests.desk.banked import received_book
from tests.desk.consortium import Books

MARCH = Month(2014, 3)
WHY = "late credit note"

CLOSED = {
    "act": "close",
    "status": "done",
    "at": "2014-04-11T00:00:00Z",
    "user": "cyd",
    "reason": "",
    "proposed_by": "",
    "proposed_at": "",
}
REOPENED = {
    "act": "reopen",
    "status": "done",
    "at": "2014-04-15T00:00:00Z",
    "user": "ben",
    "reason": WHY,
    "proposed_by": "ann",
    "proposed_at": "2014-04-14T00:00:00Z",
}
CLOSED_AGAIN = CLOSED | {"at": "2014-04-20T00:00:00Z", "user": "dot"}


@pytest.fixture
def closed(tmp_path):
    """March, closed by cyd."""
    appointed = "contractors = [{ code = 'BROOKS', from = 2014-03-01 }]"
    books = Books(tmp_path, received_book(framework=appointed))
    declare_nil(books.office(), "BROOKS", "REGEN", MARCH)
    close_period(books.office("cyd", today="2014-04-11"), MARCH)
    return books


@pytest.fixture
def reopened(closed):
    """March, closed, opened again by ann and ben, and closed once more by dot."""
    reopen_period(closed.office("ann", today="2014-04-14"), MARCH, WHY)
    reopen_period(closed.office("eve", today="2014-04-14"), MARCH, "never agreed to")
    reopen_period(closed.office("ben", today="2014-04-15"), MARCH, WHY)
    close_period(closed.office("dot", today="2014-04-20"), MARCH)
    return closed


def _acts(books):
    return {row["period"]: row["acts"] for row in list_periods(books.office())}


def _run(books, capsys, monkeypatch, *words):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-20")
    monkeypatch.setenv("LEVYTOOL_USER", "ann")
    capsys.readouterr()
    assert run_with(["--ledger", str(books.folder / "books.db"), *words]) == 0
    return capsys.readouterr()


def test_each_closing_and_reopening_is_told_in_order_with_both_persons(reopened):
    assert _acts(reopened) == {"2014-03": [CLOSED, REOPENED, CLOSED_AGAIN]}


def test_a_reopening_names_the_proposal_it_carried_out(reopened):
    with reopened.office().reading() as connection:
        proposed, _other, done = acts.acts_of(connection, REOPEN, str(MARCH))
    assert done.facts[acts.CARRIES_OUT] == proposed.id


def test_books_whose_reopenings_do_not_name_it_tell_the_second_person_too(closed):
    """As they were kept before: the proposal is the one of the same closing and reason."""
    reopen_period(closed.office("ann", today="2014-04-14"), MARCH, WHY)
    reopen_period(closed.office("eve", today="2014-04-14"), MARCH, "never agreed to")
    office = closed.office("ben", today="2014-04-15")
    with office.writing() as connection:
        facts = acts.acts_of(connection, REOPEN, str(MARCH))[0].facts
        acts.record(connection, office.acting, REOPEN, str(MARCH), facts)
    assert _acts(closed) == {"2014-03": [CLOSED, REOPENED]}


def test_a_reopening_that_waits_is_told_until_it_is_agreed_to(closed, capsys, monkeypatch):
    reopen_period(closed.office("ann", today="2014-04-14"), MARCH, WHY)
    waits = REOPENED | {
        "status": "proposed",
        "at": "2014-04-14T00:00:00Z",
        "user": "ann",
        "proposed_by": "",
        "proposed_at": "",
    }
    assert _acts(closed) == {"2014-03": [CLOSED, waits]}
    command = "levytool period reopen 2014-03 --reason 'late credit note' --yes"
    told = f"ann proposed on 2014-04-14 to open 2014-03 again; another user agrees with: {command}"
    for words in (("period", "status"), ("period", "status", "2014-03")):
        assert told in _run(closed, capsys, monkeypatch, *words).err.splitlines()
    reopen_period(closed.office("ben", today="2014-04-15"), MARCH, WHY)
    assert told not in _run(closed, capsys, monkeypatch, "period", "status").err
    assert _acts(closed) == {"2014-03": [CLOSED, REOPENED]}


def test_a_reopened_month_stays_in_the_list_though_nothing_else_is_known_of_it(tmp_path):
    books = Books(tmp_path, received_book())
    assert list_periods(books.office()) == []
    close_period(books.office("cyd", today="2014-04-11"), MARCH)
    reopen_period(books.office("ann", today="2014-04-14"), MARCH, WHY)
    reopen_period(books.office("ben", today="2014-04-15"), MARCH, WHY)
    (row,) = list_periods(books.office())
    assert (row["state"], row["acts"]) == ("open", [CLOSED, REOPENED])


def test_one_month_is_told_in_full(reopened, capsys, monkeypatch):
    printed = _run(reopened, capsys, monkeypatch, "period", "status", "2014-03").out
    assert [line.split(None, 1)[0] for line in printed.splitlines()][2:5] == [
        "period",
        "state",
        "returns",
    ]
    assert [" ".join(line.split()) for line in printed.splitlines()[-3:]] == [
        "closed 2014-04-11 00:00:00 UTC by cyd",
        "opened again 2014-04-15 00:00:00 UTC by ben, proposed by ann 2014-04-14 00:00:00 UTC: "
        "late credit note",
        "closed 2014-04-20 00:00:00 UTC by dot",
    ]
    (row,) = json.loads(
        _run(reopened, capsys, monkeypatch, "period", "status", "2014-03", "-O", "json").out
    )
    assert (row["period"], row["acts"]) == ("2014-03", [CLOSED, REOPENED, CLOSED_AGAIN])
    nothing = _run(reopened, capsys, monkeypatch, "period", "status", "2016-01")
    assert (nothing.out, nothing.err) == ("", "nothing is known of 2016-01\n")


def test_the_list_tells_who_acted_last(reopened, capsys, monkeypatch):
    printed = _run(reopened, capsys, monkeypatch, "period", "status").out.splitlines()
    assert printed[0].endswith("last act")
    assert printed[2].endswith("closed 2014-04-20 by dot")
    (row,) = csv.DictReader(
        io.StringIO(_run(reopened, capsys, monkeypatch, "period", "status", "-O", "csv").out)
    )
    assert row["acts"].startswith("closed 2014-04-11 00:00:00 UTC by cyd; opened again 2014-04-15")


def test_a_list_of_months_that_nobody_closed_has_no_column_for_it(tmp_path, capsys, monkeypatch):
    books = Books(tmp_path, received_book())
    declare_nil(books.office(), "BROOKS", "REGEN", MARCH)
    assert "last act" not in _run(books, capsys, monkeypatch, "period", "status").out


def test_the_reconciliation_report_tells_it_in_every_form(reopened):
    told = reconciliation_report(reopened.office(), parse_period("2014-03..2014-04"))
    forms = {
        form: written(report_in_sections(told), form).data
        for form in ("text", "html", "csv", "json")
    }
    rows = json.loads(forms["json"])["closings"]
    assert rows == [{"period": "2014-03"} | act for act in (CLOSED, REOPENED, CLOSED_AGAIN)]
    listed = csv.DictReader(io.StringIO(forms["csv"]))
    of_csv = [row for row in listed if row["section"] == "closings"]
    assert [(row["user"], row["proposed_by"]) for row in of_csv] == [
        ("cyd", ""),
        ("ben", "ann"),
        ("dot", ""),
    ]
    for form in ("text", "html"):
        assert "reopen" in forms[form]
        assert "late credit note" in " ".join(forms[form].split())
    assert max(map(len, forms["text"].splitlines())) <= 80


def test_a_month_that_nobody_closed_has_no_closings_in_the_report(tmp_path):
    books = Books(tmp_path, received_book())
    told = reconciliation_report(books.office(), parse_period("2014-03"))
    assert json.loads(written(report_in_sections(told), "json").data)["closings"] == []
