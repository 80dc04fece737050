"""Whole columns come out as single rows do, whatever the size of a batch."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.book.names import Names
from levytool.book.records import Appointment
from levytool.intake.header import find_header
from levytool.intake.lookups import Lookups
from levytool.intake.options import ReadOptions
from levytool.intake.plan import make_plan
from levytool.intake.rows import RowReader
from levytool.problems import Problem
from tests.books import make_book, make_framework
from tests.intake.spend_files import read_text

BOOK = make_book(
    members=["SALIX", "AXIS"],
    contractors=["BROOKS", "DUNN"],
    frameworks=[
        "REGEN",
        make_framework("DATED", "Dated", starts=date(2014, 2, 1), ends=date(2014, 3, 30)),
        make_framework(
            "APPT",
            "Appointed",
            lots={"1": "Roofing", "2": "Kitchens"},
            appointments=(Appointment("BROOKS", ("1",), until=date(2014, 3, 15)),),
        ),
    ],
)
HEADER = ["Date", "Framework", "Contractor", "Member", "Net", "Lot", "Currency", "Invoice"]

ROW = st.tuples(
    st.sampled_from(["31/03/2014", "01/03/2014", "2014-02-10", "41729", "", "Mar 2014"]),
    st.sampled_from(["REGEN", "regen", "DATED", "APPT", "Nope", ""]),
    st.sampled_from(["BROOKS", "Dunn Roofing Limited", "Nobody", ""]),
    st.sampled_from(["SALIX", "Axis Homes", "Nobody", ""]),
    st.sampled_from(["1.00", "(2,000.50)", "3", "1.005", "x", "", "10000000001", "-"]),
    st.sampled_from(["", "1", "02", "9"]),
    st.sampled_from(["", "GBP", "EUR"]),
    st.sampled_from(["A-1", "", "Total"]),
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=25), size=st.integers(1, 30), ragged=st.booleans())
def test_a_row_is_a_line_exactly_when_looked_at_alone_nothing_is_wrong_with_it(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    size: int,
    ragged: bool,
) -> None:
    cells = [
        [*row, "extra"] if ragged and index % 7 == 3 else list(row)
        for index, row in enumerate(rows)
    ]
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADER, *cells])
    read = read_text(tmp_path_factory.mktemp("rows"), text, BOOK, chunk_rows=size)

    header = find_header([HEADER])
    assert header is not None
    options, names = ReadOptions(), Names(BOOK)
    plan, _ = make_plan(header, [], options, BOOK, names)
    single = RowReader(plan, BOOK, names, Lookups(plan, BOOK, names, options), "spend.csv")
    alone = {number: single.problems(number, row) for number, row in enumerate(cells, 2)}

    skipped = len(rows) - len(read.lines) - len(read.findings.rejected_rows)
    assert skipped == read.findings.skipped.total()
    assert set(read.lines.rows) == {number for number, problems in alone.items() if not problems}
    reported: dict[int | None, list[Problem]] = {n: [] for n in read.findings.rejected_rows}
    for problem in read.findings.problems:
        reported[problem.row].append(problem)
    assert reported == {number: alone[number] for number in read.findings.rejected_rows}


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=25), size=st.integers(1, 24))
def test_the_size_of_a_batch_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], size: int
) -> None:
    text = "\n".join(
        ",".join(row if "," not in row[4] else (*row[:4], "7", *row[5:])) for row in rows
    )
    folder = tmp_path_factory.mktemp("rows")
    whole = read_text(folder, f"{','.join(HEADER)}\n{text}\n", BOOK)
    small = read_text(folder, f"{','.join(HEADER)}\n{text}\n", BOOK, chunk_rows=size)
    assert (small.lines, small.findings) == (whole.lines, whole.findings)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    import tracemalloc

    def peak(lines: int) -> int:
        path = tmp_path / f"{lines}.csv"
        header = "Date,Framework,Contractor,Member,Net,Invoice,Description\n"
        line = "31/03/2014,REGEN,BROOKS,SALIX,1.00,A-{0},roof {0}\n"
        path.write_text(header + "".join(line.format(number) for number in range(lines)))
        tracemalloc.start()
        from levytool.intake.reading import SpendFile

        total = sum(len(c) for c in SpendFile(path, BOOK, ReadOptions(chunk_rows=500)).chunks())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total == lines
        return used

    assert peak(8_000) < 1.5 * peak(2_000)
