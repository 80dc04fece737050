"""What becomes of a file of spend: stored, refused or tried, and the JSON that says so."""

import csv
import hashlib

import pytest

from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.periods import Month, parse_period
from levytool.problems import RuleRefused, UsageError
from tests.desk.spending import book_of, codes, framework, rows_text, warned

KEYS = ["file", "sha256", "status", "layout", "columns", "rows", "net", "levy", "stated_total",
        "returns", "problems", "warnings"]  # fmt: skip
RETURN_KEYS = ["return", "contractor", "framework", "period", "lines", "net", "levy", "state"]
PROBLEM_KEYS = {"row", "column", "value", "code", "message"}
ROW_KEYS = ["read", "accepted", "rejected", "skipped", "repeated", "rounded"]
BAD = {"Net": "12,5x"}


def test_a_sound_file_is_staged_and_told_as_the_contract_says(spending):
    books = spending()
    path = books.file({"Net": "100.00"}, {"Invoice": "A2", "Net": "-20.50", "Member": "ALDER"})
    told = books.bring(path=path).as_json()
    assert list(told) == KEYS
    assert told == {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "status": "staged",
        "layout": None,
        "columns": {
            "date": "Date",
            "net": "Net",
            "invoice": "Invoice",
            "member": "Member",
            "contractor": "Contractor",
            "framework": "Framework",
        },
        "rows": dict.fromkeys(ROW_KEYS, 0) | {"read": 2, "accepted": 2},
        "net": "79.50",
        "levy": "0.80",
        "stated_total": None,
        "returns": [
            {
                "return": "R-000001",
                "contractor": "BROOKS",
                "framework": "REGEN",
                "period": "2014-03",
                "lines": 2,
                "net": "79.50",
                "levy": "0.80",
                "state": "staged",
            }
        ],
        "problems": [],
        "warnings": [],
    }
    assert list(told["rows"]) == ROW_KEYS
    assert list(told["returns"][0]) == RETURN_KEYS
    assert books.documents() == []


def test_accepting_at_once_raises_the_documents(spending):
    books = spending()
    told = books.accepted({"Net": "2000.00"}).as_json()
    assert (told["status"], told["returns"][0]["state"]) == ("accepted", "accepted")
    assert books.documents() == [("INV-000001", "BROOKS", "20.00")]


def test_one_file_holds_many_returns_in_order_of_period_and_party(spending):
    books = spending(book_of(framework(), framework(code="PLANT")))
    outcome = books.bring(
        {"Date": "2014-04-01"},
        {"Contractor": "BEECH"},
        {"Framework": "PLANT", "Invoice": "A2"},
        {"Invoice": "A3"},
    )
    assert [
        (item.number, item.contractor, item.framework, str(item.period)) for item in outcome.returns
    ] == [
        ("R-000001", "BEECH", "REGEN", "2014-03"),
        ("R-000002", "BROOKS", "PLANT", "2014-03"),
        ("R-000003", "BROOKS", "REGEN", "2014-03"),
        ("R-000004", "BROOKS", "REGEN", "2014-04"),
    ]


def test_a_file_with_a_bad_row_is_refused_whole_with_every_problem(spending):
    books = spending()
    books.bring({"Invoice": "OLD"})
    before = books.dump()
    path = books.file({}, BAD, {"Date": "31/31/2014", "Member": "NOBODY"}, {"Net": "1.005"})
    outcome = books.bring(path=path, accept=True)
    assert outcome.status == "rejected"
    assert codes(outcome) == [("not-a-number", 3), ("not-a-date", 4), ("unknown-member", 4)]
    told = outcome.as_json()
    assert told["rows"] == dict.fromkeys(ROW_KEYS, 0) | {"read": 4, "rejected": 4}
    assert (told["net"], told["levy"], told["returns"]) == ("0.00", "0.00", [])
    assert all(set(problem) == PROBLEM_KEYS for problem in told["problems"])
    assert books.dump() == before


@pytest.mark.parametrize(
    ("text", "code"),
    [("nothing here\n", "no-header"), ("", "no-header"), ("Date,Net\n2014-03-05,1\n", "no-header")],
)
def test_a_file_that_cannot_be_read_stores_nothing_even_in_part(spending, text, code):
    books = spending()
    before = books.dump()
    outcome = books.bring(path=books.file(text=text), partial=True, accept=True)
    assert (outcome.status, {name for name, _row in codes(outcome)}) == ("rejected", {code})
    assert books.dump() == before


