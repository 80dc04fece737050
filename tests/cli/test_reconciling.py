"""`reconcile spend`, `decide` and `review` as they are typed."""

import csv
import io

import pytest

from levytool.cli import output
from levytool.rules.matching.reasons import REASONS


@pytest.fixture
def sides(shell):
    """A return with A1 and A2 in it, and a ledger with A1 dearer and B9."""
    shell.done("spend", "import", shell.file("ours.csv", {}, {"Invoice": "A2", "Net": "40.00"}),
               "--accept")  # fmt: skip
    theirs = shell.file("theirs.csv", {"Net": "103.00"}, {"Invoice": "B9", "Net": "44.00"})
    shell.done("spend", "import", theirs, "--as", "member-ledger")
    return shell


def spend(shell, *words):
    """The reconciliation of March as JSON; its exit code says whether anything waits."""
    ran = shell.run("reconcile", "spend", "--period", "2014-03", "-O", "json", *words)
    assert ran.code in (0, 5), ran.err
    return ran


def ids(shell):
    """The id of each difference by its reason."""
    return {row["reason"]: row["id"] for row in spend(shell).json["differences"]}


def answering(shell, *answers, words=()):
    """Review March at a terminal where somebody gives these answers."""
    said = io.StringIO("".join(f"{answer}\n" for answer in answers))
    shell.monkeypatch.setattr("sys.stdin", said)
    shell.monkeypatch.setattr(output, "is_terminal", lambda stream: stream is said)
    return shell.done("reconcile", "review", "--period", "2014-03", *words)


def test_differences_end_with_exit_code_5_until_each_is_explained(sides):
    ran = spend(sides)
    assert ran.code == 5
    assert ran.errors == ["error: 3 differences wait for an explanation"]
    assert list(ran.json)[:6] == [
        "period",
        "member",
        "matched",
        "differences",
        "suggestions",
        "undeclared",
    ]
    assert ran.json["period"] == "2014-03"
    for known_as in ids(sides).values():
        sides.done("reconcile", "decide", known_as, "--accept", "--note", "seen")
    assert spend(sides).code == 0
    assert {row["status"] for row in spend(sides).json["differences"]} == {"accepted"}


def test_the_words_tell_what_is_accepted_of_the_undeclared_apart(sides):
    words = ("reconcile", "spend", "--period", "2014-03")
    assert "undeclared 1: £44.00, levy £0.44\n" in sides.run(*words).err
    known_as = ids(sides)["undeclared"]
    sides.done("reconcile", "decide", known_as, "--accept", "--reason", "duplicate")
    told = "undeclared 1: £44.00, levy £0.44; of these accepted 1: £44.00, levy £0.44\n"
    assert told in sides.run(*words).err
    assert spend(sides).json["undeclared"] == {"count": 1, "net": "44.00", "levy": "0.44"}
    report = sides.done("reconcile", "report", "--period", "2014-03").out
    assert "accepted: £44.00, levy £0.44 (£44.00 as duplicate)." in " ".join(report.split())
    assert "undeclared (accepted · duplicate)" in report


def test_without_a_ledger_nothing_is_compared_and_it_is_said_how_to_bring_one_in(shell):
    shell.done("spend", "import", shell.file("ours.csv", {}, {"Invoice": "A2", "Member": "ALDER"}),
               "--accept")  # fmt: skip
    words = ("reconcile", "spend", "--period", "2014-03")
    ran = shell.run(*words)
    assert (ran.code, ran.out) == (5, "")
    assert (
        "over-declared 2: £200.00, levy £2.00\n"
        "not compared, as no ledger of 2014-03 was imported: ALDER, SALIX; 2 of the over-declared, "
        "£200.00\nnext: levytool spend import FILE --as member-ledger; -O csv lists what waits for "
        "it\n"
    ) in ran.err
    assert ran.errors == [
        "error: no member's ledger of 2014-03 was imported; import it, then reconcile: levytool "
        "spend import FILE --as member-ledger"
    ]
    # Whatever form it is in: a line without a counterpart is over-declared.
    listed = list(csv.DictReader(shell.run(*words, "-O", "csv").out.splitlines()))
    assert [(row["reason"], row["compared"]) for row in listed] == [("over-declared", "no")] * 2
    found = spend(shell).json
    assert found["not_compared"] == ["ALDER", "SALIX"]
    assert found["over_declared"] == {"count": 2, "net": "200.00", "levy": "2.00"}
    assert [row["compared"] for row in found["differences"]] == [False, False]
    report = shell.done("reconcile", "report", "--period", "2014-03").out
    assert "0 of 2 differences to be explained. Of the over-declared £200.00" in report
    assert shell.done("period", "status", "-O", "json").json[0]["not_compared"] == [
        "ALDER",
        "SALIX",
    ]
    told = "ot compared, as no ledger of 2014-03 was imported: ALDER, SALIX"
    assert f"N{told}." in report
    assert (
        f"n{told}; 2 of the over-declared, £200.00\n"
        in shell.done("period", "close", "2014-03").err
    )
    assert spend(shell, "--member", "SALIX").json["not_compared"] == ["SALIX"]


