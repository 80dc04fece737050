"""Finding the header and recognising columns by what they are called."""

from pathlib import Path

import pytest

from levytool.book.records import Layout
from levytool.intake.header import column_letters, find_header
from levytool.intake.vocabulary import target_of
from tests.intake.spend_files import HEADER, LINE, read_text


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Date", "date"), ("Invoice Date", "date"), ("Date of invoice", "date"),
        ("INVOICE_DATE", "date"), ("Date paid", "date"), ("Paid Date", "date"),
        ("Date of Payment", "date"), ("Tax point", "date"), ("Invoice\nDate", "date"),
        ("ReturnMonth", "month"), ("Month", "month"), ("Reporting period", "month"),
        ("Net", "net"), ("Net £", "net"), ("Net (GBP)", "net"), ("Net amount", "net"),
        (" Amount (£) ", "net"), ("Value", "net"), ("Total ex. VAT", "net"),
        ("Value of works (excl. VAT)", "net"), ("EvidencedSpend", "net"), ("Invoice value", "net"),
        ("VAT", "vat"), ("VAT amount", "vat"), ("Gross", "gross"), ("Total inc VAT", "gross"),
        ("Inv No", "invoice"), ("Invoice number", "invoice"), ("Transaction Number", "invoice"),
        ("Trans No", "invoice"), ("Invoice #", "invoice"), ("Reference", "invoice"),
        ("Original invoice", "credits"),
        ("Member", "member"), ("Client", "member"), ("CustomerName", "member"),
        ("Housing association", "member"), ("Contracting Authority", "member"),
        ("Name of Body", "member"), ("Entity", "member"),
        ("Contractor", "contractor"), ("Supplier Name", "contractor"),
        ("supplier_name", "contractor"),
        ("Framework", "framework"), ("Framework Ref.", "framework"),
        ("Lot", "lot"), ("Lot No", "lot"), ("LotDescription", "lot"),
        ("Call-off", "call_off"), ("call_off", "call_off"), ("Order", "call_off"),
        ("PO Number", "call_off"), ("Contract ref", "call_off"),
        ("Description", "description"), ("ProjectNameAndDescription", "description"),
        ("Currency", "currency"),
    ],
)  # fmt: skip
def test_what_a_column_is_called(header: str, target: str) -> None:
    found = target_of(header)
    assert found is not None
    assert found[0] == target


@pytest.mark.parametrize(
    "header",
    ["", "£", "Type", "ID", "VAT Reg no", "Supplier Postcode", "Contract value",
     "Order value ex VAT", "Expense Type", "Labour", "Order date", "Department family",
     "Award value", "row", "problem"],
)  # fmt: skip
def test_what_names_no_target(header: str) -> None:
    assert target_of(header) is None


def test_the_most_telling_name_wins_where_two_columns_could_be_meant(tmp_path: Path) -> None:
    text = f"{HEADER},Amount,VAT,Total,Transaction Number\n{LINE},1,20,120.00,T-9\n"
    read = read_text(tmp_path, text)
    assert read.findings.columns["net"] == "Net"
    assert read.findings.columns["vat"] == "VAT"
    assert read.findings.columns["invoice"] == "Invoice"


def test_beside_a_vat_column_a_total_is_not_taken_for_the_net(tmp_path: Path) -> None:
    text = f"{HEADER},VAT\n{LINE},20\n".replace("Net", "Total")
    read = read_text(tmp_path, text)
    assert read.codes == ["no-header"]
    assert "net" in read.findings.problems[0].message


def test_two_columns_of_one_name_are_refused_for_a_target_that_must_be(tmp_path: Path) -> None:
    read = read_text(tmp_path, f"{HEADER},Net\n{LINE},1\n")
    assert read.codes == ["no-header"]
    assert "more than one column could be net" in read.findings.problems[0].message


def test_title_rows_stand_above_the_header_and_are_counted(tmp_path: Path) -> None:
    text = f"Spend return,,,\n\nMarch 2014,Brooks\n{HEADER}\n{LINE}\n"
    read = read_text(tmp_path, text)
    assert read.lines.rows == [5]
    assert read.findings.skipped["title"] == 3
    assert read.findings.read == 4
    assert read.findings.header == tuple(HEADER.split(","))


def test_a_header_repeated_at_the_head_of_a_page_is_skipped(tmp_path: Path) -> None:
    read = read_text(tmp_path, f"{HEADER}\n{LINE}\n{HEADER}\n{LINE}\n")
    assert read.lines.rows == [2, 4]
    assert read.findings.skipped["title"] == 1
    assert read.codes == []


def test_a_header_split_over_two_rows_is_read_as_one() -> None:
    rows = [
        ["Sep-11", "", "", ""],
        ["", "", "Transaction", "", "Supplier"],
        ["Date paid", "Supplier", "number", " Amount ", "Postcode"],
        ["26/09/2011", "LEVER LTD", "110905", "£25.93", "SO53 3YE"],
    ]
    header = find_header(rows)
    assert header is not None
    assert (header.row, header.names) == (
        3,
        ("Date paid", "Supplier", "Transaction number", "Amount", "Supplier Postcode"),
    )


def test_both_halves_of_a_split_header_may_be_needed() -> None:
    rows = [
        ["Invoice", "Invoice", "Net", "Member"],
        ["Date", "Number", "Amount", "Name"],
        ["26/09/2011", "110905", "£25.93", "SALIX"],
    ]
    header = find_header(rows)
    assert header is not None
    assert header.row == 2
    assert [target_of(name) and target_of(name)[0] for name in header.names] == [  # type: ignore[index]
        "date", "invoice", "net", "member",
    ]  # fmt: skip


def test_a_title_or_a_data_row_above_is_not_joined() -> None:
    assert find_header([["Return of", "12.00"], ["Date", "Net"]]) == find_header(
        [["x", ""], ["Date", "Net"]]
    )


def test_a_header_far_down_is_found_and_one_beyond_reach_is_not() -> None:
    blank = [["", ""]] * 99
    header = find_header([*blank, ["Date", "Net"]])
    assert header is not None
    assert header.row == 100
    assert find_header([*blank, ["", ""], ["Date", "Net"]]) is None


def test_a_layout_names_the_headers_row(tmp_path: Path) -> None:
    text = f"{HEADER}\n{HEADER.replace('Net', 'Nett')}\n{LINE}\n"
    layout = Layout("odd", columns={"net": "Nett"}, header=2)
    read = read_text(tmp_path, text, layout=layout)
    assert read.lines.rows == [3]
    assert read_text(tmp_path, text, layout=Layout("odd", header=9)).codes == ["no-header"]


def test_columns_have_a_spreadsheets_letters() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702)] == [
        "A", "Z", "AA", "ZZ", "AAA",
    ]  # fmt: skip
