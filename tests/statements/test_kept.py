"""An issued statement is kept as a value from which every form is written again to the byte."""

import io
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from python_calamine import CalamineWorkbook

from levytool.statements.forms import written
from levytool.statements.kept import kept_text, statement_kept
from levytool.statements.member import member_in_sections
from levytool.statements.sections import Statement
from levytool.statements.values import Issue, Logo, MemberStatement
from tests.statements.factories import EMPTY, FULL

LOGO = Logo("image/png", bytes(range(256)))
ISSUE = Issue("ann", date(2026, 4, 8), "ST-000001", "bob", date(2026, 4, 9))


def _issued(told: MemberStatement) -> Statement:
    return replace(member_in_sections(told), status="final", issue=ISSUE)


@pytest.mark.parametrize("told", [FULL, EMPTY], ids=["full", "empty"])
def test_what_is_kept_comes_back_as_it_was(told: MemberStatement) -> None:
    statement = _issued(told)
    text = kept_text(statement)
    assert statement_kept(text) == statement
    assert kept_text(statement_kept(text)) == text


@pytest.mark.parametrize("form", ["text", "html", "pdf", "xlsx", "csv", "json"])
def test_every_form_of_what_is_kept_is_the_same_to_the_byte(form) -> None:
    statement = _issued(FULL)
    assert written(statement_kept(kept_text(statement)), form).raw == written(statement, form).raw


def test_a_logo_is_kept_to_the_byte() -> None:
    statement = member_in_sections(replace(EMPTY, issuer=replace(EMPTY.issuer, logo=LOGO)))
    assert statement_kept(kept_text(statement)).issuer.logo == LOGO


def test_whole_and_broken_counts_are_kept_exactly() -> None:
    statement = member_in_sections(FULL)
    found = [
        v for part in statement_kept(kept_text(statement)).data for r in _rows(part) for v in r
    ]
    exact = [value for value in found if isinstance(value, Fraction)]
    assert exact and any(value.denominator != 1 for value in exact)


def _rows(part):
    return getattr(part, "rows", ()) if hasattr(part, "brought") else ()


@pytest.mark.parametrize("text", ["{}", "[]", "7", '{"~":"Table"}', '{"~":"Nobody"}', "not JSON"])
def test_text_that_keeps_no_statement_is_refused(text: str) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        statement_kept(text)


@pytest.mark.parametrize("form", ["text", "html", "xlsx", "csv", "json"])
def test_number_preparer_and_approver_are_on_the_face(form) -> None:
    data = written(_issued(FULL), form).raw
    told = _workbook_text(data) if form == "xlsx" else data.decode()
    for fact in ("ST-000001", "ann", "bob"):
        assert fact in told


def test_a_pdf_bears_its_number_where_a_program_finds_it() -> None:
    assert b"ST-000001" in written(_issued(FULL), "pdf").raw


def _workbook_text(data: bytes) -> str:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return " ".join(str(cell) for row in sheet.to_python() for cell in row)
