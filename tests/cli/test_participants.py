"""`levytool participant` at the terminal: help, JSON, exit codes, and saying what happened."""

import shlex

import pytest

from levytool.desk.brokerage.record_participant import WITHDRAWAL_REASONS
from levytool.rules.outcomes import LEAVING_REASONS, MENTORS, NEXT_ROLES, TARGET_GROUPS
from tests.cli.shell import Ran, Shell

PROPOSE = "scheme propose WORK --member ALDER --title Work --budget 100 --places 1 -O json"
VERBS = "refer start milestone qualify work leave withdraw list show"


@pytest.fixture
def work(shell: Shell) -> Shell:
    """A shell with an approved scheme of one place."""
    shell.done(*shlex.split(PROPOSE))
    shell.set(LEVYTOOL_USER="bob")
    shell.done("scheme", "approve", "WORK")
    shell.set(LEVYTOOL_USER="ann", LEVYTOOL_TODAY="2014-09-30")
    return shell


def _ran(shell: Shell, words: str) -> Ran:
    return shell.run("participant", *shlex.split(words))


def _rows(shell: Shell, words: str) -> list[dict[str, object]]:
    ran = _ran(shell, f"{words} -O json")
    assert ran.code == 0, ran.err
    found: list[dict[str, object]] = ran.json
    return found


def test_a_participants_year_told_in_json(work: Shell) -> None:
    _rows(work, "refer P-0001 --scheme WORK --on 2014-04-14 --target-group neet")
    _rows(work, "start P-0001 --on 2014-04-14 --hours 30 --mentor coach")
    _rows(work, 'milestone P-0001 --title "13 weeks" --on 2014-07-14')
    _rows(work, 'qualify P-0001 --title "Level 2" --on 2014-08-01')
    _rows(work, "leave P-0001 --on 2014-09-05 --reason next-role --completed --next-role training")
    (left,) = _rows(work, "work P-0001 --from 2014-09-06 --to 2014-09-28 --hours 16")
    assert (left["state"], left["weeks_sustained"], left["status"]) == ("completed", 24, "done")
    (listed,) = _rows(work, "list --scheme work")
    assert listed == {key: left[key] for key in listed}
    assert [row["step"] for row in _rows(work, "show P-0001")] == [
        *("referred", "started", "milestone", "qualified", "left", "worked")
    ]
    assert _rows(work, "list --as-at 2014-04-30")[0]["state"] == "in-post"
    assert _rows(work, "list --known-on 2014-09-29") == []
    (scheme,) = work.done("scheme", "list", "-O", "json").json
    assert (scheme["places"], scheme["filled"]) == (1, 1)


def test_a_repeat_and_a_dry_run_say_so(work: Shell) -> None:
    tried = _ran(work, "refer P-0001 --scheme WORK --dry-run")
    assert tried.code == 0 and "nothing was stored" in tried.err
    assert _ran(work, "list").err == "no participants recorded yet\n"
    assert _ran(work, "refer P-0001 --scheme WORK --yes").code == 0
    again = _ran(work, "refer P-0001 --scheme WORK")
    assert again.code == 0 and "done before" in again.err
    taken_back = _ran(work, "withdraw P-0001 --reason entered-twice -O csv")
    assert taken_back.code == 0 and "withdrawn" in taken_back.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("refer P-0002 --scheme WIRK", 2, "did you mean WORK?"),
        ("refer Jane --scheme WORK", 2, "give one such as P-0001"),
        ("refer JANE1 --scheme WORK", 2, "up to 3 letters, a hyphen or none, and up to 8 digits"),
        ("refer ſ-1 --scheme WORK", 2, "give one such as P-0001"),
        ("leave P-0001 --on 2014-05-01 --reason next-role", 2, "add --next-role"),
        ("start P-0003 --on 2014-05-01 --hours 30", 2, "did you mean"),
        ("start P-0001 --on yesterday --hours 30", 2, "--on"),
        ("start P-0001 --on 2014-03-01 --hours 30", 4, "before the referral"),
        ("start P-0001 --on 2014-10-01 --hours 30", 4, "a day to come"),
        ("leave P-0001 --on 2014-05-01 --reason other", 4, "has not started"),
        ("list --scheme NONE", 2, "see: levytool scheme list"),
        ("show P-0101", 2, "did you mean P-0001?"),
    ],
)
def test_what_is_refused_says_why_in_one_line(
    work: Shell, words: str, code: int, said: str
) -> None:
    _rows(work, "refer P-0001 --scheme WORK --on 2014-04-14")
    ran = _ran(work, words)
    assert (ran.code, len(ran.errors)) == (code, 1)
    assert said in ran.errors[0] and ran.out == ""


def test_the_place_of_an_early_leaver_is_free_again(work: Shell) -> None:
    for who in ("P-1", "P-2"):
        _rows(work, f"refer {who} --scheme WORK --on 2014-04-14")
    _rows(work, "start P-1 --on 2014-05-01 --hours 16")
    full = _ran(work, "start P-2 --on 2014-05-01 --hours 16")
    assert full.code == 4 and "1 place, and all are filled" in full.errors[0]
    _rows(work, "leave P-1 --on 2014-05-09 --reason personal")
    _rows(work, "start P-2 --on 2014-05-12 --hours 16")


def test_help_names_every_kind_that_may_be_given(shell: Shell) -> None:
    told = " ".join(
        " ".join(_ran(shell, f"{verb} --help").out.split()).replace("- ", "-")
        for verb in VERBS.split()
    )
    for kind in (*LEAVING_REASONS, *MENTORS, *NEXT_ROLES, *TARGET_GROUPS, *WITHDRAWAL_REASONS):
        assert kind in told, kind
    assert told.count("Example: levytool participant") == len(VERBS.split())
