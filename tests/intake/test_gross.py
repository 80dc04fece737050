"""Net and VAT that do not come to the gross are warned of: the net may not be what it says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.book.records import Layout
from levytool.problems import Problem
from tests.intake.spend_files import ReadBack, read_file, read_text, write_workbook

NAMES = "Date,Framework,Contractor,Member,Invoice"
PLACE = "31/03/2014,REGEN,BROOKS,SALIX"


def with_vat(folder: Path, *amounts: str, **options: object) -> ReadBack:
    """A file whose rows have these amounts: net, VAT and gross, with commas between."""
    rows = [f"{PLACE},I-{number},{row}" for number, row in enumerate(amounts, 1)]
    text = "\n".join((f"{NAMES},Net,VAT,Gross", *rows)) + "\n"
    return read_text(folder, text, **options)


def the_warning(read: ReadBack) -> Problem:
    (warning,) = read.findings.warnings
    assert warning.code == "gross-differs"
    assert read.codes == []
    return warning


def test_a_net_that_is_the_gross_is_warned_of_and_taken(tmp_path: Path) -> None:
    read = with_vat(tmp_path, "100.00,20.00,120.00", "6250.00,1250.00,6250.00")
    warning = the_warning(read)
    assert (warning.row, warning.column, warning.file) == (None, "Gross", "spend.csv")
    assert warning.message == (
        "net and VAT do not come to the gross in 1 row: "
        "row 3 (£6,250.00 + £1,250.00, gross £6,250.00: £1,250.00 apart)"
    )
    assert "reverse charge" in warning.hint and "before VAT" in warning.hint
    assert read.lines.net_pence == [10000, 625000]


def test_a_wrong_vat_or_gross_is_warned_of(tmp_path: Path) -> None:
    read = with_vat(tmp_path, "10000,2000,12500", "10000,200,12500", "-50.00,10.00,-60.00")
    warning = the_warning(read)
    assert warning.message == (
        "net and VAT do not come to the gross in 3 rows: "
        "row 2 (£10,000.00 + £2,000.00, gross £12,500.00: £500.00 apart), "
        "row 3 (£10,000.00 + £200.00, gross £12,500.00: £2,300.00 apart), "
        "row 4 (-£50.00 + £10.00, gross -£60.00: £20.00 apart)"
    )
    assert "reverse charge" not in warning.hint


def test_the_first_rows_stand_for_the_rest(tmp_path: Path) -> None:
    read = with_vat(tmp_path, *["1.00,0.20,9.00"] * 1200, chunk_rows=500)
    message = the_warning(read).message
    assert "in 1,200 rows: row 2 (" in message
    assert message.endswith("), row 4 (£1.00 + £0.20, gross £9.00: £7.80 apart), and 1,197 more")
    assert "row 5" not in message


@pytest.mark.parametrize(
    "amounts",
    [
        "100.00,20.00,120.02",
        "100.00,20.00,119.98",
        "100.005,20.005,120.01",
        "100.00,,100.00",
        "100.00,20.00,",
        "100.00,20%,100.00",
        "(100.00),(20.00),(120.00)",
        "100.00,0.00,100.00",
    ],
)
def test_what_adds_up_or_is_not_stated_is_no_matter(tmp_path: Path, amounts: str) -> None:
    assert "gross-differs" not in with_vat(tmp_path, amounts, "1.00,0.20,1.20").warnings


def test_three_pence_are_more_than_rounding(tmp_path: Path) -> None:
    assert "£0.03 apart" in the_warning(with_vat(tmp_path, "100.00,20.00,120.03")).message


def test_only_rows_that_are_lines_are_compared(tmp_path: Path) -> None:
    read = with_vat(tmp_path, "100.00,20.00,120.00", "x,20.00,200.00")
    assert (read.codes, read.warnings) == (["not-a-number"], [])
    text = f"{NAMES},Net,VAT,Gross\n{PLACE},A,1.00,0.20,1.20\nTotal,,,,,1.00,0.20,9.99\n"
    assert read_text(tmp_path, text).warnings == []


def test_without_one_of_the_three_columns_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert read_text(tmp_path, f"{NAMES},Net,Gross\n{PLACE},A,1.00,9.00\n").warnings == []
    layout = Layout("net-alone", columns={"net": "Net", "date": "Date"})
    assert with_vat(tmp_path, "1.00,0.20,9.00", layout=layout).warnings == []


def test_a_members_own_ledger_is_compared_too(tmp_path: Path) -> None:
    read = with_vat(tmp_path, "1200.00,200.00,1200.00", role="member-ledger")
    assert "£200.00 apart" in the_warning(read).message


def test_a_workbooks_numbers_are_compared_as_shown(tmp_path: Path) -> None:
    head = [*NAMES.split(","), "Net", "VAT", "Gross"]
    row = PLACE.split(",")
    rows = [head, [*row, "A", 527.9599999999999, 105.59, 633.55], [*row, "B", 100, 0.0, 120.5]]
    read = read_file(write_workbook(tmp_path / "spend.xlsx", spend=rows))
    (warning,) = [w for w in read.findings.warnings if w.code == "gross-differs"]
    assert "in 1 row: row 3 (£100.00 + £0.00, gross £120.50: £20.50 apart)" in warning.message


PENCE = st.integers(-(10**9), 10**9)


@given(
    rows=st.lists(
        st.tuples(PENCE, st.none() | PENCE, st.none() | st.integers(-5, 5)),
        min_size=1,
        max_size=9,
    ),
    size=st.integers(1, 4),
)
def test_it_is_warned_of_exactly_the_rows_that_are_more_than_two_pence_apart(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, int | None, int | None]],
    size: int,
) -> None:
    def pounds(pence: int) -> str:
        return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"

    def amounts(net: int, vat: int | None, off: int | None) -> str:
        gross = "" if off is None else pounds(net + (vat or 0) + off)
        return f"{pounds(net)},{'' if vat is None else pounds(vat)},{gross}"

    read = with_vat(
        tmp_path_factory.mktemp("gross"), *[amounts(*row) for row in rows], chunk_rows=size
    )
    apart = [
        number
        for number, (_net, vat, off) in enumerate(rows, 2)
        if vat is not None and off is not None and abs(off) > 2
    ]
    assert read.warnings == (["gross-differs"] if apart else [])
    assert read.lines.net_pence == [net for net, _vat, _off in rows]
    if apart:
        message = the_warning(read).message
        assert [n for n in range(2, len(rows) + 2) if f"row {n} (" in message] == apart[:3]
