"""Which column or constant each target is read from: command line, layout, header, content."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from levytool.book.records import Layout, LevyBlock, LevyRate, Member
from levytool.periods import Month
from tests.books import SINCE, make_book, make_framework
from tests.intake.spend_files import HEADER, LINE, read_file, read_rows, read_text, write_workbook

BOOK = make_book(
    members=["SALIX", "AXIS"], contractors=["BROOKS", "DUNN"], frameworks=["REGEN", "ROOFS"]
)
LAYOUT = Layout(
    "brooks-monthly",
    columns={
        "date": "Invoice Date",
        "invoice": "Inv No",
        "member": "Client",
        "net": "Net £",
        "lot": "Lot",
        "call_off": "Order",
    },
    constants={"contractor": "BROOKS", "framework": "REGEN"},
    keep=("Labour", "work type"),
)
LAYOUT_FILE = (
    "Invoice Date,Inv No,Client,Net £,Lot,Order,Labour,Work Type,Total\n"
    "31/03/2014,A-1,SALIX,100.00,1,CO-7,60.00,Planned,120.00\n"
)


def test_the_mapping_is_told(tmp_path: Path) -> None:
    assert read_rows(tmp_path, LINE).findings.columns == {
        "date": "Date",
        "net": "Net",
        "invoice": "Invoice",
        "member": "Member",
        "contractor": "Contractor",
        "framework": "Framework",
    }


def test_a_layout_says_what_is_read_and_kept(tmp_path: Path) -> None:
    read = read_text(tmp_path, LAYOUT_FILE, BOOK, layout=LAYOUT)
    lines = read.lines
    assert read.codes == []
    assert read.findings.layout == "brooks-monthly"
    assert (lines.contractors, lines.frameworks, lines.members) == (
        ["BROOKS"],
        ["REGEN"],
        ["SALIX"],
    )
    assert (lines.invoices, lines.lots, lines.call_offs) == (["A-1"], ["1"], ["CO-7"])
    assert lines.kept == ['{"labour":"60.00","work type":"Planned"}']
    assert read.findings.columns["net"] == "Net £"


def test_a_layouts_headers_are_found_with_case_and_punctuation_folded(tmp_path: Path) -> None:
    text = LAYOUT_FILE.replace("Invoice Date", "invoice_date").replace("Net £", "NET")
    assert len(read_text(tmp_path, text, BOOK, layout=LAYOUT).lines) == 1


def test_every_header_that_a_layout_names_must_be_there(tmp_path: Path) -> None:
    text = (
        LAYOUT_FILE.replace("Net £", "Amount due").replace("Lot", "Part").replace("Labour", "Wages")
    )
    read = read_text(tmp_path, text, BOOK, layout=LAYOUT)
    assert [(p.code, p.column) for p in read.findings.problems] == [
        ("no-header", "Net £"),
        ("no-header", "Lot"),
        ("no-header", "Labour"),
    ]
    assert read.file.refused


def test_with_a_layout_optional_columns_are_not_recognised_by_name(tmp_path: Path) -> None:
    layout = Layout("short", columns={"net": "Amount paid"})
    text = f"{HEADER},Lot\n{LINE},1\n".replace("Net", "Amount paid")
    read = read_text(tmp_path, text, BOOK, layout=layout)
    assert read.lines.lots == [""]
    assert read.lines.invoices == [""]
    assert read.lines.dates == ["2014-03-31"]


def test_a_layout_may_leave_the_columns_to_be_recognised(tmp_path: Path) -> None:
    read = read_text(tmp_path, f"{HEADER}\n{LINE}\n", BOOK, layout=Layout("dos", encoding="cp850"))
    assert read.lines.invoices == ["INV-1"]


def test_constants_win_over_columns_and_the_command_line_over_the_layout(tmp_path: Path) -> None:
    layout = Layout("odd", constants={"contractor": "DUNN", "framework": "ROOFS", "lot": "9"})
    text = f"{HEADER}\n{LINE}\n"
    by_layout = read_text(tmp_path, text, BOOK, layout=layout).lines
    assert (by_layout.contractors, by_layout.frameworks) == (["DUNN"], ["ROOFS"])
    assert by_layout.lots == ["9"]
    told = read_text(
        tmp_path, text, BOOK, layout=layout, contractor="Brooks Roofing", framework="regen",
        member="Axis Homes",
    ).lines  # fmt: skip
    assert (told.contractors, told.frameworks, told.members) == (["BROOKS"], ["REGEN"], ["AXIS"])


def test_a_constant_stands_in_for_a_column_that_the_file_lacks(tmp_path: Path) -> None:
    read = read_text(
        tmp_path, "Date,Net\n31/03/2014,5.00\n", BOOK,
        member="SALIX", contractor="BROOKS", framework="REGEN",
    )  # fmt: skip
    assert read.lines.members == ["SALIX"]
    assert read.codes == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"member": "Slix"}, "unknown-member"),
        ({"contractor": "Nobody"}, "unknown-contractor"),
        ({"framework": "NOPE"}, "unknown-framework"),
        ({"layout": Layout("odd", constants={"date": "04/13/2014"})}, "not-a-date"),
    ],
)
def test_a_constant_that_means_nothing_is_said_once(
    tmp_path: Path, told: dict[str, str], code: str
) -> None:
    read = read_text(tmp_path, f"{HEADER}\n{LINE}\n{LINE}\n", BOOK, **told)
    assert [(p.code, p.row) for p in read.findings.problems] == [(code, None)]
    assert read.file.refused
    assert len(read.lines) == 0


def test_required_columns_that_are_nowhere_are_all_named(tmp_path: Path) -> None:
    read = read_text(tmp_path, "Date,Net\n31/03/2014,5.00\n", BOOK)
    assert read.codes == ["no-header"] * 3
    assert [p.message.split()[3] for p in read.findings.problems] == [
        "member", "contractor", "framework",
    ]  # fmt: skip
    assert "--member" in read.findings.problems[0].hint


@pytest.mark.parametrize("target", ["Date", "Framework", "Contractor", "Member", "Net"])
def test_a_required_column_without_a_telling_header_is_taken_by_content(
    tmp_path: Path, target: str
) -> None:
    rows = "\n".join([LINE, LINE.replace("INV-1", "INV-2"), LINE.replace("INV-1", "INV-3")])
    text = f"{HEADER}\n{rows}\n".replace(target, "Wibble")
    read = read_text(tmp_path, text, BOOK)
    assert read.codes == []
    assert read.findings.columns[target.casefold()] == "Wibble"
    assert len(read.lines) == 3


def test_a_column_without_any_header_has_its_letter_for_a_name(tmp_path: Path) -> None:
    text = f"{HEADER},Note\n{LINE},x\n".replace("Net", "")
    assert read_text(tmp_path, text, BOOK).findings.columns["net"] == "column F"


def test_one_wrong_cell_does_not_hide_a_column_found_by_content(tmp_path: Path) -> None:
    rows = [LINE, LINE, LINE.replace("100.00", "12,5x").replace("12,5x", '"12,5x"')]
    read = read_text(tmp_path, "\n".join([HEADER.replace("Net", "Wibble"), *rows]), BOOK)
    assert read.problem() == ("not-a-number", 4, "Wibble", "12,5x")


def test_content_decides_only_where_one_column_fits(tmp_path: Path) -> None:
    text = f"{HEADER},Hours\n{LINE},7.5\n".replace("Net", "Wibble")
    read = read_text(tmp_path, text, BOOK)
    assert read.codes == ["no-header"]
    assert "'Wibble' and 'Hours'" in read.findings.problems[0].message


def test_the_period_stands_in_for_a_date(tmp_path: Path) -> None:
    text = "Framework,Contractor,Member,Net\nREGEN,BROOKS,SALIX,5.00\n"
    read = read_text(tmp_path, text, BOOK, period=Month(2014, 3))
    assert (read.lines.dates, read.lines.periods) == (["2014-03-01"], ["2014-03"])
    assert read_text(tmp_path, text, BOOK).codes == ["no-header"]


def test_a_period_is_every_lines_and_dates_outside_it_are_warned_of(tmp_path: Path) -> None:
    later = LINE.replace("31/03/2014", "01/04/2014")
    read = read_rows(tmp_path, LINE, later, period=Month(2014, 3))
    assert read.lines.periods == ["2014-03", "2014-03"]
    assert [(w.code, w.row) for w in read.findings.warnings] == [("outside-period", 3)]


def test_without_a_period_the_dates_month_counts_or_its_quarters_last(tmp_path: Path) -> None:
    quarterly = make_framework("ROOFS", "Roofs", returns="quarterly")
    book = make_book(frameworks=["REGEN", quarterly])
    february = LINE.replace("31/03/2014", "01/02/2014")
    read = read_rows(tmp_path, february, february.replace("REGEN", "ROOFS"), book=book)
    assert read.lines.periods == ["2014-02", "2014-03"]
    told = read_rows(
        tmp_path, february, february.replace("REGEN", "ROOFS"), book=book, period=Month(2014, 2)
    )
    assert told.lines.periods == ["2014-02", "2014-03"]
    assert told.warnings == []


def test_a_month_column_gives_the_first_day(tmp_path: Path) -> None:
    text = f"{HEADER}\n{LINE}\n".replace("Date", "Return Month").replace("31/03/2014", "Mar 2014")
    read = read_text(tmp_path, text, BOOK)
    assert (read.lines.dates, read.lines.periods) == (["2014-03-01"], ["2014-03"])
    assert read.findings.columns["month"] == "Return Month"


def test_a_date_column_goes_before_a_month_column(tmp_path: Path) -> None:
    read = read_text(tmp_path, f"{HEADER},Month\n{LINE},Apr 2014\n", BOOK)
    assert read.lines.periods == ["2014-03"]
    assert "month" not in read.findings.columns


def test_a_layouts_date_format_is_used_and_real_dates_are_read_beside_it(tmp_path: Path) -> None:
    layout = Layout("us", date_format="%m/%d/%Y")
    rows = [
        HEADER.split(","),
        ["03/31/2014", *LINE.split(",")[1:5], 1],
        [date(2014, 3, 30), *LINE.split(",")[1:5], 1],
        ["31/03/2014", *LINE.split(",")[1:5], 1],
    ]
    read = read_file(write_workbook(tmp_path / "s.xlsx", S=rows), BOOK, layout=layout)
    assert read.lines.dates == ["2014-03-31", "2014-03-30"]
    assert read.problem()[:2] == ("not-a-date", 4)


RATES = LevyBlock(
    since=SINCE,
    payer="contractor",
    by=("lot", "Work Type", "sector"),
    rates=(
        LevyRate(("*", "*", "*"), 10_000),
        LevyRate(("1", "*", "*"), 10_000, base=("Materials",)),
    ),
    base=("Labour",),
)
RATED = make_book(frameworks=[make_framework(levy=(RATES,)), "ROOFS"])
RATED_HEADER = f"{HEADER},Lot,work type,Sector,LABOUR,materials,Colour"


def test_columns_that_a_levy_rule_reads_are_kept_wherever_the_file_has_them(tmp_path: Path) -> None:
    read = read_text(
        tmp_path, f"{RATED_HEADER}\n{LINE},1, Planned,housing,60.00,40.00,red\n", RATED
    )
    assert json.loads(read.lines.kept[0]) == {
        "labour": "60.00", "materials": "40.00", "work type": " Planned",
    }  # fmt: skip


def test_base_columns_are_read_as_amounts_for_the_frameworks_that_take_them(tmp_path: Path) -> None:
    rows = [
        f"{LINE},1,x,h,60.00,(40.005),red",
        f"{LINE},1,x,h,60.00,,red".replace("REGEN", "ROOFS"),
        f"{LINE},1,x,h,60.00,,red",
        f"{LINE},1,x,h,,40.00,red",
        f"{LINE},1,x,h,60.00,oops,red",
        f"{LINE},1,x,h,oops,oops,red".replace("REGEN", "ROOFS"),
    ]
    read = read_text(tmp_path, "\n".join([RATED_HEADER, *rows]), RATED)
    assert read.lines.rows == [2, 3, 4, 7]
    assert read.lines.base_pence == {
        "labour": [6000, None, 6000, None],
        "materials": [-4001, None, None, None],
    }
    assert [(p.row, p.code, p.column) for p in read.findings.problems] == [
        (5, "missing", "LABOUR"),
        (6, "not-a-number", "materials"),
    ]
    assert read.findings.rounded == [2]
    assert read.findings.warnings[0].value == "(40.005)"


def test_a_base_column_that_the_file_lacks_is_missing_from_each_line_that_needs_it(
    tmp_path: Path,
) -> None:
    read = read_rows(tmp_path, LINE, LINE.replace("REGEN", "ROOFS"), book=RATED)
    assert read.problem() == ("missing", 2, "labour", "")
    assert read.lines.frameworks == ["ROOFS"]


def test_the_block_in_force_says_which_base_a_line_needs(tmp_path: Path) -> None:
    flat = LevyBlock(since=SINCE, payer="contractor", rate_ppm=10_000)
    later = LevyBlock(since=date(2014, 4, 1), payer="contractor", rate_ppm=10_000, base=("Labour",))
    book = make_book(frameworks=[make_framework(levy=(flat, later))])
    read = read_rows(tmp_path, LINE, LINE.replace("31/03", "01/04"), book=book)
    assert read.problem()[:2] == ("missing", 3)


def test_a_base_may_be_the_layouts_gross(tmp_path: Path) -> None:
    gross = LevyBlock(since=SINCE, payer="contractor", rate_ppm=10_000, base=("gross",))
    book = make_book(frameworks=[make_framework(levy=(gross,))])
    read = read_text(tmp_path, f"{HEADER},Gross\n{LINE},120.00\n", book)
    assert read.lines.base_pence == {"gross": [12000]}
    assert read.lines.kept == [""]


def test_a_members_own_ledger_needs_no_framework_and_checks_none(tmp_path: Path) -> None:
    strict = make_framework(ends=date(2012, 1, 1), lots={"1": "Roofs"}, appointments=())
    book = make_book(frameworks=[strict])
    text = f"{HEADER},Lot\n{LINE},7\n{LINE},01\n".replace(
        "REGEN,BROOKS,SALIX,INV-1,100.00,7", ",BROOKS,SALIX,INV-1,100.00,7"
    )
    read = read_text(tmp_path, text, book, role="member-ledger")
    assert read.codes == []
    assert read.lines.frameworks == ["", "REGEN"]
    assert read.lines.lots == ["7", "1"]
    without = "Date,Supplier,Net\n31/03/2014,Brooks Roofing Limited,1.00\n"
    bare = read_text(tmp_path, without, book, role="member-ledger", member="SALIX")
    assert (bare.lines.frameworks, bare.lines.contractors) == ([""], ["BROOKS"])
    wrong = read_text(
        tmp_path, f"{HEADER}\n{LINE}\n".replace("REGEN", "X"), book, role="member-ledger"
    )
    assert wrong.codes == ["unknown-framework"]


def test_unknown_parties_may_be_added(tmp_path: Path) -> None:
    rows = [
        LINE.replace("SALIX", "Elm Tree Housing Ltd"),
        LINE.replace("SALIX", "ELM TREE HOUSING LIMITED").replace(
            "BROOKS", "Total Gas & Power Ltd"
        ),
        LINE.replace("SALIX", "Never Stored").replace("100.00", "oops"),
        LINE.replace("SALIX", "Salix Homes"),
        LINE.replace("SALIX", ""),
    ]
    read = read_rows(tmp_path, *rows, add_parties=True)
    assert read.lines.members == ["ELM-TREE-HOUSING", "ELM-TREE-HOUSING", "SALIX"]
    assert read.file.new_parties == {
        ("member", "ELM-TREE-HOUSING"): "Elm Tree Housing Ltd",
        ("contractor", "TOTAL-GAS-POWER"): "Total Gas & Power Ltd",
    }
    assert read.codes == ["not-a-number", "missing"]


def test_a_new_partys_code_is_no_other_partys_name(tmp_path: Path) -> None:
    book = make_book(members=[Member("X1", "Elm Tree")])
    rows = [
        LINE.replace("SALIX", name)
        for name in ("Elm-Tree of Bury", "Elm Tree", "Elm Tree Bury plc")
    ]
    read = read_rows(tmp_path, *rows, book=book, add_parties=True)
    assert read.lines.members == ["ELM-TREE-BURY", "X1", "ELM-TREE-BURY-2"]


def test_frameworks_are_never_added(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE.replace("REGEN", "NEW"), add_parties=True)
    assert read.codes == ["unknown-framework"]


def test_a_constant_may_be_a_new_party(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE, add_parties=True, member="Elm Tree")
    assert read.file.new_parties == {("member", "ELM-TREE"): "Elm Tree"}


def test_a_file_that_a_layout_of_the_book_reads_hints_at_it(tmp_path: Path) -> None:
    other = replace(LAYOUT, name="other", columns=LAYOUT.columns | {"lot": "Area"})
    book = replace(BOOK, layouts={"other": other, LAYOUT.name: LAYOUT})
    hint = f"the book has a layout that reads it: --layout {LAYOUT.name}"
    for layout in (None, other):
        problems = read_text(tmp_path, LAYOUT_FILE, book, layout=layout).findings.problems
        assert {(p.code, p.hint) for p in problems} == {("no-header", hint)}
    neither = read_text(tmp_path, "Net £,Colour\n1,2\n", book).findings.problems
    assert neither and all("--layout" not in problem.hint for problem in neither)


@pytest.mark.parametrize("text", ["", "\n\n", " , \n,,\n"])
def test_an_empty_file_is_called_so(tmp_path: Path, text: str) -> None:
    (problem,) = read_text(tmp_path, text).findings.problems
    assert (problem.code, problem.message) == ("no-header", "the file is empty")
