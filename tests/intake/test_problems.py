"""Everything wrong with a row, in one pass, with its place and what to do."""

from datetime import date
from pathlib import Path

import pytest

from levytool.book.records import Appointment, Framework, Layout
from tests.books import make_book, make_framework
from tests.intake.spend_files import HEADER, LINE, ReadBack, read_rows, read_text

LOTS = make_framework("LOTS", "Lots", lots={"1": "Roofing", "2a": "Kitchens"})
DATED = make_framework("DATED", "Dated", starts=date(2014, 1, 1), ends=date(2014, 6, 30))
APPOINTED = make_framework(
    "APPT",
    "Appointed",
    lots={"1": "Roofing", "2": "Kitchens"},
    appointments=(
        Appointment("BROOKS", ("1",), since=date(2014, 1, 1), until=date(2014, 6, 30)),
        Appointment("BROOKS", ("2",), since=date(2014, 6, 1)),
    ),
)
BOOK = make_book(contractors=["BROOKS", "DUNN"], frameworks=["REGEN", LOTS, DATED, APPOINTED])


def read_line(folder: Path, line: str, lot: str = "") -> ReadBack:
    return read_text(folder, f"{HEADER},Lot\n{line},{lot}\n", BOOK)


@pytest.mark.parametrize(
    ("was", "cell", "code", "column"),
    [
        ("31/03/2014", "", "missing", "Date"),
        ("31/03/2014", "04/13/2014", "not-a-date", "Date"),
        ("31/03/2014", "41729", "not-a-date", "Date"),
        ("31/03/2014", "00:00:00", "not-a-date", "Date"),
        ("100.00", "", "missing", "Net"),
        ("100.00", "-", "missing", "Net"),
        ("100.00", "N/A", "missing", "Net"),
        ("100.00", "1e3", "not-a-number", "Net"),
        ("100.00", "€5.00", "not-a-number", "Net"),
        ("100.00", "10000000000.01", "too-large", "Net"),
        ("100.00", "-10000000000.01", "too-large", "Net"),
        ("100.00", "1" + "0" * 30, "too-large", "Net"),
        ("SALIX", "", "missing", "Member"),
        ("SALIX", "Sallix Homes", "unknown-member", "Member"),
        ("BROOKS", "", "missing", "Contractor"),
        ("BROOKS", "Total Gas & Power Ltd", "unknown-contractor", "Contractor"),
        ("REGEN", "", "missing", "Framework"),
        ("REGEN", "REGENN", "unknown-framework", "Framework"),
    ],
)
def test_a_wrong_cell(tmp_path: Path, was: str, cell: str, code: str, column: str) -> None:
    read = read_rows(tmp_path, LINE, LINE.replace(was, cell), LINE, book=BOOK)
    assert read.problem() == (code, 3, column, cell)
    assert read.lines.rows == [2, 4]
    assert read.findings.rejected_rows == {3}
    problem = read.findings.problems[0]
    assert problem.file == "spend.csv"
    assert problem.hint


def test_the_largest_amount_is_taken(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE.replace("100.00", "-10000000000.00"))
    assert read.lines.net_pence == [-(10**12)]


def test_every_problem_of_every_row_is_found_in_one_pass(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path, "04/13/2014,NOPE,,Sallix,INV-1,12x", LINE, "31/03/2014,REGEN,BROOKS,SALIX,INV-1,"
    )
    assert [(p.row, p.code) for p in read.findings.problems] == [
        (2, "not-a-date"),
        (2, "not-a-number"),
        (2, "unknown-member"),
        (2, "missing"),
        (2, "unknown-framework"),
        (4, "missing"),
    ]
    assert read.findings.rejected_rows == {2, 4}
    assert read.findings.read == 3


def test_an_unknown_party_is_met_with_the_nearest_codes(tmp_path: Path) -> None:
    hint = read_rows(tmp_path, LINE.replace("SALIX", "Sallix Homes")).findings.problems[0].hint
    assert "SALIX (Salix Homes)" in hint
    assert "--add-parties" in hint


CORRECTING = {"corrects": "R-000007", "contractor": "BROOKS", "framework": "REGEN"}


