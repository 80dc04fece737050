"""One value, every form: the figures of a statement, read back from each, are the same."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from levytool.desk.month_end.statements import KINDS, consortium
from levytool.money import format_pence
from levytool.periods import Month, parse_period
from levytool.statements.contractor import contractor_in_sections
from levytool.statements.differences import NUMBERS
from levytool.statements.forms import Form, written
from levytool.statements.layout import laid_out
from levytool.statements.member import member_in_sections
from levytool.statements.render_pdf import render_statement_pdf
from levytool.statements.render_xlsx import render_xlsx
from levytool.statements.said import plain, said
from levytool.statements.sections import Column, Grid, Statement, Table, Value
from levytool.text import neutral
from tests.desk.consortium import Books
from tests.desk.reconciling import record
from tests.desk.recruiting import recruit
from tests.desk.spending import rows_text
from tests.statements.factories import EMPTY, FULL, PAYING, WRITTEN_OFF, named
from tests.statements.read_back import (
    csv_rows,
    json_said,
    page_words,
    said_by,
    sheets,
    squeezed,
)
from tests.statements.test_member_statement import STORY_BOOK, story

FORMS: tuple[Form, ...] = ("text", "html", "pdf", "xlsx", "csv", "json")
PERIODS = ("2014-04", "2014-Q1", "FY2013", "2014-01..2014-12")
AWKWARD = ("=cmd|' /C calc'!A0", "<b>& Sons</b> #panic(1) $x$ *y* \\", "n" * 300, "Ŵ Tŷ – café")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Statement]]:
    """A statement of every kind for every sort of period, of one small consortium's books."""
    books = story(Books(tmp_path_factory.mktemp("books"), STORY_BOOK))
    recruit(books)
    ledger = books.folder / "ledger.csv"
    ledger.write_text(rows_text({"Date": "2014-03-31", "Net": "100250.00"}), encoding="utf-8")
    record(books, path=ledger)
    office = books.office()
    found = []
    for words in PERIODS:
        period = parse_period(words, 4)
        found += [
            KINDS[kind].statement(office, code, period, None)
            for kind, code in (
                *(("member", "SALIX"), ("member", "BIRCH"), ("contractor", "BROOKS")),
                ("scheme", "WORK"),
            )
        ]
        found.append(consortium(office, period, None))
    yield found
    books.ledger.close()


@pytest.fixture(scope="module")
def every(told: list[Statement]) -> list[Statement]:
    """Those, and statements made by hand that have all there can be, or nothing."""
    by_hand = [member_in_sections(FULL), member_in_sections(EMPTY), member_in_sections(PAYING)]
    by_hand += [member_in_sections(named(FULL, name)) for name in AWKWARD]
    return [*by_hand, contractor_in_sections(WRITTEN_OFF), *told]


def test_a_web_page_says_every_figure(every: list[Statement]) -> None:
    for statement in every:
        found = squeezed(said_by(statement, "html"))
        for words in page_words(statement):
            assert squeezed(words) in found, (statement.kind, words)


@pytest.mark.parametrize("form", ["text", "pdf"])
def test_pages_say_every_figure(every: list[Statement], form: Form) -> None:
    """Word by word, since a cell may take several lines with other cells beside it."""
    for statement in every if form == "text" else (*every[:3], *every[7:13]):
        found = squeezed(said_by(statement, form))
        for words in page_words(statement, spread=form == "text"):
            for word in words.split():
                assert squeezed(word) in found or len(word) > 20, (statement.kind, words)


SAME = {"all_committed": "committed", "all_drawn": "drawn"}
"""Columns of a whole scheme that say what another one beside them says."""


def test_no_figure_is_in_files_alone(every: list[Statement]) -> None:
    """What JSON, CSV and workbooks have of amounts and counts, a table on the page has too."""
    for statement in every:
        for section in statement.sections:
            of_page = [p for p in section.parts if isinstance(p, Table) and p.on_page]
            for part in section.parts:
                if isinstance(part, Table) and part.in_data:
                    own = [table for table in of_page if table.key == part.key]
                    for column in part.columns:
                        if column.kind in NUMBERS:
                            wanted = values_of(part, column.key)
                            found = [shown_of(table, column.key) for table in own]
                            if same := SAME.get(column.key):
                                found += [shown_of(table, same) for table in own]
                            assert not wanted or wanted in found, (statement.kind, column)


