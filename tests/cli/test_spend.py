"""`levytool spend` and `return` from the command line: documents, messages and exit codes."""

import csv
import json
from pathlib import Path

import pytest

from levytool.cli.main import run_with
from tests.cli.shell import Shell
from tests.desk.spending import Spending, book_of, framework

BAD = {"Net": "12,5x"}
NIL = ["return", "nil", "--framework", "REGEN", "--period", "2014-03"]


def test_one_file_is_one_json_document_with_messages_elsewhere(shell: Shell) -> None:
    ran = shell.done("spend", "import", shell.file("a.csv", {"Net": "1.005"}), "-O", "json")
    assert ran.json["status"] == "staged"
    assert ran.json["file"] == "a.csv"
    assert "warning: a.csv:2 [Net]: the amount has parts of a penny" in ran.err
    assert "next: levytool return accept R-000001" in ran.err


def test_several_files_are_a_json_array_and_each_stands_for_itself(shell: Shell) -> None:
    files = [
        shell.file("a.csv", {}),
        shell.file("b.csv", BAD),
        shell.file("c.csv", {"Invoice": "C"}),
    ]
    ran = shell.run("spend", "import", *files, "-O", "json")
    assert ran.code == 3
    assert [outcome["status"] for outcome in ran.json] == ["staged", "rejected", "staged"]
    assert ran.errors == [
        "error: b.csv:2 [Net]: this is not an amount in pounds and pence ('12,5x'); write it like "
        "1,234.50 or -1234.50, in sterling"
    ]
    assert "nothing of b.csv was stored" in ran.err
    assert [line["invoice"] for line in shell.books.lines()] == ["A1", "C"]


@pytest.mark.parametrize(
    ("lines", "options", "code"),
    [
        ([{}], [], 0),
        ([{}, BAD], [], 3),
        ([{}, BAD], ["--partial"], 0),
        ([BAD], ["--partial"], 3),
        ([{}, {}], ["--repeated", "keep"], 0),
        ([{}, {}], ["--repeated", "reject"], 3),
        ([{"Member": "Fellgate"}], [], 3),
        ([{"Member": "Fellgate"}], ["--add-parties"], 0),
        ([{"Date": "2011-01-01"}], [], 3),
        ([{}], ["--layout", "nothing"], 2),
        ([{}], ["--period", "2014"], 2),
        ([{}], ["--period", "2014-Q1"], 2),
        ([{}], ["--repeated", "perhaps"], 2),
        ([{}], ["--contractor", "nobody"], 3),
        ([{}], ["--errors", "nowhere/e.csv"], 2),
        ([{}], ["-o", "nowhere/out.json"], 2),
    ],
)
def test_a_dry_run_ends_as_the_real_run_does(
    lines: list[dict[str, str]], options: list[str], code: int, shell: Shell
) -> None:
    file = shell.file("a.csv", *lines)
    before = shell.books.dump()
    tried = shell.run("spend", "import", file, *options, "--dry-run", "-O", "json")
    assert tried.code == code
    assert shell.books.dump() == before
    done = shell.run("spend", "import", file, *options, "-O", "json")
    assert done.code == code
    assert (tried.out == done.out) == (code != 0)
    assert all(line.count("error: ") == 1 for line in done.errors)
    assert bool(done.errors) == (code != 0)


def test_a_dry_run_of_several_files_ends_as_the_real_run_does(shell: Shell) -> None:
    files = [shell.file("a.csv", {}), shell.file("b.csv", {}, {"Invoice": "B"})]
    before = shell.books.dump()
    tried = shell.run("spend", "import", *files, "--accept", "--dry-run", "-O", "json")
    assert (tried.code, [item["status"] for item in tried.json]) == (3, ["dry-run", "rejected"])
    assert shell.books.dump() == before
    done = shell.run("spend", "import", *files, "--accept", "-O", "json")
    assert (done.code, [item["status"] for item in done.json]) == (3, ["accepted", "rejected"])
    assert tried.json[1] == done.json[1]


def test_a_file_that_is_not_there_is_a_wrong_call_and_nothing_else_is_done(shell: Shell) -> None:
    ran = shell.run("spend", "import", shell.file("a.csv", {}), "missing.csv")
    assert (ran.code, ran.out, len(ran.errors)) == (2, "", 1)
    assert "missing.csv" in ran.err
    assert shell.books.lines() == []


