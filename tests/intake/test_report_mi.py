"""Cells and files as Report MI, Crown Commercial Service's system, takes or refuses them.

The cases of dates, decimals, lots, customers and texts, of what a cell is stored as, and of files.
Report MI's columns of other types (whole numbers, yes or no, choices, lengths) have no counterpart
among the columns that spend is read from.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from levytool.book.records import Appointment, Layout, Member
from levytool.money import format_pence
from tests.books import make_book, make_framework
from tests.intake.spend_files import ReadBack, read_file, read_text, write_workbook
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

SERIAL = "contract, Cells: a bare spreadsheet serial is not-a-date"
HAZARD = "the case shows behaviour to avoid: a text stands as it was"
EXCEPTIONS = {
    "validation-05": "contract, Cells: a year may have two digits",
    "validation-59": "contract, Cells: 1e3 is not-a-number",
    "validation-61": "contract, Cells: True is not-a-number",
    "validation-63": "contract, Cells: thousands commas in their right places are read",
    "validation-67": "contract, Cells: brackets make an amount negative",
    "validation-81": SERIAL,
    "validation-83": SERIAL,
    "validation-89": "contract, Cells: `-` separates day, month and year as well",
    "validation-91": "contract, Cells: a time of midnight may follow a date",
    "validation-113": HAZARD,
    "validation-115": HAZARD,
    "validation-117": HAZARD,
    "coerce-07": SERIAL,
    "coerce-11": "contract, Cells: True is not-a-number",
    "ingest-07": "one sheet holds the spend; where several do, a layout names it",
    "ingest-13": "contract, Importing spend: every bad row is reported",
    "ingest-15": "contract, Importing spend: parties live in the book; no file takes one away",
}
"""Cases that come out otherwise here, and why."""

TARGETS = {
    "date": "Date",
    "decimal": "Net",
    "lot": "Lot",
    "customer_id": "Member",
    "text": "Description",
}
GOOD = {
    "Date": "31/03/2018", "Framework": "REGEN", "Contractor": "BROOKS", "Member": "12345678",
    "Net": 100.0, "Lot": "", "Description": "",
}  # fmt: skip


def cases(*kinds: str) -> list[dict[str, Any]]:
    if not SHARED.is_dir():
        return []
    found = json.loads((SHARED / "vectors" / "report_mi.json").read_text())
    return [case for case in found if case["kind"] in kinds]


def in_scope(case: dict[str, Any]) -> bool:
    rule = case["rule"]
    is_text = rule.get("column_type") == "text"
    return rule.get("column_type") in TARGETS and not (is_text and rule.get("required"))


CELLS = [case for case in cases("validation", "coerce") if in_scope(case)]
INGEST = cases("ingest")


def expected(case: dict[str, Any]) -> Any:
    """What the case calls for: what it says is right, else what Report MI does."""
    return case.get("correct", case.get("want_in_new_tool", case["expect"]))


def read_cell(folder: Path, case: dict[str, Any]) -> ReadBack:
    """One row with the case's cell among good ones, under a book that knows the case's lots."""
    column = TARGETS[case["rule"]["column_type"]]
    lots = case["rule"].get("lots", {})
    agreed = lots.get("agreement_lots", [])
    framework = make_framework(
        lots=dict.fromkeys(lots.get("framework_lots", agreed), ""),
        appointments=(Appointment("BROOKS", tuple(agreed)),),
    )
    known = case["rule"].get("customers", {}).get("known", ["12345678"])
    members = [Member(code, f"Customer {code}") for code in known]
    book = make_book(members=members, frameworks=[framework])
    rows = [list(GOOD), list({**GOOD, column: case["input"]["cell"]}.values())]
    return read_file(write_workbook(folder / "case.xlsx", Lines=rows), book)


def outcome(read: ReadBack, case: dict[str, Any]) -> dict[str, Any]:
    """What became of the cell, in the case's own terms; what it asks for decides which."""
    column = case["rule"]["column_type"]
    told: dict[str, Any] = {"valid": not read.codes}
    if read.codes:
        # A cell that is not understood stands as it was, to be corrected.
        told["stored"] = read.findings.problems[0].value
    elif column == "decimal":
        told["stored"] = read.lines.net_pence[0] / 100
    elif column == "date":
        year, month, day = read.lines.dates[0].split("-")
        told["stored"] = f"{day}/{month}/{year}"
    elif column == "customer_id":
        told["stored"] = int(read.lines.members[0])
    else:
        told["stored"] = read.lines.descriptions[0]
    return {name: told[name] for name in ("valid", "stored") if name in expected(case)}


@pytest.mark.parametrize("case", CELLS, ids=[case["id"] for case in CELLS])
def test_a_cell_comes_out_as_in_report_mi(case: dict[str, Any], tmp_path: Path) -> None:
    read = read_cell(tmp_path, case)
    wanted = {n: v for n, v in expected(case).items() if n in ("valid", "stored")}
    assert wanted, "the case asks for nothing that this test looks at"
    if case["id"] in EXCEPTIONS:
        assert outcome(read, case) != wanted, "the exception is needless"
    else:
        assert outcome(read, case) == wanted
    if read.codes:
        assert {problem.column for problem in read.findings.problems} <= {
            TARGETS[case["rule"]["column_type"]],
            "Contractor",
        }


