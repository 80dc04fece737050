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
from tests.desk.histories import HISTORY, blank_history, started

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
@settings(max_examples=8, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_what_was_known_on_a_day_reads_the_same_for_ever(blank, before, since, days):
    template, funded = blank
    with tempfile.TemporaryDirectory() as folder:
        ask_again(started(template, Path(folder), funded), before, since, days)
