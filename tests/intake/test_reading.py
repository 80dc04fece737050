"""The file as a whole: its hash, progress, what is not there, and lookups that stay small."""

import hashlib
from pathlib import Path

import pytest

from levytool.book.records import Layout
from levytool.intake import lookups, verdicts
from levytool.intake.options import ReadOptions
from levytool.intake.reading import SpendFile
from levytool.periods import Month
from levytool.problems import UsageError
from tests.books import make_book, make_framework
from tests.intake.spend_files import HEADER, LINE, read_rows, read_text, write_workbook


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE)
    content = (tmp_path / "spend.csv").read_bytes()
    assert read.file.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="check the file's name"):
        SpendFile(tmp_path / name, make_book(), ReadOptions())


def test_progress_goes_from_the_first_batch_to_the_end_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    path.write_text(f"{HEADER}\n" + f"{LINE}\n" * 3000)
    told: list[tuple[int, int]] = []
    options = ReadOptions(chunk_rows=500)
    file = SpendFile(path, make_book(), options, lambda done, total: told.append((done, total)))
    assert sum(len(chunk) for chunk in file.chunks()) == 3000
    size = path.stat().st_size
    assert [total for _, total in told] == [size] * 7
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (size, size)


def test_progress_of_a_workbook_counts_rows(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx", S=[HEADER.split(","), LINE.split(",")])
    told: list[tuple[int, int]] = []
    file = SpendFile(
        path, make_book(), ReadOptions(), lambda done, total: told.append((done, total))
    )
    assert sum(len(chunk) for chunk in file.chunks()) == 1
    assert told == [(2, 2)]


def test_lines_come_in_chunks_of_the_size_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    path.write_text(f"title\n\n{HEADER}\n" + f"{LINE}\n" * 5 + ",,,,,\n" * 4 + f"{LINE}\n")
    chunks = list(SpendFile(path, make_book(), ReadOptions(chunk_rows=4)).chunks())
    assert [chunk.rows for chunk in chunks] == [[4], [5, 6, 7, 8], [13]]


def test_the_same_answers_come_from_lookups_that_had_to_forget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lots = make_framework("LOTS", "Lots", lots={str(n): "" for n in range(5)}, appointments=None)
    quarterly = make_framework("Q", "Quarterly", returns="quarterly", appointments=())
    book = make_book(members=["SALIX", "AXIS", "ELM"], frameworks=["REGEN", lots, quarterly])
    rows = [
        f"{day:02d}/03/2014,{framework},BROOKS,{member},INV-1,1.00,{day % 5},{currency}"
        for day in range(1, 20)
        for framework, member, currency in (
            ("LOTS", "Salix Homes", "GBP"),
            ("regen", "axis", "£"),
            ("Q", "Elm", "EUR"),
        )
    ]
    text = "\n".join([f"{HEADER},Lot,Currency", *rows, ",,,,,1,,"])
    whole = read_text(tmp_path, text, book)
    assert len(whole.lines) == 38
    monkeypatch.setattr(lookups, "MEMO_LIMIT", 2)
    monkeypatch.setattr(verdicts, "MEMO_LIMIT", 2)
    small = read_text(tmp_path, text, book, chunk_rows=7)
    assert (small.lines, small.findings) == (whole.lines, whole.findings)
    undated = text.replace("Date,", "When,")
    assert len(read_text(tmp_path, undated, book, period=Month(2014, 3)).lines) == 38


def test_an_unknown_name_costs_a_suggestion_only_so_many_times(tmp_path: Path) -> None:
    rows = [LINE.replace("SALIX", f"Salix Homs {number}") for number in range(260)]
    hints = [problem.hint for problem in read_rows(tmp_path, *rows).findings.problems]
    assert "did you mean SALIX" in hints[0]
    assert "did you mean" not in hints[-1]
    assert all("--add-parties" in hint for hint in hints)


def test_a_separator_line_of_a_spreadsheet_is_a_title(tmp_path: Path) -> None:
    read = read_text(tmp_path, f"sep=;\n{HEADER}\n{LINE}\n".replace(",", ";"))
    assert read.lines.rows == [3]


def test_one_telling_header_is_enough_where_content_tells_the_rest(tmp_path: Path) -> None:
    text = f"Date,Scheme,Builder,Who,Ticket,Bill\n{LINE}\n{LINE}\n"
    read = read_text(tmp_path, text)
    assert read.codes == []
    assert read.findings.columns == {
        "date": "Date",
        "net": "Bill",
        "member": "Who",
        "contractor": "Builder",
        "framework": "Scheme",
    }


def test_a_layout_for_another_kind_of_file_is_refused_by_name(tmp_path: Path) -> None:
    read = read_text(tmp_path, f"{HEADER}\n{LINE}\n", layout=Layout("dunn", {"net": "Betrag"}))
    assert read.codes == ["no-header"]
    assert "layout dunn" in read.findings.problems[0].message
    assert read.file.refused


@pytest.mark.parametrize(
    "text",
    [
        "Date,Description,Amount,Balance\n01/05/2014,BROOKS,1.00,1.00\n",
        "My account\n\nDate,Type,Details,Paid out,Paid in,Balance\n01/05/2014,BP,x,1.00,,9.00\n",
        '<?xml version="1.0"?>\n<Document><BkToCstmrStmt></BkToCstmrStmt></Document>',
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1></BANKMSGSRSV1></OFX>",
        ":20:1\n:25:00000000\n:28C:1/1\n:60F:C140501GBP0,00\n:62F:C140501GBP0,00\n",
    ],
)
def test_a_banks_statement_is_sent_where_it_belongs(tmp_path: Path, text: str) -> None:
    (problem,) = read_text(tmp_path, text).findings.problems
    assert problem.code in ("no-header", "unreadable-file")
    assert problem.hint == "it reads like a bank's statement: levytool bank import FILE"


@pytest.mark.parametrize(
    "text", ["Date,Amount\n01/05/2014,1.00\n", "<p>Balance</p>", "Balance\n1.00\n"]
)
def test_what_is_no_spend_file_is_not_for_that_a_banks(tmp_path: Path, text: str) -> None:
    problems = read_text(tmp_path, text).findings.problems
    assert problems and not any("bank import" in problem.hint for problem in problems)


def test_a_spend_file_with_a_column_of_balances_is_read(tmp_path: Path) -> None:
    text = f"{HEADER},Balance\n{LINE.removesuffix(',')},9.00\n"
    assert read_text(tmp_path, text).findings.problems == []