HEADER = "Date,Framework,Contractor,Member,Net"
LINE = "31/03/2018,REGEN,BROOKS,SALIX"


def lines(*amounts: str) -> str:
    return "\n".join([HEADER, *(f"{LINE},{amount}" for amount in amounts)]) + "\n"


def total_of_one_sheet(folder: Path, case: dict[str, Any]) -> Any:
    amounts = {
        "invoice": case["input"]["invoice_totals"],
        "order": case["input"]["order_totals"],
        "other": ["1.00"],
    }
    sheets = {
        name: [HEADER.split(","), *([*LINE.split(","), amount] for amount in column)]
        for name, column in amounts.items()
    }
    path = write_workbook(folder / "case.xlsx", **sheets)
    read = {name: read_file(path, layout=Layout("mi", sheet=name)).lines for name in sheets}
    return {
        "stored_spend_total": format_pence(sum(read["invoice"].net_pence)),
        "rows": {name: len(lines) for name, lines in read.items()},
    }


def reported_rows(folder: Path, case: dict[str, Any]) -> Any:
    bad = case["input"]["data_lines"]
    read = read_text(folder, lines(*("x" if n in bad else "1.00" for n in range(1, 9))))
    return {"reported_rows": [problem.row for problem in read.findings.problems]}


def missing_column(folder: Path, case: dict[str, Any]) -> Any:
    (name,) = case["input"]["missing"]
    layout = Layout("mi", columns={"net": "Net", "call_off": name})
    read = read_text(folder, lines("1.00"), layout=layout)
    named = all(name in problem.message for problem in read.findings.problems)
    error = "missing column named" if read.codes == ["no-header"] and named else read.codes
    return {"error": error, "rows_loaded": len(read.lines)}


def rows_of_three_sheets(folder: Path, case: dict[str, Any]) -> Any:
    sheets = {
        name: [HEADER.split(","), *([[*LINE.split(","), "1.00"]] * count)]
        for name, count in case["input"]["rows"].items()
    }
    return {"file_row_count": read_file(write_workbook(folder / "c.xlsx", **sheets)).findings.read}


def header_name(folder: Path, case: dict[str, Any]) -> Any:
    text = f"{HEADER},{case['input']['header']}\n{LINE},1.00,2.00\n"
    return {"header": read_text(folder, text).findings.header[-1]}


def rows_among_blank_ones(folder: Path, case: dict[str, Any]) -> Any:
    text = lines(*["1.00"] * 6).replace("1.00\n", "1.00\n\n,,,,\n", 4)
    return {"row_count": len(read_text(folder, text).lines)}


def rows_listed(folder: Path, case: dict[str, Any]) -> Any:
    read = read_text(folder, lines(*["x"] * case["input"]["errored_rows"]))
    return {"rows_listed": len(read.findings.problems)}


def parties_taken_away(folder: Path, case: dict[str, Any]) -> Any:
    book = make_book(members=["SALIX", "AXIS"])
    read = read_text(folder, lines("1.00"), book, add_parties=True)
    return {"soft_deleted": 2 - len(read.file.book.members)}


OUTCOMES = {
    "ingest-01": total_of_one_sheet,
    "ingest-03": reported_rows,
    "ingest-05": missing_column,
    "ingest-07": rows_of_three_sheets,
    "ingest-09": header_name,
    "ingest-11": rows_among_blank_ones,
    "ingest-13": rows_listed,
    "ingest-15": parties_taken_away,
}


@pytest.mark.parametrize("case", INGEST, ids=[case["id"] for case in INGEST])
def test_a_file_comes_out_as_in_report_mi(case: dict[str, Any], tmp_path: Path) -> None:
    found = OUTCOMES[case["id"]](tmp_path, case)
    if case["id"] in EXCEPTIONS:
        assert found != expected(case), "the exception is needless"
    else:
        assert found == expected(case)


def test_unknown_columns_are_not_read(tmp_path: Path) -> None:
    (case,) = [case for case in cases("coerce") if "known_columns" in case["rule"]]
    names = list(case["input"]["cells"])
    text = f"{HEADER.replace('Member,', '')},{','.join(names)}\n"
    text += (
        f"{LINE.replace(',SALIX', '')},1.00,{','.join(map(str, case['input']['cells'].values()))}\n"
    )
    read = read_text(tmp_path, text, make_book(members=[Member("12345678", "Customer")]))
    told = {*read.findings.columns.values()}
    assert told & set(names) == set(case["expect"]["kept"])
    assert told.isdisjoint(case["expect"]["dropped"])
    assert (read.lines.lots, read.lines.members) == (["1"], ["12345678"])


def test_every_exception_is_a_case_that_is_tried() -> None:
    assert EXCEPTIONS.keys() <= {case["id"] for case in (*CELLS, *INGEST)}