def values_of(table: Table, key: str) -> list[Value]:
    """What a column has that is not nil."""
    place = table.place_of(key)
    return [row[place] for row in table.rows if row[place]]


def shown_of(table: Table, key: str) -> list[Value]:
    """The same, where a page shows the column."""
    shown = [column.key for column in table.columns if column.place != "data"]
    return values_of(table, key) if key in shown else []


def test_json_and_csv_have_every_value_of_every_table(every: list[Statement]) -> None:
    for statement in every:
        found, rows = json_said(statement), csv_rows(statement)
        assert found == said(statement)
        for figure in statement.key_figures:
            assert found[figure.key] == format_pence(figure.pence)
        for part in statement.data:
            of_part = [row for row in rows if row["section"] == part.key]
            if isinstance(part, Grid):
                alone = {row["item"]: row["value"] for row in of_part}
                for path, column, value in part.figures():
                    assert alone[path] == plain(value, column.kind) == at(found[part.key], path)
                continue
            said_rows = found[part.key][part.nested] if part.nested else found[part.key]
            lines = [row for row in of_part if not row["item"]]
            assert len(said_rows) == len(lines) == len(part.rows)
            for values, as_json, as_csv in zip(part.rows, said_rows, lines, strict=True):
                for value, column in zip(values, part.columns, strict=True):
                    assert as_json[column.key] == plain(value, column.kind)
                    assert as_csv[column.key] == in_csv(plain(value, column.kind))


def at(found: dict[str, object], path: str) -> object:
    """What JSON has at a path."""
    value: object = found
    for key in path.split("."):
        assert isinstance(value, dict)
        value = value[key]
    return value


def in_csv(value: object) -> str:
    """A value of JSON as its cell in CSV."""
    if isinstance(value, list):
        value = ", ".join(value)
    text = "" if value is None else str(value)
    return text if re.fullmatch(r"-?[\d.]+", text) else neutral(text)


def in_cell(value: Value, column: Column) -> object:
    """A value as its cell in a workbook reads."""
    match value:
        case None:
            return ""
        case int() if column.kind == "money":
            return pytest.approx(value / 100)
        case int() if column.kind == "levy":
            return pytest.approx(value / 100_000_000)
        case int() | Fraction():
            return pytest.approx(float(value))
        case Month():
            return value.first_day
        case date():
            return value
        case (int() as rate_ppm,):
            return pytest.approx(rate_ppm / 1_000_000)
    text = plain(value, column.kind)
    text = ", ".join(text) if isinstance(text, list) else column.blank if text is None else text
    return neutral(text)


def test_workbooks_have_every_value_in_its_own_type(every: list[Statement], tmp_path: Path) -> None:
    for statement in every:
        found = sheets(statement, tmp_path)
        summary = {row[0]: row[1] for row in found.pop("Statement") if row[0]}
        for figure in statement.key_figures:
            assert summary[figure.label] == pytest.approx(figure.pence / 100)
        assert len(found) == len(list(statement.data))
        for part in statement.data:
            cells = found[part.sheet][4:]
            if isinstance(part, Grid):
                for row, line in zip(part.rows, cells, strict=False):
                    wanted = [in_cell(v, c) for v, c in zip(row.values, part.columns, strict=True)]
                    assert line == [row.label, *wanted]
                continue
            if part.brought:
                assert pytest.approx(part.brought[1] / 100) in cells.pop(0)
            for values, line in zip(part.rows, cells, strict=False):
                pairs = zip(values, part.columns, strict=True)
                assert line[: len(values)] == [in_cell(v, c) for v, c in pairs], part.key
            if not part.rows and not part.brought:
                assert cells == [], (part.key, "nothing adds up to nothing")
            elif part.total:
                last = cells[len(part.rows)]
                for cell, total, column in zip(last, part.totals, part.columns, strict=False):
                    if total is not None:
                        assert cell == in_cell(total, column)


