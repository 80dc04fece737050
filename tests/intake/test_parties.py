"""What a data file names, for the first book."""

from datetime import date
from pathlib import Path

import pytest

from levytool.book.draft import Survey
from levytool.intake.parties import survey
from levytool.problems import InputRejected
from tests.intake.spend_files import write_workbook


def test_everything_a_file_names_once_each_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(
        "Return,,,,\n"
        "Framework,LotDescription,SupplierName,CustomerName,ReturnMonth,EvidencedSpend,Sector\n"
        "G-Cloud,3, SYMANTEC LTD ,Leeds City Council,2012-04-01,5,Local Government\n"
        "G-Cloud,1,Acme Ltd,Home Office,2014-06-01,5,Central Government\n"
        ",,,,,,\n"
        "DOS,3,Acme Ltd,Leeds City Council,oops,5,\n"
        "G-Cloud,3,Acme Ltd,,2013-06-01,5,Central Government\n"
        "Total,,,,,20,\n",
        encoding="cp1252",
    )
    assert survey(path) == Survey(
        members=("Leeds City Council", "Home Office"),
        contractors=("SYMANTEC LTD", "Acme Ltd"),
        frameworks=("G-Cloud", "DOS"),
        lots={"G-Cloud": ("3", "1"), "DOS": ("3",)},
        first_date=date(2012, 4, 1),
        sectors={"Leeds City Council": "Local Government", "Home Office": "Central Government"},
    )


def test_a_framework_that_is_given_holds_for_every_line(tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    path.write_text("Date,Framework,Supplier,Lot,Amount\n31/03/2014,X,Acme,1,5\n")
    found = survey(path, framework="REGEN")
    assert (found.frameworks, found.lots) == (("REGEN",), {"REGEN": ("1",)})


def test_a_file_that_names_little_is_surveyed_for_that(tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    path.write_text("Supplier,Lot,Amount\nAcme,1,5\n")
    assert survey(path) == Survey(contractors=("Acme",), lots={"": ("1",)})


def test_the_sheet_with_most_to_say_is_surveyed(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "s.xlsx",
        Summary=[["Member", "Net"], ["SALIX", 5]],
        Lines=[["Date", "Supplier", "Net"], [date(2014, 3, 31), 123, 5]],
    )
    found = survey(path)
    assert (found.contractors, found.first_date) == (("123",), date(2014, 3, 31))


@pytest.mark.parametrize(
    ("content", "code"), [(b"#NAME?,,\n", "unreadable-file"), (b"%PDF-1.7", "unreadable-file")]
)
def test_a_file_that_cannot_be_surveyed_is_refused(
    tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "spend.csv"
    path.write_bytes(content)
    with pytest.raises(InputRejected) as refused:
        survey(path)
    assert [problem.code for problem in refused.value.problems] == [code]
