"""A dry run says last that nothing was stored, and tells nothing as done."""

import pytest

from tests.cli.shell import Shell

LAST_WORD = "dry run: nothing was stored"
PROPOSE = ("scheme", "propose", "S", "--member", "SALIX", "--title", "T", "--budget", "9")


@pytest.mark.parametrize(
    "words",
    [
        (*PROPOSE, "--places", "1"),
        ("pot", "release", "--period", "2014-03"),
        ("return", "reject", "R-000001"),
        ("return", "accept", "R-000001"),
        ("spend", "import", "a.csv", "--accept"),
        ("spend", "import", "b.csv", "--partial", "--errors", "bad.csv"),
        ("reconcile", "bank", "--apply"),
    ],
)
def test_it_ends_by_saying_that_nothing_was_stored(words: tuple[str, ...], shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}))
    shell.file("b.csv", {"Invoice": "B"}, {"Invoice": "C", "Net": "1e3"})
    before = shell.books.dump()
    ran = shell.done(*words, "--dry-run")
    assert ran.err.splitlines()[-1] == LAST_WORD
    assert "next:" not in ran.err and "accepted now" not in ran.err
    assert shell.books.dump() == before
    assert LAST_WORD not in shell.done(*words).err


def test_a_staged_file_would_be_accepted(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}))
    said = shell.done("spend", "import", "a.csv", "--accept", "--dry-run").err
    assert "it was staged before; would be accepted: R-000001" in said


def test_a_refusal_is_one_line(shell: Shell) -> None:
    ran = shell.run("return", "reject", "R-000009", "--dry-run")
    assert (ran.code != 0, ran.err.count("\n"), LAST_WORD in ran.err) == (True, 1, False)


def test_what_is_open_is_told_below_the_last_word(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}), "--accept")
    shell.set(LEVYTOOL_TODAY="2014-07-20")  # long past the invoice's due date
    ran = shell.run("reconcile", "bank", "--apply", "--dry-run")
    assert ran.code == 5
    assert ran.err.splitlines()[0] == LAST_WORD and len(ran.errors) == 1