def test_what_a_workbook_adds_up_it_adds_up_by_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(render_xlsx(member_in_sections(FULL)))) as book:
        inside = {name: book.read(name).decode() for name in book.namelist()}
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    whole = "".join(text for name, text in inside.items() if name.startswith("xl/worksheets"))
    formulas = re.findall(r"<f>([^<]*)</f><v>([^<]*)</v>", whole)
    assert ("SUM(E5:E10)", "24137.64") in formulas
    assert ("'Movements'!E11", "24137.64") in formulas
    assert any(formula == "L5-M5-N5" for formula, _ in formulas)
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", value) for _, value in formulas)
    assert whole.count("<pane ") == len(list(member_in_sections(FULL).data))
    assert whole.count('paperSize="9"') == whole.count("<pane ") + 1
    assert "<f>=cmd" not in whole


@pytest.mark.parametrize("form", FORMS)
def test_the_same_statement_gives_the_same_bytes(form: Form) -> None:
    first = written(member_in_sections(FULL), form).raw
    assert first == written(member_in_sections(replace(FULL)), form).raw
    assert first != written(member_in_sections(EMPTY), form).raw


def test_a_pdf_is_tagged_and_tells_its_pictures() -> None:
    pdf = render_statement_pdf(member_in_sections(FULL))
    assert pdf.conforms and pdf.lacking == ""
    assert b"/MarkInfo" in pdf.data and b"/Lang" in pdf.data and b"/Alt" in pdf.data
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.data


def test_a_character_that_no_font_has_costs_the_mark_of_pdf_ua_and_nothing_else() -> None:
    statement = member_in_sections(named(FULL, "漢字 Homes"))
    pdf = render_statement_pdf(statement)
    assert not pdf.conforms and pdf.lacking == "漢"
    found = written(statement, "pdf")
    assert "漢" in found.remark and found.raw == pdf.data
    assert b"/StructTreeRoot" in pdf.data and b"<pdfuaid:part>" not in pdf.data
    for form in FORMS[:2]:
        assert "漢字 Homes" in str(written(statement, form).data)


def test_totals_foot_and_cross_cast(every: list[Statement]) -> None:
    for statement in every:
        for part in statement.data:
            if isinstance(part, Table):
                for column in part.columns:
                    if column.of:
                        check_arithmetic(part, column)


def check_arithmetic(table: Table, column: Column) -> None:
    """A column that others give is what they give, in every row."""
    words = [word for word in re.split(r" ?([+-]) ", f"+ {column.of}") if word]
    signs = [1 if word == "+" else -1 for word in words[::2]]
    places = [table.place_of(word) for word in words[1::2]]
    for row in table.rows:
        parts = [row[place] for place in places]
        assert all(isinstance(part, int) for part in parts)
        total = sum(sign * part for sign, part in zip(signs, parts, strict=True))
        assert total == row[table.place_of(column.key)]


def test_a_short_table_is_not_parted_by_a_pages_end_and_long_names_are_not_cut() -> None:
    told = member_in_sections(FULL)
    pages = said_by(told, "pdf").split("\f")
    for part in told.data:
        laid = laid_out(part)
        if laid is not None and len(laid.rows) < 12:
            words = [squeezed(laid.caption), *(squeezed(row.name.text) for row in laid.rows)]
            assert any(all(word in squeezed(page) for word in words) for page in pages), part.key
    long = replace(FULL, spend=tuple(replace(FULL.spend[0], call_off=f"{n}") for n in range(12)))
    named_long = member_in_sections(named(long, "wide " * 60))
    assert squeezed(said_by(named_long, "pdf")).count("wide" * 60) >= 12


def test_small_print_stands_beside_a_name_where_there_is_room() -> None:
    lines = said_by(member_in_sections(FULL), "pdf").splitlines()
    assert any("Ashgill Roofing Ltd" in line and "CO-1041" in line for line in lines)