def test_a_part_of_a_file_is_stored_and_its_bad_rows_come_in_mended(spending):
    books = spending()
    errors = books.folder / "errors.csv"
    path = books.file({}, BAD | {"Invoice": "A2"}, {"Invoice": "A3", "Net": "7"})
    outcome = books.bring(path=path, partial=True, errors=errors)
    assert (outcome.status, outcome.errors_file) == ("staged", errors)
    assert (outcome.accepted, outcome.rejected, codes(outcome)) == (2, 1, [("not-a-number", 3)])
    assert [line["invoice"] for line in books.lines()] == ["A1", "A3"]
    text = errors.read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(text.splitlines())
    assert (row["Invoice"], row["row"]) == ("A2", "3")
    errors.write_text(text.replace('"12,5x"', "12.50"), encoding="utf-8")
    mended = books.bring(path=errors)
    assert (mended.status, mended.accepted) == ("staged", 1)
    assert [line["net"] for line in books.lines()] == ["100.00", "7.00", "12.50"]
    assert [line["line"] for line in books.lines()] == [1, 2, 3]


def test_a_part_of_nothing_is_refused(spending):
    books = spending()
    outcome = books.bring(BAD, partial=True)
    assert (outcome.status, outcome.rejected) == ("rejected", 1)
    assert outcome.returns == []


def test_what_only_the_books_refuse_is_left_out_of_a_part_as_well(spending):
    books = spending()
    books.bring({"Invoice": "A1"})
    errors = books.folder / "errors.csv"
    outcome = books.bring({"Invoice": "A1"}, {"Invoice": "A2"}, partial=True, errors=errors)
    assert codes(outcome) == [("already-declared", 2)]
    assert (outcome.accepted, outcome.rejected) == (1, 1)
    assert "A1" in errors.read_text(encoding="utf-8-sig")


def test_rows_that_are_refused_are_not_counted_as_rounded_or_repeated(spending):
    books = spending()
    books.bring({"Net": "1.00", "Invoice": "A1"})
    outcome = books.bring(
        {"Net": "1.001", "Invoice": "A1"},
        {"Net": "1.005", "Invoice": "A2"},
        {"Net": "1.005", "Invoice": "A2"},
        partial=True,
    )
    assert codes(outcome) == [("already-declared", 2)]
    assert (outcome.accepted, outcome.rounded, outcome.repeated) == (2, 2, 1)
    assert sorted(warned(outcome)) == [("repeated", 4), ("rounded", 3), ("rounded", 4)]


@pytest.mark.parametrize("accept", [True, False])
def test_a_dry_run_says_what_would_be_and_stores_nothing(spending, accept):
    books = spending()
    path = books.file({"Net": "1234.56"}, {"Member": "ALDER", "Net": "1.005"})
    before = books.dump()
    tried = books.bring(path=path, dry_run=True, accept=accept).as_json()
    assert tried["status"] == "dry-run"
    assert books.dump() == before
    done = books.bring(path=path, accept=accept).as_json()
    assert done["status"] == ("accepted" if accept else "staged")
    assert tried | {"status": ""} == done | {"status": ""}


def test_a_dry_run_of_a_bad_file_is_refused_as_it_would_be(spending):
    books = spending()
    assert books.bring(BAD, dry_run=True).status == "rejected"
    assert books.bring({}, BAD, dry_run=True, partial=True).status == "dry-run"


def test_several_files_are_tried_as_they_would_be_done(spending):
    books = spending()
    paths = [books.file({}), books.file({}, {"Invoice": "A2"})]
    before = books.dump()
    with books.office(dry_run=True).trying_several() as office:
        tried = [import_spend(office, path, ImportOptions()) for path in [*paths, paths[0]]]
    assert [outcome.status for outcome in tried] == ["dry-run", "rejected", "seen-before"]
    assert codes(tried[1]) == [("already-declared", 2)]
    assert books.dump() == before


def test_the_same_file_again_is_seen_before_and_says_what_was_said(spending):
    books = spending()
    path = books.file({}, BAD, {"Invoice": "A2", "Net": "1.005"})
    first = books.bring(path=path, partial=True).as_json()
    before = books.dump()
    again = books.bring(path=path, partial=True).as_json()
    assert again["status"] == "seen-before"
    assert again | {"status": "staged"} == first
    assert books.bring(path=path, accept=True, dry_run=True).status == "seen-before"
    assert books.dump() == before


def test_the_same_content_under_another_name_is_seen_before(spending):
    books = spending()
    books.bring(path=books.file({}, name="one.csv"))
    again = books.bring(path=books.file({}, name="two.csv"))
    assert (again.status, again.file) == ("seen-before", "two.csv")


def test_seen_before_with_accept_accepts_what_it_had_staged(spending):
    books = spending()
    path = books.file({"Net": "500"})
    books.bring(path=path)
    again = books.bring(path=path, accept=True)
    assert (again.status, [item.state for item in again.returns]) == ("seen-before", ["accepted"])
    assert books.documents() == [("INV-000001", "BROOKS", "5.00")]
    before = books.dump()
    assert books.bring(path=path, accept=True).status == "seen-before"
    assert books.dump() == before


