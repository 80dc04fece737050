"""What a TAB offers, and that the quick way to it offers all that the whole app would."""

import pytest

from levytool.cli import main

FIRST_WORDS = sorted(
    [noun.name or "" for noun in main.app.registered_groups]
    + ["check", "explain", "dashboard", "demo", "init"]
)


def offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, shell: str
) -> list[str]:
    """What the shell is told after the line was typed as far as `typed`."""
    monkeypatch.setenv("_LEVYTOOL_COMPLETE", f"complete_{shell}")
    if shell == "bash":
        monkeypatch.setenv("COMP_WORDS", typed)
        monkeypatch.setenv("COMP_CWORD", str(len(typed.split(" ")) - 1))
    else:
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", typed)
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    with pytest.raises(SystemExit) as ended:
        main.run_with([])
    assert ended.value.code == 0
    return sorted(line.split("\t")[0] for line in capsys.readouterr().out.split("\n") if line)


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_the_first_word_is_a_noun_or_a_word_of_its_own(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert offered(monkeypatch, capsys, "levytool ", shell) == FIRST_WORDS
    assert offered(monkeypatch, capsys, "levytool pe", shell) == ["period"]


@pytest.mark.parametrize("shell", ["bash", "fish"])
@pytest.mark.parametrize(
    "before", ["levytool", "levytool --ledger a.db", "levytool --ledger=demo/a.db"]
)
def test_after_a_noun_stand_its_verbs(
    before: str, shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verbs = offered(monkeypatch, capsys, f"{before} spend ", shell)
    assert verbs == ["import", "ledgers", "list", "withdraw"]


def test_help_and_the_first_word_put_no_verb_together() -> None:
    whole = {noun.name: noun.typer_instance for noun in main.app.registered_groups}
    for arguments in ([], ["--help"], ["sp"]):
        part = main._as_far_as_named(arguments)
        assert [noun.name for noun in part.registered_groups] == list(whole)
        for noun in part.registered_groups:
            assert noun.typer_instance is not None
            assert not noun.typer_instance.registered_commands
            full = whole[noun.name]
            assert full is not None
            assert full.registered_commands, f"{noun.name} of the app itself lost its verbs"


def test_a_noun_that_is_named_late_keeps_its_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run_with(["--ledger=none.db", "spend", "--help"]) == 0
    assert "import" in capsys.readouterr().out


def test_demo_keeps_everything_for_it_runs_the_others() -> None:
    assert main._as_far_as_named(["demo"]) is main.app
    assert main._as_far_as_named(["--ledger=a.db", "demo"]) is main.app
