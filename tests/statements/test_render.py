"""A statement in its forms of text: kept as snapshots, and sound for any text in any name."""

import csv
import hashlib
import html.parser
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from levytool.statements.figures import figures
from levytool.statements.forms import Form, written
from levytool.statements.member import member_in_sections
from levytool.statements.render_csv import columns_of
from levytool.statements.said import figures_hash
from levytool.statements.values import MemberStatement, Movement
from tests.statements.factories import EMPTY, FULL, named
from tests.statements.read_back import squeezed


def in_form(form: Form) -> Callable[[MemberStatement], str]:
    """A statement written in a form of text."""

    def text(statement: MemberStatement) -> str:
        data = written(member_in_sections(statement), form).data
        assert isinstance(data, str)
        return data

    return text


render_csv, render_html = in_form("csv"), in_form("html")
render_json, render_text = in_form("json"), in_form("text")
FORMS: dict[str, Callable[[MemberStatement], str]] = {
    "csv": render_csv,
    "html": render_html,
    "json": render_json,
    "txt": render_text,
}
STATEMENTS = {"full": FULL, "empty": EMPTY}
AWKWARD = (
    "=cmd|' /C calc'!A0",
    '<script>alert(1)</script> & "quotes"',
    "n" * 300,
    "-1+1",
    "@SUM(A1)",
    "Tŷ Cymru",
)


class _Page(html.parser.HTMLParser):
    """What a page is made of: its tags with their attributes, in order, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", STATEMENTS)
def test_each_form_reads_as_it_was_approved(
    form: str, name: str, snapshot: SnapshotAssertion
) -> None:
    class Extension(SingleFileSnapshotExtension):
        _write_mode = WriteMode.TEXT
        file_extension = form

    assert FORMS[form](STATEMENTS[name]) == snapshot(extension_class=Extension)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_statement_gives_the_same_bytes(form: str) -> None:
    assert FORMS[form](FULL) == FORMS[form](replace(FULL))


@pytest.mark.parametrize("statement", [FULL, EMPTY, named(FULL, "n" * 300)])
def test_text_keeps_within_eighty_columns(statement: MemberStatement) -> None:
    assert max(map(len, render_text(statement).splitlines())) <= 80


@given(st.integers(-(10**15), 10**15))
def test_text_keeps_within_eighty_columns_whatever_the_amounts(pence: int) -> None:
    line = replace(FULL.spend[0], spend_pence=pence, billed_pence=pence, received_pence=-pence)
    move = Movement(date(2025, 5, 1), "release", "", "Surplus", pence)
    statement = replace(FULL, spend=(line,), movements=(move,))
    assert max(map(len, render_text(statement).splitlines())) <= 80


def test_the_hash_can_be_worked_out_again_from_the_json() -> None:
    said = json.loads(render_json(FULL))
    stated = said.pop("hash")
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == stated
    assert stated in render_html(FULL) and stated in render_text(FULL)


def test_a_penny_more_is_another_hash() -> None:
    first, *others = FULL.movements
    changed = replace(
        FULL, movements=(replace(first, amount_pence=first.amount_pence + 1), *others)
    )
    assert figures(changed)["hash"] != figures(FULL)["hash"]
    assert figures_hash(figures(FULL)) == figures(FULL)["hash"]


def test_amounts_in_json_and_csv_are_decimal_strings() -> None:
    said = json.loads(render_json(FULL))
    assert (said["opening_balance"], said["closing_balance"]) == ("16800.00", "24137.64")
    assert said["movements"][1]["amount"] == "-2300.00"
    assert "£" not in render_csv(FULL) + render_json(FULL)


def test_csv_holds_every_row_of_every_list_in_json() -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv(FULL))))
    said = figures(FULL)
    assert tuple(rows[0]) == columns_of(member_in_sections(FULL))
    for section, value in said.items():
        if isinstance(value, list):
            assert sum(row["section"] == section for row in rows) == len(value), section
    alone = {row["item"]: row["value"] for row in rows if row["section"] == "statement"}
    assert alone["closing_balance"] == "24137.64" and alone["hash"] == said["hash"]


@pytest.mark.parametrize("name", AWKWARD)
def test_no_name_is_a_formula_in_csv(name: str) -> None:
    rows = list(csv.reader(io.StringIO(render_csv(named(FULL, name)))))
    cells = [cell for row in rows for cell in row]
    assert any(name in cell for cell in cells)
    live = [
        cell
        for cell in cells
        if cell.startswith(("=", "+", "-", "@")) and not re.fullmatch(r"-\d+(\.(\d\d){1,2})?", cell)
    ]
    assert live == []


@pytest.mark.parametrize("name", AWKWARD)
def test_no_name_is_markup_in_html(name: str) -> None:
    plain, awkward = _Page(render_html(FULL)), _Page(render_html(named(FULL, name)))
    assert awkward.all("script") == []
    assert len(awkward.all("tr")) == len(plain.all("tr"))
    assert name in awkward.words


@pytest.mark.parametrize("statement", [FULL, EMPTY])
def test_the_page_asks_nothing_of_anybody(statement: MemberStatement) -> None:
    text = render_html(statement)
    page = _Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "base"}
    text = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"\b(?:https?:|url\(|@import|src=|href=)", text)


@pytest.mark.parametrize("statement", [FULL, EMPTY])
def test_headings_follow_one_another_and_tables_name_themselves(statement: MemberStatement) -> None:
    page = _Page(render_html(statement))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(cell.get("scope") for cell in page.all("th"))
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    named_by = [name for _, a in page.tags for name in (a.get("aria-labelledby") or "").split()]
    assert set(named_by) <= set(identifiers)


@pytest.mark.parametrize("form", [render_text, render_html, render_json, render_csv])
def test_match_funding_that_went_back_is_said_beside_what_came(
    form: Callable[[MemberStatement], str],
) -> None:
    (scheme,) = FULL.schemes
    text = form(replace(FULL, schemes=(replace(scheme, match_returned_pence=153_760),)))
    assert re.search(r"1,?537\.60", text)
    assert re.search(r"4,?500\.00", text)
    assert not re.search(r"1,?537\.60", form(FULL))


def columns_taken(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize("name", ["北京建筑 " * 12, "漢" * 90, "Bright 🏠 Homes"])
def test_text_keeps_within_eighty_columns_in_every_script(name: str) -> None:
    text = render_text(named(FULL, name))
    assert max(map(columns_taken, text.splitlines())) <= 80
    assert squeezed(name) in squeezed(text) and "\ue000" not in text
    amounts = [line for line in text.splitlines() if line.endswith("£0.00") and line[0] != " "]
    assert len({columns_taken(line) for line in amounts}) == 1


def test_a_name_of_several_lines_is_set_smaller() -> None:
    assert '<h1 class="long">' in render_html(named(FULL, "n" * 300))
    assert '<h1 class="long">' not in render_html(FULL)