def test_lines_of_a_correction_that_name_another_party_are_refused(tmp_path):
    rows = (
        LINE,
        LINE.replace("BROOKS", "DUNN").replace("INV-1", "INV-2"),
        LINE.replace("BROOKS", "").replace("INV-1", "INV-3"),
        LINE.replace("REGEN", "LOTS").replace("BROOKS", "brooks roofing"),
        LINE.replace("BROOKS", "Rooks & Sons").replace("INV-1", "INV-4"),
        LINE.replace("BROOKS", "DUNN").replace("REGEN", "LOTS"),
        "Total,,,,,600.00",
    )
    book = make_book(contractors=["BROOKS", "DUNN"], frameworks=["REGEN", LOTS])
    read = read_text(tmp_path, "\n".join((HEADER, *rows)), book, **CORRECTING)
    assert (read.lines.rows, read.findings.rejected_rows) == ([2, 4], {3, 5, 6, 7})
    assert read.findings.warnings == []
    found = read.findings.problems
    assert [(p.code, p.row, p.column, p.value) for p in found] == [
        ("other-contractor", 3, "Contractor", "DUNN"),
        ("other-framework", 5, "Framework", "LOTS"),
        ("other-contractor", 6, "Contractor", "Rooks & Sons"),
        ("other-contractor", 7, "Contractor", "DUNN"),
    ]
    assert str(found[0]) == (
        "spend.csv:3 [Contractor]: the row is DUNN's, and R-000007 is BROOKS's ('DUNN'); keep only "
        "BROOKS's rows of REGEN in the file; the others come in by spend import, or by a return "
        "correct of their own return"
    )
    assert str(found[2]) == (
        "spend.csv:6 [Contractor]: the book has no contractor of this code, name or alias, and "
        "R-000007 is BROOKS's ('Rooks & Sons'); if it is BROOKS, add it to the book as an alias, "
        "or clear the cell; else keep only BROOKS's rows of REGEN in the file"
    )


def test_a_column_of_contractors_that_no_header_names_is_found_in_a_correction_too(tmp_path):
    rows = (LINE, LINE.replace("BROOKS", "DUNN"), LINE)
    text = "\n".join((HEADER.replace("Contractor", "Firm"), *rows))
    book = make_book(contractors=["BROOKS", "DUNN"], frameworks=["REGEN"])
    read = read_text(tmp_path, text, book, **CORRECTING)
    assert read.problem() == ("other-contractor", 3, "Firm", "DUNN")


def test_a_layout_of_another_contractor_is_none_for_a_correction(tmp_path):
    layout = Layout("dunn", constants={"contractor": "DUNN"})
    read = read_text(tmp_path, f"{HEADER}\n{LINE}", BOOK, layout=layout, **CORRECTING)
    [problem] = read.findings.problems
    assert (problem.code, problem.row, problem.value) == ("other-contractor", None, "DUNN")
    assert "layout dunn is for DUNN" in problem.message
    assert len(read.lines) == 0


def test_a_layout_that_says_the_contractor_overrules_a_column_in_a_correction_as_in_an_import(
    tmp_path,
):
    layout = Layout("brooks", constants={"contractor": "Brooks Roofing"})
    line = LINE.replace("BROOKS", "A merchant")
    read = read_text(tmp_path, f"{HEADER}\n{line}", BOOK, layout=layout, **CORRECTING)
    assert (read.lines.contractors, read.findings.problems) == (["BROOKS"], [])


def test_an_officer_who_names_the_contractor_of_an_import_knows_better_than_its_rows(tmp_path):
    read = read_text(tmp_path, f"{HEADER}\n{LINE}\n", contractor="DUNN", book=BOOK)
    assert (read.lines.contractors, read.warnings) == (["DUNN"], [])


def test_a_correction_which_adds_no_parties_does_not_hint_that_it_could(tmp_path):
    line = LINE.replace("SALIX", "Sallix Homes")
    hint = read_rows(tmp_path, line, book=BOOK, **CORRECTING).findings.problems[0].hint
    assert "SALIX (Salix Homes)" in hint
    assert "--add-parties" not in hint
    assert hint.endswith(
        "as an alias or a new party: levytool book show -o book.toml, then book apply"
    )


@pytest.mark.parametrize(
    ("text", "contractor"),
    [
        ("brooks", "BROOKS"),
        ("BROOKS ROOFING LIMITED", "BROOKS"),
        (" Brooks  Roofing, Ltd. ", "BROOKS"),
    ],
)
def test_parties_are_recognised_by_code_name_or_alias(
    tmp_path: Path, text: str, contractor: str
) -> None:
    read = read_rows(tmp_path, LINE.replace("BROOKS", f'"{text}"'))
    assert read.lines.contractors == [contractor]


@pytest.mark.parametrize(
    ("lot", "read_as"),
    [("1", "1"), ("01", "1"), ("2A", "2a"), ("Lot 1", "1"), ("roofing", "1"), ("", "")],
)
def test_lots_of_a_framework(tmp_path: Path, lot: str, read_as: str) -> None:
    assert read_line(tmp_path, LINE.replace("REGEN", "LOTS"), lot).lines.lots == [read_as]


