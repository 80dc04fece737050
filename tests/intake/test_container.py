"""Files by what is in them: encodings, line endings, delimiters, workbooks, and what is neither."""

import csv
import io
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levytool.book.records import Layout
from levytool.intake.container import TextSheet, UnreadableFile, open_sheets
from tests.intake.spend_files import (
    HEADER,
    LINE,
    ReadBack,
    read_file,
    read_rows,
    read_text,
    write_workbook,
)

TEXT = f"{HEADER},Description\n{LINE},Café £5 roof\n"


def descriptions(read: ReadBack) -> list[str]:
    return read.lines.descriptions


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le-with-mark", "utf-32"]
)
def test_an_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    content = (
        b"\xff\xfe" + TEXT.encode("utf-16-le")
        if encoding == "utf-16-le-with-mark"
        else TEXT.encode(encoding)
    )
    assert descriptions(read_text(tmp_path, content)) == ["Café £5 roof"]


def test_the_whole_file_decides_on_its_encoding(tmp_path: Path) -> None:
    plain = "".join(f"{LINE},roof\n" for _ in range(60_000))
    content = f"{HEADER},Description\n{plain}{LINE},Café\n".encode("cp1252")
    assert descriptions(read_text(tmp_path, content))[-1] == "Café"


@pytest.mark.parametrize("encoding", ["cp850", "utf-16-le", "utf-8"])
def test_a_layout_names_the_encoding(tmp_path: Path, encoding: str) -> None:
    read = read_text(tmp_path, TEXT.encode(encoding), layout=Layout("dos", encoding=encoding))
    assert descriptions(read) == ["Café £5 roof"]


def test_a_layouts_utf_8_may_begin_with_a_mark(tmp_path: Path) -> None:
    read = read_text(tmp_path, TEXT.encode("utf-8-sig"), layout=Layout("web", encoding="UTF-8"))
    assert descriptions(read) == ["Café £5 roof"]


@pytest.mark.parametrize("encoding", ["no-such-code", "base64"])
def test_a_layouts_encoding_that_is_none_is_refused(tmp_path: Path, encoding: str) -> None:
    read = read_text(tmp_path, TEXT, layout=Layout("odd", encoding=encoding))
    assert read.codes == ["unreadable-file"]
    assert read.file.refused


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
def test_lines_end_in_cr_lf_or_both(tmp_path: Path, ending: str) -> None:
    text = ending.join((HEADER, LINE, LINE.replace("INV-1", "INV-2")))
    read = read_text(tmp_path, text)
    assert read.lines.invoices == ["INV-1", "INV-2"]
    assert read.lines.rows == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = f"{HEADER},Description\n{LINE},roof\n".replace(",", delimiter)
    assert descriptions(read_text(tmp_path, text)) == ["roof"]


def test_a_semicolon_file_may_hold_commas_in_its_cells(tmp_path: Path) -> None:
    text = f"{HEADER};Description\n".replace(",", ";")
    text += f"{LINE};roof, walls, floors\n".replace(",", ";", 5).replace("100.00", '"1,100.00"')
    text = text.replace("roof; walls; floors", "roof, walls, floors")
    read = read_text(tmp_path, text)
    assert read.lines.net_pence == [110000]


def test_a_layout_names_the_delimiter(tmp_path: Path) -> None:
    text = f"{HEADER}\n{LINE}\n".replace(",", "^")
    assert len(read_text(tmp_path, text, layout=Layout("odd", delimiter="^")).lines) == 1


def test_a_quoted_cell_may_hold_line_breaks_and_the_rows_are_numbered_as_a_spreadsheet_does(
    tmp_path: Path,
) -> None:
    first = LINE + ',"roof\nand ""walls"""'
    second = LINE.replace("100.00", "12,5x").replace("12,5x", '"12,5x"') + ",floor"
    read = read_text(tmp_path, f"{HEADER},Description\n{first}\n{second}\n")
    assert descriptions(read) == ['roof\nand "walls"']
    assert read.problem() == ("not-a-number", 3, "Net", "12,5x")