def test_other_constants_make_it_another_import(spending):
    books = spending()
    path = books.file(text="Invoice,Member,Net,Contractor,Framework\nA1,SALIX,5,BROOKS,REGEN\n")
    for month in (3, 4):
        outcome = books.bring(path=path, period=Month(2014, month))
        assert (outcome.status, str(outcome.returns[0].period)) == ("staged", f"2014-0{month}")
    assert books.bring(path=path, period=Month(2014, 4)).status == "seen-before"


def test_a_constant_wins_over_a_column_and_over_the_layout(spending):
    layout = (
        "[[layouts]]\nname = 'ours'\ncolumns = { date = 'Date', net = 'Net', contractor = "
        "'Contractor', member = 'Member' }\nconstants = { framework = 'REGEN', member = 'BIRCH' }\n"
    )
    books = spending(book_of(framework(), framework(code="PLANT")) + layout)
    path = books.file({})
    outcome = books.bring(
        path=path, layout="ours", contractor="beech roofing", member="Alder Homes",
        framework="PLANT", period=Month(2014, 5),
    )  # fmt: skip
    assert outcome.layout == "ours"
    (line,) = books.lines()
    assert [line[key] for key in ("contractor", "member", "framework", "period", "date")] == [
        "BEECH", "ALDER", "PLANT", "2014-05", "2014-03-05",
    ]  # fmt: skip
    outcome = books.bring(path=path, layout="ours")
    assert books.lines(return_number=outcome.returns[0].number)[0]["member"] == "BIRCH"


@pytest.mark.parametrize("wrong", [{"contractor": "NOBODY"}, {"member": "?"}, {"framework": "X"}])
def test_a_constant_that_means_nobody_refuses_the_file_once(spending, wrong):
    books = spending()
    outcome = books.bring({}, {}, **wrong)
    (problem,) = outcome.problems
    assert (problem.code, problem.row) == (f"unknown-{next(iter(wrong))}", None)
    assert outcome.status == "rejected"


def test_a_layout_that_the_book_lacks_is_a_wrong_call(spending):
    with pytest.raises(UsageError, match="the book has no layout 'x'; it has: none"):
        spending().bring({}, layout="x")


def test_equal_lines_are_kept_and_flagged_or_refused_on_demand(spending):
    books = spending()
    path = books.file({}, {}, {}, {"Invoice": "A2"})
    refused = books.bring(path=path, reject_repeated=True)
    assert codes(refused) == [("repeated", 3), ("repeated", 4)]
    partly = books.bring(path=path, reject_repeated=True, partial=True, dry_run=True)
    assert (partly.accepted, partly.rejected, partly.repeated) == (2, 2, 0)
    kept = books.bring(path=path)
    assert (kept.status, kept.accepted, kept.repeated) == ("staged", 4, 2)
    assert warned(kept) == [("repeated", 3), ("repeated", 4)]
    assert len(books.lines()) == 4


def test_a_stated_total_is_told_and_compared(spending):
    books = spending()
    text = rows_text({"Net": "10"}, {"Net": "20", "Invoice": "A2"})
    right = books.bring(path=books.file(text=text + ",,Total,30.00,,\n"), dry_run=True)
    assert (right.as_json()["stated_total"], right.skipped, warned(right)) == ("30.00", 1, [])
    wrong = books.bring(path=books.file(text=text + ",,Total,31.00,,\n"))
    assert (wrong.as_json()["stated_total"], wrong.status) == ("31.00", "staged")
    assert warned(wrong) == [("total-differs", 4)]
    assert (wrong.read, wrong.accepted, wrong.skipped) == (3, 2, 1)


def test_new_parties_come_into_a_new_version_of_the_book(spending):
    books = spending()
    lines = ({"Member": "Fellgate Homes", "Contractor": "Marrick Ltd"}, {"Invoice": "A2"})
    assert {code for code, _row in codes(books.bring(*lines))} == {
        "unknown-member",
        "unknown-contractor",
    }
    versions = len(books.rows("SELECT id FROM book_version"))
    tried = books.bring(*lines, add_parties=True, dry_run=True)
    assert tried.status == "dry-run"
    assert len(books.rows("SELECT id FROM book_version")) == versions
    outcome = books.bring(*lines, add_parties=True)
    assert {(item.contractor) for item in outcome.returns} == {"MARRICK", "BROOKS"}
    assert len(books.rows("SELECT id FROM book_version")) == versions + 1
    assert {line["member"] for line in books.lines()} == {"FELLGATE-HOMES", "SALIX"}
    known = books.bring({"Member": "fellgate homes", "Contractor": "MARRICK", "Invoice": "A3"})
    assert known.status == "staged"


