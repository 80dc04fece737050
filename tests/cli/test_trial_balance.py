"""`ledger balances` as a person reads it."""

from tests.cli.shell import Shell


def test_a_trial_balance_for_people_foots_and_leaves_out_what_is_nil(shell: Shell) -> None:
    shell.done(
        "spend",
        "import",
        shell.file("a.csv", {"Net": "1000"}, {"Net": "500", "Date": "2014-04-02"}),
        "--accept",
    )
    shell.done("return", "correct", "R-000001", "--nil", "--yes")
    every = shell.done("ledger", "balances", "-O", "json").json
    nil = [row for row in every if row["balance"] == "0.00"]
    assert nil and len(nil) < len(every)
    shown = shell.done("ledger", "balances", "-O", "plain")
    *rows, total = shown.out.splitlines()[2:]
    assert len(rows) == len(every) - len(nil)
    assert total.split()[0] == "total" and total.split()[-1] == "0.00"
    assert shown.err.startswith(f"{len(nil)} balance") and "of nil left out" in shown.err