@pytest.mark.parametrize(
    "row",
    [
        f'{LINE},"never closed\n{LINE},x\n',
        f'{LINE},"closed" too early\n',
        f'{LINE},"' + "x" * 140_000,
    ],
)
def test_quotation_marks_that_do_not_pair_are_refused_with_the_row(
    tmp_path: Path, row: str
) -> None:
    read = read_text(tmp_path, f"{HEADER},Description\n{LINE},fine\n{row}")
    assert [(p.code, p.row) for p in read.findings.problems] == [("unreadable-file", 3)]
    assert read.file.refused


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
        b"<html><table><tr><td>Date</td></tr></table></html>",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"PK\x03\x04 not really a workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nor this",
        TEXT.encode("utf-16-le"),
        b"Date,Net\n\x81\x8d\x8f\n",
    ],
)
def test_what_is_neither_text_nor_workbook_is_refused_and_not_raised(
    tmp_path: Path, content: bytes
) -> None:
    read = read_text(tmp_path, content)
    assert read.codes == ["unreadable-file"]
    assert read.findings.problems[0].hint
    assert read.file.refused


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"just some words\nand more\n"])
def test_a_file_without_a_header_is_refused(tmp_path: Path, content: bytes) -> None:
    read = read_text(tmp_path, content)
    assert read.codes == ["no-header"]
    assert read.file.refused


def test_a_workbook_is_known_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    rows = [HEADER.split(","), [date(2014, 3, 31), "REGEN", "BROOKS", "SALIX", "00123", 100]]
    read = read_file(write_workbook(tmp_path / "spend.csv", Invoices=rows))
    assert read.lines.dates == ["2014-03-31"]
    assert read.lines.net_pence == [10000]
    assert read.lines.invoices == ["00123"]
    assert read.lines.rows == [2]


def test_a_workbooks_cells(tmp_path: Path) -> None:
    header = [*HEADER.split(","), "Lot", "Order"]
    parties = ["REGEN", "BROOKS", "SALIX"]
    rows = [
        header,
        [datetime.combine(date(2014, 3, 31), time()), *parties, 123, 527.9599999999999, 1, 45.5],
        ["31/03/2014", *parties, "1.50", "1,000.00", "01", "12345678901234567890.5"],
        [datetime.combine(date(2014, 3, 31), time(14, 5)), *parties, "x", 1, "", ""],
        [time(0, 0), *parties, "x", 1, "", ""],
        [41729, *parties, "x", 1, "", ""],
        [date(2014, 3, 31), *parties, "x", True, "", ""],
        [date(2014, 3, 31), *parties, "x", "", "", ""],
    ]
    read = read_file(write_workbook(tmp_path / "s.xlsx", Invoices=rows))
    assert read.lines.invoices == ["123", "1.50"]
    assert read.lines.lots == ["1", "01"]
    assert read.lines.call_offs == ["45.5", "12345678901234567890.5"]
    assert read.lines.net_pence == [52796, 100000]
    assert read.findings.rounded == [2]
    assert [(p.row, p.code, p.value) for p in read.findings.problems] == [
        (4, "not-a-date", "2014-03-31 14:05:00"),
        (5, "not-a-date", "00:00:00"),
        (6, "not-a-date", "41729"),
        (7, "not-a-number", "TRUE"),
        (8, "missing", ""),
    ]


