"""The file of rejected rows: as they stood, with what is wrong, to be mended and imported again."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Book, Layout
from levytool.intake.errors_file import write_errors_file
from levytool.intake.header import ADDED_COLUMNS
from levytool.intake.neutral import neutralised, restored
from levytool.problems import Problem
from tests.books import make_book
from tests.intake.spend_files import (
    HEADER,
    LINE,
    ReadBack,
    read_file,
    read_rows,
    read_text,
    write_workbook,
)


def rejected(
    folder: Path, read: ReadBack, encoding: str = "utf-8-sig", delimiter: str = ","
) -> list[list[str]]:
    path = folder / "errors.csv"
    write_errors_file(path, read.file)
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def mended(
    folder: Path,
    was: str,
    now: str,
    book: Book | None = None,
    encoding: str = "utf-8-sig",
    **options: Any,
) -> ReadBack:
    path = folder / "errors.csv"
    path.write_bytes(path.read_bytes().decode(encoding).replace(was, now).encode(encoding))
    return read_file(path, book, **options)


def test_rejected_rows_come_out_as_they_stood_with_what_to_do(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path,
        LINE,
        '31/03/2014,REGEN, brooks ,SALIX,00123,"12,5x"',
        LINE,
        "41729,REGEN,BROOKS,Nobody,9,1",
    )
    header, first, second = rejected(tmp_path, read)
    assert header == [*HEADER.split(","), *ADDED_COLUMNS]
    assert first[:7] == ["31/03/2014", "REGEN", " brooks ", "SALIX", "00123", "12,5x", "3"]
    assert first[7] == "Net: this is not an amount in pounds and pence"
    assert second[6] == "5"
    assert "Date:" in second[7]
    assert "Member:" in second[7]
    assert "--add-parties" in second[8]


def test_a_mended_file_is_read_with_the_same_options_and_its_own_row_numbers(
    tmp_path: Path,
) -> None:
    read = read_rows(tmp_path, LINE, LINE.replace("100.00", "1x").replace("INV-1", "INV-2"), LINE)
    rejected(tmp_path, read)
    again = mended(tmp_path, "1x", "7.00")
    assert again.codes == []
    assert (again.lines.invoices, again.lines.net_pence, again.lines.rows) == (
        ["INV-2"],
        [700],
        [2],
    )


def test_a_file_mended_in_part_gives_a_smaller_errors_file(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE.replace("100.00", "1x"), LINE.replace("100.00", "2x"))
    rejected(tmp_path, read)
    again = mended(tmp_path, "1x", "7.00")
    folder = tmp_path / "second"
    folder.mkdir()
    header, row = rejected(folder, again)
    assert header == [*HEADER.split(","), *ADDED_COLUMNS]
    assert row[5:7] == ["2x", "3"]


def test_the_added_columns_are_not_taken_for_the_amount_by_content(tmp_path: Path) -> None:
    text = (
        f"{HEADER.replace('Net', 'Wibble')}\n{LINE}\n{LINE}\n{LINE.replace('31/03/2014', 'soon')}\n"
    )
    read = read_text(tmp_path, text)
    rejected(tmp_path, read)
    again = mended(tmp_path, "soon", "01/03/2014")
    assert again.findings.columns["net"] == "Wibble"
    assert again.lines.net_pence == [10000]


def test_a_layout_that_fits_the_original_fits_the_errors_file(tmp_path: Path) -> None:
    layout = Layout("dos", {"net": "Net £"}, delimiter=";", encoding="cp850", header=3)
    text = f"Return;for £;\n\n{HEADER},Description\n{LINE},x\n{LINE},Café £\n".replace(",", ";")
    text = text.replace("Net", "Net £").replace("31/03/2014", "soon", 1).replace("x", "Café £")
    read = read_text(tmp_path, text.encode("cp850"), layout=layout)
    rows = rejected(tmp_path, read, "cp850", ";")
    assert rows[0][:2] == ["Return", "for £"]
    again = mended(tmp_path, "soon", "01/03/2014", encoding="cp850", layout=layout)
    assert again.lines.rows == [4]
    assert again.lines.dates == ["2014-03-01"]
    assert again.file.header is not None
    assert again.file.header.row == 3


def test_a_header_split_over_two_rows_comes_out_split(tmp_path: Path) -> None:
    text = ",,,,Transaction,Net\nDate,Framework,Contractor,Member,number,amount\n"
    read = read_text(tmp_path, text + LINE.replace("31/03/2014", "soon"))
    assert read.findings.columns["invoice"] == "Transaction number"
    rejected(tmp_path, read)
    again = mended(tmp_path, "soon", "01/03/2014")
    assert again.lines.invoices == ["INV-1"]


def test_rows_too_long_for_the_header_keep_their_cells(tmp_path: Path) -> None:
    read = read_rows(tmp_path, f"{LINE},stray,cells")
    header, row = rejected(tmp_path, read)
    assert header[6:] == ["", "", *ADDED_COLUMNS]
    assert row[6:9] == ["stray", "cells", "2"]
    assert read_file(tmp_path / "errors.csv").problem() == ("ragged-row", 2, "", "stray")
    assert mended(tmp_path, "stray,cells", ",").codes == []


def test_rows_of_a_workbook_come_out_as_text(tmp_path: Path) -> None:
    rows = [
        HEADER.split(","),
        [date(2014, 3, 31), "REGEN", "BROOKS", "Nobody", 123, 527.9599999999999],
    ]
    read = read_file(write_workbook(tmp_path / "s.xlsx", S=rows))
    assert rejected(tmp_path, read)[1][:6] == [
        "2014-03-31", "REGEN", "BROOKS", "Nobody", "123", "527.96",
    ]  # fmt: skip
    assert mended(tmp_path, "Nobody", "SALIX").lines.net_pence == [52796]


def test_rows_that_others_refuse_come_out_too(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE, LINE.replace("INV-1", "INV-2"))
    problem = Problem("already-declared", "declared in R-000001", "leave it out", row=3)
    assert write_errors_file(tmp_path / "errors.csv", read.file, [problem]) == 1
    assert read_file(tmp_path / "errors.csv").lines.invoices == ["INV-2"]


@pytest.mark.parametrize("text", [f"{HEADER}\n{LINE}\n", "no header at all\n"])
def test_no_file_is_written_where_no_row_is_to_blame(tmp_path: Path, text: str) -> None:
    path = tmp_path / "errors.csv"
    assert write_errors_file(path, read_text(tmp_path, text).file) == 0
    assert not path.exists()


def test_formulas_are_neutralised_and_come_back_as_they_were(tmp_path: Path) -> None:
    header = f"{HEADER},Description\n"
    read = read_text(tmp_path, f"{header}soon{LINE[10:]},=cmd()\nsoon{LINE[10:-6]}-5.00,'=x\n")
    _, first, second = rejected(tmp_path, read)
    assert (first[6], second[5], second[6]) == ("'=cmd()", "-5.00", "''=x")
    again = mended(tmp_path, "soon", "01/03/2014")
    assert again.lines.descriptions == ["=cmd()", "'=x"]
    assert again.lines.net_pence == [10000, -500]


@given(st.text(max_size=12) | st.text(alphabet="'=+-@\t\r1a", max_size=5))
def test_neutralising_is_undone_exactly(text: str) -> None:
    safe = neutralised(text)
    assert restored(safe) == text
    if safe != text:
        assert safe == f"'{text}"


@given(st.sampled_from("=+-@\t\r"), st.text(alphabet="abc(!", min_size=1, max_size=5))
def test_no_text_begins_like_a_formula(start: str, rest: str) -> None:
    assert neutralised(start + rest).startswith("'")


def test_every_unreadable_row_of_a_book_of_strangers_can_be_mended_by_adding_them(
    tmp_path: Path,
) -> None:
    read = read_rows(tmp_path, LINE.replace("SALIX", "Elm"), LINE.replace("SALIX", "Oak"))
    rejected(tmp_path, read)
    book = make_book(members=["ELM", "OAK"])
    assert read_file(tmp_path / "errors.csv", book).lines.members == ["ELM", "OAK"]
