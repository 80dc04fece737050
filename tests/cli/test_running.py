"""How a command line ends: exit codes, one line an error, and never a traceback."""

import pytest

from levytool.cli import running
from levytool.cli.main import run_with
from levytool.problems import (
    DifferencesFound,
    InputRejected,
    LevytoolError,
    RuleRefused,
    UsageError,
)


class Ends:
    """A command that ends as it is told to."""

    def __init__(self, with_what: object) -> None:
        self._with_what = with_what

    def main(self, args: list[str], prog_name: str, *, standalone_mode: bool) -> object:
        if isinstance(self._with_what, BaseException):
            raise self._with_what
        return self._with_what


@pytest.mark.parametrize(
    ("ends", "code", "said"),
    [
        (None, 0, ""),
        (0, 0, ""),
        (3, 3, ""),
        (LevytoolError("no"), 1, "error: no\n"),
        (UsageError("no"), 2, "error: no\n"),
        (InputRejected("no"), 3, "error: no\n"),
        (RuleRefused("no"), 4, "error: no\n"),
        (DifferencesFound("no"), 5, "error: no\n"),
        (KeyboardInterrupt(), 130, "error: interrupted; what was under way was not stored\n"),
        (130, 130, "error: interrupted; what was under way was not stored\n"),
        (KeyError("x"), 1, "error: unexpected: 'x'; set LEVYTOOL_DEBUG=1 to see where\n"),
        (RuntimeError(), 1, "error: unexpected: RuntimeError; set LEVYTOOL_DEBUG=1 to see where\n"),
    ],
)
def test_every_end_has_its_code_and_its_line(
    ends: object, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert running.run_command(Ends(ends), []) == code
    assert capsys.readouterr() == ("", said)


def test_a_traceback_is_only_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEVYTOOL_DEBUG", "1")
    assert running.run_command(Ends(KeyError("x")), []) == 1
    said = capsys.readouterr().err
    assert said.startswith("Traceback (most recent call last)")
    assert said.splitlines()[-1].startswith("error: unexpected: 'x'")


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["spend", "nonsense"], ["check", "--nonsense"], ["spend", "import"],
     ["return", "list", "-O", "xml"], ["explain"], ["return", "nil"]],
)  # fmt: skip
def test_a_wrong_call_is_one_line_that_says_where_to_look(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_with(words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("error: ")
    assert "--help" in err


@pytest.mark.parametrize("words", [[], ["spend"], ["return"], ["ledger"], ["period"], ["levy"]])
def test_a_noun_alone_shows_what_it_can_do(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_with(words) == 2
    out, err = capsys.readouterr()
    assert out.startswith("Usage: levytool ")
    assert len(out.splitlines()) > 5
    assert err == "error: a command is missing; name one of those above\n"


@pytest.mark.parametrize("words", [["--help"], ["spend", "import", "-h"], ["--version"]])
def test_help_and_version_end_well(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_with(words) == 0
    out, err = capsys.readouterr()
    assert out.startswith(("Usage: ", "levytool "))
    assert err == ""


def test_what_one_noun_can_do_is_put_together_without_the_others_and_they_stay_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words in (["period", "-h"], ["--ledger", "spend", "period", "-h"], ["explain", "-h"]):
        assert run_with(words) == 0
        assert f"Usage: levytool {words[-2]} " in capsys.readouterr().out
    assert run_with(["-h"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {noun} " in out for noun in ("book", "spend", "period", "explain", "check"))
    assert run_with(["priod", "-h"]) == 2
    assert "Did you mean 'period'?" in capsys.readouterr().err


def test_a_ledger_that_is_named_too_late_is_told_where_it_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_with(["return", "list", "--ledger", "x.db"]) == 2
    said = "error: --ledger stands before the noun: levytool --ledger PATH return list …\n"
    assert capsys.readouterr().err == said