def test_a_cut_list_of_returns_tells_what_is_missing_and_leaves_out_what_came_late() -> None:
    missing = FULL.returns[0]
    late = replace(missing, reporting_period=Month(2025, 4), state="late", returned_on=FULL.as_at)
    told = member_in_sections(replace(FULL, returns=(*[late] * 60, missing, missing)))
    forms: tuple[Form, ...] = ("text", "html", "pdf")
    for form in forms:
        assert said_by(told, form).count("Missing") == 2, form
    (table,) = (part for part in told.data if part.key == "returns")
    assert len(table.rows) == 62


def test_an_address_of_mail_can_be_copied_from_a_pdf() -> None:
    issuer = replace(FULL.issuer, email="levy-and-brokerage@consortium.example")
    told = member_in_sections(replace(FULL, issuer=issuer))
    assert issuer.email in said_by(told, "pdf")


def test_text_of_a_workbook_runs_into_nothing_beside_it() -> None:
    told = member_in_sections(named(FULL, "n" * 300))
    packed = zipfile.ZipFile(io.BytesIO(render_xlsx(told)))
    shared = ElementTree.fromstring(packed.read("xl/sharedStrings.xml"))
    texts = ["".join(one.itertext()) for one in shared]
    longest = 0
    for number in range(2, len(list(told.data)) + 2):
        sheet = ElementTree.fromstring(packed.read(f"xl/worksheets/sheet{number}.xml"))
        wide = [
            float(column.attrib["width"])
            for column in sheet.findall(".//{*}col")
            for _ in range(int(column.attrib["min"]), int(column.attrib["max"]) + 1)
        ]
        for row in sheet.findall(".//{*}row")[2:]:
            lines = float(row.get("ht", "15")) / 15
            for cell in row:
                if cell.get("t") == "s":
                    text = texts[int(cell[0].text or "")]
                    place = ord(cell.attrib["r"][0]) - ord("A")
                    assert len(text) <= wide[place] * lines, text
                    longest = max(longest, len(text))
    assert longest >= 300


def test_no_page_begins_with_a_total() -> None:
    one = FULL.spend[0]
    for rows in range(30, 46):
        lines = tuple(replace(one, call_off=f"CO-{n:03}") for n in range(rows))
        told = member_in_sections(replace(FULL, spend=lines))
        (section,) = (one for one in told.sections if one.key == "spend")
        pages = said_by(replace(told, sections=(section,)), "pdf").split("\f")
        (page,) = (page for page in pages if "All spend" in page)
        assert f"CO-{rows - 1:03}" in page, rows


def test_no_page_ends_with_the_heading_of_a_lot() -> None:
    one = FULL.spend[0]
    for rows in range(30, 46):
        lines = [replace(one, call_off=f"CO-{n:03}") for n in range(rows)]
        spend = (*lines, replace(one, lot="9", lot_title="Ninth", call_off="CO-999"))
        told = member_in_sections(replace(FULL, spend=spend))
        (section,) = (one for one in told.sections if one.key == "spend")
        pages = said_by(replace(told, sections=(section,)), "pdf").split("\f")
        (page,) = (page for page in pages if "Lot 9, Ninth" in page)
        assert "CO-999" in page, rows


def test_what_stands_at_the_left_keeps_apart_from_the_number_before_it() -> None:
    packed = zipfile.ZipFile(io.BytesIO(render_xlsx(member_in_sections(FULL))))
    looks = ElementTree.fromstring(packed.read("xl/styles.xml")).find("{*}cellXfs")
    assert looks is not None
    sides = [look.find("{*}alignment") for look in looks]
    for number in range(2, len(list(member_in_sections(FULL).data)) + 2):
        sheet = ElementTree.fromstring(packed.read(f"xl/worksheets/sheet{number}.xml"))
        heads = next(row for row in sheet.iter() if row.get("r") == "4")
        found = [sides[int(cell.attrib["s"])] for cell in heads]
        for before, after in pairwise(found):
            assert before is not None and after is not None
            if before.get("horizontal") == "right" and after.get("horizontal") != "right":
                assert after.get("indent") == "1", number