def test_a_formula_never_calculated_is_a_missing_amount(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "s.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        for row, (formula, value) in enumerate([("=50+50", ""), ("=NA()", "#N/A")], 1):
            sheet.write_row(row, 0, LINE.split(",")[:5])
            sheet.write_formula(row, 5, formula, None, value)
        sheet.write_row(3, 0, [*LINE.split(",")[:5], "N/A"])
    *blank, written = read_file(path).findings.problems
    assert [(p.code, p.row, p.column) for p in blank] == [("missing", n, "Net") for n in (2, 3)]
    assert all("where it looks filled in the spreadsheet" in p.hint for p in blank)
    assert "looks filled" not in written.hint


def test_a_blank_cell_of_a_text_file_is_just_blank(tmp_path: Path) -> None:
    (problem,) = read_rows(tmp_path, LINE.replace("100.00", "")).findings.problems
    assert problem.hint == "fill it in; write 0.00 if nothing was invoiced"


def test_a_table_that_does_not_begin_in_the_corner_keeps_its_row_numbers(tmp_path: Path) -> None:
    rows = [[], [], ["", "", *HEADER.split(",")], [], ["", "", *LINE.split(",")[:5], "x"]]
    read = read_file(write_workbook(tmp_path / "s.xlsx", Invoices=rows))
    assert read.problem() == ("not-a-number", 5, "Net", "x")


def test_the_sheet_with_the_spend_is_found_among_others(tmp_path: Path) -> None:
    rows = [HEADER.split(","), [*LINE.split(",")[:5], 100]]
    notes = [["Notes"], ["Return for March"], ["Total", 100]]
    read = read_file(write_workbook(tmp_path / "s.xlsx", Notes=notes, Invoices=rows, Empty=[]))
    assert read.lines.net_pence == [10000]


def test_two_sheets_of_spend_are_refused_until_a_layout_names_one(tmp_path: Path) -> None:
    january = [HEADER.split(","), [*LINE.split(",")[:5], 100]]
    february = [HEADER.split(","), [*LINE.split(",")[:5], 200]]
    path = write_workbook(tmp_path / "s.xlsx", Jan=january, Feb=february)
    refused = read_file(path)
    assert refused.codes == ["no-header"]
    assert "'Jan' and 'Feb'" in refused.findings.problems[0].message
    assert read_file(path, layout=Layout("feb", sheet="Feb")).lines.net_pence == [20000]


def test_an_empty_template_sheet_does_not_stand_in_the_way(tmp_path: Path) -> None:
    january = [HEADER.split(","), [*LINE.split(",")[:5], 100]]
    path = write_workbook(tmp_path / "s.xlsx", Jan=january, Template=[HEADER.split(",")])
    assert read_file(path).lines.net_pence == [10000]


def cut_by_csv(text: str) -> list[list[str]] | None:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return None


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.one_of(
        st.text(st.sampled_from(letters), max_size=20)
        for letters in ("a,\n", "a,\r\n", 'a,"\n', ' a,\n"\r\x0b\x1c\u2028')
    ),
    size=st.integers(1, 4),
)
def test_text_is_cut_as_csv_cuts_it(tmp_path: Path, text: str, size: int) -> None:
    path = tmp_path / "s.csv"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        cut = [
            list(row) for batch in TextSheet(path, "utf-8", ",").batches(size) for row in batch.rows
        ]
    except UnreadableFile:
        cut = None
    assert cut == cut_by_csv(text)


def test_a_layouts_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx", Jan=[HEADER.split(",")])
    read = read_file(path, layout=Layout("feb", sheet="Feb"))
    assert read.codes == ["unreadable-file"]
    assert "'Jan'" in read.findings.problems[0].hint


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.integers(min_value=8), spots=st.lists(st.tuples(st.integers(0), st.integers(0, 255))))
def test_a_damaged_workbook_is_refused_and_never_raises(
    tmp_path: Path, cut: int, spots: list[tuple[int, int]]
) -> None:
    rows = [HEADER.split(","), [*LINE.split(",")[:5], 100]]
    whole = bytearray(write_workbook(tmp_path / "s.xlsx", Jan=rows).read_bytes())
    for place, byte in spots:
        whole[8 + place % (len(whole) - 8)] = byte
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(whole[: 8 + cut % len(whole)])
    try:
        for sheet in open_sheets(path):
            assert sum(len(batch.rows) for batch in sheet.batches(10)) >= 0
    except UnreadableFile as reason:
        assert reason.hint
