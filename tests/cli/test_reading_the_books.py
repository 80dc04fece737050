"""What the books show: documents, balances, the journal, proofs, periods and explanations."""

import json
import sqlite3

import pytest

from tests.cli.shell import Shell

READING = [
    ["return", "list"], ["spend", "list"], ["levy", "documents"], ["ledger", "balances"],
    ["ledger", "journal"], ["period", "status"], ["check"],
]  # fmt: skip


@pytest.fixture
def kept(shell: Shell) -> Shell:
    """Books with an invoice of March and a credit note of April."""
    shell.done(
        "spend", "import",
        shell.file("a.csv", {"Net": "1000"}, {"Net": "-500", "Date": "2014-04-02"}), "--accept",
    )  # fmt: skip
    return shell


@pytest.mark.parametrize("words", READING)
def test_every_form_shows_the_books_and_changes_nothing(words: list[str], kept: Shell) -> None:
    before = kept.books.dump()
    forms = {
        form: kept.done(*words, "-O", form).out
        for form in ("table", "plain", "markdown", "csv", "json")
    }
    assert all(shown.strip() for shown in forms.values())
    assert len(set(forms.values())) == len(forms)
    json.loads(forms["json"])
    kept.done(*words, "-O", "csv", "-o", "shown.txt")
    assert (kept.folder / "shown.txt").read_text(encoding="utf-8") == forms["csv"]
    assert kept.books.dump() == before


@pytest.mark.parametrize("words", READING[:-1])
def test_empty_books_show_an_empty_array(words: list[str], shell: Shell) -> None:
    assert shell.done(*words, "-O", "json").out == "[]\n"
    said = shell.done(*words)
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_documents_are_chosen_by_reporting_period(kept: Shell) -> None:
    def numbers(*words: str) -> list[str]:
        rows = kept.done("levy", "documents", *words, "-O", "json").json
        return [row["number"] for row in rows]

    assert numbers() == ["INV-000001", "CN-000001"]
    assert numbers("--period", "2014-03") == ["INV-000001"]
    assert numbers("--period", "2014-Q2") == ["CN-000001"]
    assert numbers("--period", "2013-01..2014-12") == numbers()
    assert numbers("--period", "FY2013") == ["INV-000001"]


def test_a_financial_year_is_the_consortiums(kept: Shell) -> None:
    kept.books.ledger.close()
    book = kept.done("book", "show").out.replace(
        "[consortium]\n", "[consortium]\nfinancial_year_starts = 1\n"
    )
    (kept.folder / "book.toml").write_text(book)
    kept.done("book", "apply", "book.toml", "--yes")
    rows = kept.done("levy", "documents", "--period", "FY2014", "-O", "json").json
    assert [row["number"] for row in rows] == ["INV-000001", "CN-000001"]


def test_balances_have_the_keys_of_the_contract_and_come_to_nothing(kept: Shell) -> None:
    rows = kept.done("ledger", "balances", "-O", "json").json
    assert rows[0] == {
        "account": "1100",
        "name": "Levy debtors",
        "dimension": "BROOKS",
        "debit": "10.00",
        "credit": "5.00",
        "balance": "5.00",
    }
    assert list(rows[0]) == ["account", "name", "dimension", "debit", "credit", "balance"]
    assert sum(int(row["balance"].replace(".", "")) for row in rows) == 0


def test_balances_go_by_effective_date_and_by_what_was_known(kept: Shell) -> None:
    def debtors(*words: str) -> list[str]:
        rows = kept.done("ledger", "balances", *words, "-O", "json").json
        return [row["balance"] for row in rows if row["account"] == "1100"]

    assert debtors("--as-at", "2014-03-30") == []
    assert debtors("--as-at", "2014-03-31") == ["10.00"]
    assert debtors("--as-at", "2014-04-09") == ["10.00"]
    assert debtors("--as-at", "2014-04-10") == debtors() == ["5.00"]
    assert debtors("--known-on", "2014-04-09") == []
    assert debtors("--known-on", "2014-04-10", "--as-at", "2014-03-31") == ["10.00"]


