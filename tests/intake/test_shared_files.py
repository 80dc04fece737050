"""Real files that nobody on this project wrote, read with the parties as constants.

`expected.json` has an independent count of each: rows, exact sums, blank rows, footers.
"""

import json
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from levytool.book.records import Layout
from levytool.intake.amounts import parse_amount
from levytool.intake.parties import survey
from tests.intake.spend_files import ReadBack, read_file
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

DATA = SHARED / "data"
LAYOUTS = {"spend/fco_spend-jan-2011.csv": Layout("dos", encoding="cp850")}
REFUSED = "spend/ofwat_prs_dat_transactions201107.csv"
CONSTANTS: dict[str, Any] = {"framework": "REGEN", "contractor": "BROOKS", "member": "SALIX"}


@cache
def expected_counts() -> dict[str, dict[str, Any]]:
    counts: dict[str, dict[str, Any]] = json.loads((DATA / "expected.json").read_text())
    return {name: c for name, c in counts.items() if name.startswith(("spend/", "returns/"))}


def names() -> list[str]:
    return sorted(expected_counts()) if SHARED.is_dir() else []


@cache
def read_shared(name: str) -> ReadBack:
    return read_file(DATA / name, layout=LAYOUTS.get(name), **CONSTANTS)


def rejected_pence(read: ReadBack) -> int:
    """The sum of the amounts in rejected rows that have a readable one."""
    assert read.file.header is not None
    column = read.file.header.names.index(read.findings.columns["net"])
    rows = read.file.raw_rows(read.findings.rejected_rows)
    amounts = (parse_amount(row[column]) for _, row in rows)
    return sum(amount.pence for amount in amounts if amount is not None)


def test_every_file_has_an_independent_count() -> None:
    files = {
        f"{p.parent.name}/{p.name}" for d in ("spend", "returns") for p in (DATA / d).iterdir()
    }
    assert files - {REFUSED} == set(names()) - {REFUSED}


@pytest.mark.parametrize("name", [name for name in names() if name != REFUSED])
def test_the_rows_and_the_sum_are_those_of_the_independent_count(name: str) -> None:
    read, expected = read_shared(name), expected_counts()[name]
    findings = read.findings
    assert not read.file.refused
    assert findings.skipped["blank"] == expected["blank_rows"]
    assert findings.skipped["total"] == len(expected["footer_rows"])
    assert findings.skipped["title"] == expected["header_row"] - 1
    assert read.file.header is not None
    assert read.file.header.row == expected["header_row"]

    undated = [p.row for p in findings.problems if p.code == "not-a-date"]
    assert len(undated) == expected["rows_without_valid_date"]
    without_amount = {p.row for p in findings.problems if p.column == findings.columns["net"]}
    assert len(without_amount) == expected["rows_without_amount"]
    assert findings.rejected_rows == set(undated) | without_amount
    assert len(read.lines) == expected["amount_rows"] - len(undated)

    rounded_sum = Decimal(sum(read.lines.net_pence) + rejected_pence(read)).scaleb(-2)
    assert rounded_sum == Decimal(expected["sum_each_rounded_2dp"])
    assert len(findings.rounded) == expected["rows_over_2dp"]
    assert findings.read == len(read.lines) + len(findings.rejected_rows) + findings.skipped.total()

    if not undated:
        negative = [pence for pence in read.lines.net_pence if pence < 0]
        assert len(negative) == expected["negative_rows"]
        assert Decimal(sum(negative)).scaleb(-2) == Decimal(expected["negative_sum"]).quantize(
            Decimal("0.01")
        )
        assert read.lines.net_pence.count(0) == expected["zero_rows"]
    if expected["min_date"] and len(read.lines):
        assert (min(read.lines.dates), max(read.lines.dates)) == (
            expected["min_date"],
            expected["max_date"],
        )


def test_a_header_lost_to_the_spreadsheet_is_refused() -> None:
    read = read_shared(REFUSED)
    assert read.codes == ["no-header"]
    assert read.file.refused


def test_dates_lost_to_the_spreadsheet_are_refused_not_guessed() -> None:
    read = read_shared("spend/oxford_2014q2.csv")
    assert len(read.lines) == 0
    assert set(read.codes) == {"not-a-date"}
    assert {problem.value for problem in read.findings.problems} == {"00:00:00"}


def test_serial_dates_are_refused_and_the_footer_agrees_with_every_row() -> None:
    read = read_shared("spend/dh_CSV_GPC__25K_August_Data.csv")
    assert read.codes == ["not-a-date"] * 72
    assert all(problem.value.isdigit() for problem in read.findings.problems)
    (total,) = read.findings.stated_totals
    assert (total.row, total.stated_pence, total.rows_pence) == (866, 889775843691, 889775843691)
    assert read.warnings == []


def test_a_footer_that_does_not_agree_is_warned_of() -> None:
    read = read_shared("spend/dh_CSV_March_over_25_000_exp.csv")
    (total,) = read.findings.stated_totals
    assert total.stated_pence - total.rows_pence == 73070781
    assert read.warnings == ["total-differs"]
    assert "£730,707.81" in read.findings.warnings[0].message


def test_a_workbook_called_csv_that_says_nil_return_has_one_row_without_amount() -> None:
    read = read_shared("spend/nfc_nfc-over-25k-1111.csv")
    assert (len(read.lines), read.findings.rejected_rows) == (0, {6})
    assert set(read.codes) == {"missing"}


def test_a_header_split_over_two_rows_names_its_columns_whole() -> None:
    read = read_shared("spend/ccwater_ccwater-over-25k-1109.csv")
    assert read.findings.columns["invoice"] == "Transaction number"
    assert read.findings.header[9:] == (
        "Supplier Postcode", "Supplier Type", "Contract Number", "Project Code", "Expenditure Type",
    )  # fmt: skip


def test_framework_sales_are_read_by_month_lot_and_customer() -> None:
    name = "returns/gcloud_framework_sales_2014-07.csv"
    found = survey(DATA / name)
    assert (len(found.members), len(found.contractors)) == (524, 343)
    assert {lots: sorted(names) for lots, names in found.lots.items()} == {
        "G-Cloud": ["1", "2", "3", "4"]
    }
    assert len(found.sectors) == 524
    assert read_shared(name).findings.columns == {
        "month": "ReturnMonth",
        "net": "EvidencedSpend",
        "lot": "LotDescription",
        "description": "ProjectNameAndDescription",
    }
