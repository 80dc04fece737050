"""What `return accept` says of what was warned of when the lines were imported."""

import io
import json
import sys

from levytool.cli.main import run_with
from tests.cli.shell import Shell


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


def staged_at_terminal(shell: Shell) -> Terminal:
    """A staged return, and a terminal that draws a progress bar."""
    shell.done("spend", "import", shell.file("a.csv", {}))
    shell.set(TERM="xterm-256color", COLUMNS="100")
    shell.monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def test_the_progress_bar_is_gone_before_what_was_accepted_is_shown(shell: Shell) -> None:
    screen = staged_at_terminal(shell)
    with shell.monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", screen)
        patched.setattr(sys, "stdout", screen)
        assert run_with(["return", "accept", "R-000001"]) == 0
    before, _title, after = screen.getvalue().partition("Accepted")
    assert "accepting" in before and "accepting" not in after
    assert before.endswith("\r\x1b[1A\x1b[2K\x1b[3m")


def test_a_progress_bar_does_not_take_what_is_written_to_a_file(shell: Shell) -> None:
    """`levytool return accept R-000001 -O json > accepted.json`, typed at a terminal."""
    screen, file = staged_at_terminal(shell), io.StringIO()
    with shell.monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", screen)
        patched.setattr(sys, "stdout", file)
        assert run_with(["return", "accept", "R-000001", "-O", "json"]) == 0
    assert [row["return"] for row in json.loads(file.getvalue())] == ["R-000001"]
    assert "accepting" in screen.getvalue() and "R-000001" not in screen.getvalue()


def test_lines_that_were_warned_of_are_counted_when_their_return_is_accepted(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("feb.csv", {"Date": "2014-02-03"}), "--accept")
    lines = [{"Date": "2014-03-05"}, {"Invoice": "B1", "Date": "2014-02-05"}, {"Invoice": "B2"}]
    shell.done("spend", "import", shell.file("a.csv", *lines), "--period", "2014-03")
    for words in (["--period", "2014-03", "--dry-run"], ["R-000002"]):
        said = shell.done("return", "accept", *words).err.splitlines()[0]
        assert said == (
            "warning: R-000002: its import warned of outside-period in 1 line, duplicate-invoice "
            "in 1 line; see: levytool explain R-000002"
        )
    assert "warned" not in shell.done("return", "accept", "R-000002").err


def test_a_sudden_change_is_told_of_the_return_it_is_of(shell: Shell) -> None:
    for month in (10, 11, 12):
        old = shell.file(f"{month}.csv", {"Invoice": f"M{month}", "Date": f"2013-{month}-05"})
        shell.done("spend", "import", old, "--accept")
    lines = [{"Invoice": "X", "Net": "900.00"}, {"Invoice": "Y", "Contractor": "BEECH"}]
    shell.done("spend", "import", shell.file("a.csv", *lines))
    said = shell.done("return", "accept", "--period", "2014-03").err
    assert said == (
        "warning: R-000005: its import warned of sudden-change; see: levytool explain R-000005\n"
    )
    facts = shell.done("explain", "R-000005", "-O", "json").json["facts"]
    assert facts["warning 1"].startswith(
        "a.csv: BROOKS declares £900.00 on REGEN for 2014-03, over"
    )
    assert "warning 1" not in shell.done("explain", "R-000004", "-O", "json").json["facts"]


def test_a_line_tells_what_was_warned_of_it(shell: Shell) -> None:
    lines = [{"Invoice": f"A{n}", "Date": f"2014-02-{n + 1:02}"} for n in range(7)]
    shell.done("spend", "import", shell.file("a.csv", *lines, {}), "--period", "2014-03")
    told = shell.done("explain", "R-000001", "-O", "json").json["facts"]
    warnings = {name: value for name, value in told.items() if name.startswith("warning")}
    assert list(warnings) == ["warning 1", "warning 2", "warning 3", "warnings in all"]
    assert warnings["warnings in all"] == "outside-period in 7 lines"
    assert warnings["warning 1"].startswith("a.csv:2 [Date]: the line is dated outside the period")
    of_line = shell.done("explain", "R-000001/2", "-O", "json").json["facts"]
    assert of_line["warning 1"].startswith("a.csv:3 [Date]: the line is dated outside the period")
    assert "warning 1" not in shell.done("explain", "R-000001/8", "-O", "json").json["facts"]


def test_many_returns_with_warnings_are_told_shortly(shell: Shell) -> None:
    names = ("BEECH", "BROOKS")
    for place, month in enumerate(("2013-09", "2013-10", "2013-11", "2013-12")):
        lines = [{"Invoice": f"{n}{place}", "Contractor": n, "Date": "2013-08-05"} for n in names]
        shell.done("spend", "import", shell.file(f"{month}.csv", *lines), "--period", month)
    said = shell.done("return", "accept", "--period", "2013-09..2013-12").err.splitlines()
    assert len(said) == 4
    assert said[-1] == "warning: 5 further returns were warned of when they were imported"