def test_what_was_done_before_a_refusal_is_told(shell: Shell) -> None:
    (shell.folder / "errors.csv").write_text("Invoice\n")
    files = [shell.file("a.csv", {}), shell.file("b.csv", {"Invoice": "B"}, BAD)]
    ran = shell.run(
        "spend", "import", files[0], "errors.csv", files[1], "--errors", "errors.csv", "-O", "json"
    )
    assert ran.code == 2
    assert [item["file"] for item in ran.json] == ["a.csv"]
    assert "is the file itself" in ran.errors[0]


def test_no_errors_file_is_written_over_by_the_next(shell: Shell) -> None:
    files = [
        shell.file("a.csv", {}, BAD | {"Invoice": "AX"}),
        shell.file("b.csv", {"Invoice": "B"}),
        shell.file("c.csv", {"Invoice": "C"}, BAD | {"Invoice": "CX"}),
    ]
    ran = shell.done("spend", "import", *files, "--partial", "--errors", "bad.csv")
    assert "AX" in (shell.folder / "bad.csv").read_text(encoding="utf-8-sig")
    assert "CX" in (shell.folder / "bad-2.csv").read_text(encoding="utf-8-sig")
    assert "mend the refused rows in bad-2.csv" in ran.err


def test_refused_rows_can_be_asked_for_when_the_file_is_known(shell: Shell) -> None:
    file = shell.file("a.csv", {}, BAD)
    first = shell.done("spend", "import", file, "--partial", "--errors", "first.csv")
    known = shell.done("spend", "import", file)
    assert "nothing is new" in known.err
    assert "the same command with --errors FILE.csv writes its 1 refused row, to mend" in known.err
    again = shell.done("spend", "import", file, "--errors", "again.csv", "-O", "json")
    assert again.json["status"] == "seen-before"
    assert "next: mend the refused rows in first.csv and import it" in first.err
    written = [
        list(csv.reader((shell.folder / name).read_text(encoding="utf-8-sig").splitlines()))
        for name in ("first.csv", "again.csv")
    ]
    of_file = [[row[:-2] for row in rows] for rows in written]
    assert of_file[0] == of_file[1]
    assert len(of_file[1]) == 2
    assert "next: mend the refused rows in again.csv and import it" in again.err
    assert shell.run("spend", "import", file, "--errors", "nowhere/e.csv").code == 2


def test_the_errors_file_of_a_refused_file_is_to_be_read_and_not_imported(shell: Shell) -> None:
    ran = shell.run("spend", "import", shell.file("a.csv", {}, BAD), "--errors", "bad.csv")
    assert ran.code == 3
    assert (
        "next: see the rows with problems in bad.csv, and mend them in the file itself" in ran.err
    )


def test_the_columns_that_were_recognised_are_told(shell: Shell) -> None:
    ran = shell.done("spend", "import", shell.file("a.csv", {}))
    assert "a.csv: columns recognised: date from 'Date', net from 'Net'" in ran.err
    assert "a.csv: staged: 1 row read, 1 taken, 0 refused, 0 skipped; net £100.00, levy £1.00" in (
        ran.err
    )


def test_the_columns_that_were_not_read_are_told(shell: Shell) -> None:
    """Also where the sheet has a column that nothing is said of, and one without a name."""
    line = {"Site": "Mill Fold", "": "x", "Invoice": None, "Our Inv No": "B1"}
    ran = shell.done("spend", "import", shell.file("a.csv", line))
    assert "invoice from 'Our Inv No'" in ran.err
    assert "; not read: 'Site'\n" in ran.err and "no column is taken" not in ran.err
    ran = shell.done("spend", "import", shell.file("b.csv", {"Invoice": None, "Papers": "B1"}))
    assert "; not read: 'Papers'\n" in ran.err
    told = "no column is taken for the invoice number; where one that is not read has it, a layout"
    assert f"warning: b.csv: {told} in the book says so\n" in ran.err
    assert (
        "no column"
        not in shell.done(
            "spend", "import", shell.file("c.csv", {"Invoice": None, "Net": "7.00"})
        ).err
    )


def test_many_warnings_of_one_kind_are_summed_up_and_json_has_them_all(shell: Shell) -> None:
    lines = [{"Invoice": f"I{n}", "Net": "1.005"} for n in range(6)]
    file = shell.file("a.csv", *lines, *lines[:5])
    ran = shell.done("spend", "import", file, "-O", "json")
    assert len(ran.json["warnings"]) == 11 + 5
    warnings = [line for line in ran.err.splitlines() if line.startswith("warning: ")]
    assert [line.split(":")[2][:2] for line in warnings if "a.csv" in line] == [
        "2 ", "3 ", "4 ", "8", "9", "10", "11", "12",
    ]  # fmt: skip
    assert "warning: rounded: 11 rows in all; see -O json" in warnings


