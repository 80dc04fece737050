"""With JSON a refused command's document says what stands in the way, and its exit code stays."""

import pytest

from tests.cli.shell import Shell


def test_what_keeps_a_month_open_is_the_document(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}, {"Date": "2014-02-03"}))
    said = shell.run("period", "close", "2014-03")
    ran = shell.run("period", "close", "2014-03", "-O", "json")
    assert (said.code, ran.code, said.out) == (4, 4, "")
    assert ran.err == said.err
    (row,) = ran.json
    assert {**row, "problems": []} == {
        "period": "2014-03",
        "state": "open",
        "status": "refused",
        "message": "2014-03 stays open",
        "problems": [],
    }
    assert [problem["code"] for problem in row["problems"]] == ["staged-return"]
    assert row["problems"][0]["message"] == ran.errors[0].removeprefix("error: ")


def test_a_month_that_has_not_ended_says_so_in_the_document(shell: Shell) -> None:
    ran = shell.run("period", "close", "2014-04", "-O", "json")
    assert (ran.code, ran.json[0]["status"], ran.json[0]["problems"]) == (4, "refused", [])
    assert ran.json[0]["message"].startswith("2014-04 has not ended")


def test_a_refused_call_has_no_document(shell: Shell) -> None:
    ran = shell.run("period", "close", "2014-03..2014-04", "-O", "json")
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("book", "apply", "bad.toml", "--yes"), "unknown-key"),
        (("return", "correct", "R-000001", "bad.csv", "--yes"), "not-a-number"),
        (("reconcile", "decide", "--from", "list.csv"), "unknown-decision"),
        (("reconcile", "bank", "--remittance", "advice.csv"), "not-a-number"),
    ],
)
def test_every_list_of_what_is_wrong_is_the_document(
    words: tuple[str, ...], code: str, shell: Shell
) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}), "--accept")
    shell.file("bad.csv", {"Net": "1e3"})
    (shell.folder / "bad.toml").write_text("[consortium]\nname = 'A'\ncolour = 'red'\n")
    (shell.folder / "list.csv").write_text("id,decision\nD-1,whim\n")
    (shell.folder / "advice.csv").write_text("Invoice,Amount\nINV-000001,1e3\n")
    ran = shell.run(*words, "-O", "json")
    assert ran.code == 3
    (row,) = ran.json
    assert row["status"] == "rejected"
    told = [problem["message"] for problem in row["problems"]]
    assert code in [problem["code"] for problem in row["problems"]], row
    assert told and all(any(m.split(";")[0] in said for said in ran.errors) for m in told)


def test_so_is_what_is_wrong_with_opening_balances(shell: Shell) -> None:
    (shell.folder / "opening.toml").write_text("as_at = 2014-03-31\ncolour = 'red'\n")
    ran = shell.run("ledger", "open", "opening.toml", "-O", "json")
    assert (ran.code, ran.json[0]["status"]) == (3, "rejected")
    assert len(ran.json[0]["problems"]) == len(ran.errors) > 0
