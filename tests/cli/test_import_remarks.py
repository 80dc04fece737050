"""What `spend import` says of a file as a whole: the wrong month, the wrong role, the same."""

import json

import pytest

from tests.cli.shell import Shell


def march(count: int, **more: str) -> list[dict[str, str]]:
    """Lines of March 2014, each with an invoice of its own."""
    return [{"Invoice": f"I{n}", "Date": f"2014-03-{n + 1:02}"} | more for n in range(count)]


def test_a_file_whose_rows_are_all_of_another_month_is_asked_about_in_one_line(
    shell: Shell,
) -> None:
    file = shell.file("march.csv", *march(8))
    ran = shell.done("spend", "import", file, "--period", "2014-02")
    assert (
        "warning: march.csv: all 8 rows are dated in 2014-03; this is 2014-02: did you mean "
        "--period 2014-03?" in ran.err
    )
    assert "next: levytool return reject R-000001, and import it with --period 2014-03" in ran.err
    assert "; if 2014-02 is right: levytool return accept R-000001" in ran.err
    assert "march.csv:2 [Date]: the line is dated outside the period 2014-02" in ran.err


def test_rows_of_several_other_months_are_told_with_their_days(shell: Shell) -> None:
    file = shell.file("a.csv", *march(2), {"Invoice": "X", "Date": "2014-01-30"})
    ran = shell.done("spend", "import", file, "--period", "2014-02", "--accept")
    assert (
        "warning: a.csv: none of the 3 rows is dated in 2014-02: they run from 2014-01-30 to "
        "2014-03-02; check --period" in ran.err
    )


def test_a_file_with_one_row_of_its_month_is_not_asked_about(shell: Shell) -> None:
    file = shell.file("a.csv", *march(7), {"Invoice": "X", "Date": "2014-02-27"})
    ran = shell.done("spend", "import", file, "--period", "2014-02")
    assert "did you mean --period" not in ran.err
    assert "next: levytool return accept R-000001" in ran.err


def test_lines_of_a_staged_return_for_another_month_hint_at_rejecting_it(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("march.csv", *march(8)), "--period", "2014-02")
    ran = shell.run("spend", "import", shell.file("march.csv", *march(8)))
    assert ran.code == 3
    assert ran.errors == [
        "error: march.csv:2: R-000001 already has this line, and those of 7 further rows down to "
        "row 9 ('I0'); leave the row out, or, if R-000001 is for the wrong month (2014-02): "
        "levytool return reject R-000001"
    ]
    assert ran.err.splitlines()[-1] == "nothing of march.csv was stored"
    shell.done("return", "reject", "R-000001")
    assert shell.done("spend", "import", "march.csv", "-O", "json").json["status"] == "staged"