def test_every_problem_of_a_refused_file_has_a_line_of_its_own(shell: Shell) -> None:
    file = shell.file("a.csv", *([BAD] * 40))
    ran = shell.run("spend", "import", file)
    assert (ran.code, len(ran.errors), ran.out) == (3, 40, "")


def test_a_problem_in_a_file_cannot_break_its_line(shell: Shell) -> None:
    file = shell.file("a.csv", {"Member": "evil\nerror: \x1b[31mnothing"})
    ran = shell.run("spend", "import", file)
    assert len(ran.errors) == 1
    assert "\x1b" not in ran.err


def test_an_accepted_file_is_seen_before_and_ends_well(shell: Shell) -> None:
    file = shell.file("a.csv", {})
    shell.done("spend", "import", file, "--accept")
    again = shell.done("spend", "import", file, "--accept", "-O", "json")
    assert again.json["status"] == "seen-before"
    assert again.json["returns"][0]["state"] == "accepted"


def test_a_file_seen_before_names_its_returns_and_what_became_of_them(shell: Shell) -> None:
    file = shell.file("a.csv", {}, {"Date": "2014-02-05"})
    shell.done("spend", "import", file)
    said = "a.csv: nothing is new: it came in as R-000001 (staged), R-000002 (staged)\n"
    assert said in shell.done("spend", "import", file).err
    shell.done("return", "accept", "R-000001", "R-000002")
    later = shell.file("b.csv", {"Net": "120.00"})
    shell.done("return", "correct", "R-000001", later, "--yes")
    said = said.replace("R-000001 (staged)", "R-000001 (corrected since)")
    assert said.replace("staged", "accepted") in shell.done("spend", "import", file).err
    ledger = shell.file("l.csv", {})
    shell.done("spend", "import", ledger, "--as", "member-ledger")
    again = shell.done("spend", "import", ledger, "--as", "member-ledger").err
    assert "l.csv: nothing is new: it came in as M-000001\n" in again


def test_why_a_return_was_rejected_is_kept_and_explained(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}))
    words = ("return", "reject", "R-000001", "--reason")
    assert "rejected before" not in shell.done(*words, "the  wrong month").err
    said = "R-000001: rejected before; nothing was done now\n"
    assert shell.done(*words, "another").err == said
    facts = shell.done("explain", "R-000001", "-O", "json").json["facts"]
    assert facts["rejected by"] == "ann on 2014-04-10"
    assert facts["rejected because"] == "the wrong month"


def test_return_accept_and_reject_print_rows_as_return_list_does(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}, {"Contractor": "BEECH"}))
    keys = ["return", "contractor", "framework", "period", "supplement", "state", "due", "lines",
            "net", "levy", "documents"]  # fmt: skip
    (accepted,) = shell.done("return", "accept", "R-000002", "-O", "json").json
    (rejected,) = shell.done("return", "reject", "R-000001", "-O", "json").json
    (nil,) = shell.done(
        *NIL, "--contractor", "BEECH", "-O", "json",
    ).json  # fmt: skip
    assert list(accepted) == list(rejected) == list(nil) == keys
    assert (accepted["state"], accepted["documents"]) == ("accepted", ["INV-000001"])
    assert [rejected["state"], nil["state"], nil["return"]] == ["rejected", "nil", "R-000003"]
    listed = shell.done("return", "list", "--period", "2014-03", "-O", "json").json
    assert [row for row in listed if row["return"]] == [rejected, accepted, nil]
    assert all(list(row) == keys for row in listed)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["return", "accept"], 2),
        (["return", "accept", "R-000001", "--period", "2014-03"], 2),
        (["return", "accept", "R-000009"], 2),
        (["return", "accept", "--period", "2014-03"], 0),
        (["return", "accept", "--period", "nonsense"], 2),
        (["return", "reject", "R-000001"], 4),
        ([*NIL, "--contractor", "BROOKS"], 4),
        ([*NIL, "--contractor", "X"], 2),
        (["spend", "list", "--return", "R-000009"], 2),
        (["spend", "list", "--member", "NOBODY"], 2),
    ],
)  # fmt: skip
def test_exit_codes_where_a_return_is_in_force(words: list[str], code: int, shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}), "--accept")
    before = shell.books.dump()
    ran = shell.run(*words)
    assert (ran.code, len(ran.errors)) == (code, 1 if code else 0), ran.err
    assert shell.books.dump() == before