def test_members_without_a_ledger_are_named_beside_those_that_are_compared(sides):
    sides.done("spend", "import", sides.file("more.csv", {"Member": "ALDER", "Invoice": "A7"}),
               "--accept", "--supplement")  # fmt: skip
    ran = sides.run("reconcile", "spend", "--period", "2014-03")
    assert "A7" not in ran.out
    assert (
        "over-declared 2: £140.00, levy £1.40\nnot compared, as no ledger of 2014-03 was imported: "
        "ALDER; 1 of the over-declared, £100.00\n"
    ) in ran.err
    assert ran.errors == ["error: 3 differences wait for an explanation"]
    differences = spend(sides).json["differences"]
    alder = next(row for row in differences if row["member"] == "ALDER")
    for row in differences:
        if row is not alder:
            sides.done("reconcile", "decide", row["id"], "--accept")
    ran = sides.run("reconcile", "spend", "--period", "2014-03")
    assert ran.errors == [
        "error: 1 member sent no ledger of 2014-03; import it, then reconcile: levytool spend "
        "import FILE --as member-ledger"
    ]
    sides.done("reconcile", "decide", alder["id"], "--accept", "--note", "they keep none")
    assert sides.run("reconcile", "spend", "--period", "2014-03").code == 0


def test_one_members_part(sides):
    assert spend(sides, "--member", "alder").json["differences"] == []
    assert spend(sides, "--member", "Salix Homes").code == 5
    assert sides.run("reconcile", "spend", "--period", "2014-03", "--member", "X").code == 2


@pytest.mark.parametrize("period", ["2014-01..2014-03", "2014-Q1", "FY2013"])
def test_a_period_in_every_form(sides, period):
    ran = sides.run("reconcile", "spend", "--period", period, "-O", "json")
    assert ran.code == 5 and len(ran.json["differences"]) == 3


def test_what_was_joined_is_listed_with_its_rule_and_taken_apart(shell):
    ours = [{"Invoice": "A1"}, {"Invoice": "B2", "Net": "60"}, {"Invoice": "B3", "Net": "40.01"}]
    shell.done("spend", "import", shell.file("o.csv", *ours, {"Invoice": "A4"}), "--accept")
    theirs = [{"Invoice": "A1"}, {"Invoice": "PAY", "Net": "100.01"}, {"Invoice": "a-04"}]
    shell.done("spend", "import", shell.file("t.csv", *theirs), "--as", "member-ledger")
    words = ("reconcile", "spend", "--period", "2014-03", "--matches")
    ran = shell.done(*words, "-O", "json")
    assert [(row["rule"], sorted(row["declared"]), row["recorded"]) for row in ran.json] == [
        ("invoice number", ["R-000001/4"], ["M-000001/3"]),
        ("sum", ["R-000001/2", "R-000001/3"], ["M-000001/2"]),
    ]
    assert "1 further pair says the same on both sides, once each" in ran.err
    shell.done("reconcile", "decide", ran.json[1]["id"], "--reject")
    assert [row["rule"] for row in shell.done(*words, "-O", "json").json] == ["invoice number"]
    assert spend(shell).json["matched"]["count"] == 2
    assert shell.done("reconcile", "spend", "--period", "2013-01", "--matches").out == ""