def test_few_lines_declared_before_are_told_one_by_one(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", *march(3)))
    more = shell.file("b.csv", *march(3), {"Invoice": "new"})
    ran = shell.run("spend", "import", more)
    assert [line.split(": ")[1] for line in ran.errors] == ["b.csv:2", "b.csv:3", "b.csv:4"]
    assert ran.err.splitlines()[-1] == (
        "nothing of b.csv was stored; to put it in the place of R-000001: levytool return reject "
        "R-000001, and import it again; to take the rows that are new beside it: --partial "
        "--errors FILE.csv"
    )


def test_new_rows_are_not_offered_beside_lines_that_are_staged_for_the_wrong_month(
    shell: Shell,
) -> None:
    shell.done("spend", "import", shell.file("a.csv", *march(3)), "--period", "2014-02")
    ran = shell.run("spend", "import", shell.file("b.csv", *march(3), {"Invoice": "new"}))
    assert ran.err.splitlines()[-1] == (
        "nothing of b.csv was stored; to put it in the place of R-000001: levytool return reject "
        "R-000001, and import it again"
    )
    assert "--partial" not in ran.err


def test_a_staged_return_is_not_corrected_but_dropped_for_the_right_file(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", *march(3)))
    ran = shell.run("return", "correct", "R-000001", shell.file("b.csv", *march(2)), "--yes")
    assert ran.code == 4
    assert ran.errors == [
        "error: R-000001 is staged and nothing of it is billed yet; to put another file in its "
        "place: levytool return reject R-000001, and import that"
    ]


def test_a_file_of_an_accepted_return_and_a_new_one_is_offered_partial(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", *march(3)), "--accept")
    more = shell.file("b.csv", *march(3), {"Invoice": "new", "Date": "2014-04-01"})
    ran = shell.run("spend", "import", more)
    assert "take the good ones now with --partial" in ran.err
    assert "return reject" not in ran.err


def test_a_file_that_came_in_for_another_contractor_says_so(shell: Shell) -> None:
    text = "Invoice,Date,Member,Net\nA1,2014-03-05,SALIX,100.00\n"
    file = str(shell.books.file(text=text, name="a.csv"))
    words = ("spend", "import", file, "--framework", "REGEN", "--contractor")
    shell.done(*words, "BEECH")
    before = (
        "warning: a.csv: the same file came in before, for BEECH on REGEN, 2014-03 ('R-000001'); "
        "if that was wrong: levytool return reject R-000001"
    )
    assert before in shell.done(*words, "BROOKS", "--dry-run").err
    ran = shell.done(*words, "BROOKS", "-O", "json")
    assert before in ran.err
    assert [one["code"] for one in ran.json["warnings"]] == ["same-file"]
    shell.done("return", "reject", "R-000002")
    shell.done("return", "accept", "R-000001")
    ran = shell.done(*words, "BROOKS")
    assert "if that was wrong: levytool return correct R-000001 --nil" in ran.err
    shell.done("return", "reject", "R-000003")
    shell.done("return", "correct", "R-000001", "--nil", "--yes")
    assert "came in before" not in shell.done(*words, "BROOKS").err


def test_a_return_that_comes_in_as_a_members_ledger_says_so(shell: Shell) -> None:
    """It would agree with itself in every line, and the member's own record would be missed."""
    file = shell.file("a.csv", *march(2))
    shell.done("spend", "import", file, "--accept")
    before = (
        "warning: a.csv: the same file came in before, as what BROOKS declared on REGEN, 2014-03: "
        "lines beside themselves always agree ('R-000001'); if this is no member's own ledger"
    )
    words = ("spend", "import", file, "--as", "member-ledger")
    tried = shell.done(*words, "--dry-run").err
    assert before in tried and "spend withdraw" not in tried
    ran = shell.done(*words, "-O", "json")
    assert before + ": levytool spend withdraw M-000001" in ran.err
    assert [one["code"] for one in ran.json["warnings"]] == ["same-file"]
    assert "came in before" not in shell.done(*words).err
    shell.done("spend", "withdraw", "M-000001")
    shell.done("return", "correct", "R-000001", "--nil", "--yes")
    assert "came in before" not in shell.done(*words).err


def test_a_file_of_many_returns_that_comes_in_as_a_ledger_is_told_once(shell: Shell) -> None:
    lines = [*march(1), *march(1, Contractor="BEECH"), *march(1, Date="2014-04-01")]
    file = shell.file("a.csv", *lines)
    shell.done("spend", "import", file)
    ran = shell.done("spend", "import", file, "--as", "member-ledger")
    assert (
        "a.csv: the same file came in before, as what BEECH declared on REGEN, 2014-03, and 2 "
        "further returns: lines beside themselves always agree ('R-000001')" in ran.err
    )
    assert ran.err.count("came in before") == 1


def test_a_members_ledger_that_comes_in_as_a_return_says_so(shell: Shell) -> None:
    file = shell.file("a.csv", *march(1), *march(1, Member="ALDER"))
    shell.done("spend", "import", file, "--as", "member-ledger")
    before = (
        "a.csv: the same file came in before, as a ledger of ALDER, SALIX ('M-000001'); "
        "if that was wrong: levytool spend withdraw M-000001"
    )
    ran = shell.done("spend", "import", file, "-O", "json")
    assert "warning: " + before in ran.err
    assert [one["code"] for one in ran.json["warnings"]] == ["same-file"]
    assert "its import warned of same-file" in shell.done("return", "accept", "R-000001").err
    assert "the same file came in before" in shell.done("explain", "R-000001").out
    shell.done("spend", "withdraw", "M-000001")
    assert "the same file came in before" not in shell.done("explain", "R-000001").out


def test_a_ledger_that_comes_in_for_another_member_says_so(shell: Shell) -> None:
    text = "Invoice,Date,Supplier,Net\nA1,2014-03-05,BROOKS,100.00\n"
    file = str(shell.books.file(text=text, name="a.csv"))
    words = ("spend", "import", file, "--as", "member-ledger", "--member")
    shell.done(*words, "SALIX")
    before = (
        "warning: a.csv: the same file came in before, as a ledger of SALIX ('M-000001'); "
        "if that was wrong: levytool spend withdraw M-000001"
    )
    assert before in shell.done(*words, "ALDER").err
    shell.done("spend", "withdraw", "M-000001")
    shell.done("spend", "withdraw", "M-000002")
    assert "came in before" not in shell.done(*words, "ALDER").err


def test_two_sheets_of_one_workbook_are_not_the_same_file(tmp_path, monkeypatch, capsys) -> None:
    from tests.desk.spending import book_of
    from tests.intake.spend_files import write_workbook

    layouts = "".join(
        f"[[layouts]]\nname = '{name}'\nsheet = '{name}'\nconstants = {{ contractor = '{name}' }}\n"
        for name in ("BEECH", "BROOKS")
    )
    shell = Shell(tmp_path, monkeypatch, capsys, book_of() + layouts)
    head = ["Invoice", "Date", "Member", "Framework", "Net"]
    sheets = {
        name: [head, ["A1", "2014-03-05", "SALIX", "REGEN", net]]
        for name, net in (("BEECH", 100), ("BROOKS", 200))
    }
    write_workbook(tmp_path / "two.xlsx", **sheets)
    shell.done("spend", "import", "two.xlsx", "--layout", "BEECH")
    assert (
        "came in before" not in shell.done("spend", "import", "two.xlsx", "--layout", "BROOKS").err
    )


def test_a_return_that_exists_is_said_once_and_told_for_every_row(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", *march(2)), "--accept")
    late = [line | {"Net": "7.00"} for line in march(3)]
    ran = shell.run("spend", "import", shell.file("b.csv", *late), "-O", "json")
    assert [one["code"] for one in ran.json["problems"]] == ["return-exists"] * 3
    assert len(ran.errors) == 1
    assert (
        "error: b.csv:2: R-000001 of BROOKS for REGEN, 2014-03 is accepted, and 2 further rows "
        "down to row 4 are of it too; replace it with: levytool return correct R-000001 FILE"
    ) in ran.errors[0]


LEDGER = """Member,Supplier,Framework,Invoice,Invoice date,Net
SALIX,BROOKS,REGEN,A1,05/03/2014,100.00
ALDER,BEECH,REGEN,B1,06/03/2014,50.00
"""
SOLD = LEDGER.replace("Member,Supplier", "Customer,SupplierName")


@pytest.mark.parametrize(
    ("text", "words", "hints"),
    [
        (LEDGER, (), True),
        (LEDGER.replace("50.00", "5x"), (), True),
        (LEDGER, ("--as", "member-ledger"), False),
        (LEDGER.replace("Supplier", "Contractor"), (), False),
        (LEDGER.replace("BEECH", "BROOKS"), (), False),
        (SOLD, (), False),
    ],
)
def test_a_file_that_looks_like_a_members_ledger_hints_at_the_flag(
    shell: Shell, text: str, words: tuple[str, ...], hints: bool
) -> None:
    path = shell.books.file(text=text)
    ran = shell.run("spend", "import", str(path), *words)
    said = "names its suppliers, as a member's own ledger does; if it is one, "
    assert (said in ran.err) is hints
    assert ("import it with --as member-ledger" in ran.err) is hints
    assert ("reject what it staged, and" in ran.err) is (hints and ran.code == 0)


def test_a_ledger_without_a_framework_is_told_that_it_needs_none(shell: Shell) -> None:
    rows = [row.split(",") for row in LEDGER.splitlines()]
    text = "\n".join(",".join((*row[:2], *row[3:])) for row in rows)
    ran = shell.run("spend", "import", str(shell.books.file(text=text)), "-O", "json")
    assert [one["code"] for one in json.loads(ran.out)["problems"]] == ["no-header"]
    assert "a member's own ledger needs none: --as member-ledger" in ran.errors[0]


def test_several_returns_of_the_wrong_month_are_rejected_by_one_command(shell: Shell) -> None:
    lines = march(6) + march(2, Contractor="BEECH")
    shell.done("spend", "import", shell.file("march.csv", *lines), "--period", "2014-02")
    ran = shell.run("spend", "import", shell.file("march.csv", *lines))
    assert [line.split(": ")[1] for line in ran.errors] == ["march.csv:2", "march.csv:8"]
    rejected = shell.done("return", "reject", "R-000001", "R-000002", "-O", "json").json
    assert [row["state"] for row in rejected] == ["rejected", "rejected"]
    again = shell.done("return", "reject", "R-000001", "R-000002").err
    assert again == "R-000001, R-000002: rejected before; nothing was done now\n"
    ran = shell.done("spend", "import", "march.csv", "--period", "2014-02")
    assert "next: levytool return reject R-000003 R-000004, and import it with --per" in ran.err


def test_a_file_without_a_line_says_what_no_business_is(shell: Shell) -> None:
    (shell.folder / "none.csv").write_text(LEDGER.splitlines()[0] + "\n", encoding="utf-8")
    ran = shell.done("spend", "import", "none.csv")
    assert "return accept" not in ran.err
    assert ran.err.splitlines()[-1] == (
        "none.csv has no line, so there is no return; where there was no business: levytool return "
        "nil --contractor C --framework F --period P"
    )


def test_a_file_of_the_wrong_month_that_joins_good_lines_tells_how_to_get_them_apart(
    shell: Shell,
) -> None:
    shell.done("spend", "import", shell.file("feb.csv", {"Date": "2014-02-03"}))
    words = ("spend", "import", shell.file("march.csv", *march(3)), "--period", "2014-02")
    parts = "4 lines: 3 of this file, 1 staged before by feb.csv"
    assert f"warning: R-000001 would have {parts}\n" in shell.done(*words, "--dry-run").err
    ran = shell.done(*words)
    drops = "levytool return reject R-000001 drops them all"
    assert f"warning: R-000001 has now {parts}; {drops}\n" in ran.err
    assert (
        "next: levytool return reject R-000001, and import it with --period 2014-03, and feb.csv "
        "again as before; if 2014-02 is right: levytool return accept R-000001\n" in ran.err
    )


def test_a_row_that_runs_over_does_not_hide_the_wrong_month(shell: Shell) -> None:
    lines = [*march(19), {"Invoice": "X", "Date": "2014-02-27"}]
    ran = shell.done("spend", "import", shell.file("a.csv", *lines), "--period", "2014-02")
    said = "a.csv: 19 of 20 rows are dated in 2014-03; this is 2014-02: did you mean --period 2014-"
    assert said in ran.err
    again = shell.file("b.csv", *lines[-5:])
    assert "did you mean" not in shell.run("spend", "import", again, "--period", "2014-02").err


def test_lines_of_a_ledger_that_came_before_are_told_once(shell: Shell) -> None:
    role = ("--as", "member-ledger")
    shell.done("spend", "import", shell.file("a.csv", *march(8)), *role)
    ran = shell.run("spend", "import", shell.file("b.csv", *march(9)), *role)
    assert ran.errors == [
        "error: b.csv:2: M-000001/1 is this line, and those of 7 further rows down to row 9 "
        "('I0'); leave the row out, or take the other file back: levytool spend withdraw M-000001"
    ]
    assert "in the place of M-000001: levytool spend withdraw M-000001, and import" in ran.err


def test_the_wrong_month_is_asked_about_where_the_books_refuse_it_too(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("feb.csv", {"Date": "2014-02-03"}), "--accept")
    ran = shell.run("spend", "import", shell.file("a.csv", *march(7)), "--period", "2014-02")
    assert (ran.code, len(ran.errors)) == (3, 1)
    assert "a.csv: all 7 rows are dated in 2014-03; this is 2014-02: did you mean --per" in ran.err


def test_a_file_seen_before_that_is_accepted_now_says_so(shell: Shell) -> None:
    file = shell.file("a.csv", {}, {"Date": "2014-02-05"})
    shell.done("spend", "import", file)
    said = "a.csv: it was staged before; accepted now: R-000001, R-000002\n"
    assert said in shell.done("spend", "import", file, "--accept").err
    again = "a.csv: nothing is new: it came in as R-000001 (accepted), R-000002 (accepted)\n"
    assert again in shell.done("spend", "import", file, "--accept").err


def test_a_return_accepted_whole_says_what_other_files_had_staged_in_it(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("x.csv", *march(4)))
    y = shell.file("y.csv", *({"Invoice": f"Y{n}"} for n in range(3)), {"Date": "2014-02-05"})
    tried = shell.done("spend", "import", y, "--accept", "--dry-run").err
    parts = "7 lines: 3 of this file, 4 staged before by x.csv\n"
    assert f"R-000001 would be accepted with {parts}" in tried
    ran = shell.done("spend", "import", y, "--accept")
    assert f"warning: R-000001 is accepted with {parts}" in ran.err
    assert "R-000002 is" not in ran.err


def test_a_supplement_accepted_whole_says_what_of_it_may_be_billed_twice(shell: Shell) -> None:
    """The warning was given with the file that staged the line; who accepts it with a later file
    may not have seen it."""
    shell.done("spend", "import", shell.file("jan.csv", {"Invoice": "A1"}), "--accept")
    late = shell.file("late.csv", {"Invoice": "A1", "Net": "80"}, {"Invoice": "A9"})
    shell.done("spend", "import", late, "--supplement")
    more = shell.file("more.csv", {"Invoice": "B1"})
    doubt = (
        "late.csv:2: this invoice was declared before, as R-000001/1; make sure that it is not "
        "billed twice ('A1')"
    )
    words = ("spend", "import", more, "--supplement", "--accept")
    tried = shell.done(*words, "--dry-run").err
    assert "R-000002 would be accepted with 3 lines: 1 of this file, 2 staged before" in tried
    assert f"warning: in R-000002 too, {doubt}\n" in tried
    reject = "levytool return reject R-000002, which drops late.csv\n"
    assert f"R-000002 is accepted whole; to leave those lines out, first: {reject}" in tried
    ran = shell.done(*words)
    assert f"warning: in R-000002 too, {doubt}\n" in ran.err
    assert (
        "R-000002 is accepted whole; to take lines of it back: levytool return amend R-000002 "
        "--line N --drop --into FILE.csv\n"
    ) in ran.err


def test_a_staged_return_that_a_further_file_joins_says_so_and_again_when_accepted(
    shell: Shell,
) -> None:
    x = shell.file("x.csv", *march(2))
    shell.done("spend", "import", x)
    ran = shell.done("spend", "import", shell.file("y.csv", {"Invoice": "Y"}))
    assert "R-000001 has now 3 lines: 1 of this file, 2 staged before by x.csv" in ran.err
    ran = shell.done("spend", "import", x, "--accept")
    assert "R-000001 is accepted with 3 lines: 2 of this file, 1 staged before by y.csv" in ran.err
    assert "of this file" not in shell.done("spend", "import", x, "--accept").err