def test_a_lot_the_framework_lacks_is_refused(tmp_path: Path) -> None:
    read = read_line(tmp_path, LINE.replace("REGEN", "LOTS"), "3")
    assert read.problem() == ("unknown-lot", 2, "Lot", "3")
    assert read.findings.problems[0].hint == "its lots are 1, 2a"


def test_a_framework_without_lots_takes_any_text(tmp_path: Path) -> None:
    assert read_line(tmp_path, LINE, " 03 ").lines.lots == ["03"]


@pytest.mark.parametrize(
    ("day", "inside"),
    [("31/12/2013", False), ("01/01/2014", True), ("30/06/2014", True), ("01/07/2014", False)],
)
def test_a_line_is_dated_within_its_framework(tmp_path: Path, day: str, inside: bool) -> None:
    read = read_line(tmp_path, LINE.replace("REGEN", "DATED").replace("31/03/2014", day))
    if inside:
        assert len(read.lines) == 1
    else:
        assert read.problem() == ("date-outside-framework", 2, "Date", day)


def test_a_date_outside_is_found_though_the_contractor_is_unknown(tmp_path: Path) -> None:
    line = LINE.replace("REGEN", "DATED").replace("31/03/2014", "01/07/2014")
    read = read_line(tmp_path, line.replace("BROOKS", "Nobody"))
    assert read.codes == ["unknown-contractor", "date-outside-framework"]


@pytest.mark.parametrize(
    ("contractor", "lot", "day", "appointed"),
    [
        ("BROOKS", "1", "31/03/2014", True),
        ("BROOKS", "1", "31/12/2013", False),
        ("BROOKS", "1", "30/06/2014", True),
        ("BROOKS", "1", "01/07/2014", False),
        ("BROOKS", "2", "31/05/2014", False),
        ("BROOKS", "2", "01/06/2014", True),
        ("BROOKS", "", "01/07/2014", True),
        ("BROOKS", "", "31/12/2013", False),
        ("DUNN", "1", "31/03/2014", False),
        ("DUNN", "", "31/03/2014", False),
    ],
)
def test_appointments_cover_contractor_lot_and_date(
    tmp_path: Path, contractor: str, lot: str, day: str, appointed: bool
) -> None:
    line = LINE.replace("REGEN", "APPT").replace("BROOKS", contractor).replace("31/03/2014", day)
    good = LINE.replace("REGEN", "APPT")
    read = read_text(tmp_path, f"{HEADER},Lot\n{good},1\n{line},{lot}\n", BOOK)
    if appointed:
        assert read.lines.rows == [2, 3]
    else:
        assert read.problem() == ("not-appointed", 3, "Contractor", contractor)


def test_an_empty_list_of_appointments_lets_nobody_in(tmp_path: Path) -> None:
    closed: Framework = make_framework("REGEN", appointments=())
    assert read_rows(tmp_path, LINE, book=make_book(frameworks=[closed])).codes == ["not-appointed"]


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (f"{LINE},extra", "extra"),
        (f"{LINE},,,extra", "extra"),
        (LINE.replace("100.00", "1,100.00"), "100.00"),
    ],
)
def test_a_cell_beyond_the_header_is_a_ragged_row(tmp_path: Path, row: str, value: str) -> None:
    read = read_rows(tmp_path, LINE, row)
    assert read.problem() == ("ragged-row", 3, "", value)


def test_a_row_that_ends_before_a_required_column_is_a_ragged_row(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE, "31/03/2014,REGEN,BROOKS,SALIX")
    assert read.problem() == ("ragged-row", 3, "", "")


def test_a_row_that_ends_before_an_optional_column_reads_as_blank_there(tmp_path: Path) -> None:
    read = read_text(tmp_path, f"{HEADER},Order,Description\n{LINE}\n{LINE},CO-7\n{LINE},,,\n")
    assert read.lines.call_offs == ["", "CO-7", ""]
    assert read.lines.descriptions == ["", "", ""]
    assert read.codes == []


def test_blank_rows_are_skipped_and_counted(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE, "", ",,,,,", " ,\xa0,,,,", LINE, ",,,,,,,,")
    assert read.lines.rows == [2, 6]
    assert read.findings.skipped["blank"] == 4
    assert read.findings.read == 6


@pytest.mark.parametrize("currency", ["", "GBP", "gbp", "£", "Sterling"])
def test_a_currency_column_may_say_sterling(tmp_path: Path, currency: str) -> None:
    assert len(read_text(tmp_path, f"{HEADER},Currency\n{LINE},{currency}\n").lines) == 1


