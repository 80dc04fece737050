"""What is asked of days that have not come: nothing is known as on one, and no month to come has
begun. A report as at a day to come is fine: what is posted already may take effect then."""

import pytest

from tests.cli.shell import Shell

KNOWN_ON = [
    ("ledger", "balances"),
    ("ledger", "journal"),
    ("pot", "list"),
    ("opportunity", "due"),
    ("levy", "documents"),
    ("levy", "vat", "--period", "2014-03"),
    ("bank", "payable"),
    ("scheme", "list"),
    ("return", "list"),
    ("statement", "list"),
    ("statement", "member", "SALIX", "--period", "2014-03"),
    ("statement", "contractor", "--all", "--into", "made", "--period", "2014-03"),
    ("statement", "consortium", "--period", "2014-03"),
]
BEGUN = [
    ("statement", "member", "SALIX"),
    ("statement", "contractor", "BROOKS"),
    ("statement", "consortium"),
    ("statement", "member", "--all", "--into", "made"),
    ("levy", "vat"),
    ("reconcile", "spend"),
    ("reconcile", "report"),
]


@pytest.mark.parametrize("words", KNOWN_ON, ids=" ".join)
def test_nothing_is_known_as_on_a_day_to_come(shell: Shell, words: tuple[str, ...]) -> None:
    shell.done(*words, "--known-on", "2014-04-10")
    refused = shell.run(*words, "--known-on", "2014-04-11")
    assert (refused.code, refused.out) == (2, "")
    (error,) = refused.errors
    assert "--known-on 2014-04-11 is to come" in error and "leave it out" in error


@pytest.mark.parametrize("words", BEGUN, ids=" ".join)
@pytest.mark.parametrize("period", ["2014-05", "2014-Q3", "FY2015"])
def test_a_period_that_has_not_begun_is_refused(
    shell: Shell, words: tuple[str, ...], period: str
) -> None:
    refused = shell.run(*words, "--period", period)
    assert (refused.code, refused.out) == (2, "")
    (error,) = refused.errors
    first = {"2014-05": "2014-05", "2014-Q3": "2014-07..2014-09", "FY2015": "2015-04..2016-03"}
    assert f"{first[period]} has not begun" in error and "2014-04" in error
    assert not (shell.folder / "made").exists()


@pytest.mark.parametrize("words", BEGUN, ids=" ".join)
def test_a_period_that_runs_is_told(shell: Shell, words: tuple[str, ...]) -> None:
    shell.done(*words, "--period", "FY2014")


@pytest.mark.parametrize(
    "words", [*(words for words in BEGUN if words[0] != "reconcile")], ids=" ".join
)
def test_a_period_that_had_not_begun_on_the_known_day_is_refused(
    shell: Shell, words: tuple[str, ...]
) -> None:
    refused = shell.run(*words, "--period", "2014-04", "--known-on", "2014-03-31")
    assert (refused.code, refused.out) == (2, "")
    (error,) = refused.errors
    assert "2014-04 had not begun on --known-on 2014-03-31" in error and "up to 2014-03" in error
    assert not (shell.folder / "made").exists()
    shell.done(*words, "--period", "2014-04", "--known-on", "2014-04-01")


def test_a_report_as_at_a_day_to_come_is_told(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {"Date": "2014-04-02"}), "--accept")
    now = shell.done("ledger", "balances", "-O", "json").json
    assert shell.done("ledger", "balances", "--as-at", "2014-12-31", "-O", "json").json == now != []


def test_no_figure_of_a_statement_to_come_is_explained(shell: Shell) -> None:
    shell.done("explain", "statement:SALIX:2014-04")
    refused = shell.run("explain", "statement:SALIX:2014-05")
    assert refused.code == 2 and "2014-05 has not begun" in refused.err