def test_a_file_of_the_journal_has_every_column(kept: Shell) -> None:
    header = kept.done("ledger", "journal", "-O", "csv").out.splitlines()[0]
    (first, *_) = kept.done("ledger", "journal", "-O", "json").json
    assert header.split(",") == list(first)


def test_the_journal_has_two_rows_a_transfer_and_goes_by_effective_month(kept: Shell) -> None:
    rows = kept.done("ledger", "journal", "-O", "json").json
    assert list(rows[0]) == [
        "entry", "posted", "effective", "period", "kind", "narrative", "account", "dimension",
        "debit", "credit", "hash", "reporting_period",
    ]  # fmt: skip
    assert [(row["entry"], row["effective"], row["account"], row["debit"]) for row in rows] == [
        (1, "2014-03-31", "1100", "10.00"),
        (1, "2014-03-31", "2000", "0.00"),
        (2, "2014-04-10", "2000", "5.00"),
        (2, "2014-04-10", "1100", "0.00"),
    ]
    april = kept.done("ledger", "journal", "--period", "2014-04", "-O", "json").json
    assert april == rows[2:]


@pytest.mark.parametrize("option", ["--as-at", "--known-on"])
def test_a_day_that_is_none_is_a_wrong_call(option: str, kept: Shell) -> None:
    ran = kept.run("ledger", "balances", option, "31/03/2014")
    assert ran.code == 2
    assert ran.errors == [f"error: {option} '31/03/2014' is not a day; write it as 2026-04-08"]


def test_check_says_what_holds(kept: Shell) -> None:
    ran = kept.done("check", "-O", "json")
    assert list(ran.json) == ["ok", "checks"]
    assert ran.json["ok"] is True
    assert all(list(check) == ["name", "ok", "detail"] for check in ran.json["checks"])
    assert "the books prove" in ran.err


def test_check_names_what_does_not_hold_and_ends_with_five(
    kept: Shell, request: pytest.FixtureRequest
) -> None:
    kept.books.ledger.close()
    sound = kept.books.path.read_bytes()
    with sqlite3.connect(kept.books.path) as connection:
        connection.execute("UPDATE declaration_line SET levy_share_pence = 999 WHERE return_id = 1")
    connection.close()
    ran = kept.run("check", "-O", "json")
    assert (ran.code, ran.json["ok"]) == (5, False)
    wrong = [check["name"] for check in ran.json["checks"] if not check["ok"]]
    assert wrong == ["lines = documents = postings", "levy recomputed"]
    assert [line.split(":")[1].strip() for line in ran.errors] == wrong
    shown = kept.run("check")
    assert shown.code == 5
    assert "R-000001: lines 9.99, documents 10.00, postings 10.00" in shown.out
    for path in kept.folder.glob("books.db*"):
        path.unlink()
    kept.books.path.write_bytes(sound)


def test_a_month_closes_once_nothing_is_staged(kept: Shell) -> None:
    kept.done("spend", "import", kept.file("b.csv", {"Invoice": "B", "Contractor": "BEECH"}))
    refused = kept.run("period", "close", "2014-03")
    assert refused.code == 4
    assert "R-000003 of BEECH for REGEN is only staged" in refused.errors[0]
    kept.done("return", "reject", "R-000003")
    before = kept.books.dump()
    kept.done("period", "close", "2014-03", "--dry-run")
    assert kept.books.dump() == before
    (closed,) = kept.done("period", "close", "2014-03", "-O", "json").json
    assert (closed["period"], closed["state"]) == ("2014-03", "closed")
    before = kept.books.dump()
    assert "done before" in kept.done("period", "close", "2014-03").err
    assert kept.books.dump() == before
    states = {
        row["period"]: row["state"] for row in kept.done("period", "status", "-O", "json").json
    }
    assert states == {"2014-03": "closed", "2014-04": "open"}