def test_another_currency_is_refused(tmp_path: Path) -> None:
    read = read_text(tmp_path, f"{HEADER},Currency\n{LINE},EUR\n")
    assert read.problem() == ("not-a-number", 2, "Currency", "EUR")


def test_texts_stand_as_they_were_but_for_spaces_around(tmp_path: Path) -> None:
    header = f"{HEADER},Order,Original invoice,Description"
    row = f"{LINE},12345678901234567890.5,1.50,  Re-roofing  £5 "
    read = read_text(tmp_path, f"{header}\n{row}\n".replace("INV-1", "00123"))
    assert (read.lines.invoices, read.lines.call_offs) == (["00123"], ["12345678901234567890.5"])
    assert (read.lines.credits, read.lines.descriptions) == (["1.50"], ["Re-roofing  £5"])


def test_amounts_of_more_than_two_decimals_are_rounded_and_listed(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path,
        LINE.replace("100.00", "0.005"),
        LINE.replace("100.00", "-0.005"),
        LINE,
        LINE.replace("100.00", "1.999").replace("SALIX", "Nobody"),
    )
    assert read.lines.net_pence == [1, -1, 10000]
    assert read.findings.rounded == [2, 3]
    assert [(w.code, w.row, w.column, w.value) for w in read.findings.warnings] == [
        ("rounded", 2, "Net", "0.005"),
        ("rounded", 3, "Net", "-0.005"),
    ]


def test_reading_again_gives_the_same_findings(tmp_path: Path) -> None:
    file = read_rows(tmp_path, LINE, LINE.replace("100.00", "x")).file
    first = file.findings
    assert [chunk.rows for chunk in file.chunks()] == [[2]]
    assert file.findings == first


def test_what_has_no_end_goes_on(tmp_path: Path) -> None:
    appointed = LINE.replace("REGEN", "APPT")
    (problem,) = read_line(tmp_path, appointed, "2").findings.problems
    assert problem.code == "not-appointed"
    assert "it is appointed from 2014-06-01 on; check the line" in problem.hint
    early = read_rows(tmp_path, LINE.replace("2014", "2000"), book=BOOK).findings.problems
    (outside,) = early
    assert outside.code == "date-outside-framework"
    assert outside.message.endswith(" on") and "9999" not in outside.message


def dated(folder: Path, *days: str, **options: object) -> ReadBack:
    rows = [LINE.replace("31/03/2014", day) for day in days]
    return read_rows(folder, *rows, book=BOOK, **options)


def test_a_column_that_can_only_be_month_first_is_said_to_look_so(tmp_path: Path) -> None:
    read = dated(tmp_path, "03/05/2014", "05/15/2014", "", "12/31/2014", "05/07/2014")
    assert [p.code for p in read.findings.problems] == ["not-a-date", "missing", "not-a-date"]
    (warning,) = read.findings.warnings
    assert (warning.code, warning.row, warning.column) == ("month-first", None, "Date")
    assert warning.message == (
        "the column looks month first: 2 dates can be nothing else, and 2 others read day first"
    )
    assert 'date_format = "%m/%d/%Y"' in warning.hint
    layout = Layout("american", date_format="%m/%d/%Y")
    read = dated(tmp_path, "03/05/2014", "05/15/2014", layout=layout)
    assert read.lines.dates == ["2014-03-05", "2014-05-15"]
    assert (read.findings.problems, read.findings.warnings) == ([], [])


@pytest.mark.parametrize(
    "days",
    [
        ("03/05/2014", "05/07/2014"),
        ("05/15/2014", "31/03/2014"),
        ("05/15/2014", "15/15/2014"),
        ("2014-05-15", "31 March 2014", "41729"),
    ],
)
def test_a_column_that_may_be_day_first_is_taken_so(tmp_path: Path, days: tuple[str, ...]) -> None:
    assert dated(tmp_path, *days).findings.warnings == []


@pytest.mark.parametrize(
    ("day", "form"), [("5.15.14", "%m.%d.%y"), ("5 15 2014", "%m %d %Y"), ("05-15-14", "%m-%d-%y")]
)
def test_the_form_named_reads_the_column(tmp_path: Path, day: str, form: str) -> None:
    (warning,) = dated(tmp_path, day).findings.warnings
    assert f'date_format = "{form}"' in warning.hint
    layout = Layout("american", date_format=form)
    assert dated(tmp_path, day, layout=layout).lines.dates == ["2014-05-15"]