def test_return_commands_can_be_tried(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}))
    before = shell.books.dump()
    tried = shell.done("return", "accept", "R-000001", "--dry-run", "-O", "json")
    assert tried.json[0]["documents"] == ["INV-000001"]
    shell.done("return", "reject", "R-000001", "--dry-run")
    shell.done(*NIL, "--contractor", "BEECH", "--dry-run")
    assert shell.books.dump() == before
    assert shell.done("return", "accept", "R-000001", "-O", "json").json == tried.json


def test_lines_are_listed_as_the_contract_says(shell: Shell) -> None:
    shell.done(
        "spend", "import",
        shell.file("a.csv", {"Net": "10.50", "Lot": "1", "Call-off": "C1"}, {"Member": "ALDER"}),
    )  # fmt: skip
    rows = shell.done("spend", "list", "-O", "json").json
    assert rows[0] == {
        "return": "R-000001",
        "line": 1,
        "row": 2,
        "date": "2014-03-05",
        "period": "2014-03",
        "member": "SALIX",
        "contractor": "BROOKS",
        "framework": "REGEN",
        "lot": "1",
        "call_off": "C1",
        "invoice": "A1",
        "net": "10.50",
        "rate": "1%",
        "levy": "0.1050",
        "levy_share": None,
    }
    assert list(rows[0]) == [
        "return", "line", "row", "date", "period", "member", "contractor", "framework", "lot",
        "call_off", "invoice", "net", "rate", "levy", "levy_share",
    ]  # fmt: skip
    shell.done("return", "accept", "R-000001")
    shares = [row["levy_share"] for row in shell.done("spend", "list", "-O", "json").json]
    assert shares == ["0.11", "1.00"]


def test_lines_are_chosen_by_member_period_and_return(shell: Shell) -> None:
    shell.done(
        "spend", "import",
        shell.file("a.csv", {}, {"Date": "2014-01-02"}, {"Member": "ALDER", "Date": "2014-01-03"}),
    )  # fmt: skip

    def dates(*words: str) -> list[str]:
        return [row["date"] for row in shell.done("spend", "list", *words, "-O", "json").json]

    assert dates() == ["2014-01-02", "2014-01-03", "2014-03-05"]
    assert dates("--member", "SALIX") == ["2014-01-02", "2014-03-05"]
    assert dates("--member", "alder homes") == ["2014-01-03"]
    assert dates("--period", "2014-01") == ["2014-01-02", "2014-01-03"]
    assert dates("--period", "2014-Q1", "--member", "SALIX") == ["2014-01-02", "2014-03-05"]
    assert dates("--period", "FY2013") == dates()
    assert dates("--return", "R-000002") == ["2014-03-05"]
    assert json.loads(shell.done("spend", "list", "--period", "2012-01", "-O", "json").out) == []


def test_a_contractor_without_an_appointment_is_said_once_and_told_for_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    appointed = "contractors = [{ code = 'BEECH', until = 2013-12-31 }]"
    books = Spending(tmp_path, book_of(framework(settings=appointed)))
    days = ("2014-03-05", "2014-03-06", "2014-04-07")
    path = books.file(
        *({"Date": day} for day in days), {"Contractor": "BEECH"}, {"Net": "x"}, name="all.csv"
    )
    books.ledger.close()
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    call = ["--ledger", str(books.path), "spend", "import", str(path), "-O", "json"]
    assert run_with(call) == 3
    printed = capsys.readouterr()
    told = [(one["row"], one["code"]) for one in json.loads(printed.out)["problems"]]
    assert told == [*((row, "not-appointed") for row in range(2, 7)), (6, "not-a-number")]
    errors = [line for line in printed.err.splitlines() if line.startswith("error: ")]
    assert [line.split(" ")[1] for line in errors] == ["all.csv:2", "all.csv:5", "all.csv:6"]
    assert "on 2014-03-05, nor on 3 further rows down to row 6 (" in errors[0]
    assert "further rows" not in errors[1]


@pytest.mark.parametrize("content", ["%PDF-1.7", "<html>", "only,a\nfew,words\n"])
def test_a_file_without_a_row_to_take_is_not_offered_partial(content: str, shell: Shell) -> None:
    path = shell.books.file(text=content)
    ran = shell.run("spend", "import", str(path))
    assert ran.code == 3
    assert len(ran.errors) == 1
    assert "--partial" not in ran.err
    assert "mend the file or its layout, and import it again" in ran.err