def test_a_month_is_opened_again_by_two_people(kept: Shell) -> None:
    kept.done("period", "close", "2014-03")
    reopen = ["period", "reopen", "2014-03", "--reason", "a late credit"]
    assert kept.run(*reopen).code == 2
    assert "proposed" in kept.done(*reopen, "--yes").err
    assert kept.run(*reopen, "--yes").code == 4
    kept.set(LEVYTOOL_USER="ben")
    assert kept.done(*reopen, "--yes", "-O", "json").json[0]["state"] == "open"
    assert kept.done(*reopen, "--yes", "-O", "json").json[0]["state"] == "open"
    kept.done("period", "close", "2014-03")
    assert kept.done(*reopen, "--yes", "-O", "json").json[0]["state"] == "closed"


def test_a_month_with_books_that_do_not_prove_stays_open(kept: Shell) -> None:
    kept.books.ledger.close()
    with sqlite3.connect(kept.books.path) as connection:
        connection.execute("UPDATE levy_return SET net_pence = net_pence + 1 WHERE id = 1")
    connection.close()
    ran = kept.run("period", "close", "2014-03")
    assert ran.code == 4
    assert "R-000001 is not the sum of its lines" in ran.errors[0]
    with sqlite3.connect(kept.books.path) as connection:
        connection.execute("UPDATE levy_return SET net_pence = net_pence - 1 WHERE id = 1")
    connection.close()


def test_a_line_is_explained_down_to_its_row_and_rule(kept: Shell) -> None:
    told = kept.done("explain", "r-000001/1", "-O", "json").json
    assert (told["kind"], told["ref"]) == ("line", "R-000001/1")
    up = {group["kind"]: group["because"][0] for group in told["because"]}
    assert list(up) == ["read from", "charged by"]
    assert up["read from"]["ref"] == "a.csv:2"
    assert up["charged by"]["facts"]["kind"] == "flat 1%"
    assert told["became"][0]["became"][0]["ref"] == "INV-000001"
    shown = kept.done("explain", "R-000001/1").out
    assert shown.startswith("R-000001/1  line\n")
    assert "├── read from  a.csv:2" in shown


@pytest.mark.parametrize(
    ("reference", "kind"),
    [("R-000001", "return"), ("INV-000001", "invoice"), ("cn-000001", "credit note"),
     ("E-000002", "document"), ("a.csv", "file"), ("a.csv:2", "row")],
)  # fmt: skip
def test_any_reference_of_the_books_is_explained(reference: str, kind: str, kept: Shell) -> None:
    told = kept.done("explain", reference, "-O", "json").json
    assert (told["kind"], told["ref"].upper()) == (kind, reference.upper())
    assert told["because"] or told["became"]


@pytest.mark.parametrize(
    "reference",
    ["R-000001/9", "R-000009", "INV-000009", "E-000009", "nothing", "SALIX/2014-03", "B-000001"],
)
def test_a_reference_that_names_nothing_is_a_wrong_call(reference: str, kept: Shell) -> None:
    ran = kept.run("explain", reference)
    assert (ran.code, ran.out, len(ran.errors)) == (2, "", 1)


def test_a_staged_line_is_explained_without_a_document(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {"Net": "10.05"}))
    told = shell.done("explain", "R-000001/1", "-O", "json").json
    assert told["facts"]["share of the document"] == "not accepted yet"
    assert [group["kind"] for group in told["became"]] == ["waits in"]


def test_another_reason_is_another_proposal_and_says_so(kept: Shell) -> None:
    kept.done("period", "close", "2014-03")
    reopen = ("period", "reopen", "2014-03", "--yes", "--reason")
    kept.done(*reopen, "a late credit")
    kept.set(LEVYTOOL_USER="bob")
    said = kept.done(*reopen, "a late invoice").err
    assert "ann proposed it with another reason; to agree to that: " in said
    assert "levytool period reopen 2014-03 --reason 'a late credit'" in said
    assert kept.done(*reopen, "a late credit", "-O", "json").json[0]["state"] == "open"
