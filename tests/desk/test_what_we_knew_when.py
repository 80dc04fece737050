"""The same question of a past day gets the same answer for ever, whatever is done since."""

import io
import os
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import pytest
import typer
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from levytool.cli.main import app
from levytool.cli.running import run_command
from levytool.desk.bank.identify_line import LineKind, Said, identify_line
from levytool.desk.bank.list_bank import list_bank
from tests.desk.histories import HISTORY, Step, blank_history, started

DATED = (
    "ledger balances -O csv",
    "ledger journal -O json",
    "pot list -O json",
    "opportunity due -O json",
    "levy documents -O csv",
    "bank payable -O json",
    "scheme list -O json",
)
"""Reports that take both --as-at and --known-on."""
BY_PERIOD = (
    "levy vat --period 2014-01..2014-12 -O json",
    "return list -O json",
    "return list --period 2014-03..2014-04 -O plain",
    "statement member SALIX --period 2014-02..2014-04 --format json",
    "statement member ALDER --period 2014-01..2014-12 --format csv",
)


COMMAND = typer.main.get_command(app)
"""Made once: it takes longer than most questions."""


@pytest.fixture(scope="module", params=["received", "billed"])
def blank(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("blank")
    return blank_history(folder, request.param), request.param


def printed(history, question: str) -> str:
    """What a command prints today."""
    environment = {"LEVYTOOL_TODAY": history.today.isoformat(), "LEVYTOOL_USER": "ann"}
    out, err = io.StringIO(), io.StringIO()
    with mock.patch.dict(os.environ, environment), redirect_stdout(out), redirect_stderr(err):
        code = run_command(COMMAND, ["--ledger", str(history.path), *question.split()])
    assert code == 0, err.getvalue()
    return out.getvalue()


def questions(known: date, as_at: date) -> list[str]:
    """Every report as known on a day, and as at another besides."""
    known_on = f"--known-on {known}"
    return [
        *(f"{report} {known_on}" for report in DATED + BY_PERIOD),
        *(f"{report} {known_on} --as-at {as_at}" for report in DATED),
    ]


def ask_again(history, before, since, days):
    """Tell a history, ask of its day, tell on, and ask the same once more."""
    for step in before:
        history.tell(step)
    known = history.today
    asked = questions(known, known + timedelta(days=days))
    told = {question: printed(history, question) for question in asked}
    for report in DATED:
        now = printed(history, report)
        assert told[f"{report} --known-on {known}"] == now, report
        if not report.startswith("bank payable"):  # what waits for the bank has no effective date
            assert printed(history, f"{report} --as-at 9999-12-31") == now, report
    history.today += timedelta(days=1)
    for step in since:
        history.tell(step)
    for question in asked:
        assert printed(history, question) == told[question], question
    history.finish()


@given(HISTORY, HISTORY, st.integers(-40, 40))
@settings(max_examples=6, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_what_was_known_on_a_day_reads_the_same_for_ever(blank, before, since, days):
    template, funded = blank
    with tempfile.TemporaryDirectory() as folder:
        ask_again(started(template, Path(folder), funded), before, since, days)


def step(act, days=1, **facts):
    """A step of BROOKS and SALIX on REGEN."""
    usual = {"back": 0, "member": "SALIX", "contractor": "BROOKS", "framework": "REGEN"}
    return Step(act, days, **(usual | {"pence": 100_000, "pick": 0} | facts))


@pytest.fixture
def history(blank, tmp_path):
    template, funded = blank
    told = started(template, tmp_path, funded)
    yield told
    told.finish()


def test_a_staged_return_is_told_without_the_lines_that_joined_it_later(history):
    history.tell(step("stage", contractor="BEECH"))
    staged, asked = history.today, "return list --period 2014-04 -O csv"
    (then,) = [row for row in printed(history, asked).splitlines() if ",staged," in row]
    assert ",1,100000.00,1370.00," in then
    history.tell(step("stage", contractor="BEECH"))
    history.tell(step("accept"))
    assert then not in printed(history, asked)
    assert then in printed(history, f"{asked} --known-on {staged}")


def test_what_was_paid_later_or_said_to_be_paid_and_is_not_was_owed_then(history):
    history.tell(step("draw", pence=60_000))
    owed, asked = history.today, "bank payable -O csv"
    before = printed(history, asked)
    assert history.tell(step("pay_out", days=2)) is not None
    paid = history.today
    assert printed(history, asked) == ""
    (line,) = [row["line"] for row in list_bank(history.office()) if row["as"] == "payment"]
    history.today += timedelta(days=1)
    identify_line(history.office(), line, Said(LineKind.CHARGE, instead=True))
    assert printed(history, asked) == before
    assert printed(history, f"{asked} --known-on {owed}") == before
    assert printed(history, f"{asked} --known-on {paid}") == ""
    assert printed(history, f"{asked} --as-at {owed}") != ""


def test_a_book_applied_later_changes_nothing_that_was_known(history):
    before = printed(history, "pot list -O json"), history.today
    history.tell(step("apply_book"))
    assert printed(history, "pot list -O json") != before[0]
    assert printed(history, f"pot list -O json --known-on {before[1]}") == before[0]


def test_as_at_and_known_on_ask_two_things(history):
    """April's posting of May counts as at April, unless only what was known in April does."""
    history.tell(step("declare", contractor="BEECH", days=30, back=1))
    count = "levy documents --as-at 2014-04-30 -O csv"
    assert "INV-000002" in printed(history, count)
    assert "INV-000002" not in printed(history, f"{count} --known-on 2014-04-30")
    assert "INV-000002" not in printed(history, "levy documents --known-on 2014-04-30 -O csv")