def test_the_list_goes_out_and_comes_back_decided(sides, tmp_path):
    ran = sides.run("reconcile", "spend", "--period", "2014-03", "-O", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["decision"] for row in rows] == ["", "", ""]
    for row in rows:
        if row["reason"] == "undeclared":
            row["decision"], row["match"] = "match", ids(sides)["over-declared"]
            row["note"] = "their number"
        if row["reason"] == "amount":
            row["decision"], row["note"] = "accept", "price agreed"
    with (tmp_path / "list.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    sides.done("reconcile", "decide", "--from", "list.csv")
    found = spend(sides)
    assert found.code == 0
    assert sorted(row["status"] for row in found.json["differences"]) == ["accepted", "matched"]
    assert sides.done("reconcile", "decide", "--from", "list.csv", "-O", "csv").out.count(
        "done-before"
    ) == 2  # fmt: skip


def listed(shell, **filled):
    """The list of March with its first row filled in, as a spreadsheet saves it."""
    ran = shell.run("reconcile", "spend", "--period", "2014-03", "-O", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    rows[0] |= filled
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def test_a_list_that_a_spreadsheet_saved_in_its_own_encoding_is_read(sides, tmp_path):
    told = listed(sides, decision="accept", note="£44 agreed", decided_reason="VAT included")
    (tmp_path / "list.csv").write_bytes(told.encode("cp1252"))
    sides.done("reconcile", "decide", "--from", "list.csv")
    first = spend(sides).json["differences"][0]
    assert [first[key] for key in ("status", "note", "decided_reason")] == [
        "accepted",
        "£44 agreed",
        "VAT included",
    ]


def test_a_list_that_comes_back_twice_changes_nothing_the_second_time(sides, tmp_path):
    """A note that looks like a formula goes out neutralised and comes back as it was."""
    for text in ("=1+1", "'=1+1"):
        told = listed(sides, decision="accept", note=text)
        (tmp_path / "list.csv").write_text(told, encoding="utf-8")
        ran = sides.done("reconcile", "decide", "--from", "list.csv", "-O", "csv")
        assert spend(sides).json["differences"][0]["note"] == "=1+1"
    assert "done-before" in ran.out


def test_a_list_may_say_skip(sides, tmp_path):
    (tmp_path / "list.csv").write_text(listed(sides, decision="skip"), encoding="utf-8")
    assert "nothing to decide" in sides.done("reconcile", "decide", "--from", "list.csv").err


def test_a_list_with_a_wrong_word_decides_nothing(sides, tmp_path):
    (tmp_path / "list.csv").write_text("id,decision\nD-1,maybe\nD-2,\n", encoding="utf-8")
    ran = sides.run("reconcile", "decide", "--from", "list.csv")
    assert ran.code == 3
    assert ran.errors == [
        "error: list.csv:2 [decision]: this is no decision ('maybe'); write one of accept, reject, "
        "match, note, undo, skip, or leave it blank"
    ]
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert sides.run("reconcile", "decide", "--from", "other.csv").code == 3


def test_every_row_of_a_list_that_cannot_be_decided_is_told_and_nothing_kept(sides, tmp_path):
    found = ids(sides)
    rows = [
        "id,decision,match,decided_reason",
        f"{found['amount']},accept,,",
        "D-NOSUCH,accept,,",
        f"{found['undeclared']},match,,",
        f"{found['over-declared']},accept,,whim",
    ]
    (tmp_path / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    ran = sides.run("reconcile", "decide", "--from", "list.csv")
    assert ran.code == 3
    assert [error.split(":")[2].split(" ")[0] for error in ran.errors] == ["3", "4", "5"]
    assert ran.errors[0] == (
        "error: list.csv:3 [id]: there is no difference 'D-NOSUCH'; D-… and S-… stand in: "
        "levytool reconcile spend"
    )
    assert sides.done("reconcile", "decisions", "-O", "json").json == []


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_list_that_a_spreadsheet_parted_otherwise_is_read(sides, tmp_path, mark):
    known_as = ids(sides)["amount"]
    rows = [["id", "note", "decision"], [known_as, "a, b", "accept"]]
    text = "\n".join(mark.join(f'"{cell}"' for cell in row) for row in rows)
    (tmp_path / "list.csv").write_text(text, encoding="utf-8-sig")
    sides.done("reconcile", "decide", "--from", "list.csv")
    row = next(row for row in spend(sides).json["differences"] if row["id"] == known_as)
    assert (row["status"], row["note"]) == ("accepted", "a, b")


def test_a_list_and_one_decision_are_not_given_together(sides, tmp_path):
    (tmp_path / "list.csv").write_text(listed(sides, decision="skip"), encoding="utf-8")
    for words in (("D-1",), ("--accept",), ("--note", "x")):
        assert sides.run("reconcile", "decide", "--from", "list.csv", *words).code == 2


@pytest.mark.parametrize(
    "words",
    [(), ("D-1",), ("D-1", "--accept", "--reject"), ("D-1", "D-2", "--accept"), ("D-1", "--undo")],
)
def test_a_decision_is_one_thing_about_something_that_is_there(sides, words):
    assert sides.run("reconcile", "decide", *words).code == 2


def test_decisions_are_listed_and_taken_back(sides):
    known_as = ids(sides)["undeclared"]
    sides.done("reconcile", "decide", known_as, "--reject", "--reason", "wrong framework")
    row = next(r for r in spend(sides).json["differences"] if r["id"] == known_as)
    assert (row["status"], row["decided_reason"]) == ("rejected", "wrong framework")
    assert sides.run("reconcile", "decide", known_as, "--reason", "whim").code == 2
    sides.done("reconcile", "decide", known_as, "--undo")
    listed = sides.done("reconcile", "decisions", "-O", "json").json
    assert [(r["decision"], r["stands"]) for r in listed] == [("reject", False), ("undo", False)]


def test_a_review_asks_about_each_and_keeps_every_answer(sides):
    over_declared = ids(sides)["over-declared"]
    ran = answering(sides, "n asked them", "u", f"m {over_declared}", "y", "their number",
                    "a price agreed")  # fmt: skip
    assert "1 of 3" in ran.out and "A1" in ran.out
    found = spend(sides)
    assert found.code == 0
    by_status = {row["status"]: row for row in found.json["differences"]}
    assert by_status["accepted"]["note"] == "price agreed"
    assert by_status["matched"]["rule"] == "a person"


@pytest.fixture
def unlike(shell):
    """SALIX declared by BROOKS at £500, and beside it what ALDER recorded of BEECH at £2,200."""
    ours = shell.file("ours.csv", {"Invoice": "P77", "Net": "500.00"})
    shell.done("spend", "import", ours, "--accept")
    theirs = {"Invoice": "LG12", "Net": "2200.00", "Member": "ALDER", "Contractor": "BEECH"}
    path = shell.file("theirs.csv", theirs, {"Net": "500", "Member": "SALIX", "Invoice": "Q5"},
                      {"Net": "500", "Member": "SALIX", "Invoice": "Q6"})  # fmt: skip
    shell.done("spend", "import", path, "--as", "member-ledger")
    return shell


NOT_ALIKE = (
    "R-000001/1 (SALIX, BROOKS, £500.00), M-000001/1 (ALDER, BEECH, £2,200.00) are not alike: of "
    "different members, of different contractors, net difference £1,700.00, levy effect £17.0000, "
    "and without a note it waits"
)


def test_a_review_joins_what_is_not_alike_only_when_it_is_said_again(unlike):
    over_declared = ids(unlike)["over-declared"]
    position = [row["id"] for row in spend(unlike).json["differences"]].index(over_declared)
    before = ["s"] * position
    ran = answering(unlike, *before, "m M-000001/1", "n", "m M-000001/9", "q")
    assert f"{NOT_ALIKE}. Join them all the same? [y/N]" in ran.err
    assert "0 decided" in ran.err and ran.err.count("error: ") == 1
    assert "1 decided" in answering(unlike, *before, "m M-000001/1", "y", "", "q").err
    ran = unlike.run("reconcile", "spend", "--period", "2014-03")
    left = "left in 1 match that a person made: £1,700.00, levy £17.00"
    why = f"1 of them waits for a word why: levytool reconcile decide {over_declared} --note WHY"
    assert f"{left}; {why}\n" in ran.err
    report = unlike.done("reconcile", "report", "--period", "2014-03").out
    told = (
        "In 1 match that a person made £1,700.00 is left, levy £17.00; 1 of them waits for a word"
    )
    assert told in " ".join(report.split())


def test_a_review_joins_what_is_alike_without_a_question(unlike):
    over_declared = ids(unlike)["over-declared"]
    position = [row["id"] for row in spend(unlike).json["differences"]].index(over_declared)
    ran = answering(unlike, *["s"] * position, "m M-000001/2", "q")
    assert "1 decided" in ran.err and "all the same" not in ran.err


def test_a_script_joins_what_is_not_alike_and_is_told(unlike):
    known_as = ids(unlike)["over-declared"]
    words = ("reconcile", "decide", known_as, "--match", "M-000001/1")
    undo = f"to take it back: levytool reconcile decide {known_as} --undo"
    for more in (["--dry-run"], []):
        assert f"warning: joined, though {NOT_ALIKE}; {undo}\n" in unlike.done(*words, *more).err
    assert "warning" not in unlike.done(*words).err, "nothing was joined now"


def test_a_join_that_takes_anothers_apart_says_so(unlike):
    """Ann has joined P77 with Q5. Who joins Q5 with another invoice takes hers apart."""
    more = unlike.file("more.csv", {"Invoice": "P78", "Net": "500.00"})
    unlike.done("spend", "import", more, "--accept", "--supplement")
    whole = unlike.file("whole.csv", {"Invoice": "Q7", "Net": "1.00", "Member": "SALIX"})
    unlike.done("spend", "import", whole, "--as", "member-ledger")
    unlike.done("reconcile", "decide", "R-000001/1", "--match", "M-000001/2")
    again = unlike.done("reconcile", "decide", "R-000002/1", "--match", "M-000001/2").err
    assert (
        "warning: joined, though ann joined some of these lines with others as R-000001/1, which "
        "comes apart; to take it back: levytool reconcile decide R-000002/1 --undo\n"
    ) in again
    assert spend(unlike).json["matched_by_person"]["count"] == 1
    # Named with all that she joined, nothing comes apart.
    unlike.done("reconcile", "decide", "R-000002/1", "--undo")
    words = ("reconcile", "decide", "M-000002/1", "--match", "R-000001/1", "M-000001/2", "--note",
             "one job")  # fmt: skip
    assert "comes apart" not in unlike.done(*words).err


def test_a_review_goes_on_after_what_it_does_not_understand(sides):
    ran = answering(sides, "x", "m D-NOTHING", "w whim", "r not levyable", "q")
    assert "say a, r, m, w, n, s, u or q" in ran.err
    assert ran.err.count("error: ") == 2
    statuses = sorted(row["status"] for row in spend(sides).json["differences"])
    assert statuses == ["open", "open", "rejected"]


def test_a_sentence_that_begins_like_a_word_decides_nothing(sides):
    ran = answering(sides, "already paid", "rather not", "notes asked", "u", "Q")
    assert ran.err.count("say a, r, m, w, n, s, u or q") == 3
    assert "0 decided" in ran.err
    assert {row["status"] for row in spend(sides).json["differences"]} == {"open"}
    answering(sides, "ACC it is so", "rej", "quit")
    statuses = sorted(row["status"] for row in spend(sides).json["differences"])
    assert statuses == ["accepted", "open", "rejected"]


def test_what_was_said_before_a_review_stands_again_when_its_answer_is_taken_back(sides):
    known_as = ids(sides)["undeclared"]
    sides.done("reconcile", "decide", known_as, "--reject", "--note", "asked them")
    position = [row["id"] for row in spend(sides).json["differences"]].index(known_as)
    answering(sides, *["s"] * position, "a all right", "u", "q")
    row = next(row for row in spend(sides).json["differences"] if row["id"] == known_as)
    assert (row["status"], row["note"]) == ("rejected", "asked them")


@pytest.mark.parametrize("verb", ["reject", "note"])
def test_a_review_says_what_was_said_before_and_keeps_its_note(sides, verb):
    known_as = ids(sides)["undeclared"]
    words = ("--reject",) if verb == "reject" else ()
    sides.done("reconcile", "decide", known_as, *words, "--note", "BROOKS to declare it")
    position = [row["id"] for row in spend(sides).json["differences"]].index(known_as)
    ran = answering(sides, *["s"] * position, "a", "q")
    said = {"reject": "rejected", "note": "noted"}[verb]
    (told,) = [line for line in ran.out.splitlines() if "BROOKS to declare it" in line]
    assert told.strip() == f"{said} by ann, 2014-04-10: BROOKS to declare it"
    row = next(row for row in spend(sides).json["differences"] if row["id"] == known_as)
    assert (row["status"], row["note"]) == ("accepted", "BROOKS to declare it")


def test_a_review_asks_no_more_about_what_its_answers_joined(shell):
    ours = shell.file("o.csv", {"Invoice": "J-1", "Net": "7"}, {"Invoice": "J-2", "Net": "7"})
    shell.done("spend", "import", ours, "--accept")
    theirs = shell.file("t.csv", {"Invoice": "J-3", "Net": "7"})
    shell.done("spend", "import", theirs, "--as", "member-ledger")
    # Three lines alone, and two suggestions of the one that was recorded.
    ran = answering(shell, "s", "s", "s", "a", "u", "a", "a")
    assert "1 decided" in ran.err
    assert ran.err.count("joined already") == 1
    assert spend(shell).json["matched_by_person"]["count"] == 1


def test_a_review_that_is_only_tried_goes_the_same_way_and_stores_nothing(sides):
    over_declared = ids(sides)["over-declared"]
    answers = ("n asked them", "u", f"m {over_declared}", "y", "", "u", f"m {over_declared}", "y",
               "one job", "a", "u", "a agreed")  # fmt: skip
    before = sides.books.dump()
    tried = answering(sides, *answers, words=("--dry-run",))
    assert sides.books.dump() == before
    really = answering(sides, *answers)
    assert tried.out == really.out
    would = "2 would be decided\ndry run: nothing was stored"
    assert tried.err.replace(would, "2 decided; see: levytool reconcile decisions") == really.err


def test_a_note_decides_nothing_and_is_counted_apart(sides):
    ran = answering(sides, "n asked them", "w timing", "a agreed", "q")
    assert "1 decided, 2 noted and still open; see: levytool reconcile decisions\n" in ran.err
    ran = answering(sides, "n again", "u", "s", "s", "q", words=("--dry-run",))
    assert "0 would be decided\n" in ran.err


def test_a_review_asks_within_eighty_columns(sides):
    asked = [line for line in answering(sides, "q").err.splitlines() if "[" in line]
    assert "[q]uit: " in asked[-1] and max(map(len, asked)) < 80


def test_a_review_asks_for_the_words_of_an_answer_without_any(sides):
    known_as = ids(sides)["over-declared"]
    ran = answering(sides, "n", "", "w", "", "m", "", "n", "asked them", "w", "timing", "m",
                    known_as, "y", "their number", "q")  # fmt: skip
    assert "note: " in ran.err and "match with (ids): " in ran.err
    assert f"reason ({', '.join(REASONS)}): " in ran.err
    assert ran.err.count("nothing was said") == 3
    made = sides.done("reconcile", "decisions", "-O", "json").json
    assert [(row["decision"], row["note"], row["reason"]) for row in made] == [
        ("note", "asked them", ""), ("note", "", "timing"),
        ("match", "their number", "")]  # fmt: skip


def test_a_note_without_words_is_refused_in_a_list_too(sides):
    known_as = ids(sides)["undeclared"]
    (sides.folder / "list.csv").write_text(f"id,decision,note\n{known_as},note, \n")
    ran = sides.run("reconcile", "decide", "--from", "list.csv")
    assert ran.code == 3
    assert ran.errors == [
        f"error: list.csv:2 [note]: a note on {known_as} without words says nothing; write a note "
        "or a reason, or undo what was decided"
    ]


def test_without_a_terminal_a_review_points_to_the_list(sides):
    ran = sides.run("reconcile", "review", "--period", "2014-03")
    assert ran.code == 2 and "decide --from" in ran.err


def test_what_is_filled_in_stands_where_scripts_look_for_it(sides):
    """New columns go before the status: what is said of a row stands behind it, to the end."""
    listed = sides.run("reconcile", "spend", "--period", "2014-03", "-O", "csv").out.splitlines()[0]
    assert listed.endswith(",status,note,decided_reason,decided_by,decided_at,decision,match")
