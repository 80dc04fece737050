"""Total rows are told from lines, and what they state is checked against the rows."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.intake.lines import StatedTotal
from levytool.intake.totals import is_total_label
from levytool.periods import Month
from tests.books import make_book
from tests.intake.spend_files import HEADER, LINE, read_file, read_rows, read_text, write_workbook

TWO = LINE.replace("100.00", "250.50")


@pytest.mark.parametrize(
    "label",
    ["Total", "TOTAL:", "Totals", "Grand Total", "Sub-total", "Subtotal", "Total (£)", "Total net",
     "Total for March 2014", "Invoice total", "Total excl. VAT", "Sum", "Total spend Q1 2014/15"],
)  # fmt: skip
def test_what_labels_a_total(label: str) -> None:
    assert is_total_label(label)


@pytest.mark.parametrize(
    "text",
    ["Total Gas & Power Ltd", "Total", "Totally Clean Ltd", "Summit Roofing", "March 2014", "",
     "100", "Total Roofing", "Invoice", "Salix Homes total"],
)  # fmt: skip
def test_what_labels_none(text: str) -> None:
    assert is_total_label(text) is (text == "Total")


@pytest.mark.parametrize(
    "row",
    ["Total,,,,,350.50", ",,,,Grand total,£350.50", ",,,TOTAL,,350.50",
     "Total March 2014,,,,,350.50", ",,,,,350.50", ',,,,,"350.50 "'],
)  # fmt: skip
def test_a_total_that_agrees_is_skipped_counted_and_noted(tmp_path: Path, row: str) -> None:
    read = read_rows(tmp_path, LINE, TWO, row)
    assert read.lines.net_pence == [10000, 25050]
    assert read.findings.skipped["total"] == 1
    assert read.findings.stated_totals == [StatedTotal(4, 35050, 35050)]
    assert (read.codes, read.warnings) == ([], [])


@pytest.mark.parametrize("row", ["Total,,,,,360.50", ",,,,,360.50"])
def test_a_total_that_differs_is_warned_of(tmp_path: Path, row: str) -> None:
    read = read_rows(tmp_path, LINE, TWO, row, "", ",,,,,")
    assert read.findings.stated_totals == [StatedTotal(4, 36050, 35050)]
    assert [(w.code, w.row, w.value) for w in read.findings.warnings] == [
        ("total-differs", 4, "360.50")
    ]
    assert "£10.00 more" in read.findings.warnings[0].message
    assert read.codes == []


def test_a_supplier_named_total_is_no_total(tmp_path: Path) -> None:
    book = make_book(contractors=["BROOKS", "TGP"])
    line = LINE.replace("BROOKS", "Tgp Roofing Ltd")
    read = read_rows(tmp_path, line, LINE.replace("BROOKS", "Total Gas & Power Ltd"), book=book)
    assert read.codes == ["unknown-contractor"]
    undated = read_rows(tmp_path, ",,Total Gas & Power Ltd,,,350.50", book=book)
    assert "missing" in undated.codes
    assert undated.findings.skipped["total"] == 0


def test_a_total_covers_rows_that_are_refused_for_other_reasons(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE, TWO.replace("31/03/2014", "41729"), "Total,,,,,350.50")
    assert read.codes == ["not-a-date"]
    assert read.warnings == []


def test_subtotals_and_a_grand_total(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path, LINE, ",,,,Sub total,100.00", TWO, TWO, ",,,,Sub total,501.00", "Total,,,,,601.00"
    )
    assert read.findings.stated_totals == [
        StatedTotal(3, 10000, 10000),
        StatedTotal(6, 50100, 50100),
        StatedTotal(7, 60100, 60100),
    ]
    assert read.warnings == []
    wrong = read_rows(tmp_path, LINE, "Total,,,,,100.00", TWO, ",,,,Sub total,9.00")
    assert wrong.findings.stated_totals[-1] == StatedTotal(5, 900, 25050)


def test_an_amount_alone_among_the_rows_is_a_subtotal_or_a_line_with_cells_missing(
    tmp_path: Path,
) -> None:
    agreeing = read_rows(tmp_path, LINE, ",,,,,100.00", TWO)
    assert agreeing.findings.skipped["total"] == 1
    assert agreeing.codes == []
    other = read_rows(tmp_path, LINE, ",,,,,7.00", TWO, ",,,,,357.50")
    assert [(p.row, p.code) for p in other.findings.problems] == [(3, "missing")] * 4
    assert other.findings.stated_totals == [StatedTotal(5, 35750, 35750)]


def test_an_amount_alone_is_judged_across_batches(tmp_path: Path) -> None:
    rows = [LINE, ",,,,,7.00", "", "", TWO, ",,,,,9.00", "", ""]
    for size in range(1, 9):
        read = read_rows(tmp_path, *rows, chunk_rows=size)
        assert {p.row for p in read.findings.problems} == {3}
        assert read.findings.stated_totals == [StatedTotal(7, 900, 35750)]
        assert read.findings.skipped == {"title": 0, "blank": 4, "total": 1}


def test_a_total_of_amounts_with_parts_of_a_penny_may_be_rounded_once_or_line_by_line(
    tmp_path: Path,
) -> None:
    rows = [LINE.replace("100.00", "0.004")] * 3
    for stated in ("0.01", "0.00"):
        assert read_rows(tmp_path, *rows, f"Total,,,,,{stated}").warnings == ["rounded"] * 3
    assert "total-differs" in read_rows(tmp_path, *rows, "Total,,,,,0.02").warnings


def test_footers_of_vat_and_gross_are_skipped_and_not_compared(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path, LINE, "Total net,,,,,100.00", "VAT,,,,,20.00", "Total inc VAT,,,,,120.00"
    )
    assert read.findings.skipped["total"] == 3
    assert (read.codes, read.warnings) == ([], [])
    assert read.findings.stated_totals == [StatedTotal(3, 10000, 10000)]


def test_a_total_without_an_amount_is_skipped(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE, "Total,,,,,")
    assert read.findings.skipped["total"] == 1
    assert read.findings.stated_totals == []


def test_a_total_in_a_workbook_with_float_noise_agrees(tmp_path: Path) -> None:
    rows = [HEADER.split(",")]
    rows += [[*LINE.split(",")[:5], 0.1], [*LINE.split(",")[:5], 0.2]]  # type: ignore[list-item]
    rows += [["Total", "", "", "", "", 0.1 + 0.2]]  # type: ignore[list-item]
    read = read_file(write_workbook(tmp_path / "s.xlsx", S=rows))
    assert read.findings.stated_totals == [StatedTotal(4, 30, 30)]
    assert read.warnings == []


def test_totals_are_told_though_no_column_has_dates(tmp_path: Path) -> None:
    told: dict[str, Any] = {
        "period": Month(2014, 3),
        "member": "SALIX",
        "contractor": "BROOKS",
        "framework": "REGEN",
    }
    text = "Invoice,Description,Net\nA-1,roof,100.00\nA-2,Total roof,50.00\n"
    for footer in (",Total,150.00", "Total,,150.00", ",,150.00", "Total,,160.00"):
        read = read_text(tmp_path, f"{text}{footer}\n", **told)
        assert read.lines.net_pence == [10000, 5000]
        assert read.findings.skipped["total"] == 1
    other = read_text(tmp_path, f"{text},,7.00\nA-3,roof,1.00\n", **told)
    assert other.lines.net_pence == [10000, 5000, 700, 100]


def test_with_new_parties_a_total_is_still_no_party(tmp_path: Path) -> None:
    read = read_rows(tmp_path, LINE, ",,,Total,,100.00", add_parties=True)
    assert read.findings.skipped["total"] == 1
    assert read.file.new_parties == {}


@given(
    amounts=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12),
    size=st.integers(1, 5),
    off=st.sampled_from([0, 1, -250]),
)
def test_a_total_is_warned_of_exactly_when_it_is_not_the_sum(
    tmp_path_factory: pytest.TempPathFactory, amounts: list[int], size: int, off: int
) -> None:
    def pounds(pence: int) -> str:
        return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"

    rows = [LINE.replace("100.00", pounds(amount)) for amount in amounts]
    total = sum(amounts) + off
    folder = tmp_path_factory.mktemp("totals")
    read = read_rows(folder, *rows, f"Total,,,,,{pounds(total)}", chunk_rows=size)
    assert read.warnings == (["total-differs"] if off else [])
    assert read.findings.stated_totals == [StatedTotal(len(rows) + 2, total, sum(amounts))]
    assert sum(read.lines.net_pence) == sum(amounts)
