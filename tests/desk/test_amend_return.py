"""One row of a return changed for the officer, in a file that corrects it."""

import pytest

from levytool.desk.returns.amend_return import amend_return
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return
from levytool.problems import RuleRefused, UsageError
from tests.desk.correcting import Returns, received_text
from tests.desk.spending import Spending

LINES = (
    ("A1", "2014-03-05", "SALIX", "100.00", "CO-1"),
    ("-A2", "2014-03-06", "ALDER", "-20.00", "@CO"),
    ("A3", "2014-03-07", "BIRCH", "300.00"),
)


@pytest.fixture
def books(tmp_path):
    kept = Returns(tmp_path, received_text())
    kept.declare(*LINES)
    yield kept
    kept.prove()
    kept.ledger.close()


def corrected(kept, row, changes):
    """The differences that the file of an amended row makes."""
    path = kept.folder / "amended.csv"
    amend_return(kept.office(), "R-000001", row, changes, path)
    told = correct_return(kept.office(), "R-000001", path, CorrectionOptions())
    return [(d["change"], d["line"], d["net"], d["what"]) for d in told.differences]


def test_only_the_row_that_was_changed_differs(books):
    assert corrected(books, 2, {"net": "150.00"}) == [("changed", 1, "50.00", "")]


def test_any_cell_can_be_changed(books):
    found = corrected(books, 4, {"member": "SALIX", "call_off": "CO-2", "date": "2014-03-08"})
    what = "member BIRCH to SALIX, date 2014-03-07 to 2014-03-08, call-off blank to CO-2"
    assert found == [("changed", 3, "0.00", what)]


@pytest.mark.parametrize(
    ("cell", "text"), [("credits", "A1"), ("lot", "7"), ("lot", "-"), ("credits", "@A1")]
)
def test_a_text_that_is_no_part_of_what_tells_lines_apart_differs_too(books, cell, text):
    assert corrected(books, 3, {cell: text}) == [("changed", 2, "0.00", f"{cell} blank to {text}")]


def test_a_row_can_be_left_out(books):
    assert corrected(books, 3, {}) == [("removed", 2, "20.00", "")]


def test_what_was_and_is_are_shown(books):
    rows = amend_return(
        books.office(), "R-000001", 2, {"net": "1.00"}, books.folder / "amended.csv"
    )
    assert [(row["line"], row["net"], row["invoice"]) for row in rows] == [
        ("was", "100.00", "A1"),
        ("is", "1.00", "A1"),
    ]


def test_of_a_return_of_two_files_the_line_is_named(tmp_path):
    """Rows of either file may have one number; the return's own lines do not."""
    books = Spending(tmp_path)
    books.bring({}, {"Invoice": "A2"})
    books.bring({"Invoice": "A3"}, {"Invoice": "A4", "Net": "7"})
    books.accept("R-000001")
    into = books.folder / "amended.csv"
    with pytest.raises(UsageError) as refused:
        amend_return(books.office(), "R-000001", 3, {"net": "8"}, into)
    assert str(refused.value) == (
        "R-000001 has 2 lines of row 3: line 2 (A2, 2014-03-05, £100.00), line 4 (A4, 2014-03-05, "
        "£7.00); name the one that is meant: --line 2"
    )
    rows = amend_return(books.office(), "R-000001", None, {"net": "8"}, into, line=4)
    assert [(row["row"], row["invoice"], row["net"]) for row in rows] == [
        (3, "A4", "7.00"),
        (3, "A4", "8.00"),
    ]
    told = correct_return(books.office(), "R-000001", into, CorrectionOptions())
    assert [(d["change"], d["line"], d["net"]) for d in told.differences] == [
        ("changed", 4, "1.00")
    ]
    books.prove()


@pytest.mark.parametrize(("row", "line"), [(None, None), (2, 1)])
def test_a_row_or_a_line_is_named_one_of_the_two(books, row, line):
    with pytest.raises(UsageError, match="--row or --line, one of the two"):
        amend_return(books.office(), "R-000001", row, {}, books.folder / "a.csv", line=line)


def test_a_row_that_is_not_there_or_a_file_that_is_are_refused(books):
    with pytest.raises(UsageError, match="no line of row 9"):
        amend_return(books.office(), "R-000001", 9, {}, books.folder / "amended.csv")
    with pytest.raises(UsageError, match="no line 9; see: levytool spend list"):
        amend_return(books.office(), "R-000001", None, {}, books.folder / "amended.csv", line=9)
    with pytest.raises(UsageError, match="is there already"):
        amend_return(books.office(), "R-000001", 2, {}, books.folder / "books.db")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"net": "12,5x"}, "--net: '12,5x' is not an amount"),
        ({"net": "1.005"}, "--net"),
        ({"date": "31/02/2014"}, "--date '31/02/2014' is not a day"),
        ({"member": "NOBODY"}, "there is no member 'NOBODY'"),
    ],
)
def test_what_no_file_could_have_is_refused_before_one_is_written(books, changes, said):
    into = books.folder / "amended.csv"
    with pytest.raises(UsageError, match=said):
        amend_return(books.office(), "R-000001", 2, changes, into)
    assert not into.exists()


def test_what_is_typed_stands_in_the_file_as_a_file_has_it(books):
    typed = {"net": "£1,150", "date": "8/3/14", "member": "salix homes ltd"}
    rows = amend_return(books.office(), "R-000001", 2, typed, books.folder / "amended.csv")
    is_now = rows[1]
    assert (is_now["net"], is_now["date"], is_now["member"]) == ("1150.00", "2014-03-08", "SALIX")


def test_only_a_return_in_force_is_amended(books):
    books.correct("R-000001")
    with pytest.raises(RuleRefused, match="was corrected by R-000002"):
        amend_return(books.office(), "R-000001", 2, {}, books.folder / "amended.csv")