def test_a_refused_file_adds_nobody(spending):
    books = spending()
    before = books.dump()
    assert books.bring({"Member": "Fellgate"}, BAD, add_parties=True).status == "rejected"
    assert books.dump() == before
    partly = books.bring({"Member": "Fellgate"} | BAD, {}, add_parties=True, partial=True)
    assert partly.status == "staged"
    assert len(books.rows("SELECT id FROM book_version")) == 1


def test_a_quarterly_framework_has_one_return_a_quarter(spending):
    books = spending(book_of(framework(settings="returns = 'quarterly'")))
    outcome = books.bring({"Date": "2014-01-02"}, {"Date": "2014-03-31"}, {"Date": "2014-04-01"})
    assert [(str(item.period), item.lines) for item in outcome.returns] == [
        ("2014-03", 2),
        ("2014-06", 1),
    ]
    late = {"Date": "2014-07-04", "Invoice": "B1"}
    told = books.bring(late, period=Month(2014, 8), today="2014-10-01")
    assert str(told.returns[0].period) == "2014-09"
    assert warned(told) == []


def test_a_quarterly_return_is_named_by_its_quarter(spending):
    books = spending(book_of(framework(settings="returns = 'quarterly'")))
    path = books.file({"Date": "2014-07-04"}, {"Date": "2014-06-30", "Invoice": "A2"})
    told = books.bring(path=path, period=parse_period("2014-Q3"), today="2014-10-01")
    assert [(str(item.period), item.lines) for item in told.returns] == [("2014-09", 2)]
    (warning,) = told.warnings
    assert (warning.code, warning.row) == ("outside-period", 3)
    assert "outside the period 2014-Q3" in warning.message
    assert books.bring(path=path, period=Month(2014, 9)).status == "seen-before"


def test_lines_of_monthly_returns_take_no_quarter(spending):
    quarterly = framework(code="HEAT", settings="returns = 'quarterly'")
    books = spending(book_of(framework(), quarterly))
    before = books.dump()
    with pytest.raises(UsageError, match=r"2014-Q1 is a quarter.*REGEN are monthly.*2014-03"):
        books.bring({"Framework": "HEAT"}, {"Invoice": "2"}, period=parse_period("2014-Q1"))
    assert books.dump() == before


def test_a_day_before_any_rule_is_refused_and_never_charged_nothing(spending):
    late = framework("from = 2014-02-01\npayer = 'contractor'\nrate = '1%'")
    books = spending(book_of(late))
    outcome = books.bring({"Date": "2014-01-31"}, {"Date": "2014-02-01"})
    assert codes(outcome) == [("no-rate", 2)]
    assert "2014-01-31" in outcome.problems[0].message
    assert books.bring({"Date": "2014-02-01"}).status == "staged"


def test_a_header_alone_is_a_file_of_nothing(spending):
    books = spending()
    outcome = books.bring(path=books.file(text=rows_text({}).splitlines()[0] + "\n"), accept=True)
    assert (outcome.status, outcome.read, outcome.returns) == ("accepted", 0, [])


@pytest.mark.parametrize(
    ("errors", "said"), [("nowhere/e.csv", "no folder"), (".", "is a folder"), ("s.csv", "itself")]
)
def test_an_errors_file_that_cannot_be_written_stops_the_import_before_it_starts(
    spending, errors, said
):
    books = spending()
    path = books.file({}, BAD, name="s.csv")
    before, text = books.dump(), path.read_text()
    with pytest.raises(UsageError, match=said):
        books.bring(path=path, partial=True, errors=books.folder / errors)
    assert books.dump() == before
    assert path.read_text() == text


def test_a_book_that_changes_while_a_file_is_read_stops_the_import(spending):
    books = spending()

    def change(_done, _total):
        with books.office().writing() as connection:
            from levytool.desk.book_in_force import apply_text

            apply_text(connection, books.office().acting, "# new\n" + book_of())

    before = len(books.rows("SELECT id FROM import_file"))
    with pytest.raises(RuleRefused, match=r"the book was changed while file-1\.csv was read"):
        import_spend(books.office(), books.file({}), ImportOptions(), change)
    assert len(books.rows("SELECT id FROM import_file")) == before


def test_a_file_that_someone_else_imports_meanwhile_is_seen_before(spending):
    books = spending()
    path = books.file({})
    first = []

    def meanwhile(_done, _total):
        if not first:
            first.append(None)
            first.append(books.bring(path=path))

    second = import_spend(books.office(), path, ImportOptions(accept=True), meanwhile)
    assert first[1].status == "staged"
    assert (second.status, second.returns[0].state) == ("seen-before", "accepted")
    assert len(books.lines()) == 1
