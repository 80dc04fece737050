"""A camt file is read in parts, side by side where there are many: the same as read whole."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.bank import camt_reader, reading, xml_parts
from levytool.bank.reading import read_statement_file, reading_ahead
from levytool.bank.xml_parts import cut_behind
from tests.bank.renderers import CAMT, camt, camt_statement, mt940, ofx

WHOLE = 1 << 40


def read(path: Path, text: str, part_bytes: int, encoding: str = "utf-8", *, workers_from=WHOLE):
    """The text read as a file of a bank that is cut into parts of this size, or not at all."""
    path.write_bytes(text.encode(encoding))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(xml_parts, "PART_BYTES", part_bytes)
        patched.setattr(camt_reader, "BYTES_WORTH_WORKERS", workers_from)
        return read_statement_file(path)


def lines_of(count: int, first: int = 0):
    start = date(2025, 1, 1)
    return [
        (start + timedelta(n % 300), 7 * n - 400, f"Payer {n}", f"INV-{n:06d}", f"R-{n}")
        for n in range(first, first + count)
    ]


entries = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.dates(date(2024, 1, 1), date(2026, 12, 31)),
            "pence": st.integers(-(10**8), 10**8),
            "name": st.text("ABé&<' ", max_size=10),
            "status": st.sampled_from(["BOOK", "BOOK", "BOOK", "PDNG"]),
            "details": st.sampled_from(
                ["", "<!-- </Ntry> -->", "<Note><![CDATA[</Ntry><Ntry>]]></Note>"]
            ),
        }
    ),
    max_size=6,
)


@pytest.mark.parametrize("message", CAMT)
@given(statements=st.lists(entries, min_size=1, max_size=3), part_bytes=st.integers(1, 2_000))
def test_however_a_file_is_cut_it_reads_the_same(tmp_path_factory, message, statements, part_bytes):
    more = "".join(
        camt_statement(lines, 5, message, account="GB99", number=str(number))
        for number, lines in enumerate(statements[1:], 2)
    )
    text = camt(statements[0], 10, message, more=more)
    path = tmp_path_factory.getbasetemp() / "any.xml"
    assert read(path, text, part_bytes) == read(path, text, WHOLE)


@pytest.mark.parametrize("wrong", ["<Amt>1.234</Amt>", "<BookgDt><Dt>soon</Dt></BookgDt>"])
def test_a_problem_far_down_names_its_place_in_the_file(tmp_path, wrong):
    tag = wrong[1 : wrong.index(">")]
    text = camt(lines_of(50), balances=())
    last = text.rindex(f"<{tag}")
    end = text.index(f"</{tag}>", last) + len(f"</{tag}>")
    text = text[:last] + wrong + text[end:]
    file = read(tmp_path / "wrong.xml", text, 1)
    assert [(item.row, item.column) for item in file.problems] == [(50, tag)]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16", "windows-1252"])
def test_every_part_is_read_in_the_encoding_that_the_file_declares(tmp_path, encoding):
    lines = [(day, pence, f"Café {name}", *rest) for day, pence, name, *rest in lines_of(20)]
    text = camt(lines).replace("UTF-8", encoding).replace("<Document", '<Document note="é&lt;"')
    cut = read(tmp_path / "cut.xml", text, 1, encoding)
    assert cut.problems == ()
    assert cut.statements[0].lines[-1].description == "Café Payer 19, INV-000019"


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252", "US-ASCII", "UTF-8", "UTF-16"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("part_bytes", [1, WHOLE])
def test_a_byte_order_mark_decides_for_every_part(tmp_path, declared, encoding, part_bytes):
    lines = [(day, pence, f"Café {name}", *rest) for day, pence, name, *rest in lines_of(20)]
    text = camt(lines).replace("UTF-8", declared)
    file = read(tmp_path / "marked.xml", text, part_bytes, encoding)
    assert file.problems == ()
    assert [line.description for line in file.statements[0].lines] == [
        f"Café Payer {n}, INV-{n:06d}" for n in range(20)
    ]


@pytest.mark.parametrize("part_bytes", [1, WHOLE])
def test_what_is_not_of_the_byte_order_mark_is_refused_in_any_part(tmp_path, part_bytes):
    lines = [*lines_of(20), (date(2025, 1, 1), 5, "Café", "", "")]
    text = "ï»¿" + camt(lines).replace("UTF-8", "ISO-8859-1")
    file = read(tmp_path / "marked.xml", text, part_bytes, "iso-8859-1")
    assert [item.code for item in file.problems] == ["unreadable-file"]


def test_a_file_with_prefixes_is_cut_too(tmp_path):
    text = re.sub(r"<(/?)(?=[A-Z])", r"<\1c:", camt(lines_of(20))).replace("xmlns=", "xmlns:c=")
    cut = read(tmp_path / "cut.xml", text, 1)
    assert cut == read(tmp_path / "cut.xml", text, WHOLE)
    assert len(cut.statements[0].lines) == 20


def test_parts_are_cut_behind_entries(tmp_path, monkeypatch):
    monkeypatch.setattr(xml_parts, "PART_BYTES", 1)
    path = tmp_path / "cut.xml"
    path.write_text(camt(lines_of(20)), encoding="utf-8")
    parts = cut_behind(path, "Ntry")
    assert parts.count == 21  # behind the last entry stands the end of the document
    assert [len(parts.root(part).findall(".//{*}Ntry")) for part in range(21)] == [1] * 20 + [0]


def test_what_breaks_off_in_a_late_part_is_refused_with_its_line(tmp_path):
    whole = camt(lines_of(50)).replace("<Ntry>", "\n<Ntry>")
    file = read(tmp_path / "broken.xml", whole[:-200], 1)
    assert [item.code for item in file.problems] == ["unreadable-file"]
    assert "line 52" in file.problems[0].message
    assert file.statements == ()


def test_many_parts_are_read_by_several_processes_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(camt_reader, "cores", lambda: 2)
    text = camt(lines_of(300), more=camt_statement(lines_of(300, 300), account="GB99", number="2"))
    path = tmp_path / "many.xml"
    assert read(path, text, 1, workers_from=2) == read(path, text, WHOLE)


def test_a_namespace_that_entries_declare_themselves_is_kept_in_every_part(tmp_path):
    text = camt(lines_of(20))
    space = re.search(' xmlns="[^"]*"', text)[0]
    own = text.replace("<Amt ", f"<Amt{space} ").replace("<Ntry>", f"<Ntry{space}>")
    assert own.count(space) > 21
    cut = read(tmp_path / "cut.xml", own, 1)
    assert cut.problems == ()
    assert cut.statements == read(tmp_path / "plain.xml", text, WHOLE).statements


def test_a_large_file_is_begun_ahead_and_reads_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BYTES_WORTH_WORKERS", 1)
    monkeypatch.setattr(xml_parts, "PART_BYTES", 1)
    monkeypatch.setattr(camt_reader, "BYTES_WORTH_WORKERS", 1)
    monkeypatch.setattr(camt_reader, "cores", lambda: 2)
    path = tmp_path / "large.xml"
    path.write_text(camt(lines_of(100)), encoding="utf-8")
    with reading_ahead(path) as ahead:
        assert ahead is not None
        assert len(ahead.later) == len(ahead.runs) == 26
        assert read_statement_file(path, ahead=ahead) == read_statement_file(path)


@pytest.mark.parametrize(
    "content", ["", "of no bank\n", "<!DOCTYPE a><Document><Ntry/></Document>", "<Document>"]
)
def test_what_cannot_be_begun_is_told_when_it_is_read(tmp_path, monkeypatch, content):
    monkeypatch.setattr(reading, "BYTES_WORTH_WORKERS", 0)
    path = tmp_path / "other"
    path.write_text(content, encoding="utf-8")
    with reading_ahead(path) as ahead:
        assert ahead is None
        assert read_statement_file(path, ahead=ahead).problems


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Date,Description,Amount\n03/03/2014,x,1.00\n",
        mt940([(date(2014, 3, 3), 100, "x")]),
        ofx([(date(2014, 3, 3), 100, "x", "", "")]),
        ofx([(date(2014, 3, 3), 100, "x", "", "")], version=2),
    ],
)
def test_no_process_is_started_for_a_file_that_is_no_camt(tmp_path, monkeypatch, content):
    monkeypatch.setattr(reading, "BYTES_WORTH_WORKERS", 0)
    monkeypatch.setattr(camt_reader, "BYTES_WORTH_WORKERS", 0)
    monkeypatch.setattr(camt_reader, "cores", lambda: 2)
    monkeypatch.setattr(camt_reader, "workers", lambda _count: pytest.fail("a process starts"))
    path = tmp_path / "other"
    path.write_text(content, encoding="utf-8")
    with reading_ahead(path) as ahead:
        assert ahead is None
